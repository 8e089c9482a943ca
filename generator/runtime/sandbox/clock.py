"""Time that flows by itself and can be advanced. What is due fires in order."""

from __future__ import annotations

import heapq
import itertools
import time
from collections.abc import Callable


class VirtualClock:
    """Starts at now. ``advance`` moves it; nothing else does but time itself."""

    def __init__(self, now: Callable[[], float] = time.time) -> None:
        self._now = now
        self._ahead = 0.0
        self._timers: list[tuple[float, int, Callable[[], None]]] = []
        self._order = itertools.count()

    def now(self) -> float:
        """Return the sandbox's unix time in seconds."""
        return self._now() + self._ahead

    def millis(self) -> int:
        """Return the same in milliseconds."""
        return int(self.now() * 1000)

    def real(self) -> float:
        """Return the machine's unix time, which signatures are held against."""
        return self._now()

    def at(self, moment: float, action: Callable[[], None]) -> None:
        """Do *action* when the clock reaches *moment*."""
        heapq.heappush(self._timers, (moment, next(self._order), action))

    def next_at(self) -> float | None:
        """Return when the next timer fires."""
        return self._timers[0][0] if self._timers else None

    def run_due(self) -> None:
        """Do what has become due, each at its own moment."""
        while self._timers and self._timers[0][0] <= self.now():
            _, _, action = heapq.heappop(self._timers)
            action()

    def advance(self, seconds: float) -> None:
        """Move the clock, stopping at every timer on the way."""
        target = self.now() + seconds
        while self._timers and self._timers[0][0] <= target:
            moment, _, action = heapq.heappop(self._timers)
            self._ahead += max(moment - self.now(), 0.0)
            action()
        self._ahead += max(target - self.now(), 0.0)
