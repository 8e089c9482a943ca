# Copied from generator/runtime/_runtime/webhook.py by `make generate`. Edit it there.
"""Callbacks: verified over the bytes received, then read. Pure: no I/O, no HTTP library."""

from __future__ import annotations

import hmac
import re
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any, ClassVar, Generic, TypeVar, cast

import msgspec

from . import lenient
from .errors import ConfigurationError, WebhookPayloadError, WebhookSignatureError, WebhookTimestampError
from .secret import Secret
from .signing import Material, Scheme

Event = TypeVar("Event")

HeaderSource = Mapping[str, str] | Sequence[tuple[str, str]] | Sequence[tuple[bytes, bytes]]
"""What frameworks call headers: a mapping, or pairs of text or bytes."""

LARGEST_BODY = 1024 * 1024
"""Bytes. A callback is below 2 kB."""

# Checked before anything is hashed: SHA-1 over secret-then-message can be extended by whoever may choose odd bytes.
_NONCE = re.compile(rb"[\x21-\x7e]{1,128}")
_MILLIS = re.compile(rb"[1-9][0-9]{12}")
_DIGEST = re.compile(rb"[0-9a-f]{32,64}")


class UnknownEvent(msgspec.Struct, frozen=True, kw_only=True):
    """A verified callback of a kind this package does not know."""

    msg_type: int
    """The number of its kind."""
    raw: bytes
    """The whole body as received."""


