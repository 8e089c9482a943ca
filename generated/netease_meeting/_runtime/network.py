# Copied from generator/runtime/_runtime/network.py by `make generate`. Edit it there.
"""httpcore's sockets, with every read and write bounded by one deadline: a dribbled header outlasts no call."""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Iterable
from contextlib import suppress
from typing import Any

import httpcore

from .limits import LONGEST_CONNECT

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
        seconds = self.at - time.monotonic()
        if seconds <= 0:
            raise timeout("the deadline passed")
        return seconds

    def connecting(self) -> float:
        """Return the seconds that connecting may take."""
        return min(self.remaining(httpcore.ConnectTimeout), LONGEST_CONNECT)


class Backend(httpcore.NetworkBackend):
    """Connects within the deadline."""

    def __init__(self, deadline: Deadline) -> None:
        self._backend = httpcore.SyncBackend()
        self._deadline = deadline

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        """Return a stream to *host*."""
        ends = time.monotonic() + self._deadline.connecting()
        failure: Exception = httpcore.ConnectError(f"{host} has no address")
        for address in _addresses(host, port):
            seconds = ends - time.monotonic()
            if seconds <= 0:
                raise httpcore.ConnectTimeout("the deadline passed")
            self._deadline.address = address
            try:
                stream = self._backend.connect_tcp(address, port, seconds, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
            else:
                return _Stream(stream, self._deadline)
        raise failure


def _addresses(host: str, port: int) -> Iterable[str]:
    """Return the addresses of *host*, to be tried in turn: left to itself, the socket library gives each the time."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError as error:
        raise httpcore.ConnectError(str(error)) from None
    return dict.fromkeys(str(address[0]) for *_, address in found)


class _Stream(httpcore.NetworkStream):
    """Holds what is written until an answer is waited for: head and body leave in one packet, one record of TLS."""

    def __init__(self, stream: httpcore.NetworkStream, deadline: Deadline) -> None:
        self._stream = stream
        self._deadline = deadline
        self._written: list[bytes] = []

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        if self._written:
            with suppress(httpcore.WriteError):  # a server may answer, and close, before it has read everything
                self._send()
        return self._stream.read(max_bytes, self._deadline.remaining(httpcore.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._written.append(buffer)

    def _send(self) -> None:
        buffer = b"".join(self._written)
        self._written.clear()
        for start in range(0, len(buffer), _PIECE):
            self._stream.write(buffer[start : start + _PIECE], self._deadline.remaining(httpcore.WriteTimeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        seconds = self._deadline.connecting()
        try:
            stream = self._stream.start_tls(ssl_context, server_hostname, seconds)
        except BaseException:  # httpcore closes it after an Exception, which an interruption is not
            self.close()
            raise
        return _Stream(stream, self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)
