"""Threads, forks, event loops, cancelled tasks and clients closed at bad moments."""

from __future__ import annotations

import asyncio
import gc
import json
import os
import random
import socket
import threading
import time
import warnings
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from types import ModuleType
from typing import Any

import pytest
from netease_meeting import AsyncMeetingClient, MeetingClient, errors, turbo
from netease_meeting._runtime import connections
from netease_meeting._runtime.async_httpcore_transport import AsyncHttpcoreTransport
from netease_meeting._runtime.retry import Budget, Outcome
from netease_meeting.sandbox import Sandbox
from netease_meeting.sandbox.server import Server

from tests.client.places import TogetherServer, found
from tests.conftest import RudeServer, receive, reply, rude_server


class EchoServer(RudeServer):
    """Answers each request with what it asked for, after a random moment."""

    def __init__(self, longest: float = 0.0) -> None:
        chance = random.Random(7)

        def serve(connection: socket.socket) -> None:
            request: bytes = self.requests[-1]
            while request:
                number = json.loads(request.partition(b"\r\n\r\n")[2])["meetingUniqueId"]
                time.sleep(chance.random() * longest)
                connection.sendall(found(number))
                request = receive(connection)

        super().__init__([serve])


@pytest.fixture
def server() -> Iterator[Server]:
    with Server(Sandbox()) as running:
        yield running


def client(url: str, **options: Any) -> MeetingClient:
    return MeetingClient(app_key="sandbox-key", app_secret="sandbox-secret", base_url=url, **options)


def async_client(url: str, **options: Any) -> AsyncMeetingClient:
    return AsyncMeetingClient(app_key="sandbox-key", app_secret="sandbox-secret", base_url=url, **options)


@pytest.mark.case(86)
def test_a_hundred_threads_never_get_each_others_replies(server: Server) -> None:
    with client(server.url) as shared:
        host = shared.accounts.create().account_id
        numbers = [
            shared.meetings.create(host=host, type=1, subject=f"m{index}").meeting_unique_id for index in range(20)
        ]

        def work(seed: int) -> int:
            chance = random.Random(seed)
            for _ in range(20):
                index = chance.randrange(20)
                assert shared.meetings.get(meeting_unique_id=numbers[index]).subject == f"m{index}"
            return 20

        with ThreadPoolExecutor(100) as pool:
            assert sum(pool.map(work, range(100))) == 2000


@pytest.mark.case(94)
def test_the_budget_is_exact_under_threads() -> None:
    budget = Budget()
    with ThreadPoolExecutor(16) as pool:
        granted = sum(pool.map(lambda _: budget.take(Outcome.NOT_SENT) > 0, range(1000)))
    assert granted == Budget.CAPACITY // Budget.RETRY_COST


