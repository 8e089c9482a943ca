"""Faults on demand, seen from the other end of a real connection."""

from __future__ import annotations

import http.client
import socket
import time
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlsplit

import pytest
from netease_meeting import MeetingClient, errors
from netease_meeting.sandbox import Sandbox
from netease_meeting.sandbox.server import Server

from .conftest import control, http_call, http_request, signed


def raw(url: str, path: str, body: bytes) -> bytes:
    """Send a request; return whatever comes until the connection ends. Raises as sockets do."""
    parts = urlsplit(url)
    lines = [f"POST {path} HTTP/1.1", "Host: x", f"Content-Length: {len(body)}", "Connection: close"]
    lines += [f"{name}: {value}" for name, value in signed(time.time()).items()]
    with socket.create_connection((parts.hostname, parts.port), timeout=10) as connection:
        connection.sendall("\r\n".join(lines).encode() + b"\r\n\r\n" + body)
        came = b""
        while chunk := connection.recv(65536):
            came += chunk
    return came


def split(came: bytes) -> tuple[int, bytes]:
    """Return the declared length and the body."""
    head, _, body = came.partition(b"\r\n\r\n")
    (length,) = (line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
    return int(length.split(b":")[1]), body


CREATE, LIST = "/v1/account/create", "/v2/meeting/list"


def test_reset_before_execution(server: Server) -> None:
    control(server.url, "POST", "faults", {"operation": "accounts.create", "fault": "resetBefore"})
    with pytest.raises(ConnectionResetError):
        raw(server.url, CREATE, b"{}")
    assert control(server.url, "GET", "state")["accounts"] == []


def test_reset_after_execution(server: Server) -> None:
    control(server.url, "POST", "faults", {"operation": "accounts.create", "fault": "resetAfter"})
    with pytest.raises(ConnectionResetError):
        raw(server.url, CREATE, b"{}")
    assert len(control(server.url, "GET", "state")["accounts"]) == 1


def test_truncation(server: Server) -> None:
    whole = split(raw(server.url, LIST, b"{}"))[1]
    control(server.url, "POST", "faults", {"fault": "truncate"})
    length, body = split(raw(server.url, LIST, b"{}"))
    assert len(body) == len(whole) // 2
    assert length > len(body)


def test_wrong_length(server: Server) -> None:
    control(server.url, "POST", "faults", {"fault": "wrongLength"})
    length, body = split(raw(server.url, LIST, b"{}"))
    assert length == len(body) + 10
    assert body.endswith(b"}")


def test_dribble(server: Server) -> None:
    control(server.url, "POST", "faults", {"fault": "dribble", "operation": "meetings.get", "code": 510})
    parts = urlsplit(server.url)
    body = b'{"meetingUniqueId":1}'
    head = f"POST /v2/meeting/get HTTP/1.1\r\nHost: x\r\nContent-Length: {len(body)}\r\n\r\n"
    with socket.create_connection((parts.hostname, parts.port), timeout=10) as connection:
        connection.sendall(head.encode() + body)
        chunks = [connection.recv(65536) for _ in range(4)]
    assert [len(chunk) for chunk in chunks[1:]] == [1, 1, 1]


def test_delay_holds_up_nobody_else(server: Server) -> None:
    control(server.url, "POST", "faults", {"operation": "meetings.list", "delay": 5})
    parts = urlsplit(server.url)
    slow = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=0.3)
    slow.request("POST", LIST, b"{}", signed(time.time()))
    with pytest.raises(TimeoutError):
        slow.getresponse()
    slow.close()
    assert http_call(server.url, LIST, {}, timeout=3).json["code"] == 200


@pytest.mark.parametrize("status", [200, 201, 301, 400, 429, 500, 502, 599])
def test_status(server: Server, status: int) -> None:
    control(server.url, "POST", "faults", {"status": status})
    reply = http_call(server.url, LIST, {})
    assert (reply.status, reply.json["code"]) == (status, 200)


def test_html(server: Server) -> None:
    control(server.url, "POST", "faults", {"status": 502, "html": True})
    reply = http_call(server.url, LIST, {})
    assert (reply.status, reply.headers["content-type"]) == (502, "text/html")
    assert reply.body.startswith(b"<html>")


def test_a_code_within_a_status(server: Server) -> None:
    control(server.url, "POST", "faults", {"status": 429, "code": 510})
    reply = http_call(server.url, LIST, {})
    assert (reply.status, reply.json["code"], reply.json["msg"]) == (429, 510, "请求过于频繁")


