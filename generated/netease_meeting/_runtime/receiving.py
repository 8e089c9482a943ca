# Copied from generator/runtime/_runtime/receiving.py by `make generate`. Edit it there.
"""How every web adapter answers, whatever receives: ``hook.handle``, ``hook.ahandle``, ``inbox.receive``…

A receiver is a function that takes the raw body and the headers. It returns, whatever it likes, once the event is safe:
handled, stored, or known already. It raises a ``WebhookError`` for a callback that is not genuine, and anything else if
it could not do its work and the sender shall try again. Where the framework is asynchronous it may be a coroutine
function.
"""

from __future__ import annotations

import asyncio
import inspect
import logging
from collections.abc import Callable

from .errors import WebhookError, printable
from .verifier import LARGEST_BODY, HeaderSource

Receive = Callable[[bytes, HeaderSource], object]

MOST = LARGEST_BODY + 1
"""Bytes of a body that are worth reading: one more than is accepted."""
OK = 200
"""The only status that ends the resends."""
UNAVAILABLE = 503

_log = logging.getLogger("netease_meeting.webhooks")


def answer(receive: Receive, body: bytes, headers: HeaderSource) -> int:
    """Hand a callback to *receive* and return the HTTP status to answer with."""
    try:
        receive(body, headers)
    except Exception as error:
        return status(error)
    return OK


async def async_answer(receive: Receive, body: bytes, headers: HeaderSource) -> int:
    """Do the same in an event loop; an ordinary function runs in a thread, for it may wait for a disk."""
    try:
        if inspect.iscoroutinefunction(receive):
            await receive(body, headers)
        else:
            await asyncio.to_thread(receive, body, headers)
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


def synchronous(receive: Receive) -> Receive:
    """Return *receive*, or raise ``TypeError`` where it would return a coroutine that nobody awaits: a lost event."""
    if inspect.iscoroutinefunction(receive):
        raise TypeError(f"{receive.__qualname__} is a coroutine function, which WSGI cannot await: give `handle`.")
    return receive
