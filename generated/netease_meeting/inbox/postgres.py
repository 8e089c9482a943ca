# Copied from generator/runtime/inbox/postgres.py by `make generate`. Edit it there.
"""An inbox in PostgreSQL: for receivers and workers on many machines. Needs ``netease-meeting[postgres]``."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any

import psycopg
from psycopg.adapt import AdaptersMap
from psycopg.rows import tuple_row

from .._runtime.errors import ConfigurationError
from .entries import queue_of
from .pool import Pool
from .postgres_connection import LentConnection, has_ended
from .store import Entry, LeaseLostError, TransactionError
from .table import NEW, SKEW, Row, TableLease, TableStore, columns, row_of

# What the functions of a worker return, and how they go about it. Plans that are made while little waits are kept when
# much does, until the server counts again: they are to go by the indexes from the start.
_CLAIMS = """
RETURNS TABLE (entry @.netease_meeting_inbox, late boolean, mixed boolean) ROWS 1
LANGUAGE plpgsql SET enable_seqscan = off SET enable_bitmapscan = off
"""

_CLAIM = f"""
    RETURN QUERY UPDATE @.netease_meeting_inbox e SET attempts = attempts + 1 WHERE e.seq = (
        SELECT w.seq FROM @.netease_meeting_inbox w WHERE (w.due_at <= now OR w.since > now + {SKEW}) AND w.seq = (
            SELECT w.seq FROM @.netease_meeting_inbox w WHERE w.state = 0 AND w.queue = which
            ORDER BY w.time, w.seq LIMIT 1
        )
        FOR UPDATE SKIP LOCKED
    )
    RETURNING
        e,
        EXISTS (SELECT 1 FROM @.netease_meeting_inbox p WHERE p.state = 1 AND p.queue = which AND p.time > e.time),
        EXISTS (SELECT 1 FROM @.netease_meeting_inbox r WHERE r.queue = which AND r.after IS NOT NULL);
    IF FOUND THEN
        RETURN;
    END IF;
"""

# In a function each statement sees what was committed before it: the claim, made under the lock, sees what the worker
# before did. PostgreSQL takes rows out of a recursive query one by one: no lock is tried beyond the one that is taken.
_SCHEMA = f"""
SELECT pg_advisory_xact_lock(hashtextextended('netease_meeting_inbox', 0));

CREATE TABLE IF NOT EXISTS @.netease_meeting_inbox (
    seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    key text NOT NULL UNIQUE,
    queue bigint NOT NULL,
    meeting bigint NOT NULL,
    time bigint NOT NULL,
    kind text NOT NULL,
    topic text NOT NULL,
    app_key text NOT NULL,
    body bytea NOT NULL,
    received_at double precision NOT NULL,
    since double precision NOT NULL,
    due_at double precision NOT NULL,
    after bigint,
    state smallint NOT NULL DEFAULT 0,
    attempts integer NOT NULL DEFAULT 0,
    error text NOT NULL DEFAULT '',
    twin text
) WITH (fillfactor = 60); -- room in the page for the row with its attempts counted: no index is touched
-- Columns and indexes that the first edition did not have, and what it had in their place.
ALTER TABLE @.netease_meeting_inbox
    ADD COLUMN IF NOT EXISTS queue bigint, ADD COLUMN IF NOT EXISTS since double precision;
UPDATE @.netease_meeting_inbox SET since = received_at WHERE since IS NULL;
DROP INDEX IF EXISTS @.netease_meeting_inbox_order;
DROP INDEX IF EXISTS @.netease_meeting_inbox_rebuilt;
CREATE INDEX IF NOT EXISTS netease_meeting_inbox_queue ON @.netease_meeting_inbox (state, queue, time, seq);
CREATE INDEX IF NOT EXISTS netease_meeting_inbox_again ON @.netease_meeting_inbox (queue) WHERE after IS NOT NULL;
DROP FUNCTION IF EXISTS @.netease_meeting_inbox_done(bigint, text, bigint, double precision);

