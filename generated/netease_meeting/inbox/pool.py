# Copied from generator/runtime/inbox/pool.py by `make generate`. Edit it there.
"""Connections that are lent and returned, and never carried across a fork."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Generic, Protocol, TypeVar


class Closable(Protocol):
    """Any connection."""

    def close(self) -> None:
        """Close it."""


Connection = TypeVar("Connection", bound=Closable)


class Pool(Generic[Connection]):
    """As many connections as were ever in use at once. One that failed is closed, not lent again."""

    def __init__(self, connect: Callable[[], Connection]) -> None:
        self._connect = connect
        self._idle: deque[Connection] = deque()
        self._foreign: list[deque[Connection]] = []
        self._owner = os.getpid()

    def take(self) -> Connection:
        """Return a connection that nobody else has."""
        if self._owner != os.getpid():
            # The sockets and locks are the parent's: closing them, even by forgetting them, would reach into it.
            self._foreign.append(self._idle)
            self._idle, self._owner = deque(), os.getpid()
        try:
            return self._idle.pop()
        except IndexError:
            return self._connect()

    def give(self, connection: Connection) -> None:
        """Take a connection back."""
        self._idle.append(connection)

    @contextmanager
    def lent(self) -> Generator[Connection, None, None]:
        """Lend a connection for a block; an exception in it closes the connection."""
        connection = self.take()
        try:
            yield connection
        except BaseException:
            connection.close()
            raise
        self.give(connection)

    def close(self) -> None:
        """Close those that are not lent."""
        while self._idle and self._owner == os.getpid():
            self._idle.pop().close()