class BaseWebhook(Generic[Event]):
    """Verifies and reads callbacks. The generated ``Webhook`` knows the signature and the events."""

    _scheme: ClassVar[Scheme]
    _tag: ClassVar[str]
    _body: ClassVar[str]
    _events: ClassVar[Mapping[int, Any]]

    def __init__(
        self,
        *,
        app_key: str,
        app_secret: str | Sequence[str],
        tolerance: timedelta = timedelta(seconds=7500),
        future: timedelta = timedelta(seconds=300),
        now: Callable[[], float] = time.time,
    ) -> None:
        """Prepare to verify the callbacks of one application.

        Args:
            app_key: The application's key.
            app_secret: Its secret, or several while one replaces another.
            tolerance: How old a signature may be. The default outlasts the last resend, 7212 s after the first.
            future: How far ahead of this machine's clock it may be.
            now: The clock, in unix seconds.
        """
        secrets = [app_secret] if isinstance(app_secret, str) else list(app_secret)
        if not app_key or not secrets or not all(secrets):
            raise ConfigurationError("Webhook needs an app_key and at least one app_secret that is not empty.")
        self._app_key = app_key.encode()
        self._secrets = [Secret(secret) for secret in secrets]
        self._tolerance = tolerance.total_seconds()
        self._future = future.total_seconds()
        self._now = now
        tag = msgspec.defstruct(
            "Message", [("tag", int), ("body", msgspec.Raw)], rename={"tag": self._tag, "body": self._body}, gc=False
        )
        self._message: msgspec.json.Decoder[Any] = msgspec.json.Decoder(tag)
        self._decoders: dict[int, msgspec.json.Decoder[Event]] = {
            number: msgspec.json.Decoder(event) for number, event in self._events.items()
        }

    def verify(self, body: bytes, headers: HeaderSource) -> None:
        """Return if *body* was signed by the vendor, lately, for this application.

        Args:
            body: The bytes of the request, untouched.
            headers: The request's headers; names in any case.

        Raises:
            TypeError: *body* is not bytes.
            WebhookSignatureError: A header is missing, doubled or malformed, or the signature is wrong.
            WebhookTimestampError: The signature is right but outside the time window.
        """
        if not isinstance(cast(object, body), (bytes, bytearray)):
            raise TypeError(
                f"body must be the raw bytes of the request, not {type(body).__name__}: FastAPI and Starlette "
                "`await request.body()`, Flask `request.get_data()`, Django `request.body`, "
                "aiohttp `await request.read()`."
            )
        if len(body) > LARGEST_BODY:
            raise WebhookSignatureError(f"the body is larger than {LARGEST_BODY // 1024} KiB")
        given = self._signature(headers)
        millis = given[self._scheme.literals["unixMillis"]]
        if not self._signed(bytes(body), given, millis):
            raise WebhookSignatureError(
                "the signature is wrong: another secret, another application, or a body that was changed on the way"
            )
        age = self._now() - int(millis) / 1000
        if age > self._tolerance:
            raise WebhookTimestampError(
                f"the signature is {age:.0f} s old, more than the tolerance of {self._tolerance:.0f} s"
            )
        if -age > self._future:
            raise WebhookTimestampError(f"the signature is {-age:.0f} s in the future: is this machine's clock right?")

    def parse(self, body: bytes, headers: HeaderSource) -> Event:
        """Verify, then return the event. Kinds and fields newer than this package do not raise.

        Raises:
            WebhookError: As ``verify``, or ``WebhookPayloadError`` for a signed body that is not a callback.
        """
        self.verify(body, headers)
        try:
            message = self._message.decode(body)
        except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
            raise WebhookPayloadError(f"the body is not a callback: {error}") from None
        decoder = self._decoders.get(message.tag)
        if decoder is None:
            return cast(Event, UnknownEvent(msg_type=message.tag, raw=bytes(body)))
        try:
            return self._read(decoder, message)
        except (msgspec.DecodeError, RecursionError, UnicodeDecodeError) as error:
            raise WebhookPayloadError(f"{self._tag} {message.tag}: {error}") from None

    def _read(self, decoder: msgspec.json.Decoder[Event], message: Any) -> Event:
        try:
            return decoder.decode(message.body)
        except msgspec.ValidationError:
            event: Event = lenient.convert(msgspec.json.decode(message.body), self._events[message.tag])
            return event

    def _signature(self, headers: HeaderSource) -> dict[str, bytes]:
        wanted = {name.lower(): name for name in (*self._scheme.literals.values(), *self._scheme.digests)}
        found: dict[str, bytes] = {}
        pairs: Iterable[tuple[str | bytes, str | bytes]] = headers.items() if isinstance(headers, Mapping) else headers
        for key, value in pairs:
            name = wanted.get((key.decode("latin-1") if isinstance(key, bytes) else key).lower())
            if name is None:
                continue
            if name in found:
                raise WebhookSignatureError(f"the header {name} stands there twice")
            try:
                found[name] = value if isinstance(value, bytes) else value.encode("ascii")
            except (UnicodeEncodeError, AttributeError):
                raise WebhookSignatureError(f"the header {name} is not one line of ASCII") from None
        for name in wanted.values():
            if name not in found:
                raise WebhookSignatureError(f"the header {name} is missing")
        self._check(found)
        return found

    def _check(self, found: Mapping[str, bytes]) -> None:
        literals = self._scheme.literals
        if not _NONCE.fullmatch(found[literals["nonce"]]):
            raise WebhookSignatureError(f"{literals['nonce']} is not 1 to 128 visible ASCII characters")
        if not _MILLIS.fullmatch(found[literals["unixMillis"]]):
            raise WebhookSignatureError(
                f"{literals['unixMillis']} is not a time in milliseconds, 13 digits: callbacks do not count in seconds"
            )
        for name in self._scheme.digests:
            if not _DIGEST.fullmatch(found[name]):
                raise WebhookSignatureError(f"{name} is not a digest in lower-case hexadecimal")

    def _signed(self, body: bytes, given: Mapping[str, bytes], millis: bytes) -> bool:
        matched = False
        for secret in self._secrets:
            material = Material(
                app_key=self._app_key,
                app_secret=secret.reveal(),
                nonce=given[self._scheme.literals["nonce"]],
                unix_seconds=millis[:-3],
                unix_millis=millis,
                body=body,
            )
            matches = [hmac.compare_digest(value, given[name.decode()]) for name, value in self._scheme.sign(material)]
            matched |= all(matches)
        return matched

    def __repr__(self) -> str:
        return f"{type(self).__name__}(app_key={self._app_key.decode()[:4] + '…'!r}, app_secret=***)"