CREATE OR REPLACE FUNCTION @.netease_meeting_inbox_lock(meeting bigint) RETURNS bigint IMMUTABLE LANGUAGE sql
RETURN hashtextextended('@@.netease_meeting_inbox ' || meeting, 0);

-- The session's lock becomes one of this transaction, which PostgreSQL releases after committing: no other worker looks
-- before, and giving the lock back costs no round trip.
CREATE OR REPLACE FUNCTION @.netease_meeting_inbox_let_go(which bigint) RETURNS boolean LANGUAGE plpgsql AS $$
DECLARE
    number bigint := @.netease_meeting_inbox_lock(which);
    mine boolean := pg_try_advisory_xact_lock(number);
BEGIN
    PERFORM pg_advisory_unlock(number);
    RETURN mine;
END $$;

CREATE OR REPLACE FUNCTION @.netease_meeting_inbox_lease(beyond bigint, now double precision)
{_CLAIMS} AS $$
DECLARE
    which bigint := beyond;
BEGIN
    LOOP
        WITH RECURSIVE heads AS (
            (SELECT w.queue, w.due_at, w.since FROM @.netease_meeting_inbox w WHERE w.state = 0 AND w.queue > which
             ORDER BY w.queue, w.time, w.seq LIMIT 1)
            UNION ALL
            SELECT next.queue, next.due_at, next.since FROM heads h CROSS JOIN LATERAL (
                SELECT w.queue, w.due_at, w.since FROM @.netease_meeting_inbox w
                WHERE w.state = 0 AND w.queue > h.queue
                ORDER BY w.queue, w.time, w.seq LIMIT 1
            ) next
        )
        SELECT h.queue INTO which FROM heads h
        WHERE CASE WHEN h.due_at <= now OR h.since > now + {SKEW}
            THEN pg_try_advisory_lock(@.netease_meeting_inbox_lock(h.queue)) END
        LIMIT 1;
        EXIT WHEN NOT FOUND;
        {_CLAIM}
        PERFORM pg_advisory_unlock(@.netease_meeting_inbox_lock(which));
    END LOOP;
END $$;

CREATE OR REPLACE FUNCTION @.netease_meeting_inbox_done(
    handled bigint, attempt integer, superseded_by text, which bigint, now double precision
) {_CLAIMS} AS $$
BEGIN
    UPDATE @.netease_meeting_inbox SET state = 1, error = '', twin = superseded_by
    WHERE seq = handled AND state = 0 AND attempts = attempt;
    IF NOT FOUND THEN -- the handler unlocked what it had not locked, and another worker has the event
        RAISE no_data_found;
    END IF;
    {_CLAIM}
    PERFORM @.netease_meeting_inbox_let_go(which);
END $$;
"""

_CLAIMED = f"SELECT (entry).seq, (entry).attempts, late, mixed, {columns(Entry, '(entry).')} FROM"
_LEASE = f"{_CLAIMED} @.netease_meeting_inbox_lease(%s, %s)"
_DONE = f"{_CLAIMED} @.netease_meeting_inbox_done(%s, %s, %s, %s, %s)"
_PUT = (
    f"INSERT INTO @.netease_meeting_inbox ({NEW}) VALUES ({', '.join(['%s'] * (len(fields(Entry)) + 1))}) "
    "ON CONFLICT (key) DO NOTHING"
)
# What a handler may have set with SET, and what would keep the store from committing.
_RESET = (
    b"RESET SESSION AUTHORIZATION; RESET ROLE; RESET statement_timeout; RESET lock_timeout; "
    b"RESET client_encoding; RESET row_security"
)

_FIRST = -(2**63)
# How a server finds out that a worker's machine is gone: after 15 s of silence it asks, thrice, every 5 s. And where
# the table is: names with their schema mean the same whatever a handler does to the search path.
_BEGIN = b"""
SELECT
    set_config('tcp_keepalives_idle', '15', false), set_config('tcp_keepalives_interval', '5', false),
    set_config('tcp_keepalives_count', '3', false), current_setting('server_encoding'),
    quote_ident(coalesce(n.nspname, current_schema())), a.attname
