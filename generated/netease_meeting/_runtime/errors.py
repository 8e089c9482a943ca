# Copied from generator/runtime/_runtime/errors.py by `make generate`. Edit it there.
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

from typing import Any, ClassVar, TypeVar

import msgspec

Error = TypeVar("Error", bound="MeetingError")


def printable(text: str, limit: int = 500) -> str:
    """Return foreign text made safe for a terminal: one line, no control characters, not longer than *limit*."""
    safe = "".join(char if char.isprintable() else ascii(char)[1:-1] for char in text[: limit + 1])
    return safe if len(text) <= limit else f"{safe[:limit]}…"


class Violation(msgspec.Struct, frozen=True):
    """One rule of the contract that an argument of a refused call breaks. ``str()`` of it is ``message``."""

    argument: str
    """The argument as the caller spells it, for example ``settings.controls[0].type``."""
    rule: str
    """The rule in the contract's words, for example ``maximum``, ``pattern`` or ``required``."""
    message: str
    """What is wrong, for example ``page_size is 200, at most 100``. Sensitive values are not shown."""
    message_zh: str
    """The same in Chinese."""

    def __str__(self) -> str:
        return self.message


class MeetingError(Exception):
    """Everything this package raises on purpose. All of it can be pickled and none of it prints a secret.

    Every error has all of these attributes; one that says nothing is ``None`` or empty.
    """

    code: int | None = None
    """The business code, where the API answered with one."""
    msg: str = ""
    """The vendor's message for the code, in Chinese."""
    request_id: str | None = None
    """The vendor's number for the request: quote it to their support. Failures often come without."""
    retry_after: float | None = None
    """Seconds the server asked to wait, where it said so."""
    operation: str | None = None
    """The operation in the client's words, for example ``meetings.get``."""
    hint: str = ""
    """What to do about it."""
    hint_zh: str = ""
    """The same in Chinese."""
    attempts: tuple[str, ...] = ()
    """What each attempt ended with, oldest first."""
    data: Any = None
    """What a successful response without its identifier did say, as decoded from JSON. Masked if printed or pickled."""
    safe_to_repeat: bool | None = None
    """Whether the same call may be made again, by the contract.

    ``True``: it was not carried out, or a second time changes nothing more. ``False``: it may have been carried out,
    and a repeat could do the work twice; look first. ``None``: the same call would be refused again until an argument,
    a setting or the meeting changes, or there was no call.
    """
    violations: tuple[Violation, ...] = ()
    """The rules of the contract that a call refused for its parameters breaks."""

    @property
    def status(self) -> int | None:
        """The HTTP status of the response, or ``None`` where none came."""
        status: int | None = self.__dict__.get("status")
        return status

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

    hint = "Correct the setting that the message names. Nothing was sent."
    hint_zh = "请按消息改正所指出的配置。请求未发出。"


class ArgumentError(MeetingError, ValueError):
    """An argument cannot be sent as the contract wants it. Nothing was sent."""

    hint = "Correct the argument that the message names. Nothing was sent."
    hint_zh = "请改正消息中指出的参数。请求未发出。"


class APIConnectionError(MeetingError):
    """No usable answer arrived. Unless it is an ``OutcomeUnknownError``, repeating the call is safe."""

    hint = "Check that this machine reaches the gateway, then call again."
    hint_zh = "请检查本机能否连接网关，然后重新调用。"


class APITimeoutError(APIConnectionError, TimeoutError):
    """The deadline of the call passed. ``timeout=`` is the whole call: connecting, waiting, retries and reading."""

    hint = "Call again later, or allow more time with timeout=."
    hint_zh = "请稍后重新调用，或用 timeout= 放宽时限。"


class ClientClosedError(APIConnectionError):
    """The client was closed before or during the call. Create another one."""

    hint = "Create another client. A `with` block closes its client at its end."
    hint_zh = "请新建一个客户端。`with` 语句块结束时会关闭其客户端。"
    safe_to_repeat = True


CLOSED = "the client is closed: create another one"


class OutcomeUnknownError(APIConnectionError):
    """The request was sent, its answer was lost, and repeating it could do the work twice. Look before you repeat."""

    hint = "Look whether it happened before you repeat it: the request was sent, its answer did not arrive."
    hint_zh = "请求已发出但未收到应答，请先查询是否已生效，再决定是否重试。"
    safe_to_repeat = False
    sent_at: float | None = None
    """When the last attempt was signed, in unix seconds by the local clock."""
    sent: dict[str, Any] | None = None
    """The body that was sent, sensitive values masked."""


class APIResponseError(MeetingError):
    """The answer is not the API's envelope: HTML from a gateway, truncated JSON, a foreign shape."""

    hint = "Something between you and the API answered in its place, or the API changed."
    hint_zh = "可能是中间网关代为应答，或接口已变更。"


class APIError(MeetingError):
    """The API answered with a business code other than success. Catch a family, or look at ``code``."""

    hint = "This package does not know the code: look at msg, and ask the vendor with request_id."
    hint_zh = "本包的契约中没有该错误码：请查看 msg，并携带 request_id 咨询网易。"


class WebhookError(MeetingError):
    """A callback was refused. Answer with ``status``, or any other HTTP status than 200."""

    hint = "Answer with the status of this error; a genuine callback is sent again."
    hint_zh = "请以该异常的 status 应答；真实的回调会再次发送。"
    _status: ClassVar[int] = 400

    @property
    def status(self) -> int:
        """The HTTP status that tells the sender why."""
        status: int = self.__dict__.get("status", self._status)
        return status


class WebhookSignatureError(WebhookError):
    """The signature is missing, malformed or wrong: the callback is not proven to come from the vendor."""

    _status = 401


class WebhookTimestampError(WebhookError):
    """The signature is right but too old or from the future."""

    _status = 401


class WebhookTooLargeError(WebhookError):
    """The body is far larger than any callback. It was not even hashed."""

    _status = 413


class WebhookPayloadError(WebhookError):
    """The signature is right but the body is not a JSON object."""


_public = (MeetingError, Violation)
for _error in [value for value in globals().values() if isinstance(value, type) and issubclass(value, _public)]:
    _error.__module__ = __name__.replace("._runtime", "")  # where users find it, and what a traceback should say
