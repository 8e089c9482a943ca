"""httpcore's sockets, with every read and write bounded by one deadline: a dribbled header outlasts no call."""

from __future__ import annotations

import ssl
import time
from collections.abc import Iterable
from typing import Any

import httpcore

from .limits import LONGEST_CONNECT


class Deadline:
    """When the request that holds the connection must be done. A connection serves one request at a time."""

    __slots__ = ("at",)

    def __init__(self) -> None:
        self.at = 0.0

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
        seconds = self._deadline.connecting()
        return _Stream(self._backend.connect_tcp(host, port, seconds, local_address, socket_options), self._deadline)


class _Stream(httpcore.NetworkStream):
    def __init__(self, stream: httpcore.NetworkStream, deadline: Deadline) -> None:
        self._stream = stream
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, self._deadline.remaining(httpcore.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, self._deadline.remaining(httpcore.WriteTimeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        seconds = self._deadline.connecting()
        return _Stream(self._stream.start_tls(ssl_context, server_hostname, seconds), self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)
