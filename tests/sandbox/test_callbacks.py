"""Callbacks: signed, in order, sent again on the documented schedule, and no way for a receiver to hang the API."""

from __future__ import annotations

import hashlib
import http
import http.server
import itertools
import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, cast

import pytest
from netease_meeting._runtime.receiving import answer
from netease_meeting.sandbox import Sandbox
from netease_meeting.sandbox.document import shipped
from netease_meeting.sandbox.server import Server
from netease_meeting.webhooks import MeetingRecycled, MemberJoined, Webhook

from tests.conftest import rude_server

from .conftest import KEY, SECRET, Api, FrozenTime, control, http_call

SCHEDULE = shipped().delivery["schedule"]


class Receiver:
    """Answers with the statuses it is told, the last for ever, and keeps what came."""

    def __init__(self, *statuses: int, at: Callable[[], float] = time.time) -> None:
        self._statuses = list(statuses)
        self._at = at
        self.came: list[tuple[float, bytes, dict[str, str]]] = []

    def __call__(self, body: bytes, headers: Mapping[str, str]) -> int:
        self.came.append((self._at(), body, dict(headers)))
        return self._statuses.pop(0) if len(self._statuses) > 1 else self._statuses[0]


def canceled(api: Api) -> None:
    """Have one callback sent."""
    api.ok("/v2/meeting/cancel", {"meetingUniqueId": api.scheduled()["meetingUniqueId"]})


def test_every_event_is_told_in_order_and_the_real_webhook_accepts_it(api: Api) -> None:
    webhook = Webhook(app_key=KEY, app_secret=SECRET, now=api.now)
    events: list[Any] = []

    def receive(body: bytes, headers: Mapping[str, str]) -> int:
        events.append(webhook.parse(body, headers))
        return 200

    api.sandbox.set_callback(receive)
    meeting = api.meeting(subject="周会")
    number = meeting["meetingUniqueId"]
    api.sandbox.join(number, "alice", "phone")
    api.sandbox.record(number)
    api.sandbox.end(number)
    canceled(api)
    assert [type(event).__name__ for event in events] == [
        *("MeetingStarted", "MemberJoined", "RecordingReady", "MemberLeft", "MeetingEnded", "MeetingRecycled"),
        "MeetingCanceled",
    ]
    joined, recycled = events[1], events[5]
    assert isinstance(joined, MemberJoined)
    assert (joined.account_id, joined.device_id, joined.meeting_unique_id) == ("alice", "phone", number)
    assert isinstance(recycled, MeetingRecycled)
    assert (recycled.subject, recycled.time) == ("周会", api.now.millis)


def test_the_signature_is_over_milliseconds_and_the_digest_of_the_body(api: Api) -> None:
    receiver = Receiver(200)
    api.sandbox.set_callback(receiver)
    canceled(api)
    ((_, body, headers),) = receiver.came
    assert headers["CurTime"] == str(api.now.millis)
    digest = hashlib.md5(body).hexdigest()
    plain = SECRET + headers["Nonce"] + headers["CurTime"] + digest
    assert headers["CheckSum"] == hashlib.sha1(plain.encode()).hexdigest()
    assert headers["AppKey"] == KEY
    assert headers["Content-Type"] == "application/json;charset=utf-8"


def test_it_is_sent_again_on_the_documented_schedule_exactly(api: Api) -> None:
    receiver = Receiver(500, at=api.sandbox.clock.seconds)
    api.sandbox.set_callback(receiver)
    canceled(api)
    api.sandbox.advance(30 * 86_400)
    times = [round(moment * 1000) for moment, _, _ in receiver.came]
    assert [later - before for before, later in itertools.pairwise(times)] == [
        wait * 1000 for wait in (2, 4, 6, 3600, 3600)
    ]
    assert len({body for _, body, _ in receiver.came}) == 1
    (callback,) = api.sandbox.state()["callbacks"]
    assert (callback["accepted"], callback["nextAttemptAt"]) == (False, None)
    assert [attempt["status"] for attempt in callback["attempts"]] == [500] * 6


def test_each_resend_waits_for_its_moment(api: Api) -> None:
    receiver = Receiver(500)
    api.sandbox.set_callback(receiver)
    canceled(api)
    for count, wait in enumerate(SCHEDULE, start=1):
        api.sandbox.advance(wait - 0.001)
        assert len(receiver.came) == count
        api.sandbox.advance(0.001)
        assert len(receiver.came) == count + 1


