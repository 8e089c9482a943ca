"""The page at /_sandbox/, in a real browser: every button does what it says, in both languages."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from netease_meeting.sandbox import Sandbox
from netease_meeting.sandbox.document import shipped
from netease_meeting.sandbox.server import Server
from playwright.sync_api import Browser, ConsoleMessage, Dialog, Page, Request, expect

from tests.portal.check.browser import chromium
from tests.samples.programs import program

from .conftest import http_call, http_request, signed

HOUR = 3_600_000


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium(program("chromium", "chromium")) as running:
        yield running


class Visit:
    """A page with the sandbox behind it, and whatever went wrong in it."""

    def __init__(self, page: Page, sandbox: Sandbox, number: int) -> None:
        self.page = page
        self.sandbox = sandbox
        self.number = number

    def meeting(self) -> dict[str, Any]:
        return next(one for one in self.sandbox.state()["meetings"] if one["meetingUniqueId"] == self.number)

    def press(self, selector: str) -> None:
        """Press, and wait until the page has done what that does."""
        with self.page.expect_response(lambda response: response.url.endswith("/requests")):
            self.page.locator(selector).click()


@pytest.fixture(params=["en-GB", "zh-CN"])
def language(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def visit(browser: Browser, server: Server, language: str) -> Iterator[Visit]:
    host = http_call(server.url, "/v1/account/create", {}).json["ret"]["accountId"]
    start = round(time.time() * 1000) + HOUR
    body = {"host": host, "type": 3, "subject": "<b>项目</b> & co", "startTime": start, "endTime": start + HOUR}
    number = http_call(server.url, "/v2/meeting/create", body).json["ret"]["meetingUniqueId"]
    context = browser.new_context(locale=language, viewport={"width": 1440, "height": 900})
    page = context.new_page()
    wrong: list[str] = []

    def on_console(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning") and "400" not in message.text:
            wrong.append(message.text)

    def on_request(request: Request) -> None:
        if not request.url.startswith((server.url, "data:")):
            wrong.append(f"asked for {request.url}")

    page.on("console", on_console)
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("request", on_request)
    page.goto(f"{server.url}/_sandbox/")
    page.wait_for_selector(".meeting")
    yield Visit(page, server.sandbox, number)
    context.close()
    assert wrong == []


def test_joining_leaving_locking_recording_and_ending(visit: Visit) -> None:
    page = visit.page
    visit.press("#join button")
    assert visit.meeting()["members"] == [{"accountId": "alice", "deviceId": "phone"}]
    expect(page.locator("#members li")).to_contain_text("alice · phone")
    expect(page.locator("svg .current")).to_have_attribute("data-state", "IN_MEETING")

    visit.press("#lock")
    assert visit.meeting()["locked"] is True
    page.fill("#join [name=accountId]", "bob")
    visit.press("#join button")
    expect(page.locator("#toast")).to_have_text("the meeting is locked")
    visit.press("#lock")
    visit.press("#join button")
    assert len(visit.meeting()["members"]) == 2

    visit.press("#members li:first-child button")
    assert visit.meeting()["members"] == [{"accountId": "bob", "deviceId": "phone"}]
    visit.press("#record")
    assert len(visit.meeting()["recordings"]) == 1
    visit.press("#end")
    assert (visit.meeting()["state"], visit.meeting()["members"]) == ("NOT_START", [])
    expect(page.locator("svg .current")).to_have_attribute("data-state", "NOT_START")
    events = [callback["event"] for callback in visit.sandbox.state()["callbacks"]]
    expect(page.locator("#callbacks li")).to_have_count(len(events))
    assert events[-1] == "MeetingEnded"


def test_time(visit: Visit) -> None:
    before = visit.sandbox.clock.seconds()
    for button in ("[data-seconds='60']", "[data-seconds='3600']", "[data-seconds='86400']"):
        visit.press(button)
    visit.page.fill("#advance [name=seconds]", "30")
    visit.press("#advance button")
    moved = visit.sandbox.clock.seconds() - before
    assert 60 + 3600 + 86_400 + 30 <= moved < 60 + 3600 + 86_400 + 30 + 60
    assert visit.meeting()["state"] == "RECYCLED", "its end time has passed"
    expect(visit.page.locator("svg .current")).to_have_attribute("data-state", "RECYCLED")


@pytest.mark.parametrize(
    ("kind", "amount", "wish"),
    [
        ("kCode", None, {"code": 2010}),
        ("kStatus", "418", {"status": 418}),
        ("kHtml", None, {"status": 502, "html": True}),
        ("truncate", None, {"fault": "truncate"}),
        ("kDelay", "0.5", {"delay": 0.5}),
        ("kSkew", "-90", {"skew": -90}),
    ],
)
def test_faults(visit: Visit, kind: str, amount: str | None, wish: dict[str, Any]) -> None:
    page = visit.page
    page.select_option("#fault [name=operation]", "meetings.get")
    page.select_option("#fault [name=kind]", kind)
    if amount is not None:
        page.fill("#fault [name=amount]", amount)
    if kind == "kCode":
        page.select_option("#fault [name=code]", "2010")
    page.fill("#fault [name=times]", "3")
    visit.press("#fault button")
    assert visit.sandbox.state()["faults"] == [{"operation": "meetings.get", "times": 3, **wish}]
    expect(page.locator("#faults li")).to_contain_text("meetings.get")


def test_the_receiver_and_the_attempts(visit: Visit) -> None:
    page = visit.page
    visit.sandbox.set_callback(lambda body, headers: 503)
    visit.press("#join button")
    visit.press("[data-seconds='86400']")
    entry = page.locator("#callbacks li").first
    entry.locator("summary").click()
    expect(entry.locator(".attempts li")).to_have_count(6)
    expect(entry.locator(".attempts")).to_contain_text("HTTP 503")
    page.fill("#receiver [name=url]", "http://127.0.0.1:9/cb")
    page.check("#receiver [name=duplicate]")
    page.uncheck("#receiver [name=restamp]")
    visit.press("#receiver button")
    assert visit.sandbox.state()["callback"] == {
        "url": "http://127.0.0.1:9/cb", "restamp": False, "duplicate": True, "shuffle": False,
    }  # fmt: skip
    page.fill("#receiver [name=url]", "http://example.com/")
    visit.press("#receiver button")
    expect(page.locator("#toast")).to_contain_text("--expose")


def test_a_refused_signature_is_explained(visit: Visit, server: Server, language: str) -> None:
    headers = signed(time.time(), secret="not-the-secret")
    http_request(server.url, "POST", "/v2/meeting/list", {}, headers)
    entry = visit.page.locator("#requests li").filter(has_text="401").first
    entry.locator("summary").click()
    facts = entry.locator(".facts")
    expect(facts).to_contain_text(f"sha1(*** + {headers['Nonce']} + {headers['CurTime']})")
    expect(facts).to_contain_text(signed(int(headers["CurTime"]))["CheckSum"])
    expect(facts).to_contain_text(headers["CheckSum"])
    code = next(one for one in shipped().root["x-error-codes"]["codes"] if one["code"] == 401)
    expect(entry).to_contain_text(code["remedy"]["zh" if language == "zh-CN" else "en"])
    with visit.page.expect_response(lambda response: response.url.endswith("/state")):
        http_call(server.url, "/v2/meeting/list", {})
    assert entry.locator("details").get_attribute("open") is not None, "it stays open while others arrive"


def test_reset(visit: Visit) -> None:
    def accept(dialog: Dialog) -> None:
        dialog.accept()

    visit.page.on("dialog", accept)
    visit.press("#reset")
    assert visit.sandbox.state()["meetings"] == []
    expect(visit.page.locator("#no-meetings")).to_be_visible()
    expect(visit.page.locator("#detail")).to_be_hidden()


def test_the_diagram_is_the_contracts(visit: Visit) -> None:
    names = visit.page.locator("svg [data-state]").evaluate_all("nodes => nodes.map(node => node.dataset.state)")
    steps = [step for step in shipped().states["transitions"] if 3 in step["types"]]
    assert set(names) == {step[end] for step in steps for end in ("from", "to")}
    arrows = visit.page.locator("#diagram svg > path")
    expect(arrows).to_have_count(len({(step["from"], step["to"]) for step in steps}))
    here = [step for step in steps if step["from"] == "NOT_START"]
    expect(visit.page.locator("#diagram svg > path.live")).to_have_count(len(here))
    expect(visit.page.locator("#next li")).to_have_count(len(here))


def test_nothing_a_caller_wrote_becomes_markup(visit: Visit) -> None:
    expect(visit.page.locator("#d-subject")).to_have_text("<b>项目</b> & co")


def test_the_other_language_is_one_press_away_and_kept(visit: Visit, language: str) -> None:
    page = visit.page
    titles = {"en-GB": "NetEase Meeting sandbox", "zh-CN": "网易会议沙箱"}
    other = next(name for name in titles if name != language)
    expect(page).to_have_title(titles[language])
    page.click("#language")
    expect(page).to_have_title(titles[other])
    expect(page.locator("html")).to_have_attribute("lang", {"en-GB": "en", "zh-CN": "zh-CN"}[other])
    empty = page.locator("[data-t]").evaluate_all("nodes => nodes.filter(node => !node.textContent).length")
    assert empty == 0
    page.reload()
    expect(page).to_have_title(titles[other])


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1440])
def test_it_fits_and_can_be_used_by_everybody(visit: Visit, width: int, scheme: Any) -> None:
    page = visit.page
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=scheme)
    visit.press("#join button")
    page.locator("#requests summary").first.click()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()


def test_it_says_when_the_sandbox_is_gone(browser: Browser) -> None:
    page = browser.new_page()
    with Server(Sandbox()) as server:
        page.goto(f"{server.url}/_sandbox/")
        page.wait_for_selector("#no-meetings:visible")
    expect(page.locator("#lost")).to_be_visible()
    page.close()


def test_the_page_is_one_file_that_may_load_nothing_else(server: Server) -> None:
    reply = http_request(server.url, "GET", "/_sandbox/")
    policy = reply.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "connect-src 'self'" in policy
    assert b"http://www.w3.org/2000/svg" in reply.body
    assert b"src=" not in reply.body
