"""A store that cannot keep a callback says so, and it is sent again; a worker that lost its event wrote nothing."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Mapping
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from netease_meeting._runtime.receiving import answer
from netease_meeting.inbox import Delivery, Inbox, LeaseLostError, PostgresStore, SQLiteStore
from netease_meeting.inbox.conformance import entry, keys, leased
from netease_meeting.sandbox import Sandbox
from netease_meeting.webhooks import Event, Webhook

from ..conftest import ROOT
from .callbacks import KEY, SECRET, Clock, callback, webhook
from .conftest import MakeStore


@pytest.mark.case(125)
def test_a_locked_file_is_answered_with_503_and_the_resend_is_kept(tmp_path: Path) -> None:
    store = SQLiteStore(tmp_path / "inbox.db", timeout=timedelta(milliseconds=10))
    clock = Clock()
    inbox: Inbox[Event] = Inbox(webhook(clock), store, now=clock)
    body, headers = callback("MeetingStarted")
    with closing(sqlite3.connect(tmp_path / "inbox.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            inbox.receive(body, headers)
        assert answer(inbox.receive, body, headers) == 503
    assert answer(inbox.receive, body, headers) == 200
    assert inbox.stats().waiting == 1
    store.close()


FILL = """
import resource, sys
from tests.inbox.callbacks import Clock, callback, webhook
from netease_meeting._runtime.receiving import answer
from netease_meeting.inbox import Inbox, SQLiteStore

