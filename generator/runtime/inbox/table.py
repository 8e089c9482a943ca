"""The table that both stores keep: what they do with it alike, whatever the database."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import fields
from operator import attrgetter
from typing import Any

from .store import PARKED, Depth, Entry, Parked, Past

Row = tuple[Any, ...]


def columns(kind: type, prefix: str = "") -> str:
    """Return the columns that hold the fields of a dataclass."""
    return ", ".join(prefix + field.name for field in fields(kind))


row_of: Callable[[Entry], Row] = attrgetter(*(field.name for field in fields(Entry)), "received_at")
"""Return the values of a new row: those of an entry, and since when it waits."""
NEW = f"{columns(Entry)}, since"
"""Their columns."""

SKEW = 5.0
"""Seconds by which the clocks of machines may differ. A wait that began later than that from now is over."""


class TableStore(ABC):
    """What is read and changed whoever works on what. Statements have their parameters and the table in braces."""

    @abstractmethod
    def _rows(self, statement: str, **values: object) -> Sequence[Row]:
        """Return what a query finds."""

    @abstractmethod
    def _changed(self, statement: str, **values: object) -> int:
        """Change the table, in a transaction of its own; return how many rows that were."""

    def history(self, queue: int) -> Sequence[Past]:
        """Return all that is remembered of a queue."""
        rows = self._rows(
            f"SELECT {columns(Past)} FROM {{table}} WHERE state IN (0, 1, 2) AND queue = {{queue}} ORDER BY time, seq",
            queue=queue,
        )
        return [Past(*row) for row in rows]

    def meetings(self) -> Sequence[tuple[str, int]]:
        """Return the meetings of which anything is remembered, each with its application."""
        rows = self._rows("SELECT DISTINCT app_key, meeting FROM {table} WHERE meeting <> 0")
        return [(app_key, meeting) for app_key, meeting in rows]

    def parked(self) -> Sequence[Parked]:
        """Return the events that were given up."""
        rows = self._rows(f"SELECT {columns(Parked)} FROM {{table}} WHERE state = 2 ORDER BY seq")
        return [Parked(*row) for row in rows]

    def replay(self, key: str | None, now: float) -> int:
        """Make parked events wait again."""
        return self._changed(
            "UPDATE {table} SET state = 0, attempts = 0, error = '', since = {now}, due_at = {now} "
            "WHERE state = 2 AND (CAST({key} AS text) IS NULL OR key = {key})",
            key=key,
            now=now,
        )

    def discard(self, key: str) -> bool:
        """Give a parked event up for good; its key stays known."""
        return bool(
            self._changed("UPDATE netease_meeting_inbox SET state = 1 WHERE state = 2 AND key = {key}", key=key)
        )

    def depth(self) -> Depth:
        """Return how much there is."""
        (row,) = self._rows(
            "SELECT count(*), min(received_at), (SELECT count(*) FROM {table} WHERE state = 2) "
            "FROM {table} WHERE state = 0"
        )
        return Depth(*row)

    def purge(self, before: float) -> int:
        """Forget what is done and was received before."""
        return self._changed("DELETE FROM {table} WHERE state = 1 AND received_at < {before}", before=before)


class TableLease(ABC):
    """One event in the hands of one worker: its row, as claimed."""

    def __init__(self, row: Row, now: float) -> None:
        self._leased_at = now
        self._seq, self.attempt, late, mixed, *entry = row
        self.entry = Entry(*entry)
        self.late = bool(late)
        self.mixed = bool(mixed)

    def retry(self, due_at: float, error: str) -> None:
        """Undo what the handler wrote; hand the event over again later."""
        self._undo(since=self._leased_at, due_at=due_at, error=error)

    def park(self, error: str) -> None:
        """Undo what the handler wrote; give the event up."""
        self._undo(state=PARKED, error=error)

    def release(self) -> None:
        """Undo what the handler wrote, and the lease."""
        self._undo(attempts=self.attempt - 1)

    @abstractmethod
    def _undo(self, **changes: object) -> None:
        """Roll back, then make *changes* to the row and let go of the queue."""
