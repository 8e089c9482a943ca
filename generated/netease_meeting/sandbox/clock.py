# Copied from generator/runtime/sandbox/clock.py by `make generate`. Edit it there.
"""Time that flows by itself and can be moved ahead. What is due fires in order."""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Callable

from .._runtime.clock import wall


class VirtualClock:
    """Starts at now. Counts whole milliseconds, so that a moment can be reached exactly."""

    def __init__(self, now: Callable[[], float] = wall) -> None:
        self._now = now
        self._ahead = 0
        self._timers: list[tuple[int, int, Callable[[], None]]] = []
        self._order = itertools.count()

    def millis(self) -> int:
        """Return the sandbox's unix time in milliseconds."""
        return int(self._now() * 1000) + self._ahead

    def seconds(self) -> float:
        """Return the same in seconds."""
        return self.millis() / 1000

    def real(self) -> float:
        """Return the machine's unix time in seconds, which signatures are held against."""
        return self._now()

    def real_millis(self) -> int:
        """Return the machine's unix time in milliseconds."""
        return int(self._now() * 1000)

    def at(self, moment: int, action: Callable[[], None]) -> None:
        """Do *action* when the clock reaches *moment*, in milliseconds."""
        heapq.heappush(self._timers, (moment, next(self._order), action))

    def next_at(self) -> int | None:
        """Return when the next timer fires."""
        return self._timers[0][0] if self._timers else None

    def run_due(self) -> None:
        """Do what has become due, in order."""
        while self._timers and self._timers[0][0] <= self.millis():
            _, _, action = heapq.heappop(self._timers)
            action()

    def move_to(self, moment: int) -> None:
        """Move ahead to *moment*, unless time has passed it already."""
        self._ahead += max(moment - self.millis(), 0)