def test_skew_is_told_by_the_date_and_held_against_signatures(server: Server) -> None:
    control(server.url, "POST", "faults", {"skew": 300})
    reply = http_call(server.url, LIST, {})
    assert reply.json["code"] == 401
    assert 290 < parsedate_to_datetime(reply.headers["date"]).timestamp() - time.time() < 310


def test_a_client_gets_over_a_skewed_server(server: Server) -> None:
    control(server.url, "POST", "faults", {"skew": 300, "times": 2})
    with MeetingClient(app_key="sandbox-key", app_secret="sandbox-secret", base_url=server.url) as client:
        assert list(client.meetings.list()) == []
    assert [entry["code"] for entry in server.sandbox.log()] == [401, 200]


def test_a_skew_lasts_for_a_whole_call_and_no_longer() -> None:
    sandbox = Sandbox()
    client = sandbox.client()
    client.accounts.create(im_accid="alice")
    sandbox.add_fault({"operation": "accounts.get_by_im_accid", "skew": 900})
    client.accounts.get_by_im_accid(im_accid="alice")
    assert client.clock_offset == pytest.approx(900, abs=30)
    client.accounts.get_by_im_accid(im_accid="alice")
    assert client.clock_offset == pytest.approx(0, abs=30), "the next call meets the right clock"


@pytest.mark.parametrize(
    "wishes",
    [
        [{"skew": 900}],
        [{"skew": -900}],
        [{"skew": 900, "code": 510}],
        [{"skew": 900, "status": 502, "html": True}],
        [{"skew": 900, "fault": "resetBefore"}],
        [{"skew": 900, "fault": "resetAfter"}],
        [{"skew": 900}, {"code": 510}],
        [{"skew": 900}, {"fault": "truncate"}, {"status": 503}],
    ],
    ids=str,
)
def test_a_skew_lasts_through_other_faults_of_the_call(wishes: list[dict[str, Any]]) -> None:
    sandbox = Sandbox()
    client = sandbox.client(max_retries=5)
    client.accounts.create(im_accid="alice")
    for wish in wishes:
        sandbox.add_fault({"operation": "accounts.get_by_im_accid", **wish})
    client.accounts.get_by_im_accid(im_accid="alice")
    assert client.clock_offset == pytest.approx(wishes[0]["skew"], abs=30)
    assert sandbox.faults.waiting() == []
    client.accounts.get_by_im_accid(im_accid="alice")
    assert client.clock_offset == pytest.approx(0, abs=30)


def test_calls_of_others_do_not_end_a_skew() -> None:
    sandbox = Sandbox()
    other = sandbox.client()
    other.accounts.create(im_accid="alice")
    other.accounts.create(im_accid="bob")
    client = sandbox.client(on_attempt=lambda attempt: other.accounts.get_by_im_accid(im_accid="bob") and None)
    sandbox.add_fault({"operation": "accounts.get_by_im_accid", "skew": 900})
    client.accounts.get_by_im_accid(im_accid="alice")
    assert client.clock_offset == pytest.approx(900, abs=30)
    assert other.clock_offset == 0


def test_a_clock_that_no_client_believes_ends_the_call_and_no_other() -> None:
    sandbox = Sandbox()
    client = sandbox.client()
    sandbox.add_fault({"skew": 10**8})
    with pytest.raises(errors.AuthenticationError):
        client.accounts.create(im_accid="alice")
    client.accounts.create(im_accid="alice")


def test_times_counts_the_calls_that_are_skewed() -> None:
    sandbox = Sandbox()
    sandbox.client().accounts.create(im_accid="alice")
    sandbox.add_fault({"skew": 900, "times": 2})
    for skew in (900, 900, 0):
        client = sandbox.client()
        client.accounts.get_by_im_accid(im_accid="alice")
        assert client.clock_offset == pytest.approx(skew, abs=30)


def test_a_skew_ends_with_another_request(server: Server) -> None:
    server.sandbox.add_fault({"operation": "accounts.create", "skew": 900})
    assert http_call(server.url, "/v1/account/create", {"imAccid": "a"}).json["code"] == 401
    assert http_call(server.url, "/v1/account/create", {"imAccid": "a"}).json["code"] == 401, "a repeat"
    assert http_call(server.url, "/v1/account/create", {"imAccid": "b"}).json["code"] == 200, "another call"
    assert http_call(server.url, "/v1/account/create", {"imAccid": "a"}).json["code"] == 200


def test_a_fault_strikes_its_operation_so_many_times(server: Server) -> None:
    control(server.url, "POST", "faults", {"operation": "meetings.list", "code": 510, "times": 2})
    assert control(server.url, "GET", "state")["faults"] == [{"operation": "meetings.list", "code": 510, "times": 2}]
    codes = [http_call(server.url, path, {}).json["code"] for path in (CREATE, LIST, LIST, LIST)]
    assert codes == [200, 510, 510, 200]
    assert control(server.url, "GET", "state")["faults"] == []
    assert [entry.get("fault") for entry in control(server.url, "GET", "requests")] == [
        *(None, {"code": 510}, {"code": 510}, None)
    ]


