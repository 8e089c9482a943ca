# Copied from generator/runtime/_runtime/httpcore_transport.py by `make generate`. Edit it there.
"""The default transport: httpx's own connections, without the parts of httpx that a signed POST has no use for.

httpcore is used directly, because httpx offers no way to bound a whole reply by one deadline.
"""

from __future__ import annotations

import ssl
from collections.abc import Iterable, Sequence
from functools import lru_cache
from urllib.parse import urlsplit

import httpcore

from .connections import Connections
from .content import Content
from .transport import Header, Reply, TransportError, find
from .urls import bracketed, without_zone

_NOT_SENT = (
    httpcore.ConnectError,
    httpcore.ConnectTimeout,
    httpcore.ProxyError,
    httpcore.UnsupportedProtocol,
    httpcore.LocalProtocolError,
)
_HOPELESS = (httpcore.UnsupportedProtocol, httpcore.LocalProtocolError)


class HttpcoreTransport:
    """Synchronous."""

    def __init__(self) -> None:
        self._connections = Connections()

    def send(self, url: str, headers: Sequence[Header], body: bytes, deadline: float) -> Reply:
        """POST *body*; see ``Transport.send``."""
        origin, target, host = address(url)
        request = request_for(target, host, headers, body)
        connection = self._connections.take(origin, deadline)
        try:
            response = connection.wire.handle_request(request)
            try:
                content = Content(find(response.headers, b"content-encoding"), deadline)
                assert isinstance(response.stream, Iterable)
                for chunk in response.stream:
                    content.add(chunk)
            finally:
                response.close()
        except BaseException as error:
            self._connections.drop(connection)
            if isinstance(error, FAILURES):
                raise failure(error, connection.proxy, connection.deadline.address) from None
            raise
        self._connections.give_back(connection)
        return Reply(response.status, response.headers, content.read())

    def close(self) -> None:
        """Release every connection; calls in flight still end."""
        self._connections.close()


@lru_cache(maxsize=256)
def address(url: str) -> tuple[str, httpcore.URL, bytes]:
    """Return the origin, the URL in httpcore's words, and the Host header."""
    parts = urlsplit(url)
    host = bracketed(parts.hostname or "")
    port = "" if parts.port is None else f":{parts.port}"
    target = httpcore.URL(scheme=parts.scheme.encode(), host=host.encode(), port=parts.port, target=parts.path.encode())
    return f"{parts.scheme}://{host}{port}", target, bracketed(without_zone(host)).encode() + port.encode()


def request_for(target: httpcore.URL, host: bytes, headers: Sequence[Header], body: bytes) -> httpcore.Request:
    """Return the request in httpcore's words."""
    added = [(b"host", host), (b"content-length", b"%d" % len(body)), (b"accept-encoding", b"gzip")]
    return httpcore.Request(b"POST", target, headers=[*added, *headers], content=body)


FAILURES = (
    httpcore.NetworkError,
    httpcore.TimeoutException,
    httpcore.ProtocolError,
    httpcore.ProxyError,
    httpcore.UnsupportedProtocol,
)
"""What ``failure`` is for."""


def failure(error: Exception, proxy: str | None, address: str) -> TransportError:
    """Return what a failure of httpcore means for the call, whose connection led through *proxy* to *address*."""
    from . import failures  # a call that succeeds does not load it

    hopeless = isinstance(error, _HOPELESS) or any(
        isinstance(cause, ssl.SSLCertVerificationError) for cause in failures.causes(error)
    )
    return failures.failure(
        error,
        failures.reason(error),
        sent=not isinstance(error, _NOT_SENT),
        timed_out=isinstance(error, httpcore.TimeoutException),
        retryable=not hopeless,
        address=address,
        proxy=proxy or "",
    )
