"""The portal's figures: ``make docs-check``, or ``python -m tests.portal.check [--untimed] [--site site/latest]``.

Opens every page of the built portal in headless Chromium, which can reach this machine only. Prints a table and
writes ``build/docs-check.json``. Exits with 1 if a figure misses its target. ``--untimed`` leaves the clock out of it:
how fast a page paints says nothing on a machine that is busy with other things.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from netease_meeting.sandbox import Sandbox
from netease_meeting.sandbox.server import Server
from playwright.sync_api import Browser

from generator.__main__ import read
from tests.conftest import ROOT
from tests.figure import Figure

from . import live, pages, plain, timing
from .browser import chromium
from .links import links
from .site import Site, served

BUILD = ROOT / "build"


def main() -> int:
    options = _options()
    executable = shutil.which("chromium")
    if executable is None:
        print("chromium is not installed (Debian: apt-get install chromium fonts-noto-cjk)", file=sys.stderr)
        return 2
    site = Site(options.site)
    BUILD.mkdir(exist_ok=True)
    results: list[dict[str, object]] = []
    print("| figure | target | measured | |\n|---|---|---|---|")
    with served(site.folder) as url, chromium(executable) as browser:
        started = time.perf_counter()
        for figure in _figures(executable, browser, site, url, timed=not options.untimed):
            print(
                f"| {figure.name} | {figure.target} | {figure.measured} | {'ok' if figure.met else '**missed**'} |",
                flush=True,
            )
            results.append({"name": figure.name, "target": figure.target, "met": figure.met, **figure.values})
        print(f"\n{len(site.pages)} pages, {time.perf_counter() - started:.0f} s")
    (BUILD / "docs-check.json").write_text(json.dumps(results, ensure_ascii=False, indent=1) + "\n", "utf-8")
    return 0 if all(result["met"] for result in results) else 1


def _figures(executable: str, browser: Browser, site: Site, url: str, *, timed: bool) -> Iterator[Figure]:
    api = read(ROOT / "spec/openapi.yaml")
    yield links(site)
    yield from pages.visit(executable, site, url)
    yield plain.without_script(browser, site, url, api)
    yield live.calculator(browser, url)
    with Server(Sandbox()) as server:
        yield live.try_it(browser, url, api, server)
        yield live.console(browser, url, api, server)
    yield live.copying(browser, site, url)
    yield live.searching(browser, site, url)
    if timed:
        yield from timing.first_paint(browser, site, url, BUILD)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--untimed", action="store_true", help="do not measure how fast pages paint")
    parser.add_argument(
        "--site", type=Path, default=ROOT / "site/latest", help="the folder of one version (default: site/latest)"
    )
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
