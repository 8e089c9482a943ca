// What every page has: the theme, copy buttons, tabs, and the search, which is loaded when somebody turns to it.

import { element, facts, memory } from "./dom.js";

const texts = facts("texts");

theme();
navigation();
document.querySelectorAll("[data-copy]").forEach(copyable);
document.querySelectorAll("[data-tabs]").forEach((group, index) => tabbed(group, `tabs-${index}`));
outline();
search();

function theme() {
  const button = document.querySelector("[data-theme]");
  const root = document.documentElement;
  const dark = () =>
    root.style.colorScheme ? root.style.colorScheme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  button.hidden = false;
  button.addEventListener("click", () => {
    root.style.colorScheme = dark() ? "light" : "dark";
    memory.set("theme", root.style.colorScheme);
  });
}

function navigation() {
  // Style sheets of older browsers cannot open it on wide screens.
  const contents = document.querySelector(".side details");
  if (matchMedia("(min-width: 60rem)").matches) contents.open = true;
  const current = contents.querySelector("[aria-current]");
  const side = contents.closest(".side");
  // With the next frame, which lays the page out anyway.
  requestAnimationFrame(() => {
    if (current && side.scrollHeight > side.clientHeight) {
      side.scrollTop = current.offsetTop - side.clientHeight / 2;
    }
  });
}

function copyable(target) {
  const button = element("button", { type: "button", class: "copy" }, texts.copy);
  button.addEventListener("click", async () => {
    await write(target.dataset.copy || target.querySelector("code").textContent);
    button.textContent = texts.copied;
    setTimeout(() => (button.textContent = texts.copy), 1600);
  });
  if (target.matches("pre")) {
    const frame = element("div", { class: "copyable" });
    target.replaceWith(frame);
    frame.append(target, button);
  } else {
    target.append(button);
  }
}

/** The clipboard of pages served over plain http is the old one. */
async function write(text) {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  const area = element("textarea", { class: "hidden" });
  area.value = text;
  document.body.append(area);
  area.select();
  document.execCommand("copy");
  area.remove();
}

function tabbed(group, id) {
  const panels = [...group.querySelectorAll(":scope > section")];
  if (panels.length < 2) return;
  const key = group.dataset.tabs;
  const list = element("div", { role: "tablist", "aria-label": group.getAttribute("aria-label") });
  const tabs = panels.map((panel, index) => {
    const heading = panel.querySelector("h3");
    const tab = element(
      "button",
      { type: "button", role: "tab", id: `${id}-${index}`, "aria-controls": `${id}-${index}-panel` },
      heading.textContent,
    );
    heading.hidden = true;
    panel.id = `${id}-${index}-panel`;
    panel.setAttribute("role", "tabpanel");
    panel.setAttribute("aria-labelledby", tab.id);
    tab.addEventListener("click", () => {
      select(index);
      if (key) memory.set(key, tab.textContent);
    });
    return tab;
  });
  const select = (chosen) => {
    tabs.forEach((tab, index) => {
      tab.setAttribute("aria-selected", String(index === chosen));
      tab.tabIndex = index === chosen ? 0 : -1;
      panels[index].hidden = index !== chosen;
    });
  };
  list.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const next = (tabs.indexOf(document.activeElement) + step + tabs.length) % tabs.length;
    tabs[next].focus();
    tabs[next].click();
  });
  list.append(...tabs);
  group.prepend(list);
  group.removeAttribute("aria-label");
  const remembered = key && memory.get(key);
  select(Math.max(0, tabs.findIndex((tab) => tab.textContent === remembered)));
}

/** What is on this page, beside it, where there is room for it. */
function outline() {
  const main = document.querySelector("main");
  const parts = [...main.querySelectorAll(":scope > section[id] > h2, :scope > article > h2[id], :scope > h2[id]")];
  if (parts.length < 2) return;
  const links = parts.map((heading) =>
    element("li", {}, element("a", { href: `#${heading.id || heading.parentElement.id}` }, heading.textContent)),
  );
  const label = element("p", { id: "here" }, texts.on_page);
  main.append(element("nav", { class: "here", "aria-labelledby": "here" }, label, element("ul", {}, ...links)));
}

function search() {
  const box = document.querySelector("[data-search]");
  const input = box.querySelector("input");
  box.hidden = false;
  const start = async () => {
    const { Search } = await import("./search.js");
    new Search(box, texts);
  };
  input.addEventListener("focus", start, { once: true });
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest?.("input, textarea, select, [contenteditable]");
    if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      input.focus();
    }
  });
}
