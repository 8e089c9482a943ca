"""One suite over every way a request can travel. Numbers are those of the failure catalogue."""

from __future__ import annotations

import asyncio
import gzip
import json
import os
import socket
import ssl
import struct
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import httpx2
import pytest
import trustme
from netease_meeting import AsyncMeetingClient, Meeting, MeetingClient, errors
from netease_meeting._runtime.connections import ssl_context
from netease_meeting.turbo import AsyncTurboTransport, TurboTransport

from tests.conftest import Answer, receive, reply, rude_server

MEETING = {"meetingUniqueId": 7, "meetingId": "123456789", "subject": "周会", "status": 2}
GOOD = reply(json.dumps({"code": 200, "ret": MEETING}).encode())

TRUST = ssl.create_default_context()  # made once: it is what an httpx client takes longest for
KINDS = [f"{flavour}{library}" for library in ("default", "httpx", "httpx2", "turbo") for flavour in ("", "async ")]
OURS = ["default", "async default", "turbo", "async turbo"]
"""The transports that are made here: they bound every byte by the deadline and read the environment."""


@contextmanager
def synchronous(kind: str, url: str | list[str], **options: Any) -> Iterator[MeetingClient]:
    libraries: dict[str, Callable[..., Any]] = {"httpx": httpx.Client, "httpx2": httpx2.Client}
    http = libraries[kind](verify=TRUST) if kind in libraries else None
    transport = TurboTransport() if kind == "turbo" else None
    try:
        with MeetingClient(
            app_key="key", app_secret="canary-secret", base_url=url, http_client=http, transport=transport, **options
        ) as client:
            yield client
        assert http is None or not http.is_closed, "an injected client is its owner's to close"
    finally:
        if http is not None:
            http.close()


async def asynchronous(kind: str, url: str | list[str], use: Callable[[Any], Any], options: dict[str, Any]) -> Any:
    libraries: dict[str, Callable[..., Any]] = {"async httpx": httpx.AsyncClient, "async httpx2": httpx2.AsyncClient}
    http = libraries[kind](verify=TRUST) if kind in libraries else None
    transport = AsyncTurboTransport() if kind == "async turbo" else None
    try:
        async with AsyncMeetingClient(
            app_key="key", app_secret="canary-secret", base_url=url, http_client=http, transport=transport, **options
        ) as client:
            return await use(client)
    finally:
        if http is not None:
            await http.aclose()


def through(kind: str, url: str | list[str], use: Callable[[Any], Any], **options: Any) -> Any:
    """Return what *use* gets from a client of that kind."""
    options = {"max_retries": 0, "timeout": 5.0, **options}
    if kind.startswith("async"):
        return asyncio.run(asynchronous(kind, url, use, options))
    with synchronous(kind, url, **options) as client:
        return use(client)


def get(client: Any) -> Any:
    return client.meetings.get(meeting_unique_id=7)


def create(client: Any) -> Any:
    return client.meetings.create(host="a", type=1, subject="b")


def reset(connection: socket.socket) -> None:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    connection.close()


def reset_in_the_body(connection: socket.socket) -> None:
    connection.sendall(GOOD[:-10])
    time.sleep(0.05)
    reset(connection)


def silence(connection: socket.socket) -> None:
    connection.settimeout(5)
    connection.recv(1)


def dribble(data: bytes) -> Callable[[socket.socket], None]:
    def send(connection: socket.socket) -> None:
        for byte in data:
            connection.sendall(bytes([byte]))
            time.sleep(0.02)

    return send


def endless_continue(connection: socket.socket) -> None:
    for _ in range(250):
        connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
        time.sleep(0.02)


