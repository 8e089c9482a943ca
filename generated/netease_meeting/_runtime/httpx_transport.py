# Copied from generator/runtime/_runtime/httpx_transport.py by `make generate`. Edit it there.
"""A transport around an ``httpx.Client`` or ``httpx2.Client`` of the caller's. Imports neither of them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import suppress
from typing import Any, Protocol

from .clock import monotonic
from .content import LARGEST_BODY, Content
from .errors import CLOSED, ClientClosedError
from .transport import Header, Reply, TransportError, foreign

_NOT_SENT = frozenset(
    {"ConnectError", "ConnectTimeout", "PoolTimeout", "ProxyError", "UnsupportedProtocol", "LocalProtocolError"}
)
_HOPELESS = frozenset({"UnsupportedProtocol", "LocalProtocolError"})


class HttpClient(Protocol):
    """What is needed of an ``httpx.Client``."""

    @property
    def is_closed(self) -> bool:
        """Whether it was closed."""
        ...

    @property
    def build_request(self) -> Callable[..., Any]:
        """Return a request."""
        ...

    @property
    def send(self) -> Callable[..., Any]:
        """Send it."""
        ...


class HttpxTransport:
    """Sends through an ``httpx.Client``, with its proxies, certificates and hooks. Closing it is the caller's.

    The deadline holds for connecting, for each read and between reads; a header sent a byte at a time can outlast it.
    """

    def __init__(self, client: HttpClient) -> None:
        self._client = client
        self._closed = False

    def send(self, url: str, headers: Sequence[Header], body: bytes, deadline: float) -> Reply:
        """POST *body*; see ``Transport.send``."""
        _check_open(self._closed or self._client.is_closed)
        try:
            request = self._client.build_request("POST", url, **_options(headers, body, deadline))
        except Exception as error:
            raise _unsent(error) from None
        try:
            response = self._client.send(request, stream=True, auth=None, follow_redirects=False)
            try:
                if response.is_stream_consumed or response.is_closed:
                    return _read_before(response)
                content = Content(response.headers.get("content-encoding"), deadline)
                chunks: Iterator[bytes] = response.iter_raw()
                for chunk in chunks:
                    content.add(chunk)
                return Reply(response.status_code, response.headers.raw, content.read())
            finally:
                with suppress(Exception):  # of a hook or a wrapper: what was read stands
                    response.close()
        except Exception as error:
            raise _failure(error, self._client, url) from None

    def close(self) -> None:
        """Leave the client open: it is the caller's."""
        self._closed = True


class AsyncHttpxTransport:
    """The same around an ``httpx.AsyncClient`` or ``httpx2.AsyncClient``."""

    def __init__(self, client: HttpClient) -> None:
        self._client = client
        self._closed = False

    async def send(self, url: str, headers: Sequence[Header], body: bytes, deadline: float) -> Reply:
        """POST *body*; see ``Transport.send``."""
        _check_open(self._closed or self._client.is_closed)
        try:
            request = self._client.build_request("POST", url, **_options(headers, body, deadline))
        except Exception as error:
            raise _unsent(error) from None
        try:
            response = await self._client.send(request, stream=True, auth=None, follow_redirects=False)
            try:
                if response.is_stream_consumed or response.is_closed:
                    return _read_before(response)
                content = Content(response.headers.get("content-encoding"), deadline)
                chunks: AsyncIterator[bytes] = response.aiter_raw()
                async for chunk in chunks:
                    content.add(chunk)
                return Reply(response.status_code, response.headers.raw, content.read())
            finally:
                with suppress(Exception):  # of a hook or a wrapper: what was read stands
                    await response.aclose()
        except Exception as error:
            raise _failure(error, self._client, url) from None

    async def aclose(self) -> None:
        """Leave the client open: it is the caller's."""
        self._closed = True


def _check_open(closed: bool) -> None:
    if closed:
        raise ClientClosedError(CLOSED)


def _options(headers: Sequence[Header], body: bytes, deadline: float) -> dict[str, Any]:
    return {
        "headers": [*headers, (b"accept-encoding", b"gzip")],
        "content": body,
        "timeout": max(deadline - monotonic(), 0.001),
    }


def _read_before(response: Any) -> Reply:
    """Return the reply whose body a hook, or whatever made the response, has read; its content is decoded."""
    try:
        body: bytes = response.content
    except Exception:
        raise TransportError(
            "the body of the response was consumed or closed, by an event hook perhaps, and not kept: "
            "a hook has to call response.read(), or await response.aread()"
        ) from None
    if len(body) > LARGEST_BODY:
        raise TransportError(f"the answer is larger than {LARGEST_BODY // 2**20} MiB")
    return Reply(response.status_code, response.headers.raw, body)


def _unsent(error: Exception) -> TransportError:
    failure = foreign(error)
    return TransportError(f"the HTTP client made no request: {failure}", sent=False, retryable=False)


def _failure(error: Exception, client: HttpClient, url: str) -> TransportError:
    """Return what a failure means for the call. By name: the two libraries share their names, but not their classes."""
    names = {kind.__name__ for kind in type(error).__mro__}
    if isinstance(error, TransportError):
        return error
    if "TransportError" not in names:
        return foreign(error)
    from . import failures  # a call that succeeds does not load it

    reason = failures.reason(error)
    certificate = "certificate verify failed" in reason.lower()
    return failures.failure(
        error,
        reason,
        sent=not names & _NOT_SENT,
        queued="PoolTimeout" in names,
        timed_out="TimeoutException" in names,
        retryable=not certificate and not names & _HOPELESS,
        proxy=_proxy(client, url),
    )


def _proxy(client: Any, url: str) -> str:
    """Return the proxy through which *client* sends to *url*, without user and password, as far as it tells.

    httpx has no public name for it; where it is not found, the error only says less.
    """
    try:
        pool = client._transport_for_url(client.build_request("POST", url).url)._pool
        proxy = pool._proxy_url
        port = f":{proxy.port}" if proxy.port else ""
        return f"{proxy.scheme.decode()}://{proxy.host.decode()}{port}"
    except Exception:  # another version, or a client of another kind
        return ""
