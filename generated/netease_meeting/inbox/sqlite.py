# Copied from generator/runtime/inbox/sqlite.py by `make generate`. Edit it there.
"""An inbox in one SQLite file: for receivers and workers, threads and processes, on one machine."""

from __future__ import annotations

import os
import secrets
import sqlite3
import threading
from collections import deque
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import fields
from datetime import timedelta

from .pool import Pool
from .store import DONE, Entry, LeaseLostError
from .table import Row, TableLease, TableStore, columns, row_of

_SCHEMA = """
CREATE TABLE IF NOT EXISTS netease_meeting_inbox (
    seq INTEGER PRIMARY KEY,
    key TEXT NOT NULL UNIQUE,
    meeting INTEGER NOT NULL,
    time INTEGER NOT NULL,
    kind TEXT NOT NULL,
    topic TEXT NOT NULL,
    app_key TEXT NOT NULL,
    body BLOB NOT NULL,
    received_at REAL NOT NULL,
    due_at REAL NOT NULL,
    after INTEGER,
    state INTEGER NOT NULL DEFAULT 0,
    attempts INTEGER NOT NULL DEFAULT 0,
    error TEXT NOT NULL DEFAULT '',
    twin TEXT,
    holder TEXT,
    held_until REAL
);
CREATE INDEX IF NOT EXISTS netease_meeting_inbox_order ON netease_meeting_inbox (state, meeting, time, seq);
CREATE INDEX IF NOT EXISTS netease_meeting_inbox_held ON netease_meeting_inbox (meeting) WHERE holder IS NOT NULL;
CREATE INDEX IF NOT EXISTS netease_meeting_inbox_rebuilt ON netease_meeting_inbox (meeting) WHERE after IS NOT NULL;
"""

_PUT = (
    f"INSERT INTO netease_meeting_inbox ({columns(Entry)}) VALUES ({', '.join('?' * len(fields(Entry)))}) "
    "ON CONFLICT DO NOTHING"
)

# The first event of the first meeting of which it is due and nobody works on it. CROSS JOIN, for SQLite takes that as
# the order: it looks at no meeting beyond the one it takes, however many wait.
_CLAIM = f"""
SELECT seq, attempts + 1,
    EXISTS (SELECT 1 FROM netease_meeting_inbox p WHERE p.meeting = e.meeting AND p.state = 1 AND p.time > e.time),
    EXISTS (SELECT 1 FROM netease_meeting_inbox r WHERE r.meeting = e.meeting AND r.after IS NOT NULL),
    {columns(Entry, "e.")}
FROM heads CROSS JOIN netease_meeting_inbox e ON e.seq = (
    SELECT seq FROM netease_meeting_inbox w WHERE w.state = 0 AND w.meeting = heads.meeting ORDER BY time, seq LIMIT 1
)
WHERE due_at <= :now AND NOT EXISTS (
    SELECT 1 FROM netease_meeting_inbox h
    WHERE h.meeting = e.meeting AND h.holder IS NOT NULL AND h.held_until > :now
)
LIMIT 1
"""
_NEXT_MEETING = f"""
WITH RECURSIVE heads (meeting) AS (
    SELECT min(meeting) FROM netease_meeting_inbox WHERE state = 0 AND meeting > :meeting
    UNION ALL
    SELECT (SELECT min(meeting) FROM netease_meeting_inbox WHERE state = 0 AND meeting > heads.meeting)
    FROM heads WHERE meeting IS NOT NULL
)
{_CLAIM}
"""
_SAME_MEETING = f"WITH heads (meeting) AS (SELECT :meeting) {_CLAIM}"

_FIRST = -(2**63)


