"""An inbox in one SQLite file: for receivers and workers, threads and processes, on one machine."""

from __future__ import annotations

import os
import sqlite3
import threading
from collections import deque
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from dataclasses import fields
from datetime import timedelta
from weakref import WeakSet

from .._runtime.errors import ConfigurationError
from .entries import queue_of
from .forks import GATE, call_in_child
from .liveness import LockFile, lock_file
from .paths import checked, identity, quoted
from .pool import Pool
from .sqlite_connection import BEGIN, COMMIT, ROLLBACK, LentConnection
from .store import DONE, Entry, LeaseLostError, StoreMovedError, TransactionError
from .table import NEW, SKEW, Row, TableLease, TableStore, columns, row_of

_TABLE = "main.netease_meeting_inbox"

_SCHEMA = (
    """
CREATE TABLE IF NOT EXISTS netease_meeting_inbox (
    seq INTEGER PRIMARY KEY,
    key TEXT NOT NULL UNIQUE,
    queue INTEGER NOT NULL,
    meeting INTEGER NOT NULL,
    time INTEGER NOT NULL,
    kind TEXT NOT NULL,
    topic TEXT NOT NULL,
    app_key TEXT NOT NULL,
    body BLOB NOT NULL,
    received_at REAL NOT NULL,
    since REAL NOT NULL,
    due_at REAL NOT NULL,
    after INTEGER,
    state INTEGER NOT NULL DEFAULT 0,
    attempts INTEGER NOT NULL DEFAULT 0,
    error TEXT NOT NULL DEFAULT '',
    twin TEXT,
    holder TEXT,
    held_until REAL
)
""",
    "CREATE INDEX IF NOT EXISTS netease_meeting_inbox_queue ON netease_meeting_inbox (state, queue, time, seq)",
    "CREATE INDEX IF NOT EXISTS netease_meeting_inbox_holder ON netease_meeting_inbox (queue) WHERE holder IS NOT NULL",
    "CREATE INDEX IF NOT EXISTS netease_meeting_inbox_again ON netease_meeting_inbox (queue) WHERE after IS NOT NULL",
)
_COLUMNS = f"SELECT name FROM pragma_table_info('{_TABLE.partition('.')[2]}', 'main')"

# From the first edition: queues were meetings, whatever their application, and the index names told so.
_MIGRATION = (
    "ALTER TABLE netease_meeting_inbox ADD COLUMN queue INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE netease_meeting_inbox ADD COLUMN since REAL NOT NULL DEFAULT 0",
    "UPDATE netease_meeting_inbox SET since = received_at, holder = NULL, held_until = NULL",
    "DROP INDEX IF EXISTS netease_meeting_inbox_order",
    "DROP INDEX IF EXISTS netease_meeting_inbox_held",
    "DROP INDEX IF EXISTS netease_meeting_inbox_rebuilt",
)

_PUT = f"INSERT INTO {_TABLE} ({NEW}) VALUES ({', '.join('?' * (len(fields(Entry)) + 1))}) ON CONFLICT DO NOTHING"

# The first event of the first queue of which it is due and nobody works on it. CROSS JOIN, for SQLite takes that as
# the order: it looks at no queue beyond the one it takes, however many wait.
_CLAIM = f"""
SELECT seq, attempts + 1,
    EXISTS (SELECT 1 FROM {_TABLE} p WHERE p.queue = e.queue AND p.state = 1 AND p.time > e.time),
    EXISTS (SELECT 1 FROM {_TABLE} r WHERE r.queue = e.queue AND r.after IS NOT NULL),
    {columns(Entry, "e.")}
FROM heads CROSS JOIN {_TABLE} e ON e.seq = (
    SELECT seq FROM {_TABLE} w WHERE w.state = 0 AND w.queue = heads.queue ORDER BY time, seq LIMIT 1
)
WHERE (due_at <= :now OR since > :now + {SKEW}) AND NOT EXISTS (
    SELECT 1 FROM {_TABLE} h
    WHERE h.queue = e.queue AND h.holder IS NOT NULL AND (h.held_until IS NULL OR h.held_until > :now)
)
LIMIT 1
"""
_NEXT_QUEUE = f"""
WITH RECURSIVE heads (queue) AS (
    SELECT min(queue) FROM {_TABLE} WHERE state = 0 AND queue > :queue
    UNION ALL
    SELECT (SELECT min(queue) FROM {_TABLE} WHERE state = 0 AND queue > heads.queue)
    FROM heads WHERE queue IS NOT NULL
)
{_CLAIM}
"""
_SAME_QUEUE = f"WITH heads (queue) AS (SELECT :queue) {_CLAIM}"

