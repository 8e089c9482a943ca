"""What a reader can do with the pages, in a real browser: nothing but this machine can be reached."""

from __future__ import annotations

import hashlib
import hmac
import json
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from netease_meeting.sandbox import Sandbox
from netease_meeting.sandbox.server import Server
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, Route, expect

from generator.ir import Api
from generator.portal.language import CHINESE, ENGLISH, group
from tests.conftest import ROOT
from tests.portal.check.browser import go_to
from tests.portal.conftest import LANGUAGES

VECTORS: list[dict[str, str]] = json.loads((ROOT / "tests/data/checksum.json").read_text("utf-8"))
DIGESTS = {"digest_wrong", "upper", "spaces", "missing"}
CALCULATOR = group("calculator", ENGLISH)


@pytest.fixture(scope="module")
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A window in which every test gets a tab: making a window takes longer than most tests."""
    made = browser.new_context()
    yield made
    made.close()


@pytest.fixture
def page(context: BrowserContext, address: str) -> Iterator[Page]:
    """A page that must say nothing on its console and ask nobody else for anything."""
    opened = context.new_page()
    complaints: list[str] = []
    host = "/".join(address.split("/")[:3])

    def console(message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            complaints.append(message.text)

    def request(asked: Request) -> None:
        if not asked.url.startswith(host):
            complaints.append(f"asked {asked.url}")

    opened.on("console", console)
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    opened.on("request", request)
    yield opened
    opened.evaluate("localStorage.clear()")
    opened.close()
    assert complaints == []


def check(page: Page, scheme: str, secret: str, headers: dict[str, str], body: str = "", clock: str = "") -> list[str]:
    """Fill in the calculator; return what it found."""
    page.select_option("[name=scheme]", scheme)
    lines = "\n".join(f"{name}: {value}" for name, value in headers.items())
    for name, value in {"secret": secret, "headers": lines, "body": body, "clock": clock}.items():
        page.fill(f"[data-calculator] [name={name}]", value)
    page.click("[data-calculator] [type=submit]")
    wrong: list[str] = page.locator("[data-finding].wrong").evaluate_all(
        "items => items.map(item => item.dataset.finding)"
    )
    return wrong


CHECK_ALL = """checks => {
    const calculator = document.querySelector("[data-calculator]");
    const form = calculator.querySelector("form");
    return checks.map((sent) => {
        for (const [name, value] of Object.entries(sent)) form.elements[name].value = value;
        form.requestSubmit();
        const wrong = [...calculator.querySelectorAll("[data-finding].wrong")].map(({dataset}) => dataset.finding);
        return [wrong, calculator.querySelector("[data-value=expected]")?.textContent];
    });
}"""


@pytest.mark.parametrize(
    ("scheme", "header", "column"),
    [
        ("checkSum", "CheckSum", "request_checksum"),
        ("callbackCheckSum", "CheckSum", "callback_checksum"),
        ("bodyDigest", "authorization", "anonymous_authorization"),
    ],
)
def test_the_calculator_agrees_with_every_vector_of_the_vendor(
    page: Page, address: str, scheme: str, header: str, column: str
) -> None:
    def filled(vector: dict[str, str], value: str) -> dict[str, str]:
        lines = f"AppKey: key\nNonce: {vector['nonce']}\nCurTime: {vector['cur_time']}\n{header}: {value}"
        return {"scheme": scheme, "secret": vector["app_secret"], "headers": lines, "body": vector["body"]}

    go_to(page, f"{address}signing.html")
    right = page.evaluate(CHECK_ALL, [filled(vector, vector[column]) for vector in VECTORS])
    wrong = page.evaluate(CHECK_ALL, [filled(vector, "0") for vector in VECTORS])
    for vector, (mistakes, _), (found, expected) in zip(VECTORS, right, wrong, strict=True):
        assert not set(mistakes) & DIGESTS, vector
        assert set(found) & DIGESTS, vector
        assert expected == vector[column] or ("\r" in vector["body"] and scheme != "checkSum"), vector  # not in a field


SECRET, NONCE, SECONDS, MILLIS = "secret", "12345678", "1594639036", "1594639036123"
BODY = '{"subject":"周会 \\"1\\"","list":[1,2]}'


def sha1(text: str) -> str:
    return hashlib.sha1(text.encode()).hexdigest()


def md5(text: str) -> str:
    return hashlib.md5(text.encode()).hexdigest()


def request(check_sum: str, **changed: str) -> dict[str, str]:
    return {"AppKey": "key", "Nonce": NONCE, "CurTime": SECONDS, "CheckSum": check_sum, **changed}


RIGHT = sha1(SECRET + NONCE + SECONDS)


@pytest.mark.parametrize(
    ("headers", "finding"),
    [
        (request(RIGHT), ""),
        (request(RIGHT.upper()), "upper"),
        (request(f" {RIGHT} "), "spaces"),
        (request(sha1(NONCE + SECONDS + SECRET)), "why_order"),
        (request(md5(SECRET + NONCE + SECONDS)), "why_digest"),
        (request(hashlib.sha256((SECRET + NONCE + SECONDS).encode()).hexdigest()), "why_digest"),
        (request(hmac.new(SECRET.encode(), (NONCE + SECONDS).encode(), "sha1").hexdigest()), "why_hmac"),
        (request(sha1("key" + NONCE + SECONDS)), "why_key"),
        (request(sha1(f"{SECRET}\n" + NONCE + SECONDS)), "why_trim"),
        (request(sha1(SECRET + NONCE + SECONDS + "123")), "why_millis"),
        (request(sha1(SECRET + NONCE)), "why_left_out"),
        (request(sha1("&".join([SECRET, NONCE, SECONDS]))), "why_separator"),
        (request(sha1("another secret" + NONCE + SECONDS)), "why_unknown"),
        (request(RIGHT[:32]), "length"),
        (request(sha1(SECRET + NONCE + MILLIS), CurTime=MILLIS), "is_millis"),
        (request(sha1(SECRET + "1" * 129 + SECONDS), Nonce="1" * 129), "longest"),
        ({name: value for name, value in request(RIGHT).items() if name != "Nonce"}, "missing"),
    ],
)
def test_the_calculator_names_what_is_wrong_with_a_request(
    page: Page, address: str, headers: dict[str, str], finding: str
) -> None:
    go_to(page, f"{address}en/signing.html")
    found = check(page, "checkSum", SECRET, headers)
    assert finding in found if finding else found == []
    first = CALCULATOR["bad"].replace("{n}", str(len(found))) if finding else CALCULATOR["good"]
    expect(page.locator(".verdict > p")).to_have_text(first)


def callback(body: str, millis: str = MILLIS) -> dict[str, str]:
    return {"AppKey": "key", "Nonce": NONCE, "CurTime": MILLIS, "CheckSum": sha1(SECRET + NONCE + millis + md5(body))}


@pytest.mark.parametrize(
    ("headers", "finding"),
    [
        (callback(BODY), ""),
        (callback(f"{BODY}\n"), "why_newline"),
        (callback(json.dumps(json.loads(BODY), ensure_ascii=False)), "why_spaced"),
        (callback(json.dumps(json.loads(BODY))), "why_escaped"),
        (callback(json.dumps(json.loads(BODY), separators=(",", ":"))), "why_escaped"),
        (callback(BODY, SECONDS), "why_seconds"),
        (callback(""), "why_empty"),
        ({**callback(BODY), "CheckSum": sha1(SECRET + NONCE + MILLIS)}, "why_left_out"),
    ],
)
def test_the_calculator_names_what_is_wrong_with_a_callback(
    page: Page, address: str, headers: dict[str, str], finding: str
) -> None:
    go_to(page, f"{address}signing.html")
    found = check(page, "callbackCheckSum", SECRET, headers, BODY)
    assert finding in found if finding else found == []


@pytest.mark.parametrize(
    ("clock", "finding"),
    [
        (str(int(SECONDS) + 59), ""),
        (str(int(SECONDS) + 61), "expired"),
        ("Date: Mon, 13 Jul 2020 11:17:30 GMT", ""),
        ("Mon, 13 Jul 2020 12:17:30 GMT", "expired"),
        ("yesterday", "clock_unclear"),
    ],
)
def test_the_calculator_holds_the_time_against_the_server_s(page: Page, address: str, clock: str, finding: str) -> None:
    go_to(page, f"{address}signing.html")
    found = check(page, "checkSum", SECRET, request(RIGHT), clock=clock)
    assert found == ([finding] if finding else [])


def test_the_calculator_reads_a_curl_command_with_its_body(page: Page, address: str) -> None:
    go_to(page, f"{address}signing.html")
    digest = md5(BODY + "@163")
    command = (
        f"curl -H 'Content-Type: application/json' -H \"authorization: {digest}\" --data-binary '{BODY}' https://x/"
    )
    page.select_option("[name=scheme]", "bodyDigest")
    page.fill("[data-calculator] [name=headers]", command)
    page.click("[data-calculator] [type=submit]")
    expect(page.locator(".verdict > p")).to_have_class("right")


def test_the_calculator_shows_an_example_of_each_kind_and_stores_nothing(page: Page, address: str) -> None:
    go_to(page, f"{address}signing.html")
    for scheme in page.locator("[name=scheme] option").all_text_contents():
        page.select_option("[name=scheme]", scheme)
        page.click("[data-example]")
        expect(page.locator(".verdict > p")).to_have_class("right")
        page.click("[data-broken]")
        expect(page.locator("[data-finding=why_order]")).to_have_count(1)
    assert page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}, document.cookie])") == '[{},{},""]'


@pytest.mark.parametrize(
    ("folder", "query", "place"),
    [
        ("", "会议锁定", "errors.html#code-2010"),
        ("", "2010", "errors.html#code-2010"),
        ("", "locked", "errors.html#code-2010"),
        ("", "录像", "operations/listRecordings.html"),
        ("", "创建会议", "operations/createMeeting.html"),
        ("en/", "recordings", "en/operations/listRecordings.html"),
        ("en/", "meeting locked", "en/errors.html#code-2010"),
        ("en/", "锁定", "en/errors.html#code-2010"),
        ("en/", "deviceId", "en/operations/getAnonymousJoinInfo.html"),
    ],
)
def test_the_search_finds_in_either_language_by_keyboard_alone(
    page: Page, address: str, folder: str, query: str, place: str
) -> None:
    go_to(page, f"{address}{folder}callbacks/{'memberJoined'}.html")
    page.keyboard.press("/")
    field = page.get_by_role("combobox")
    expect(field).to_be_focused()
    field.press_sequentially(query)
    options = page.get_by_role("option")
    expect(options.first).to_be_visible()
    places = options.evaluate_all("items => items.map(item => item.dataset.place)")
    assert place in places
    for _ in range(places.index(place)):
        page.keyboard.press("ArrowDown")
    expect(page.locator("[role=option][aria-selected=true]")).to_have_attribute("data-place", place)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{address}{place}")


def test_the_search_says_when_there_is_nothing_and_closes(page: Page, address: str) -> None:
    go_to(page, f"{address}index.html")
    page.get_by_role("combobox").fill("qqqqq")
    expect(page.locator(".search .none")).to_have_text(group("script", CHINESE)["none"])
    page.keyboard.press("Escape")
    expect(page.get_by_role("combobox")).to_have_attribute("aria-expanded", "false")


def test_the_index_is_loaded_only_when_somebody_turns_to_the_search(page: Page, address: str) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url.rpartition("/")[2]))
    go_to(page, f"{address}index.html")
    assert "search.json" not in asked
    with page.expect_response("**/search.json"):
        page.get_by_role("combobox").focus()


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ("errors.html", "code-2010"),
        ("operations/createMeeting.html", "errors"),
        ("sdk/netease_meeting.models.html", "AnonymousJoinInfoRequest"),
    ],
)
def test_a_link_leads_to_its_place_from_the_page_s_top_and_from_elsewhere(
    page: Page, address: str, path: str, place: str
) -> None:
    go_to(page, f"{address}{path}")
    top = "([id, edge]) => Math.abs(document.getElementById(id).getBoundingClientRect().top - edge) < 2"
    edge = page.evaluate("parseFloat(getComputedStyle(document.documentElement).scrollPaddingTop)")
    assert not page.evaluate(top, [place, edge])
    page.evaluate("id => (location.hash = id)", place)
    page.wait_for_function(top, arg=[place, edge])
    go_to(page, f"{address}index.html")
    go_to(page, f"{address}{path}#{place}")
    page.wait_for_function(top, arg=[place, edge])


WATCH = """() => {
    const near = (part) => part.getBoundingClientRect().top < innerHeight;
    const seen = (part) => part.checkVisibility({contentVisibilityAuto: true}) && near(part);
    new PerformanceObserver(() => {
        if (!document.documentElement.classList.contains("unpainted") || window.first) return;
        const parts = [...document.querySelectorAll("header :is(a, span), main :is(h1, h2, p, dd, td, pre, .type)")];
        window.first = parts.filter(seen).map((part) => [part, part.getBoundingClientRect()]);
    }).observe({type: "paint", buffered: true});
}"""
MOVED = """() => first.filter(([part, {x, y}]) => {
    const now = part.getBoundingClientRect();
    return Math.hypot(now.x - x, now.y - y) > 0.5;
}).map(([part]) => part.outerHTML.slice(0, 80))"""


@pytest.mark.parametrize("width", [390, 1280, 1920])
@pytest.mark.parametrize(
    "path",
    [
        "index.html",
        "en/index.html",
        "signing.html",
        "errors.html",
        "states.html",
        "operations/createMeeting.html",
        "callbacks/memberJoined.html",
        "guides/webhooks.html",
        "sdk/netease_meeting.client.html",
    ],
)
def test_nothing_moves_once_it_was_painted(page: Page, address: str, path: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.add_init_script(f"({WATCH})()")
    go_to(page, f"{address}{path}")
    assert page.evaluate("first.length") > 5
    assert page.evaluate(MOVED) == []


def test_a_reader_comes_back_to_the_same_place(page: Page, address: str) -> None:
    go_to(page, f"{address}sdk/netease_meeting.meetings.html")
    page.evaluate("scrollTo(0, 9000)")
    there = "(seen) => document.elementFromPoint(700, 400).textContent === seen && scrollY === 9000"
    seen = page.evaluate("document.elementFromPoint(700, 400).textContent")
    page.wait_for_function(there, arg=seen)
    page.reload()
    page.wait_for_function(there, arg=seen)
    go_to(page, f"{address}index.html")
    page.go_back()
    page.wait_for_function(there, arg=seen)


@pytest.mark.parametrize("path", ["callbacks/memberLeft.html", "tools.html"])
def test_the_navigation_shows_where_the_reader_is(page: Page, address: str, path: str) -> None:
    go_to(page, f"{address}{path}")
    expect(page.locator(".side [aria-current]")).to_be_in_viewport()


def test_a_host_may_send_the_policy_that_the_site_brings(browser: Browser, address: str, site: Path) -> None:
    policy = (site / "content-security-policy.txt").read_text("utf-8").strip()
    said: list[str] = []

    def send(route: Route) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, headers={**answer.headers, "Content-Security-Policy": policy})

    page = browser.new_page()
    page.route("**/*.html", send)
    page.on("console", lambda message: said.append(message.text))
    go_to(page, f"{address}operations/createMeeting.html")
    expect(page.locator("[data-tabs=sample] [role=tab]").first).to_be_visible()
    expect(page.locator(".top")).to_have_css("position", "sticky")
    go_to(page, f"{address}en/signing.html")
    assert check(page, "checkSum", SECRET, request(RIGHT)) == []
    go_to(page, f"{address}console/index.html")
    expect(page.locator(".opblock").first).to_be_visible()
    assert said == []
    page.evaluate("document.head.append(Object.assign(document.createElement('style'), {textContent: 'p { top: 0 }'}))")
    expect(page.locator("main > p").first).to_have_css("top", "auto")
    assert ["Content Security Policy" in text for text in said] == [True]
    page.close()


def test_tabs_are_folded_before_anything_is_painted_and_spread_out_where_modules_do_not_run(
    browser: Browser, address: str, site: Path
) -> None:
    page = browser.new_page()
    page.route("**/portal.js", lambda route: route.abort())
    page.goto(f"{address}operations/createMeeting.html")
    samples = page.locator("[data-tabs=sample] pre")
    assert [pre.is_visible() for pre in samples.all()] == [True, *[False] * (samples.count() - 1)]
    page.goto((site / "operations/createMeeting.html").as_uri())
    assert all(pre.is_visible() for pre in samples.all())
    page.close()


def test_scripts_do_not_wait_for_ever_for_a_paint(page: Page, address: str) -> None:
    page.add_init_script("PerformanceObserver.prototype.observe = () => {}")
    page.add_init_script("window.due = []; window.setTimeout = (call, wait) => due.push([call, wait])")
    page.goto(f"{address}index.html")
    theme = page.locator("[data-theme]")
    expect(theme).to_be_hidden()
    assert page.evaluate("due.map(([call, wait]) => wait)") == [2000]
    page.evaluate("due[0][0]()")
    expect(theme).to_be_visible()
    assert page.locator(".unpainted").count() == 0


def test_error_codes_are_filtered_by_words_and_family(page: Page, address: str) -> None:
    go_to(page, f"{address}errors.html")
    shown = page.locator(".code-entry:visible")
    everything = shown.count()
    page.fill("[data-filter] [name=words]", "锁定")
    expect(shown).to_have_count(1)
    assert shown.first.get_attribute("id") == "code-2010"
    page.fill("[data-filter] [name=words]", "")
    page.select_option("[data-filter] [name=family]", "rateLimit")
    assert 0 < shown.count() < everything
    page.evaluate("location.hash = 'code-300'")
    expect(page.locator("#code-300")).to_be_visible()


def test_samples_stand_in_tabs_and_the_choice_is_remembered(page: Page, address: str) -> None:
    go_to(page, f"{address}operations/createMeeting.html")
    tabs = page.locator("[data-tabs=sample] [role=tab]")
    assert tabs.count() >= 3
    tabs.nth(0).focus()
    page.keyboard.press("ArrowRight")
    expect(tabs.nth(1)).to_be_focused()
    expect(tabs.nth(1)).to_have_attribute("aria-selected", "true")
    expect(page.locator("[data-tabs=sample] pre:visible")).to_have_count(1)
    go_to(page, f"{address}operations/editMeeting.html")
    expect(tabs.nth(1)).to_have_attribute("aria-selected", "true")


def test_copy_buttons_copy_the_code(browser: Browser, address: str) -> None:
    context = browser.new_context(permissions=["clipboard-read", "clipboard-write"])
    page = context.new_page()
    go_to(page, f"{address}index.html")
    block = page.locator(".copyable").first
    block.hover()
    block.get_by_role("button").click()
    assert page.evaluate("navigator.clipboard.readText()") == "pip install netease-meeting"
    context.close()


def test_the_theme_is_switched_and_remembered(page: Page, address: str) -> None:
    page.emulate_media(color_scheme="light")
    go_to(page, f"{address}index.html")
    light = page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
    page.click("[data-theme]")
    dark = page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
    assert dark != light
    go_to(page, f"{address}errors.html")
    assert page.evaluate("getComputedStyle(document.documentElement).backgroundColor") == dark


@pytest.mark.parametrize("folder", LANGUAGES.values())
def test_without_scripts_everything_is_readable(browser: Browser, address: str, api: Api, folder: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()

    def visible(path: str) -> str:
        page.goto(f"{address}{folder}{path}")
        return page.locator("main").inner_text()

    for operation in api.operations:
        text = visible(f"operations/{operation.id}.html")
        assert operation.path in text
        assert text.count("MeetingClient() as client") == 2
        assert "sha1sum" in text
    for webhook in api.webhooks:
        text = visible(f"callbacks/{webhook.id}.html")
        assert not [field.wire for field in webhook.body.fields if field.wire not in text]
    text = visible("errors.html")
    assert not [code.name for code in api.codes if code.name not in text]
    context.close()


def test_nothing_is_cut_on_paper(page: Page, address: str) -> None:
    go_to(page, f"{address}operations/createMeeting.html")
    page.emulate_media(media="print")
    code = page.locator("pre:visible")
    assert code.count() >= 7  # samples and examples, those behind the tabs too
    assert not code.evaluate_all("all => all.filter(pre => pre.scrollHeight > pre.clientHeight + 2).length")
    expect(page.locator(".side")).to_be_hidden()


@pytest.mark.parametrize("operation", ["createAccount", "getAnonymousJoinInfo"])
def test_try_it_signs_a_call_that_the_sandbox_accepts(browser: Browser, address: str, operation: str) -> None:
    sandbox = Sandbox()
    context = browser.new_context()
    page = context.new_page()
    with Server(sandbox, "127.0.0.1", 0) as server:
        go_to(page, f"{address}operations/{operation}.html")
        page.fill("[data-try] [name=server]", server.url)
        page.click("[data-try] [type=submit]")
        answer = page.locator("[data-try] [role=status] pre").first
        expect(answer).to_contain_text("HTTP 200")
        (call,) = [entry for entry in sandbox.log() if entry["operation"]]
        code = json.loads(str(answer.text_content()).split("\n\n", 1)[1])["code"]
        assert call["code"] == code
        assert code != 401
        page.fill("[data-try] [name=appSecret]", "wrong")
        page.click("[data-try] [type=submit]")
        expect(answer).to_contain_text("401")
    context.close()


def test_try_it_says_when_nothing_answers(browser: Browser, address: str) -> None:
    context = browser.new_context()
    page = context.new_page()
    go_to(page, f"{address}en/operations/createAccount.html")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        unused = f"http://127.0.0.1:{listener.getsockname()[1]}"
    page.fill("[data-try] [name=server]", unused)
    page.click("[data-try] [type=submit]")
    expect(page.locator("[data-try] .wrong")).to_contain_text(unused)
    page.fill("[data-try] [name=body]", "{")
    page.click("[data-try] [type=submit]")
    expect(page.locator("[data-try] .wrong")).to_contain_text("JSON")
    context.close()
