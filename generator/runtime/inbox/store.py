"""What an inbox keeps, and what it wants of the place that keeps it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from .._runtime.errors import MeetingError

WAITING, DONE, PARKED = 0, 1, 2
"""The states of an entry, as the stores write them."""


@dataclass(frozen=True)
class Entry:
    """One event as it is kept: its bytes, and what finding and ordering it takes."""

    key: str
    """Equal in every delivery of the event, and in no other event."""
    queue: int
    """Events of one queue are handed over one at a time and in order: those of one meeting of one application.

    An event without a meeting has a queue of its own.
    """
    meeting: int
    """0 where an event has no meeting."""
    time: int
    """When it happened, in milliseconds."""
    kind: str
    """The name of the event's class."""
    topic: str
    """Equal in all events that tell the same about the same, whenever it was."""
    app_key: str
    body: bytes
    received_at: float
    """Unix seconds, as are all times that end in ``_at`` and those a store is given."""
    due_at: float
    """Not to be handed over before."""
    after: int | None = None
    """Only in a rebuilt event: it happened no sooner than this, in milliseconds, and no later than ``time``."""


@dataclass(frozen=True)
class Past:
    """What a store remembers of an entry of a queue."""

    key: str
    time: int
    kind: str
    topic: str
    state: int
    after: int | None
    twin: str | None
    """The key of the entry that told the same, where this one was not handed over for its sake."""
    app_key: str
    body: bytes


@dataclass(frozen=True)
class Parked:
    """An event that was given up."""

    key: str
    meeting: int
    kind: str
    attempts: int
    error: str
    """What the last attempt ended with."""
    time: int
    """When it happened, in milliseconds."""
    received_at: float
    """When it was received, in unix seconds."""
    app_key: str
    body: bytes = field(repr=False)
    """The bytes that were verified."""


@dataclass(frozen=True)
class Depth:
    """How much a store holds."""

    waiting: int
    oldest_at: float | None
    """When the oldest waiting event was received."""
    parked: int


class LeaseLostError(MeetingError):
    """The lease ran out while the handler worked, and another worker has the event. Nothing of it was committed."""

    hint = "Let the handler take less time, or the store lease for longer: the event is handled elsewhere."
    hint_zh = "请缩短处理时间，或延长存储的租期：该事件已由其他进程处理。"


class TransactionError(MeetingError):
    """A handler tried to end the transaction that the inbox commits. It was denied: nothing was committed."""


class StoreMovedError(MeetingError):
    """The file of a store was deleted or replaced while it was open. Nothing was acknowledged since."""


class Lease(Protocol):
    """One event in the hands of one worker. Its queue is nobody else's until it is settled or the worker dies.

    Exactly one of ``done``, ``retry``, ``park`` and ``release`` ends it. What was written through ``connection`` is
    committed by ``done``, in one transaction with it, and undone by the others.
    """

    entry: Entry
    attempt: int
    """1 the first time. Counted before the handler runs, so that an event that kills its worker is parked too."""
    late: bool
    """Whether a newer event of the queue was handled before."""
    mixed: bool
    """Whether there are rebuilt events in the queue."""

    @property
    def connection(self) -> Any:
        """The store's connection. The transaction begins when it is first asked for."""
        ...

    def done(self, twin: str | None = None, next_at: float | None = None) -> Lease | None:
        """Commit. *twin* is the key of the entry that made this one superfluous.

        With *next_at*, the time, the worker stays with the queue: its next event, the first that ``lease`` would
        find, is leased in the same transaction and returned; ``None`` if none is due.
        """
        ...

    def retry(self, due_at: float, error: str) -> None:
        """Undo, and hand it over again no sooner than *due_at*."""

    def park(self, error: str) -> None:
        """Undo, and hand it over no more until it is replayed."""

    def release(self) -> None:
        """Undo as if it had not been leased."""


class Store(Protocol):
    """Where entries are kept. ``netease_meeting.inbox.conformance`` says in tests what is expected of it.

    All methods may be called from several threads, and from several processes that share the place. A store has no
    clock: the time is passed in.
    """

    def put(self, entry: Entry) -> bool:
        """Keep *entry* so that it survives a crash from here on; ``False`` if its key was there already."""
        ...

    def lease(self, now: float) -> Lease | None:
        """Return the first event, by ``time`` then arrival, of a queue nobody works on; ``None`` if none is due.

        The first event of a queue stands in the way of the others until it is done or parked. An event whose waiting
        began more than a few seconds after *now* is due: the clock that set it was wrong.
        """
        ...

    def history(self, queue: int) -> Sequence[Past]:
        """Return all that is remembered of a queue, oldest ``time`` first."""
        ...

    def meetings(self) -> Sequence[tuple[str, int]]:
        """Return the meetings of which anything is remembered, each with the AppKey of its application."""
        ...

    def parked(self) -> Sequence[Parked]:
        """Return the events that were given up, oldest arrival first."""
        ...

    def replay(self, key: str | None, now: float) -> int:
        """Make parked events wait again, as if new: one or, without *key*, all. Return how many."""
        ...

    def discard(self, key: str) -> bool:
        """Forget a parked event but for its key, until ``purge``; ``False`` if *key* is not that of a parked event."""
        ...

    def depth(self) -> Depth:
        """Return how much there is."""
        ...

    def purge(self, before: float) -> int:
        """Forget what is done and was received before; return how many."""
        ...
