// Calls the operation on a sandbox, signed here. The secret stays in the form.

import { element, facts, fill } from "./dom.js";
import { signed } from "./signing.js";

const { mediaType, schemes, texts } = facts("try-facts");
const section = document.querySelector("[data-try]");
const form = section.querySelector("form");
const status = section.querySelector("[role=status]");

section.hidden = false;
form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const fields = Object.fromEntries(new FormData(form));
  const { body } = fields;
  if (!isJson(body)) return;
  const url = fields.server.replace(/\/+$/, "") + section.dataset.try;
  const headers = { "Content-Type": mediaType, ...signed(schemes, { ...fields, body }) };
  for (const [name, value] of Object.entries(fields)) {
    if (name.startsWith("header:") && value) headers[name.slice("header:".length)] = value;
  }
  status.replaceChildren(element("p", {}, texts.sending));
  const sent = [`POST ${url}`, ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`), "", body];
  try {
    const answer = await fetch(url, { method: "POST", headers, body, credentials: "omit" });
    const text = await answer.text();
    show(sent, `HTTP ${answer.status}`, pretty(text));
  } catch {
    status.replaceChildren(element("p", { class: "wrong" }, fill(texts.unreachable, { url: fields.server })));
  }
});

function isJson(text) {
  try {
    JSON.parse(text);
    return true;
  } catch (error) {
    status.replaceChildren(element("p", { class: "wrong" }, fill(texts.invalid, { why: error.message })));
    return false;
  }
}

/** The answer laid out, as far as the browser can do that without rounding numbers of 64 bits. */
function pretty(text) {
  if (!JSON.rawJSON) return text;
  const exact = (_, value, { source }) => (typeof value === "number" ? JSON.rawJSON(source) : value);
  try {
    return JSON.stringify(JSON.parse(text, exact), null, 2);
  } catch {
    return text;
  }
}

function show(sent, line, answer) {
  status.replaceChildren(
    element("h3", {}, texts.answer),
    element("pre", { tabindex: "0" }, element("code", {}, `${line}\n\n${answer}`)),
    element("h3", {}, texts.sent),
    element("pre", { tabindex: "0" }, element("code", {}, sent.join("\n"))),
  );
}
