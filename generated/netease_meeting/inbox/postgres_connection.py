# Copied from generator/runtime/inbox/postgres_connection.py by `make generate`. Edit it there.
"""A PostgreSQL session that can be lent to a handler: ending the transaction is denied, the rest is undone."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any, NoReturn

import psycopg
from psycopg import pq, sql
from psycopg.rows import tuple_row

from .store import TransactionError

Row = tuple[Any, ...]

_OWN_TRANSACTION = (
    "{what} would end the transaction of the event, which the inbox commits when the handler returns and undoes when "
    "it raises. Write with connection.execute(...) and leave the rest to the inbox; "
    "`with connection.transaction():` may be used for parts."
)
_ENDED = "The connection was lent until the handler returned. Open a connection of your own for what comes later."

# Statements are told apart outside of texts, names and comments.
_QUOTED = re.compile(
    r"""(?:[eE]'(?:[^'\\]|\\.|'')*' | '(?:[^']|'')*' | "(?:[^"]|"")*" | \$(\w*)\$.*?\$\1\$) | --[^\n]* | /\*.*?\*/""",
    re.VERBOSE | re.DOTALL,
)
_ENDS = re.compile(r"\s*(?:COMMIT|END|ABORT|BEGIN|START|PREPARE\s+TRANSACTION|ROLLBACK(?!(?:\s+\w+)?\s+TO\b))\b", re.I)
_HARMLESS = re.compile(
    r"\s*(?:(?:SELECT|INSERT|UPDATE|DELETE|MERGE|WITH|VALUES|COPY|SAVEPOINT|RELEASE|ROLLBACK)\b"
    r"|SET\s+(?:LOCAL|CONSTRAINTS)\b|$)",
    re.I,
)
_LOCAL = re.compile(r"\s*SET\s+LOCAL\b", re.I)
_SESSION = re.compile(r"set_config|advisory|dblink|\bpg_temp|\btemp(?:orary)?\b", re.I)


class LentConnection(psycopg.Connection[Row]):
    """What a handler is lent: an object of its own on the store's session, so that nothing it sets outlasts it."""

    def __init__(self, own: psycopg.Connection[Row]) -> None:
        super().__init__(own.pgconn, tuple_row)
        self.cursor_factory = LentCursor
        self._prepared = own._prepared  # both prepare statements in one session, and have to tell them apart
        self._lent = True
        self.changed_locally = False
        """Whether a handler changed settings until the end of its transaction."""
        self.changed = False
        """Whether a handler may have changed what outlasts its transaction: then the session is not used again."""

    def settle(self) -> None:
        """Take it back."""
        self._lent = False

    def __del__(self, *_: object) -> None:
        pass  # the session is the store's

    def __setattr__(self, name: str, value: Any) -> None:
        if name in ("cursor_factory", "server_cursor_factory") and not issubclass(value, _Looking):
            value = type(value.__name__, (_Looking, value), {})
        super().__setattr__(name, value)

    def look_at(self, query: object) -> None:
        """Refuse a statement that would end the transaction; note one that changes the session."""
        text = _text(query, self)
        if text is None:
            self.changed = True
            return
        for statement in _statements(text):
            if _ENDS.match(statement):
                raise _refusal(" ".join(statement.split())[:60])
            if _LOCAL.match(statement):
                self.changed_locally = True
            if not _HARMLESS.match(statement) or _SESSION.search(statement):
                self.changed = True

    def wait(self, gen: Any, *arguments: Any, **options: Any) -> Any:
        """Run a step, as long as the connection is lent and its transaction lasts."""
        if not self._lent or has_ended(self):
            raise TransactionError(_ENDED)
        return super().wait(gen, *arguments, **options)

    def cursor(self, name: str = "", *arguments: Any, **options: Any) -> Any:
        """Return a cursor for the handler."""
        if options.get("withhold"):
            self.changed = True  # it outlasts the transaction
        return super().cursor(name, *arguments, **options)

    def commit(self) -> NoReturn:
        """Refuse."""
        raise _refusal("commit()")

    def rollback(self) -> NoReturn:
        """Refuse."""
        raise _refusal("rollback()")

    def close(self) -> NoReturn:
        """Refuse."""
        raise _refusal("close()")

    def __enter__(self) -> NoReturn:
        raise _refusal("`with connection:`")

    def _set_autocommit(self, value: bool) -> NoReturn:
        raise _refusal("Setting autocommit")

    def tpc_begin(self, xid: object) -> NoReturn:
        """Refuse."""
        raise _refusal("tpc_begin()")

    def tpc_prepare(self) -> NoReturn:
        """Refuse."""
        raise _refusal("tpc_prepare()")


class _Looking:
    """Mixed into a kind of cursor: looks at statements before they are sent."""


def _looking(method: str) -> Callable[..., Any]:
    def looked_at(cursor: Any, query: Any, *arguments: Any, **options: Any) -> Any:
        cursor.connection.look_at(query)
        return getattr(super(_Looking, cursor), method)(query, *arguments, **options)

    return looked_at


for _method in ("execute", "executemany", "stream", "copy"):
    setattr(_Looking, _method, _looking(_method))


class LentCursor(_Looking, psycopg.Cursor[Row]):
    """The kind of cursor that a handler gets unless it wants another."""


def has_ended(connection: psycopg.Connection[Row]) -> bool:
    """Whether a transaction that was begun is over."""
    return connection.pgconn.transaction_status == pq.TransactionStatus.IDLE


def _text(query: object, context: psycopg.Connection[Row]) -> str | None:
    if isinstance(query, str):
        return query
    if isinstance(query, bytes):
        return query.decode("utf-8", "replace")
    return query.as_string(context) if isinstance(query, sql.Composable) else None


def _statements(text: str) -> Iterator[str]:
    """Return the statements of a text, without comments and what is quoted."""
    if ";" not in text and "--" not in text and "/*" not in text:
        return iter((text,))
    return iter(_QUOTED.sub(lambda found: " " if found[0][0] in "-/" else "''", text).split(";"))


def _refusal(what: str) -> TransactionError:
    return TransactionError(_OWN_TRANSACTION.format(what=what))
