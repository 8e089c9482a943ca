"""Every page in the browser: its weight, what it loads, its errors, its accessibility, its width on a telephone."""

from __future__ import annotations

from importlib.resources import files
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Page

from tests.figure import Figure

from .browser import Watch, opened
from .site import Site

HEAVIEST = 40 * 1024
CONSOLE = "console/index.html"
"""Where somebody else's console is: it has its own weight."""
TELEPHONE = 390

_AXE = files("axe_playwright_python").joinpath("axe.min.js").read_text("utf-8")
_RUN = "options => axe.run(document, options).then(({violations}) => violations)"
_COLORS = {"runOnly": {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}}
"""In the dark only colours differ: the document is the same."""


def visit(browser: Browser, site: Site, url: str) -> list[Figure]:
    """Open every page, in light and dark, wide and narrow."""
    weights: dict[str, int] = {}
    violations: list[str] = []
    wide: list[str] = []
    everything = Watch()
    with opened(browser) as (page, watch):
        page.add_init_script(_AXE)
        for path in site.pages:
            del watch.requests[:]
            _open(page, f"{url}/{path}")
            weights[path] = _weight(site, watch)
            violations += [f"{path}: {problem}" for problem in _violations(page, {})]
            page.emulate_media(color_scheme="dark")
            violations += [f"{path} (dark): {problem}" for problem in _violations(page, _COLORS)]
            page.emulate_media(color_scheme="light")
            page.set_viewport_size({"width": TELEPHONE, "height": 844})
            width = page.evaluate("document.documentElement.scrollWidth")
            wide += [f"{path}: {width} px"] if width > TELEPHONE else []
            page.set_viewport_size({"width": 1280, "height": 900})
        everything.outside += watch.outside
        everything.errors += watch.errors
    light = {path: weight for path, weight in weights.items() if not path.endswith(CONSOLE)}
    heaviest = max(light, key=light.__getitem__)
    return [
        Figure(
            "weight of a page with its assets, gzipped",
            f"<= {HEAVIEST // 1024} KB",
            light[heaviest] <= HEAVIEST,
            {"heaviest_kb": round(light[heaviest] / 1024, 1), "page": heaviest},
        ),
        _none("axe-core violations, light and dark", violations, pages=len(site.pages)),
        _none("requests to other machines", everything.outside),
        _none("errors in the browser's console", everything.errors),
        _none(f"pages wider than {TELEPHONE} px", wide, pages=len(site.pages)),
    ]


def _open(page: Page, url: str) -> None:
    page.goto(url, wait_until="networkidle" if url.endswith(CONSOLE) else "load")


def _weight(site: Site, watch: Watch) -> int:
    paths = {urlsplit(url).path.removeprefix("/") for url in watch.requests}
    return sum(site.weight(path) for path in paths)


def _violations(page: Page, options: dict[str, Any]) -> list[str]:
    found: list[dict[str, Any]] = page.evaluate(_RUN, options)
    return [f"{rule['id']} at {' '.join(node['target'])}" for rule in found for node in rule["nodes"]]


def _none(name: str, found: list[str], **values: Any) -> Figure:
    return Figure(name, "0", not found, {"found": len(found), **values, **({"first": found[:5]} if found else {})})
