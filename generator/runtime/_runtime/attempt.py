"""What is told of an attempt: to the log, and to whoever asked with ``on_attempt=``."""

from __future__ import annotations

import logging
from collections.abc import Callable

import msgspec

from .errors import MeetingError

logger = logging.getLogger("netease_meeting")


class Attempt(msgspec.Struct, frozen=True):
    """One request that was sent, or could not be. Holds no header and no body."""

    operation: str
    """In the client's words, for example ``meetings.get``."""
    base_url: str
    """The gateway it went to."""
    path: str
    number: int
    """1 for the first attempt of a call."""
    call_started_at: float
    """When the call began, in unix seconds."""
    seconds: float
    """How long the attempt took."""
    status: int | None
    """The HTTP status, or ``None`` where no answer came."""
    code: int | None
    """The business code, or ``None`` where no envelope came."""
    request_id: str | None
    error: MeetingError | None
    """What the attempt ended with; ``None`` for success."""
    wait: float | None
    """Seconds until the next attempt; ``None`` where the call ends with this one."""
    raised: MeetingError | None = None
    """What the call raises, where it ends with this attempt: ``OutcomeUnknownError`` for a response that was lost."""
    throttled: bool = False
    """Whether the server refused it for being busy, or for too many requests."""


OnAttempt = Callable[[Attempt], None]
"""Called after each attempt, in the thread or task of the call. What it raises is logged and goes no further."""


def tell(attempt: Attempt, on_attempt: OnAttempt | None) -> None:
    """Log *attempt* and hand it on."""
    logger.debug(
        "POST %s attempt %d: status %s, code %s, request %s, %.1f ms%s",
        attempt.path,
        attempt.number,
        attempt.status,
        attempt.code,
        attempt.request_id,
        attempt.seconds * 1000,
        f", {type(attempt.raised or attempt.error).__name__}" if attempt.error is not None else "",
    )
    if on_attempt is not None:
        try:
            on_attempt(attempt)
        except Exception:
            logger.exception("on_attempt failed for %s", attempt.operation)
