# Copied from generator/runtime/inbox/postgres.py by `make generate`. Edit it there.
"""An inbox in PostgreSQL: for receivers and workers on many machines. Needs ``netease-meeting[postgres]``."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import fields

import psycopg

from .pool import Pool
from .store import Entry, LeaseLostError
from .table import Row, TableLease, TableStore, columns, row_of

Connection = psycopg.Connection[Row]

# What the functions of a worker return, and how they go about it. Plans that are made while little waits are kept when
# much does, until the server counts again: they are to go by the indexes from the start.
_CLAIMS = """
RETURNS TABLE (entry netease_meeting_inbox, late boolean, mixed boolean) ROWS 1
LANGUAGE plpgsql SET enable_seqscan = off SET enable_bitmapscan = off
"""

_CLAIM = """
    RETURN QUERY UPDATE netease_meeting_inbox e SET attempts = attempts + 1 WHERE e.seq = (
        SELECT w.seq FROM netease_meeting_inbox w WHERE w.due_at <= now AND w.seq = (
            SELECT w.seq FROM netease_meeting_inbox w WHERE w.state = 0 AND w.meeting = which
            ORDER BY w.time, w.seq LIMIT 1
        )
        FOR UPDATE SKIP LOCKED
    )
    RETURNING
        e,
        EXISTS (SELECT 1 FROM netease_meeting_inbox p WHERE p.state = 1 AND p.meeting = which AND p.time > e.time),
        EXISTS (SELECT 1 FROM netease_meeting_inbox r WHERE r.meeting = which AND r.after IS NOT NULL);
    IF FOUND THEN
        RETURN;
    END IF;
"""

# In a function each statement sees what was committed before it: the claim, made under the lock, sees what the worker
# before did. PostgreSQL takes rows out of a recursive query one by one: no lock is tried beyond the one that is taken.
_SCHEMA = f"""
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
) WITH (fillfactor = 60); -- room in the page for the row with its attempts counted: no index is touched
CREATE INDEX IF NOT EXISTS netease_meeting_inbox_order ON netease_meeting_inbox (state, meeting, time, seq);
CREATE INDEX IF NOT EXISTS netease_meeting_inbox_rebuilt ON netease_meeting_inbox (meeting) WHERE after IS NOT NULL;

CREATE OR REPLACE FUNCTION netease_meeting_inbox_lock(meeting bigint) RETURNS bigint IMMUTABLE LANGUAGE sql
RETURN hashtextextended('netease_meeting_inbox ' || meeting, 0);

-- The session's lock becomes one of this transaction, which PostgreSQL releases after committing: no other worker looks
-- before, and giving the lock back costs no round trip.
CREATE OR REPLACE FUNCTION netease_meeting_inbox_let_go(which bigint) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
    number bigint := netease_meeting_inbox_lock(which);
    mine boolean := pg_try_advisory_xact_lock(number);
BEGIN
    PERFORM pg_advisory_unlock(number);
    RETURN mine;
END $$;

CREATE OR REPLACE FUNCTION netease_meeting_inbox_lease(beyond bigint, now double precision)
{_CLAIMS} AS $$
DECLARE
    which bigint := beyond;
BEGIN
    LOOP
        WITH RECURSIVE heads AS (
            (SELECT w.meeting, w.due_at FROM netease_meeting_inbox w WHERE w.state = 0 AND w.meeting > which
             ORDER BY w.meeting, w.time, w.seq LIMIT 1)
            UNION ALL
            SELECT next.meeting, next.due_at FROM heads h CROSS JOIN LATERAL (
                SELECT w.meeting, w.due_at FROM netease_meeting_inbox w WHERE w.state = 0 AND w.meeting > h.meeting
                ORDER BY w.meeting, w.time, w.seq LIMIT 1
            ) next
        )
        SELECT h.meeting INTO which FROM heads h
        WHERE CASE WHEN h.due_at <= now THEN pg_try_advisory_lock(netease_meeting_inbox_lock(h.meeting)) END
        LIMIT 1;
        EXIT WHEN NOT FOUND;
        {_CLAIM}
        PERFORM pg_advisory_unlock(netease_meeting_inbox_lock(which));
    END LOOP;
END $$;

CREATE OR REPLACE FUNCTION netease_meeting_inbox_done(
    handled bigint, superseded_by text, which bigint, now double precision
) {_CLAIMS} AS $$
BEGIN
    UPDATE netease_meeting_inbox SET state = 1, error = '', twin = superseded_by WHERE seq = handled;
    {_CLAIM}
    PERFORM netease_meeting_inbox_let_go(which);
