"""Whether a worker lives, told by the operating system: a locked byte of a file is free as soon as its process ended.

A lease that is tied to such a lock needs no clock: it lasts as long as the handler, and not a moment longer than the
process, whatever becomes of it.
"""

from __future__ import annotations

import os
import secrets
import sys

from .forks import call_in_child

_OFFSETS = 2**30  # what fits wherever files are locked


if sys.platform == "win32":
    import msvcrt

    def _lock(descriptor: int, offset: int) -> None:
        os.lseek(descriptor, offset, os.SEEK_SET)
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)

    def _unlock(descriptor: int, offset: int) -> None:
        os.lseek(descriptor, offset, os.SEEK_SET)
        msvcrt.locking(descriptor, msvcrt.LK_UNLCK, 1)

else:
    import fcntl

    def _lock(descriptor: int, offset: int) -> None:
        fcntl.lockf(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, offset)

    def _unlock(descriptor: int, offset: int) -> None:
        fcntl.lockf(descriptor, fcntl.LOCK_UN, 1, offset)


class LockFile:
    """A file of which each living worker has a byte locked. It stays empty: bytes beyond the end can be locked too."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._held: set[int] = set()
        call_in_child(self._forget)

    def hold(self) -> int:
        """Lock a byte that nobody else has; return its offset."""
        while True:
            offset = secrets.randbelow(_OFFSETS)
            if offset in self._held:  # a process does not see its own locks
                continue
            try:
                _lock(self._descriptor, offset)
            except OSError as error:
                if not _is_taken(error):
                    raise
                continue
            self._held.add(offset)
            return offset

    def release(self, offset: int) -> None:
        """Unlock it."""
        if offset in self._held:
            self._held.discard(offset)
            _unlock(self._descriptor, offset)

    def is_held(self, offset: int) -> bool:
        """Whether a living process has this byte locked."""
        if offset in self._held:
            return True
        try:
            _lock(self._descriptor, offset)
        except OSError as error:
            if not _is_taken(error):
                raise
            return True
        _unlock(self._descriptor, offset)
        return False

    def _forget(self) -> None:
        self._held = set()  # locks are not inherited


def _is_taken(error: OSError) -> bool:
    return isinstance(error, (PermissionError, BlockingIOError)) or getattr(error, "winerror", None) is not None


_files: dict[tuple[int, int], LockFile] = {}


def lock_file(path: str) -> LockFile:
    """Return the lock file at *path*. A process opens it once and never closes it: closing would release its locks."""
    try:
        found = os.stat(path)
    except FileNotFoundError:
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o666))  # nothing of it is locked by this process yet
        found = os.stat(path)
    known = _files.get((found.st_dev, found.st_ino))
    if known is None:
        descriptor = os.open(path, os.O_RDWR | getattr(os, "O_BINARY", 0))
        opened = os.fstat(descriptor)
        known = _files.setdefault((opened.st_dev, opened.st_ino), LockFile(descriptor))
    return known
