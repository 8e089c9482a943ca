"""An inbox in PostgreSQL: for receivers and workers on many machines. Needs ``netease-meeting[postgres]``."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import astuple, fields
from typing import TYPE_CHECKING, Any, cast

import psycopg

from .pool import Pool
from .store import Depth, Entry, LeaseLostError, Parked, Past

if TYPE_CHECKING:
    from typing import LiteralString

Connection = psycopg.Connection[tuple[Any, ...]]


def _names(kind: type, prefix: str = "") -> LiteralString:
    names: Any = ", ".join(prefix + field.name for field in fields(kind))
    return cast("LiteralString", names)


_ENTRY = _names(Entry, "e.")

# In a function each statement sees what was committed before it: the claim, made under the lock, sees what the worker
# before did. PostgreSQL takes rows out of a recursive query one by one: no lock is tried beyond the one that is taken.
# Should the count of attempts be lost in a power failure, nothing else is: the disk is not waited for.
_SCHEMA: LiteralString = """
SELECT pg_advisory_xact_lock(hashtextextended('netease_meeting_inbox', 0));

CREATE TABLE IF NOT EXISTS netease_meeting_inbox (
    seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    key text NOT NULL UNIQUE,
    meeting bigint NOT NULL,
    time bigint NOT NULL,
    kind text NOT NULL,
    topic text NOT NULL,
    app_key text NOT NULL,
    body bytea NOT NULL,
    received_at double precision NOT NULL,
    due_at double precision NOT NULL,
    after bigint,
    state smallint NOT NULL DEFAULT 0,
    attempts integer NOT NULL DEFAULT 0,
    error text NOT NULL DEFAULT '',
    twin text
);
CREATE INDEX IF NOT EXISTS netease_meeting_inbox_order ON netease_meeting_inbox (state, meeting, time, seq);
CREATE INDEX IF NOT EXISTS netease_meeting_inbox_rebuilt ON netease_meeting_inbox (meeting) WHERE after IS NOT NULL;

CREATE OR REPLACE FUNCTION netease_meeting_inbox_lock(meeting bigint) RETURNS bigint IMMUTABLE LANGUAGE sql
RETURN hashtextextended('netease_meeting_inbox ' || meeting, 0);

CREATE OR REPLACE FUNCTION netease_meeting_inbox_lease(beyond bigint, now double precision)
RETURNS SETOF netease_meeting_inbox LANGUAGE plpgsql AS $$
BEGIN
    PERFORM set_config('synchronous_commit', 'off', true);
    LOOP
        WITH RECURSIVE heads AS (
            (SELECT w.meeting, w.due_at FROM netease_meeting_inbox w WHERE w.state = 0 AND w.meeting > beyond
             ORDER BY w.meeting, w.time, w.seq LIMIT 1)
            UNION ALL
            SELECT next.meeting, next.due_at FROM heads h CROSS JOIN LATERAL (
                SELECT w.meeting, w.due_at FROM netease_meeting_inbox w WHERE w.state = 0 AND w.meeting > h.meeting
                ORDER BY w.meeting, w.time, w.seq LIMIT 1
            ) next
        )
        SELECT h.meeting INTO beyond FROM heads h
        WHERE CASE WHEN h.due_at <= now THEN pg_try_advisory_lock(netease_meeting_inbox_lock(h.meeting)) END
        LIMIT 1;
        EXIT WHEN NOT FOUND;
        RETURN QUERY UPDATE netease_meeting_inbox e SET attempts = attempts + 1 WHERE e.seq = (
            SELECT w.seq FROM netease_meeting_inbox w WHERE w.due_at <= now AND w.seq = (
                SELECT w.seq FROM netease_meeting_inbox w WHERE w.state = 0 AND w.meeting = beyond
                ORDER BY w.time, w.seq LIMIT 1
            )
            FOR UPDATE SKIP LOCKED
        )
        RETURNING e.*;
        EXIT WHEN FOUND;
        PERFORM pg_advisory_unlock(netease_meeting_inbox_lock(beyond));
    END LOOP;
