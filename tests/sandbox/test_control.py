"""The control plane over HTTP: every route, what it refuses, and whom."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

import pytest
from netease_meeting.sandbox import Request, Sandbox
from netease_meeting.sandbox.control import control as answer
from netease_meeting.sandbox.document import Document, shipped
from netease_meeting.sandbox.server import Server

from .conftest import control, http_call, http_request


@pytest.fixture
def number(server: Server) -> int:
    host = http_call(server.url, "/v1/account/create", {"imAccid": "alice"}).json["ret"]["accountId"]
    body = {"host": host, "type": 1, "subject": "x"}
    return int(http_call(server.url, "/v2/meeting/create", body).json["ret"]["meetingUniqueId"])


def test_the_story_of_a_meeting(server: Server, number: int) -> None:
    alice = {"accountId": "alice", "deviceId": "phone"}
    bob = {"accountId": "bob", "deviceId": "phone"}
    control(server.url, "POST", f"meetings/{number}/join", alice)
    control(server.url, "POST", f"meetings/{number}/lock")
    assert "locked" in control(server.url, "POST", f"meetings/{number}/join", bob, status=400)["error"]
    control(server.url, "POST", f"meetings/{number}/lock", {"locked": False})
    control(server.url, "POST", f"meetings/{number}/join", bob)
    control(server.url, "POST", f"meetings/{number}/leave", alice)
    file = control(server.url, "POST", f"meetings/{number}/recordings", {"filename": "a.mp4"})
    (meeting,) = control(server.url, "GET", "state")["meetings"]
    assert (meeting["state"], meeting["members"], meeting["locked"]) == ("IN_MEETING", [bob], False)
    assert meeting["recordings"] == [file]
    control(server.url, "POST", f"meetings/{number}/end")
    state = control(server.url, "GET", "state")
    assert state["meetings"][0]["state"] == "RECYCLED"
    assert [callback["event"] for callback in state["callbacks"]] == [
        *("MeetingStarted", "MemberJoined", "MemberJoined", "MemberLeft", "RecordingReady"),
        *("MemberLeft", "MeetingEnded", "MeetingRecycled"),
    ]
    assert state["accounts"][0]["imAccid"] == "alice"
    assert [entry["operation"] for entry in control(server.url, "GET", "requests")] == [
        *("accounts.create", "meetings.create")
    ]


def test_the_clock(server: Server) -> None:
    before = control(server.url, "GET", "state")["clock"]
    after = control(server.url, "POST", "clock", {"advance_seconds": 3600})["clock"]
    assert 3600 <= after - before < 3700


def test_reset_and_receiver(server: Server, number: int) -> None:
    wish = {"url": "http://127.0.0.1:9/cb", "restamp": False, "duplicate": True, "shuffle": True}
    control(server.url, "PUT", "callback", wish)
    assert control(server.url, "POST", "reset") == {}
    state = control(server.url, "GET", "state")
    assert (state["callback"], state["meetings"]) == (wish, [])
    control(server.url, "PUT", "callback", {"url": None})
    assert control(server.url, "GET", "state")["callback"] == {
        "url": None, "restamp": True, "duplicate": False, "shuffle": False,
    }  # fmt: skip


def test_the_contract_for_the_page(server: Server) -> None:
    contract = control(server.url, "GET", "contract")
    assert contract["states"] == shipped().states
    assert len(contract["codes"]) == 59
    assert len(contract["operations"]) == 15


JOIN = "meetings/{number}/join"
GUEST = {"accountId": "a", "deviceId": "d"}


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "says"),
    [
        ("POST", "clock", {}, 400, "advance_seconds is missing"),
        ("POST", "clock", {"advance_seconds": "1"}, 400, "must be a number"),
        ("POST", "clock", {"advance_seconds": True}, 400, "must be a number"),
        ("POST", "clock", {"advance_seconds": None}, 400, "must be a number"),
        ("POST", "clock", {"advance_seconds": -1}, 400, "cannot be turned back"),
        ("POST", "clock", b'{"advance_seconds": NaN}', 400, "not by nan"),
        ("POST", "clock", b'{"advance_seconds": 1e999}', 400, "not by inf"),
        ("POST", "clock", {"advance_seconds": 10**400}, 400, "not by"),
        ("POST", "clock", {"advance_seconds": 1, "x": 1}, 400, "unknown: x"),
        ("POST", "clock", b"{", 400, "Expecting"),
        ("POST", "clock", b"[]", 400, "must be a JSON object"),
        ("POST", "clock", b"\xff", 400, "utf-8"),
        ("POST", "clock", b"[" * 100_000, 400, "recursion"),
        ("POST", "reset", {"x": 1}, 400, "unknown: x"),
        ("PUT", "callback", {}, 400, "url is missing"),
        ("PUT", "callback", {"url": "http://example.com"}, 400, "--expose"),
        ("PUT", "callback", {"url": "file:///etc/passwd"}, 400, "http://"),
        ("PUT", "callback", {"url": 1}, 400, "url must be a text"),
        ("PUT", "callback", {"url": "http://127.0.0.1/", "restamp": 1}, 400, "restamp must be true or false"),
        ("POST", JOIN, {"accountId": "a"}, 400, "deviceId is missing"),
        ("POST", JOIN, {"accountId": "", "deviceId": "d"}, 400, "accountId must be a text"),
        ("POST", JOIN, {"accountId": 1, "deviceId": "d"}, 400, "accountId must be a text"),
        ("POST", "meetings/1/join", GUEST, 404, "no meeting 1"),
        ("POST", "meetings/1/end", {}, 404, "no meeting 1"),
        ("POST", "meetings/1/lock", {}, 404, "no meeting 1"),
        ("POST", "meetings/1/recordings", {}, 404, "no meeting 1"),
        ("POST", "meetings/{number}/leave", GUEST, 400, "nobody with that account"),
        ("POST", "meetings/x/join", GUEST, 404, "Known: GET /_sandbox/state"),
        ("POST", "meetings/99999999999999999999/join", GUEST, 404, "Known"),
        ("GET", "nothing", None, 404, "Known"),
        ("GET", "../v1/account/create", None, 404, "Known"),
        ("GET", "reset", None, 405, "wants POST"),
        ("POST", "state", None, 405, "wants GET"),
        ("DELETE", "callback", None, 405, "wants PUT"),
    ],
)
def test_bad_input_is_answered_with_what_is_wrong(
    server: Server, number: int, method: str, path: str, body: Any, status: int, says: str
) -> None:
    error = control(server.url, method, path.format(number=number), body, status=status)["error"]
    assert says in error
    assert control(server.url, "GET", "state")["meetings"][0]["state"] == "IN_MEETING"


def test_only_a_meeting_in_progress_can_be_ended_or_entered(server: Server, number: int) -> None:
    control(server.url, "POST", f"meetings/{number}/end")
    assert "RECYCLED" in control(server.url, "POST", f"meetings/{number}/end", status=400)["error"]
    assert "RECYCLED" in control(server.url, "POST", f"meetings/{number}/join", GUEST, status=400)["error"]


# -- whom it serves

HOSTILE = "https://evil.example"


@pytest.mark.parametrize(
    "origin", [HOSTILE, "null", "http://127.0.0.1.evil.example", "http://[::1", "chrome-extension://x"]
)
@pytest.mark.parametrize(("method", "path"), [("POST", "reset"), ("GET", "state"), ("OPTIONS", "reset")])
def test_pages_from_elsewhere_cannot_steer_it(server: Server, number: int, origin: str, method: str, path: str) -> None:
    reply = http_request(server.url, method, f"/_sandbox/{path}", None, {"Origin": origin})
    assert reply.status == 403
    assert "access-control-allow-origin" not in reply.headers
    assert len(control(server.url, "GET", "state")["meetings"]) == 1


@pytest.mark.parametrize("host", ["evil.example", "evil.example:80", "127.0.0.1.evil.example", "[::1", ""])
def test_a_name_that_was_made_to_point_here_is_refused(server: Server, host: str) -> None:
    assert http_request(server.url, "GET", "/_sandbox/state", None, {"Host": host}).status == 403


@pytest.mark.parametrize("origin", ["http://127.0.0.1:8000", "http://localhost:3000", "http://[::1]:1"])
def test_pages_of_this_machine_may(server: Server, origin: str) -> None:
    reply = http_request(server.url, "POST", "/_sandbox/reset", None, {"Origin": origin})
    assert (reply.status, reply.headers["access-control-allow-origin"]) == (200, origin)
    preflight = http_request(server.url, "OPTIONS", "/_sandbox/reset", None, {"Origin": origin})
    assert (preflight.status, preflight.headers["access-control-allow-methods"]) == (204, "GET, POST, PUT")


def test_exposed_it_answers_to_any_name_but_not_to_any_page() -> None:
    def status(exposed: bool, **headers: str) -> int:
        return answer(Sandbox(), Request("GET", "/_sandbox/state", headers, b""), exposed=exposed).status

    assert status(False, host="box.local:80") == 403
    assert status(True, host="box.local:80") == 200
    assert status(True, host="box.local:80", origin="http://box.local:80") == 200
    assert status(True, host="box.local:80", origin=HOSTILE) == 403


def test_any_page_may_call_the_api_with_its_headers(server: Server) -> None:
    path = "/v1/meeting/anonymousJoinInfo"
    preflight = http_request(server.url, "OPTIONS", path, None, {"Origin": HOSTILE})
    assert (preflight.status, preflight.headers["access-control-allow-origin"]) == (204, "*")
    allowed = set(re.split(", *", preflight.headers["access-control-allow-headers"]))
    own = {"authorization", "clientType", "deviceId"}
    assert allowed == {"Content-Type", "AppKey", "Nonce", "CurTime", "CheckSum", *own}
    reply = http_request(server.url, "POST", path, {}, {"Origin": HOSTILE})
    assert (reply.headers["access-control-allow-origin"], reply.json["code"]) == ("*", 401)


def test_what_is_no_operation(server: Server) -> None:
    unknown = http_request(server.url, "POST", "/v9/nothing", {})
    wrong = http_request(server.url, "GET", "/v2/meeting/list")
    assert (unknown.status, wrong.status, wrong.headers["allow"]) == (404, 405, "POST")
    assert http_request(server.url, "OPTIONS", "/v9/nothing").status == 404
    assert [entry["status"] for entry in control(server.url, "GET", "requests")] == [404, 405, 404]


# -- the contract it starts from


@pytest.mark.parametrize(
    ("place", "key"),
    [
        (("components", "schemas", "CreateMeetingRequest"), "additionalProperties"),
        (("components", "schemas", "CreateMeetingRequest", "properties", "subject"), "multipleOf"),
        (("components", "schemas", "MeetingSettings", "properties", "controls", "items"), "uniqueItems"),
        (("components", "securitySchemes", "checkSum", "x-signature"), "algorithm"),
        (("components", "securitySchemes", "checkSum", "x-signature", "headers", "CheckSum"), "encoding"),
        (("components", "securitySchemes", "checkSum", "x-signature", "headers", "CheckSum", "value"), "sha3"),
        (("x-delivery",), "backoff"),
        (("x-states",), "history"),
        (("x-states", "transitions", 0), "unless"),
    ],
)
def test_a_keyword_it_does_not_understand_stops_it(place: tuple[str | int, ...], key: str) -> None:
    root = json.loads(json.dumps(shipped().root))
    target = root
    for step in place:
        target = target[step]
    target[key] = ["appKey"]
    with pytest.raises(ValueError, match=f"does not understand the keyword '{key}'"):
        Document(root)


@pytest.mark.parametrize("part", ["appId", "method"])
def test_so_does_a_part_of_a_signature(part: str) -> None:
    root = json.loads(json.dumps(shipped().root))
    root["components"]["securitySchemes"]["checkSum"]["x-signature"]["headers"]["CheckSum"]["value"]["sha1"] = [part]
    with pytest.raises(ValueError, match=part):
        Document(root)


def test_so_does_an_operation_it_does_not_have() -> None:
    root = json.loads(json.dumps(shipped().root))
    root["paths"]["/v2/meeting/list"]["post"]["operationId"] = "listEverything"
    with pytest.raises(ValueError, match=r"disagree about the operations.*listEverything"):
        Sandbox(document=Document(root))


def test_facts_come_from_the_contract() -> None:
    root = json.loads(json.dumps(shipped().root))
    root["components"]["schemas"]["ListMeetingsRequest"]["properties"]["pageSize"]["default"] = 7
    root["x-error-codes"]["codes"][0]["text"] = "nope"
    root["x-delivery"]["schedule"] = [1]
    sandbox = Sandbox(document=Document(root))
    client = sandbox.client()
    account = client.accounts.create()
    meeting, *_ = [client.meetings.create(host=account.account_id, type=1, subject="x") for _ in range(8)]
    assert len(next(iter(client.meetings.list().pages())).rows) == 7
    sent: list[bytes] = []

    def receive(body: bytes, headers: Mapping[str, str]) -> int:
        sent.append(body)
        return 500

    sandbox.set_callback(receive)
    sandbox.join(meeting.meeting_unique_id, "a", "d")
    sandbox.advance(100)
    assert len(sent) == 4, "two events, each sent again once"
