"""Paths that are no files, files that are taken away, other encodings, and tables that an older version made."""

from __future__ import annotations

import os
import sqlite3
import tempfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg
import pytest
from netease_meeting import errors
from netease_meeting._runtime.receiving import answer
from netease_meeting.inbox import Delivery, Inbox, PostgresStore, SQLiteStore, StoreMovedError
from netease_meeting.inbox.conformance import entry, keys, leased
from netease_meeting.inbox.paths import is_remote
from netease_meeting.inbox.pool import Pool
from netease_meeting.sandbox import Sandbox
from netease_meeting.webhooks import Event, MeetingEnded, Webhook

from .callbacks import Clock, callback, signed, webhook
from .conftest import MakeStore
from .test_processes import in_child

# -- paths


@pytest.mark.parametrize("path", ["", ":memory:", "file::memory:", "file:x?mode=memory", b"", b":memory:", "a\0b"])
def test_what_would_not_outlast_the_process_is_refused(path: Any) -> None:
    with pytest.raises(errors.ConfigurationError, match="SQLiteStore wants the path of a file"):
        SQLiteStore(path)


def test_what_cannot_be_an_inbox_is_refused(tmp_path: Path) -> None:
    (tmp_path / "text.db").write_text("This is not a database, though it is long enough to be taken for one. " * 20)
    os.mkfifo(tmp_path / "fifo")
    refused = {
        tmp_path: "it is a folder",
        tmp_path / "missing/inbox.db": "there is no folder",
        tmp_path / "text.db": "file is not a database",
        tmp_path / "fifo": "not a regular file",
        tmp_path / "text.db/inbox.db": r"Not a directory|no folder",
    }
    for path, why in refused.items():
        with pytest.raises(errors.ConfigurationError, match=why) as caught:
            SQLiteStore(path)
        assert str(path) in str(caught.value)
    assert (tmp_path / "text.db").read_text().startswith("This is not")


def test_what_is_read_only_is_refused() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        SQLiteStore(folder / "inbox.db").close()
        (folder / "inbox.db").chmod(0o444)

        def refused() -> bool:
            if os.geteuid() == 0:  # root may write everywhere
                os.setgid(65534)
                os.setuid(65534)
            with pytest.raises(errors.ConfigurationError, match="not writable"):
                SQLiteStore(folder / "inbox.db")
            return True

        assert in_child(refused) == 0


def test_a_network_file_system_is_told_from_a_disk(tmp_path: Path) -> None:
    (tmp_path / "share/deep").mkdir(parents=True)
    mounts = tmp_path / "mounts"
    lines = (
        f"/dev/sda / ext4 rw 0 0\nserver:/x {tmp_path}/share nfs4 rw 0 0\n/dev/sdb {tmp_path}/share/deep ext4 rw 0 0\n"
    )
    mounts.write_text(lines)
    assert is_remote(str(tmp_path / "share"), str(mounts))
    assert not is_remote(str(tmp_path / "share/deep"), str(mounts))
    assert not is_remote(str(tmp_path), str(mounts))
    assert not is_remote(str(tmp_path), str(tmp_path / "missing"))


@pytest.mark.parametrize("name", ["a b.db", "a%20?b#c.db", "会议.db", "x.db?mode=memory"])
def test_any_name_is_a_name(tmp_path: Path, name: str) -> None:
    with closing(SQLiteStore(tmp_path / name)) as store:
        store.put(entry("k"))
    assert (tmp_path / name).is_file()
    with closing(SQLiteStore(str(tmp_path / name))) as again:
        assert keys(again) == ["k"]


def test_a_relative_path_counts_from_where_the_store_was_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "other").mkdir()
    monkeypatch.chdir(tmp_path)
    with closing(SQLiteStore("inbox.db")) as store:
        store.put(entry("before"))
        store._receiving.close()
        store._working.close()
        monkeypatch.chdir(tmp_path / "other")
        store.put(entry("after", time=1))
        assert keys(store) == ["before", "after"]
    assert list((tmp_path / "other").iterdir()) == []


# -- files that go away


def gone(path: Path) -> None:
    path.unlink()


def moved(path: Path) -> None:
    path.rename(path.with_name("elsewhere.db"))


def replaced(path: Path) -> None:
    with closing(SQLiteStore(path.with_name("new.db"))):
        pass
    path.with_name("new.db").replace(path)


def log_gone(path: Path) -> None:
    path.with_name("inbox.db-wal").unlink()


