"""A transport in Rust for whoever makes very many calls: pyreqwest. Needs ``netease-meeting[turbo]``, Python 3.11.

::

    MeetingClient(transport=TurboTransport())
    AsyncMeetingClient(transport=AsyncTurboTransport())

It keeps the promises of the default transport and differs in four points. Certificates are checked against the
operating system's store, or ``SSL_CERT_FILE``. A process that is forked after the first call cannot use it: start
workers first, or with "spawn". A connection that is not there within the timeout counts as one that may have been used.
Of several addresses of a gateway, one that does not respond takes its share of the time before the next is tried.

Rust code cannot be interrupted by a signal. Calls of the main thread, which alone receives signals, are therefore made
in a second thread, so that Ctrl-C ends them at once. Calls of daemon threads are cut off when the process ends.
"""

from __future__ import annotations

import atexit
import os
import queue
import threading
import time
import weakref
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import timedelta
from functools import cached_property, lru_cache, partial
from typing import ClassVar, Generic, TypeVar, overload
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
from ._runtime.timers import running_loop
from ._runtime.transport import Header, Reply, TransportError

__all__ = ["AsyncTurboTransport", "TurboTransport"]

AnyClient = TypeVar("AnyClient", bound=Client | SyncClient)
Builder = TypeVar("Builder", bound=BaseClientBuilder)
RequestBuilder = TypeVar("RequestBuilder", bound=BaseRequestBuilder)


class TurboTransport:
    """Synchronous. Serves any number of threads."""

    def __init__(self) -> None:
        self._clients = _SyncClients(_build)
        self._main = _Interruptible()

    def send(self, url: str, headers: Sequence[Header], body: bytes, deadline: float) -> Reply:
        """POST *body*; see ``Transport.send``."""
        if threading.get_ident() == _MAIN_THREAD:
            return self._main.send(url, headers, body, deadline)
        return self._clients.send(url, headers, body, deadline)

    def close(self) -> None:
        """Release every connection; calls in flight still end."""
        self._clients.close()
        self._main.close()


class AsyncTurboTransport:
    """The same for asyncio."""

    def __init__(self) -> None:
        self._clients = _Clients[Client](lambda origin: _configured(ClientBuilder(), origin).build())

    async def send(self, url: str, headers: Sequence[Header], body: bytes, deadline: float) -> Reply:
        """POST *body*; see ``Transport.send``."""
        running_loop("AsyncTurboTransport")
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

    used_in: ClassVar[int] = 0
    """The process in which pyreqwest runs."""

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
        self._process = _Clients.used_in = os.getpid()
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


class _SyncClients(_Clients[SyncClient]):
    """The same for synchronous calls, which the end of the process cuts off."""

    def __init__(self, build: Callable[[str], SyncClient]) -> None:
        super().__init__(build)
        _all_clients.add(self)

    def send(self, url: str, headers: Sequence[Header], body: bytes, deadline: float) -> Reply:
        call = object()
        _calls.add(call)
        try:
            request = _prepared(self.get(url).post(url), headers, body, deadline).build_streamed()
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
        finally:
            _calls.discard(call)

    def cut_off(self) -> None:
        """Close, and end the calls in flight."""
        clients = list(self._clients.values())
        self.close()
        for client in clients:
            client.close()


class _Interruptible:
    """Makes the calls of the main thread in another one, with clients of their own: an interrupted call is cut off."""

    def __init__(self) -> None:
        self._clients = _SyncClients(_build)
        self._jobs: queue.SimpleQueue[Callable[[], object] | None] | None = None
        self._busy = False
        self._closed = False

    def send(self, url: str, headers: Sequence[Header], body: bytes, deadline: float) -> Reply:
        clients = self._clients
        clients.get(url)  # refuses a fork, where the other thread is missing
        if self._busy:  # a signal handler makes a call while another one is under way
            return clients.send(url, headers, body, deadline)
        outcome: queue.SimpleQueue[Reply | BaseException] = queue.SimpleQueue()
        self._busy = True
        try:
            self._worker().put(partial(_report, clients, outcome, (url, headers, body, deadline)))
            result = _wait(outcome)
        except BaseException:
            self._interrupt()
            raise
        finally:
            self._busy = False
        if isinstance(result, BaseException):
            raise result
        return result

    def _worker(self) -> queue.SimpleQueue[Callable[[], object] | None]:
        if self._jobs is None:
            self._jobs = queue.SimpleQueue()
            threading.Thread(target=_work, args=[self._jobs], name="netease-meeting-turbo", daemon=True).start()
            weakref.finalize(self, self._jobs.put, None).atexit = False
        return self._jobs

    def _interrupt(self) -> None:
        self._stop()
        self._clients.cut_off()
        if not self._closed:
            self._clients = _SyncClients(_build)

    def _stop(self) -> None:
        if self._jobs is not None:
            self._jobs.put(None)
            self._jobs = None

    def close(self) -> None:
        self._closed = True
        self._clients.close()
        self._stop()


def _build(origin: str) -> SyncClient:
    return _configured(SyncClientBuilder(), origin).build()


def _work(jobs: queue.SimpleQueue[Callable[[], object] | None]) -> None:
    while (job := jobs.get()) is not None:
        job()
        del job  # holds a signed request


def _report(
    clients: _SyncClients,
    outcome: queue.SimpleQueue[Reply | BaseException],
    request: tuple[str, Sequence[Header], bytes, float],
) -> None:
    try:
        outcome.put(clients.send(*request))
    except BaseException as error:
        outcome.put(error.with_traceback(None))


def _wait(outcome: queue.SimpleQueue[Reply | BaseException]) -> Reply | BaseException:
    while True:
        with suppress(queue.Empty):
            return outcome.get(timeout=_LONGEST_WITHOUT_SIGNALS)


_MAIN_THREAD = threading.main_thread().ident

_LONGEST_WITHOUT_SIGNALS = 0.5
"""Seconds. On Windows a signal does not end waiting for another thread."""


# -- the end of the process

_all_clients: weakref.WeakSet[_SyncClients] = weakref.WeakSet()
_calls: set[object] = set()
"""The synchronous calls that Rust is busy with."""

_LAST_MOMENTS = 1.0


@atexit.register
def _finish() -> None:
    """Wait until no thread of Rust is inside of Python: one that is when the interpreter ends aborts the process.

    Calls of daemon threads are cut off. The thread that told an event loop of the last response is left by now if it
    has done something else since: it is the only one of pyreqwest's runtime.
    """
    if _Clients.used_in != os.getpid():
        return
    for clients in list(_all_clients):
        clients.cut_off()
    ends = monotonic() + _LAST_MOMENTS
    while _calls and monotonic() < ends:
        time.sleep(0.001)
    with suppress(PyreqwestError, RuntimeError):
        client = SyncClientBuilder().https_only(True).no_proxy().timeout(timedelta(seconds=_LAST_MOMENTS)).build()
        client.get("http://localhost/").build().send()  # refused by pyreqwest itself: no packet is sent


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
        .runtime_multithreaded(False)  # see _finish
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
