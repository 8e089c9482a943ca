"""Every link and anchor of the files."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from functools import cache
from urllib.parse import unquote, urlsplit

from bs4 import BeautifulSoup

from tests.figure import Figure

from .site import Site


def links(site: Site) -> Figure:
    """Follow each link of each page to a file and to the place in it."""

    @cache
    def anchors(path: str) -> frozenset[str]:
        return frozenset(str(tag["id"]) for tag in _parsed(site, path).find_all(id=True))

    count = 0
    broken: list[str] = []
    for path in site.pages:
        for link in _targets(site, path):
            parts = urlsplit(link)
            if parts.scheme or parts.netloc:
                continue
            count += 1
            here = posixpath.normpath(posixpath.join(posixpath.dirname(path), unquote(parts.path)))
            target = path if not parts.path else here
            if not (site.folder / target).is_file():
                broken.append(f"{path}: {link}")
            elif parts.fragment and target.endswith(".html") and unquote(parts.fragment) not in anchors(target):
                broken.append(f"{path}: {link} (no such place)")
    return Figure(
        "broken links and anchors",
        "0",
        not broken and count > 0,
        {"found": len(broken), "links": count, **({"first": broken[:5]} if broken else {})},
    )


def _targets(site: Site, path: str) -> Iterator[str]:
    for tag in _parsed(site, path).find_all(True):
        for attribute in ("href", "src", "data-index"):
            if attribute in tag.attrs:
                yield str(tag[attribute])


@cache
def _parsed(site: Site, path: str) -> BeautifulSoup:
    return BeautifulSoup(site.text(path), "html.parser")
