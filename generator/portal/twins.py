"""The Markdown twin of a page: its main part, without what only a screen can use."""

from __future__ import annotations

import re

from bs4 import BeautifulSoup, Tag
from markdownify import ATX, MarkdownConverter

_COLOUR = re.compile(r'</?span(?: class="[\w -]*")?>')
"""Most tags of a page are the colours of its code."""


def main_part(html: str) -> Tag:
    """Return the ``main`` of a page without the parts marked as being of use on a screen only, and without colours."""
    start, end = html.index("<main"), html.index("</main>")
    main = BeautifulSoup(_COLOUR.sub("", html[start:end]), "html.parser").main
    if main is None:
        raise ValueError("a page has no main part")
    for element in main.select("[data-screen]"):
        element.decompose()
    return main


def twin(main: Tag) -> str:
    """Return the main part of a page as Markdown, its links leading from twin to twin."""
    for link in main.select("a[href]"):
        href = str(link["href"])
        if "://" not in href:
            link["href"] = re.sub(r"\.html(?=#|$)", ".md", href)
    converter = MarkdownConverter(
        heading_style=ATX,
        bullets="-",
        escape_underscores=False,
        escape_asterisks=False,
        code_language_callback=lambda pre: pre.get("data-language", ""),
    )
    text: str = converter.convert_soup(main)
    return text.strip() + "\n"
