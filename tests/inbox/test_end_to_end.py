"""The whole life of a scheduled meeting, told to a real process that is killed again and again."""

from __future__ import annotations

import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import psycopg
import pytest
from netease_meeting.inbox import PostgresStore, SQLiteStore
from netease_meeting.sandbox import Sandbox

from ..conftest import ROOT

COLUMNS = "(place {}, kind text, late integer)"


class Receiver:
    """A receiver and worker in a process of its own."""

    def __init__(self, kind: str, place: str) -> None:
        with socket.create_server(("127.0.0.1", 0)) as probe:
            self.port = probe.getsockname()[1]
        self.command = [sys.executable, "-m", "tests.inbox.receiver", kind, place, str(self.port)]
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self.process = subprocess.Popen(self.command, cwd=ROOT)
        for _ in range(1200):
            with suppress(OSError), socket.create_connection(("127.0.0.1", self.port)):
                return
            assert self.process.poll() is None, "the receiver ended by itself"
            time.sleep(0.05)
        raise TimeoutError("the receiver did not start within a minute")

    def kill(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[str, str, Callable[[], Any]]:
    """Return a kind of store, its address, and how to open it by its own means."""
    if request.param == "sqlite":
        path = str(tmp_path / "inbox.db")
        SQLiteStore(path).close()
        with closing(sqlite3.connect(path)) as connection:
            connection.execute("CREATE TABLE effects " + COLUMNS.format("INTEGER PRIMARY KEY"))
        return "sqlite", path, lambda: sqlite3.connect(path)
    address: str = request.getfixturevalue("database")
    store = PostgresStore(address)
    store.create()
    store.close()
    with closing(psycopg.connect(address, autocommit=True)) as made:
        made.execute(b"CREATE TABLE effects (place bigint GENERATED ALWAYS AS IDENTITY, kind text, late integer)")
    return "postgresql", address, lambda: psycopg.connect(address)


@pytest.fixture
def receiver(place: tuple[str, str, Callable[[], Any]]) -> Iterator[Receiver]:
    receiver = Receiver(place[0], place[1])
    yield receiver
    receiver.kill()


def effects(connect: Callable[[], Any], count: int) -> list[tuple[str, int]]:
    """Return what was done, once that many things were."""
    found: list[tuple[str, int]] = []
    for _ in range(1200):
        with closing(connect()) as connection:
            found = [tuple(row) for row in connection.execute("SELECT kind, late FROM effects ORDER BY place")]
        if len(found) >= count:
            break
        time.sleep(0.05)
    return found


@pytest.mark.case(123)
def test_every_event_arrives_once_in_order(place: tuple[str, str, Callable[[], Any]], receiver: Receiver) -> None:
    sandbox = Sandbox()
    sandbox.set_callback(f"http://127.0.0.1:{receiver.port}/callbacks")
    client = sandbox.client()
    host = client.accounts.create(im_accid="host").account_id
    start = int(sandbox.clock.seconds() * 1000)
    number = client.meetings.create(
        host=host, type=3, subject="Board", start_time=start, end_time=start + 60_000
    ).meeting_unique_id

    receiver.start()
    sandbox.join(number, "ann", "phone")
    receiver.kill()  # with what it acknowledged in the file, handled or not
    sandbox.leave(number, "ann", "phone")  # nobody listens: sent again in 2 s
    assert [callback.accepted for callback in sandbox.callbacks.log()] == [True, True, False, False]
    receiver.start()
    sandbox.advance(2)
    receiver.kill()
    sandbox.join(number, "bob", "phone")
    sandbox.advance(5)  # the resend after 2 s is in vain too
    receiver.start()
    sandbox.advance(1)
    client.meetings.end_by_meeting_unique_id(meeting_unique_id=number)
    receiver.kill()
    receiver.start()
    sandbox.advance(60)

    told = [callback.event for callback in sandbox.callbacks.log()]
    assert told == [
        *("MeetingStarted", "MemberJoined", "MemberLeft", "MeetingEnded"),
        *("MeetingStarted", "MemberJoined", "MemberLeft", "MeetingEnded", "MeetingRecycled"),
    ]
    assert all(callback.accepted for callback in sandbox.callbacks.log())
    assert effects(place[2], len(told)) == [(event, 0) for event in told]
