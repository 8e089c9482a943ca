"""How an event reaches the caller's function."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Awaitable, Callable, Generator
from contextlib import contextmanager
from typing import Any, Generic, TypeVar

from .store import Lease

E = TypeVar("E")


class Delivery(Generic[E]):
    """One event, handed over."""

    event: E
    attempt: int
    """1 the first time."""
    late: bool
    """Whether a newer event of the meeting was handled before: ask ``meetings.get`` how things stand."""
    rebuilt: bool
    """Whether ``reconcile`` rebuilt it: its time is when that was noticed, not when it happened."""

    def __init__(self, event: E, lease: Lease) -> None:
        self.event = event
        self.attempt = lease.attempt
        self.late = lease.late
        self.rebuilt = lease.entry.after is not None
        self._lease = lease

    @property
    def connection(self) -> Any:
        """The store's connection, for writing in the same transaction as the event's being handled.

        The transaction begins when this is first used, and is committed when the handler returns: do not end it
        yourself. Whatever is written through it happens exactly once.
        """
        return self._lease.connection

    def __repr__(self) -> str:
        return f"Delivery({self.event!r}, attempt={self.attempt}, late={self.late}, rebuilt={self.rebuilt})"


Handler = Callable[[Delivery[E]], Awaitable[None] | None]
"""What is done about an event. Raising means that it is handed over again."""


@contextmanager
def calling(handler: Handler[E]) -> Generator[Callable[[Delivery[E]], None], None, None]:
    """Yield *handler* as a plain function; if it is asynchronous, all its calls share one event loop."""
    loop: asyncio.AbstractEventLoop | None = None

    def call(delivery: Delivery[E]) -> None:
        nonlocal loop
        result = handler(delivery)
        if inspect.isawaitable(result):
            loop = loop or asyncio.new_event_loop()
            loop.run_until_complete(result)

    try:
        yield call
    finally:
        if loop is not None:
            loop.run_until_complete(loop.shutdown_asyncgens())
            loop.close()
