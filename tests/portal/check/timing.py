"""How soon there is something to read, beside mkdocs-material made from the same words."""

from __future__ import annotations

import shutil
import statistics
import subprocess
import sys
import venv
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser

from tests.figure import Figure

from .site import Site, served

ROUNDS = 5
DESKTOP, TELEPHONE = 200, 800
"""Milliseconds to the first contentful paint, at most."""
SLOWDOWN = 4
BANDWIDTH = 1.6e6 / 8
"""Bytes a second; no latency is added."""

_PAGES = ("index.html", "operations/createMeeting.html", "errors.html")
_PAINT = """() => new Promise((resolve) => new PerformanceObserver((list) => {
    const paint = list.getEntriesByName("first-contentful-paint")[0];
    if (paint) resolve(paint.startTime);
}).observe({type: "paint", buffered: true}))"""
_SETTINGS = """\
site_name: The same words
use_directory_urls: false
theme:
  name: material
  language: zh
  font: false
plugins: [search]
markdown_extensions: [attr_list, tables, pymdownx.superfences]
exclude_docs: "en/"
"""


def first_paint(browser: Browser, site: Site, url: str, build: Path) -> list[Figure]:
    """Open the same pages of both in turns, each in a fresh profile."""
    with _rival(site, build) as rival:
        figures = []
        for name, most, slow in (("desktop", DESKTOP, False), ("4x CPU, 1.6 Mbit/s", TELEPHONE, True)):
            ours: dict[str, list[float]] = {page: [] for page in _PAGES}
            theirs: dict[str, list[float]] = {page: [] for page in _PAGES}
            for _ in range(ROUNDS):
                for page in _PAGES:
                    ours[page].append(_paint(browser, f"{url}/{page}", slow=slow))
                    theirs[page].append(_paint(browser, f"{rival}/{page}", slow=slow))
            slowest = max(_PAGES, key=lambda page: statistics.median(ours[page]))
            mine, other = (round(statistics.median(times[slowest])) for times in (ours, theirs))
            figures.append(
                Figure(
                    f"first contentful paint, {name}",
                    f"<= {most} ms",
                    mine <= most,
                    {"ms": mine, "mkdocs_material_ms": other, "page": slowest, "rounds": ROUNDS},
                )
            )
        return figures


def _paint(browser: Browser, url: str, *, slow: bool) -> float:
    # Not watched: asking us about each request would take longer than the page. No other machine can be reached anyway.
    context = browser.new_context(viewport={"width": 390 if slow else 1280, "height": 900})
    try:
        page = context.new_page()
        if slow:
            session = context.new_cdp_session(page)
            session.send("Emulation.setCPUThrottlingRate", {"rate": SLOWDOWN})
            session.send(
                "Network.emulateNetworkConditions",
                {"offline": False, "latency": 0, "downloadThroughput": BANDWIDTH, "uploadThroughput": BANDWIDTH},
            )
        page.goto(url)
        time: float = page.evaluate(_PAINT)
        return time
    finally:
        context.close()


@contextmanager
def _rival(site: Site, build: Path) -> Iterator[str]:
    """Build mkdocs-material's site from our Markdown, in an environment of its own, and serve it."""
    home = build / "mkdocs"
    python = home / "venv/bin/python"
    if not (home / "ready").exists():
        print("Installing mkdocs-material into build/ …", file=sys.stderr)
        venv.create(home / "venv", with_pip=True, clear=True)
        subprocess.run(
            [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "mkdocs-material"], check=True
        )
        (home / "ready").touch()
    shutil.rmtree(home / "docs", ignore_errors=True)
    for path in site.folder.rglob("*.md"):
        relative = path.relative_to(site.folder)
        if relative.parts[0] != "en":
            (home / "docs" / relative).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, home / "docs" / relative)
    (home / "mkdocs.yml").write_text(_SETTINGS, "utf-8")
    subprocess.run(
        [python, "-m", "mkdocs", "build", "--quiet", "--clean"], cwd=home, check=True, stderr=subprocess.DEVNULL
    )
    with served(home / "site") as url:
        yield url