@pytest.mark.parametrize("status", [201, 202, 204, 299, 301, 302, 304, 400, 401, 404, 410, 500, 503])
def test_nothing_but_200_is_acceptance(api: Api, status: int) -> None:
    receiver = Receiver(status)
    api.sandbox.set_callback(receiver)
    canceled(api)
    api.sandbox.advance(10_000)
    assert len(receiver.came) == 6


@pytest.mark.parametrize("failures", range(6))
def test_acceptance_ends_it(api: Api, failures: int) -> None:
    receiver = Receiver(*[500] * failures, 200)
    api.sandbox.set_callback(receiver)
    canceled(api)
    api.sandbox.advance(100_000)
    assert len(receiver.came) == failures + 1
    assert api.sandbox.state()["callbacks"][0]["accepted"] is True


@pytest.mark.parametrize("restamp", [True, False])
def test_a_resend_is_signed_anew_or_keeps_its_time(now: FrozenTime, restamp: bool) -> None:
    api = Api(Sandbox(now=now, callback_clock="virtual"), now)
    receiver = Receiver(500)
    api.sandbox.set_callback(receiver, restamp=restamp)
    canceled(api)
    api.sandbox.advance(12)
    times = [int(headers["CurTime"]) - now.millis for _, _, headers in receiver.came]
    assert times == ([0, 2000, 6000, 12_000] if restamp else [0, 0, 0, 0])


def test_a_receiver_accepts_callbacks_of_a_time_that_was_advanced() -> None:
    hook = Webhook(app_key=KEY, app_secret=SECRET)
    seen: list[Any] = []
    hook.otherwise(seen.append)
    sandbox = Sandbox()
    sandbox.set_callback(lambda body, headers: answer(hook.handle, body, headers))
    client = sandbox.client()
    host = client.accounts.create(im_accid="alice").account_id
    meeting = client.meetings.create(host=host, type=1, subject="s")
    for seconds in (336, 3600):
        sandbox.advance(seconds)
        sandbox.join(meeting.meeting_unique_id, host, f"phone-{seconds}")
    assert [type(event).__name__ for event in seen] == ["MeetingStarted", "MemberJoined", "MemberJoined"]
    assert seen[2].time - seen[1].time >= 3_600_000, "what a callback says is in virtual time"
    assert all(callback["accepted"] for callback in sandbox.state()["callbacks"])


def test_a_callback_clock_that_does_not_exist_is_refused() -> None:
    with pytest.raises(ValueError, match="callback_clock must be one of"):
        Sandbox(callback_clock=cast(Any, "wall"))


def test_duplicates(api: Api) -> None:
    receiver = Receiver(200)
    api.sandbox.set_callback(receiver, duplicate=True)
    canceled(api)
    assert len({body for _, body, _ in receiver.came}) == 1
    assert len(receiver.came) == 2


def test_reordering() -> None:
    orders: set[tuple[str, ...]] = set()
    for seed in range(20):
        api = Api(Sandbox(seed=seed, now=(now := FrozenTime())), now)
        meeting = api.meeting()
        for guest in "abc":
            api.sandbox.join(meeting["meetingUniqueId"], guest, "phone")
        receiver = Receiver(200)
        api.sandbox.set_callback(receiver, shuffle=True)
        api.sandbox.end(meeting["meetingUniqueId"])
        orders.add(tuple(body.decode().partition(",")[0] for _, body, _ in receiver.came))
        assert len(receiver.came) == 5
    assert len(orders) > 3


def test_recyclings_and_resends_happen_in_the_order_of_time(api: Api) -> None:
    moments: list[tuple[str, int]] = []

    def receive(body: bytes, headers: Mapping[str, str]) -> int:
        moments.append((body.decode()[:12], round((api.sandbox.clock.seconds() - api.now()) * 1000)))
        return 500

    late, soon = api.scheduled(0, 5000), api.scheduled(0, 3000)
    assert late["endTime"] > soon["endTime"]
    api.sandbox.set_callback(receive)
    api.sandbox.advance(9)
    assert [moment for _, moment in moments] == [3000, 5000, 5000, 7000, 9000]


def test_time_that_flows_by_itself_does_it_too(api: Api, now: FrozenTime) -> None:
    receiver = Receiver(500)
    api.sandbox.set_callback(receiver)
    canceled(api)
    now.now += 2
    api.code("/v2/meeting/list", {})
    assert len(receiver.came) == 2


