"""The client's transport that ends in a sandbox instead of a socket."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from urllib.parse import urlsplit

import anyio
import anyio.to_thread

from .._runtime.errors import CLOSED, ClientClosedError
from .._runtime.transport import Header, Reply, TransportError
from .callbacks import Callbacks
from .messages import Request, Response


class SandboxTransport:
    """Synchronous. *handle* answers a request and sends the callbacks it brings about."""

    def __init__(self, handle: Callable[[Request], Response]) -> None:
        self._handle = handle
        self._closed = False

    def send(self, url: str, headers: Sequence[Header], body: bytes, deadline: float) -> Reply:
        """Hand the request to the sandbox."""
        if self._closed:
            raise ClientClosedError(CLOSED)
        response = self._handle(_request(url, headers, body))
        remaining = deadline - time.monotonic()
        if response.delay:
            time.sleep(min(response.delay, max(remaining, 0.0)))
        return _reply(response, remaining)

    def close(self) -> None:
        """Refuse further requests."""
        self._closed = True


class AsyncSandboxTransport:
    """Asynchronous, on whatever event loop httpx runs on. *execute* only answers; the *callbacks* are sent here."""

    def __init__(self, execute: Callable[[Request], Response], callbacks: Callable[[], Callbacks]) -> None:
        self._execute = execute
        self._callbacks = callbacks
        self._closed = False

    async def send(self, url: str, headers: Sequence[Header], body: bytes, deadline: float) -> Reply:
        """Hand the request to the sandbox."""
        if self._closed:
            raise ClientClosedError(CLOSED)
        response = self._execute(_request(url, headers, body))
        callbacks = self._callbacks()
        if callbacks.waiting:  # in a thread, for the receiver may run on this very loop
            await anyio.to_thread.run_sync(callbacks.send_ready)
        remaining = deadline - time.monotonic()
        if response.delay:
            await anyio.sleep(min(response.delay, max(remaining, 0.0)))
        return _reply(response, remaining)

    async def aclose(self) -> None:
        """Refuse further requests."""
        self._closed = True


def _request(url: str, headers: Sequence[Header], body: bytes) -> Request:
    decoded = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in headers}
    return Request("POST", urlsplit(url).path, decoded, body)


def _reply(response: Response, remaining: float) -> Reply:
    if response.delay > remaining:
        raise TransportError("the sandbox answered too late, as it was told to", timed_out=True)
    if response.harm is not None and response.harm != "dribble":
        raise TransportError(f"the sandbox broke the connection, as it was told to ({response.harm})")
    headers = [(name.encode(), value.encode()) for name, value in response.headers]
    return Reply(response.status, headers, response.body)
