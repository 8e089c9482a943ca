"""What is published, file by file."""

from __future__ import annotations

import gzip
import re
import shutil
import sys
from collections.abc import Iterator
from copy import copy
from functools import cache
from pathlib import Path
from urllib.parse import unquote

import pytest
from bs4 import BeautifulSoup
from netease_meeting.sandbox import core

from generator.ir import Api, State, StateMachine, Text, Transition
from generator.portal.diagram import draw
from generator.portal.language import ENGLISH
from tests.conftest import ROOT
from tests.generator import contracts
from tests.generator.test_extending import CODE, OPERATION, SCHEMAS, append, replace
from tests.generator.test_release import run
from tests.portal.conftest import LANGUAGES, build
from tests.test_layers import imports

ELSEWHERE = {"https://meeting-api.netease.im", "https://keepachangelog.com"}
"""The only addresses of others that a page may name: the gateway, in samples, and what the list of changes cites."""


@cache
def soup(path: Path) -> BeautifulSoup:
    """Read a page once; tests leave it as it is."""
    return BeautifulSoup(path.read_text("utf-8"), "html.parser")


def anchors(path: Path) -> set[str]:
    return {str(element["id"]) for element in soup(path).select("[id]")}


def test_everything_in_the_contract_has_its_place_in_both_languages(site: Path, api: Api) -> None:
    for code, folder in LANGUAGES.items():
        for operation in api.operations:
            page = soup(site / folder / "operations" / f"{operation.id}.html")
            assert page.html is not None
            assert page.html["lang"] == code
            text = page.get_text()
            assert operation.path in text
            fields = [field.wire for field in (*operation.arguments, *operation.answer)]
            assert not [field for field in fields if field not in text]
            linked = {str(link["href"]).rpartition("#")[2] for link in page.select("#errors a")}
            assert linked == {f"code-{error.code}" for error in operation.errors}
        for webhook in api.webhooks:
            text = soup(site / folder / "callbacks" / f"{webhook.id}.html").get_text()
            assert not [field.wire for field in webhook.body.fields if field.wire not in text]
        assert {f"code-{error.code}" for error in api.codes} <= anchors(site / folder / "errors.html")
        states = soup(site / folder / "states.html")
        assert api.states is not None
        rows = states.select("#transitions tbody tr")
        assert len(rows) == len(api.states.transitions)
        assert len(states.select("svg .edge")) >= 1


def test_both_languages_have_the_same_pages_and_the_switch_keeps_the_page(site: Path) -> None:
    english = {path.relative_to(site / "en").as_posix() for path in (site / "en").rglob("*.html")}
    chinese = {path.relative_to(site).as_posix() for path in site.rglob("*.html")} - {f"en/{path}" for path in english}
    assert english == chinese
    for path in chinese:
        switch = soup(site / path).select_one(".switches a")
        assert switch is not None
        assert (site / path).parent.joinpath(str(switch["href"])).resolve() == (site / "en" / path).resolve()


def test_no_chinese_is_left_in_what_the_english_pages_say_around_the_contract(site: Path) -> None:
    for path in (site / "en").rglob("*.html"):
        page = copy(soup(path))
        for quoted in page.select("pre, code, textarea, script, [lang=zh-CN], title, meta"):
            quoted.decompose()
        assert not re.search(r"[\u4e00-\u9fff]", page.get_text().replace("网易会议", "")), path


def links(site: Path) -> Iterator[tuple[Path, str]]:
    for path in site.rglob("*.html"):
        for element in soup(path).select("[href], [src], [data-index]"):
            for attribute in ("href", "src", "data-index"):
                if element.has_attr(attribute):
                    yield path, str(element[attribute])


