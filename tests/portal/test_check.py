"""The figures of `make docs-check` miss their targets on a site that deserves it."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path

import pytest
from netease_meeting.sandbox import Sandbox
from netease_meeting.sandbox.server import Server
from playwright.sync_api import Browser

from generator.__main__ import read
from generator.ir import Api
from tests.conftest import ROOT
from tests.figure import Figure
from tests.portal.check import live, pages, plain
from tests.portal.check.links import links
from tests.portal.check.site import Site, served

GOOD = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Good</title>
<meta name="viewport" content="width=device-width"><link rel="icon" href="data:,">
<main><h1 id="top">Good</h1><p><a href="#top">Up</a></p></main></html>"""

SPOILED = {
    "weight of a page with its assets, gzipped": ("</main>", '<img src="heavy.bin" alt="heavy"></main>'),
    "axe-core violations, light and dark": ("</main>", '<img src="data:," ></main>'),
    "requests to other machines": ("</main>", '<img src="https://example.org/x.png" alt="x"></main>'),
    "errors in the browser's console": ("</main>", "<script>throw new Error('wrong')</script></main>"),
    "pages wider than 390 px": ("</main>", '<div style="width: 500px">wide</div></main>'),
    "broken links and anchors": ('href="#top"', 'href="#bottom"'),
}


@pytest.fixture(scope="module")
def contract() -> Api:
    return read(ROOT / "spec/openapi.yaml")


def figures(executable: str, folder: Path, text: str) -> dict[str, Figure]:
    (folder / "index.html").write_text(text, "utf-8")
    (folder / "heavy.bin").write_bytes(random.Random(0).randbytes(64 * 1024))
    site = Site(folder)
    with served(folder) as url:
        return {figure.name: figure for figure in (links(site), *pages.visit(executable, site, url))}


def test_a_good_page_meets_them(executable: str, tmp_path: Path) -> None:
    found = figures(executable, tmp_path, GOOD)
    assert set(found) == set(SPOILED)
    assert [figure.name for figure in found.values() if not figure.met] == []


@pytest.mark.parametrize("name", SPOILED)
def test_a_spoiled_page_misses(name: str, executable: str, tmp_path: Path) -> None:
    old, new = SPOILED[name]
    assert old in GOOD
    assert not figures(executable, tmp_path, GOOD.replace(old, new, 1))[name].met


def test_dark_colours_are_looked_at(executable: str, tmp_path: Path) -> None:
    faint = "<style>@media (prefers-color-scheme: dark) { p { background: #111; color: #222 } }</style>"
    figure = figures(executable, tmp_path, GOOD.replace("<main>", f"{faint}<main><p>Faint</p>"))[
        "axe-core violations, light and dark"
    ]
    assert not figure.met
    assert all("(dark)" in line for line in figure.values["first"])


def test_text_that_needs_a_script_is_missed(browser: Browser, contract: Api, tmp_path: Path) -> None:
    operation = contract.operations[0]
    little = replace(
        contract,
        resources=(replace(contract.resources[0], operations=(operation,)),),
        webhooks=(),
        codes=contract.codes[:1],
    )
    for folder in ("", "en/"):
        page = tmp_path / folder / "operations" / f"{operation.id}.html"
        page.parent.mkdir(parents=True)
        page.write_text(f"<main><script>document.write('{operation.path}')</script></main>", "utf-8")
        (tmp_path / folder / "errors.html").write_text("<main></main>", "utf-8")
    with served(tmp_path) as url:
        assert not plain.without_script(browser, Site(tmp_path), url, little).met


def test_a_call_that_never_leaves_is_missed(browser: Browser, contract: Api, tmp_path: Path) -> None:
    operation = contract.operations[0]
    little = replace(contract, resources=(replace(contract.resources[0], operations=(operation,)),))
    page = tmp_path / "operations" / f"{operation.id}.html"
    page.parent.mkdir()
    page.write_text(
        """<div data-try><form onsubmit="event.preventDefault(); show()"><input name="server"><textarea name="body">{}
        </textarea><button type="submit">Send</button></form><div role="status"></div></div>
        <script>
        function show() { document.querySelector('[role=status]').innerHTML = '<pre>{"code":200}</pre>' }
        </script>""",
        "utf-8",
    )
    with served(tmp_path) as url, Server(Sandbox()) as server:
        assert not live.try_it(browser, url, little, server).met


def test_a_copy_button_that_does_nothing_is_missed(browser: Browser, tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text('<p><code>x</code><button class="copy">Copy</button></p>', "utf-8")
    with served(tmp_path) as url:
        assert not live.copying(browser, Site(tmp_path), url).met