def test_faults_strike_in_process_too() -> None:
    sandbox = Sandbox()
    client = sandbox.client(max_retries=0)
    sandbox.add_fault({"operation": "meetings.create", "fault": "resetAfter"})
    host = client.accounts.create().account_id
    with pytest.raises(errors.OutcomeUnknownError):
        client.meetings.create(host=host, type=1, subject="x")
    assert len(sandbox.state()["meetings"]) == 1


@pytest.mark.parametrize(
    ("wish", "says"),
    [
        ({}, "say what shall happen"),
        ({"operation": "meetings.get"}, "say what shall happen"),
        ({"operation": "meetings.gte", "code": 510}, "operation must be"),
        ({"operation": 1, "code": 510}, "operation must be"),
        ({"operation": ["meetings.get"], "code": 510}, "operation must be"),
        ({"operation": {}, "code": 510}, "operation must be"),
        ({"operation": None, "code": 510}, "operation must be"),
        ({"code": 511}, "not one of the document's codes"),
        ({"code": True}, "not one of the document's codes"),
        ({"code": "510"}, "not one of the document's codes"),
        ({"code": [1]}, "not one of the document's codes"),
        ({"fault": "explode"}, "fault must be one of"),
        ({"fault": ["truncate"]}, "fault must be one of"),
        ({"colour": "blue"}, "unknown: colour"),
        ({"code": 510, "times": 0}, "times must lie between"),
        ({"code": 510, "times": -1}, "times must lie between"),
        ({"code": 510, "times": "2"}, "times must be a number"),
        ({"code": 510, "times": 1.5}, "times must be a whole number"),
        ({"status": 99}, "status must lie between"),
        ({"status": 600}, "status must lie between"),
        ({"status": 200.5}, "status must be a whole number"),
        ({"html": "yes"}, "html must be true or false"),
        ({"delay": -1}, "delay must lie between"),
        ({"delay": 1e9}, "delay must lie between"),
        ({"delay": float("nan")}, "delay must lie between"),
        ({"skew": float("inf")}, "skew must lie between"),
        ({"skew": 10**400}, "skew must lie between"),
        ({"skew": True}, "skew must be a number"),
    ],
    ids=str,
)
def test_a_wish_that_makes_no_sense_is_refused(server: Server, wish: dict[str, Any], says: str) -> None:
    assert says in control(server.url, "POST", "faults", wish, status=400)["error"]
    assert http_call(server.url, LIST, {}).json["code"] == 200


def test_nonsense_on_a_connection_does_not_hurt(server: Server) -> None:
    parts = urlsplit(server.url)
    for nonsense in (
        b"\x00\xff" * 100,
        b"GET / HTTP/9.9\r\n\r\n",
        b"POST / HTTP/1.1\r\nContent-Length: x\r\n\r\n",
        b"",
    ):
        with socket.create_connection((parts.hostname, parts.port), timeout=5) as connection:
            connection.sendall(nonsense)
            connection.shutdown(socket.SHUT_WR)
            while connection.recv(65536):
                pass
    assert http_call(server.url, LIST, {}).json["code"] == 200


def test_requests_sent_ahead_are_answered_in_turn(server: Server) -> None:
    parts = urlsplit(server.url)
    head = "POST /v2/meeting/list HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n"
    head += "".join(f"{name}: {value}\r\n" for name, value in signed(time.time()).items())
    with socket.create_connection((parts.hostname, parts.port), timeout=10) as connection:
        connection.sendall(f"{head}\r\n{{}}".encode() * 20)
        came = b""
        while came.count(b"totalPages") < 20:
            came += connection.recv(65536)
    assert came.count(b"HTTP/1.1 200") == 20


def test_a_body_in_chunks_and_one_that_waits_for_leave(server: Server) -> None:
    parts = urlsplit(server.url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=10)
    connection.request("POST", LIST, iter([b"{", b"}"]), signed(time.time()), encode_chunked=True)
    assert b'"code":200' in connection.getresponse().read()
    connection.close()
    assert http_request(
        server.url, "POST", LIST, b"{}", {**signed(time.time()), "Expect": "100-continue"}
    ).json["code"] == 200  # fmt: skip


def test_a_server_may_be_stopped_before_it_has_quite_begun() -> None:
    for _ in range(50):
        with Server(Sandbox()):
            pass
