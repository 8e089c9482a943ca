"""The two clocks of a call: wall time, corrected towards the server's, for signatures; monotonic time for deadlines.

Test tools such as freezegun replace the functions of ``time``, and every reference to them that a module holds. A
frozen wall clock is followed, whenever it was frozen: client, sandbox and callbacks agree on it. Deadlines are never
frozen, for the network is not.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from types import ModuleType


def _unfrozen() -> ModuleType:
    """Return a second copy of ``time``, whose functions no test tool finds: they are not those of ``time``."""
    spec = time.__spec__
    assert spec is not None
    assert spec.loader is not None
    copy = spec.loader.create_module(spec)
    if copy is None:
        return time
    spec.loader.exec_module(copy)
    return copy


monotonic: Callable[[], float] = _unfrozen().monotonic
"""``time.monotonic``, which nothing freezes: for deadlines, leases and cooldowns."""


def wall() -> float:
    """Return the unix time in seconds, also where it was frozen after this package was imported."""
    return time.time()


SMALLEST_OFFSET = 30.0
"""Seconds. The server accepts a minute; below half of that, the clock is not what is wrong."""

LARGEST_OFFSET = 86_400.0
"""Seconds. A server a day away is more likely to be an impostor or a cache."""


class Clock:
    """``offset`` is what to add to the local wall clock to get the server's, in seconds."""

    def __init__(
        self, now: Callable[[], float] = wall, monotonic: Callable[[], float] = monotonic, offset: float = 0.0
    ) -> None:
        self.now = now
        self.monotonic = monotonic
        self.offset = offset

    def server_time(self) -> float:
        """Return the server's unix time in seconds, as far as it is known."""
        return self.now() + self.offset


def measure(date: str | None, age: str | None, now: float) -> float | None:
    """Return how far the server's clock is ahead of *now*, or ``None`` where its ``Date`` tells nothing.

    A reply with an ``Age`` comes from a cache, and its ``Date`` from another time.
    """
    if date is None or age is not None:
        return None
    from email.utils import parsedate_to_datetime  # rarely needed, and slow to import

    try:
        moment = parsedate_to_datetime(date)
        if moment.tzinfo is None:
            return None
        offset = moment.timestamp() + 0.5 - now  # Date counts whole seconds
    except (ValueError, TypeError, OverflowError):
        return None
    return offset if abs(offset) < LARGEST_OFFSET else None