LOST: dict[str, Answer] = {
    "35 reset before the reply": reset,
    "36 closed before the reply": b"",
    "36 closed in the header": b"HTTP/1.1 200 OK\r\nContent-Type: appl\r\nConnection: close",
    "37 short body": b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\nConnection: close\r\n\r\n{}",
    "38 reset in the body": reset_in_the_body,
    "49 gzip bomb": reply(gzip.compress(b" " * 50_000_000), b"200 OK", b"application/json", b"Content-Encoding: gzip"),
    "49 large body": reply(b" " * 9_000_000),
    "50 bad gzip": reply(b"x", b"200 OK", b"application/json", b"Content-Encoding: gzip"),
    "58 large header": b"HTTP/1.1 200 OK\r\nX: " + b"x" * 200_000 + b"\r\n\r\n",
    "59 garbage": b"rubbish\r\n\r\n",
}


@pytest.mark.case(35, 36, 37, 38, 49, 50, 58, 59)
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", LOST)
def test_a_lost_answer_is_an_unknown_outcome_unless_it_was_a_read(kind: str, name: str) -> None:
    with rude_server(LOST[name]) as server:
        with pytest.raises(errors.OutcomeUnknownError) as caught:
            through(kind, server.url, create)
        assert len(server.requests) == 1
        with pytest.raises(errors.APIConnectionError) as read:
            through(kind, server.url, get)
    assert not isinstance(read.value, errors.OutcomeUnknownError)
    assert "canary-secret" not in repr(caught.value) + str(caught.value)


@pytest.mark.case(33)
@pytest.mark.parametrize("kind", KINDS)
def test_nobody_listening_leaves_no_doubt(kind: str) -> None:
    with rude_server(b"") as server:
        url = server.url
    with pytest.raises(errors.APIConnectionError, match=f"could not connect to {url}.*refused") as caught:
        through(kind, url, create)
    assert not isinstance(caught.value, errors.OutcomeUnknownError)


@pytest.mark.case(39)
@pytest.mark.parametrize("kind", KINDS)
def test_no_reply_is_a_timeout(kind: str) -> None:
    with rude_server(silence) as server:
        with pytest.raises(errors.APITimeoutError, match=r"within 0\.2 s"):
            through(kind, server.url, get, timeout=0.2)
        with pytest.raises(errors.OutcomeUnknownError):
            through(kind, server.url, create, timeout=0.2)


@pytest.mark.case(51)
@pytest.mark.parametrize(
    ("kind", "answer"),
    [(kind, dribble(GOOD)) for kind in OURS]
    + [(kind, endless_continue) for kind in OURS]
    + [(kind, lambda c: (c.sendall(GOOD[:-60]), dribble(GOOD[-60:])(c))) for kind in KINDS],
)
def test_a_dribble_does_not_outlast_the_deadline(kind: str, answer: Answer) -> None:
    """The server would take at least a second; what is asserted is that the call did not wait for its end."""
    with rude_server(answer) as server, pytest.raises(errors.APITimeoutError):
        through(kind, server.url, get, timeout=0.3)


@pytest.mark.case(40)
@pytest.mark.parametrize("kind", KINDS)
def test_a_connection_the_server_has_closed_is_not_used_again(kind: str) -> None:
    async def twice(client: AsyncMeetingClient) -> Meeting:
        await client.meetings.get(meeting_unique_id=7)
        await asyncio.sleep(0.05)
        return await client.meetings.get(meeting_unique_id=7)

    def two(client: MeetingClient) -> Meeting:
        client.meetings.get(meeting_unique_id=7)
        time.sleep(0.05)
        return client.meetings.get(meeting_unique_id=7)

    def answer_and_close(connection: socket.socket) -> None:
        connection.sendall(GOOD)

    with rude_server(answer_and_close) as server:
        assert through(kind, server.url, twice if kind.startswith("async") else two).subject == "周会"
        assert len(server.requests) == 2


@pytest.mark.case(52)
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_never_followed(kind: str, status: int) -> None:
    with rude_server(GOOD) as thief:
        moved = reply(b"", b"%d Moved" % status, b"text/plain", b"Location: " + thief.url.encode())
        with rude_server(moved) as server:
            with pytest.raises(errors.APIResponseError, match="redirect"):
                through(kind, server.url, get)
            assert len(server.requests) == 1
        assert thief.requests == []


