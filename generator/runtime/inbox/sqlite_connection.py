"""A connection to an SQLite file that can be lent to a handler: ending the transaction is denied, the rest is reset."""

from __future__ import annotations

import secrets
import sqlite3
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any, NoReturn, cast
from weakref import WeakSet

from .forks import GATE
from .store import TransactionError

_SLICE = 0.1
"""Seconds for which SQLite waits for a lock at a time, so that a fork need not wait longer for it."""

# sqlite3 keeps compiled statements by their text, and asks the authorizer when it compiles: the text of these must not
# be one that a handler can write.
_MARK = secrets.token_hex(8)
BEGIN, COMMIT, ROLLBACK = (f"{word} /* {_MARK} */" for word in ("BEGIN IMMEDIATE", "COMMIT", "ROLLBACK"))

_SESSION = frozenset(
    {
        sqlite3.SQLITE_CREATE_TEMP_INDEX,
        sqlite3.SQLITE_CREATE_TEMP_TABLE,
        sqlite3.SQLITE_CREATE_TEMP_TRIGGER,
        sqlite3.SQLITE_CREATE_TEMP_VIEW,
        sqlite3.SQLITE_CREATE_VTABLE,
        sqlite3.SQLITE_ATTACH,
        sqlite3.SQLITE_DETACH,
    }
)
"""What leaves something in a connection that outlasts the transaction."""

_OWN_TRANSACTION = (
    "{what} would end the transaction of the event, which the inbox commits when the handler returns and undoes when "
    "it raises. Write with connection.execute(...) and leave the rest to the inbox; SAVEPOINT may be used for parts."
)
_ENDED = "The connection was lent until the handler returned. Open a connection of your own for what comes later."
_UNDONE = (
    "A statement of the handler undid the transaction of the event (OR ROLLBACK or RAISE(ROLLBACK)). "
    "Use OR ABORT or OR IGNORE; let the error out of the handler to have the event handed over again."
)


class LentConnection(sqlite3.Connection):
    """SQLite's connection, lent to a handler now and then. What the store itself does goes through ``run``."""

    __slots__ = (
        "__weakref__", "_cursors", "_denied", "_limits", "_own", "_slices",
        "changed", "identity", "lent", "log_identity",
    )  # fmt: skip

    identity: tuple[int, int]
    """Of the file that was opened."""
    log_identity: tuple[int, int] | None
    """Of its write-ahead log."""
    changed: bool
    """Whether a handler changed what outlasts its transaction: then it is not used again."""
    lent: bool

    def prepare(self, timeout: float) -> None:
        """Set up what ``sqlite3.connect`` does not."""
        self._own = sqlite3.Cursor(self)
        self._cursors: WeakSet[sqlite3.Cursor] = WeakSet()
        self._limits: dict[int, int] = {}
        self._denied = False
        self._slices = max(1, round(timeout / _SLICE))
        self.changed = self.lent = False
        self.log_identity = None
        super().set_authorizer(self._authorize)

    # -- the store's side

    def run(self, sql: str, parameters: Any = ()) -> sqlite3.Cursor:
        """Execute a statement of the store's, whatever a handler has set. The cursor is always the same."""
        return self.patiently(self._own.execute, sql, parameters)

    def rows(self, sql: str, parameters: Any = ()) -> list[Any]:
        """Execute a query of the store's."""
        cursor = self.run(sql, parameters)
        with GATE:
            return cursor.fetchall()

    def patiently(self, execute: Callable[..., sqlite3.Cursor], sql: str, parameters: Any) -> sqlite3.Cursor:
        """Execute, waiting for other writers as long as the store may, and letting forks pass in between."""
        for _ in range(self._slices - 1):
            try:
                with GATE:
                    return execute(sql, parameters)
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode != sqlite3.SQLITE_BUSY:
                    raise
        with GATE:
            return execute(sql, parameters)

    def lend(self) -> None:
        """Begin the transaction of a handler."""
        self.run(BEGIN)
        self.lent = True

    def settle(self) -> None:
        """Take the connection back from a handler, and undo what it has set in it."""
        if not self.lent:
            return
        self.lent = False
        with GATE:
            for cursor in list(self._cursors):  # what it has not read to its end would keep an old state visible
                cursor.close()
        self._cursors.clear()
        self.row_factory = None
        self.text_factory = str
        while self._limits:
            super().setlimit(*self._limits.popitem())
        if self.changed:
            super().set_authorizer(None)
            self.rows("PRAGMA query_only = OFF")

    def end(self) -> None:
        """Close it."""
        self.settle()
        with GATE:
            self._own.close()
            super().close()

    def end_inherited(self) -> None:
        """Close it in a forked child, with all that refers to it: else SQLite goes on believing in its locks.

        Nothing of a transaction is written before its commit, and the parent waits: undoing it changes no file.
        """
        with suppress(sqlite3.Error):  # closed already
            self.end()

    # -- the handler's side

    def check(self) -> None:
        """Raise if a statement of a handler would not be part of the event's transaction."""
        if not self.lent:
            raise TransactionError(_ENDED)
        if not self.in_transaction:
            raise TransactionError(_UNDONE)
        self._denied = False

    def explain(self, error: sqlite3.DatabaseError, what: str) -> BaseException:
        """Return the error for a statement that failed."""
        if not self._denied:
            return error
        return _refusal(" ".join(what.split())[:60])

    def _authorize(
        self, action: int, first: str | None, second: str | None, database: str | None, trigger: str | None
    ) -> int:
        if self.lent:
            if action == sqlite3.SQLITE_TRANSACTION:
                self._denied = True
                return sqlite3.SQLITE_DENY
            if action in _SESSION or (action == sqlite3.SQLITE_PRAGMA and second is not None):
                self.changed = True
        return sqlite3.SQLITE_OK

    def __setattr__(self, name: str, value: object) -> None:
        if name in ("isolation_level", "autocommit"):
            raise _refusal(f"Setting {name}")
        super().__setattr__(name, value)

    def set_authorizer(self, authorizer_callback: Any) -> None:
        """Add the handler's authorizer to the one that denies commits."""
        own = self._authorize

        def both(*arguments: Any) -> int:
            verdict = own(*arguments)
            if verdict != sqlite3.SQLITE_OK or authorizer_callback is None or not self.lent:
                return verdict
            return int(authorizer_callback(*arguments))

        self.changed = True
        super().set_authorizer(both)

    def cursor(self, factory: Any = None) -> Any:
        """Return a cursor for the handler."""
        if not self.lent:
            raise TransactionError(_ENDED)
        cursor = super().cursor(LentCursor if factory is None else factory)
        self._cursors.add(cursor)
        return cursor

    def execute(self, sql: str, parameters: Any = (), /) -> Any:
        """Execute a statement within the event's transaction."""
        return self.cursor().execute(sql, parameters)

    def executemany(self, sql: str, parameters: Iterable[Any], /) -> Any:
        """Execute a statement several times."""
        return self.cursor().executemany(sql, parameters)

    def setlimit(self, category: int, limit: int, /) -> int:
        """Set a limit until the handler returns."""
        before = super().setlimit(category, limit)
        self._limits.setdefault(category, before)
        return before

    def commit(self) -> NoReturn:
        """Refuse."""
        raise _refusal("commit()")

    def rollback(self) -> NoReturn:
        """Refuse."""
        raise _refusal("rollback()")

    def close(self) -> NoReturn:
        """Refuse."""
        raise _refusal("close()")

    def executescript(self, sql_script: str, /) -> NoReturn:
        """Refuse: it commits first."""
        raise _refusal("executescript()")

    def __enter__(self) -> NoReturn:
        raise _refusal("`with connection:`")