class SQLiteStore(TableStore):
    """Keeps entries in one file of the local disk; not on a network file system, where SQLite's locks do not hold.

    Args:
        path: The file. It is made if it is not there.
        lease: How long a worker may take over one event. If the worker died, another one takes over after that; if it
            is only slow, what it wrote through the connection is undone. Longer than the slowest handler.
        timeout: How long to wait for other writers. Shorter than the sender waits for an answer.
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        *,
        lease: timedelta = timedelta(seconds=60),
        timeout: timedelta = timedelta(seconds=3),
    ) -> None:
        self._path = os.fspath(path)
        self._lease = lease.total_seconds()
        self._timeout = timeout.total_seconds()
        # A callback is on the disk before it is acknowledged. Handled events are consistent with what their handlers
        # wrote, but a power failure may take back the last of them together, and they are handed over again.
        self._receiving: Pool[sqlite3.Connection] = Pool(lambda: self._connect("FULL"))
        self._working: Pool[sqlite3.Connection] = Pool(lambda: self._connect("NORMAL"))
        self._tickets: deque[_Ticket] = deque()
        self._writing = threading.Lock()
        self._beyond = _FIRST
        with self._receiving.lent() as connection:
            connection.executescript(_SCHEMA)

    def _connect(self, synchronous: str) -> sqlite3.Connection:
        connection = sqlite3.connect(self._path, self._timeout, isolation_level=None, check_same_thread=False)
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute(f"PRAGMA synchronous = {synchronous}")
        return connection

    def close(self) -> None:
        """Close the file."""
        self._receiving.close()
        self._working.close()

    # -- receiving

    def put(self, entry: Entry) -> bool:
        """Keep *entry*. Threads that come together share one commit: the disk is waited for once."""
        ticket = _Ticket(entry)
        self._tickets.append(ticket)
        with self._writing:
            if ticket.is_new is None:
                self._commit([self._tickets.popleft() for _ in range(len(self._tickets))])
        if isinstance(ticket.is_new, BaseException):
            raise ticket.is_new
        return bool(ticket.is_new)

    def _commit(self, tickets: list[_Ticket]) -> None:
        try:
            with self._receiving.lent() as connection, _transaction(connection):
                news = [connection.execute(_PUT, row_of(ticket.entry)).rowcount == 1 for ticket in tickets]
        except BaseException as error:
            for ticket in tickets:
                ticket.is_new = error
        else:
            for ticket, is_new in zip(tickets, news, strict=True):
                ticket.is_new = is_new

    # -- working

    def lease(self, now: float) -> SQLiteLease | None:
        """Return the next event, meeting after meeting."""
        connection, holder = self._working.take(), _Holder(self._working, self._lease)
        try:
            with _transaction(connection):
                row = holder.claim(connection, _NEXT_MEETING, self._beyond, now)
                if row is None:
                    row = holder.claim(connection, _NEXT_MEETING, _FIRST, now)
        except BaseException:
            connection.close()
            raise
        if row is None:
            self._working.give(connection)
            return None
        lease = SQLiteLease(row, connection, holder)
        self._beyond = lease.entry.meeting
        return lease

    # -- looking after it

    def _rows(self, statement: str, **values: object) -> Sequence[Row]:
        with self._working.lent() as connection:
            return connection.execute(_named(statement, values), values).fetchall()

    def _changed(self, statement: str, **values: object) -> int:
        with self._receiving.lent() as connection, _transaction(connection):
            return connection.execute(_named(statement, values), values).rowcount


class _Holder:
    """A worker, for as long as it stays with a meeting."""

    def __init__(self, pool: Pool[sqlite3.Connection], seconds: float) -> None:
        self.pool = pool
        self._seconds = seconds
        self.name = secrets.token_hex(8)

    def claim(self, connection: sqlite3.Connection, query: str, meeting: int, now: float) -> Row | None:
        """Within a transaction, make the event that *query* finds this worker's."""
        row: Row | None = connection.execute(query, {"meeting": meeting, "now": now}).fetchone()
        if row is not None:
            connection.execute(
                "UPDATE netease_meeting_inbox SET attempts = attempts + 1, holder = ?, held_until = ? WHERE seq = ?",
                (self.name, now + self._seconds, row[0]),
            )
        return row


class SQLiteLease(TableLease):
    """One event in the hands of one worker of a ``SQLiteStore``."""

    def __init__(self, row: Row, connection: sqlite3.Connection, holder: _Holder) -> None:
        super().__init__(row)
        self._connection = connection
        self._holder = holder
        self._begun = False

    @property
    def connection(self) -> sqlite3.Connection:
        """The file's connection, in a transaction that ``done`` commits: do not end it."""
        if not self._begun:
            self._connection.execute("BEGIN IMMEDIATE")
            self._begun = True
        return self._connection

    def done(self, twin: str | None = None, next_at: float | None = None) -> SQLiteLease | None:
        """Commit what the handler wrote together with its being handled, and take the next event of the meeting."""
        if self._begun and not self._connection.in_transaction:
            raise RuntimeError(
                "the handler ended the transaction: leave that to the inbox, which commits it with its own"
            )
        connection, row = self.connection, None
        try:
            self._update(state=DONE, twin=twin, error="")
        except LeaseLostError:
            connection.close()
            raise
        if next_at is not None:
            row = self._holder.claim(connection, _SAME_MEETING, self.entry.meeting, next_at)
        connection.execute("COMMIT")
        if row is not None:
            return SQLiteLease(row, connection, self._holder)
        self._holder.pool.give(connection)
        return None

    def _undo(self, **changes: object) -> None:
        connection = self._connection
        try:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            with _transaction(connection):
                self._update(**changes)
        except BaseException:
            connection.close()
            raise
        self._holder.pool.give(connection)

    def _update(self, **changes: object) -> None:
        mine = self._connection.execute(
            f"UPDATE netease_meeting_inbox SET {', '.join(f'{name} = :{name}' for name in changes)}, "
            "holder = NULL, held_until = NULL WHERE seq = :seq AND holder = :holder",
            {**changes, "seq": self._seq, "holder": self._holder.name},
        )
        if mine.rowcount != 1:
            raise LeaseLostError(
                "The handler took longer than the lease, and another worker has the event: make the lease longer."
            )


class _Ticket:
    """An entry on its way into the file, and what became of it."""

    def __init__(self, entry: Entry) -> None:
        self.entry = entry
        self.is_new: bool | BaseException | None = None


@contextmanager
def _transaction(connection: sqlite3.Connection) -> Generator[None, None, None]:
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def _named(statement: str, values: dict[str, object]) -> str:
    return statement.format_map({name: f":{name}" for name in values})