@pytest.mark.case(60, 61)
@pytest.mark.parametrize("kind", KINDS)
def test_odd_but_whole_answers(kind: str) -> None:
    empty = b"HTTP/1.1 204 No Content\r\n\r\n"
    with rude_server(empty) as server, pytest.raises(errors.APIResponseError, match="empty"):
        through(kind, server.url, get)
    with rude_server(GOOD.replace(b"application/json", b"text/plain")) as server:
        assert through(kind, server.url, get).subject == "周会"
    informed = b"HTTP/1.1 100 Continue\r\n\r\n" + GOOD
    with rude_server(informed) as server:
        assert through(kind, server.url, get).subject == "周会"


@pytest.mark.case(49)
@pytest.mark.parametrize("kind", KINDS)
def test_answers_may_be_compressed(kind: str) -> None:
    packed = gzip.compress(json.dumps({"code": 200, "ret": MEETING}).encode())
    with rude_server(reply(packed, b"200 OK", b"application/json", b"Content-Encoding: gzip")) as server:
        assert through(kind, server.url, get).subject == "周会"
        assert b"accept-encoding: gzip\r\n" in server.requests[0].lower()


@pytest.mark.case(29)
@pytest.mark.parametrize("kind", ["httpx", "httpx2"])
def test_credentials_of_an_injected_client_do_not_replace_the_signature(kind: str) -> None:
    library: Any = {"httpx": httpx, "httpx2": httpx2}[kind]
    http = library.Client(auth=("user", "word"), follow_redirects=True)
    with (
        rude_server(GOOD) as server,
        MeetingClient(app_key="key", app_secret="s", base_url=server.url, http_client=http) as client,
    ):
        get(client)
        assert b"authorization" not in server.requests[0].lower()
    http.close()


@contextmanager
def tls_server(
    context: ssl.SSLContext, before: Callable[[socket.socket], object] = lambda plain: None
) -> Iterator[tuple[str, list[bytes]]]:
    """Answer over TLS, after doing something *before* it in the clear; refuse nothing."""
    received: list[bytes] = []
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while True:
            try:
                plain, _ = listener.accept()
            except OSError:
                return
            try:
                before(plain)
                with context.wrap_socket(plain, server_side=True) as connection:
                    while request := receive(connection):
                        received.append(request)
                        connection.sendall(GOOD)
            except OSError:
                continue

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield f"https://127.0.0.1:{listener.getsockname()[1]}", received
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join()


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.mark.case(34, 54)
@pytest.mark.parametrize("kind", KINDS)
def test_a_certificate_nobody_vouches_for_is_refused_and_not_tried_again(kind: str, authority: trustme.CA) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    with tls_server(context) as (url, received):
        with pytest.raises(errors.APIConnectionError, match=r"(?i)certificate") as caught:
            through(kind, url, create, max_retries=2)
        assert received == []
    assert not isinstance(caught.value, errors.OutcomeUnknownError)
    assert len(caught.value.attempts) == 1


@contextmanager
def trusted(authority: trustme.CA, monkeypatch: pytest.MonkeyPatch, folder: Path) -> Iterator[None]:
    """Name the *authority* in the environment."""
    authority.cert_pem.write_to_path(str(folder / "ca.pem"))
    monkeypatch.setenv("SSL_CERT_FILE", str(folder / "ca.pem"))
    ssl_context.cache_clear()
    try:
        yield
    finally:
        ssl_context.cache_clear()


