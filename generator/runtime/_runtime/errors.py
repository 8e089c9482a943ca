"""The roots of the exception tree. The families of business errors are generated: see ``netease_meeting.errors``.

MeetingError
├── ConfigurationError        the client was built with something that cannot work (also a ValueError)
├── ArgumentError             an argument cannot be sent as the contract wants it (also a ValueError)
├── APIConnectionError        no usable answer arrived
│   ├── APITimeoutError       … before the deadline
│   ├── ClientClosedError     … because the client had been closed
│   └── OutcomeUnknownError   … and the operation may or may not have been carried out
├── APIResponseError          an answer arrived that is not the API's envelope
├── APIError                  the API answered with a code other than success
└── WebhookError              a callback was refused
"""

from __future__ import annotations

from typing import Any, TypeVar

Error = TypeVar("Error", bound="MeetingError")


def printable(text: str, limit: int = 500) -> str:
    """Return foreign text made safe for a terminal: one line, no control characters, not longer than *limit*."""
    safe = "".join(char if char.isprintable() else ascii(char)[1:-1] for char in text[: limit + 1])
    return safe if len(text) <= limit else f"{safe[:limit]}…"


class MeetingError(Exception):
    """Everything this package raises on purpose. All of it can be pickled and none of it prints a secret."""

    code: int | None = None
    """The business code, where the API answered with one."""
    msg: str = ""
    """The vendor's message for the code, in Chinese."""
    request_id: str | None = None
    """The vendor's number for the request: quote it to their support. Failures often come without."""
    hint: str = ""
    """What to do about it."""
    hint_zh: str = ""
    """The same in Chinese."""
    operation: str | None = None
    """The operation in the client's words, for example ``meetings.get``."""
    attempts: tuple[str, ...] = ()
    """What each attempt ended with, oldest first."""

    def __init__(self, message: str = "", **facts: Any) -> None:
        super().__init__(message)
        self.__dict__.update(facts)

    def __reduce__(self) -> tuple[Any, ...]:
        return _restore, (
            type(self),
            self.args,
            {name: value for name, value in self.__dict__.items() if name != "__notes__"},
        )


def _restore(kind: type[Error], args: tuple[Any, ...], facts: dict[str, Any]) -> Error:
    error = kind.__new__(kind)
    error.args = args
    error.__dict__.update(facts)
    return error


class ConfigurationError(MeetingError, ValueError):
    """The client cannot be built this way: a key is missing, holds a space, or the address is not safe."""


class ArgumentError(MeetingError, ValueError):
    """An argument cannot be sent as the contract wants it. Nothing was sent."""


class APIConnectionError(MeetingError):
    """No usable answer arrived. Unless it is an ``OutcomeUnknownError``, repeating the call is safe."""


class APITimeoutError(APIConnectionError, TimeoutError):
    """The deadline of the call passed. ``timeout=`` is the whole call: connecting, waiting, retries and reading."""


class ClientClosedError(APIConnectionError):
    """The client was closed before or during the call. Create another one."""


CLOSED = "the client is closed: create another one"


class OutcomeUnknownError(APIConnectionError):
    """The request was sent, its answer was lost, and repeating it could do the work twice. Look before you repeat."""

    sent_at: float | None = None
    """When the last attempt was signed, in unix seconds by the local clock."""
    sent: dict[str, Any] | None = None
    """The body that was sent, sensitive values masked."""


class APIResponseError(MeetingError):
    """The answer is not the API's envelope: HTML from a gateway, truncated JSON, a foreign shape."""

    status: int | None = None
    """The HTTP status of the answer."""
    retry_after: float | None = None
    """Seconds the server asked to wait, where it said so."""


class APIError(MeetingError):
    """The API answered with a business code other than success. Catch a family, or look at ``code``."""

    status: int | None = None
    """The HTTP status of the answer, usually 200."""
    retry_after: float | None = None
    """Seconds the server asked to wait, where it said so."""


class WebhookError(MeetingError):
    """A callback was refused. Answer with an HTTP status other than 200."""


class WebhookSignatureError(WebhookError):
    """The signature is missing, malformed or wrong: the callback is not proven to come from the vendor."""


class WebhookTimestampError(WebhookError):
    """The signature is right but too old or from the future."""


class WebhookPayloadError(WebhookError):
    """The signature is right but the body is not a callback message."""


for _error in [value for value in globals().values() if isinstance(value, type) and issubclass(value, MeetingError)]:
    _error.__module__ = __name__.replace("._runtime", "")  # where users find it, and what a traceback should say
