# Copied from generator/runtime/_runtime/addresses.py by `make generate`. Edit it there.
"""The addresses of a host, best first (RFC 8305): families take turns, and what failed lately comes last."""

from __future__ import annotations

import os
import socket
import threading
from collections import deque
from collections.abc import Callable, Iterable
from contextlib import suppress
from itertools import zip_longest
from typing import Any, NamedTuple

from .clock import monotonic

ATTEMPT_DELAY = 0.25
"""Seconds until the next address is tried as well, as RFC 8305 recommends."""

AVOIDED_FOR = 300.0
"""Seconds for which an address that failed comes after the others."""

MOST_AVOIDED = 256


class Address(NamedTuple):
    """What a socket connects to."""

    family: int
    protocol: int
    target: tuple[Any, ...]

    def __str__(self) -> str:
        host, port = self.target[:2]
        return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


class Avoided:
    """The addresses that failed lately. Shared by all clients: a route that is broken is broken for each of them.

    Without a lock, which a fork could leave locked for good: an entry that two threads lose costs 250 ms.
    """

    def __init__(self) -> None:
        self._until: dict[Address, float] = {}

    def add(self, addresses: Iterable[Address]) -> None:
        """Remember that *addresses* did not connect, or not in time."""
        for address in addresses:
            self._until.pop(address, None)
            self._until[address] = monotonic() + AVOIDED_FOR
        while len(self._until) > MOST_AVOIDED:
            with suppress(RuntimeError, StopIteration):  # another thread changed it just now
                self._until.pop(next(iter(self._until)), None)

    def discard(self, address: Address) -> None:
        """Remember that *address* connected."""
        self._until.pop(address, None)

    def __contains__(self, address: Address) -> bool:
        return self._until.get(address, 0.0) > monotonic()


avoided = Avoided()


class Race:
    """The state of connecting to several addresses, each a little later than the one before. Without I/O."""

    def __init__(self, addresses: Iterable[Address]) -> None:
        self._left = deque(addresses)
        self._pending: list[Address] = []
        self._failures: list[str] = []
        self._next_at = 0.0

    def next(self) -> Address | None:
        """Return the address whose turn it is, or ``None`` while it is too early for another one."""
        if not self._left or (self._pending and monotonic() < self._next_at):
            return None
        self._next_at = monotonic() + ATTEMPT_DELAY
        address = self._left.popleft()
        self._pending.append(address)
        return address

    def patience(self, ends: float) -> float:
        """Return how many seconds to wait for the pending addresses."""
        return max((min(self._next_at, ends) if self._left else ends) - monotonic(), 0.0)

    @property
    def lost(self) -> bool:
        """Whether no address is left."""
        return not self._left and not self._pending

    def won(self, address: Address) -> None:
        """Remember the outcome: *address* connected before all that were tried earlier."""
        self._pending.remove(address)
        avoided.discard(address)
        avoided.add(self._pending)

    def failed(self, address: Address, reason: OSError) -> None:
        """Take note that *address* refused."""
        self._pending.remove(address)
        self._failures.append(f"{address}: {os.strerror(reason.errno) if reason.errno else reason}")
        avoided.add([address])

    def time_out(self) -> None:
        """Take note that the time is up."""
        avoided.add(self._pending)
        self._failures += [f"{address}: no connection in time" for address in self._pending]
        self._failures += [f"{address}: not tried" for address in self._left]

    @property
    def failures(self) -> str:
        """What happened to each address."""
        return "; ".join(self._failures)


def resolve(host: str, port: int, done: Callable[[list[Address] | OSError], object]) -> None:
    """Look up *host* in a thread of its own, and call *done* there: a name server may take longer than a call may."""
    threading.Thread(target=lambda: done(look_up_now(host, port)), name="netease-meeting-resolver", daemon=True).start()


def look_up_now(host: str, port: int) -> list[Address] | OSError:
    """Return the addresses of *host* in the order in which to try them, or why there is none."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError as error:
        return error
    except UnicodeError:  # a label of the name is empty or longer than 63 characters
        return OSError("not a host name")
    unique = dict.fromkeys(Address(family, protocol, target) for family, _, protocol, _, target in found)
    if not unique:
        return OSError("the name server knows none")
    return sorted(_interleaved(unique), key=lambda address: address in avoided)


def is_literal(host: str) -> bool:
    """Whether *host* is an address already, which takes no name server."""
    return ":" in host or host.replace(".", "").isdigit()


def _interleaved(addresses: Iterable[Address]) -> list[Address]:
    families: dict[int, list[Address]] = {}
    for address in addresses:
        families.setdefault(address.family, []).append(address)
    rounds = zip_longest(*families.values())
    return [address for turn in rounds for address in turn if address is not None]
