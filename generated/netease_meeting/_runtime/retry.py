# Copied from generator/runtime/_runtime/retry.py by `make generate`. Edit it there.
"""When to try again and after how long: pure functions, no I/O."""

from __future__ import annotations

import os
import threading
from enum import Enum, auto

LONGEST_WAIT = 60.0
"""Seconds. A server that asks for more gets no retry: the error says how long it asked for."""


class Outcome(Enum):
    """How an attempt ended, as far as trying again is concerned."""

    UNREACHABLE = auto()
    """The gateway could not be reached; another one may."""
    NOT_SENT = auto()
    """It never left this machine."""
    REFUSED = auto()
    """The server refused it before doing anything, and later may not."""
    CLOCK = auto()
    """The server refused its signature, perhaps for its time."""
    BUSY = auto()
    """The server was busy; whether it began is not documented."""
    AMBIGUOUS = auto()
    """The server may have done it."""
    FINAL = auto()
    """The answer stands."""


THROTTLED = frozenset({Outcome.REFUSED, Outcome.BUSY})

_ALWAYS = frozenset({Outcome.UNREACHABLE, Outcome.NOT_SENT, Outcome.REFUSED})
_IF_HARMLESS = _ALWAYS | {Outcome.BUSY, Outcome.AMBIGUOUS}


def may_repeat(harmless: bool, outcome: Outcome) -> bool:
    """Whether a request may be sent again after *outcome*; *harmless* says that doing it twice does what once does."""
    return outcome in (_IF_HARMLESS if harmless else _ALWAYS)


def backoff(attempt: int, outcome: Outcome, fraction: float, asked: float | None = None) -> float | None:
    """Return the seconds to wait before attempt ``attempt + 1``, or ``None`` not to try again.

    Full jitter: *fraction* (0 to 1) of 0.5 s doubled per attempt, at most 8 s; of 1 s doubled where the server is
    throttling. What the server *asked* for is a lower bound.
    """
    if asked is not None and asked > LONGEST_WAIT:
        return None
    base = 1.0 if outcome in THROTTLED else 0.5
    wait = fraction * min(base * 2.0 ** (attempt - 1), 8.0)
    return max(wait, asked or 0.0)


def retry_after(header: str | None, server_time: float) -> float | None:
    """Return the seconds a ``Retry-After`` header asks for, or ``None`` if it is absent or makes no sense."""
    if header is None:
        return None
    text = header.strip()
    if text.isascii() and text.isdigit():
        return float(text[:12])
    from email.utils import parsedate_to_datetime  # rarely needed, and slow to import

    try:
        moment = parsedate_to_datetime(text)
        return max(moment.timestamp() - server_time, 0.0) if moment.tzinfo is not None else None
    except (ValueError, TypeError, OverflowError):
        return None


_lock = threading.Lock()
if hasattr(os, "register_at_fork"):  # held by another thread at a fork, it would stay locked in the child for good
    os.register_at_fork(before=_lock.acquire, after_in_parent=_lock.release, after_in_child=_lock.release)


class Budget:
    """A token bucket shared by all calls of a client, so that retries cannot multiply the load of an outage.

    A retry that leads to success gives back what it cost: only failing lastingly empties the bucket.
    """

    CAPACITY = 500
    RETRY_COST = 14
    THROTTLED_COST = 5

    def __init__(self) -> None:
        self._tokens = self.CAPACITY

    def take(self, outcome: Outcome) -> int:
        """Pay for one retry and return the price; 0 when too many calls failed lately, and there is to be none."""
        cost = self.THROTTLED_COST if outcome in THROTTLED else self.RETRY_COST
        with _lock:
            if self._tokens < cost:
                return 0
            self._tokens -= cost
            return cost

    def refund(self, tokens: int) -> None:
        """Return what the last retry of a successful call cost; a call without a retry earns one token."""
        if self._tokens < self.CAPACITY:
            with _lock:
                self._tokens = min(self._tokens + tokens, self.CAPACITY)
