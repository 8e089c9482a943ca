"""Printing to any console: what it cannot show is escaped; a closed pipe loses the text, not the program."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from io import TextIOWrapper


def prepare() -> None:
    """Escape what the console's encoding cannot show. Call it once, before a command prints."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def say(text: str) -> None:
    """Print *text* and a line break in one piece; a closed pipe or no console at all loses the text only."""
    output = sys.stdout
    if output is None:
        return
    try:
        output.write(text + "\n")
        output.flush()
    except (OSError, ValueError):  # a broken pipe, or a stream that was closed
        # The interpreter flushes once more at its end: let what is buffered go nowhere.
        with suppress(OSError, ValueError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), output.fileno())
