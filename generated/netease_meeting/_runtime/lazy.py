# Copied from generator/runtime/_runtime/lazy.py by `make generate`. Edit it there.
"""Transports that come into being with the first request."""

from __future__ import annotations

import threading
from collections.abc import Sequence

from .errors import CLOSED, ClientClosedError
from .transport import AsyncTransport, Header, Reply, Transport


class LazyTransport:
    """The default transport of ``MeetingClient``: importing httpcore and reading certificates waits until needed."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._transport: Transport | None = None
        self._closed = False

    def send(self, url: str, headers: Sequence[Header], body: bytes, deadline: float) -> Reply:
        """POST *body*; see ``Transport.send``."""
        return (self._transport or self._open()).send(url, headers, body, deadline)

    def _open(self) -> Transport:
        from .httpcore_transport import HttpcoreTransport

        with self._lock:
            if self._closed:
                raise ClientClosedError(CLOSED)
            if self._transport is None:
                self._transport = HttpcoreTransport()
            return self._transport

    def close(self) -> None:
        """Release every connection."""
        with self._lock:
            self._closed = True
        if self._transport is not None:
            self._transport.close()


class AsyncLazyTransport:
    """The default transport of ``AsyncMeetingClient``."""

    def __init__(self) -> None:
        self._transport: AsyncTransport | None = None
        self._closed = False

    async def send(self, url: str, headers: Sequence[Header], body: bytes, deadline: float) -> Reply:
        """POST *body*; see ``Transport.send``."""
        return await (self._transport or self._open()).send(url, headers, body, deadline)

    def _open(self) -> AsyncTransport:
        from .async_httpcore_transport import AsyncHttpcoreTransport

        if self._closed:
            raise ClientClosedError(CLOSED)
        self._transport = AsyncHttpcoreTransport()
        return self._transport

    async def aclose(self) -> None:
        """Release every connection."""
        self._closed = True
        if self._transport is not None:
            await self._transport.aclose()
