# Copied from generator/runtime/inbox/pool.py by `make generate`. Edit it there.
"""Connections that are lent and returned, closed when they are idle, and never carried across a fork."""

from __future__ import annotations

import os
import threading
from collections import deque
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Generic, TypeVar

Connection = TypeVar("Connection")

IDLE = 5.0
"""Seconds in which a connection must be needed to be kept."""


class Pool(Generic[Connection]):
    """As many connections as are in use at once. One that failed is closed, not lent again.

    Not psycopg_pool: SQLite's connections are pooled too, and psycopg_pool's threads do not survive the fork with which
    the workers of a server such as gunicorn begin.
    """

    def __init__(self, connect: Callable[[], Connection], close: Callable[[Connection], object]) -> None:
        self._connect = connect
        self._close = close
        self._idle: deque[Connection] = deque()
        self._least = 0
        self._timer: threading.Timer | None = None
        self._foreign: list[deque[Connection]] = []
        self._owner = os.getpid()

    def take(self) -> Connection:
        """Return a connection that nobody else has."""
        if self._owner != os.getpid():
            self.forget()
        try:
            connection = self._idle.pop()
        except IndexError:
            return self._connect()
        self._least = min(self._least, len(self._idle))
        return connection

    def give(self, connection: Connection) -> None:
        """Take a connection back."""
        self._idle.append(connection)
        if self._timer is None and len(self._idle) > 1:
            self._start_timer()

    @contextmanager
    def lent(self, connection: Connection | None = None) -> Generator[Connection, None, None]:
        """Lend a connection for a block; an exception in it closes the connection."""
        connection = self.take() if connection is None else connection
        try:
            yield connection
        except BaseException:
            self._close(connection)
            raise
        self.give(connection)

    def shrink(self) -> None:
        """Close what was not needed since this was last called, save one. A timer calls it while there is more."""
        for _ in range(self._least - 1):
            try:
                self._close(self._idle.popleft())
            except IndexError:  # taken in this moment
                break
        self._least = len(self._idle)
        self._timer = None
        if self._least > 1:
            self._start_timer()

    def _start_timer(self) -> None:
        self._timer = threading.Timer(IDLE, self.shrink)
        self._timer.daemon = True
        self._timer.start()

    def forget(self) -> None:
        """Begin anew in a forked child, without closing: sockets are the parent's, and closing would reach into it."""
        self._foreign.append(self._idle)
        self._idle, self._least, self._timer, self._owner = deque(), 0, None, os.getpid()

    def close(self) -> None:
        """Close those that are not lent."""
        if self._owner != os.getpid():
            self.forget()
        for _ in range(len(self._idle)):
            try:
                self._close(self._idle.pop())
            except IndexError:  # taken in this moment
                break
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
