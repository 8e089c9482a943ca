"""Connections at hand: each serves one request at a time, and whoever finds none free waits outside of httpcore.

httpcore's pool looks at every connection for every request, and a task cancelled while it waits in there can take a
place with it for good (httpcore issue 1093). So every connection is a pool of one, and the places are counted here.
"""

from __future__ import annotations

import asyncio
import os
import ssl
import threading
import time
import urllib.request
import warnings
from collections import defaultdict
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from importlib.util import find_spec
from typing import Generic, TypeVar
from urllib.parse import unquote, urlsplit

import httpcore

from .errors import CLOSED, ClientClosedError, ConfigurationError
from .network import AsyncBackend, Backend, Deadline
from .transport import TransportError
from .urls import is_loopback

MOST_CONNECTIONS = 100
"""How many requests of a client are under way at once; further ones wait."""

LONGEST_QUEUE = 20.0
"""Seconds a signed request waits for a connection. The server accepts a signature for 60 s: this one is made anew."""

_KEEPALIVE = 5.0  # seconds; shorter than any server's, so that none closes a connection just when it is used

Pool = TypeVar("Pool", httpcore.ConnectionPool, httpcore.AsyncConnectionPool)


@dataclass(slots=True)
class Connection(Generic[Pool]):
    """One connection to one origin, opened when it is first used and again when it has gone stale."""

    origin: str
    pool: Pool
    deadline: Deadline


class Connections:
    """The connections of a synchronous client. The one used last is used next, so that few stay open."""

    def __init__(self) -> None:
        self._closed = False
        self._begin()

    def _begin(self) -> None:
        self._idle: defaultdict[str, list[Connection[httpcore.ConnectionPool]]] = defaultdict(list)
        self._places = threading.Semaphore(MOST_CONNECTIONS)
        self._process = os.getpid()

    def take(self, origin: str, deadline: float) -> Connection[httpcore.ConnectionPool]:
        """Return a connection for one request. Raises ``TransportError`` where none became free in time."""
        if self._process != os.getpid():
            self._begin()  # forked: the parent's sockets and locks stay the parent's
        if self._closed:
            raise ClientClosedError(CLOSED)
        if not self._places.acquire(timeout=_patience(deadline)):
            raise _queue_full()
        try:
            idle = self._idle[origin]
            try:
                connection = idle.pop()
            except IndexError:
                connection = _open(origin)
        except BaseException:
            self._places.release()
            raise
        connection.deadline.at = deadline
        return connection

    def give_back(self, connection: Connection[httpcore.ConnectionPool]) -> None:
        """Keep a connection whose reply was read to its end."""
        self._idle[connection.origin].append(connection)
        self._places.release()
        if self._closed:  # perhaps only just, by another thread that did not see this connection
            self._close_idle()

    def drop(self, connection: Connection[httpcore.ConnectionPool]) -> None:
        """Close a connection in doubt."""
        try:
            connection.pool.close()
        finally:
            self._places.release()

    def close(self) -> None:
        """Close what is idle now, and what is in use as soon as its call is done."""
        self._closed = True
        self._close_idle()

    def _close_idle(self) -> None:
        for connections in list(self._idle.values()):
            with suppress(IndexError):  # another thread took the last
                while True:
                    connections.pop().pool.close()

    def __del__(self) -> None:
        if not self._closed and self._process == os.getpid() and any(self._idle.values()):
            warnings.warn(UNCLOSED.format("close()", "with"), ResourceWarning, source=self, stacklevel=2)
            self.close()


