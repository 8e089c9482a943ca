"""Callbacks: verified over the bytes received, then read. Pure: no I/O, no HTTP library."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import reduce
from typing import Any, ClassVar, TypeVar

import msgspec
from msgspec.structs import force_setattr

from .clock import wall
from .credentials import Resolver, SecretFile, Secrets, check_app_key, seal
from .errors import WebhookPayloadError
from .events import Probe, UnknownEvent, event_key, message_of
from .handlers import Handlers
from .signing import Scheme
from .verifier import HeaderSource, Verifier

Event = TypeVar("Event")

_REFUSALS = (msgspec.DecodeError, RecursionError, UnicodeDecodeError)
_sorted = msgspec.json.Encoder(order="sorted")


class BaseWebhook(Handlers[Event]):
    """Verifies, reads and hands on callbacks. The generated ``Webhook`` knows the signature and the events."""

    _scheme: ClassVar[Scheme]
    _tag: ClassVar[str]
    _body: ClassVar[str]
    _order: ClassVar[tuple[str, str]]
    _probe: ClassVar[Mapping[str, Any] | None]
    _events: ClassVar[Mapping[int, Any]]
    _app_key = ""

    def __init__(
        self,
        *,
        app_key: str | None = None,
        app_secret: Secrets | Resolver | None = None,
        app_secret_file: SecretFile | None = None,
        tolerance: timedelta = timedelta(seconds=7500),
        future: timedelta = timedelta(seconds=300),
        now: Callable[[], float] = wall,
    ) -> None:
        """Prepare to verify the callbacks of one application, or of several.

        Args:
            app_key: The application's key. Left out where ``app_secret`` is a function.
            app_secret: Its secret, or several while one replaces another. For several applications a function that
                returns the secrets of the AppKey it is given, or ``None``; what it raises is passed on.
            app_secret_file: A file with the secret instead, read once, now. One line break at its end is dropped.
            tolerance: How old a signature may be. The default outlasts the last resend, 7212 s after the first.
            future: How far ahead of this machine's clock it may be.
            now: The clock, in unix seconds.
        """
        secret = seal(app_secret, app_secret_file, several=True)
        del app_secret  # tracebacks are logged with their variables
        super().__init__((*self._events.values(), UnknownEvent))
        self._app_key = "" if app_key is None else check_app_key(app_key)
        self._verifier = Verifier(self._scheme, app_key, secret, tolerance.total_seconds(), future.total_seconds(), now)
        messages: list[Any] = [
            msgspec.defstruct(
                event.__name__,
                [("event", event)],
                rename={"event": self._body},
                tag_field=self._tag,
                tag=number,
                gc=False,
            )
            for number, event in self._events.items()
        ]
        message: msgspec.json.Decoder[Any] = msgspec.json.Decoder(reduce(lambda one, two: one | two, messages))
        self._decode = message.decode

    def verify(self, body: bytes, headers: HeaderSource) -> None:
        """Return if *body* was signed by the vendor, lately, for this application.

        Args:
            body: The bytes of the request, untouched.
            headers: The request's headers; names in any case.

        Raises:
            TypeError: *body* is not bytes.
            WebhookTooLargeError: *body* is larger than 1 MiB.
            WebhookSignatureError: A header is missing, doubled or malformed, or the signature is wrong.
            WebhookTimestampError: The signature is right but outside the time window.
        """
        self._verifier.verify(body, headers)

    def parse(self, body: bytes, headers: HeaderSource) -> Event:
        """Verify, then return the event. Kinds, shapes and fields newer than this package do not raise.

        Raises:
            WebhookError: As ``verify``, or ``WebhookPayloadError`` for a signed body that is not a JSON object.
        """
        return self._read(body, self._verifier.verify(body, headers))

    def read(self, body: bytes, *, app_key: str | None = None) -> Event:
        """Return the event of a body that was verified before, for example one kept in a database.

        Args:
            body: The bytes that were verified.
            app_key: The application it was sent to, if this receiver serves several.

        Raises:
            WebhookPayloadError: *body* is not a JSON object.
        """
        return self._read(body, self._app_key if app_key is None else app_key)

    def _read(self, body: bytes, app_key: str) -> Event:
        try:
            found: Any = self._decode(body).event
        except _REFUSALS:
            found = self._read_slowly(bytes(body), app_key)
        force_setattr(found, "app_key", app_key)
        event: Event = found
        return event

    def handle(self, body: bytes, headers: HeaderSource) -> Event:
        """Verify, read and call the handler of the event; return the event. A probe needs no handler.

        Raises:
            WebhookError: As ``parse``.
            ConfigurationError: There is no fallback, or a handler is async.
            Exception: Whatever the handler raises.
        """
        event = self.parse(body, headers)
        if not isinstance(event, Probe):
            self.dispatch(event)
        return event

    async def ahandle(self, body: bytes, headers: HeaderSource) -> Event:
        """Do the same with handlers of both kinds; those that are not async run in a thread."""
        event = self.parse(body, headers)
        if not isinstance(event, Probe):
            await self.adispatch(event)
        return event

    def _read_slowly(self, body: bytes, app_key: str) -> Any:
        from . import lenient  # loads a fifth more than verifying needs

        try:
            message = message_of(body)
        except (ValueError, RecursionError) as error:
            raise _not_a_message(f"not JSON ({error})") from None
        if not lenient.is_object(message):
            raise _not_a_message("not a JSON object")
        if message == self._probe:
            return Probe(key=event_key(app_key, "probe"))
        number, content = lenient.integer(message.get(self._tag)), message.get(self._body)
        if not lenient.is_object(content):
            problem, content = f"{self._body} is not an object", {}
        elif number is None or number not in self._events:
            problem = f"{self._tag} {number} is new"
        else:
            try:
                # Strictly: an empty value in the place of a missing one would give different events one key.
                return lenient.convert(content, self._events[number], self._body)
            except lenient.UnreadableError as unreadable:
                problem = str(unreadable)
        meeting, moment = (lenient.integer(content.get(name)) for name in self._order)
        return UnknownEvent(
            msg_type=number,
            problem=problem,
            raw=body,
            key=event_key(app_key, _sorted.encode(message).decode()),
            meeting_unique_id=meeting,
            time=moment,
        )

    def __repr__(self) -> str:
        return f"{type(self).__name__}(app_key={self._app_key[:4] + '…'!r}, app_secret=***)"


def _not_a_message(what: str) -> WebhookPayloadError:
    return WebhookPayloadError(
        f"the body is {what} · The signature is right: ask the vendor what they sent.",
        hint="The signature is right: ask the vendor what they sent.",
        hint_zh="签名正确但内容不是消息：请向网易确认发送的内容。",
    )
