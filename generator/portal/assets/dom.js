// Small helpers that every script of the pages shares.

/** Facts and texts that the page carries for its scripts. */
export function facts(id) {
  return JSON.parse(document.getElementById(id).textContent);
}

/** An element with attributes and children; text stays text. */
export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

/** A text of the page with its {holes} filled in. */
export function fill(text, values) {
  return text.replace(/\{(\w+)\}/g, (hole, name) => values[name] ?? hole);
}

/** What was remembered, if the browser lets pages remember. */
export const memory = {
  get(key) {
    try {
      return localStorage.getItem(key);
    } catch {
      return null;
    }
  },
  set(key, value) {
    try {
      localStorage.setItem(key, value);
    } catch {
      // Nothing is lost but the convenience.
    }
  },
};
