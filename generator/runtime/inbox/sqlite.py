"""An inbox in one SQLite file: for receivers and workers, threads and processes, on one machine."""

from __future__ import annotations

import os
import secrets
import sqlite3
import threading
from collections import deque
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import astuple, fields
from datetime import timedelta
from typing import Any

from .pool import Pool
from .store import Depth, Entry, LeaseLostError, Parked, Past

_ENTRY = ", ".join(field.name for field in fields(Entry))
_PAST = ", ".join(field.name for field in fields(Past))
_PARKED = ", ".join(field.name for field in fields(Parked))

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
    f"INSERT INTO netease_meeting_inbox ({_ENTRY}) VALUES ({', '.join('?' * len(fields(Entry)))}) "
    "ON CONFLICT DO NOTHING"
)

# From one meeting to the next along the index, until the first event of one is due and nobody works on it.
_NEXT = f"""
WITH RECURSIVE heads (meeting) AS (
    SELECT min(meeting) FROM netease_meeting_inbox WHERE state = 0 AND meeting > :beyond
    UNION ALL
    SELECT (SELECT min(meeting) FROM netease_meeting_inbox WHERE state = 0 AND meeting > heads.meeting)
    FROM heads WHERE meeting IS NOT NULL
)
SELECT seq, attempts,
    EXISTS (SELECT 1 FROM netease_meeting_inbox p WHERE p.meeting = e.meeting AND p.state = 1 AND p.time > e.time),
    EXISTS (SELECT 1 FROM netease_meeting_inbox r WHERE r.meeting = e.meeting AND r.after IS NOT NULL),
    {", ".join(f"e.{field.name}" for field in fields(Entry))}
FROM heads JOIN netease_meeting_inbox e ON e.seq = (
    SELECT seq FROM netease_meeting_inbox w WHERE w.state = 0 AND w.meeting = heads.meeting ORDER BY time, seq LIMIT 1
)
WHERE due_at <= :now AND NOT EXISTS (
    SELECT 1 FROM netease_meeting_inbox h
    WHERE h.meeting = e.meeting AND h.holder IS NOT NULL AND h.held_until > :now
)
LIMIT 1
"""

_FIRST = -(2**63)


class SQLiteStore:
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
                news = [connection.execute(_PUT, astuple(ticket.entry)).rowcount == 1 for ticket in tickets]
        except BaseException as error:
            for ticket in tickets:
                ticket.is_new = error
        else:
            for ticket, is_new in zip(tickets, news, strict=True):
                ticket.is_new = is_new

    # -- working

    def lease(self, now: float) -> SQLiteLease | None:
        """Return the next event, meeting after meeting."""
        connection, holder = self._working.take(), secrets.token_hex(8)
        try:
            with _transaction(connection):
                row = self._next(connection, now)
                if row is not None:
                    connection.execute(
                        "UPDATE netease_meeting_inbox SET attempts = attempts + 1, holder = ?, held_until = ? "
                        "WHERE seq = ?",
                        (holder, now + self._lease, row[0]),
                    )
        except BaseException:
            connection.close()
            raise
        if row is None:
            self._working.give(connection)
            return None
        seq, attempts, late, mixed, *entry = row
        self._beyond = entry[1]
        return SQLiteLease(Entry(*entry), attempts + 1, bool(late), bool(mixed), seq, holder, connection, self._working)

    def _next(self, connection: sqlite3.Connection, now: float) -> Any:
        for beyond in {self._beyond: None, _FIRST: None}:
            row = connection.execute(_NEXT, {"beyond": beyond, "now": now}).fetchone()
            if row is not None:
                return row
        return None

    def history(self, meeting: int) -> Sequence[Past]:
        """Return all that is remembered of a meeting."""
        with self._working.lent() as connection:
            rows = connection.execute(
                f"SELECT {_PAST} FROM netease_meeting_inbox "
                "WHERE state IN (0, 1, 2) AND meeting = ? ORDER BY time, seq",
                (meeting,),
            )
            return [Past(*row) for row in rows]

    # -- looking after it

    def meetings(self) -> Sequence[int]:
        """Return the meetings of which anything is remembered."""
        with self._working.lent() as connection:
            return [row[0] for row in connection.execute("SELECT DISTINCT meeting FROM netease_meeting_inbox")]

    def parked(self) -> Sequence[Parked]:
        """Return the events that were given up."""
        with self._working.lent() as connection:
            rows = connection.execute(f"SELECT {_PARKED} FROM netease_meeting_inbox WHERE state = 2 ORDER BY seq")
            return [Parked(*row) for row in rows]

    def replay(self, key: str | None, now: float) -> int:
        """Make parked events wait again."""
        with self._receiving.lent() as connection, _transaction(connection):
            return connection.execute(
                "UPDATE netease_meeting_inbox SET state = 0, attempts = 0, error = '', due_at = ? "
                "WHERE state = 2 AND (? IS NULL OR key = ?)",
                (now, key, key),
            ).rowcount

    def depth(self) -> Depth:
        """Return how much there is."""
        with self._working.lent() as connection:
            waiting, oldest = connection.execute(
                "SELECT count(*), min(received_at) FROM netease_meeting_inbox WHERE state = 0"
            ).fetchone()
            (parked,) = connection.execute("SELECT count(*) FROM netease_meeting_inbox WHERE state = 2").fetchone()
            return Depth(waiting, oldest, parked)

    def purge(self, before: float) -> int:
        """Forget what is done and was received before."""
        with self._working.lent() as connection, _transaction(connection):
            return connection.execute(
                "DELETE FROM netease_meeting_inbox WHERE state = 1 AND received_at < ?", (before,)
            ).rowcount