END $$;
"""

_LEASE: LiteralString = f"""
SELECT e.seq, e.attempts,
    EXISTS (SELECT 1 FROM netease_meeting_inbox p WHERE p.state = 1 AND p.meeting = e.meeting AND p.time > e.time),
    EXISTS (SELECT 1 FROM netease_meeting_inbox r WHERE r.meeting = e.meeting AND r.after IS NOT NULL),
    {_ENTRY}
FROM netease_meeting_inbox_lease(%s, %s) e
"""

# The session's lock becomes one of this transaction, which PostgreSQL releases after committing: no other worker looks
# before, and giving the lock back costs no round trip.
_SETTLE: LiteralString = """
WITH lock AS MATERIALIZED (
    SELECT pg_try_advisory_xact_lock(number), pg_advisory_unlock(number) FROM netease_meeting_inbox_lock(%s) number
)
UPDATE netease_meeting_inbox SET {} FROM lock WHERE seq = %s AND state = 0
"""

_PUT: LiteralString = (
    f"INSERT INTO netease_meeting_inbox ({_names(Entry)}) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s) "
    "ON CONFLICT (key) DO NOTHING"
)

_FIRST = -(2**63)
# How a server finds out that a worker's machine is gone: after 15 s of silence it asks, thrice, every 5 s.
_KEEPALIVE: LiteralString = """
SELECT set_config('tcp_keepalives_idle', '15', false), set_config('tcp_keepalives_interval', '5', false),
    set_config('tcp_keepalives_count', '3', false)
