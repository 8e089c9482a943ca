"""Figures 10 and 11: cancelled tasks, threads, forks, closing in flight."""

from __future__ import annotations

import asyncio
import gc
import os
import random
import signal
import threading
import time
import warnings
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

from netease_meeting import AsyncMeetingClient, MeetingClient, errors
from netease_meeting._runtime import connections
from netease_meeting.sandbox import Sandbox
from netease_meeting.sandbox.server import Server

from tests.client.places import TogetherServer
from tests.figure import Figure

SLOTS = 10
CANCELS = 10_000
FORKS = 20
CALLING = 20
"""Threads that go on calling until the last fork is over."""


def cancellation(seed: int) -> Figure:
    """Twice as many tasks as connections, 70 % of them cancelled, 10 000 times; then how many places are left."""
    chance = random.Random(seed)
    ended = Counter[str]()
    server = TogetherServer()

    async def run() -> int:
        async with AsyncMeetingClient(app_key="k", app_secret="s", base_url=server.url, max_retries=0) as client:

            async def one() -> None:
                await client.meetings.get(meeting_unique_id=7)

            deadline = time.monotonic() + 90
            while ended["CancelledError"] < CANCELS and time.monotonic() < deadline:
                tasks = [asyncio.create_task(one()) for _ in range(SLOTS * 2)]
                await asyncio.sleep(chance.random() * 0.01)
                for task in tasks:
                    if chance.random() < 0.7:
                        task.cancel()
                for result in await asyncio.gather(*tasks, return_exceptions=True):
                    ended["done" if result is None else type(result).__name__] += 1
            for left in range(SLOTS, 0, -1):  # answered only when so many requests are under way at once
                server.expect(left)
                probes = await asyncio.gather(*(one() for _ in range(left)), return_exceptions=True)
                if probes == [None] * left:
                    return SLOTS - left
            return SLOTS

    most = connections.MOST_CONNECTIONS
    connections.MOST_CONNECTIONS = SLOTS
    try:
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            orphaned = asyncio.run(run())
            gc.collect()
    finally:
        connections.MOST_CONNECTIONS = most
        server.close()
    forgotten = sum(warning.category is ResourceWarning for warning in caught)
    values = {
        "done": ended["done"],
        "cancelled": ended["CancelledError"],
        "other ends": sum(ended.values()) - ended["done"] - ended["CancelledError"],
        "orphaned": f"{orphaned} of {SLOTS}",
        "sockets forgotten": forgotten,
    }
    met = orphaned == forgotten == values["other ends"] == 0 and ended["CancelledError"] >= CANCELS
    return Figure("10 000 cancelled under contention", "0 orphaned places, 0 forgotten sockets", met, values)


def threads_and_forks(seed: int) -> Figure:
    """100 threads × 100 calls through one client, forks while other threads call, and a close in flight."""
    mixed = forked = 0
    raw: list[str] = []
    forks_over = threading.Event()
    with Server(Sandbox()) as server:
        client = MeetingClient(app_key="sandbox-key", app_secret="sandbox-secret", base_url=server.url, timeout=120)
        host = client.accounts.create().account_id
        numbers = [client.meetings.create(host=host, type=1, subject=f"m{n}").meeting_unique_id for n in range(100)]

        def wrong(chance: random.Random) -> bool:
            which = chance.randrange(100)
            return client.meetings.get(meeting_unique_id=numbers[which]).subject != f"m{which}"

        def work(index: int) -> int:
            chance = random.Random(seed * 1000 + index)
            return sum(wrong(chance) for _ in range(100))

        def work_on(index: int) -> int:
            chance = random.Random(seed * 1000 + index)
            return sum(wrong(chance) for _ in iter(forks_over.is_set, True))

        with ThreadPoolExecutor(100) as pool:
            mixed = sum(pool.map(work, range(100)))
        with ThreadPoolExecutor(CALLING) as pool:
            busy = [pool.submit(work_on, 1000 + index) for index in range(CALLING)]
            try:
                for _ in range(FORKS):
                    pid = os.fork()
                    if pid == 0:
                        signal.alarm(60)  # a child that waits for a lock nobody holds any more
                        status = 1
                        try:
                            status = 0 if client.meetings.get(meeting_unique_id=numbers[3]).subject == "m3" else 2
                        finally:
                            os._exit(status)
                    mixed += client.meetings.get(meeting_unique_id=numbers[5]).subject != "m5"
                    forked += os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) != 0
                amid = sum(task.running() for task in busy)
            finally:
                forks_over.set()
            mixed += sum(task.result() for task in busy)

        def until_closed(_: int) -> str:
            while True:
                try:
                    client.meetings.get(meeting_unique_id=numbers[0])
                except errors.ClientClosedError:
                    return "closed"
                except Exception as error:
                    return repr(error)

        with ThreadPoolExecutor(20) as pool:
            results = pool.map(until_closed, range(20))
            time.sleep(0.2)
            client.close()
            raw = [text for text in results if text != "closed"]
    values = {
        "mixed": mixed,
        "failed forks": f"{forked} of {FORKS}",
        "threads calling to the last fork": f"{amid} of {CALLING}",
        "raw errors on close": len(raw),
    }
    name = f"100 threads × 100 calls, {FORKS} forks among them, close in flight"
    met = mixed == forked == 0 and amid == CALLING and not raw
    return Figure(name, f"0 mixed, 0 failed, 0 raw, {CALLING} threads calling all the while", met, values)
