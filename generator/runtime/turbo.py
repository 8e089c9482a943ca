"""A transport in Rust for whoever makes very many calls: pyreqwest. Needs ``netease-meeting[turbo]``, Python 3.11.

::

    MeetingClient(transport=TurboTransport())
    AsyncMeetingClient(transport=AsyncTurboTransport())

It keeps the promises of the default transport and differs in three points. Certificates are checked against the
operating system's store, or ``SSL_CERT_FILE``. A process that is forked after the first call cannot use it: start
workers first, or with "spawn". A connection that is not there within the timeout counts as one that may have been used.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import cached_property, lru_cache
from typing import Generic, TypeVar, overload
from urllib.parse import urlsplit

from pyreqwest.client import BaseClientBuilder, Client, ClientBuilder, SyncClient, SyncClientBuilder
from pyreqwest.exceptions import (
    BuilderError,
    DetailedPyreqwestError,
    PoolTimeoutError,
    PyreqwestError,
    RequestTimeoutError,
)
from pyreqwest.http import HeaderMap
from pyreqwest.proxy import ProxyBuilder
from pyreqwest.request import BaseRequestBuilder
from pyreqwest.response import BaseResponse

from ._runtime.clock import monotonic
from ._runtime.content import Content
from ._runtime.errors import CLOSED, ClientClosedError, ConfigurationError
from ._runtime.limits import KEEPALIVE, LONGEST_CONNECT, LONGEST_QUEUE, MOST_CONNECTIONS
from ._runtime.proxies import proxy_for
from ._runtime.transport import Header, Reply, TransportError

__all__ = ["AsyncTurboTransport", "TurboTransport"]

AnyClient = TypeVar("AnyClient", bound=Client | SyncClient)
Builder = TypeVar("Builder", bound=BaseClientBuilder)
RequestBuilder = TypeVar("RequestBuilder", bound=BaseRequestBuilder)


class TurboTransport:
    """Synchronous. Serves any number of threads."""

    def __init__(self) -> None:
        self._clients = _Clients[SyncClient](lambda origin: _configured(SyncClientBuilder(), origin).build())

    def send(self, url: str, headers: Sequence[Header], body: bytes, deadline: float) -> Reply:
        """POST *body*; see ``Transport.send``."""
        client = self._clients.get(url)
        try:
            request = _prepared(client.post(url), headers, body, deadline).build_streamed()
            with request as response:
                content = Content(_encoding(response), deadline)
                reader = response.body_reader
                while (chunk := reader.read(_PART)) is not None:
                    content.add(bytes(chunk))
                    if len(chunk) < _PART:  # all there is
                        break
                return Reply(response.status, _Headers(response.headers), content.read())
        except PyreqwestError as error:
            raise failure(error, url) from None

    def close(self) -> None:
        """Release every connection; calls in flight still end."""
        self._clients.close()


class AsyncTurboTransport:
    """The same for asyncio."""

    def __init__(self) -> None:
        self._clients = _Clients[Client](lambda origin: _configured(ClientBuilder(), origin).build())

    async def send(self, url: str, headers: Sequence[Header], body: bytes, deadline: float) -> Reply:
        """POST *body*; see ``Transport.send``."""
        client = self._clients.get(url)
        try:
            request = _prepared(client.post(url), headers, body, deadline).build_streamed()
            async with request as response:
                content = Content(_encoding(response), deadline)
                reader = response.body_reader
                while (chunk := await reader.read(_PART)) is not None:
                    content.add(bytes(chunk))
                    if len(chunk) < _PART:  # all there is
                        break
                return Reply(response.status, _Headers(response.headers), content.read())
        except PyreqwestError as error:
            raise failure(error, url) from None

    async def aclose(self) -> None:
        """Release every connection; calls in flight still end."""
        self._clients.close()


class _Clients(Generic[AnyClient]):
    """A client of pyreqwest for each gateway: the proxy is a matter of the gateway."""

    def __init__(self, build: Callable[[str], AnyClient]) -> None:
        self._build = build
        self._clients: dict[str, AnyClient] = {}
        self._process = 0
        self._closed = False

    def get(self, url: str) -> AnyClient:
        if self._closed:
            raise ClientClosedError(CLOSED)
        if self._clients and self._process != os.getpid():
            raise ConfigurationError(_FORKED)
        origin = _origin(url)
        client = self._clients.get(origin)
        return client if client is not None else self._clients.setdefault(origin, self._open(origin))

    def _open(self, origin: str) -> AnyClient:
        self._process = os.getpid()
        try:
            return self._build(origin)
        except BuilderError as error:
            raise ConfigurationError(
                f"{_reason(error)}: install the operating system's certificates, or name some with SSL_CERT_FILE"
            ) from None
        except RuntimeError:  # a new transport, but pyreqwest had run before the fork
            raise ConfigurationError(_FORKED) from None

    def close(self) -> None:
        self._closed = True
        self._clients.clear()  # connections close with their last user; a client's own close() cuts off calls


_PART = 64 * 1024
"""Bytes read at a time. pyreqwest returns fewer only at the end, which is then not asked for."""

_FORKED = (
    "this process was forked from one that had used a TurboTransport, and lacks its threads: use it only after the "
    'fork, start processes with "spawn", or use the default transport'
)


@lru_cache(maxsize=256)
def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def _configured(builder: Builder, origin: str) -> Builder:
    builder = (
        builder.follow_redirects(False)
        .referer(False)
        .gzip(False)  # Content does it, with a limit
        .brotli(False)
        .zstd(False)
        .deflate(False)
        .max_connections(MOST_CONNECTIONS)
        .pool_timeout(timedelta(seconds=LONGEST_QUEUE))
        .pool_idle_timeout(timedelta(seconds=KEEPALIVE))
        .connect_timeout(timedelta(seconds=LONGEST_CONNECT))
        .no_proxy()
    )
    proxy = proxy_for(origin)
    if proxy is None:
        return builder
    target = ProxyBuilder.all(proxy.url)
    return builder.proxy(target if proxy.auth is None else target.basic_auth(*proxy.auth))


def _prepared(request: RequestBuilder, headers: Sequence[Header], body: bytes, deadline: float) -> RequestBuilder:
    seconds = deadline - monotonic()
    if seconds <= 0:
        raise TransportError("the deadline passed", sent=False, timed_out=True)
    request = request.headers(
        [("accept-encoding", "gzip"), *[(name.decode(), value.decode()) for name, value in headers]]
    )
    return request.body_bytes(body).timeout(timedelta(seconds=seconds))


def _encoding(response: BaseResponse) -> str | None:
    try:
        return response.get_header("content-encoding")
    except ValueError:  # not ASCII
        return "?"


class _Headers(Sequence[Header]):
    """The headers of an answer, fetched from Rust when somebody looks at them: a successful call never does."""

    def __init__(self, received: HeaderMap) -> None:
        self._received = received

    @cached_property
    def _headers(self) -> list[Header]:
        try:
            return [(name.encode(), value.encode()) for name, value in self._received.items()]
        except ValueError:  # one is not ASCII: it is left out
            return [
                (name.encode(), value.encode()) for name in dict.fromkeys(self._received) for value in self._all(name)
            ]

    def _all(self, name: str) -> list[str]:
        try:
            return self._received.getall(name)
        except ValueError:
            return []

    def __len__(self) -> int:
        return len(self._headers)

    @overload
    def __getitem__(self, index: int) -> Header: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Header]: ...
    def __getitem__(self, index: int | slice) -> Header | Sequence[Header]:
        return self._headers[index]


def failure(error: PyreqwestError, url: str) -> TransportError:
    """Return what a failure of pyreqwest means for the call to *url*.

    Its classes do not tell: a connection that is reset after the request went out is a ``ConnectError`` too. Only
    the chain of causes says whether it was connecting that failed; all else counts as sent, except having waited in
    vain for one of its places.
    """
    from ._runtime import failures  # a call that succeeds does not load it

    connecting = "client error (Connect)" in _causes(error)
    hopeless = isinstance(error, BuilderError)
    unsent = connecting or hopeless or isinstance(error, PoolTimeoutError)
    reason = failures.clean(_reason(error)) or failures.reason(error)
    proxy = proxy_for(_origin(url))
    return failures.failure(
        error,
        reason,
        sent=not unsent,
        timed_out=isinstance(error, RequestTimeoutError),
        queued=isinstance(error, PoolTimeoutError),
        retryable=not hopeless and "certificate" not in reason,
        proxy=proxy.url if proxy is not None else "",
    )


def _reason(error: PyreqwestError) -> str:
    causes = _causes(error)
    return causes[-1] if causes else error.message


def _causes(error: PyreqwestError) -> list[str]:
    causes = error.details["causes"] if isinstance(error, DetailedPyreqwestError) else None
    return [cause["message"] for cause in causes or ()]
