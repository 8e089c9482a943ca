"""However a request ends, its place among the connections is free again and its socket closed or kept."""

from __future__ import annotations

import asyncio
import gc
import os
import signal
import socket
import ssl
import threading
import warnings
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest
import trustme
from netease_meeting import AsyncMeetingClient, Attempt, MeetingClient, errors
from netease_meeting._runtime import connections, retry
from netease_meeting._runtime.connections import ssl_context
from netease_meeting._runtime.httpcore_transport import HttpcoreTransport
from netease_meeting._runtime.retry import Budget, Outcome

from tests.client.places import TogetherServer, found
from tests.conftest import receive, reply, rude_server

LOCAL: dict[str, Any] = {"app_key": "key", "app_secret": "secret"}


@pytest.fixture
def one_place(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave a client one place: whatever loses it makes the next call fail."""
    monkeypatch.setattr(connections, "MOST_CONNECTIONS", 1)
    monkeypatch.setattr(connections, "LONGEST_QUEUE", 2.0)


@pytest.fixture(scope="module")
def secure() -> Iterator[str]:
    """Serve over TLS, one thread per connection; return the address. Its authority is in ``SSL_CERT_FILE``."""
    authority = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    listener = socket.create_server(("127.0.0.1", 0))

    def serve(plain: socket.socket) -> None:
        try:
            with context.wrap_socket(plain, server_side=True) as connection:
                while receive(connection):
                    connection.sendall(found(7))
        except OSError:
            plain.close()

    def accept() -> None:
        while True:
            try:
                plain, _ = listener.accept()
            except OSError:
                return
            threading.Thread(target=serve, args=(plain,), daemon=True).start()

    accepting = threading.Thread(target=accept)
    accepting.start()
    with pytest.MonkeyPatch.context() as patch, authority.cert_pem.tempfile() as file:
        patch.setenv("SSL_CERT_FILE", file)
        ssl_context.cache_clear()
        yield f"https://127.0.0.1:{listener.getsockname()[1]}"
    ssl_context.cache_clear()
    listener.shutdown(socket.SHUT_RDWR)
    listener.close()
    accepting.join()


async def turns(number: int) -> None:
    """Let the event loop turn so many times, the later ones with time for the network."""
    for turn in range(number):
        await asyncio.sleep(0 if turn < 20 else 0.0005)


@pytest.mark.case(84, 89)
@pytest.mark.usefixtures("one_place")
@pytest.mark.parametrize("again", [False, True], ids=["once", "twice"])
def test_a_call_may_be_cancelled_at_every_turn_of_the_loop(secure: str, again: bool) -> None:
    """While it connects, shakes hands, sends, waits, reads, hands back; a second time while it cleans up."""
    cancelled = 0

    async def main() -> None:
        nonlocal cancelled
        for number in range(60):
            async with AsyncMeetingClient(**LOCAL, base_url=secure, max_retries=0) as client:
                task = asyncio.ensure_future(client.meetings.get(meeting_unique_id=7))
                await turns(number)
                task.cancel()
                if again:
                    await asyncio.sleep(0)
                    task.cancel()
                try:
                    await task
                except asyncio.CancelledError:
                    cancelled += 1
                assert (await client.meetings.get(meeting_unique_id=7)).subject == "7"

    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        asyncio.run(main())
        gc.collect()
    assert cancelled > 5
    assert [str(warning.message) for warning in caught] == [], "a socket was left to the garbage collector"


@pytest.mark.case(84, 89)
@pytest.mark.usefixtures("one_place")
def test_whoever_waits_for_a_place_may_be_cancelled_at_every_turn() -> None:
    """Also in the very turn in which the place becomes free."""
    server = TogetherServer()

    async def main() -> None:
        async with AsyncMeetingClient(**LOCAL, base_url=server.url, max_retries=0) as client:
            for number in range(60):
                holding = asyncio.ensure_future(client.meetings.get(meeting_unique_id=1))
                waiting = asyncio.ensure_future(client.meetings.get(meeting_unique_id=2))
                await turns(number)
                waiting.cancel()
                await asyncio.gather(holding, waiting, return_exceptions=True)
                assert holding.result().subject == "1"
                assert (await client.meetings.get(meeting_unique_id=3)).subject == "3"

    try:
        asyncio.run(main())
    finally:
        server.close()


@pytest.mark.case(84)
@pytest.mark.usefixtures("one_place")
def test_an_interrupted_call_frees_its_place_at_once() -> None:
    """Ctrl-C while the answer is awaited, and while the next attempt is."""
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background job would ignore it

    def interrupt(connection: socket.socket) -> None:
        os.kill(os.getpid(), signal.SIGINT)
        connection.recv(1)

    busy = reply(b'{"code":510,"msg":""}', b"200 OK", b"application/json", b"Retry-After: 50")

    def interrupt_later(connection: socket.socket) -> None:
        connection.sendall(busy)
        threading.Timer(0.1, os.kill, (os.getpid(), signal.SIGINT)).start()
        connection.recv(1)

    with (
        rude_server(interrupt, interrupt_later, found(7)) as server,
        MeetingClient(**LOCAL, base_url=server.url, timeout=300) as client,
    ):
        for _ in range(2):
            with pytest.raises(KeyboardInterrupt):
                client.meetings.get(meeting_unique_id=7)
        assert client.meetings.get(meeting_unique_id=7).subject == "7"


SETTINGS = {
    "SSL_CERT_FILE": ("/nonexistent.pem", "SSL_CERT_FILE='/nonexistent.pem'"),
    "ALL_PROXY": ("gopher://127.0.0.1", "'gopher', which is not supported"),
    "HTTPS_PROXY": ("http://user:canary@127.0.0.1:port", "HTTPS_PROXY has an invalid port"),
}


@pytest.mark.case(34, 53)
@pytest.mark.usefixtures("one_place")
@pytest.mark.parametrize("kind", ["default", "async default"])
@pytest.mark.parametrize("name", SETTINGS)
def test_a_setting_of_the_environment_that_cannot_work_costs_no_place(
    kind: str, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for variable in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"):
        monkeypatch.delenv(variable, raising=False)
        monkeypatch.delenv(variable.lower(), raising=False)
    ssl_context.cache_clear()
    monkeypatch.setenv(name, SETTINGS[name][0])
    down = "https://meeting.invalid"
    with rude_server(found(7)) as server:

        def synchronously() -> None:
            with MeetingClient(**LOCAL, base_url=[down, server.url], max_retries=0) as client:
                for _ in range(2):
                    with pytest.raises(errors.ConfigurationError, match=SETTINGS[name][1]) as caught:
                        client.meetings.get(meeting_unique_id=7)
                    assert "canary" not in str(caught.value)
                monkeypatch.delenv(name)
                assert client.meetings.get(meeting_unique_id=7, timeout=5).subject == "7"

        async def asynchronously() -> None:
            async with AsyncMeetingClient(**LOCAL, base_url=[down, server.url], max_retries=0) as client:
                for _ in range(2):
                    with pytest.raises(errors.ConfigurationError, match=SETTINGS[name][1]):
                        await client.meetings.get(meeting_unique_id=7)
                monkeypatch.delenv(name)
                assert (await client.meetings.get(meeting_unique_id=7, timeout=5)).subject == "7"

        try:
            asyncio.run(asynchronously()) if kind.startswith("async") else synchronously()
        finally:
            ssl_context.cache_clear()


@pytest.mark.case(90)
def test_a_connection_given_back_while_the_client_closes_is_closed_too() -> None:
    transport = HttpcoreTransport()
    kept = transport._connections

    class ClosedMeanwhile(list[Any]):
        """The moment between looking whether the client is closed and keeping the connection."""

        def append(self, item: Any) -> None:
            threading.Thread(target=transport.close).run()
            super().append(item)

    with rude_server(found(7)) as server, MeetingClient(**LOCAL, base_url=server.url, transport=transport) as client:
        kept._idle[server.url] = ClosedMeanwhile()
        assert client.meetings.get(meeting_unique_id=7).subject == "7"
        assert not kept._idle[server.url]


@pytest.mark.case(88, 91)
def test_closing_in_another_event_loop_says_so() -> None:
    with rude_server(found(7)) as server:
        client = AsyncMeetingClient(**LOCAL, base_url=server.url)

        async def use() -> None:
            await client.meetings.get(meeting_unique_id=7)

        first = asyncio.new_event_loop()
        first.run_until_complete(use())
        with pytest.raises(errors.ConfigurationError, match="another event loop"):
            asyncio.run(client.aclose())
        first.run_until_complete(client.aclose())
        first.close()


@pytest.mark.case(87, 94)
def test_a_fork_does_not_inherit_a_lock_that_is_held() -> None:
    """While another thread counts its retry: the child has no such thread, and nobody would ever let go of the lock."""
    budget = Budget()
    held, go = threading.Event(), threading.Event()

    def hold() -> None:
        with retry._lock:
            held.set()
            go.wait(0.2)

    thread = threading.Thread(target=hold)
    thread.start()
    held.wait()
    pid = os.fork()
    if pid == 0:
        signal.alarm(5)
        os._exit(0 if budget.take(Outcome.AMBIGUOUS) == Budget.RETRY_COST else 1)
    go.set()
    thread.join()
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0


@pytest.mark.case(86, 90)
def test_no_place_is_lost_to_threads_whose_calls_fail(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "MOST_CONNECTIONS", 10)
    server = TogetherServer()
    with (
        rude_server(b"") as rude,
        MeetingClient(**LOCAL, base_url=[rude.url, server.url], max_retries=0) as client,
        ThreadPoolExecutor(20) as pool,
    ):

        def fail(_: int) -> None:
            with pytest.raises(errors.APIConnectionError):
                client.meetings.get(meeting_unique_id=1)

        list(pool.map(fail, range(100)))
        rude.close()  # from here on the other gateway answers
        server.expect(10)
        subjects = list(pool.map(lambda n: client.meetings.get(meeting_unique_id=n).subject, range(10)))
        assert subjects == [str(number) for number in range(10)]
    server.close()


@pytest.mark.case(91)
def test_an_injected_client_is_not_used_after_close() -> None:
    with rude_server(found(7)) as server, httpx.Client(trust_env=False) as http:
        client = MeetingClient(**LOCAL, base_url=server.url, http_client=http)
        assert client.meetings.get(meeting_unique_id=7).subject == "7"
        client.close()
        with pytest.raises(errors.ClientClosedError):
            client.meetings.get(meeting_unique_id=7)
        http.close()
        other = MeetingClient(**LOCAL, base_url=server.url, http_client=http)
        with pytest.raises(errors.ClientClosedError):
            other.meetings.get(meeting_unique_id=7)

        async def main() -> None:
            async with httpx.AsyncClient(trust_env=False) as async_http:
                shared = AsyncMeetingClient(**LOCAL, base_url=server.url, http_client=async_http)
                await shared.aclose()
                with pytest.raises(errors.ClientClosedError):
                    await shared.meetings.get(meeting_unique_id=7)

        asyncio.run(main())


@pytest.mark.case(11)
def test_a_task_that_waits_too_long_for_a_place_is_signed_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "MOST_CONNECTIONS", 1)
    monkeypatch.setattr(connections, "LONGEST_QUEUE", 0.1)
    go = threading.Event()

    def hold(connection: socket.socket) -> None:
        go.wait(10)
        connection.sendall(found(1))

    attempts: list[Attempt] = []

    async def main(url: str) -> None:
        async with AsyncMeetingClient(**LOCAL, base_url=url, on_attempt=attempts.append) as client:
            first = asyncio.ensure_future(client.meetings.get(meeting_unique_id=1))
            await asyncio.to_thread(server.wait_for, 1)
            with pytest.raises(errors.APITimeoutError, match="none of 1 connections became free"):
                await client.meetings.get(meeting_unique_id=2, max_retries=1)
            go.set()
            assert (await first).subject == "1"

    with rude_server(hold) as server:
        asyncio.run(main(server.url))
    assert [attempt.number for attempt in attempts] == [1, 2, 1]
    assert len(server.requests) == 1


@pytest.mark.case(91)
def test_a_client_closed_before_its_first_call_opens_nothing() -> None:
    client = MeetingClient(**LOCAL, base_url="http://127.0.0.1:9")
    client.close()
    with pytest.raises(errors.ClientClosedError, match="create another one"):
        client.meetings.get(meeting_unique_id=1)

    async def main() -> None:
        other = AsyncMeetingClient(**LOCAL, base_url="http://127.0.0.1:9")
        await other.aclose()
        with pytest.raises(errors.ClientClosedError, match="create another one"):
            await other.meetings.get(meeting_unique_id=1)

    asyncio.run(main())


@pytest.mark.case(11)
def test_a_full_queue_of_an_injected_client_leaves_no_doubt() -> None:
    waiting = threading.Event()

    def hold(connection: socket.socket) -> None:
        waiting.wait(10)
        connection.sendall(found(1))

    limits = httpx.Limits(max_connections=1)
    with (
        rude_server(hold, found(2)) as server,
        httpx.Client(trust_env=False, limits=limits) as http,
        MeetingClient(**LOCAL, base_url=server.url, http_client=http, max_retries=0) as client,
        ThreadPoolExecutor(1) as pool,
    ):
        first = pool.submit(client.meetings.get, meeting_unique_id=1)
        server.wait_for(1)
        with pytest.raises(errors.APITimeoutError, match="became free in time") as caught:
            client.meetings.create(host="a", type=1, subject="b", timeout=0.1)
        assert not isinstance(caught.value, errors.OutcomeUnknownError), "it never left"
        waiting.set()
        assert first.result().subject == "1"