class SQLiteLease:
    """One event in the hands of one worker of a ``SQLiteStore``."""

    def __init__(
        self,
        entry: Entry,
        attempt: int,
        late: bool,
        mixed: bool,
        seq: int,
        holder: str,
        connection: sqlite3.Connection,
        pool: Pool[sqlite3.Connection],
    ) -> None:
        self.entry = entry
        self.attempt = attempt
        self.late = late
        self.mixed = mixed
        self._mine = (seq, holder)
        self._connection = connection
        self._pool = pool
        self._begun = False

    @property
    def connection(self) -> sqlite3.Connection:
        """The file's connection, in a transaction that ``done`` commits: do not end it."""
        if not self._begun:
            self._connection.execute("BEGIN IMMEDIATE")
            self._begun = True
        return self._connection

    def done(self, twin: str | None = None) -> None:
        """Commit what the handler wrote together with its being handled."""
        if self._begun and not self._connection.in_transaction:
            raise RuntimeError(
                "the handler ended the transaction: leave that to the inbox, which commits it with its own"
            )
        try:
            self._update(self.connection, "state = 1, twin = ?, error = ''", twin)
        except LeaseLostError:
            self._connection.close()
            raise
        self._connection.execute("COMMIT")
        self._pool.give(self._connection)

    def retry(self, due_at: float, error: str) -> None:
        """Undo what the handler wrote; hand the event over again later."""
        self._undo("due_at = ?, error = ?", due_at, error)

    def park(self, error: str) -> None:
        """Undo what the handler wrote; give the event up."""
        self._undo("state = 2, error = ?", error)

    def release(self) -> None:
        """Undo what the handler wrote, and the lease."""
        self._undo("attempts = attempts - 1")

    def _undo(self, change: str, *values: object) -> None:
        connection = self._connection
        try:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            with _transaction(connection):
                self._update(connection, change, *values)
        except BaseException:
            connection.close()
            raise
        self._pool.give(connection)

    def _update(self, connection: sqlite3.Connection, change: str, *values: object) -> None:
        mine = connection.execute(
            f"UPDATE netease_meeting_inbox SET {change}, holder = NULL, held_until = NULL WHERE seq = ? AND holder = ?",
            (*values, *self._mine),
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
