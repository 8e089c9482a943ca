"""A tour: real signed calls over HTTP against the sandbox, printed as a table. `make demo` runs it."""

from __future__ import annotations

import sys
import textwrap
import time
import unicodedata
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from io import TextIOWrapper
from typing import TypeVar

from netease_meeting import MeetingClient, MeetingType, errors
from netease_meeting.sandbox import Sandbox
from netease_meeting.sandbox.server import Server

Result = TypeVar("Result")
WIDTH = 64


def main() -> None:
    with Server(Sandbox()) as server:
        url = server.url
        print(f"\nA local gateway that checks every signature listens at {url}\n")
        with MeetingClient(app_key="sandbox-key", app_secret="sandbox-secret", base_url=url) as client:
            tour(client)
        print("\nThe same, with a wrong secret:\n")
        with MeetingClient(app_key="sandbox-key", app_secret="not-the-secret", base_url=url) as client:
            step("accounts.create", lambda: client.accounts.create(im_accid="mallory").account_id)
    print("\nEverything above went over HTTP, signed as the vendor's document says. README.md goes on from here.\n")


def tour(client: MeetingClient) -> None:
    row("call", "outcome", "ms")
    row("-" * 26, "-" * WIDTH, "-" * 6)
    created = timed("accounts.create", lambda: client.accounts.create(im_accid="alice"), lambda made: made.account_id)
    start = datetime.now(UTC) + timedelta(days=1)
    meeting = timed(
        "meetings.create",
        lambda: client.meetings.create(
            host=created.account_id,
            type=MeetingType.SCHEDULED,
            subject="项目周会",
            start_time=start,
            end_time=start + timedelta(hours=1),
        ),
        lambda made: f"meeting {made.meeting_id}, {made.status.name}, starts tomorrow at {made.start_at:%H:%M} UTC",
    )
    number = meeting.meeting_unique_id
    step("meetings.list", lambda: ", ".join(f"{row.meeting_id} {row.subject}" for row in client.meetings.list()))
    step("meetings.edit", lambda: client.meetings.edit(meeting_unique_id=number, subject="项目周会（改期）"))
    step("meetings.get", lambda: f"subject is now {client.meetings.get(meeting_unique_id=number).subject}")
    step("meetings.cancel", lambda: client.meetings.cancel(meeting_unique_id=number))
    step("meetings.get", lambda: f"status is now {client.meetings.get(meeting_unique_id=number).status.name}")
    step("meetings.edit", lambda: client.meetings.edit(meeting_unique_id=number, subject="太晚了"))
    step("meetings.get", lambda: client.meetings.get(meeting_unique_id=1))


def step(name: str, call: Callable[[], object]) -> None:
    """Make a call that may fail, and print what came of it."""
    started = time.perf_counter()
    try:
        outcome = call()
    except errors.APIError as error:
        row(name, f"{type(error).__name__} {error.code} {error.msg}", milliseconds(started))
        for line in textwrap.wrap(error.hint, WIDTH - 2):
            row("", f"  {line}", "")
    else:
        row(name, "done" if outcome is None else str(outcome), milliseconds(started))


def timed(name: str, call: Callable[[], Result], told: Callable[[Result], str]) -> Result:
    """Make a call whose result is needed, and print it."""
    started = time.perf_counter()
    result = call()
    row(name, told(result), milliseconds(started))
    return result


def milliseconds(started: float) -> str:
    return f"{(time.perf_counter() - started) * 1000:.1f}"


def row(name: str, outcome: str, last: str) -> None:
    columns = sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in outcome)
    print(f"  {name:<26}  {outcome}{' ' * (WIDTH - columns)}  {last:>6}".rstrip())


if __name__ == "__main__":
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # consoles that cannot show Chinese
    main()
