// The signature calculator: reads the form, shows the findings. Nothing leaves the page.

import { diagnose } from "./diagnosis.js";
import { element, facts, fill } from "./dom.js";

const { schemes, examples, texts } = facts("calculator-facts");
const section = document.querySelector("[data-calculator]");
const form = section.querySelector("form");
const verdict = section.querySelector("[role=status]");

section.hidden = false;
form.addEventListener("submit", (event) => {
  event.preventDefault();
  check();
});
section.querySelector("[data-example]").addEventListener("click", () => example("good"));
section.querySelector("[data-broken]").addEventListener("click", () => example("broken"));
form.elements.scheme.addEventListener("change", () => verdict.replaceChildren());

function example(kind) {
  const { secret, clock, body, [kind]: headers } = examples[form.elements.scheme.value];
  Object.entries({ secret, clock, body, headers }).forEach(([name, value]) => (form.elements[name].value = value));
  check();
}

function check() {
  const { scheme, ...sent } = Object.fromEntries(new FormData(form));
  // Forms send line ends as CR LF; what was typed has LF.
  for (const name of ["headers", "body"]) sent[name] = form.elements[name].value;
  const findings = diagnose(schemes[scheme], sent);
  const wrong = findings.filter(({ good }) => !good).length;
  verdict.replaceChildren(
    element("p", { class: wrong ? "wrong" : "right" }, wrong ? fill(texts.bad, { n: wrong }) : texts.good),
    element("ul", {}, ...findings.map(item)),
  );
}

function item({ good, key, values, detail }) {
  const rows = Object.entries(detail).flatMap(([name, value]) => [
    element("dt", {}, texts[name]),
    element("dd", {}, element("code", { "data-value": name }, value)),
  ]);
  return element(
    "li",
    { class: good ? "right" : "wrong", "data-finding": key },
    element("p", {}, fill(texts[key], values)),
    ...(rows.length ? [element("dl", {}, ...rows)] : []),
  );
}