class LentCursor(sqlite3.Cursor):
    """A cursor that says why a statement is refused."""

    __slots__ = ()

    def execute(self, sql: str, parameters: Any = (), /) -> LentCursor:
        """Execute a statement within the event's transaction."""
        connection = cast(LentConnection, self.connection)
        connection.check()
        try:
            connection.patiently(super().execute, sql, parameters)
        except sqlite3.DatabaseError as error:
            raise connection.explain(error, sql) from None
        return self

    def executemany(self, sql: str, seq_of_parameters: Iterable[Any], /) -> LentCursor:
        """Execute a statement several times."""
        connection = cast(LentConnection, self.connection)
        connection.check()
        try:
            with GATE:
                super().executemany(sql, seq_of_parameters)
        except sqlite3.DatabaseError as error:
            raise connection.explain(error, sql) from None
        return self

    def executescript(self, sql_script: str, /) -> NoReturn:
        """Refuse: it commits first."""
        raise _refusal("executescript()")

    def __next__(self) -> Any:
        with GATE:
            return super().__next__()

    def fetchone(self) -> Any:
        """Return the next row."""
        with GATE:
            return super().fetchone()

    def fetchmany(self, size: int | None = None) -> list[Any]:
        """Return some rows."""
        with GATE:
            return super().fetchmany(self.arraysize if size is None else size)

    def fetchall(self) -> list[Any]:
        """Return all rows."""
        with GATE:
            return super().fetchall()


def _refusal(what: str) -> TransactionError:
    return TransactionError(_OWN_TRANSACTION.format(what=what))


def _changing(method: Callable[..., Any]) -> Callable[..., Any]:
    def changing(connection: LentConnection, *arguments: Any, **options: Any) -> Any:
        connection.changed = True
        return method(connection, *arguments, **options)

    return changing


for _name in (
    "blobopen", "create_aggregate", "create_collation", "create_function", "create_window_function", "deserialize",
    "enable_load_extension", "load_extension", "set_progress_handler", "set_trace_callback", "setconfig",
):  # fmt: skip
    if hasattr(sqlite3.Connection, _name):  # some came with a Python version, some depend on how it was built
        setattr(LentConnection, _name, _changing(getattr(sqlite3.Connection, _name)))
