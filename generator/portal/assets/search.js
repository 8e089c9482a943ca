// Search without a server, over one index of the whole site in both languages. Chinese has no spaces between words, so a
// query matches wherever its characters stand; if it stands nowhere as a whole, its pairs of characters are looked for.

import { element, fill } from "./dom.js";

const MOST = 12;
const AROUND = 40;

const folded = (text) => text.normalize("NFKC").toLowerCase();

export class Search {
  constructor(box, texts) {
    this.texts = texts;
    this.box = box;
    this.input = box.querySelector("input");
    this.list = box.querySelector("ul");
    this.status = box.querySelector("[role=status]");
    this.language = box.dataset.language;
    this.entries = this.load();
    this.input.addEventListener("input", () => this.show());
    this.input.addEventListener("keydown", (event) => this.key(event));
    this.input.addEventListener("focus", () => this.show());
    box.addEventListener("focusout", (event) => {
      if (!box.contains(event.relatedTarget)) this.close();
    });
    this.show();
  }

  async load() {
    const answer = await fetch(this.box.dataset.index);
    if (!answer.ok) throw new Error(answer.statusText);
    const entries = await answer.json();
    return entries.map(([place, languages]) => {
      const shown = languages[this.language] ? this.language : Object.keys(languages)[0];
      const all = Object.values(languages);
      return {
        place: (shown === "zh" ? "" : `${shown}/`) + place,
        title: languages[shown][0],
        words: languages[shown][1],
        titles: folded(all.map(([title]) => title).join("\n")),
        text: folded(all.flat().join("\n")),
      };
    });
  }

  async show() {
    const query = folded(this.input.value).trim();
    if (!query) return this.close();
    let entries;
    try {
      entries = await this.entries;
    } catch {
      this.status.textContent = this.texts.failed;
      return;
    }
    if (folded(this.input.value).trim() !== query) return;
    const terms = query.split(/\s+/);
    const found = ranked(entries, terms);
    this.list.replaceChildren(...found.slice(0, MOST).map((entry, index) => this.option(entry, terms, index)));
    if (!found.length) this.list.append(element("li", { class: "none" }, this.texts.none));
    this.status.textContent = found.length ? fill(this.texts.count, { n: found.length }) : this.texts.none;
    this.list.hidden = false;
    this.input.setAttribute("aria-expanded", "true");
    this.choose(0);
  }

  option(entry, terms, index) {
    const item = element(
      "li",
      { role: "option", id: `result-${index}`, "aria-selected": "false" },
      element("b", {}, entry.title),
      element("span", {}, excerpt(entry.words, terms)),
    );
    item.dataset.place = entry.place;
    item.addEventListener("pointerdown", (event) => event.preventDefault());
    item.addEventListener("click", () => this.open(item));
    return item;
  }

  key(event) {
    if (event.isComposing) return;
    const options = [...this.list.querySelectorAll("[role=option]")];
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && options.length) {
      event.preventDefault();
      this.choose((this.chosen + step + options.length) % options.length);
    } else if (event.key === "Enter" && options[this.chosen]) {
      event.preventDefault();
      this.open(options[this.chosen]);
    } else if (event.key === "Escape") {
      this.close();
    }
  }

  choose(index) {
    this.chosen = index;
    this.list.querySelectorAll("[role=option]").forEach((item, position) => {
      item.setAttribute("aria-selected", String(position === index));
      if (position === index) {
        this.input.setAttribute("aria-activedescendant", item.id);
        item.scrollIntoView({ block: "nearest" });
      }
    });
  }

  open(item) {
    const root = this.box.dataset.root;
    location.href = root + item.dataset.place;
    this.close();
  }

  close() {
    this.list.hidden = true;
    this.list.replaceChildren();
    this.status.textContent = "";
    this.input.setAttribute("aria-expanded", "false");
    this.input.removeAttribute("aria-activedescendant");
  }
}

/** The entries that have every term, those that have it in their title first. */
function ranked(entries, terms) {
  const whole = entries.filter((entry) => terms.every((term) => entry.text.includes(term)));
  if (whole.length) return sorted(whole, (entry) => terms.reduce((sum, term) => sum + weight(entry, term), 0));
  const pairs = terms.flatMap(pairsOf);
  if (!pairs.length) return [];
  const share = (entry) => pairs.filter((pair) => entry.text.includes(pair)).length;
  const near = entries.filter((entry) => share(entry) * 2 > pairs.length);
  return sorted(near, (entry) => share(entry) + pairs.filter((pair) => entry.titles.includes(pair)).length);
}

function weight(entry, term) {
  const titles = entry.titles.split("\n");
  if (titles.some((title) => title === term || title.split(" ").includes(term))) return 100;
  if (titles.some((title) => title.startsWith(term))) return 60;
  if (entry.titles.includes(term)) return 40;
  return Math.min(10, entry.text.split(term).length - 1);
}

function sorted(entries, score) {
  return entries
    .map((entry, index) => ({ entry, index, score: score(entry) }))
    .sort((a, b) => b.score - a.score || a.index - b.index)
    .map(({ entry }) => entry);
}

function pairsOf(term) {
  const characters = [...term].filter((character) => /\p{Script=Han}/u.test(character));
  return characters.slice(1).map((character, index) => characters[index] + character);
}

function excerpt(words, terms) {
  const text = folded(words);
  const position = Math.max(0, Math.min(...terms.map((term) => text.indexOf(term)).filter((at) => at >= 0), words.length));
  const start = position === words.length ? 0 : Math.max(0, position - AROUND);
  return (start ? "…" : "") + words.slice(start, start + AROUND * 3);
}
