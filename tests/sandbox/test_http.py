"""The sandbox over HTTP answers as a server does, whatever is sent."""

from __future__ import annotations

import socket
import time
from urllib.parse import urlsplit

import pytest
from netease_meeting import errors
from netease_meeting.sandbox import Sandbox
from netease_meeting.sandbox.server import Server

from .conftest import http_call, http_request, signed

CREATE, LIST = "/v1/account/create", "/v2/meeting/list"


def exchange(url: str, sent: bytes) -> bytes:
    """Send bytes; return whatever comes until the connection ends."""
    parts = urlsplit(url)
    came = b""
    with socket.create_connection((parts.hostname, parts.port), timeout=10) as connection:
        connection.sendall(sent)
        while chunk := connection.recv(65536):
            came += chunk
    return came


def head(*lines: str) -> bytes:
    given = [f"{name}: {value}" for name, value in signed(time.time()).items()]
    return "\r\n".join([*lines, "Host: x", *given, "", ""]).encode()


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH"])
def test_another_method_is_refused(server: Server, method: str) -> None:
    reply = http_request(server.url, method, LIST)
    assert (reply.status, reply.headers["allow"]) == (405, "POST")


@pytest.mark.parametrize(("path", "status"), [(LIST, 405), ("/nowhere", 404), ("/_sandbox/state", 403)])
def test_head_is_answered_without_a_body(server: Server, path: str, status: int) -> None:
    came = exchange(server.url, head(f"HEAD {path} HTTP/1.1", "Connection: close"))
    top, _, body = came.partition(b"\r\n\r\n")
    assert top.startswith(f"HTTP/1.1 {status} ".encode())
    assert body == b""


@pytest.mark.parametrize("status", [204, 304])
def test_a_status_without_a_body_has_none(server: Server, status: int) -> None:
    server.sandbox.add_fault({"status": status})
    reply = http_call(server.url, LIST, {})
    assert (reply.status, reply.body) == (status, b"")
    assert http_call(server.url, LIST, {}).json["code"] == 200
    server.sandbox.add_fault({"status": status})
    with pytest.raises(errors.MeetingError) as caught:
        server.sandbox.client(max_retries=0).meetings.get(meeting_unique_id=1)
    assert caught.value.status == status


def test_a_body_in_chunks_is_read(server: Server) -> None:
    came = exchange(
        server.url,
        head(f"POST {CREATE} HTTP/1.1", "Connection: close", "Transfer-Encoding: chunked")
        + b'1\r\n{\r\n11\r\n"imAccid":"alice"\r\n1\r\n}\r\n0\r\n\r\n',
    )
    assert b'"code":200' in came
    assert server.sandbox.state()["accounts"][0]["imAccid"] == "alice"


def test_a_body_that_is_too_large_is_refused_with_a_reason(server: Server) -> None:
    came = exchange(
        server.url,
        head(f"POST {CREATE} HTTP/1.1", "Content-Length: 9000000") + b" " * (8 * 1024 * 1024 + 1),
    )
    assert came.startswith(b"HTTP/1.1 413 ")
    assert came.endswith(b"8388608 bytes at most")


@pytest.mark.parametrize(
    "sent",
    [b"nonsense\r\n\r\n", b"POST / HTTP/1.1\r\nContent-Length: x\r\n\r\n", b"GET / HTTP/1.1\r\n\r\n"],
    ids=["not HTTP", "length", "no host"],
)
def test_what_is_not_http_is_answered_with_400(server: Server, sent: bytes) -> None:
    assert exchange(server.url, sent).startswith(b"HTTP/1.1 400 ")


def test_a_connection_serves_many_requests(server: Server) -> None:
    one = head(f"POST {LIST} HTTP/1.1", "Content-Length: 2") + b"{}"
    last = head(f"POST {LIST} HTTP/1.1", "Content-Length: 2", "Connection: close") + b"{}"
    assert exchange(server.url, one + one + last).count(b"HTTP/1.1 200 ") == 3


@pytest.mark.parametrize("text", [b'{"imAccid":"\\ud800"}', b'{"imAccid":"a\\uDFFFb"}'])
def test_half_a_surrogate_pair_is_refused(server: Server, text: bytes) -> None:
    reply = http_request(server.url, "POST", CREATE, text, signed(time.time()))
    assert (reply.status, reply.json["code"]) == (200, 300)
    assert http_request(server.url, "PUT", "/_sandbox/callback", b'{"url":"\\ud800"}').status == 400
    whole = http_request(server.url, "POST", CREATE, b'{"imAccid":"\\ud83d\\ude00"}', signed(time.time()))
    assert whole.json["code"] == 200
    assert server.sandbox.state()["accounts"][0]["imAccid"] == "\U0001f600"


def test_two_sandboxes_know_nothing_of_each_other() -> None:
    with Server(Sandbox()) as one, Server(Sandbox()) as other:
        http_call(one.url, CREATE, {"imAccid": "alice"})
        assert len(one.sandbox.state()["accounts"]) == 1
        assert other.sandbox.state()["accounts"] == []


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1"])
def test_a_server_listens_on_each_loopback_address(host: str) -> None:
    with Server(Sandbox(), host) as server:
        assert http_call(server.url, LIST, {}).json["code"] == 200
        assert http_request(server.url, "GET", "/_sandbox/state").status == 200
