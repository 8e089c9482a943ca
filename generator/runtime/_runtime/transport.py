"""The narrow waist between a call and the network."""

from __future__ import annotations

from collections.abc import Coroutine, Sequence
from typing import NamedTuple, Protocol

from .errors import MeetingError, printable

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
    try:
        for key, value in headers:
            if key.lower() == name:
                return value.decode("latin-1")
    except (AttributeError, TypeError, ValueError):
        pass  # from a transport of the caller's, and not pairs of bytes
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


def checked(outcome: object) -> Reply | TransportError:
    """Return what a transport returned, if it is what it has to be: transports may be the caller's own."""
    if isinstance(outcome, TransportError):
        return outcome
    if not isinstance(outcome, Reply):
        error = TransportError(f"the transport returned {type(outcome).__name__} instead of a Reply")
        if isinstance(outcome, Coroutine):
            outcome.close()  # else Python warns that nobody awaited it
        return error
    if type(outcome.status) is not int or type(outcome.body) is not bytes:
        return TransportError("the transport returned a Reply whose status is no int or whose body is no bytes")
    return outcome


def foreign(error: Exception) -> TransportError:
    """Return what an exception that no transport should raise means: the request may have been sent.

    Says where it was raised. Its traceback is not kept: the frames of an HTTP library hold the signature. What a signal
    handler of the caller raised is not the transport's, and is raised again.
    """
    from .signals import raised_by_handler  # few calls need it

    if raised_by_handler(error):
        raise error
    trace, place = error.__traceback__, ""
    while trace is not None:
        code = trace.tb_frame.f_code
        place = f" in {code.co_filename.rpartition('/')[2]}, line {trace.tb_lineno}"
        trace = trace.tb_next
    try:
        text = printable(str(error), 200)
    except Exception:
        text = ""
    reason = type(error).__name__ + place + (f": {text}" if text else "")
    return TransportError(reason, timed_out=isinstance(error, TimeoutError))


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