clock = Clock()
inbox = Inbox(webhook(clock), SQLiteStore(sys.argv[1]), now=clock)
_, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
resource.setrlimit(resource.RLIMIT_FSIZE, (400_000, hard))
answers = [answer(inbox.receive, *callback("MeetingStarted", time=n, subject="x" * 10_000)) for n in range(60)]
resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
again = [answer(inbox.receive, *callback("MeetingStarted", time=n, subject="x" * 10_000)) for n in range(60)]
handled = inbox.work(lambda delivery: None)
print(answers.count(200), answers.count(503), again.count(200), handled)
"""


@pytest.mark.case(125)
def test_a_full_disk_loses_nothing_that_was_acknowledged(tmp_path: Path) -> None:
    """The disk is full because the process may not write larger files; the error is the operating system's own."""
    ended = subprocess.run(
        [sys.executable, "-c", FILL, tmp_path / "inbox.db"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    kept, refused, again, handled = map(int, ended.stdout.split())
    assert 0 < kept < 60
    assert (kept + refused, again, handled) == (60, 60, 60)


@pytest.mark.case(123)
def test_a_crash_between_keeping_and_acknowledging_makes_a_duplicate_that_is_known(make: MakeStore) -> None:
    sandbox = Sandbox()
    now = sandbox.clock.seconds
    inbox: Inbox[Event] = Inbox(Webhook(app_key=KEY, app_secret=SECRET, now=now), make(), now=now)
    crashes = iter([True, True])

    def receive(body: bytes, headers: Mapping[str, str]) -> int:
        inbox.receive(body, headers)
        return 0 if next(crashes, False) else 200

    sandbox.set_callback(receive)
    client = sandbox.client()
    host = client.accounts.create().account_id
    number = client.meetings.create(host=host, type=1, subject="s").meeting_unique_id
    sandbox.join(number, "ann", "phone")
    sandbox.advance(10)
    assert [len(one.attempts) for one in sandbox.callbacks.log()] == [2, 2]
    assert inbox.stats().duplicates == 2
    assert inbox.work(lambda delivery: None) == 2


def test_a_worker_that_overstays_its_lease_has_written_nothing(tmp_path: Path) -> None:
    store = SQLiteStore(tmp_path / "inbox.db", lease=timedelta(seconds=60))
    store.put(entry("k"))
    slow = leased(store, now=1000.0)
    assert store.lease(1059.9) is None
    other = leased(store, now=1060.1)
    assert (other.entry.key, other.attempt) == ("k", 2)
    slow.connection.execute("CREATE TABLE effects (number integer)")
    with pytest.raises(LeaseLostError, match="lease longer"):
        slow.done()
    other.connection.execute("CREATE TABLE effects (number integer)")
    other.done()
    assert keys(store, now=2000.0) == []
    store.close()


def test_receivers_do_not_wait_for_slow_handlers(make: MakeStore) -> None:
    """A handler that writes nothing holds no lock."""
    store = make()
    store.put(entry("slow"))
    lease = leased(store)
    assert store.put(entry("meanwhile", meeting=2)) is True
    lease.done()


def terminate(database: str) -> None:
    """Cut every other connection, as a restart of the server does."""
    with closing(psycopg.connect(database, autocommit=True)) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity "
            "WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'"
        )


@pytest.mark.case(125)
def test_receiving_survives_a_restart_of_the_server(database: str) -> None:
    store = PostgresStore(database)
    store.create()
    store.put(entry("before"))
    terminate(database)
    assert store.put(entry("after", time=1)) is True
    assert store.put(entry("before")) is False
    assert keys(store) == ["before", "after"]
    store.close()


@pytest.mark.case(125)
def test_a_server_that_is_away_is_answered_with_503(database: str) -> None:
    store = PostgresStore(database.replace("port=", "port=1"))
    clock = Clock()
    inbox: Inbox[Event] = Inbox(webhook(clock), store, now=clock)
    assert answer(inbox.receive, *callback("MeetingStarted")) == 503


def test_a_worker_cut_off_in_the_middle_has_written_nothing(database: str) -> None:
    store = PostgresStore(database)
    store.create()
    clock = Clock()
    inbox: Inbox[Event] = Inbox(webhook(clock), store, now=clock)
    inbox.receive(*callback("MeetingStarted"))
    with closing(psycopg.connect(database, autocommit=True)) as connection:
        connection.execute("CREATE TABLE effects (attempt integer)")
    cuts = iter([True])

    def handler(delivery: Delivery[Any]) -> None:
        delivery.connection.execute("INSERT INTO effects VALUES (%s)", (delivery.attempt,))
        if next(cuts, False):
            terminate(database)

    assert inbox.work(handler) == 2, "the lock went with the connection: handed over again at once"
    with closing(psycopg.connect(database)) as connection:
        assert connection.execute("SELECT attempt FROM effects").fetchall() == [(2,)]
    store.close()


def test_a_commit_that_fails_is_a_failure_of_the_handler(database: str) -> None:
    store = PostgresStore(database)
    store.create()
    clock = Clock()
    inbox: Inbox[Event] = Inbox(webhook(clock), store, now=clock)
    inbox.receive(*callback("MeetingStarted", time=1))
    inbox.receive(*callback("MeetingEnded", time=2))
    with closing(psycopg.connect(database, autocommit=True)) as connection:
        connection.execute(b"CREATE TABLE rooms (number integer PRIMARY KEY)")
        connection.execute(b"CREATE TABLE seats (room integer REFERENCES rooms DEFERRABLE INITIALLY DEFERRED)")
    attempts: list[int] = []

    def handler(delivery: Delivery[Any]) -> None:
        attempts.append(delivery.attempt)
        room = 1 if delivery.attempt == 1 else None
        delivery.connection.execute("INSERT INTO seats VALUES (%s)", (room,))

    assert inbox.work(handler) == 1
    assert inbox.stats().waiting == 2, "the second was not taken along"
    clock.now += 1
    assert inbox.work(handler) == 2
    clock.now += 1
    assert inbox.work(handler) == 1
    assert attempts == [1, 2, 1, 2]
    with closing(psycopg.connect(database)) as connection:
        assert connection.execute("SELECT room FROM seats").fetchall() == [(None,), (None,)]
    store.close()