@pytest.mark.case(34)
@pytest.mark.parametrize("kind", OURS)
def test_roots_may_come_from_the_environment(
    kind: str, authority: trustme.CA, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    with trusted(authority, monkeypatch, tmp_path), tls_server(context) as (url, received):
        assert through(kind, url, get).subject == "周会"
        assert len(received) == 1


@pytest.mark.case(34, 51)
@pytest.mark.parametrize("kind", ["default", "async default"])
def test_a_handshake_that_dribbles_does_not_outlast_the_deadline(kind: str) -> None:
    """A record of 16 kB begins, a byte at a time. Nothing was sent: there is no doubt."""
    with rude_server() as server:
        url = server.url.replace("http:", "https:")
        server.on_connect = dribble(b"\x16\x03\x03\x40\x00" + bytes(400))
        with pytest.raises(errors.APITimeoutError) as caught:
            through(kind, url, create, timeout=0.3)
    assert not isinstance(caught.value, errors.OutcomeUnknownError)


def resolving(monkeypatch: pytest.MonkeyPatch, *addresses: str) -> None:
    """Let the name ``meeting.internal`` have these addresses."""
    known = socket.getaddrinfo

    def found(host: str, port: int, *others: Any, **options: Any) -> list[Any]:
        if host != "meeting.internal":
            return known(host, port, *others, **options)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in addresses]

    monkeypatch.setattr(socket, "getaddrinfo", found)


@pytest.mark.case(33)
def test_the_addresses_of_a_name_are_tried_in_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    with rude_server(GOOD) as server:
        port = server.url.rpartition(":")[2]
        resolving(monkeypatch, "127.0.0.9", "127.0.0.1")
        assert through("default", f"http://meeting.internal:{port}", get, insecure=True).subject == "周会"
        resolving(monkeypatch)
        with pytest.raises(errors.APIConnectionError, match=r"meeting\.internal has no address"):
            through("default", f"http://meeting.internal:{port}", get, insecure=True)


@pytest.mark.case(33, 51)
def test_many_addresses_share_the_deadline(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody answers at any of 100: one deadline each would be half a minute."""
    listener = socket.create_server(("", 0), backlog=0)
    port = listener.getsockname()[1]
    waiting = [socket.socket() for _ in range(4)]  # the queue is full, and further ones are not even refused
    for one in waiting:
        one.setblocking(False)
        one.connect_ex(("127.0.0.1", port))
    resolving(monkeypatch, *(f"127.0.0.{number}" for number in range(1, 101)))
    with ThreadPoolExecutor(1) as pool:
        call = pool.submit(through, "default", f"http://meeting.internal:{port}", get, insecure=True, timeout=0.3)
        assert isinstance(call.exception(timeout=15), errors.APITimeoutError)
    for one in (*waiting, listener):
        one.close()


@pytest.mark.case(53)
@pytest.mark.parametrize("kind", OURS)
def test_proxies_of_the_environment_are_used_except_for_this_machine(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with rude_server(GOOD) as proxy, rude_server(GOOD) as direct:
        monkeypatch.setenv("HTTP_PROXY", proxy.url.replace("http://", "http://user:w%40rd@"))
        monkeypatch.delenv("NO_PROXY", raising=False)
        monkeypatch.delenv("no_proxy", raising=False)
        through(kind, direct.url, get)
        assert (len(direct.requests), len(proxy.requests)) == (1, 0)
        through(kind, "http://meeting.internal", get, insecure=True)
        assert proxy.requests[0].startswith(b"POST http://meeting.internal/v2/meeting/get HTTP/1.1")
        assert b"proxy-authorization: basic " in proxy.requests[0].lower()
        monkeypatch.setenv("NO_PROXY", "meeting.internal")
        with pytest.raises(errors.APIConnectionError):
            through(kind, "http://meeting.internal", get, insecure=True)
        assert len(proxy.requests) == 1


@pytest.mark.case(53)
@pytest.mark.parametrize("kind", OURS)
def test_https_goes_through_a_tunnel_of_the_proxy(
    kind: str, authority: trustme.CA, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    asked: list[bytes] = []

    def open_tunnel(plain: socket.socket) -> None:
        asked.append(plain.recv(65536))
        plain.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("meeting.internal").configure_cert(context)
    with trusted(authority, monkeypatch, tmp_path), tls_server(context, open_tunnel) as (url, received):
        monkeypatch.setenv("HTTPS_PROXY", url.replace("https://", "http://user:word@"))
        monkeypatch.delenv("NO_PROXY", raising=False)
        monkeypatch.delenv("no_proxy", raising=False)
        assert through(kind, "https://meeting.internal", get).subject == "周会"
    assert asked[0].startswith(b"CONNECT meeting.internal:443 HTTP/1.1\r\n")
    assert b"proxy-authorization: basic " in asked[0].lower()
    assert b"proxy-authorization" not in received[0].lower()


def test_a_proxy_of_an_unknown_kind_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "gopher://proxy.internal")
    with pytest.raises(errors.ConfigurationError, match="gopher"):
        through("default", "http://meeting.internal", get, insecure=True)


@pytest.mark.parametrize("kind", OURS)
def test_the_next_gateway_answers_when_the_first_is_down(kind: str) -> None:
    with rude_server(b"") as gone:
        url = gone.url
    with rude_server(GOOD) as server:
        meeting = through(kind, [url, server.url], create)
    assert meeting.subject == "周会"


@pytest.mark.parametrize("kind", KINDS)
def test_what_arrives_ahead_of_the_handshake_does_not_pass_for_encrypted(kind: str, authority: trustme.CA) -> None:
    """Whoever sits on the way can send an answer before TLS begins, but must not have it believed."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    with tls_server(context, lambda plain: plain.sendall(GOOD)) as (url, received):
        with pytest.raises(errors.APIConnectionError):
            through(kind, url, get)
        assert received == []


@pytest.mark.parametrize("kind", ["turbo", "async turbo"])
def test_turbo_refuses_to_run_in_a_fork(kind: str) -> None:
    """The threads of its runtime are the parent's: without the check the child would wait for ever."""

    def fork_and_get(client: Any) -> int:
        pid = os.fork()
        if pid == 0:
            try:
                get(client) if kind == "turbo" else get(client).send(None)
            except errors.ConfigurationError:
                os._exit(0)
            finally:
                os._exit(1)
        return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])

    def use(client: Any) -> int:
        get(client)
        return fork_and_get(client)

    async def use_async(client: Any) -> int:
        await get(client)
        return fork_and_get(client)

    with rude_server(GOOD) as server:
        assert through(kind, server.url, use if kind == "turbo" else use_async) == 0


