"""Waiting on an event loop, also while a test has frozen the clock that the loop looks at."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Generator, Iterable
from contextlib import contextmanager, suppress
from types import BuiltinFunctionType
from typing import Any, Protocol

import anyio
import sniffio

from .errors import ConfigurationError


def running_loop(transport: str) -> asyncio.AbstractEventLoop:
    """Return the event loop, or raise ``ConfigurationError`` where it is not asyncio's."""
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        try:
            library = f"and this program runs on {sniffio.current_async_library()}"
        except sniffio.AsyncLibraryNotFoundError:
            library = "and no event loop runs here"
        raise ConfigurationError(
            f"{transport} needs asyncio, {library}: pass http_client=httpx.AsyncClient(), which runs on both."
        ) from None


class Timer(Protocol):
    """What ``call_later`` returns."""

    def cancel(self) -> None:
        """Call nothing."""
        ...


class _ThreadTimer:
    """A timer that waits in a thread, and calls in the loop."""

    def __init__(
        self, loop: asyncio.AbstractEventLoop, seconds: float, callback: Callable[..., object], *arguments: Any
    ) -> None:
        self._loop = loop
        self._callback = callback
        self._arguments = arguments
        self._cancelled = False
        self._timer = threading.Timer(seconds, self._fire)
        self._timer.daemon = True
        self._timer.start()

    def _fire(self) -> None:
        with suppress(RuntimeError):  # the loop is closed
            self._loop.call_soon_threadsafe(self._call)

    def _call(self) -> None:
        if not self._cancelled:
            self._callback(*self._arguments)

    def cancel(self) -> None:
        self._cancelled = True
        self._timer.cancel()


def call_later(
    loop: asyncio.AbstractEventLoop, seconds: float, callback: Callable[..., object], *arguments: Any
) -> Timer:
    """Do what ``loop.call_later`` does; where the loop's clock is frozen, which would be never, let a thread wait."""
    if isinstance(time.monotonic, BuiltinFunctionType):
        return loop.call_later(seconds, callback, *arguments)
    return _ThreadTimer(loop, seconds, callback, *arguments)


@contextmanager
def limit(seconds: float) -> Generator[None, None, None]:
    """Let what is inside take *seconds* at most. Raises ``TimeoutError``."""
    with anyio.CancelScope() as scope:
        timer = call_later(asyncio.get_running_loop(), seconds, scope.cancel)
        try:
            yield
        finally:
            timer.cancel()
    if scope.cancelled_caught:
        raise TimeoutError


async def first(futures: Iterable[asyncio.Future[Any]], seconds: float) -> None:
    """Return when one of *futures* is done, or after *seconds*."""
    waiter = asyncio.get_running_loop().create_future()
    timer = call_later(waiter.get_loop(), seconds, _wake, waiter)
    try:
        await asyncio.wait([waiter, *futures], return_when=asyncio.FIRST_COMPLETED)
    finally:
        timer.cancel()
        waiter.cancel()


def _wake(waiter: asyncio.Future[None]) -> None:
    if not waiter.done():
        waiter.set_result(None)


async def sleep(seconds: float) -> None:
    """Wait on whatever event loop runs."""
    if sniffio.current_async_library() != "asyncio":
        await anyio.sleep(seconds)
    elif isinstance(time.monotonic, BuiltinFunctionType):
        await asyncio.sleep(seconds)
    else:
        await first((), seconds)
