"""When to try again and after how long: pure functions, no I/O."""

from __future__ import annotations

import threading
from email.utils import parsedate_to_datetime
from enum import Enum, auto

from .operation import Repeat

LONGEST_WAIT = 60.0
"""Seconds. A server that asks for more gets no retry: the error says how long it asked for."""


class Outcome(Enum):
    """How an attempt ended, as far as trying again is concerned."""

    NOT_SENT = auto()
    """The server never saw it."""
    REFUSED = auto()
    """The server refused it before doing anything, and later may not."""
    BUSY = auto()
    """The server was busy; whether it began is not documented."""
    AMBIGUOUS = auto()
    """The server may have done it."""
    FINAL = auto()
    """The answer stands."""


_REPEATABLE: dict[Outcome, frozenset[Repeat]] = {
    Outcome.NOT_SENT: frozenset({"read", "set", "verify", "recover", "never"}),
    Outcome.REFUSED: frozenset({"read", "set", "verify", "recover", "never"}),
    Outcome.BUSY: frozenset({"read", "set"}),
    Outcome.AMBIGUOUS: frozenset({"read", "set"}),
    Outcome.FINAL: frozenset(),
}


def may_repeat(repeat: Repeat, outcome: Outcome) -> bool:
    """Whether an operation of that class may be sent again after that outcome."""
    return repeat in _REPEATABLE[outcome]


def backoff(attempt: int, outcome: Outcome, fraction: float, asked: float | None = None) -> float | None:
    """Return the seconds to wait before attempt ``attempt + 1``, or ``None`` not to try again.

    Full jitter: *fraction* (0 to 1) of 0.5 s doubled per attempt, at most 8 s; of 1 s doubled where the server is
    throttling. What the server *asked* for is a lower bound.
    """
    if asked is not None and asked > LONGEST_WAIT:
        return None
    base = 1.0 if outcome in (Outcome.REFUSED, Outcome.BUSY) else 0.5
    wait = fraction * min(base * 2.0 ** (attempt - 1), 8.0)
    return max(wait, asked or 0.0)


def retry_after(header: str | None, server_time: float) -> float | None:
    """Return the seconds a ``Retry-After`` header asks for, or ``None`` if it is absent or makes no sense."""
    if header is None:
        return None
    text = header.strip()
    if text.isascii() and text.isdigit():
        return float(text[:12])
    try:
        seconds = parsedate_to_datetime(text).timestamp() - server_time
    except (ValueError, TypeError, OverflowError):
        return None
    return max(seconds, 0.0)


class Budget:
    """A token bucket shared by all calls of a client, so that retries cannot multiply the load of an outage."""

    CAPACITY = 500
    RETRY_COST = 14
    THROTTLED_COST = 5

    def __init__(self) -> None:
        self._tokens = self.CAPACITY
        self._lock = threading.Lock()

    def take(self, outcome: Outcome) -> bool:
        """Pay for one retry. ``False`` when too many calls failed lately."""
        cost = self.THROTTLED_COST if outcome in (Outcome.REFUSED, Outcome.BUSY) else self.RETRY_COST
        with self._lock:
            if self._tokens < cost:
                return False
            self._tokens -= cost
            return True

    def refund(self) -> None:
        """Earn one token by a call that succeeded."""
        if self._tokens < self.CAPACITY:
            with self._lock:
                self._tokens = min(self._tokens + 1, self.CAPACITY)