"""


class PostgresStore:
    """Keeps entries in a table of PostgreSQL 14 or newer.

    A worker holds its meeting by an advisory lock of its session, which vanishes with the connection: another worker
    takes over as soon as the server notices, at once if the worker's process died, within 30 s if its machine did.
    Connect to the server itself or through a pooler in session mode.

    Args:
        conninfo: As psycopg wants it, for example ``postgresql://user@host/database``. Passwords come from it or from
            ``PGPASSWORD`` or ``~/.pgpass``.
    """

    def __init__(self, conninfo: str) -> None:
        self._conninfo = conninfo
        self._pool: Pool[Connection] = Pool(self._connect)
        self._beyond = _FIRST

    def _connect(self) -> Connection:
        connection = psycopg.connect(self._conninfo, autocommit=True)
        connection.execute(_KEEPALIVE)
        return connection

    def create(self) -> None:
        """Make the table and its indexes where they are not there. Call it once, when deploying."""
        with self._pool.lent() as connection, connection.transaction():
            connection.execute(_SCHEMA)

    def close(self) -> None:
        """Close the connections."""
        self._pool.close()

    def put(self, entry: Entry) -> bool:
        """Keep *entry*."""
        try:
            return self._put(entry)
        except psycopg.OperationalError:  # the server was restarted under an idle connection: once more on a new one
            self._pool.close()
            return self._put(entry)

    def _put(self, entry: Entry) -> bool:
        with self._pool.lent() as connection:
            return connection.execute(_PUT, astuple(entry)).rowcount == 1

    def lease(self, now: float) -> PostgresLease | None:
        """Return the next event, meeting after meeting."""
        connection = self._pool.take()
        try:
            lease = self._lease(connection, now)
        except BaseException:
            connection.close()
            raise
        if lease is None:
            self._pool.give(connection)
        return lease

    def _lease(self, connection: Connection, now: float) -> PostgresLease | None:
        for beyond in {self._beyond: None, _FIRST: None}:
            row = connection.execute(_LEASE, (beyond, now)).fetchone()
            if row is not None:
                seq, attempt, late, mixed, *entry = row
                lease = PostgresLease(Entry(*entry), attempt, late, mixed, seq, connection, self._pool)
                self._beyond = lease.entry.meeting
                return lease
        return None

    def history(self, meeting: int) -> Sequence[Past]:
        """Return all that is remembered of a meeting."""
        with self._pool.lent() as connection:
            rows = connection.execute(
                f"SELECT {_names(Past)} FROM netease_meeting_inbox "
                "WHERE state IN (0, 1, 2) AND meeting = %s ORDER BY time, seq",
                (meeting,),
            )
            return [Past(*row) for row in rows]

    def meetings(self) -> Sequence[int]:
        """Return the meetings of which anything is remembered."""
        with self._pool.lent() as connection:
            return [row[0] for row in connection.execute("SELECT DISTINCT meeting FROM netease_meeting_inbox")]

    def parked(self) -> Sequence[Parked]:
        """Return the events that were given up."""
        with self._pool.lent() as connection:
            rows = connection.execute(
                f"SELECT {_names(Parked)} FROM netease_meeting_inbox WHERE state = 2 ORDER BY seq"
            )
            return [Parked(*row) for row in rows]

    def replay(self, key: str | None, now: float) -> int:
        """Make parked events wait again."""
        with self._pool.lent() as connection:
            return connection.execute(
                "UPDATE netease_meeting_inbox SET state = 0, attempts = 0, error = '', due_at = %(now)s "
                "WHERE state = 2 AND (%(key)s::text IS NULL OR key = %(key)s)",
                {"key": key, "now": now},
            ).rowcount

    def depth(self) -> Depth:
        """Return how much there is."""
        with self._pool.lent() as connection:
            row = connection.execute(
                "SELECT count(*) FILTER (WHERE state = 0), min(received_at) FILTER (WHERE state = 0), "
                "count(*) FILTER (WHERE state = 2) FROM netease_meeting_inbox WHERE state = 0 OR state = 2"
            ).fetchone()
            return Depth(*cast("tuple[int, float | None, int]", row))

    def purge(self, before: float) -> int:
        """Forget what is done and was received before."""
        with self._pool.lent() as connection:
            return connection.execute(
                "DELETE FROM netease_meeting_inbox WHERE state = 1 AND received_at < %s", (before,)
            ).rowcount


class PostgresLease:
    """One event in the hands of one worker of a ``PostgresStore``."""

    def __init__(
        self,
        entry: Entry,
        attempt: int,
        late: bool,
        mixed: bool,
        seq: int,
        connection: Connection,
        pool: Pool[Connection],
    ) -> None:
        self.entry = entry
        self.attempt = attempt
        self.late = late
        self.mixed = mixed
        self._seq = seq
        self._connection = connection
        self._pool = pool
        self._begun: AbstractContextManager[psycopg.Transaction] | None = None

    @property
    def connection(self) -> Connection:
        """The session's connection, in a transaction that ``done`` commits: psycopg refuses to end it before."""
        if self._begun is None:
            begun = self._connection.transaction()
            begun.__enter__()
            self._begun = begun
        return self._connection

    def done(self, twin: str | None = None) -> None:
        """Commit what the handler wrote together with its being handled."""
        self._update("state = 1, error = '', twin = %s", twin)
        if self._begun is not None:
            begun, self._begun = self._begun, None
            begun.__exit__(None, None, None)
        self._pool.give(self._connection)

    def retry(self, due_at: float, error: str) -> None:
        """Undo what the handler wrote; hand the event over again later."""
        self._undo("due_at = %s, error = %s", due_at, error)

    def park(self, error: str) -> None:
        """Undo what the handler wrote; give the event up."""
        self._undo("state = 2, error = %s", error)

    def release(self) -> None:
        """Undo what the handler wrote, and the lease."""
        self._undo("attempts = attempts - 1")

    def _undo(self, change: LiteralString, *values: object) -> None:
        try:
            if self._begun is not None:
                begun, self._begun = self._begun, None
                begun.__exit__(psycopg.Rollback, psycopg.Rollback(), None)
            self._update(change, *values)
        except psycopg.OperationalError as error:
            self._connection.close()
            raise LeaseLostError(
                "The connection is gone, and the lock with it; the event is handed over again."
            ) from error
        except BaseException:
            self._connection.close()
            raise
        self._pool.give(self._connection)

    def _update(self, change: LiteralString, *values: object) -> None:
        self._connection.execute(_SETTLE.format(change), (self.entry.meeting, *values, self._seq))
