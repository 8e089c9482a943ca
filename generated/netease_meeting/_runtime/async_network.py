# Copied from generator/runtime/_runtime/async_network.py by `make generate`. Edit it there.
"""``network`` for asyncio: a stream over an asyncio transport, bounded by the deadline of the call that holds it."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import Generator, Iterable
from contextlib import contextmanager, suppress
from typing import Any, cast

import httpcore

from .addresses import Address, Race, is_literal, look_up_now, resolve
from .clock import monotonic
from .connecting import found_for, slow_name
from .network import Deadline
from .timers import call_later, first, limit
from .urls import without_zone


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
        ends = monotonic() + self._deadline.connecting()
        addresses = await _look_up(loop, host.strip("[]"), port, ends)
        connection = await _connect(loop, addresses, ends)
        self._deadline.address = connection.getpeername()[0]
        received = _Received()
        await loop.create_connection(lambda: received, sock=connection)
        return _AsyncStream(received, self._deadline)


async def _look_up(loop: asyncio.AbstractEventLoop, host: str, port: int, ends: float) -> list[Address]:
    if is_literal(host):
        return found_for(host, look_up_now(host, port))
    found: asyncio.Future[list[Address] | OSError] = loop.create_future()

    def take(result: list[Address] | OSError) -> None:
        if not found.done():
            found.set_result(result)

    def hand_over(result: list[Address] | OSError) -> None:
        with suppress(RuntimeError):  # the loop is closed by now
            loop.call_soon_threadsafe(take, result)

    # Not in the loop's own threads: closing the loop would wait for the name server.
    resolve(host, port, hand_over)
    await first([found], max(ends - monotonic(), 0.0))
    if not found.done():
        found.cancel()
        raise slow_name(host)
    return found_for(host, found.result())


async def _connect(loop: asyncio.AbstractEventLoop, addresses: list[Address], ends: float) -> socket.socket:
    """Return a socket connected to whichever address is first."""
    race = Race(addresses)
    pending: dict[asyncio.Task[socket.socket | OSError], Address] = {}
    winner = None
    try:
        while not race.lost:
            while (address := race.next()) is not None:
                pending[loop.create_task(_attempt(loop, address))] = address
            await first(pending, race.patience(ends))
            for task in [task for task in pending if task.done()]:
                result = task.result()
                if not isinstance(result, OSError):
                    winner = task
                    race.won(pending[task])
                    return result
                race.failed(pending.pop(task), result)
            if pending and monotonic() >= ends:
                race.time_out()
                raise httpcore.ConnectTimeout(race.failures)
        raise httpcore.ConnectError(race.failures)
    finally:
        try:
            await _abandon([task for task in pending if task is not winner])
        except BaseException:
            if winner is not None:
                _close(winner)
            raise


async def _attempt(loop: asyncio.AbstractEventLoop, address: Address) -> socket.socket | OSError:
    try:
        connection = socket.socket(address.family, socket.SOCK_STREAM, address.protocol)
    except OSError as error:  # the machine does not know the family
        return error
    try:
        connection.setblocking(False)
        await loop.sock_connect(connection, address.target)
    except OSError as error:
        connection.close()
        return error
    except BaseException:
        connection.close()
        raise
    return connection


async def _abandon(tasks: list[asyncio.Task[socket.socket | OSError]]) -> None:
    for task in tasks:
        task.add_done_callback(_close)
        task.cancel()
    if tasks:  # a socket may be closed only when the loop has forgotten it
        await asyncio.wait(tasks)


def _close(task: asyncio.Task[socket.socket | OSError]) -> None:
    if not task.cancelled():
        result = task.result()
        if not isinstance(result, OSError):
            result.close()


@contextmanager
def _handshake(seconds: float) -> Generator[None, None, None]:
    """Let what is inside take *seconds* at most; failures are those of connecting."""
    try:
        with limit(seconds):
            yield
    except TimeoutError:
        raise httpcore.ConnectTimeout("the TLS handshake took too long") from None
    except OSError as error:
        raise httpcore.ConnectError(str(error)) from error


class _Received(asyncio.Protocol):
    """What has arrived and was not read yet."""

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

    def __init__(self, received: _Received, deadline: Deadline) -> None:
        self._received = received
        self._deadline = deadline
        self._written: list[bytes] = []

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        seconds = self._deadline.remaining(httpcore.ReadTimeout)
        source = self._received
        if self._written:
            # Nothing is waited for: the bytes are in memory already, and a broken connection shows when it is read.
            source.transport.write(b"".join(self._written))
            self._written.clear()
        if not source.received and not source.ended:
            loop = asyncio.get_running_loop()
            source.waiter = waiter = loop.create_future()
            timer = call_later(loop, seconds, _time_out, waiter)
            try:
                await waiter
            finally:
                timer.cancel()
                source.waiter = None
        if not source.received and source.error is not None:
            raise httpcore.ReadError(str(source.error)) from source.error
        full = len(source.received) > source.MOST_UNREAD
        data = bytes(source.received[:max_bytes])
        del source.received[:max_bytes]
        if full and not source.ended:
            source.transport.resume_reading()
        return data

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._written.append(buffer)

    async def aclose(self) -> None:
        self._received.transport.abort()  # nothing is left to send; a farewell could be waited for half a minute

    async def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.AsyncNetworkStream:
        source = self._received
        if source.received:
            raise httpcore.ConnectError("something was received ahead of TLS")  # and would pass for encrypted
        with _handshake(self._deadline.connecting()):
            transport = await asyncio.get_running_loop().start_tls(
                source.transport, source, ssl_context, server_hostname=without_zone(server_hostname or "")
            )
        source.transport = cast(asyncio.Transport, transport)
        return self

    def get_extra_info(self, info: str) -> Any:
        if info == "is_readable":
            return bool(self._received.received or self._received.ended)
        return self._received.transport.get_extra_info(info)


def _time_out(waiter: asyncio.Future[None]) -> None:
    if not waiter.done():
        waiter.set_exception(httpcore.ReadTimeout("the deadline passed"))
