"""Callbacks that are kept before they are acknowledged, and handled once, in order."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from math import inf
from typing import Any, ClassVar, Generic, Protocol, TypeVar

from .._runtime.clock import monotonic, wall
from .._runtime.errors import ConfigurationError, printable
from .._runtime.events import Probe
from .._runtime.rebuild import Rebuild
from .._runtime.verifier import HeaderSource
from .entries import entry_of
from .forks import call_in_child
from .handlers import Delivery, Handler, HandlerRefusedError, calling
from .reconcile import Report, reconcile
from .store import Lease, LeaseLostError, Parked, Store
from .twins import twin_of

E = TypeVar("E")
Read = TypeVar("Read", covariant=True)

_FIRST_WAIT, _LONGEST_WAIT = 1.0, 300.0
_PURGE_EVERY = 3600.0
_TURN = 0.05
"""Seconds for which a worker stays with a meeting while others wait: going on to another one costs a lease."""


_log = logging.getLogger("netease_meeting.inbox")


class Reader(Protocol[Read]):
    """What an inbox wants of a ``Webhook``."""

    schedule: ClassVar[tuple[float, ...]]
    """Seconds from each attempt of the sender to the next."""
    rebuild: ClassVar[Rebuild]
    """What the API tells about callbacks that were lost."""

    def parse(self, body: bytes, headers: HeaderSource) -> Read:
        """Verify and return the event, or raise a ``WebhookError``."""
        ...

    def read(self, body: bytes, *, app_key: str | None = None) -> Read:
        """Return the event of a body that was verified before."""
        ...


@dataclass(frozen=True)
class Stats:
    """How an inbox is doing."""

    waiting: int
    """Events that are kept and not handled."""
    oldest: float | None
    """Seconds since the oldest of them was received."""
    parked: int
    """Events that were given up."""
    duplicates: int
    """Callbacks that this ``Inbox`` object received though they were kept already."""


class Inbox(Generic[E]):
    """Keeps verified callbacks in a store, and hands them to a handler one by one.

    ``receive`` in the web server, ``run`` in a worker: threads, processes or machines, as many as the store allows.

    Args:
        webhook: Verifies and reads the callbacks.
        store: Where they are kept.
        attempts: How often an event is handed over before it is parked. While it is tried again, after 1 s, 2 s, 4 s…
            5 min, the later events of its meeting wait, and no others.
        reorder: How long an event waits for older ones of its meeting that may still be on the way.
        retention: How long what was handled is remembered, so that a late duplicate is recognised.
        now: The clock, in unix seconds.

    Example::

        inbox = Inbox(webhook, SQLiteStore("callbacks.db"))
        inbox.receive(body, headers)  # in the web server; then answer 200
        inbox.run(handle)  # in a worker
    """

    def __init__(
        self,
        webhook: Reader[E],
        store: Store,
        *,
        attempts: int = 10,
        reorder: timedelta = timedelta(0),
        retention: timedelta = timedelta(days=7),
        now: Callable[[], float] = wall,
    ) -> None:
        last = sum(webhook.schedule)
        if retention.total_seconds() < 2 * last:
            raise ConfigurationError(
                f"retention is too short: the sender repeats a callback up to {last:.0f} s later, "
                f"so remember what was handled for at least twice that, {2 * last:.0f} s."
            )
        if attempts < 1:
            raise ConfigurationError("attempts must be 1 or more.")
        self._webhook = webhook
        self._store = store
        self._attempts = attempts
        self._reorder = reorder.total_seconds()
        self._retention = retention.total_seconds()
        self._now = now
        self._purge_at = -inf
        self._duplicates = 0
        self._after_fork()
        call_in_child(self._after_fork)

    def _after_fork(self) -> None:
        self._counting = threading.Lock()  # another thread may have held it

    # -- receiving

    def receive(self, body: bytes, headers: HeaderSource) -> bool:
        """Verify a callback and keep it. Answer 200 once this has returned, whatever it returned.

        Returns:
            Whether it was new. ``False`` for a duplicate, and for the probe of the vendor's console.

        Raises:
            WebhookError: It is not genuine: answer its ``status``.
            Exception: The store could not keep it: answer 503, and it is sent again.
        """
        event: Any = self._webhook.parse(body, headers)
        if isinstance(event, Probe):
            return False
        now = self._now()
        is_new = self._store.put(entry_of(event, bytes(body), self._webhook.rebuild, now, now + self._reorder))
        if not is_new:
            with self._counting:
                self._duplicates += 1
        return is_new

    # -- working

    def work(self, handler: Handler[E]) -> int:
        """Hand over what is due, and return how many events that were.

        Raises:
            ConfigurationError: As ``run``.
        """
        handled, never = 0, threading.Event()
        with calling(handler) as call:
            while some := self._turn(call, never):
                handled += some
        return handled

    def run(
        self, handler: Handler[E], *, stop: threading.Event | None = None, poll: timedelta = timedelta(seconds=0.2)
    ) -> None:
        """Hand events over for ever, or until *stop* is set. The event at hand is finished first.

        A store that fails is tried again. Nothing a handler raises ends this, save ``KeyboardInterrupt`` and its like.

        Args:
            handler: Takes a ``Delivery``; may be an ``async def``. What it returns is awaited where that can be done.
            stop: Set it to make this return.
            poll: How long to sleep when nothing is due.

        Raises:
            ConfigurationError: The handler cannot handle anything, for example a generator function, or it is async
                and this thread runs an event loop: ``await asyncio.to_thread(inbox.run, handler)`` then.
        """
        stop = stop or threading.Event()
        pause = poll.total_seconds()
        with calling(handler) as call:
            while not stop.is_set():
                try:
                    self._purge_if_due()
                    if self._turn(call, stop):
                        continue
                except HandlerRefusedError:
                    raise
                except Exception:
                    _log.exception("the store failed; the worker goes on when it is back")
                    pause = min(pause * 2, 30.0)
                else:
                    pause = poll.total_seconds()
                stop.wait(pause)

    def _turn(self, call: Callable[[Delivery[E]], None], stop: threading.Event) -> int:
        """Hand over events of the next meeting for a short while; return how many, 0 if none is due."""
        handled, end = 0, monotonic() + _TURN
        lease = self._store.lease(self._now())

        def next_at() -> float | None:
            return None if monotonic() >= end or stop.is_set() else self._now()

        while lease is not None:
            handled += 1
            entry = lease.entry
            try:
                lease = self._hand_over(lease, call, next_at)
            except LeaseLostError as error:
                _log.warning("%s of meeting %d: %s", entry.kind, entry.meeting, error)
                break
        return handled

    def _hand_over(
        self, lease: Lease, call: Callable[[Delivery[E]], None], next_at: Callable[[], float | None]
    ) -> Lease | None:
        """Hand over one event; return the next of its meeting, if that may follow at once."""
        entry = lease.entry
        if lease.attempt > self._attempts:
            lease.park("the worker died in every attempt")
            return None
        try:
            twin = self._twin(lease)
            if twin is None:
                call(Delivery(self._webhook.read(entry.body, app_key=entry.app_key), lease))
            return lease.done(twin, next_at())
        except LeaseLostError:
            raise
        except HandlerRefusedError:
            lease.release()
            raise
        except Exception as error:
            self._fail(lease, error)
            return None
        except BaseException:
            lease.release()
            raise

    def _twin(self, lease: Lease) -> str | None:
        if not lease.mixed:
            return None
        missing = self._webhook.rebuild.missing
        again = [kind for kind, steps in missing.items() if any(steps.values())]  # the others end a meeting for good
        return twin_of(lease.entry, self._store.history(lease.entry.queue), again)

    def _fail(self, lease: Lease, error: Exception) -> None:
        entry, text = lease.entry, printable(f"{type(error).__name__}: {error}")
        parking = lease.attempt >= self._attempts
        _log.error(
            "%s of meeting %d failed in attempt %d%s", entry.kind, entry.meeting, lease.attempt,
            " and is parked" if parking else "", exc_info=error,
        )  # fmt: skip
        if parking:
            lease.park(text)
        else:
            wait = min(_FIRST_WAIT * 2 ** (lease.attempt - 1), _LONGEST_WAIT)
            lease.retry(self._now() + wait, text)

    # -- looking after it

    def parked(self) -> Sequence[Parked]:
        """Return the events that were given up, oldest arrival first.

        ``webhook.read(parked.body, app_key=parked.app_key)`` is the event.
        """
        return self._store.parked()

    def replay(self, key: str | None = None) -> int:
        """Hand parked events over anew: the one of *key*, or all. Return how many.

        Newer events of their meetings may have been handled in the meantime: then ``delivery.late`` is true.
        """
        return self._store.replay(key, self._now())

    def discard(self, key: str) -> bool:
        """Delete the parked event of *key*; return whether there was one.

        Its key is remembered as long as that of a handled event, so that a late duplicate is recognised.
        """
        return self._store.discard(key)

    def stats(self) -> Stats:
        """Return how much waits, since when, and what was given up."""
        depth = self._store.depth()
        oldest = None if depth.oldest_at is None else max(self._now() - depth.oldest_at, 0.0)
        return Stats(depth.waiting, oldest, depth.parked, self._duplicates)

    def purge(self) -> int:
        """Forget what was handled and is older than the retention; return how many. ``run`` does it every hour."""
        return self._store.purge(self._now() - self._retention)

    def reconcile(self, client: Any, *, listed: bool = False, app_key: str | None = None) -> Report:
        """Rebuild what the API still tells about callbacks that never came; run it after a long outage.

        Looks at every meeting of which something is remembered. What must have happened to it and was not received is
        kept like a callback and handed over with ``delivery.rebuilt`` set. If the callback comes after all, only one of
        the two takes effect. Running it again, or on several machines, does no harm.

        Args:
            client: A ``MeetingClient``. Each meeting that is not over costs two calls, each other one.
            listed: Look at the scheduled meetings that ``meetings.list`` shows as well, known or not.
            app_key: Only the meetings of this application, where the receiver serves several.

        Raises:
            MeetingError: The API cannot be reached. What was rebuilt until then is kept.
            ConfigurationError: The inbox keeps events of several applications, and *app_key* is left out.
        """
        return reconcile(self._webhook, self._store, client, now=self._now, listed=listed, app_key=app_key)

    def _purge_if_due(self) -> None:
        if monotonic() >= self._purge_at:
            self._purge_at = monotonic() + _PURGE_EVERY
            self.purge()
