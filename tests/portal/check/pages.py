"""Every page in the browser: its weight, what it loads, its errors, its accessibility, its width on a telephone."""

from __future__ import annotations

import os
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from importlib.resources import files
from multiprocessing import get_context
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Page

from tests.figure import Figure

from .browser import Watch, chromium, go_to, opened
from .site import Site

HEAVIEST = 40 * 1024
CONSOLE = "console/index.html"
"""Where somebody else's console is: it has its own weight."""
TELEPHONE = 390

_AXE = files("axe_playwright_python").joinpath("axe.min.js").read_text("utf-8")
_RUN = "options => axe.run(document, options).then(({violations}) => violations)"
_PAINTED = "() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))"
_WHOLE = "* { content-visibility: visible !important }"
"""Has a page laid out to its end: what is not laid out is neither looked at nor too wide."""
_COLORS = {"runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}}
"""In the dark only colours differ: the document is the same."""


@dataclass
class _Seen:
    """What was seen of some pages."""

    weights: dict[str, int] = field(default_factory=dict[str, int])
    violations: list[str] = field(default_factory=list[str])
    wide: list[str] = field(default_factory=list[str])
    outside: list[str] = field(default_factory=list[str])
    errors: list[str] = field(default_factory=list[str])

    def add(self, other: _Seen) -> None:
        self.weights |= other.weights
        self.violations += other.violations
        self.wide += other.wide
        self.outside += other.outside
        self.errors += other.errors


def visit(executable: str, site: Site, url: str) -> list[Figure]:
    """Open every page, in light and dark, wide and narrow; a browser for each core, for axe-core takes its time."""
    workers = os.cpu_count() or 1
    batches = [site.pages[start::workers] for start in range(workers)]
    seen = _Seen()
    with ProcessPoolExecutor(workers, get_context("spawn")) as pool:
        for part in pool.map(partial(_look, executable, site, url), filter(None, batches)):
            seen.add(part)
    light = {path: weight for path, weight in seen.weights.items() if not path.endswith(CONSOLE)}
    heaviest = max(light, key=light.__getitem__)
    return [
        Figure(
            "weight of a page with its assets, gzipped",
            f"<= {HEAVIEST // 1024} KB",
            light[heaviest] <= HEAVIEST,
            {"heaviest_kb": round(light[heaviest] / 1024, 1), "page": heaviest},
        ),
        _none("axe-core violations, light and dark", seen.violations, pages=len(seen.weights)),
        _none("requests to other machines", seen.outside),
        _none("errors in the browser's console", seen.errors),
        _none(f"pages wider than {TELEPHONE} px", seen.wide, pages=len(seen.weights)),
    ]


def _look(executable: str, site: Site, url: str, paths: tuple[str, ...]) -> _Seen:
    seen = _Seen()
    with chromium(executable) as browser, opened(browser, reduced_motion="reduce") as (page, watch):
        # Without motion, for a colour on its way to another is neither.
        page.add_init_script(_AXE)
        for path in paths:
            del watch.requests[:]
            go_to(page, f"{url}/{path}", until="networkidle" if path.endswith(CONSOLE) else "load")
            seen.weights[path] = _weight(site, watch)
            page.add_style_tag(content=_WHOLE)
            seen.violations += [f"{path}: {problem}" for problem in _violations(page, {})]
            page.emulate_media(color_scheme="dark")
            page.evaluate(_PAINTED)
            seen.violations += [f"{path} (dark): {problem}" for problem in _violations(page, _COLORS)]
            page.emulate_media(color_scheme="light")
            page.set_viewport_size({"width": TELEPHONE, "height": 844})
            width = page.evaluate("document.documentElement.scrollWidth")
            seen.wide += [f"{path}: {width} px"] if width > TELEPHONE else []
            page.set_viewport_size({"width": 1280, "height": 900})
        seen.outside += watch.outside
        seen.errors += watch.errors
    return seen


def _weight(site: Site, watch: Watch) -> int:
    paths = {urlsplit(url).path.removeprefix("/") for url in watch.requests}
    return sum(site.weight(path) for path in paths)


def _violations(page: Page, options: dict[str, Any]) -> list[str]:
    found: list[dict[str, Any]] = page.evaluate(_RUN, options)
    return [f"{rule['id']} at {' '.join(node['target'])}" for rule in found for node in rule["nodes"]]


def _none(name: str, found: list[str], **values: Any) -> Figure:
    return Figure(name, "0", not found, {"found": len(found), **values, **({"first": found[:5]} if found else {})})