@pytest.mark.parametrize("deed", [gone, moved, replaced, log_gone])
def test_nothing_is_acknowledged_into_a_file_that_is_gone(tmp_path: Path, deed: Callable[[Path], None]) -> None:
    path = tmp_path / "inbox.db"
    clock = Clock()
    store = SQLiteStore(path)
    inbox: Inbox[Event] = Inbox(webhook(clock), store, now=clock)
    assert answer(inbox.receive, *callback("MeetingStarted")) == 200
    deed(path)
    with pytest.raises(StoreMovedError, match=str(path)):
        inbox.receive(*callback("MeetingEnded", time=2))
    accepted = [time for time in range(3, 6) if answer(inbox.receive, *callback("MeetingEnded", time=time)) == 200]
    store.close()
    kept: list[int | None] = []
    with closing(SQLiteStore(path)) as found:
        Inbox(webhook(clock), found, now=clock).work(lambda delivery: kept.append(delivery.event.time))
    assert len(kept) >= len(accepted), "whatever was acknowledged since is in the file that is there"


def test_a_worker_notices_that_its_file_is_gone(tmp_path: Path) -> None:
    with closing(SQLiteStore(tmp_path / "inbox.db")) as store:
        store.put(entry("k"))
        assert keys(store) == ["k"]
        (tmp_path / "inbox.db").unlink()
        with pytest.raises(StoreMovedError):
            store.lease(1000.0)
        with pytest.raises(StoreMovedError):
            store.lease(1000.0)
        assert not (tmp_path / "inbox.db").exists(), "an empty one in its place would hide the loss"


# -- applications


def test_applications_and_events_without_a_meeting_do_not_wait_for_each_other(make: MakeStore) -> None:
    clock = Clock()
    hook = Webhook(app_secret={"sandbox-key": "sandbox-secret", "b": "sandbox-secret"}.get, now=clock)
    inbox: Inbox[Event] = Inbox(hook, make(), now=clock)
    for number in range(3):
        inbox.receive(*signed(b'{"msgType":99,"msgBody":{"number":%d}}' % number))
    inbox.receive(*callback("MeetingEnded", time=1))
    body, headers = callback("MeetingEnded", time=2)
    inbox.receive(body, headers)
    seen: list[Any] = []

    def failing(delivery: Delivery[Event]) -> None:
        seen.append(delivery.event)
        raise ValueError

    inbox.work(failing)
    assert len(seen) == 4, "three without a meeting, and the first of the meeting"


# -- encodings


@pytest.mark.parametrize("encoding", ["SQL_ASCII", "LATIN1", "EUC_CN", "UTF8"])
@pytest.mark.parametrize("client", ["", " client_encoding=LATIN1"])
def test_a_database_of_any_encoding(server: str, encoding: str, client: str) -> None:
    name = f"d_{encoding.lower()}_{len(client)}"
    with closing(psycopg.connect(server, autocommit=True)) as connection:
        connection.execute(f"CREATE DATABASE {name} ENCODING '{encoding}' LOCALE 'C' TEMPLATE template0".encode())
    store = PostgresStore(server.replace("dbname=postgres", f"dbname={name}") + client)
    store.create()
    clock = Clock()
    inbox: Inbox[Event] = Inbox(webhook(clock), store, now=clock, attempts=1)
    body, headers = callback("MeetingEnded", subject="会议 \U0001f600")
    inbox.receive(body, headers)

    def handler(delivery: Delivery[Event]) -> None:
        raise ValueError("会议 \U0001f600")

    inbox.work(handler)
    (parked,) = inbox.parked()
    assert isinstance(parked.key, str)
    assert parked.error in ("ValueError: 会议 \U0001f600", r"ValueError: \u4f1a\u8bae \U0001f600")
    inbox.replay()
    seen: list[Event] = []
    inbox.work(lambda delivery: seen.append(delivery.event))
    assert seen == [webhook(clock).parse(body, headers)]
    assert isinstance(seen[0], MeetingEnded)
    store.close()


def test_a_database_without_the_table_says_what_to_call(database: str) -> None:
    with pytest.raises(errors.ConfigurationError, match=r"create\(\)"):
        PostgresStore(database).put(entry("k"))


# -- what an older version made