def test_every_link_leads_somewhere_and_none_leaves_the_site_by_itself(published: Path) -> None:
    known: dict[Path, set[str]] = {}
    for page, link in links(published):
        if link.startswith("https://"):
            assert any(link.startswith(address) for address in ELSEWHERE), f"{page}: {link}"
            continue
        assert not re.match(r"[a-z]+:|/", link), f"{page}: {link} is no relative link"
        path, _, fragment = link.partition("#")
        target = (page.parent / path).resolve() if path else page.resolve()
        assert target.is_file(), f"{page}: {link}"
        assert target.is_relative_to(published.resolve())
        if fragment:
            if target not in known:
                known[target] = anchors(target)
            assert unquote(fragment) in known[target], f"{page}: {link}"


def test_the_twins_link_to_twins(site: Path) -> None:
    for twin in site.rglob("*.md"):
        assert twin.with_suffix(".html").is_file()
        for link in re.findall(r"\]\(([^)#\s]+)", twin.read_text("utf-8")):
            if not link.startswith("https://"):
                assert (twin.parent / link).resolve().is_file(), f"{twin}: {link}"


@pytest.mark.parametrize("folder", LANGUAGES.values())
def test_llms_txt_names_every_page(site: Path, folder: str) -> None:
    listed = set(re.findall(r"\]\(([^)]+)\)", (site / folder / "llms.txt").read_text("utf-8")))
    pages = {path.relative_to(site / folder).as_posix() for path in (site / folder).rglob("*.md")}
    assert listed == {path for path in pages if folder or not path.startswith("en/")}


def test_the_root_leads_to_the_latest_without_a_script(published: Path) -> None:
    page = soup(published / "index.html")
    assert not page.select("script")
    refresh = page.select_one("meta[http-equiv=refresh]")
    assert refresh is not None
    assert (published / str(refresh["content"]).partition("url=")[2]).is_file()
    latest, numbered = published / "latest", published / "v0.5"
    for path in latest.rglob("*"):
        if path.is_file():
            assert path.read_bytes() == (numbered / path.relative_to(latest)).read_bytes()


def test_the_same_input_gives_the_same_bytes(published: Path, tmp_path: Path) -> None:
    assert build(tmp_path / "again").returncode == 0
    first = {path.relative_to(published): path.read_bytes() for path in published.rglob("*") if path.is_file()}
    again = tmp_path / "again"
    assert first == {path.relative_to(again): path.read_bytes() for path in again.rglob("*") if path.is_file()}


def test_other_versions_stay(published: Path, tmp_path: Path) -> None:
    old = tmp_path / "site/v0.4/index.html"
    old.parent.mkdir(parents=True)
    old.write_text("old", "utf-8")
    assert build(tmp_path / "site").returncode == 0
    assert old.read_text("utf-8") == "old"


def packed(*paths: Path) -> int:
    return sum(len(gzip.compress(path.read_bytes(), 9, mtime=0)) for path in paths)


def test_pages_and_index_are_light(site: Path) -> None:
    assert packed(site / "search.json") < 150 * 1024
    for page in set(site.rglob("*.html")) - set(site.rglob("console/*")):
        loaded = {
            page.parent / str(element["href"]) for element in soup(page).select("link[rel=stylesheet], link[rel=icon]")
        }
        loaded |= {path for path in (site / "assets").glob("*.js") if path.name != "search.js"}
        assert packed(page, *loaded) < 40 * 1024, page


def test_the_worked_values_are_those_of_the_sandbox(site: Path) -> None:
    page = (site / "signing.html").read_text("utf-8")
    assert core.APP_KEY in page
    assert core.APP_SECRET in page