END $$;
"""

_CLAIMED = f"SELECT (entry).seq, (entry).attempts, late, mixed, {columns(Entry, '(entry).')} FROM"
_LEASE = f"{_CLAIMED} netease_meeting_inbox_lease(%s, %s)".encode()
_DONE = f"{_CLAIMED} netease_meeting_inbox_done(%s, %s, %s, %s)".encode()

_PUT = (
    f"INSERT INTO netease_meeting_inbox ({columns(Entry)}) VALUES ({', '.join(['%s'] * len(fields(Entry)))}) "
    "ON CONFLICT (key) DO NOTHING"
).encode()

_FIRST = -(2**63)
# How a server finds out that a worker's machine is gone: after 15 s of silence it asks, thrice, every 5 s.
_KEEPALIVE = b"""
SELECT set_config('tcp_keepalives_idle', '15', false), set_config('tcp_keepalives_interval', '5', false),
    set_config('tcp_keepalives_count', '3', false)
"""


class PostgresStore(TableStore):
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
        # A callback is on the disk before it is acknowledged. Handled events are consistent with what their handlers
        # wrote, but a power failure may take back the last of them together, and they are handed over again.
        self._receiving: Pool[Connection] = Pool(self._connect)
        self._working: Pool[Connection] = Pool(lambda: self._connect(b"SET synchronous_commit = off"))
        self._beyond = _FIRST

    def _connect(self, *settings: bytes) -> Connection:
        connection = psycopg.connect(self._conninfo, autocommit=True)
        for setting in (_KEEPALIVE, *settings):
            connection.execute(setting)
        return connection

    def create(self) -> None:
        """Make the table and its indexes where they are not there. Call it once, when deploying."""
        with self._receiving.lent() as connection, connection.transaction():
            connection.execute(_SCHEMA.encode())

    def close(self) -> None:
        """Close the connections."""
        self._receiving.close()
        self._working.close()

    def put(self, entry: Entry) -> bool:
        """Keep *entry*."""
        try:
            return self._put(entry)
        except psycopg.OperationalError:  # the server was restarted under an idle connection: once more on a new one
            self._receiving.close()
            return self._put(entry)

    def _put(self, entry: Entry) -> bool:
        with self._receiving.lent() as connection:
            return connection.execute(_PUT, row_of(entry)).rowcount == 1

    def lease(self, now: float) -> PostgresLease | None:
        """Return the next event, meeting after meeting."""
        connection = self._working.take()
        try:
            row = connection.execute(_LEASE, (self._beyond, now)).fetchone()
            if row is None:
                row = connection.execute(_LEASE, (_FIRST, now)).fetchone()
        except BaseException:
            connection.close()
            raise
        if row is None:
            self._working.give(connection)
            return None
        lease = PostgresLease(row, connection, self._working)
        self._beyond = lease.entry.meeting
        return lease

    def _rows(self, statement: str, **values: object) -> Sequence[Row]:
        with self._working.lent() as connection:
            return connection.execute(_named(statement, values), values).fetchall()

    def _changed(self, statement: str, **values: object) -> int:
        with self._receiving.lent() as connection:
            return connection.execute(_named(statement, values), values).rowcount


class PostgresLease(TableLease):
    """One event in the hands of one worker of a ``PostgresStore``."""

    def __init__(self, row: Row, connection: Connection, pool: Pool[Connection]) -> None:
        super().__init__(row)
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

    def done(self, twin: str | None = None, next_at: float | None = None) -> PostgresLease | None:
        """Commit what the handler wrote together with its being handled, and take the next event of the meeting."""
        row = self._connection.execute(_DONE, (self._seq, twin, self.entry.meeting, next_at)).fetchone()
        if self._begun is not None:
            begun, self._begun = self._begun, None
            begun.__exit__(None, None, None)
        if row is not None:
            return PostgresLease(row, self._connection, self._pool)
        self._pool.give(self._connection)
        return None

    def _undo(self, **changes: object) -> None:
        try:
            if self._begun is not None:
                begun, self._begun = self._begun, None
                begun.__exit__(psycopg.Rollback, psycopg.Rollback(), None)
            mine = self._update(**changes)
        except psycopg.OperationalError as error:
            self._connection.close()
            raise LeaseLostError(
                "The connection is gone, and the lock with it; the event is handed over again."
            ) from error
        except BaseException:
            self._connection.close()
            raise
        self._pool.give(self._connection)
        if not mine:
            raise LeaseLostError("Committing failed, and another worker has the event since.")

    def _update(self, **changes: object) -> bool:
        statement = (
            "WITH held AS MATERIALIZED (SELECT netease_meeting_inbox_let_go(%(meeting)s) AS mine) "
            f"UPDATE netease_meeting_inbox SET {', '.join(f'{name} = %({name})s' for name in changes)} "
            "FROM held WHERE mine AND state = 0 AND seq = %(seq)s"
        )
        values = {**changes, "meeting": self.entry.meeting, "seq": self._seq}
        return self._connection.execute(statement.encode(), values).rowcount == 1


def _named(statement: str, values: dict[str, object]) -> bytes:
    return statement.format_map({name: f"%({name})s" for name in values}).encode()
