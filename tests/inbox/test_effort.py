"""What a lease costs does not depend on how much waits."""

from __future__ import annotations

import itertools
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import psycopg
import pytest
from netease_meeting.inbox import PostgresStore, SQLiteStore, Store
from netease_meeting.inbox.conformance import entry, leased

from ..postgres import schema

FEW, MANY = 10, 300


def fill(store: Store, meetings: int) -> None:
    """Keep two events of each meeting."""
    for number in range(2 * meetings):
        store.put(entry(f"{number} of {meetings}", meeting=number % meetings, time=number))


def handle_some(store: Store) -> None:
    """Handle both events of some meetings."""
    for _ in range(6):
        following = leased(store).done(next_at=1000.0)
        assert following is not None
        following.done()


@pytest.fixture
def steps(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """Count the instructions of SQLite's virtual machine: every ``next`` tells how many there were."""
    counter = itertools.count()
    connect = sqlite3.connect

    def counting(*args: Any, **options: Any) -> sqlite3.Connection:
        connection: sqlite3.Connection = connect(*args, **options)
        connection.set_progress_handler(lambda: next(counter) < 0, 1)
        return connection

    monkeypatch.setattr(sqlite3, "connect", counting)
    return counter


def test_sqlite_looks_at_no_meeting_beyond_the_one_it_takes(tmp_path: Path, steps: Iterator[int]) -> None:
    spent: list[int] = []
    for meetings in (FEW, MANY):
        with closing(SQLiteStore(tmp_path / f"{meetings}.db")) as store:
            fill(store, meetings)
            before = next(steps)
            handle_some(store)
            spent.append(next(steps) - before)
    few, many = spent
    assert few > 100
    assert many < 1.2 * few


def test_postgresql_reads_no_rows_beyond_the_ones_it_takes(server: str) -> None:
    """Even by plans that were made when there was little, and are kept until the server counts again."""
    reads: list[int] = []
    for meetings in (FEW, MANY):
        address = schema(server)
        with closing(PostgresStore(address)) as store, closing(psycopg.connect(address, autocommit=True)) as other:
            store.create()
            fill(store, FEW - 1)
            other.execute(b"VACUUM ANALYZE netease_meeting_inbox")
            handle_some(store)
            before = rows_read(store, other)
            fill(store, meetings)
            handle_some(store)
            reads.append(rows_read(store, other) - before)
    few, many = reads
    assert few > 5
    assert many < 1.2 * few


def rows_read(store: Store, other: psycopg.Connection[Any]) -> int:
    lease = leased(store)
    lease.connection.execute(b"SELECT pg_stat_force_next_flush()")
    lease.release()
    row = other.execute(
        "SELECT seq_tup_read + idx_tup_fetch FROM pg_stat_user_tables "
        "WHERE schemaname = current_schema() AND relname = 'netease_meeting_inbox'"
    ).fetchone()
    assert row is not None
    return int(row[0])