FROM (SELECT to_regclass('netease_meeting_inbox') AS oid) AS t
LEFT JOIN pg_class c ON c.oid = t.oid
LEFT JOIN pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_attribute a ON a.attrelid = t.oid AND a.attname = 'queue'
"""
_UNICODE = ("UTF8", "SQL_ASCII")
"""The encodings that hold every text, the second for it knows none."""

_ADAPTERS = AdaptersMap(psycopg.adapters)
"""How values are read and written, whatever the program makes of it for its own."""


class Session(psycopg.Connection[Row]):
    """A connection of the store's, with the schema of its table."""

    schema: str
    unicode: bool

    def run(self, statement: str, values: Sequence[Any] | Mapping[str, Any] | None = None) -> psycopg.Cursor[Row]:
        """Execute a statement, with ``@.`` for the schema."""
        cursor: psycopg.Cursor[Row] = psycopg.Cursor(self, row_factory=tuple_row)
        query = statement.replace("@@.", self.schema.replace("'", "''") + ".").replace("@.", self.schema + ".")
        return cursor.execute(query.encode(), values)


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
        self._receiving: Pool[Session] = Pool(self._connect, Session.close)
        self._working: Pool[Session] = Pool(lambda: self._connect(b"SET synchronous_commit = off"), Session.close)
        self._beyond = _FIRST

    def _connect(self, *settings: bytes, creating: bool = False) -> Session:
        connection = Session.connect(self._conninfo, autocommit=True, client_encoding="utf8", context=_ADAPTERS)
        try:
            row = connection.execute(_BEGIN).fetchone()
            assert row is not None
            encoding, connection.schema, known = row[3:]
            connection.unicode = encoding in _UNICODE
            if known is None and not creating:
                raise ConfigurationError(
                    "This database has no table netease_meeting_inbox on its search path, or one that an older version "
                    "made: call PostgresStore.create() once when you deploy."
                )
            for setting in settings:
                connection.execute(setting)
        except BaseException:
            connection.close()
            raise
        return connection

    def create(self) -> None:
        """Make the table and its indexes where they are not there. Call it once, when deploying.

        A table that an older version made is brought up to date.
        """
        connection = self._connect(creating=True)
        try:
            if not connection.schema:
                raise ConfigurationError("The search path of this database names no schema: set one in conninfo.")
            with connection.transaction():
                connection.run(_SCHEMA)
                old = connection.run(
                    "SELECT seq, app_key, meeting, key FROM @.netease_meeting_inbox WHERE queue IS NULL"
                )
                for seq, app_key, meeting, key in old:
                    queue = queue_of(app_key, meeting, key)
                    connection.run("UPDATE @.netease_meeting_inbox SET queue = %s WHERE seq = %s", (queue, seq))
                connection.run(
                    "ALTER TABLE @.netease_meeting_inbox "
                    "ALTER COLUMN queue SET NOT NULL, ALTER COLUMN since SET NOT NULL"
                )
        finally:
            connection.close()

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
            return connection.run(_PUT, row_of(entry)).rowcount == 1

    def lease(self, now: float) -> PostgresLease | None:
        """Return the next event, queue after queue."""
        connection = self._working.take()
        try:
            row = connection.run(_LEASE, (self._beyond, now)).fetchone()
            if row is None:
                row = connection.run(_LEASE, (_FIRST, now)).fetchone()
        except BaseException:
            connection.close()
            raise
        if row is None:
            self._working.give(connection)
            return None
        lease = PostgresLease(row, now, connection, self._working)
        self._beyond = lease.entry.queue
        return lease

    def _rows(self, statement: str, **values: object) -> Sequence[Row]:
        with self._working.lent() as connection:
            return connection.run(_named(statement, values), values).fetchall()

    def _changed(self, statement: str, **values: object) -> int:
        with self._receiving.lent() as connection:
            return connection.run(_named(statement, values), values).rowcount