_Files = tuple[tuple[int, int], tuple[int, int] | None]

_FIRST = -(2**63)
_UNUSABLE = (sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY)


class SQLiteStore(TableStore):
    """Keeps entries in one file of the local disk; not on a network file system, where SQLite's locks do not hold.

    A worker holds its queue by a lock of the operating system on ``<path>-workers``, which vanishes with its process:
    another worker takes over at once.

    Args:
        path: The file. It is made if it is not there; a relative path counts from the folder that is current now.
        lease: How long a worker may take over one event. After that another worker may have it, and what the slow one
            wrote through the connection is undone. Left out: as long as its process lives.
        timeout: How long to wait for other writers. Shorter than the sender waits for an answer.

    Raises:
        ConfigurationError: *path* cannot be such a file.
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        *,
        lease: timedelta | None = None,
        timeout: timedelta = timedelta(seconds=3),
    ) -> None:
        self._path = checked(path)
        self._lease = None if lease is None else lease.total_seconds()
        self._timeout = timeout.total_seconds()
        # A callback is on the disk before it is acknowledged. Handled events are consistent with what their handlers
        # wrote, but a power failure may take back the last of them together, and they are handed over again.
        self._receiving: Pool[LentConnection] = Pool(lambda: self._connect("FULL"), self._end)
        self._working: Pool[LentConnection] = Pool(lambda: self._connect("NORMAL"), self._end)
        self._open: WeakSet[LentConnection] = WeakSet()
        self._tickets: deque[_Ticket] = deque()
        self._writing = threading.Lock()
        self._beyond = _FIRST
        call_in_child(self._after_fork)
        self._create()

    def _create(self) -> None:
        try:
            with self._receiving.lent(self._connect("FULL", "rwc")) as connection:
                if _is_current(connection):
                    return
                with _transaction(connection):
                    _migrate(connection)
                    for statement in _SCHEMA:
                        connection.run(statement)
        except sqlite3.DatabaseError as error:
            if error.sqlite_errorcode & 0xFF in _UNUSABLE:
                raise ConfigurationError(
                    f"SQLiteStore cannot use {self._path}: {error}. Give the path of a writable SQLite file, "
                    "or of one that does not exist, in a writable folder."
                ) from None
            raise

    def _connect(self, synchronous: str, mode: str = "rw") -> LentConnection:
        address = f"file:{quoted(self._path)}?mode={mode}"
        try:
            with GATE:
                connection = sqlite3.connect(
                    address,
                    uri=True,
                    timeout=min(self._timeout, 0.1),
                    isolation_level="IMMEDIATE",
                    check_same_thread=False,
                    factory=LentConnection,
                )
                connection.prepare(self._timeout)
                self._open.add(connection)
        except sqlite3.OperationalError as error:
            if mode == "rw" and not os.path.exists(self._path):
                raise self._moved() from error
            raise
        try:
            found = os.stat(self._path)
            connection.identity = found.st_dev, found.st_ino
            connection.rows("PRAGMA journal_mode = WAL")
            connection.rows(f"PRAGMA synchronous = {synchronous}")
            # Nothing of a transaction is in the file before its commit: a forked child can close what it inherited.
            connection.rows("PRAGMA cache_spill = OFF")
        except BaseException:
            self._end(connection)
            raise
        return connection

    def _end(self, connection: LentConnection) -> None:
        connection.end()
        self._open.discard(connection)  # a child that is forked in between closes it once more

    def _after_fork(self) -> None:
        """Begin anew in a forked child.

        SQLite's memory says that this process has the locks of the parent, which are not inherited. Closing all that
        was inherited makes it forget; the locks themselves are the parent's, and stay.
        """
        inherited, self._open = list(self._open), WeakSet()
        self._receiving.forget()
        self._working.forget()
        self._tickets.clear()
        self._writing = threading.Lock()
        if GATE.was_empty:
            for connection in inherited:
                connection.end_inherited()

    def _files(self, connection: LentConnection) -> _Files:
        """Return what the file and its log are that a connection has just written to."""
        if connection.log_identity is None:
            connection.log_identity = identity(f"{self._path}-wal")
        return connection.identity, connection.log_identity

    def _check_place(self, files: _Files | None) -> None:
        """Raise if what was just committed is in files that nobody will find."""
        if files is None or files != (identity(self._path), identity(f"{self._path}-wal")) or None in files:
            self._receiving.close()
            self._working.close()
            raise self._moved()

    def _moved(self) -> StoreMovedError:
        return StoreMovedError(
            f"{self._path} or its -wal file was deleted, moved or replaced while the inbox used it. What comes now is "
            "not acknowledged. Put the files back, or restart the process to begin with an empty inbox."
        )

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
        self._check_place(ticket.files)
        return bool(ticket.is_new)

    def _commit(self, tickets: list[_Ticket]) -> None:
        try:
            with self._receiving.lent() as connection:
                with _transaction(connection):
                    news = [connection.run(_PUT, row_of(ticket.entry)).rowcount == 1 for ticket in tickets]
                files = self._files(connection)
        except BaseException as error:
            for ticket in tickets:
                ticket.is_new = error
        else:
            for ticket, is_new in zip(tickets, news, strict=True):
                ticket.files, ticket.is_new = files, is_new

    # -- working

    def lease(self, now: float) -> SQLiteLease | None:
        """Return the next event, queue after queue."""
        connection = self._working.take()
        holder = _Holder(self._working, self._end, self._lease, lock_file(f"{self._path}-workers"), connection)
        try:
            with _transaction(connection):
                _free(connection, holder.locks)
                row = holder.claim(connection, _NEXT_QUEUE, self._beyond, now)
                if row is None:
                    row = holder.claim(connection, _NEXT_QUEUE, _FIRST, now)
            self._check_place(self._files(connection))
        except BaseException:
            holder.end()
            self._end(connection)
            raise
        if row is None:
            holder.end()
            self._working.give(connection)
            return None
        lease = SQLiteLease(row, now, connection, holder)
        self._beyond = lease.entry.queue
        return lease

    # -- looking after it

    def _rows(self, statement: str, **values: object) -> Sequence[Row]:
        with self._working.lent() as connection:
            return connection.rows(_named(statement, values), values)

    def _changed(self, statement: str, **values: object) -> int:
        with self._receiving.lent() as connection, _transaction(connection):
            return connection.run(_named(statement, values), values).rowcount


class _Holder:
    """A worker, for as long as it stays with a queue."""

    def __init__(
        self,
        pool: Pool[LentConnection],
        close: Callable[[LentConnection], None],
        seconds: float | None,
        locks: LockFile,
        connection: LentConnection,
    ) -> None:
        self.pool = pool
        self.close = close
        self.locks = locks
        self._connection = connection
        self._seconds = seconds
        self.process = os.getpid()
        self._offset: int | None = None

    @property
    def name(self) -> str:
        """What stands in the row: the byte it has locked."""
        if self._offset is None:
            self._offset = self.locks.hold()
        return str(self._offset)

    def claim(self, connection: LentConnection, query: str, queue: int, now: float) -> Row | None:
        """Within a transaction, make the event that *query* finds this worker's."""
        found: list[Row] = connection.rows(query, {"queue": queue, "now": now})
        if not found:
            return None
        until = None if self._seconds is None else now + self._seconds
        connection.run(
            f"UPDATE {_TABLE} SET attempts = attempts + 1, holder = ?, held_until = ? WHERE seq = ?",
            (self.name, until, found[0][0]),
        )
        return found[0]

    def end(self) -> None:
        """Unlock its byte: whatever has its name on it is free."""
        if self._offset is not None:
            self.locks.release(self._offset)
            self._offset = None

    def __del__(self) -> None:
        if self._offset is not None and self.process == os.getpid():  # a lease that nobody settled
            self.end()
            self.close(self._connection)


