# Copied from generator/runtime/sandbox/wire.py by `make generate`. Edit it there.
"""The client's transport that ends in a sandbox instead of a socket."""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextvars import ContextVar
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import anyio
import anyio.to_thread

from .._runtime.clock import Clock
from .._runtime.errors import CLOSED, ClientClosedError
from .._runtime.timed import Timed
from .._runtime.transport import Header, Reply, TransportError
from .messages import Request, Response

if TYPE_CHECKING:
    from .core import Sandbox

_MACHINE = Clock()
_slept: ContextVar[float] = ContextVar("netease_meeting_sandbox_slept", default=0.0)
"""Seconds that calls have waited in virtual time only. Per thread and task, as one does not wait for another."""


def _monotonic() -> float:
    return _MACHINE.monotonic() + _slept.get()


class _Wire(Timed):
    """What both transports share: a client is closed once, or with its sandbox, and waits on the sandbox's clock."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self._closed = False
        self.clock = Clock(monotonic=_monotonic)

    def sleep(self, seconds: float) -> None:
        """Move the sandbox's clock; deadlines come nearer, and nobody waits."""
        _slept.set(_slept.get() + seconds)
        self._sandbox.sleep(seconds)

    async def sleep_async(self, seconds: float) -> None:
        """Move the sandbox's clock, in a thread: a receiver of callbacks may run on this very loop."""
        _slept.set(_slept.get() + seconds)
        await anyio.to_thread.run_sync(self._sandbox.sleep, seconds)

    def _request(self, url: str, headers: Sequence[Header], body: bytes) -> Request:
        if self._closed or self._sandbox.closed:
            raise ClientClosedError(CLOSED)
        decoded = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in headers}
        return Request("POST", urlsplit(url).path, decoded, body)


class SandboxTransport(_Wire):
    """Synchronous."""

    def send(self, url: str, headers: Sequence[Header], body: bytes, deadline: float) -> Reply:
        """Hand the request to the sandbox, and wait for the callbacks that it brings about."""
        response = self._sandbox.handle(self._request(url, headers, body))
        remaining = deadline - _monotonic()
        if response.delay:
            time.sleep(min(response.delay, max(remaining, 0.0)))
        return _reply(response, remaining)

    def close(self) -> None:
        """Refuse further requests."""
        self._closed = True


class AsyncSandboxTransport(_Wire):
    """Asynchronous, on whatever event loop runs."""

    async def send(self, url: str, headers: Sequence[Header], body: bytes, deadline: float) -> Reply:
        """Hand the request to the sandbox, and wait for the callbacks that it brings about."""
        response = self._sandbox.execute(self._request(url, headers, body))
        callbacks = self._sandbox.callbacks
        if callbacks.waiting:  # in a thread, for the receiver may run on this very loop
            await anyio.to_thread.run_sync(callbacks.send_ready)
        remaining = deadline - _monotonic()
        if response.delay:
            await anyio.sleep(min(response.delay, max(remaining, 0.0)))
        return _reply(response, remaining)

    async def aclose(self) -> None:
        """Refuse further requests."""
        self._closed = True


def _reply(response: Response, remaining: float) -> Reply:
    if response.delay > remaining:
        raise TransportError("the sandbox answered too late, as it was told to", timed_out=True)
    if response.harm is not None and response.harm != "dribble":
        raise TransportError(f"the sandbox broke the connection, as it was told to ({response.harm})")
    headers = [(name.encode(), value.encode()) for name, value in response.headers]
    return Reply(response.status, headers, response.body)