class PostgresLease(TableLease):
    """One event in the hands of one worker of a ``PostgresStore``."""

    def __init__(self, row: Row, now: float, connection: Session, pool: Pool[Session]) -> None:
        super().__init__(row, now)
        self._connection = connection
        self._pool = pool
        self._lent: LentConnection | None = None
        self._committing = False
        self._held = True
        self._process = os.getpid()

    @property
    def connection(self) -> psycopg.Connection[Row]:
        """The session's connection, in a transaction that ``done`` commits: ending it is denied."""
        if self._lent is None:
            self._check_process()
            self._connection.execute(b"BEGIN")
            self._lent = LentConnection(self._connection)
        return self._lent

    def done(self, twin: str | None = None, next_at: float | None = None) -> PostgresLease | None:
        """Commit what the handler wrote together with its being handled, and take the next event of the queue."""
        self._check_process()
        lent = self._settled()
        if lent is not None:
            if has_ended(self._connection):
                raise TransactionError("The handler ended the transaction of its event.")
            if lent.changed or lent.changed_locally:
                self._connection.execute(_RESET)
            if lent.changed:
                next_at = None
        values = (self._seq, self.attempt, twin, self.entry.queue, next_at)
        try:
            row = self._connection.run(_DONE, values).fetchone()
        except psycopg.errors.NoDataFound as error:
            self._connection.close()
            raise LeaseLostError(
                "The handler released the lock that holds its event, and another worker has it since: "
                "leave out pg_advisory_unlock_all()."
            ) from error
        if lent is not None:
            self._committing = True
            self._connection.execute(b"COMMIT")
        if row is not None and next_at is not None:
            self._held = False
            return PostgresLease(row, next_at, self._connection, self._pool)
        self._let_go()
        return None

    def retry(self, due_at: float, error: str) -> None:
        """Undo what the handler wrote; hand the event over again later."""
        if self._lent is not None and has_ended(self._connection) and not self._committing:
            return self.park(error)  # what it wrote may be committed: not a second time
        return super().retry(due_at, error)

    def _undo(self, **changes: object) -> None:
        self._check_process()
        try:
            if self._settled() is not None and not has_ended(self._connection):
                self._connection.execute(b"ROLLBACK")
            if self._lent is not None and self._lent.changed:
                self._connection.execute(_RESET)
            mine = self._update(**changes)
        except psycopg.OperationalError as error:
            self._connection.close()
            raise LeaseLostError(
                "The connection is gone, and the lock with it; the event is handed over again."
            ) from error
        except BaseException:
            self._connection.close()
            raise
        self._let_go()
        if not mine:
            raise LeaseLostError("Committing failed, and another worker has the event since.")

    def _update(self, **changes: object) -> bool:
        if not self._connection.unicode and "error" in changes:
            changes["error"] = str(changes["error"]).encode("ascii", "backslashreplace").decode()
        statement = (
            "WITH held AS MATERIALIZED (SELECT @.netease_meeting_inbox_let_go(%(queue)s) AS mine) "
            f"UPDATE @.netease_meeting_inbox SET {', '.join(f'{name} = %({name})s' for name in changes)} "
            "FROM held WHERE mine AND state = 0 AND seq = %(seq)s AND attempts = %(attempt)s"
        )
        values = {"attempt": self.attempt, "queue": self.entry.queue, "seq": self._seq}
        return self._connection.run(statement, {**changes, **values}).rowcount == 1

    def _settled(self) -> LentConnection | None:
        """Take back what a handler was lent."""
        if self._lent is not None:
            self._lent.settle()
        return self._lent

    def __del__(self) -> None:
        if self._held and self._process == os.getpid():  # nobody settled it
            self._connection.close()

    def _let_go(self) -> None:
        self._held = False
        if self._lent is not None and self._lent.changed:
            self._connection.close()
        else:
            self._pool.give(self._connection)

    def _check_process(self) -> None:
        if self._process != os.getpid():
            raise LeaseLostError("The event is the parent process's: a forked child cannot settle it.")


def _named(statement: str, values: dict[str, object]) -> str:
    return statement.format_map({"table": "@.netease_meeting_inbox", **{name: f"%({name})s" for name in values}})
