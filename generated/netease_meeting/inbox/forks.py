# Copied from generator/runtime/inbox/forks.py by `make generate`. Edit it there.
"""What a fork needs: no thread inside a database library while it happens, and no inherited state used in the child."""

from __future__ import annotations

import os
import select
import threading
import time
from collections.abc import Callable
from types import TracebackType
from weakref import WeakMethod

_LONGEST_WAIT = 1000
"""Milliseconds for which a fork waits for the calls that are under way."""

_sleep = time.sleep


class Gate:
    """Counts the calls into a library whose own locks a forked child could never release.

    Without a lock of its own, which the child would inherit: adding to and removing from a list is atomic.
    """

    def __init__(self) -> None:
        self._inside: list[None] = []
        self._closed = False
        self.was_empty = True
        """Whether, at the last fork, no call was under way: only then may a child touch what it inherited."""

    def __enter__(self) -> None:
        self._inside.append(None)
        while self._closed:  # a fork is about to happen: let it, then go on
            self._inside.pop()
            _sleep(0.0005)
            self._inside.append(None)

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._inside.pop()

    def before_fork(self) -> None:
        """Wait until no call is under way."""
        self._closed = True
        for _ in range(_LONGEST_WAIT):
            if not self._inside:
                break
            _sleep(0.001)
        self.was_empty = not self._inside

    def after_fork_in_parent(self) -> None:
        """Let calls in again."""
        self._closed = False

    def after_fork_in_child(self) -> None:
        """Forget the calls of threads that the child does not have."""
        self._inside = []
        self._closed = False


GATE = Gate()
"""Every call into SQLite passes it."""

_in_child: list[WeakMethod[Callable[[], None]]] = []
_one_at_a_time = threading.Lock()
_done: tuple[int, int] | None = None
"""A pipe on which the child tells that it has let go of what it inherited."""


def call_in_child(method: Callable[[], None]) -> None:
    """Have every forked child call a bound *method* first, as long as its object lives.

    Until the children's calls have returned, the parent's threads stay outside of the gate.
    """
    _in_child[:] = [reference for reference in _in_child if reference() is not None]
    _in_child.append(WeakMethod(method))


def _before() -> None:
    global _done
    _one_at_a_time.acquire()
    GATE.before_fork()
    _done = os.pipe() if any(reference() is not None for reference in _in_child) else None


def _after_in_child() -> None:
    GATE.after_fork_in_child()
    for reference in list(_in_child):
        method = reference()
        if method is not None:
            method()
    if _done is not None:
        for end in _done:
            os.close(end)
    _one_at_a_time.release()


def _after_in_parent() -> None:
    if _done is not None:
        read, write = _done
        os.close(write)
        ended = select.poll()
        ended.register(read)
        ended.poll(_LONGEST_WAIT)
        os.close(read)
    GATE.after_fork_in_parent()
    _one_at_a_time.release()


if hasattr(os, "register_at_fork"):  # not on Windows, which does not fork
    os.register_at_fork(before=_before, after_in_parent=_after_in_parent, after_in_child=_after_in_child)
