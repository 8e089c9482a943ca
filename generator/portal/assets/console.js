// Swagger UI with every request signed on this page. The secret stays in the form.

import { facts } from "./dom.js";
import { signed } from "./signing.js";

const { bundle, contract, operations, schemes } = facts("console-facts");
const form = document.getElementById("credentials");

form.hidden = false;
form.addEventListener("submit", (event) => event.preventDefault());
followTheme();
start();

async function start() {
  const [spec] = await Promise.all([fetch(contract).then((answer) => answer.json()), load(bundle)]);
  SwaggerUIBundle({
    spec: forConsole(spec),
    dom_id: "#console",
    deepLinking: true,
    docExpansion: "list",
    defaultModelsExpandDepth: -1,
    displayRequestDuration: true,
    tryItOutEnabled: true,
    persistAuthorization: false,
    validatorUrl: null,
    requestInterceptor: sign,
    plugins: [portalPlugin],
    layout: "PortalLayout",
  });
}

/** Server and signatures are the form's, and callbacks are not for calling. */
function forConsole({ security, webhooks, tags, ...spec }) {
  const { securitySchemes, ...components } = spec.components;
  const paths = Object.entries(spec.paths).map(([path, { post }]) => {
    const { security: own, ...operation } = post;
    return [path, { post: operation }];
  });
  const used = new Set(paths.flatMap(([, { post }]) => post.tags));
  return {
    ...spec,
    components,
    paths: Object.fromEntries(paths),
    servers: [{ url: "/" }],
    tags: tags.filter((tag) => used.has(tag.name)),
  };
}

/** The portal has its own main part and its own first page; and a link inside a button is for nobody. */
function portalPlugin({ React: { createElement } }) {
  return {
    components: {
      DeepLink: ({ text }) => createElement("span", {}, text),
      PortalLayout: ({ getComponent }) =>
        createElement(
          "div",
          { className: "swagger-ui" },
          createElement(getComponent("SvgAssets")),
          createElement(getComponent("operations", true)),
        ),
    },
  };
}

function sign(request) {
  const { server, ...credentials } = Object.fromEntries(new FormData(form));
  const { pathname } = new URL(request.url, location.href);
  const body = typeof request.body === "string" ? request.body : JSON.stringify(request.body ?? {});
  const wanted = Object.fromEntries(operations[pathname].map((name) => [name, schemes[name]]));
  Object.assign(request.headers, signed(wanted, { ...credentials, body }));
  return Object.assign(request, { body, credentials: "omit", url: server.replace(/\/+$/, "") + pathname });
}

function load(source) {
  return new Promise((resolve, reject) => {
    const script = Object.assign(document.createElement("script"), { src: source, onload: resolve, onerror: reject });
    document.head.append(script);
  });
}

/** Swagger UI knows dark by a class, the portal by the colour scheme. */
function followTheme() {
  const root = document.documentElement;
  const system = matchMedia("(prefers-color-scheme: dark)");
  const apply = () => {
    const chosen = root.style.colorScheme;
    root.classList.toggle("dark-mode", chosen ? chosen === "dark" : system.matches);
  };
  system.addEventListener("change", apply);
  new MutationObserver(apply).observe(root, { attributeFilter: ["style"] });
  apply();
}
