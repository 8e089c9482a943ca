"""Figures 1 to 3: a network that breaks things, answers that get lost, and a server that is gone."""

from __future__ import annotations

import asyncio
import contextlib
import random
import secrets
import time
from collections import Counter
from typing import Any

from netease_meeting import AsyncMeetingClient, Attempt, Meeting, MeetingClient, MeetingStatus, errors
from netease_meeting.sandbox import Sandbox
from netease_meeting.sandbox.server import Server

from tests.figure import Figure

from .proxy import Proxy

TASKS = 40
SAFE = ("get", "list", "records", "account", "by id", "token", "edit")
UNSAFE = ("create", "cancel", "end", "join")


def connect(url: str, **options: Any) -> AsyncMeetingClient:
    return AsyncMeetingClient(
        app_key="sandbox-key", app_secret="sandbox-secret", base_url=url, **{"timeout": 120, **options}
    )


def port(server: Server) -> int:
    return int(server.url.rpartition(":")[2])


async def shared_out(count: int, work: Any) -> None:
    numbers = iter(range(count))

    async def worker() -> None:
        for number in numbers:
            await work(number)

    await asyncio.gather(*(worker() for _ in range(TASKS)))


def mixed_calls(seed: int) -> Figure:
    """10 000 calls of all kinds; what comes back is compared with what must come back."""
    rounds, safe = 10_000, Counter[str]()
    calls = requests = 0
    wrong: list[str] = []
    undeclared: list[str] = []

    def count(attempt: Attempt) -> None:
        nonlocal calls, requests
        calls += attempt.number == 1
        requests += 1

    async def run(direct: MeetingClient, url: str) -> None:
        host = direct.accounts.create(im_accid="host").account_id
        start = int(time.time() * 1000) + 86_400_000
        meetings = [
            direct.meetings.create(host=host, type=3, subject=f"m{index}", start_time=start, end_time=start + 1000)
            for index in range(50)
        ]
        chance = random.Random(seed)
        async with connect(url, max_retries=4, on_attempt=count) as client:

            async def one(number: int) -> None:
                meeting = meetings[chance.randrange(50)]
                kind = chance.choice([*SAFE, *UNSAFE])
                is_safe = kind in SAFE
                try:
                    right = await call(client, kind, number, host, meeting, chance)
                except errors.MeetingError:
                    safe["failed" if is_safe else "unsafe failed"] += 1
                except Exception as error:
                    undeclared.append(repr(error))
                else:
                    safe["ok" if is_safe else "unsafe ok"] += 1
                    if not right:
                        wrong.append(kind)

            await shared_out(rounds, one)

    with Server(Sandbox()) as server, Proxy(port(server), seed) as proxy:
        asyncio.run(run(server.sandbox.client(), proxy.url))
        made = Counter(row["subject"] for row in server.sandbox.state()["meetings"])
        faults = sum(proxy.faults.values()) - proxy.faults["none"]
        kinds = len(set(proxy.faults) - {"none"})
        share = faults / proxy.requests
    twice = sum(times > 1 for subject, times in made.items() if subject.startswith("c"))
    success = safe["ok"] / (safe["ok"] + safe["failed"])
    values = {
        "calls": calls,
        "faults": f"{share:.1%} of {kinds} kinds",
        "wrong": len(wrong) + twice,
        "undeclared": len(undeclared),
        "attempts/call": round(requests / calls, 3),
        "safe ok": f"{success:.4%}",
    }
    struck = calls >= rounds and share > 0.19 and kinds == 8
    met = struck and not wrong and not twice and not undeclared and requests / calls <= 1.30 and success >= 0.999
    name = "10 000 mixed calls, 20 % faults of 8 kinds"
    return Figure(name, "0 wrong, 0 undeclared, ≤ 1.30 attempts, safe ≥ 99.9 %", met, values)


