"""What the Rust transport does to the process around it: signals, the end, event loops."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import trio
from netease_meeting import AsyncMeetingClient, MeetingClient, errors
from netease_meeting.sandbox import Sandbox
from netease_meeting.sandbox.server import Server
from netease_meeting.turbo import AsyncTurboTransport, TurboTransport

from tests.client.places import found
from tests.conftest import RudeServer, rude_server

KEYS: dict[str, Any] = {"app_key": "key", "app_secret": "secret", "timeout": 60, "max_retries": 0}


def interrupt(connection: socket.socket) -> None:
    os.kill(os.getpid(), signal.SIGINT)
    connection.recv(1)


def test_a_signal_ends_a_call_and_the_next_one_works() -> None:
    with (
        rude_server(found(7), interrupt, interrupt, found(7)) as server,
        MeetingClient(**KEYS, base_url=server.url, transport=TurboTransport()) as client,
    ):
        client.meetings.get(meeting_unique_id=7)
        for _ in range(2):
            with pytest.raises(KeyboardInterrupt):
                client.meetings.get(meeting_unique_id=7)
        assert client.meetings.get(meeting_unique_id=7).subject == "7"


def test_an_interruption_cuts_off_no_call_of_another_thread() -> None:
    waiting, proceed = threading.Event(), threading.Event()

    def wait(connection: socket.socket) -> None:
        waiting.set()
        proceed.wait(30)
        connection.sendall(found(7))

    with (
        rude_server(wait, interrupt) as server,
        MeetingClient(**KEYS, base_url=server.url, transport=TurboTransport()) as client,
        ThreadPoolExecutor(1) as pool,
    ):
        other = pool.submit(client.meetings.get, meeting_unique_id=7)
        assert waiting.wait(30)
        with pytest.raises(KeyboardInterrupt):
            client.meetings.get(meeting_unique_id=7)
        proceed.set()
        assert other.result(30).subject == "7"


def test_the_exception_of_a_signal_handler_arrives_and_it_may_make_a_call() -> None:
    subjects: list[str] = []

    class SoftTimeLimitError(Exception):
        pass

    with (
        rude_server(interrupt, found(7)) as server,
        MeetingClient(**KEYS, base_url=server.url, transport=TurboTransport()) as client,
    ):

        def handle(*_: object) -> None:
            subjects.append(client.meetings.get(meeting_unique_id=7).subject)
            raise SoftTimeLimitError

        before = signal.signal(signal.SIGINT, handle)
        try:
            with pytest.raises(SoftTimeLimitError):
                client.meetings.get(meeting_unique_id=7)
        finally:
            signal.signal(signal.SIGINT, before)
    assert subjects == ["7"]


def test_closing_ends_the_thread_of_the_main_thread() -> None:
    def threads() -> list[threading.Thread]:
        return [thread for thread in threading.enumerate() if thread.name == "netease-meeting-turbo"]

    with rude_server(found(7)) as server:
        with MeetingClient(**KEYS, base_url=server.url, transport=TurboTransport()) as client:
            client.meetings.get(meeting_unique_id=7)
            started = threads()
        for closed in started:
            closed.join(30)
        left = MeetingClient(**KEYS, base_url=server.url, transport=TurboTransport())
        left.meetings.get(meeting_unique_id=7)
        started += threads()
        del left
        for forgotten in started:
            forgotten.join(30)
    assert len(started) == 2
    assert not threads()


PROGRAMS = {
    "asynchronous": """
        async def main():
            async with AsyncMeetingClient(**keys, transport=AsyncTurboTransport()) as client:
                await asyncio.gather(*[client.accounts.create() for _ in range(20)])
        asyncio.run(main())
    """,
    "asynchronous, never closed": """
        async def main():
            client = AsyncMeetingClient(**keys, transport=AsyncTurboTransport())
            await asyncio.gather(*[client.accounts.create() for _ in range(20)])
        asyncio.run(main())
    """,
    "daemon threads in the middle of calls": """
        client = MeetingClient(**keys, transport=TurboTransport())
        def work():
            while True:
                client.accounts.create()
        threading.excepthook = lambda _: None
        for _ in range(8):
            threading.Thread(target=work, daemon=True).start()
        client.accounts.create()
    """,
}


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Server]:
    with Server(Sandbox()) as server:
        yield server


@pytest.mark.parametrize("name", PROGRAMS)
def test_the_end_of_the_process_is_not_an_abort(name: str, sandbox: Server) -> None:
    """It was in one process of seven: 30 let that pass unseen once in a hundred times."""
    keys = {"app_key": "sandbox-key", "app_secret": "sandbox-secret", "base_url": sandbox.url}
    lines = PROGRAMS[name].splitlines()
    program = "\n".join(
        [
            "import asyncio, threading",
            "from netease_meeting import AsyncMeetingClient, MeetingClient",
            "from netease_meeting.turbo import AsyncTurboTransport, TurboTransport",
            f"keys = {keys!r}",
            *(line.removeprefix(" " * 8) for line in lines),
        ]
    )
    with ThreadPoolExecutor(3) as pool:
        ended = list(
            pool.map(lambda _: subprocess.run([sys.executable, "-c", program], capture_output=True), range(30))
        )
    assert {done.returncode: done.stderr for done in ended if done.returncode} == {}


def test_trio_is_refused_before_anything_is_sent() -> None:
    server: RudeServer
    with rude_server(found(7)) as server:

        async def main() -> None:
            async with AsyncMeetingClient(**KEYS, base_url=server.url, transport=AsyncTurboTransport()) as client:
                with pytest.raises(errors.ConfigurationError, match=r"AsyncTurboTransport needs asyncio.*trio"):
                    await client.meetings.get(meeting_unique_id=7)

        trio.run(main)
        assert server.requests == []


def test_closing_while_calls_are_under_way_lets_them_end() -> None:
    arrived, proceed = threading.Event(), threading.Event()

    def wait(connection: socket.socket) -> None:
        arrived.set()
        proceed.wait(30)
        connection.sendall(found(7))

    async def main(url: str) -> None:
        client = AsyncMeetingClient(**KEYS, base_url=url, transport=AsyncTurboTransport())
        call = asyncio.create_task(client.meetings.get(meeting_unique_id=7))
        assert await asyncio.to_thread(arrived.wait, 30)
        await client.aclose()
        proceed.set()
        assert (await call).subject == "7"

    with rude_server(wait) as server:
        asyncio.run(main(server.url))
