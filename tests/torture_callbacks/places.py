"""Where the inboxes of the figures are kept, and how fast they are there."""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
from netease_meeting.inbox import PostgresStore, SQLiteStore, Store

from ..postgres import binaries, postgres

EFFECTS = "CREATE TABLE effects (place %s, key text, meeting bigint, time bigint, late integer, overtaken integer)"


@dataclass(frozen=True)
class Place:
    """A place that any process can open."""

    kind: str
    address: str

    def open(self) -> Store:
        if self.kind == "sqlite":
            return SQLiteStore(self.address, lease=timedelta(seconds=2))
        return PostgresStore(self.address)

    def connect(self) -> Any:
        return sqlite3.connect(self.address) if self.kind == "sqlite" else psycopg.connect(self.address)

    def effects(self) -> list[tuple[Any, ...]]:
        with closing(self.connect()) as connection:
            rows = connection.execute("SELECT key, meeting, time, late, overtaken FROM effects ORDER BY place")
            return list(rows.fetchall())

    def keys(self) -> int:
        with closing(self.connect()) as connection:
            return int(connection.execute("SELECT count(*) FROM netease_meeting_inbox").fetchone()[0])


@contextmanager
def place(kind: str) -> Iterator[Place]:
    """Yield an empty place with a table for effects."""
    if kind == "sqlite":
        with tempfile.TemporaryDirectory() as folder:
            made = Place(kind, str(Path(folder) / "inbox.db"))
            made.open()
            prepare(made, "INTEGER PRIMARY KEY")
            yield made
        return
    folder_ = binaries()
    if folder_ is None:
        raise SystemExit("PostgreSQL is not installed (Debian: postgresql)")
    with postgres(folder_) as conninfo:
        made = Place(kind, conninfo)
        store = PostgresStore(conninfo)
        store.create()
        store.close()
        prepare(made, "bigint GENERATED ALWAYS AS IDENTITY")
        yield made


def prepare(made: Place, counter: str) -> None:
    with closing(made.connect()) as connection:
        connection.execute(EFFECTS % counter)
        connection.commit()
