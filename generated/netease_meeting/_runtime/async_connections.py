# Copied from generator/runtime/_runtime/async_connections.py by `make generate`. Edit it there.
"""``connections`` for asyncio."""

from __future__ import annotations

import asyncio
import warnings
from collections import defaultdict

import httpcore

from . import connections
from .async_network import AsyncBackend
from .connections import Connection
from .errors import CLOSED, ClientClosedError, ConfigurationError
from .limits import KEEPALIVE
from .network import Deadline
from .timers import limit, running_loop


class AsyncConnections:
    """The connections of an asynchronous client. They belong to the event loop that used them first."""

    def __init__(self) -> None:
        self._closed = False
        self._idle: defaultdict[str, list[Connection[httpcore.AsyncConnectionInterface]]] = defaultdict(list)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._places: asyncio.Semaphore

    async def take(self, origin: str, deadline: float) -> Connection[httpcore.AsyncConnectionInterface]:
        """Return a connection for one request. Raises ``TransportError`` where none became free in time."""
        self._enter()
        if self._places.locked():
            try:
                with limit(connections.patience(deadline)):
                    await self._places.acquire()
            except TimeoutError:
                raise connections.queue_full() from None
        else:
            await self._places.acquire()
        try:
            connection = await self._fresh(origin) or _open_async(origin)
        except BaseException:
            self._places.release()
            raise
        connection.deadline.at = deadline
        return connection

    async def _fresh(self, origin: str) -> Connection[httpcore.AsyncConnectionInterface] | None:
        idle = self._idle[origin]
        while idle:
            connection = idle.pop()
            if not connection.wire.has_expired():
                return connection
            await connection.wire.aclose()
        return None

    def _enter(self) -> None:
        if self._closed:
            raise ClientClosedError(CLOSED)
        loop = running_loop("the default transport")
        if self._loop is None:
            self._loop = loop
            self._places = asyncio.Semaphore(connections.MOST_CONNECTIONS)
        elif self._loop is not loop:
            raise ConfigurationError(connections.OTHER_LOOP)

    async def give_back(self, connection: Connection[httpcore.AsyncConnectionInterface]) -> None:
        """Keep a connection whose reply was read to its end."""
        if self._closed:
            await self.drop(connection)
            return
        if not connection.wire.is_closed():  # as the server asked
            self._idle[connection.origin].append(connection)
        self._places.release()

    async def drop(self, connection: Connection[httpcore.AsyncConnectionInterface]) -> None:
        """Close a connection in doubt."""
        try:
            await connection.wire.aclose()
        finally:
            self._places.release()

    async def aclose(self) -> None:
        """Close what is idle now, and what is in use as soon as its call is done."""
        if self._loop is not None and self._loop is not running_loop("the default transport"):
            raise ConfigurationError(connections.OTHER_LOOP)
        self._closed = True
        for idle in list(self._idle.values()):
            while idle:
                await idle.pop().wire.aclose()

    def __del__(self) -> None:
        if not self._closed and any(self._idle.values()):
            warnings.warn(
                connections.UNCLOSED.format("aclose()", "async with"), ResourceWarning, source=self, stacklevel=2
            )


def _open_async(origin: str) -> Connection[httpcore.AsyncConnectionInterface]:
    deadline = Deadline()
    proxy = connections.usable_proxy(origin)
    factory = httpcore.AsyncConnectionPool(
        connections.tls(origin),
        connections.httpcore_proxy(proxy),
        keepalive_expiry=KEEPALIVE,
        network_backend=AsyncBackend(deadline),
    )
    wire = factory.create_connection(connections.httpcore_origin(origin))
    return Connection(origin, wire, deadline, proxy.url if proxy is not None else None)