FIRST_EDITION = """
CREATE TABLE netease_meeting_inbox (
    seq {seq} PRIMARY KEY, key text NOT NULL UNIQUE, meeting bigint NOT NULL, time bigint NOT NULL, kind text NOT NULL,
    topic text NOT NULL, app_key text NOT NULL, body {bytes} NOT NULL, received_at double precision NOT NULL,
    due_at double precision NOT NULL, after bigint, state smallint NOT NULL DEFAULT 0,
    attempts integer NOT NULL DEFAULT 0, error text NOT NULL DEFAULT '', twin text{more}
)
"""
OLD_INDEXES = """
CREATE INDEX netease_meeting_inbox_order ON netease_meeting_inbox (state, meeting, time, seq);
CREATE INDEX netease_meeting_inbox_rebuilt ON netease_meeting_inbox (meeting) WHERE after IS NOT NULL;
"""
ROWS = [("a", 7, 1, "app a"), ("b", 7, 2, "app a"), ("c", 7, 0, "app b"), ("d", 0, 0, "app a"), ("e", 0, 1, "app a")]
INSERT = (
    "INSERT INTO netease_meeting_inbox (key, meeting, time, app_key, kind, topic, body, received_at, due_at) "
    "VALUES ({0}, {0}, {0}, {0}, 'Kind', 'topic', 'x', 100, 100)"
)


@pytest.mark.parametrize("place", ["sqlite", "postgresql"])
def test_a_table_of_the_first_edition_is_brought_up_to_date(
    place: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    connection: Any
    if place == "sqlite":
        connection, mark = sqlite3.connect(tmp_path / "inbox.db", isolation_level=None), "?"
        more = ", holder text, held_until real"
        connection.execute(FIRST_EDITION.format(seq="INTEGER", bytes="blob", more=more))
        connection.executescript(OLD_INDEXES)
    else:
        connection, mark = psycopg.connect(request.getfixturevalue("database"), autocommit=True), "%s"
        connection.execute(FIRST_EDITION.format(seq="bigint GENERATED ALWAYS AS IDENTITY", bytes="bytea", more=""))
        connection.execute(OLD_INDEXES)
    with closing(connection):
        for row in ROWS:
            connection.execute(INSERT.format(mark), row)
        if place == "sqlite":
            connection.execute("UPDATE netease_meeting_inbox SET holder = 'dead', held_until = 1e12")
    store = request.getfixturevalue(place)()
    leases = [leased(store) for _ in range(4)]
    assert sorted(lease.entry.key for lease in leases) == ["a", "c", "d", "e"]
    assert store.lease(1000.0) is None, "b waits for a, of its meeting and application"
    for lease in leases:
        lease.done()
    assert keys(request.getfixturevalue(place)()) == ["b"]


# -- pools


def test_a_pool_keeps_what_is_needed() -> None:
    closed: list[int] = []
    numbers = iter(range(100))
    pool = Pool(lambda: next(numbers), closed.append)
    taken = [pool.take() for _ in range(10)]
    for connection in taken:
        pool.give(connection)
    pool.shrink()
    assert closed == [], "all were in use since"
    three = [pool.take() for _ in range(3)]
    for connection in three:
        pool.give(connection)
    pool.shrink()
    assert len(closed) == 6, "seven were not needed, and one is always kept"
    pool.shrink()
    pool.shrink()
    assert len(closed) == 9
    pool.close()
    assert sorted(closed) == list(range(10))


def test_a_lease_that_nobody_settles_is_undone(make: MakeStore) -> None:
    store = make()
    store.put(entry("k"))
    lease = leased(store)
    lease.connection.execute("CREATE TABLE effects (n integer)")
    del lease
    again = leased(store)
    again.connection.execute("CREATE TABLE effects (n integer)")
    again.done()


def test_two_applications_are_reconciled_one_by_one(make: MakeStore) -> None:
    """Their meetings may have the same number, and each client knows only its own."""
    clock = Clock()
    hook = Webhook(app_secret={"sandbox-key": "sandbox-secret", "b": "sandbox-secret"}.get, now=clock)
    store = make()
    inbox: Inbox[Event] = Inbox(hook, store, now=clock)
    inbox.receive(*callback("MeetingStarted", meeting=7))
    body, headers = callback("MeetingStarted", meeting=7)
    inbox.receive(body, {**headers, "AppKey": "b"})
    assert sorted(store.meetings()) == [("b", 7), ("sandbox-key", 7)]
    client = Sandbox().client()
    with pytest.raises(errors.ConfigurationError, match="app_key="):
        inbox.reconcile(client)
    report = inbox.reconcile(client, app_key="b")
    assert (report.meetings, list(report.unresolved)) == (1, [7])