@pytest.mark.case(87)
def test_a_fork_after_use_opens_connections_of_its_own(server: Server) -> None:
    with client(server.url) as shared:
        account = shared.accounts.create(im_accid="parent")
        found: list[int] = []
        for _ in range(5):
            pid = os.fork()
            if pid == 0:
                status = 1
                try:
                    status = 0 if shared.accounts.get_by_im_accid(im_accid="parent") == account else 2
                finally:
                    os._exit(status)
            assert shared.accounts.get_by_im_accid(im_accid="parent") == account
            found.append(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
        assert found == [0] * 5
        assert shared.accounts.get_by_im_accid(im_accid="parent") == account


@pytest.mark.case(88)
def test_a_client_belongs_to_one_event_loop(server: Server) -> None:
    shared = async_client(server.url)

    async def use() -> None:
        await shared.meetings.list().pages().__anext__()

    first = asyncio.new_event_loop()
    first.run_until_complete(use())
    with pytest.raises(errors.ConfigurationError, match="another event loop"):
        asyncio.run(use())
    first.run_until_complete(shared.aclose())
    first.close()


@pytest.mark.case(84, 89)
def test_cancelling_loses_no_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    """Many more tasks than connections, most of them cancelled at random moments; then every place is free again."""
    monkeypatch.setattr(connections, "MOST_CONNECTIONS", 10)
    server = TogetherServer()
    chance = random.Random(11)

    async def main() -> None:
        cancelled = finished = 0
        transport = AsyncHttpcoreTransport()
        async with async_client(server.url, transport=transport, max_retries=0) as shared:

            async def one(number: int) -> bool:
                meeting = await shared.meetings.get(meeting_unique_id=number)
                assert meeting.subject == str(number)
                return True

            wave = 0
            while cancelled <= 100 or finished <= 50:  # as many waves as it takes, whatever the machine's speed
                wave += 1
                assert wave < 1000
                tasks = [asyncio.create_task(one(wave * 100 + index)) for index in range(40)]
                await asyncio.sleep(chance.random() * 0.02)
                for task in tasks:
                    if chance.random() < 0.7:
                        task.cancel()
                for result in await asyncio.gather(*tasks, return_exceptions=True):
                    if isinstance(result, asyncio.CancelledError):
                        cancelled += 1
                    else:
                        assert result is True
                        finished += 1
            server.expect(10)  # with one place lost, nine would come and wait for the tenth in vain
            assert await asyncio.gather(*(one(index) for index in range(10))) == [True] * 10

    try:
        asyncio.run(main())
    finally:
        server.close()


@pytest.mark.case(84)
def test_cancelling_ends_a_wait_between_attempts_at_once() -> None:
    async def main() -> None:
        busy = reply(b'{"code":510,"msg":""}', b"200 OK", b"application/json", b"Retry-After: 50")
        with rude_server(busy) as server:
            async with async_client(server.url, timeout=600) as shared:
                task = asyncio.create_task(shared.meetings.cancel(meeting_unique_id=1))
                await asyncio.to_thread(server.wait_for, 1)
                task.cancel()
                with pytest.raises(asyncio.CancelledError):
                    await asyncio.wait_for(task, 5)

    asyncio.run(main())


@pytest.mark.case(90, 91)
def test_closing_lets_calls_in_flight_end_and_refuses_new_ones() -> None:
    server = EchoServer(longest=0.2)
    shared = client(server.url)
    results: list[str] = []

    def work(number: int) -> None:
        try:
            results.append(shared.meetings.get(meeting_unique_id=number).subject)
        except errors.ClientClosedError:
            results.append("closed")

    threads = [threading.Thread(target=work, args=(number,)) for number in range(20)]
    for thread in threads:
        thread.start()
    server.wait_for(10)
    shared.close()
    for thread in threads:
        thread.join()
    server.close()
    assert len(results) == 20
    assert set(results) <= {"closed", *map(str, range(20))}
    with pytest.raises(errors.ClientClosedError):
        shared.meetings.get(meeting_unique_id=1)


@pytest.mark.case(90, 91)
def test_closing_asynchronously_does_the_same() -> None:
    server = EchoServer(longest=0.1)

    async def main() -> None:
        shared = async_client(server.url)
        tasks = [asyncio.create_task(shared.meetings.get(meeting_unique_id=number)) for number in range(10)]
        await asyncio.to_thread(server.wait_for, 5)
        await shared.aclose()
        for number, result in enumerate(await asyncio.gather(*tasks, return_exceptions=True)):
            assert isinstance(result, errors.ClientClosedError) or getattr(result, "subject", None) == str(number)
        with pytest.raises(errors.ClientClosedError):
            await shared.meetings.get(meeting_unique_id=1)

    try:
        asyncio.run(main())
    finally:
        server.close()


@pytest.mark.case(92)
def test_a_client_never_closed_is_a_resource_warning(server: Server) -> None:
    def forget() -> None:
        forgotten = client(server.url)
        forgotten.accounts.create()

    async def forget_too() -> None:
        forgotten = async_client(server.url)
        await forgotten.accounts.create()
        del forgotten
        gc.collect()
        await asyncio.sleep(0)

    def warned(action: Callable[[], object]) -> list[str]:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            action()
            gc.collect()
        return [str(warning.message) for warning in caught if warning.category is ResourceWarning]

    assert any("never closed" in text and "close()" in text for text in warned(forget))
    assert any("never closed" in text and "aclose()" in text for text in warned(lambda: asyncio.run(forget_too())))
    unused = warned(lambda: MeetingClient(app_key="k", app_secret="s"))
    assert not any("never closed" in text for text in unused), "one that was never used holds nothing"


@pytest.mark.case(11)
@pytest.mark.parametrize("limits", [connections, turbo])
def test_waiting_for_a_connection_ends_while_its_signature_is_fresh(
    limits: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    """11b: nobody waits longer with a signed request than the server accepts it; it is signed anew."""
    monkeypatch.setattr(limits, "MOST_CONNECTIONS", 1)
    monkeypatch.setattr(limits, "LONGEST_QUEUE", 0.1)
    transport = turbo.TurboTransport() if limits is turbo else None
    server = EchoServer(longest=0.4)
    with client(server.url, transport=transport) as shared, ThreadPoolExecutor(2) as pool:
        found = list(pool.map(lambda n: shared.meetings.get(meeting_unique_id=n, max_retries=50).subject, range(4)))
    server.close()
    assert found == ["0", "1", "2", "3"]