def test_a_new_operation_and_a_new_code_get_their_place_without_an_edit(tmp_path: Path) -> None:
    spec, client = contracts.copy_of_the_real_one(tmp_path), tmp_path / "client"
    append(spec.parent / "paths/meetings.yaml", OPERATION)
    append(spec.parent / "schemas/meetings.yaml", SCHEMAS)
    append(spec.parent / "errors.yaml", CODE)
    line = "  /v2/meeting/transfer: {post: {$ref: paths/meetings.yaml#/transfer}}\n"
    replace(spec, "webhooks:\n", line + "webhooks:\n")
    assert contracts.generate(spec, client).returncode == 0
    done = build(tmp_path / "site", "--spec", str(spec), "--package", str(client / "netease_meeting"))
    assert done.returncode == 0, done.stderr
    for folder in LANGUAGES.values():
        latest = tmp_path / "site/latest" / folder
        assert "/v2/meeting/transfer" in (latest / "operations/transferMeeting.html").read_text("utf-8")
        assert "operations/transferMeeting.html" in (latest / "index.html").read_text("utf-8")
        assert "transfer" in (latest / "sdk/netease_meeting.meetings.html").read_text("utf-8")


EARLY = (ROOT / "generator/portal/templates/early.js").read_text("utf-8").rstrip("\n")
"""The only script that stands in a page."""

HOSTILE = (
    "<script>alert(1)</script><img src=x onerror=alert(1)></main>\"'{{ 7 * 7 }}[a](javascript:alert(1))![b](https://x/)"
)


def test_what_the_contract_says_is_shown_and_never_obeyed(tmp_path: Path) -> None:
    contract = contracts.small()
    operation = contract["paths"]["/v1/thing/get"]["post"]
    operation["summary"] = operation["description"] = HOSTILE
    operation["x-i18n"]["en"] = {"summary": HOSTILE, "description": HOSTILE}
    operation["requestBody"]["content"]["application/json"]["examples"]["contract"]["value"] = {"name": HOSTILE}
    code = contract["x-error-codes"]["codes"][0]
    code["text"] = code["en"] = code["remedy"]["zh"] = code["remedy"]["en"] = HOSTILE
    thing = contract["components"]["schemas"]["Thing"]
    thing["properties"]["name"].update(contracts.described(HOSTILE))
    spec = contracts.write(contract, tmp_path)
    done = build(tmp_path / "site", "--spec", str(spec))
    assert done.returncode == 0, done.stderr
    latest = tmp_path / "site/latest"
    assert "alert(1)" in soup(latest / "operations/getThing.html").get_text()
    for path in latest.rglob("*.html"):
        page = soup(path)
        assert not page.select("main script, main img, [onerror]"), path
        inline = [
            script.get_text()
            for script in page.select("script")
            if not script.has_attr("src") and not script.has_attr("id")
        ]
        assert inline == [EARLY]
        assert not [link for link in page.select("[href]") if str(link["href"]).startswith("javascript:")]
        assert "49" not in page.get_text()


@pytest.mark.parametrize(("option", "value"), [("--spec", "missing.yaml"), ("--docs", "missing")])
def test_a_mistake_is_said_in_a_line_and_writes_nothing(tmp_path: Path, option: str, value: str) -> None:
    if option == "--docs":
        folder = tmp_path / "missing/guides"
        folder.mkdir(parents=True)
        (folder / "alone.md").write_text("# Alone\n", "utf-8")
    done = build(tmp_path / "site", option, str(tmp_path / value))
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert "untouched" in done.stderr
    assert not (tmp_path / "site").exists()


def test_lines_of_chinese_go_on_without_a_space(site: Path) -> None:
    wide = r"[\u3000-\u9fff\uff00-\uffef]"
    texts = [p.get_text() for page in (site / "guides").glob("*.html") for p in soup(page).select("main :is(p, li)")]
    assert len(texts) > 50
    assert not [text for text in texts if re.search(rf"{wide}\n{wide}", text)]