@pytest.mark.parametrize("kind", OURS)
def test_closing_lets_a_call_in_flight_end(kind: str) -> None:
    closed = threading.Event()

    def wait_and_answer(connection: socket.socket) -> None:
        assert closed.wait(5)
        connection.sendall(GOOD)

    def close_meanwhile(client: MeetingClient) -> Meeting:
        with ThreadPoolExecutor(1) as pool:
            meeting = pool.submit(get, client)
            server.wait_for(1)
            client.close()
            closed.set()
            answer: Meeting = meeting.result()
            return answer

    async def close_meanwhile_async(client: AsyncMeetingClient) -> Meeting:
        meeting = asyncio.create_task(get(client))
        await asyncio.to_thread(server.wait_for, 1)
        await client.aclose()
        closed.set()
        answer: Meeting = await meeting
        return answer

    with rude_server(wait_and_answer) as server:
        use = close_meanwhile_async if kind.startswith("async") else close_meanwhile
        assert through(kind, server.url, use).subject == "周会"


@pytest.mark.parametrize("kind", ["turbo", "async turbo"])
def test_turbo_names_a_store_without_certificates(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", "/nonexistent")
    monkeypatch.setenv("SSL_CERT_DIR", "/nonexistent")
    with pytest.raises(errors.ConfigurationError, match="SSL_CERT_FILE"):
        through(kind, "https://127.0.0.1:9", get)


@pytest.mark.parametrize("kind", KINDS)
def test_headers_reach_the_caller_whatever_is_in_them(kind: str) -> None:
    odd = GOOD.replace(b"\r\n\r\n", b"\r\nX-Odd: \xff\r\nX-Plain: yes\r\n\r\n", 1)

    def headers(client: Any) -> Any:
        return client.with_raw_response.meetings.get(meeting_unique_id=7)

    with rude_server(odd) as server:
        found = {name.lower(): value for name, value in through(kind, server.url, headers).headers}
    assert found["x-plain"] == "yes"
    assert found["content-type"] == "application/json;charset=utf-8"
