"""Forks, killed workers and frozen clocks: an inbox goes on, in the parent and in the child."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import threading
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import time_machine
from freezegun import freeze_time
from netease_meeting.inbox import Delivery, Inbox, SQLiteStore, Store
from netease_meeting.inbox.conformance import entry, keys, leased
from netease_meeting.webhooks import Event, Webhook

from ..conftest import ROOT
from .callbacks import KEY, SECRET, Clock, callback, webhook
from .conftest import MakeStore


def in_child(work: Callable[[], object]) -> int:
    """Run something in a forked child; return the exit status, 0 if it returned something true within 10 s."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # that there are threads is the point
        child = os.fork()
    if child == 0:
        signal.alarm(10)
        status = 1
        try:
            status = 0 if work() else 2
        finally:
            os._exit(status)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


@contextmanager
def another_thread(work: Callable[[], object]) -> Iterator[threading.Thread]:
    thread = threading.Thread(target=work)
    thread.start()
    yield thread
    thread.join()


WRITING = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("BEGIN IMMEDIATE")
print(flush=True)
input()
"""


@contextmanager
def writer(path: Path) -> Iterator[Callable[[], object]]:
    """Have another process write; what is yielded ends it."""
    command = [sys.executable, "-c", WRITING, str(path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as other:
        assert other.stdout is not None
        other.stdout.readline()
        yield other.kill
        other.kill()


def test_a_child_forked_while_a_thread_waits_to_write_keeps_its_callback(tmp_path: Path) -> None:
    store = SQLiteStore(tmp_path / "inbox.db")
    with writer(tmp_path / "inbox.db") as end, another_thread(lambda: store.put(entry("parent"))):
        while not store._tickets and not store._writing.locked():
            pass
        threading.Timer(0.3, end).start()
        assert in_child(lambda: store.put(entry("child", meeting=2))) == 0
    assert store.depth().waiting == 2
    store.close()


def test_a_child_forked_while_a_handler_writes_keeps_its_callback_after_it(tmp_path: Path) -> None:
    """SQLite's memory in the child says that it holds the parent's lock, which it does not."""
    store = SQLiteStore(tmp_path / "inbox.db")
    store.put(entry("a"))
    lease = leased(store)
    lease.connection.execute("CREATE TABLE effects (n)")
    read, write = os.pipe()

    def child() -> bool:
        os.read(read, 1)
        return store.put(entry("child", meeting=2)) and keys(store) == ["child"]

    with another_thread(lambda: (lease.done(), os.write(write, b"x"))):
        assert in_child(child) == 0
    assert store.depth().waiting == 0
    store.close()


def test_a_child_forked_by_a_handler_leaves_its_transaction_alone(make: MakeStore) -> None:
    store = make()
    clock = Clock()
    inbox: Inbox[Event] = Inbox(webhook(clock), store, now=clock)
    inbox.receive(*callback("MeetingStarted"))
    statuses: list[int] = []

    def handler(delivery: Delivery[Event]) -> None:
        if statuses:  # the child's event
            return
        delivery.connection.execute("CREATE TABLE effects (n integer)")
        other = callback("MeetingStarted", meeting=2)
        if isinstance(store, SQLiteStore):  # the handler's transaction keeps everyone else from writing
            statuses.append(in_child(lambda: store.depth().waiting == 1))
        else:
            statuses.append(in_child(lambda: inbox.receive(*other)))

    inbox.work(handler)
    assert set(statuses) == {0}
    assert inbox.stats().waiting == 0
    lease_again = leased_effects(store)
    assert lease_again == 0


def leased_effects(store: Store) -> int:
    store.put(entry("look", meeting=99, time=99))
    lease = leased(store)
    (count,) = lease.connection.execute("SELECT count(*) FROM effects").fetchone()
    lease.done()
    return int(count)


def test_workers_of_a_server_that_loads_before_it_forks(make: MakeStore) -> None:
    """As gunicorn with preload: the inbox has been used in the master, and all go on at the same time."""
    store = make()
    store.put(entry("master", meeting=100))
    assert keys(store) == ["master"]
    store.put(entry("master too", meeting=101))

    def worker(number: int) -> bool:
        for time in range(20):
            store.put(entry(f"{number} {time}", meeting=number, time=time))
        return True

    children: list[int] = []
    threads = [threading.Thread(target=lambda n=n: children.append(in_child(lambda: worker(n)))) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert children == [0] * 4
    assert store.depth().waiting == 81
    assert len(keys(make())) == 81


def test_a_child_has_locks_of_its_own(tmp_path: Path) -> None:
    """The parent ends, the last to have the file open as far as it knows, and takes nothing of the child's with it."""
    program = f"""
import os, sys
from netease_meeting.inbox import SQLiteStore
from netease_meeting.inbox.conformance import entry
store = SQLiteStore({str(tmp_path / "inbox.db")!r})
store.put(entry("parent"))
(to_child, by_parent), (to_parent, by_child) = os.pipe(), os.pipe()
if os.fork() == 0:
    store.put(entry("before"))
    os.write(by_child, b"x")
    os.read(to_child, 1)
    store.put(entry("after"))
    os._exit(0)
os.read(to_parent, 1)
store.close()
os.write(by_parent, b"x")
os.wait()
"""
    subprocess.run([sys.executable, "-W", "ignore", "-c", program], cwd=ROOT, check=True, timeout=60)
    store = SQLiteStore(tmp_path / "inbox.db")
    assert store.depth().waiting == 3
    store.close()