@pytest.mark.parametrize("seconds", [-1, -0.001, float("nan"), float("inf"), 1e300, 4e9])
def test_time_cannot_be_turned_back_or_away(api: Api, seconds: float) -> None:
    before = api.sandbox.clock.millis()
    with pytest.raises(ValueError, match="seconds"):
        api.sandbox.advance(seconds)
    assert api.sandbox.clock.millis() == before


def test_a_receiver_that_raises_is_a_failed_attempt(api: Api) -> None:
    def receive(body: bytes, headers: Mapping[str, str]) -> int:
        raise RuntimeError("boom")

    api.sandbox.set_callback(receive)
    canceled(api)
    assert api.sandbox.state()["callbacks"][0]["attempts"][0]["error"] == "RuntimeError: boom"


def test_a_receiver_may_call_the_api_but_not_move_time(api: Api) -> None:
    refused: list[str] = []

    def receive(body: bytes, headers: Mapping[str, str]) -> int:
        if len(api.sandbox.state()["meetings"]) < 3:
            canceled(api)
        try:
            api.sandbox.advance(1)
        except ValueError as error:
            refused.append(str(error))
        return 200

    api.sandbox.set_callback(receive)
    canceled(api)
    assert api.events() == ["MeetingCanceled"] * 3
    assert all(callback["accepted"] for callback in api.sandbox.state()["callbacks"])
    assert len(refused) == 3


def test_the_log_does_not_grow_for_ever(api: Api) -> None:
    number = api.scheduled()["meetingUniqueId"]
    for _ in range(5500):
        api.sandbox.join(number, "a", "phone")
        api.sandbox.leave(number, "a", "phone")
    log = api.sandbox.state()["callbacks"]
    assert len(log) == 20_000
    assert log[-1]["number"] == 22_000
    assert len(api.sandbox.log()) <= 1000


# -- over HTTP


@contextmanager
def listening(handle: Callable[[http.server.BaseHTTPRequestHandler], int]) -> Iterator[str]:
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            status = handle(self)
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            pass

    receiver = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=receiver.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{receiver.server_address[1]}/cb?tenant=1"
    finally:
        receiver.shutdown()
        receiver.server_close()
        thread.join()


def scheduled_over_http(url: str) -> int:
    host = http_call(url, "/v1/account/create", {}).json["ret"]["accountId"]
    start = round(time.time() * 1000) + 3_600_000
    body = {"host": host, "type": 3, "subject": "x", "startTime": start, "endTime": start + 1000}
    return int(http_call(url, "/v2/meeting/create", body).json["ret"]["meetingUniqueId"])


def test_a_real_receiver_gets_real_requests(server: Server) -> None:
    webhook = Webhook(app_key=KEY, app_secret=SECRET)
    came: list[tuple[str, str]] = []

    def handle(request: http.server.BaseHTTPRequestHandler) -> int:
        body = request.rfile.read(int(request.headers["Content-Length"]))
        came.append((request.path, type(webhook.parse(body, dict(request.headers))).__name__))
        return 200

    with listening(handle) as url:
        control(server.url, "PUT", "callback", {"url": url})
        number = scheduled_over_http(server.url)
        control(server.url, "POST", f"meetings/{number}/join", {"accountId": "a", "deviceId": "d"})
        control(server.url, "POST", f"meetings/{number}/leave", {"accountId": "a", "deviceId": "d"})
    assert came == [
        ("/cb?tenant=1", event) for event in ("MeetingStarted", "MemberJoined", "MemberLeft", "MeetingEnded")
    ]


def test_a_handler_may_call_the_api_over_http(server: Server) -> None:
    statuses: list[int] = []

    def handle(request: http.server.BaseHTTPRequestHandler) -> int:
        request.rfile.read(int(request.headers["Content-Length"]))
        statuses.append(http_call(server.url, "/v2/meeting/get", {"meetingUniqueId": number}, timeout=3).json["code"])
        return 200

    number = scheduled_over_http(server.url)
    with listening(handle) as url:
        control(server.url, "PUT", "callback", {"url": url})
        assert http_call(server.url, "/v2/meeting/cancel", {"meetingUniqueId": number}).json["code"] == 200
    (callback,) = server.sandbox.state()["callbacks"]
    assert statuses == [200]
    assert [attempt["status"] for attempt in callback["attempts"]] == [200]


