"""The two clocks of a call: wall time, corrected towards the server's, for signatures; monotonic time for deadlines."""

from __future__ import annotations

import time
from collections.abc import Callable


class Clock:
    """``offset`` is what to add to the local wall clock to get the server's, in seconds."""

    def __init__(
        self, now: Callable[[], float] = time.time, monotonic: Callable[[], float] = time.monotonic, offset: float = 0.0
    ) -> None:
        self.now = now
        self.monotonic = monotonic
        self.offset = offset

    def server_time(self) -> float:
        """Return the server's unix time in seconds, as far as it is known."""
        return self.now() + self.offset