def test_guides_become_pages_and_their_links_lead_to_pages(tmp_path: Path) -> None:
    guides = tmp_path / "docs/guides"
    guides.mkdir(parents=True)
    for suffix in ("", ".zh-CN"):
        (guides / f"one{suffix}.md").write_text(
            f"# One\n\nSee [two](two{suffix}.md#far), [code](../../x.py), [this](../../README.md).\n", "utf-8"
        )
        (guides / f"two{suffix}.md").write_text("# Two\n\n## Far\n\nText.\n", "utf-8")
    done = build(tmp_path / "site", "--docs", str(tmp_path / "docs"))
    assert done.returncode == 0, done.stderr
    for folder in LANGUAGES.values():
        page = soup(tmp_path / "site/latest" / folder / "guides/one.html")
        found = [str(link["href"]) for link in page.select("article a")]
        assert found == ["two.html#far"]
        assert "far" in anchors(tmp_path / "site/latest" / folder / "guides/two.html")


def test_the_changes_show_how_the_contract_differs_from_the_last_release(repository: Path) -> None:
    for name in ("CHANGELOG.md", "CHANGELOG.zh-CN.md"):
        shutil.copy(ROOT / name, repository)
    run(repository, "git", "tag", "v0.5.0")
    replace(repository / "spec/schemas/meetings.yaml", "MeetingScene", "MeetingRoles")
    done = run(repository, sys.executable, "-m", "generator.portal")
    assert done.returncode == 0, done.stderr
    latest = repository / "site/latest"
    (section,) = soup(latest / "changelog.html").select("#contract")
    assert "MeetingScene" in section.get_text()
    assert "breaking" in (latest / "en/changelog.md").read_text("utf-8")


def test_without_a_release_there_is_nothing_to_compare_with(repository: Path) -> None:
    for name in ("CHANGELOG.md", "CHANGELOG.zh-CN.md"):
        shutil.copy(ROOT / name, repository)
    assert run(repository, sys.executable, "-m", "generator.portal").returncode == 0
    assert soup(repository / "site/latest/changelog.html").select("#contract") == []


def test_the_portal_is_a_room_of_its_own() -> None:
    for path in (ROOT / "generator").glob("*.py"):
        assert not [name for level, name in imports(path) if level == 1 and name.startswith("portal")]
    reached = {
        name.removeprefix("generator.")
        for path in (ROOT / "generator/portal").glob("*.py")
        for level, name in imports(path)
        if name.startswith("generator.")
    }
    assert reached == {"__main__", "console", "ir", "problems", "publish", "release", "samples", "spelling"}
    for template in (ROOT / "generator/portal/templates").iterdir():
        text = template.read_text("utf-8")
        rest = re.sub(r'<style>{% include "portal.css" %}</style>', "", text)
        assert "<style" not in rest
        assert " style=" not in rest
        scripts = re.sub(r'<script data-modules="[^>]*">{% include "early.js" %}</script>', "", rest)
        assert not re.search(r"<script(?! src| type)", scripts), f"{template.name} has a script in it"


def test_a_drawing_is_made_of_any_machine() -> None:
    def state(name: str, *, final: bool = False) -> State:
        return State(name, 1, Text(name, name), True, final)

    text = Text("事", "It happens.")
    steps = [
        (None, "A"),
        (None, "C"),
        ("A", "C"),
        ("C", "A"),
        ("A", "A"),
        ("B", "C"),
        ("C", "D"),
        ("D", "A"),
        ("A", "E"),
    ]
    machine = StateMachine(
        states=(state("A"), state("B"), state("C"), state("D", final=True), state("E", final=True), state("F")),
        transitions=tuple(Transition((1,), source, "e", None, target) for source, target in steps),
        events={"e": text},
        kinds=None,
        numbers=None,
    )
    drawing = draw(machine, ENGLISH, {})
    assert [node.state.name for node in drawing.nodes] == ["A", "B", "C", "D", "E"]
    assert len(drawing.edges) == len(steps)
    boxes = [(node.x, node.y) for node in drawing.nodes]
    assert len(set(boxes)) == len(boxes)
    assert all(0 <= x < drawing.width and 0 <= y < drawing.height for x, y in boxes)
    empty = StateMachine(states=(), transitions=(), events={}, kinds=None, numbers=None)
    assert draw(empty, ENGLISH, {}).edges == ()
