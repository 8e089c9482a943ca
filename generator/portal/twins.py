"""The Markdown twin of a page: its main part, without what only a screen can use."""

from __future__ import annotations

import re

from bs4 import BeautifulSoup, Tag
from markdownify import ATX, MarkdownConverter


_SPAN = re.compile(r'</?span(?: class="[\w -]*")?>')
"""Most tags of a page are the colours of its code."""


class _Converter(MarkdownConverter):
    """Keeps links between pages between twins."""

    def convert_a(self, el: Tag, text: str, parent_tags: set[str]) -> str:
        href = str(el.get("href", ""))
        if "://" not in href:
            el["href"] = re.sub(r"\.html(?=#|$)", ".md", href)
        return super().convert_a(el, text, parent_tags)


def main_part(html: str) -> Tag:
    """Return the ``main`` of a page without the parts marked as being of use on a screen only, and without colours."""
    start, end = html.index("<main"), html.index("</main>")
    main = BeautifulSoup(_SPAN.sub("", html[start:end]), "html.parser").main
    if main is None:
        raise ValueError("a page has no main part")
    for element in main.select("[data-screen]"):
        element.decompose()
    return main


def twin(main: Tag) -> str:
    """Return the main part of a page as Markdown."""
    converter = _Converter(heading_style=ATX, bullets="-", escape_underscores=False, escape_asterisks=False)
    text = converter.convert_soup(main)
    return re.sub(r"\n{3,}", "\n\n", text).strip() + "\n"
