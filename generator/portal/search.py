"""The search index: every page and every anchored part of it, with its words in both languages."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator

from bs4 import Tag

from .language import LANGUAGES
from .page import Page


def index(pages: Iterable[Page], mains: dict[str, Tag]) -> str:
    """Return the index as JSON: ``[place, {language: [title, words]}]`` for each part of the site.

    Takes the main parts to pieces.
    """
    entries: dict[str, dict[str, list[str]]] = {}
    for page in pages:
        for language in LANGUAGES:
            for fragment, title, words in _parts(mains[page.at(language)]):
                place = f"{page.path}#{fragment}" if fragment else page.path
                entries.setdefault(place, {})[language.key] = [title, words]
    return json.dumps(list(entries.items()), ensure_ascii=False, separators=(",", ":"))


def _parts(main: Tag) -> Iterator[tuple[str, str, str]]:
    """Yield (anchor, title, words): each part that is marked as an entry, then what is left of the page."""
    for code in main.select("pre"):
        code.decompose()
    parts = list(main.select("[data-entry]"))
    for part in parts:
        part.extract()
        yield str(part["id"]), str(part["data-entry"]), _words(part)
    heading = main.h1
    title = _words(heading) if heading is not None else ""
    yield "", title, _words(main)


def _words(part: Tag) -> str:
    return re.sub(r"\s+", " ", part.get_text(" ")).strip()
