# Copied from generator/runtime/inbox/handlers.py by `make generate`. Edit it there.
"""How an event reaches the caller's function."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Awaitable, Callable, Generator
from contextlib import contextmanager
from contextvars import copy_context
from typing import Any, Generic, TypeVar

from .._runtime.errors import ConfigurationError
from .._runtime.results import asettle, close, in_event_loop, is_async, name_of, settle, unusable
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

_IN_LOOP = (
    "Here an event loop runs already, and a worker would block it: `await asyncio.to_thread(inbox.run, handler)`, or "
    "start the worker in a thread or process of its own."
)


class HandlerRefusedError(ConfigurationError):
    """The worker cannot run this handler where it is: no event is to blame, so none is tried again or parked."""


@contextmanager
def calling(handler: Handler[E]) -> Generator[Callable[[Delivery[E]], None], None, None]:
    """Yield *handler* as a plain function; what it has to await is awaited in one event loop for all its calls."""
    problem = unusable(handler)
    if problem is not None:
        raise HandlerRefusedError(f"{name_of(handler)} {problem}.")
    inside = in_event_loop()
    if inside and is_async(handler):
        raise HandlerRefusedError(f"{name_of(handler)} is async. {_IN_LOOP}")
    runner: asyncio.Runner | None = None

    def call(delivery: Delivery[E]) -> None:
        nonlocal runner
        result = handler(delivery)
        if not inspect.isawaitable(result):
            settle(handler, result, _IN_LOOP)
        elif inside:
            close(result)
            raise HandlerRefusedError(f"{name_of(handler)} is async. {_IN_LOOP}")
        else:
            runner = runner or asyncio.Runner()
            runner.run(asettle(handler, result), context=copy_context())

    try:
        yield call
    finally:
        if runner is not None:
            runner.close()
