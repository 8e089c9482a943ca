# Copied from generator/runtime/_runtime/httpx_transport.py by `make generate`. Edit it there.
"""The default transport: httpx's connection pools without the parts of its client that a signed POST has no use for."""

from __future__ import annotations

import ssl
import time
import urllib.request
import zlib
from collections.abc import AsyncIterable, Iterable, Sequence
from functools import lru_cache

import httpx

from .transport import Header, Reply, TransportError

LARGEST_BODY = 8 * 1024 * 1024
"""Bytes, content encoding undone. The largest real answer, 100 meetings, is about 50 kB."""

_NOT_SENT = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError, httpx.UnsupportedProtocol)


class HttpxTransport:
    """Synchronous. Created on first use, so that building a client costs no TLS context."""

    def __init__(self, base_url: str) -> None:
        self._http = httpx.HTTPTransport(verify=_ssl_context(), proxy=_proxy(base_url))

    def send(self, url: str, headers: Sequence[Header], body: bytes, deadline: float) -> Reply:
        """POST *body*; see ``Transport.send``."""
        request = _request(url, headers, body, deadline)
        try:
            response = self._http.handle_request(request)
            try:
                content = _Content(response, deadline)
                assert isinstance(response.stream, Iterable)
                for chunk in response.stream:
                    content.add(chunk)
            finally:
                response.close()
        except httpx.TransportError as error:
            raise _failure(error) from error
        return Reply(response.status_code, response.headers.raw, content.read())

    def close(self) -> None:
        """Release every connection."""
        self._http.close()


class AsyncHttpxTransport:
    """The same for asyncio."""

    def __init__(self, base_url: str) -> None:
        self._http = httpx.AsyncHTTPTransport(verify=_ssl_context(), proxy=_proxy(base_url))

    async def send(self, url: str, headers: Sequence[Header], body: bytes, deadline: float) -> Reply:
        """POST *body*; see ``Transport.send``."""
        request = _request(url, headers, body, deadline)
        try:
            response = await self._http.handle_async_request(request)
            try:
                content = _Content(response, deadline)
                assert isinstance(response.stream, AsyncIterable)
                async for chunk in response.stream:
                    content.add(chunk)
            finally:
                await response.aclose()
        except httpx.TransportError as error:
            raise _failure(error) from error
        return Reply(response.status_code, response.headers.raw, content.read())

    async def aclose(self) -> None:
        """Release every connection."""
        await self._http.aclose()


def _request(url: str, headers: Sequence[Header], body: bytes, deadline: float) -> httpx.Request:
    remaining = max(deadline - time.monotonic(), 0.001)
    target, host = _target(url)
    return httpx.Request(
        "POST",
        target,
        headers=[(b"host", host), (b"content-length", b"%d" % len(body)), (b"accept-encoding", b"gzip"), *headers],
        stream=httpx.ByteStream(body),
        extensions={"timeout": dict.fromkeys(("connect", "read", "write", "pool"), remaining)},
    )


@lru_cache(maxsize=256)
def _target(url: str) -> tuple[httpx.URL, bytes]:
    parsed = httpx.URL(url)
    return parsed, parsed.netloc


@lru_cache(maxsize=1)
def _ssl_context() -> ssl.SSLContext:
    return httpx.create_ssl_context()


def _proxy(base_url: str) -> httpx.Proxy | None:
    """Return the proxy the environment names for this address (``HTTPS_PROXY``, ``NO_PROXY``…)."""
    url = httpx.URL(base_url)
    proxies = urllib.request.getproxies()
    proxy = proxies.get(url.scheme) or proxies.get("all")
    if not proxy or urllib.request.proxy_bypass(url.host):
        return None
    return httpx.Proxy(proxy if "://" in proxy else f"http://{proxy}")


class _Content:
    """Collects a body up to the size limit and the deadline, undoing gzip without trusting its size."""

    def __init__(self, response: httpx.Response, deadline: float) -> None:
        encoding = response.headers.get("content-encoding", "identity").strip().lower()
        if encoding not in ("identity", "gzip", ""):
            raise TransportError(f"the answer has Content-Encoding {encoding[:40]!r}, which was not asked for")
        self._gunzip = zlib.decompressobj(wbits=31) if encoding == "gzip" else None
        self._deadline = deadline
        self._chunks: list[bytes] = []
        self._size = 0
        self._received = False

    def add(self, chunk: bytes) -> None:
        self._received = True
        if self._gunzip is not None:
            try:
                chunk = self._gunzip.decompress(chunk, LARGEST_BODY + 1 - self._size)
            except zlib.error as error:
                raise TransportError(f"the answer's gzip encoding is broken ({error})") from None
        self._chunks.append(chunk)
        self._size += len(chunk)
        if self._size > LARGEST_BODY:
            raise TransportError(f"the answer is larger than {LARGEST_BODY // 2**20} MiB")
        if time.monotonic() > self._deadline:
            raise TransportError("the answer was still arriving", timed_out=True)

    def read(self) -> bytes:
        if self._gunzip is not None and not self._gunzip.eof and self._received:
            raise TransportError("the answer's gzip encoding is cut off")
        return self._chunks[0] if len(self._chunks) == 1 else b"".join(self._chunks)


def _failure(error: httpx.TransportError) -> TransportError:
    cause: BaseException | None = error
    while cause is not None and not isinstance(cause, ssl.SSLCertVerificationError):
        cause = cause.__cause__ or cause.__context__
    return TransportError(
        f"{type(error).__name__}: {error}" if str(error) else type(error).__name__,
        sent=not isinstance(error, (*_NOT_SENT, httpx.LocalProtocolError)),
        timed_out=isinstance(error, httpx.TimeoutException),
        retryable=cause is None and not isinstance(error, (httpx.LocalProtocolError, httpx.UnsupportedProtocol)),
    )
