"""How much work a call is, in function calls: a number that no load on the machine changes.

The interpreter's profile hook counts every call of a Python or C function. The number depends on the versions of
Python, httpcore, h11 and msgspec, so it is compared where those are locked: on Python 3.11 with requirements-dev.txt,
as CI runs it. On another Python the tests say so and skip. An asynchronous call through turbo is not counted: how often
the loop looks for its answer depends on how long that takes.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from netease_meeting import AsyncMeetingClient, MeetingClient
from netease_meeting.turbo import TurboTransport

from tests.conftest import RudeServer, reply, rude_server

LOCKED = sys.version_info[:2] == (3, 11)
EFFORT: dict[str, int] = json.loads((Path(__file__).parent / "effort.json").read_text())
"""What is accepted. A change for the better is written there by hand, with the commit that made it."""

MEETING = {"meetingUniqueId": 7, "meetingId": "123456789", "subject": "周会", "status": 2}
PAGE = {"list": [MEETING] * 100, "pageIndex": 0, "pageSize": 100, "totalNum": 100, "totalPages": 1}


def answering(ret: object) -> Any:
    return rude_server(reply(json.dumps({"code": 200, "ret": ret}).encode()))


@pytest.fixture
def server() -> Iterator[RudeServer]:
    with answering(MEETING) as running:
        yield running


def options(server: RudeServer) -> dict[str, Any]:
    return {"app_key": "key", "app_secret": "secret", "base_url": server.url}


@contextmanager
def counting() -> Iterator[Counter[str]]:
    """Count the functions called in here, of Python and of C."""
    calls: Counter[str] = Counter()

    def watch(frame: object, event: str, argument: object) -> None:
        calls[event] += 1

    sys.setprofile(watch)
    try:
        yield calls
    finally:
        sys.setprofile(None)


def least(counts: list[Counter[str]]) -> int:
    """Return the smallest count: a random number is drawn again now and then, an answer may come in two pieces."""
    return min(calls["call"] + calls["c_call"] for calls in counts)


def counted(call: Callable[[], object]) -> int:
    counts: list[Counter[str]] = []
    for _ in range(20):
        with counting() as calls:
            call()
        counts.append(calls)
    return least(counts)


async def counted_async(call: Callable[[], Awaitable[object]]) -> int:
    counts: list[Counter[str]] = []
    for _ in range(20):
        with counting() as calls:
            await call()
        counts.append(calls)
    return least(counts)


def check(name: str, count: int) -> None:
    if not LOCKED:
        pytest.skip(f"{count} function calls; they are compared on Python 3.11, where all versions are locked")
    accepted = EFFORT[name]
    assert count <= accepted, f"{name} takes {count} function calls, {accepted} are accepted"
    assert count > accepted * 0.95, f"{name} takes only {count} function calls: write that into effort.json"


def test_a_call(server: RudeServer) -> None:
    with MeetingClient(**options(server)) as client:
        client.meetings.get(meeting_unique_id=7)
        check("get", counted(lambda: client.meetings.get(meeting_unique_id=7)))


def test_a_page_costs_as_much_as_a_call() -> None:
    with answering(PAGE) as server, MeetingClient(**options(server)) as client:
        assert len(list(client.meetings.list())) == 100
        check("list of 100", counted(lambda: list(client.meetings.list())))


def test_a_call_through_turbo(server: RudeServer) -> None:
    with MeetingClient(**options(server), transport=TurboTransport()) as client:
        client.meetings.get(meeting_unique_id=7)
        with ThreadPoolExecutor(1) as pool:  # in the main thread, half of the work is done in another one
            count = pool.submit(counted, lambda: client.meetings.get(meeting_unique_id=7)).result()
        check("turbo get", count)


def test_an_asynchronous_call(server: RudeServer) -> None:
    async def main() -> int:
        async with AsyncMeetingClient(**options(server)) as client:
            await client.meetings.get(meeting_unique_id=7)
            return await counted_async(lambda: client.meetings.get(meeting_unique_id=7))

    check("async get", asyncio.run(main()))


@pytest.mark.parametrize(
    "program",
    ["import netease_meeting", "import netease_meeting.webhooks", "from netease_meeting import MeetingClient"],
)
def test_modules_an_import_loads(program: str) -> None:
    code = f"import sys; before = set(sys.modules); {program}; print(*sorted(set(sys.modules) - before))"
    done = subprocess.run([sys.executable, "-I", "-c", code], check=True, capture_output=True, text=True)
    loaded = done.stdout.split()
    assert not {"httpx", "httpcore", "asyncio", "email.utils"} & set(loaded)
    if not LOCKED:
        pytest.skip(f"{len(loaded)} modules; they are compared on Python 3.11, where all versions are locked")
    assert len(loaded) <= EFFORT[program], f"{program} loads {len(loaded)} modules: {' '.join(loaded)}"


@pytest.mark.case(51)
@pytest.mark.parametrize(
    "program",
    [
        "client = netease_meeting.MeetingClient(**options); {before}; client.meetings.get(meeting_unique_id=7)",
        "client = netease_meeting.AsyncMeetingClient(**options); {before}; "
        "asyncio.run(client.meetings.get(meeting_unique_id=7))",
    ],
    ids=["synchronous", "asynchronous"],
)
def test_the_transport_is_imported_before_the_deadline_of_a_first_call_begins(server: RudeServer, program: str) -> None:
    code = (
        f"import sys, asyncio, netease_meeting; options = {options(server)!r}; "
        f"{program.format(before='before = set(sys.modules)')}; import colorsys; "
        "print(*sorted(set(sys.modules) - before))"
    )
    done = subprocess.run([sys.executable, "-I", "-c", code], check=True, capture_output=True, text=True)
    assert "colorsys" in done.stdout.split(), "what is loaded is seen"
    assert not [name for name in done.stdout.split() if name.startswith(("httpcore", "ssl", "h11", "netease_meeting"))]