class SQLiteLease(TableLease):
    """One event in the hands of one worker of an ``SQLiteStore``."""

    def __init__(self, row: Row, now: float, connection: LentConnection, holder: _Holder) -> None:
        super().__init__(row, now)
        self._connection = connection
        self._holder = holder
        self._begun = False

    @property
    def connection(self) -> sqlite3.Connection:
        """The file's connection, in a transaction that ``done`` commits: ending it is denied."""
        if not self._begun:
            self._check_process()
            self._connection.lend()
            self._begun = True
        return self._connection

    def done(self, twin: str | None = None, next_at: float | None = None) -> SQLiteLease | None:
        """Commit what the handler wrote together with its being handled, and take the next event of the queue."""
        self._check_process()
        connection, row = self._connection, None
        connection.settle()
        if not self._begun:
            connection.run(BEGIN)
            self._begun = True
        elif not connection.in_transaction:
            raise TransactionError(
                "The handler undid the transaction of its event (OR ROLLBACK or RAISE(ROLLBACK)): nothing was written."
            )
        try:
            self._update(state=DONE, twin=twin, error="")
        except LeaseLostError:
            self._let_go(broken=True)
            raise
        if next_at is not None and not connection.changed:
            row = self._holder.claim(connection, _SAME_QUEUE, self.entry.queue, next_at)
        connection.run(COMMIT)
        if row is not None and next_at is not None:
            return SQLiteLease(row, next_at, connection, self._holder)
        self._let_go()
        return None

    def _undo(self, **changes: object) -> None:
        self._check_process()
        connection = self._connection
        try:
            connection.settle()
            if connection.in_transaction:
                connection.run(ROLLBACK)
            with _transaction(connection):
                self._update(**changes)
        except BaseException:
            self._let_go(broken=True)
            raise
        self._let_go()

    def _update(self, **changes: object) -> None:
        mine = self._connection.run(
            f"UPDATE {_TABLE} SET {', '.join(f'{name} = :{name}' for name in changes)}, "
            "holder = NULL, held_until = NULL WHERE seq = :seq AND holder = :holder",
            {**changes, "seq": self._seq, "holder": self._holder.name},
        )
        if mine.rowcount != 1:
            raise LeaseLostError(
                "The handler took longer than the lease, and another worker has the event: make the lease longer."
            )

    def _let_go(self, *, broken: bool = False) -> None:
        self._holder.end()
        if broken or self._connection.changed:
            self._holder.close(self._connection)
        else:
            self._holder.pool.give(self._connection)

    def _check_process(self) -> None:
        if self._holder.process != os.getpid():
            raise LeaseLostError("The event is the parent process's: a forked child cannot settle it.")


