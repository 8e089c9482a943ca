"""Commands on any console: what its encoding cannot show is escaped, and a reader that goes away ends them quietly."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from io import TextIOWrapper


def run(main: Callable[[], int]) -> int:
    """Return the exit status of *main*, what it printed written out."""
    streams = [stream for stream in (sys.stdout, sys.stderr) if isinstance(stream, TextIOWrapper)]
    for stream in streams:
        stream.reconfigure(errors="backslashreplace")
    try:
        status = main()
        for stream in streams:
            stream.flush()
    except BrokenPipeError:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        for stream in streams:
            os.dup2(nowhere, stream.fileno())  # the interpreter flushes once more at its end
        return 1
    return status
