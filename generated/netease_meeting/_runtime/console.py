# Copied from generator/runtime/_runtime/console.py by `make generate`. Edit it there.
"""Printing to any console: what its encoding cannot show is escaped; where there is none, only the text is lost."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from typing import TextIO


def say(text: str, *, error: bool = False) -> None:
    """Print *text* and a line break in one piece, to standard output or, for an *error*, to standard error."""
    stream = sys.stderr if error else sys.stdout
    if stream is None:  # as under pythonw
        return
    try:
        _write(stream, f"{text}\n")
    except BlockingIOError:
        pass  # a reader that is too slow for a pipe that does not block: this text is lost
    except (OSError, ValueError):  # a broken pipe, a full disk, or a stream that was closed
        _silence(stream)


def _write(stream: TextIO, text: str) -> None:
    try:
        stream.write(text)
    except UnicodeEncodeError:
        encoding = stream.encoding or "ascii"
        stream.write(text.encode(encoding, "backslashreplace").decode(encoding))
    stream.flush()


def _silence(stream: TextIO) -> None:
    """Let what is buffered go nowhere: the interpreter flushes once more at its end, and would fail."""
    if stream not in (sys.__stdout__, sys.__stderr__):
        return
    with suppress(OSError, ValueError):
        descriptor = stream.fileno()
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, descriptor)
        os.close(nowhere)
