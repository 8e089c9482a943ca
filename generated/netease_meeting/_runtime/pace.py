# Copied from generator/runtime/_runtime/pace.py by `make generate`. Edit it there.
"""How often requests are sent. Pure: a ``Pace`` says how long to wait, and whoever asks does the waiting.

A token bucket that holds at most one second's worth. Requests take their tokens in the order in which they joined. A
request that the gateway refuses for its rate joins again and lowers the rate; requests that had to wait and were
accepted raise it, up to what the caller allowed.
"""

from __future__ import annotations

import math
import os
import threading
from bisect import bisect_left
from typing import Literal

from .errors import ConfigurationError

_FIRST = 10.0
"""Requests a second with which the search for the gateway's limit begins."""
_LEAST = 1.0
_SMALLEST_CUT, _LARGEST_CUT = 0.95, 0.7
_CUBIC = 0.005
"""How fast the rate returns to the one that was refused, stays near it, and goes beyond: see RFC 9438."""
_LONGEST_STEP = 0.02
"""Seconds for which one accepted request counts: at a low rate, probing takes as many requests as at 50 a second."""
_FORGET = 0.9
"""What is left of the rate that was refused when a lower one is refused too."""
_SHORTEST_PAUSE, _LONGEST_PAUSE = 0.05, 0.4
"""Seconds without a request while one after the other is refused: a gateway may count whole seconds."""
_ROUNDING = 1e-9

_lock = threading.Lock()
if hasattr(os, "register_at_fork"):  # held by another thread at a fork, it would stay locked in the child for good
    os.register_at_fork(before=_lock.acquire, after_in_parent=_lock.release, after_in_child=_lock.release)


class Ticket:
    """One request that waits, or was let go."""

    __slots__ = ("deadline", "number", "sent_at", "waited")

    def __init__(self, number: int, deadline: float) -> None:
        self.number = number
        self.deadline = deadline
        self.sent_at = 0.0
        self.waited = False


class Pace:
    """The rate of one client and its copies, shared by threads and tasks. All times are monotonic seconds."""

    def __init__(self, rate: float | Literal["adaptive"]) -> None:
        given = _checked(rate)
        self._most = math.inf if given is None else given
        self.rate = _FIRST if given is None else given
        """Requests a second, as things are."""
        self._searching = given is None
        self._refused_rate = self.rate
        self._low = self.rate
        self._since_cut = 0.0
        self._pause = 0.0
        self._tokens = self._capacity()
        self._at: float | None = None
        """Up to when the tokens are counted. In the future: the gateway asked for a pause until then."""
        self._queue: list[Ticket] = []
        self._number = 0
        self._accepted = 0
        self._cut_at = -math.inf
        self._process = os.getpid()

    def join(self, deadline: float) -> Ticket:
        """Return the last place in the queue."""
        with _lock:
            if self._process != os.getpid():  # those who wait are threads of the parent
                self._process = os.getpid()
                self._queue.clear()
            self._number += 1
            ticket = Ticket(self._number, deadline)
            self._queue.append(ticket)
            return ticket

    def wait(self, ticket: Ticket, now: float) -> float:
        """Return the seconds after which to ask again, or 0 when the request may be sent, now."""
        with _lock:
            self._count(now)
            while self._queue and self._queue[0].deadline < now:  # nobody can be waiting for it any more
                del self._queue[0]
            ahead = bisect_left(self._queue, ticket.number, key=_number)
            lacking = ahead + 1 - self._tokens
            if lacking > _ROUNDING:
                ticket.waited = True
                return self._seconds(lacking, now)
            self._tokens -= 1
            del self._queue[ahead : ahead + 1]
            ticket.sent_at = now
            return 0.0

    def leave(self, ticket: Ticket) -> None:
        """Give up the place of a request that will not be sent."""
        with _lock:
            index = bisect_left(self._queue, ticket.number, key=_number)
            if index < len(self._queue) and self._queue[index] is ticket:
                del self._queue[index]

    def expected(self, now: float) -> float:
        """Return the seconds that a request which joins now would wait."""
        with _lock:
            self._count(now)
            return self._seconds(len(self._queue) + 1 - self._tokens, now)

    def accepted(self, ticket: Ticket) -> None:
        """Learn that a request was not refused for its rate."""
        with _lock:
            if ticket.sent_at < self._cut_at:
                return
            self._accepted += 1
            if ticket.waited:  # else nobody knows whether more would be accepted
                self._rise()

    def refused(self, ticket: Ticket, now: float, asked: float | None) -> None:
        """Learn that a request was refused for its rate; the gateway may have *asked* for a pause of some seconds."""
        with _lock:
            self._count(now)
            self._tokens = min(self._tokens, 0.0)
            if asked is not None:
                self._at = max(self._at or now, now + asked)
            if ticket.sent_at < self._cut_at:
                return  # sent at a rate that was lowered since
            self._pause = 0.0 if self._accepted else min(max(self._pause * 2, _SHORTEST_PAUSE), _LONGEST_PAUSE)
            self._at = max(self._at or now, now + self._pause)
            # Once its bucket is empty, a gateway accepts as large a share of the requests as the limit is of the rate.
            share = self._accepted / (self._accepted + 1)
            self._refused_rate = max(self.rate, self._refused_rate * _FORGET)
            cut = min(max(share, _LARGEST_CUT), _SMALLEST_CUT)
            self._low = self.rate = max(self.rate * cut, min(_LEAST, self._most))
            self._searching = False
            self._accepted, self._since_cut = 0, 0.0
            self._cut_at = now

    def _rise(self) -> None:
        if self._searching:  # the rate grows e-fold in a second
            self.rate = min(self.rate + 1.0, self._most)
            return
        self._since_cut += min(1 / self.rate, _LONGEST_STEP)
        refused = self._refused_rate
        there = ((1 - self._low / refused) / _CUBIC) ** (1 / 3)
        self.rate = min(max(self.rate, refused * (1 + _CUBIC * (self._since_cut - there) ** 3)), self._most)

    def _count(self, now: float) -> None:
        if self._at is None:
            self._at = now
        elif now > self._at:
            self._tokens = min(self._tokens + (now - self._at) * self.rate, self._capacity())
            self._at = now

    def _seconds(self, lacking: float, now: float) -> float:
        pause = max(self._at - now, 0.0) if self._at is not None else 0.0
        seconds = max(lacking, 0.0) / self.rate
        # A rate that may rise e-fold in a second makes waits shorter: whoever waits asks again by then.
        return (math.log1p(seconds) if self.rate < self._most else seconds) + pause

    def _capacity(self) -> float:
        return max(self.rate, 1.0)


def _number(ticket: Ticket) -> int:
    return ticket.number


def _checked(rate: object) -> float | None:
    if isinstance(rate, str) and rate == "adaptive":
        return None
    if isinstance(rate, (int, float)) and not isinstance(rate, bool):
        try:
            number = float(rate)
        except OverflowError:
            number = math.inf
        if 0 < number < math.inf:
            return number
    raise ConfigurationError(f'rate must be requests a second, more than 0, or "adaptive", not {rate!r}.')
