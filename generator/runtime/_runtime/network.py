"""Streams for httpcore, with every read and write bounded by one deadline: a dribbled header outlasts no call."""

from __future__ import annotations

import select
import socket
import ssl
from collections.abc import Callable, Generator, Iterable
from contextlib import contextmanager, suppress
from typing import Any, TypeVar

import httpcore

from .clock import monotonic
from .connecting import connect
from .limits import LONGEST_CONNECT
from .urls import without_zone

Done = TypeVar("Done")

_PIECE = 16384  # bytes written between looks at the clock; most requests are one piece


class Deadline:
    """When the request that holds the connection must be done. A connection serves one request at a time."""

    __slots__ = ("address", "at")

    def __init__(self) -> None:
        self.at = 0.0
        self.address = ""
        """The IP address that the connection leads to, or was last tried; for error messages."""

    def remaining(self, timeout: type[httpcore.TimeoutException]) -> float:
        """Return the seconds left, or raise *timeout*."""
        seconds = self.at - monotonic()
        if seconds <= 0:
            raise timeout("the deadline passed")
        return seconds

    def connecting(self) -> float:
        """Return the seconds that connecting may take."""
        return min(self.remaining(httpcore.ConnectTimeout), LONGEST_CONNECT)


class Backend(httpcore.NetworkBackend):
    """Connects within the deadline."""

    def __init__(self, deadline: Deadline) -> None:
        self._deadline = deadline

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        """Return a stream to *host*; the options are those of httpcore, which gives none here."""
        connection = connect(host.strip("[]"), port, monotonic() + self._deadline.connecting())
        self._deadline.address = connection.getpeername()[0]
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return _Stream(connection, self._deadline)


class _Stream(httpcore.NetworkStream):
    """Holds what is written until a response is waited for: head and body leave in one packet, one record of TLS."""

    def __init__(self, connection: socket.socket, deadline: Deadline) -> None:
        self._socket = connection
        self._deadline = deadline
        self._written: list[bytes] = []

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        if self._written:
            with suppress(httpcore.WriteError):  # a server may answer, and close, before it has read everything
                self._send()
        self._socket.settimeout(self._deadline.remaining(httpcore.ReadTimeout))
        try:
            return self._receive(max_bytes)
        except TimeoutError as error:
            raise httpcore.ReadTimeout(str(error)) from error
        except OSError as error:
            raise httpcore.ReadError(str(error)) from error

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._written.append(buffer)

    def _send(self) -> None:
        buffer = memoryview(b"".join(self._written))
        self._written.clear()
        try:
            while buffer:
                self._socket.settimeout(self._deadline.remaining(httpcore.WriteTimeout))
                buffer = buffer[self._transmit(buffer[:_PIECE]) :]
        except TimeoutError as error:
            raise httpcore.WriteTimeout(str(error)) from error
        except OSError as error:
            raise httpcore.WriteError(str(error)) from error

    def _receive(self, max_bytes: int) -> bytes:
        return self._socket.recv(max_bytes)

    def _transmit(self, buffer: memoryview) -> int:
        return self._socket.send(buffer)

    def close(self) -> None:
        self._socket.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        try:
            with _handshake():
                server_hostname = without_zone(server_hostname or "")
                self._socket.settimeout(self._deadline.connecting())
                if isinstance(self._socket, ssl.SSLSocket):
                    return _TunnelledStream(self._socket, self._deadline, ssl_context, server_hostname)
                secure = ssl_context.wrap_socket(self._socket, server_hostname=server_hostname)
        except BaseException:
            self.close()
            raise
        return _Stream(secure, self._deadline)

    def get_extra_info(self, info: str) -> Any:
        if info == "is_readable":
            return _is_readable(self._socket)
        if info == "ssl_object" and isinstance(self._socket, ssl.SSLSocket):
            return self._socket
        return self._socket if info == "socket" else None


class _TunnelledStream(_Stream):
    """TLS inside of a proxy's TLS, which ``SSLContext.wrap_socket`` cannot do."""

    def __init__(
        self, connection: ssl.SSLSocket, deadline: Deadline, context: ssl.SSLContext, hostname: str | None
    ) -> None:
        super().__init__(connection, deadline)
        self._incoming, self._outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._inner = context.wrap_bio(self._incoming, self._outgoing, server_hostname=hostname)
        self._exchange(self._inner.do_handshake, httpcore.ConnectTimeout)

    def _exchange(self, step: Callable[[], Done], timeout: type[httpcore.TimeoutException]) -> Done:
        while True:
            try:
                done = step()
            except ssl.SSLWantReadError:
                self._flush()
                self._socket.settimeout(self._deadline.remaining(timeout))
                received = self._socket.recv(_PIECE)
                if received:
                    self._incoming.write(received)
                else:
                    self._incoming.write_eof()
            else:
                self._flush()
                return done

    def _flush(self) -> None:
        self._socket.sendall(self._outgoing.read())

    def _receive(self, max_bytes: int) -> bytes:
        try:
            return self._exchange(lambda: self._inner.read(max_bytes), httpcore.ReadTimeout)
        except ssl.SSLZeroReturnError:
            return b""

    def _transmit(self, buffer: memoryview) -> int:
        return self._exchange(lambda: self._inner.write(buffer), httpcore.WriteTimeout)

    def get_extra_info(self, info: str) -> Any:
        return self._inner if info == "ssl_object" else super().get_extra_info(info)


@contextmanager
def _handshake() -> Generator[None, None, None]:
    try:
        yield
    except TimeoutError as error:
        raise httpcore.ConnectTimeout(str(error)) from error
    except OSError as error:
        raise httpcore.ConnectError(str(error)) from error


def _is_readable(connection: socket.socket) -> bool:
    """Whether something has arrived, or the end. The file descriptor may be too large for ``select``."""
    if connection.fileno() < 0:
        return True
    if not hasattr(select, "poll"):  # Windows, gevent
        return bool(select.select([connection], [], [], 0)[0])
    poll = select.poll()
    poll.register(connection, select.POLLIN)
    return bool(poll.poll(0))
