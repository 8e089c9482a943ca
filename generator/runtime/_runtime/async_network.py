"""``network`` for asyncio: a stream over an asyncio transport, bounded by the deadline of the call that holds it."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Iterable
from typing import Any, cast

import httpcore

from .connecting import connecting
from .network import Deadline


class AsyncBackend(httpcore.AsyncNetworkBackend):
    """Connects within the deadline."""

    def __init__(self, deadline: Deadline) -> None:
        self._deadline = deadline

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Return a stream to *host*; the options are those of httpcore, which gives none here."""
        loop = asyncio.get_running_loop()
        socket = _Socket()
        with connecting(self._deadline.connecting()):
            # One address after the other: asyncio's happy eyeballs leak a socket when they are cancelled.
            transport, _ = await loop.create_connection(lambda: socket, host, port)
        self._deadline.address = transport.get_extra_info("peername")[0]
        return _AsyncStream(socket, self._deadline)


class _Socket(asyncio.Protocol):
    """What has arrived and was not read yet. asyncio's own streams cannot start TLS before Python 3.11."""

    MOST_UNREAD = 256 * 1024

    def __init__(self) -> None:
        self.transport: asyncio.Transport
        self.received = bytearray()
        self.ended = False
        self.error: Exception | None = None
        self.waiter: asyncio.Future[None] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        self.received += data
        if len(self.received) > self.MOST_UNREAD:
            self.transport.pause_reading()
        self._wake()

    def eof_received(self) -> None:
        self.ended = True
        self._wake()

    def connection_lost(self, exc: Exception | None) -> None:
        self.ended = True
        self.error = exc
        self._wake()

    def _wake(self) -> None:
        if self.waiter is not None and not self.waiter.done():
            self.waiter.set_result(None)


class _AsyncStream(httpcore.AsyncNetworkStream):
    """Holds what is written until an answer is waited for, as ``network`` does."""

    def __init__(self, socket: _Socket, deadline: Deadline) -> None:
        self._socket = socket
        self._deadline = deadline
        self._written: list[bytes] = []

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        seconds = self._deadline.remaining(httpcore.ReadTimeout)
        socket = self._socket
        if self._written:
            # Nothing is waited for: the bytes are in memory already, and a broken connection shows when it is read.
            socket.transport.write(b"".join(self._written))
            self._written.clear()
        if not socket.received and not socket.ended:
            loop = asyncio.get_running_loop()
            socket.waiter = waiter = loop.create_future()
            timer = loop.call_later(seconds, _time_out, waiter)
            try:
                await waiter
            finally:
                timer.cancel()
                socket.waiter = None
        if not socket.received and socket.error is not None:
            raise httpcore.ReadError(str(socket.error)) from socket.error
        full = len(socket.received) > socket.MOST_UNREAD
        data = bytes(socket.received[:max_bytes])
        del socket.received[:max_bytes]
        if full and not socket.ended:
            socket.transport.resume_reading()
        return data

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._written.append(buffer)

    async def aclose(self) -> None:
        self._socket.transport.abort()  # nothing is left to send; a farewell could be waited for half a minute

    async def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.AsyncNetworkStream:
        socket = self._socket
        if socket.received:
            raise httpcore.ConnectError("something was received ahead of TLS")  # and would pass for encrypted
        with connecting(self._deadline.connecting()):
            transport = await asyncio.get_running_loop().start_tls(
                socket.transport, socket, ssl_context, server_hostname=server_hostname
            )
        socket.transport = cast(asyncio.Transport, transport)
        return self

    def get_extra_info(self, info: str) -> Any:
        if info == "is_readable":
            return bool(self._socket.received or self._socket.ended)
        return self._socket.transport.get_extra_info(info)


def _time_out(waiter: asyncio.Future[None]) -> None:
    if not waiter.done():
        waiter.set_exception(httpcore.ReadTimeout("the deadline passed"))
