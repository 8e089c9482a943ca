"""How every web adapter answers, whatever receives: ``hook.handle``, ``hook.ahandle``, ``inbox.receive``…

A receiver is a function that takes the raw body and the headers. It returns once the event is safe: handled, stored, or
known already. It raises a ``WebhookError`` for a callback that is not genuine, and anything else if it could not do its
work and the sender shall try again. Where the framework is asynchronous, what it returns may have to be awaited.
"""

from __future__ import annotations

import logging
from collections.abc import Callable

from .errors import WebhookError, printable
from .results import acall, name_of, settle, unusable
from .verifier import LARGEST_BODY, HeaderSource

Receive = Callable[[bytes, HeaderSource], object]

MOST = LARGEST_BODY + 1
"""Bytes of a body that are worth reading: one more than is accepted."""
OK = 200
"""The only status that ends the resends."""
UNAVAILABLE = 503
TOO_LARGE = 413

PLAIN = "text/plain; charset=utf-8"
"""The Content-Type of ``incomplete``'s text."""

_SYNC = "This adapter is synchronous and cannot await it: give a function that is not async, such as `hook.handle`."
_READ_BEFORE = (
    "A middleware or hook may have read the body before this adapter could, or the sender closed the connection. "
    "The signature was not checked. Let the adapter be the first to read the body, or read it in a way that the "
    "framework keeps (Flask `request.get_data()`, Django `request.body`, Starlette `await request.body()`, aiohttp "
    "`await request.read()`)."
)

_log = logging.getLogger("netease_meeting.webhooks")


def answer(receive: Receive, body: bytes, headers: HeaderSource) -> int:
    """Hand a callback to *receive* and return the HTTP status to answer with."""
    try:
        settle(receive, receive(body, headers), _SYNC)
    except Exception as error:
        return status(error)
    return OK


async def async_answer(receive: Receive, body: bytes, headers: HeaderSource) -> int:
    """Do the same in an event loop; an ordinary function runs in a thread, for it may wait for a disk."""
    try:
        await acall(receive, body, headers)
    except Exception as error:
        return status(error)
    return OK


def status(error: Exception) -> int:
    """Log why a callback was not accepted, and return the HTTP status that says so."""
    if isinstance(error, WebhookError):
        _log.warning("callback refused: %s", printable(str(error)))
        return error.status
    _log.error("callback not accepted; it will be sent again", exc_info=error)
    return UNAVAILABLE


def missing(size: int, declared: str | None, *, streamed: bool = False) -> str | None:
    """Return what is missing of a body of which *size* bytes were read, ``None`` if it is whole.

    Args:
        size: How many bytes there are.
        declared: The Content-Length, where there is one.
        streamed: Whether a body was announced without saying how long it is.
    """
    if declared and declared.isdecimal():
        whole = size >= min(int(declared), MOST)
        return None if whole else f"only {size} of the {int(declared)} bytes of the body could be read"
    return "nothing of the body could be read" if streamed and not size else None


def incomplete(problem: str, cause: Exception | None = None) -> str:
    """Log that a body is not whole; return the text to answer with, beside the status 503."""
    text = f"{problem}. {_READ_BEFORE}"
    _log.error("callback not accepted; it will be sent again: %s", text, exc_info=cause)
    return text


def too_large(setting: str) -> int:
    """Log that the framework refused a body for its size, by *setting*; return the HTTP status that says so."""
    _log.warning("callback refused: the body is larger than %s allows; callbacks are below 2 kB", setting)
    return TOO_LARGE


def usable(receive: Receive) -> Receive:
    """Return *receive*, or raise ``TypeError`` where calling it can never make an event safe."""
    problem = unusable(receive)
    if problem is not None:
        raise TypeError(f"{name_of(receive)} {problem}, such as `hook.handle`.")
    return receive
