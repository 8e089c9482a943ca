# Copied from generator/runtime/_runtime/lazy.py by `make generate`. Edit it there.
"""Transports that come into being with the first request."""

from __future__ import annotations

import threading
from collections.abc import Sequence

from .errors import ClientClosedError
from .transport import AsyncTransport, Header, Reply, Transport


class LazyTransport:
    """The default transport of ``MeetingClient``: importing httpx and reading certificates waits until it is needed."""

    def __init__(self, base_url: str) -> None:
        self._base_url = base_url
        self._lock = threading.Lock()
        self._transport: Transport | None = None
        self._closed = False

    def send(self, url: str, headers: Sequence[Header], body: bytes, deadline: float) -> Reply:
        """POST *body*; see ``Transport.send``."""
        return (self._transport or self._open()).send(url, headers, body, deadline)

    def _open(self) -> Transport:
        from .httpx_transport import HttpxTransport

        with self._lock:
            if self._closed:
                raise ClientClosedError("the client is closed: create another one")
            if self._transport is None:
                self._transport = HttpxTransport(self._base_url)
            return self._transport

    def close(self) -> None:
        """Release every connection."""
        with self._lock:
            self._closed = True
            transport, self._transport = self._transport, None
        if transport is not None:
            transport.close()


class AsyncLazyTransport:
    """The default transport of ``AsyncMeetingClient``."""

    def __init__(self, base_url: str) -> None:
        self._base_url = base_url
        self._transport: AsyncTransport | None = None
        self._closed = False

    async def send(self, url: str, headers: Sequence[Header], body: bytes, deadline: float) -> Reply:
        """POST *body*; see ``Transport.send``."""
        return await (self._transport or self._open()).send(url, headers, body, deadline)

    def _open(self) -> AsyncTransport:
        from .httpx_transport import AsyncHttpxTransport

        if self._closed:
            raise ClientClosedError("the client is closed: create another one")
        self._transport = AsyncHttpxTransport(self._base_url)
        return self._transport

    async def aclose(self) -> None:
        """Release every connection."""
        self._closed = True
        transport, self._transport = self._transport, None
        if transport is not None:
            await transport.aclose()
