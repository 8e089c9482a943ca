"""Figures 10 and 11: cancelled tasks, threads, forks, closing in flight."""

from __future__ import annotations

import asyncio
import os
import random
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

from netease_meeting import AsyncMeetingClient, MeetingClient, errors
from netease_meeting._runtime import connections
from netease_meeting.sandbox import Sandbox
from netease_meeting.sandbox.server import Server

from tests.figure import Figure

SLOTS = 10


def cancellation(seed: int) -> Figure:
    """20 seconds of twice as many tasks as connections, 70 % of them cancelled; then how many places are left."""
    chance = random.Random(seed)
    ended = Counter[str]()

    async def run(url: str, number: int) -> int:
        async with AsyncMeetingClient(
            app_key="sandbox-key", app_secret="sandbox-secret", base_url=url, max_retries=0
        ) as client:

            async def one() -> None:
                await client.meetings.get(meeting_unique_id=number)

            deadline = time.monotonic() + 20
            while time.monotonic() < deadline:
                tasks = [asyncio.create_task(one()) for _ in range(SLOTS * 2)]
                await asyncio.sleep(chance.random() * 0.01)
                for task in tasks:
                    if chance.random() < 0.7:
                        task.cancel()
                for result in await asyncio.gather(*tasks, return_exceptions=True):
                    ended["done" if result is None else type(result).__name__] += 1
            probes = await asyncio.wait_for(asyncio.gather(*(one() for _ in range(SLOTS))), 20)
            return SLOTS - len(probes)

    most = connections.MOST_CONNECTIONS
    connections.MOST_CONNECTIONS = SLOTS
    try:
        with Server(Sandbox()) as server:
            direct = server.sandbox.client()
            host = direct.accounts.create().account_id
            number = direct.meetings.create(host=host, type=1, subject="x").meeting_unique_id
            orphaned = asyncio.run(run(server.url, number))
    finally:
        connections.MOST_CONNECTIONS = most
    others = set(ended) - {"done", "CancelledError"}
    values = {"done": ended["done"], "cancelled": ended["CancelledError"], "orphaned": f"{orphaned} of {SLOTS}"}
    met = orphaned == 0 and not others and ended["CancelledError"] > 1000
    return Figure("cancelling under contention, 20 s", "0 orphaned places", met, values)


def threads_and_forks(seed: int) -> Figure:
    """100 threads × 100 calls through one client, forks in between, and a close in flight."""
    mixed = forked = 0
    raw: list[str] = []
    with Server(Sandbox()) as server:
        client = MeetingClient(app_key="sandbox-key", app_secret="sandbox-secret", base_url=server.url, timeout=120)
        host = client.accounts.create().account_id
        numbers = [client.meetings.create(host=host, type=1, subject=f"m{n}").meeting_unique_id for n in range(100)]

        def work(index: int) -> int:
            wrong = 0
            chance = random.Random(seed * 1000 + index)
            for _ in range(100):
                which = chance.randrange(100)
                wrong += client.meetings.get(meeting_unique_id=numbers[which]).subject != f"m{which}"
            return wrong

        with ThreadPoolExecutor(100) as pool:
            mixed = sum(pool.map(work, range(100)))
        for _ in range(20):
            pid = os.fork()
            if pid == 0:
                status = 1
                try:
                    status = 0 if client.meetings.get(meeting_unique_id=numbers[3]).subject == "m3" else 2
                finally:
                    os._exit(status)
            mixed += client.meetings.get(meeting_unique_id=numbers[5]).subject != "m5"
            forked += os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) != 0

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
    values = {"mixed": mixed, "failed forks": forked, "raw errors on close": len(raw)}
    name = "100 threads × 100 calls, 20 forks, close in flight"
    return Figure(name, "0 mixed, 0 failed, 0 raw", mixed == forked == 0 and not raw, values)