def test_resends_come_without_anybody_asking() -> None:
    now = FrozenTime()
    api = Api(Sandbox(now=now), now)
    receiver = Receiver(500)
    arrived = threading.Event()

    def receive(body: bytes, headers: Mapping[str, str]) -> int:
        if len(receiver.came) == 1:
            arrived.set()
        return receiver(body, headers)

    with Server(api.sandbox):
        api.sandbox.set_callback(receive)
        canceled(api)
        now.now += 2
        assert arrived.wait(10)


def test_a_receiver_that_never_answers_delays_others_little(server: Server) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        control(server.url, "PUT", "callback", {"url": f"http://127.0.0.1:{silent.getsockname()[1]}"})
        number = scheduled_over_http(server.url)
        reply = http_call(server.url, "/v2/meeting/cancel", {"meetingUniqueId": number}, timeout=4)
        assert reply.json["code"] == 200, "answered before the receiver's five seconds were over"
        other = http_call(server.url, "/v2/meeting/list", {}, timeout=2)
        assert other.json["code"] == 200
        control(server.url, "POST", "clock", {"advance_seconds": 0})
    (callback,) = server.sandbox.state()["callbacks"]
    assert callback["attempts"][0]["error"] == "no answer within 5 s"


@pytest.mark.parametrize("answer", [b"", b"SSH-2.0-nonsense\r\n\r\n"], ids=["closed", "not HTTP"])
def test_no_answer_is_no_acceptance(api: Api, answer: bytes) -> None:
    with rude_server(answer) as receiver:
        api.sandbox.set_callback(receiver.url)
        canceled(api)
    assert api.sandbox.state()["callbacks"][0]["attempts"][0]["error"]


def test_nobody_listens(api: Api) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        url = f"http://127.0.0.1:{closed.getsockname()[1]}"
    api.sandbox.set_callback(url)
    canceled(api)
    assert "ConnectionRefusedError" in api.sandbox.state()["callbacks"][0]["attempts"][0]["error"]


@pytest.mark.parametrize(
    "url",
    [
        *("http://example.com/", "http://169.254.169.254/", "http://localhost.example.com/", "http://127.0.0.1@evil/"),
        *(
            "https://127.0.0.1/",
            "ftp://127.0.0.1/",
            "127.0.0.1:80",
            "",
            "http://",
            "http://[::1",
            "http://127.0.0.1:0/",
        ),
        *("http://127.0.0.1:99999/", "http://127.0.0.1/a b", "http://127.0.0.1/\r\nX: y", "http://127.0.0.1/ü"),
    ],
)
def test_callbacks_go_to_this_machine_only(url: str) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        Sandbox().set_callback(url)


def test_exposed_they_may_go_elsewhere() -> None:
    sandbox = Sandbox(expose=True)
    sandbox.set_callback("http://receiver.example/cb")
    assert sandbox.state()["callback"]["url"] == "http://receiver.example/cb"


@pytest.mark.parametrize("returned", [None, True, "200", 200.0, [200]], ids=repr)
def test_a_receiver_that_returns_no_status_has_not_accepted(api: Api, returned: object) -> None:
    api.sandbox.set_callback(cast(Any, lambda body, headers: returned))
    canceled(api)
    (callback,) = api.sandbox.state()["callbacks"]
    assert callback["accepted"] is False
    assert callback["attempts"][0]["error"] == (
        f"the receiver returned {type(returned).__name__} instead of an HTTP status"
    )


def test_a_receiver_that_would_have_to_be_awaited_is_refused_or_noticed(api: Api) -> None:
    async def receive(body: bytes, headers: Mapping[str, str]) -> int:
        return 200

    for target in (receive, 200, b"http://127.0.0.1/"):
        with pytest.raises(ValueError, match="a URL or to a plain function"):
            api.sandbox.set_callback(cast(Any, target))
    api.sandbox.set_callback(cast(Any, lambda body, headers: receive(body, headers)))
    canceled(api)
    assert "returned coroutine" in api.sandbox.state()["callbacks"][0]["attempts"][0]["error"]


def test_a_receiver_may_return_a_member_of_http_status(api: Api) -> None:
    api.sandbox.set_callback(lambda body, headers: http.HTTPStatus.OK)
    canceled(api)
    (callback,) = api.sandbox.state()["callbacks"]
    assert (callback["accepted"], callback["attempts"][0]["status"]) == (True, 200)
