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
from tempfile import TemporaryDirectory

from playwright.sync_api import Browser, Page

from tests.figure import Figure

from .site import Site, served

ROUNDS = 11
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
_BARE = '<!doctype html><html lang="zh-CN"><meta charset="utf-8"><title>1</title><p>字</p></html>'
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
    """Open the same pages of both in turns, each in a fresh profile; a page of one word says what the least is."""
    with _rival(site, build) as rival, _bare() as bare:
        figures = []
        for name, most, slow in (("desktop", DESKTOP, False), ("4x CPU, 1.6 Mbit/s", TELEPHONE, True)):
            ours: dict[str, list[float]] = {page: [] for page in _PAGES}
            theirs: dict[str, list[float]] = {page: [] for page in _PAGES}
            floor: list[float] = []
            for _ in range(ROUNDS):
                floor.append(_paint(browser, bare, slow=slow))
                for page in _PAGES:
                    ours[page].append(_paint(browser, f"{url}/{page}", slow=slow))
                    theirs[page].append(_paint(browser, f"{rival}/{page}", slow=slow))
            slowest = max(_PAGES, key=lambda page: statistics.median(ours[page]))
            mine, other, least = (round(statistics.median(times)) for times in (ours[slowest], theirs[slowest], floor))
            figures.append(
                Figure(
                    f"first contentful paint, {name}",
                    f"<= {most} ms",
                    mine <= most,
                    {"ms": mine, "mkdocs_material_ms": other, "floor_ms": least, "page": slowest, "rounds": ROUNDS},
                )
            )
        return figures


def _paint(browser: Browser, url: str, *, slow: bool) -> float:
    # Not watched: asking us about each request would take longer than the page. No other machine can be reached anyway.
    context = browser.new_context(viewport={"width": 390 if slow else 1280, "height": 900})
    try:
        page = context.new_page()
        _settle(browser, page)
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


def _settle(browser: Browser, page: Page) -> None:
    """Wait until the browser has made its window: its address bar alone is half a second of work, for both cores."""
    session = browser.new_browser_cdp_session()
    before, still = 0.0, 0
    for _ in range(200):
        processes = session.send("SystemInfo.getProcessInfo")["processInfo"]
        spent = sum(process["cpuTime"] for process in processes)
        still = still + 1 if spent == before else 0
        if still == 4:
            session.detach()
            return
        before = spent
        page.wait_for_timeout(50)
    raise TimeoutError("Chromium does not come to rest: nothing can be measured")


@contextmanager
def _bare() -> Iterator[str]:
    with TemporaryDirectory() as folder:
        (Path(folder) / "index.html").write_text(_BARE, "utf-8")
        with served(Path(folder)) as url:
            yield url


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
