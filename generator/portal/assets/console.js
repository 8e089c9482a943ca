// Swagger UI with every request signed on this page. The secret stays in the form.

import { facts } from "./dom.js";
import { signed } from "./signing.js";

const { bundle, contract, operations, sandbox, schemes, server } = facts("console-facts");
const form = document.getElementById("credentials");

form.hidden = false;
form.addEventListener("submit", (event) => event.preventDefault());
followTheme();
nameServers();
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

/** The sandbox comes first; signatures are made here, not asked for; the other languages' samples are on the pages. */
function forConsole({ security, webhooks, ...spec }) {
  const { securitySchemes, ...components } = spec.components;
  const paths = Object.entries(spec.paths).map(([path, { post }]) => {
    const { security: own, ...operation } = post;
    return [path, { post: operation }];
  });
  return { ...spec, components, paths: Object.fromEntries(paths), servers: [sandbox, ...spec.servers] };
}

/** The portal has its own main part and its own first page; and a link inside a button is for nobody. */
function portalPlugin({ React: { createElement } }) {
  const part = (getComponent, name) => createElement(getComponent(name, true));
  return {
    components: {
      DeepLink: ({ text }) => createElement("span", {}, text),
      PortalLayout: ({ getComponent }) =>
        createElement(
          "div",
          { className: "swagger-ui" },
          createElement(getComponent("SvgAssets")),
          createElement("div", { className: "scheme-container" }, part(getComponent, "ServersContainer")),
          part(getComponent, "operations"),
        ),
    },
  };
}

/** Swagger UI leaves the list of servers without a name. */
function nameServers() {
  const observer = new MutationObserver(() => {
    const servers = document.getElementById("servers");
    if (!servers) return;
    servers.setAttribute("aria-label", server);
    observer.disconnect();
  });
  observer.observe(document.getElementById("console"), { childList: true, subtree: true });
}

function sign(request) {
  const operation = Object.keys(operations).find((path) => new URL(request.url).pathname.endsWith(path));
  if (!operation) return request;
  const body = typeof request.body === "string" ? request.body : JSON.stringify(request.body ?? {});
  const wanted = Object.fromEntries(operations[operation].map((name) => [name, schemes[name]]));
  const credentials = Object.fromEntries(new FormData(form));
  Object.assign(request.headers, signed(wanted, { ...credentials, body }));
  return Object.assign(request, { body, credentials: "omit" });
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