KILLED = """
import os, sys
from netease_meeting.inbox import PostgresStore, SQLiteStore
from netease_meeting.inbox.conformance import leased
store = (SQLiteStore if sys.argv[1] == "sqlite" else PostgresStore)(sys.argv[2])
lease = leased(store)
lease.connection.execute("CREATE TABLE effects (n integer)")
os.kill(os.getpid(), 9)
"""


@pytest.mark.parametrize("place", ["sqlite", "postgresql"])
def test_another_worker_takes_over_as_soon_as_one_is_killed(
    place: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    """By the same clock reading: nothing has to run out."""
    store = request.getfixturevalue(place)()
    address = str(tmp_path / "inbox.db") if place == "sqlite" else request.getfixturevalue("database")
    store.put(entry("k"))
    ended = subprocess.run([sys.executable, "-c", KILLED, place, address], cwd=ROOT, check=False)
    assert ended.returncode == -signal.SIGKILL
    lease = None
    for _ in range(500):  # PostgreSQL notices that the connection is gone in a moment of its own
        lease = store.lease(1000.0)
        if lease is not None:
            break
        threading.Event().wait(0.01)
    assert lease is not None
    assert (lease.entry.key, lease.attempt) == ("k", 2)
    lease.connection.execute("CREATE TABLE effects (n integer)")
    lease.done()


def nothing_to_lease(make: MakeStore, now: float) -> bool:
    return make().lease(now) is None


def test_a_slow_handler_keeps_its_event(make: MakeStore) -> None:
    """For days, and when the clock is set back meanwhile."""
    store, other = make(), make()
    store.put(entry("slow"))
    lease = leased(store)
    for now in (1000.0 + 600, 1000.0 + 7 * 86400, 0.0, -1e9):
        assert other.lease(now) is None
        assert store.lease(now) is None
        assert in_child(partial(nothing_to_lease, make, now)) == 0
    lease.done()


def test_a_lease_whose_settling_failed_is_free_again(tmp_path: Path) -> None:
    store = SQLiteStore(tmp_path / "inbox.db", timeout=timedelta(milliseconds=10))
    store.put(entry("k"))
    lease = leased(store)
    with writer(tmp_path / "inbox.db"), pytest.raises(sqlite3.OperationalError, match="locked"):
        lease.retry(1000.0, "no luck")
    assert leased(store).attempt == 2


@pytest.mark.parametrize("freeze", [freeze_time, lambda at: time_machine.travel(at, tick=False)])
def test_a_frozen_clock_stops_no_worker(freeze: Callable[[str], Any], make: MakeStore) -> None:
    store = make()
    handled: list[int | None] = []
    stop = threading.Event()

    def handler(delivery: Delivery[Event]) -> None:
        handled.append(delivery.event.time)
        if len(handled) == 30:
            stop.set()

    with freeze("2026-03-01"):
        inbox: Inbox[Event] = Inbox(Webhook(app_key=KEY, app_secret=SECRET), store)
        at = inbox._now()
        for time in range(30):
            inbox.receive(*callback("MemberJoined", time % 3, time, at=at))
        inbox.run(handler, stop=stop)
    assert len(handled) == 30


EVERY_WARNING = """
import sys, tempfile
from netease_meeting.inbox import Inbox, SQLiteStore
from netease_meeting.inbox.conformance import CHECKS
for check in CHECKS:
    with tempfile.TemporaryDirectory() as folder:
        stores = []
        def make():
            stores.append(SQLiteStore(folder + "/inbox.db"))
            return stores[-1]
        check(make)
        for store in stores:
            store.close()
"""


def test_nothing_deprecated_is_used() -> None:
    subprocess.run([sys.executable, "-W", "error", "-c", EVERY_WARNING], cwd=ROOT, check=True, timeout=120)