class AsyncConnections:
    """The connections of an asynchronous client. They belong to the event loop that used them first."""

    def __init__(self) -> None:
        self._closed = False
        self._idle: defaultdict[str, list[Connection[httpcore.AsyncConnectionPool]]] = defaultdict(list)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._places: asyncio.Semaphore

    async def take(self, origin: str, deadline: float) -> Connection[httpcore.AsyncConnectionPool]:
        """Return a connection for one request. Raises ``TransportError`` where none became free in time."""
        self._enter()
        if self._places.locked():
            try:
                await asyncio.wait_for(self._places.acquire(), _patience(deadline))
            except asyncio.TimeoutError:
                raise _queue_full() from None
        else:
            await self._places.acquire()
        try:
            connection = self._idle[origin].pop() if self._idle[origin] else _open_async(origin)
        except BaseException:
            self._places.release()
            raise
        connection.deadline.at = deadline
        return connection

    def _enter(self) -> None:
        if self._closed:
            raise ClientClosedError(CLOSED)
        loop = asyncio.get_running_loop()
        if self._loop is None:
            self._loop = loop
            self._places = asyncio.Semaphore(MOST_CONNECTIONS)
        elif self._loop is not loop:
            raise ConfigurationError(_OTHER_LOOP)

    async def give_back(self, connection: Connection[httpcore.AsyncConnectionPool]) -> None:
        """Keep a connection whose reply was read to its end."""
        if self._closed:
            await self.drop(connection)
        else:
            self._idle[connection.origin].append(connection)
            self._places.release()

    async def drop(self, connection: Connection[httpcore.AsyncConnectionPool]) -> None:
        """Close a connection in doubt."""
        try:
            await connection.pool.aclose()
        finally:
            self._places.release()

    async def aclose(self) -> None:
        """Close what is idle now, and what is in use as soon as its call is done."""
        if self._loop not in (None, asyncio.get_running_loop()):
            raise ConfigurationError(_OTHER_LOOP)
        self._closed = True
        for connections in list(self._idle.values()):
            while connections:
                await connections.pop().pool.aclose()

    def __del__(self) -> None:
        if not self._closed and any(self._idle.values()):
            warnings.warn(UNCLOSED.format("aclose()", "async with"), ResourceWarning, source=self, stacklevel=2)


UNCLOSED = "a client was never closed: call {} or use `{}`"
_OTHER_LOOP = "this client has connections in another event loop: create and close one client per loop, inside it"


def _patience(deadline: float) -> float:
    return max(min(deadline - time.monotonic(), LONGEST_QUEUE), 0.0)


def _queue_full() -> TransportError:
    return TransportError(
        f"none of {MOST_CONNECTIONS} connections became free", sent=False, timed_out=True, queued=True
    )


def _open(origin: str) -> Connection[httpcore.ConnectionPool]:
    deadline = Deadline()
    pool = httpcore.ConnectionPool(
        ssl_context=ssl_context(),
        proxy=_proxy(origin),
        max_connections=1,
        keepalive_expiry=_KEEPALIVE,
        network_backend=Backend(deadline),
    )
    return Connection(origin, pool, deadline)


def _open_async(origin: str) -> Connection[httpcore.AsyncConnectionPool]:
    deadline = Deadline()
    pool = httpcore.AsyncConnectionPool(
        ssl_context=ssl_context(),
        proxy=_proxy(origin),
        max_connections=1,
        keepalive_expiry=_KEEPALIVE,
        network_backend=AsyncBackend(deadline),
    )
    return Connection(origin, pool, deadline)


@lru_cache(maxsize=1)
def ssl_context() -> ssl.SSLContext:
    """Return the context all clients share: certifi's roots, or those of ``SSL_CERT_FILE`` or ``SSL_CERT_DIR``."""
    import certifi

    file, folder = os.environ.get("SSL_CERT_FILE"), os.environ.get("SSL_CERT_DIR")
    try:
        return ssl.create_default_context(cafile=file or (None if folder else certifi.where()), capath=folder)
    except OSError as error:  # ssl.SSLError is one
        raise ConfigurationError(f"no certificates in SSL_CERT_FILE={file!r}: {error}") from None


def _proxy(origin: str) -> httpcore.Proxy | None:
    """Return the proxy the environment names for this origin (``HTTPS_PROXY``, ``NO_PROXY``…)."""
    parts = urlsplit(origin)
    proxies = urllib.request.getproxies()
    proxy = proxies.get(parts.scheme) or proxies.get("all")
    host = parts.hostname or ""
    if not proxy or is_loopback(host) or urllib.request.proxy_bypass(host):
        return None
    target = urlsplit(proxy if "://" in proxy else f"http://{proxy}")
    if target.scheme not in ("http", "https", "socks5", "socks5h"):
        raise ConfigurationError(f"the environment names a proxy of the kind {target.scheme!r}, which is not supported")
    if target.scheme.startswith("socks") and find_spec("socksio") is None:
        raise ConfigurationError("the environment names a SOCKS proxy: install socksio to use it")
    auth = (unquote(target.username), unquote(target.password or "")) if target.username else None
    try:
        port = f":{target.port}" if target.port else ""
    except ValueError as error:
        raise ConfigurationError(f"the environment names a proxy whose address is none: {error}") from None
    return httpcore.Proxy(url=f"{target.scheme}://{target.hostname}{port}", auth=auth)