class _Ticket:
    """An entry on its way into the file, and what became of it."""

    def __init__(self, entry: Entry) -> None:
        self.entry = entry
        self.files: _Files | None = None
        self.is_new: bool | BaseException | None = None


@contextmanager
def _transaction(connection: LentConnection) -> Generator[None, None, None]:
    connection.run(BEGIN)
    try:
        yield
        connection.run(COMMIT)
    except BaseException:
        if connection.in_transaction:
            connection.run(ROLLBACK)
        raise


def _named(statement: str, values: dict[str, object]) -> str:
    return statement.format_map({"table": _TABLE, **{name: f":{name}" for name in values}})


def _free(connection: LentConnection, locks: LockFile) -> None:
    """Within a transaction, free what workers held whose processes have ended."""
    held = connection.rows(f"SELECT seq, holder FROM {_TABLE} WHERE holder IS NOT NULL")
    for seq, holder in held:
        if not locks.is_held(int(holder)):
            connection.run(f"UPDATE {_TABLE} SET holder = NULL, held_until = NULL WHERE seq = ?", (seq,))


def _is_current(connection: LentConnection) -> bool:
    return "queue" in {name for (name,) in connection.rows(_COLUMNS)}


def _migrate(connection: LentConnection) -> None:
    """Give the table of the first edition the columns of this one, if it is that."""
    if _is_current(connection) or not connection.rows(_COLUMNS):
        return
    for statement in _MIGRATION:
        connection.run(statement)
    for seq, app_key, meeting, key in connection.rows(f"SELECT seq, app_key, meeting, key FROM {_TABLE}"):
        connection.run(f"UPDATE {_TABLE} SET queue = ? WHERE seq = ?", (queue_of(app_key, meeting, key), seq))