async def call(
    client: AsyncMeetingClient, kind: str, number: int, host: str, meeting: Meeting, chance: random.Random
) -> bool:
    if kind == "get":
        got = await client.meetings.get(meeting_unique_id=meeting.meeting_unique_id)
        return got.subject == meeting.subject
    if kind == "edit":
        await client.meetings.edit(meeting_unique_id=meeting.meeting_unique_id, subject=meeting.subject)
        return True
    if kind == "by id":
        return (await client.accounts.get_by_account_id(account_id=host)).account_id == host
    if kind == "end":
        made = await client.meetings.create(host=host, type=1, subject=f"c{number}")
        await client.meetings.end_by_meeting_unique_id(meeting_unique_id=made.meeting_unique_id, recycle=True)
        return (await client.meetings.get(meeting_unique_id=made.meeting_unique_id)).status is MeetingStatus.RECYCLED
    if kind == "list":
        page = await client.meetings.list(meeting_unique_id=meeting.meeting_unique_id).pages().__anext__()
        return [row.subject for row in page.rows] == [meeting.subject]
    if kind == "records":
        return await client.recordings.list(meeting_unique_id=meeting.meeting_unique_id) == []
    if kind == "account":
        return (await client.accounts.get_by_im_accid(im_accid="host")).account_id == host
    if kind == "token":
        await client.accounts.update_token(account_id=host, account_token=f"t{number}")
        return True
    if kind == "create":
        made = await client.meetings.create(host=host, type=1, subject=f"c{number}")
        return made.subject == f"c{number}"
    if kind == "cancel":
        start = int(time.time() * 1000) + 86_400_000
        made = await client.meetings.create(host=host, type=3, subject="p", start_time=start, end_time=start + 1000)
        await client.meetings.cancel(meeting_unique_id=made.meeting_unique_id)
        return (await client.meetings.get(meeting_unique_id=made.meeting_unique_id)).status is MeetingStatus.CANCELED
    info = await client.meetings.anonymous_join_info(
        meeting_id=meeting.meeting_id, nick_name="n", video=1, audio=1, client_type=6, device_id=f"d{number}"
    )
    return info.meeting_unique_id == meeting.meeting_unique_id


def duplicates(seed: int) -> Figure:
    """10 000 creates, a tenth of which are executed without an answer; then what reconciling finds."""
    count, tomorrow = 10_000, int(time.time() + 86_400) * 1000
    unknown: list[errors.OutcomeUnknownError] = []
    said: dict[str, set[str]] = {word: set() for word in ("answered", "made", "not made", "unknown")}

    async def run(direct: MeetingClient, url: str) -> None:
        host = direct.accounts.create().account_id
        async with connect(url) as client:

            async def one(number: int) -> None:
                subject = f"{number} {secrets.token_hex(4)}"
                try:
                    start = tomorrow + number * 1000
                    await client.meetings.create(
                        host=host, type=3, subject=subject, start_time=start, end_time=start + 3_600_000
                    )
                except errors.OutcomeUnknownError as error:
                    unknown.append(error)
                    try:
                        found = await client.with_options(max_retries=4).meetings.find_created(error)
                        said["made" if found else "not made"].add(subject)
                    except errors.MeetingError:
                        said["unknown"].add(subject)
                else:
                    said["answered"].add(subject)

            await shared_out(count, one)

    kinds = ("reset_after", "reset_before")
    with Server(Sandbox()) as server, Proxy(port(server), seed, share=0.2, kinds=kinds) as proxy:
        asyncio.run(run(server.sandbox.client(), proxy.url))
        subjects = Counter(row["subject"] for row in server.sandbox.state()["meetings"])
    twice = sum(1 for times in subjects.values() if times > 1)
    made = subjects.keys()
    wrong = (
        ((said["answered"] | said["made"]) - made) | (said["not made"] & made) | (made - set().union(*said.values()))
    )
    values = {
        "duplicates": twice,
        "unacknowledged": len(said["made"]),
        "unknown before reconciling": len(unknown),
        "after": len(said["unknown"]),
        "said wrongly": len(wrong),
    }
    met = (
        not twice
        and not wrong
        and sum(map(len, said.values())) == count
        and len(said["unknown"]) <= count * 0.005
        and len(said["made"]) > count * 0.08
    )
    return Figure(
        "duplicate meetings in 10 000 creates, 10 % unacknowledged", "0; after reconciling ≤ 0.5 % unknown", met, values
    )


def outage(seed: int) -> Figure:
    """1 000 calls while every request fails, then how soon calls succeed once it is over."""

    async def run(proxy: Proxy) -> tuple[float, float]:
        async with connect(proxy.url, timeout=20) as client:
            for _ in range(1000):
                with contextlib.suppress(errors.APIConnectionError):
                    await client.meetings.get(meeting_unique_id=1)
            per_call = proxy.requests / 1000
            proxy.calm()
            started = time.monotonic()
            while True:
                try:
                    await client.meetings.get(meeting_unique_id=1)
                except errors.NotFoundError:
                    return per_call, time.monotonic() - started
                except errors.MeetingError:
                    continue

    with Server(Sandbox()) as server, Proxy(port(server), seed, share=1.0, kinds=("reset_before",)) as proxy:
        per_call, recovery = asyncio.run(run(proxy))
    values = {"attempts/call": per_call, "recovery s": round(recovery, 3)}
    return Figure(
        "1 000 calls in a total outage", "≤ 1.1 attempts/call, recovery < 5 s", per_call <= 1.1 and recovery < 5, values
    )
