"""The narrow waist between a call and the network."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Protocol

from .errors import MeetingError

Header = tuple[bytes, bytes]


class Reply(NamedTuple):
    """What came back: decoded body, headers as received."""

    status: int
    headers: Sequence[Header]
    body: bytes

    def header(self, name: bytes) -> str | None:
        """Return the first header of that name (lower case), or ``None``."""
        return find(self.headers, name)

    def __repr__(self) -> str:
        return f"Reply(status={self.status}, {len(self.body)} bytes)"  # bodies hold tokens and passwords

    def __sentry_repr__(self) -> str:
        return repr(self)


def find(headers: Sequence[Header], name: bytes) -> str | None:
    """Return the first of the *headers* of that name (lower case), or ``None``."""
    for key, value in headers:
        if key.lower() == name:
            return value.decode("latin-1")
    return None


class TransportError(MeetingError):
    """No reply. Adapters raise it; the call turns it into one of the public errors."""

    hint = "Check that this machine reaches the gateway, then call again."
    hint_zh = "请检查本机能否连接网关，然后重新调用。"
    sent: bool = True
    """Whether the server may have received the request. ``False`` only where that is certain."""
    queued: bool = False
    """Whether it never left this client for want of a connection: says nothing about the server."""
    timed_out: bool = False
    retryable: bool = True
    """``False`` where trying again cannot help, such as a refused certificate."""
    address: str = ""
    """The IP address of the other end, where the adapter knows it."""
    proxy: str = ""
    """The proxy in between, without user and password, where the adapter knows it."""


class Transport(Protocol):
    """Sends one request and waits for its reply."""

    def send(self, url: str, headers: Sequence[Header], body: bytes, deadline: float) -> Reply:
        """POST *body*; *deadline* is a ``time.monotonic()`` value by which the whole reply must be there.

        Raises ``TransportError``. Never follows redirects, never adds credentials, returns bodies decoded and no
        larger than ``LARGEST_BODY``.
        """
        ...

    def close(self) -> None:
        """Release every connection."""
        ...


class AsyncTransport(Protocol):
    """The same for asyncio."""

    async def send(self, url: str, headers: Sequence[Header], body: bytes, deadline: float) -> Reply:
        """POST *body*; see ``Transport.send``."""
        ...

    async def aclose(self) -> None:
        """Release every connection."""
        ...
