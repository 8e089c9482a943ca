// The filter over the error codes.

import { fill } from "./dom.js";

const form = document.querySelector("[data-filter]");
const entries = [...document.querySelectorAll(".code-entry")].map((section) => ({
  section,
  text: section.textContent.normalize("NFKC").toLowerCase(),
}));

form.hidden = false;
form.addEventListener("input", filter);
form.addEventListener("submit", (event) => event.preventDefault());
// A code that a link leads to must not stay hidden behind a filter.
addEventListener("hashchange", () => {
  form.reset();
  filter();
});
filter();

function filter() {
  const terms = form.elements.words.value.normalize("NFKC").toLowerCase().split(/\s+/).filter(Boolean);
  const family = form.elements.family.value;
  let shown = 0;
  for (const { section, text } of entries) {
    const matches = terms.every((term) => text.includes(term)) && (!family || section.dataset.family === family);
    section.hidden = !matches;
    shown += matches;
  }
  const output = form.querySelector("output");
  output.textContent = fill(output.dataset.shown, { n: shown, all: entries.length });
}
