"""Connections at hand: each serves one request at a time, and whoever finds none free waits outside of httpcore.

httpcore's pool looks at every connection for every request, and a task cancelled while it waits in there can take a
place with it for good (httpcore issue 1093). So its connections are used without its pool, and the places are counted
here.
"""

from __future__ import annotations

import os
import ssl
import threading
import warnings
from collections import defaultdict
from contextlib import suppress
from functools import lru_cache
from importlib.util import find_spec
from typing import Generic, TypeVar
from urllib.parse import urlsplit

import httpcore
import msgspec

from .clock import monotonic
from .errors import CLOSED, ClientClosedError, ConfigurationError
from .limits import KEEPALIVE
from .limits import LONGEST_QUEUE as LONGEST_QUEUE  # read here, also by AsyncConnections
from .limits import MOST_CONNECTIONS as MOST_CONNECTIONS
from .network import Backend, Deadline
from .proxies import Proxy, proxy_for
from .transport import TransportError
from .urls import DEFAULT_PORTS, bracketed

Wire = TypeVar("Wire", httpcore.ConnectionInterface, httpcore.AsyncConnectionInterface)


class Connection(msgspec.Struct, Generic[Wire]):
    """One connection to one origin, opened when it is first used."""

    origin: str
    wire: Wire
    deadline: Deadline
    proxy: str | None
    """Its address, without credentials."""


class Connections:
    """The connections of a synchronous client. The one used last is used next, so that few stay open."""

    def __init__(self) -> None:
        self._closed = False
        self._begin()

    def _begin(self) -> None:
        self._idle: defaultdict[str, list[Connection[httpcore.ConnectionInterface]]] = defaultdict(list)
        self._places = threading.Semaphore(MOST_CONNECTIONS)
        self._process = os.getpid()

    def take(self, origin: str, deadline: float) -> Connection[httpcore.ConnectionInterface]:
        """Return a connection for one request. Raises ``TransportError`` where none became free in time."""
        if self._process != os.getpid():
            self._begin()  # forked: the parent's sockets and locks stay the parent's
        if self._closed:
            raise ClientClosedError(CLOSED)
        if not self._places.acquire(timeout=patience(deadline)):
            raise queue_full()
        try:
            connection = self._fresh(origin) or _open(origin)
        except BaseException:
            self._places.release()
            raise
        connection.deadline.at = deadline
        return connection

    def _fresh(self, origin: str) -> Connection[httpcore.ConnectionInterface] | None:
        idle = self._idle[origin]
        while True:
            try:
                connection = idle.pop()
            except IndexError:
                return None
            if not connection.wire.has_expired():
                return connection
            connection.wire.close()

    def give_back(self, connection: Connection[httpcore.ConnectionInterface]) -> None:
        """Keep a connection whose reply was read to its end."""
        if not connection.wire.is_closed():  # as the server asked
            self._idle[connection.origin].append(connection)
        self._places.release()
        if self._closed:  # perhaps only just, by another thread that did not see this connection
            self._close_idle()

    def drop(self, connection: Connection[httpcore.ConnectionInterface]) -> None:
        """Close a connection in doubt."""
        try:
            connection.wire.close()
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
                    connections.pop().wire.close()

    def __del__(self) -> None:
        if not self._closed and self._process == os.getpid() and any(self._idle.values()):
            warnings.warn(UNCLOSED.format("close()", "with"), ResourceWarning, source=self, stacklevel=2)
            self.close()


UNCLOSED = "a client was never closed: call {} or use `{}`"
OTHER_LOOP = "this client has connections in another event loop: create and close one client per loop, inside it"


def patience(deadline: float) -> float:
    """Return how many seconds to wait for a connection."""
    return max(min(deadline - monotonic(), LONGEST_QUEUE), 0.0)


def queue_full() -> TransportError:
    """Return the error for having waited in vain."""
    return TransportError(
        f"none of {MOST_CONNECTIONS} connections became free", sent=False, timed_out=True, queued=True
    )


def _open(origin: str) -> Connection[httpcore.ConnectionInterface]:
    deadline = Deadline()
    proxy = usable_proxy(origin)
    factory = httpcore.ConnectionPool(
        tls(origin), httpcore_proxy(proxy), keepalive_expiry=KEEPALIVE, network_backend=Backend(deadline)
    )
    wire = factory.create_connection(httpcore_origin(origin))
    return Connection(origin, wire, deadline, proxy.url if proxy is not None else None)


def tls(origin: str) -> ssl.SSLContext | None:
    """Return the context for *origin*. Plain HTTP needs none, and reading the roots takes as long as 50 calls."""
    return ssl_context() if origin.startswith("https:") else None


@lru_cache(maxsize=1)
def ssl_context() -> ssl.SSLContext:
    """Return the context all clients share: certifi's roots, or those of ``SSL_CERT_FILE`` or ``SSL_CERT_DIR``."""
    import certifi

    file, folder = os.environ.get("SSL_CERT_FILE"), os.environ.get("SSL_CERT_DIR")
    try:
        return ssl.create_default_context(cafile=file or (None if folder else certifi.where()), capath=folder)
    except OSError as error:  # ssl.SSLError is one
        raise ConfigurationError(f"no certificates in SSL_CERT_FILE={file!r}: {error}") from None


def usable_proxy(origin: str) -> Proxy | None:
    """Return the proxy of the environment for *origin*."""
    proxy = proxy_for(origin)
    if proxy is not None and proxy.url.startswith("socks") and find_spec("socksio") is None:
        raise ConfigurationError("the environment names a SOCKS proxy: install socksio to use it")
    return proxy


def httpcore_proxy(proxy: Proxy | None) -> httpcore.Proxy | None:
    """Return *proxy* in httpcore's words."""
    if proxy is None:
        return None
    auth = (proxy.auth[0].encode(), proxy.auth[1].encode()) if proxy.auth is not None else None
    return httpcore.Proxy(proxy.url, auth=auth)


def httpcore_origin(origin: str) -> httpcore.Origin:
    """Return *origin* in httpcore's words. An IPv6 address keeps its brackets, which httpcore's CONNECT lacks."""
    parts = urlsplit(origin)
    host = bracketed(parts.hostname or "")
    return httpcore.Origin(parts.scheme.encode(), host.encode(), parts.port or DEFAULT_PORTS[parts.scheme])
