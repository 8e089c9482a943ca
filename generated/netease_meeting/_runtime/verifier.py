# Copied from generator/runtime/_runtime/verifier.py by `make generate`. Edit it there.
"""Whether a callback comes from the vendor: a pure function of its bytes, its headers, the secrets and the clock."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Sequence
from hmac import compare_digest
from operator import itemgetter
from typing import Any, NoReturn, Protocol

from .credentials import Sealed, check_app_key, seal, seal_found
from .errors import (
    ConfigurationError,
    WebhookError,
    WebhookSignatureError,
    WebhookTimestampError,
    WebhookTooLargeError,
)
from .signing import Material, Scheme


class _SupportsItems(Protocol):
    def items(self) -> Iterable[tuple[str, str]]: ...


HeaderSource = _SupportsItems | Iterable[tuple[str, str]] | Iterable[tuple[bytes, bytes]]
"""What frameworks call headers: a mapping, a multi-dictionary, or pairs of text or bytes."""

LARGEST_BODY = 1024 * 1024
"""Bytes. A callback is below 2 kB."""

# Checked before anything is hashed: SHA-1 over secret-then-message can be extended by whoever may choose odd bytes, and
# the border between nonce and time can be moved by whoever may begin a time with 0.
_VISIBLE = re.compile(rb"[\x21-\x7e]{1,128}")
_MILLIS = re.compile(rb"[1-9][0-9]{12}")
_HEX = re.compile(rb"[0-9a-f]+")

_KNOWN_ORDERS = 64
_FIRST = itemgetter(0)

Hint = tuple[str, str]
"""What to do, in English and Chinese."""

_PASS_ON: Hint = (
    "Pass the headers of the request on exactly as they came; a request without them is not the vendor's.",
    "请原样传入请求的全部请求头；缺少这些请求头的请求并非来自网易。",
)
_COMPARE: Hint = (
    "Check that app_secret is the one of this app_key, and that body is the bytes as received, not JSON written anew.",
    "请检查 app_secret 与该 app_key 是否对应，以及 body 是否为收到的原始字节，而不是重新序列化的 JSON。",
)
_APPLICATION: Hint = (
    "Check which application's callback URL points here; for several applications give a function as app_secret.",
    "请检查是哪个应用的回调地址指向了这里；接收多个应用的回调时，请把 app_secret 设为函数。",
)
_CLOCK: Hint = (
    "Check this machine's clock; an old signature can also be a callback that somebody recorded and sent again.",
    "请检查本机时钟；签名过旧也可能是有人录制后重放的回调。",
)
_SIZE: Hint = ("No callback is that large: refuse it.", "正常的回调不会这么大，请拒绝。")


class Verifier:
    """Verifies what is signed with one scheme, for one application or for several."""

    def __init__(
        self,
        scheme: Scheme,
        app_key: str | None,
        app_secret: Sealed,
        tolerance: float,
        future: float,
        now: Callable[[], float],
    ) -> None:
        self._tolerance = tolerance
        self._future = future
        self._now = now
        if app_key is None and app_secret.resolver is None:
            raise ConfigurationError(
                "Webhook needs an app_key and at least one app_secret; only a function as app_secret, which is given "
                "the AppKey of each callback and returns its secret, does without app_key."
            )
        self._name = "" if app_key is None else check_app_key(app_key)
        self._app_key = self._name.encode() if self._name else None
        self._resolve = app_secret.resolver
        self._live = app_secret.open(self._name)
        self._decoy = seal(os.urandom(16).hex()).open("")
        ((digest, self._digest),) = scheme.digests.items()
        self._names = (*(scheme.literals[part] for part in ("appKey", "nonce", "unixMillis")), digest)
        self._places: dict[tuple[str | bytes, ...], Callable[[Sequence[Any]], tuple[Any, ...]]] = {}

    def verify(self, body: bytes, headers: HeaderSource) -> str:
        """Return the AppKey if *body* was signed by the vendor, lately, with a secret of that AppKey."""
        if type(body) is not bytes:
            body = _raw(body)
        if len(body) > LARGEST_BODY:
            _refuse(f"the body is larger than {LARGEST_BODY // 1024} KiB", _SIZE, WebhookTooLargeError)
        source: Any = headers
        pairs: list[tuple[Any, Any]] = source if source.__class__ is list else _pairs(source)
        names = tuple(map(_FIRST, pairs))
        (_, key), (_, nonce), (_, millis), (_, digest) = (self._places.get(names) or self._find(names))(pairs)
        if type(nonce) is str:
            key, nonce, millis, digest = _encoded(key, nonce, millis, digest)
        if not (
            type(nonce) is type(millis) is type(digest) is bytes
            and (nonce.isalnum() and len(nonce) <= 128)
            and (millis.isdigit() and len(millis) == 13 and millis >= b"1")
            and (ours := key == self._app_key)
        ):  # not as the vendor sends it to this application: what is allowed all the same, and why not
            key, nonce, millis, digest = self._checked(key, nonce, millis, digest)
            ours = key == self._app_key
        name = self._name if ours else key.decode()
        found = self._live if self._resolve is None else seal_found(self._resolve(name), name).open(name)
        signed = False
        for secret in found or self._decoy:  # an AppKey nobody knows takes as long as a wrong secret
            signed |= compare_digest(  # the right digest is no variable: it would sign this body
                self._digest(Material(key, secret.reveal(), nonce, millis[:-3], millis, body)), digest
            )
        if not signed:
            self._checked(key, nonce, millis, digest)
            _refuse("the signature is wrong: another secret, or a body that was changed on the way", _COMPARE)
        if not ours and self._app_key is not None:
            _refuse("the callback is for another application", _APPLICATION)
        age = self._now() - int(millis) / 1000
        if not -self._future <= age <= self._tolerance:
            _refuse_time(age, self._tolerance, self._future)
        return name

    def _find(self, names: tuple[str | bytes, ...]) -> Callable[[Sequence[Any]], tuple[Any, ...]]:
        """Return what picks our headers' values out of the values of all headers, which are called *names*."""
        lower = [_plain(name) for name in names]
        for name in self._names:
            if (count := lower.count(name.lower())) != 1:
                _refuse(f"the header {name} {'stands there twice' if count else 'is missing'}", _PASS_ON)
        if len(self._places) >= _KNOWN_ORDERS:
            self._places.clear()
        # One sender's requests carry the same headers in the same order: where ours stand is looked up once.
        return self._places.setdefault(names, itemgetter(*(lower.index(name.lower()) for name in self._names)))

    def _checked(self, *values: Any) -> list[bytes]:
        """Return the values as bytes; refuse the first that is not of its shape."""
        checked: list[bytes] = []
        for name, value, (shape, wanted) in zip(self._names, values, _SHAPES, strict=True):
            text = value.encode("utf-8", "surrogatepass") if isinstance(value, str) else value
            if not isinstance(text, bytes) or not shape.fullmatch(text):
                twice = ": it looks as if it stood there twice" if isinstance(text, bytes) and b"," in text else ""
                _refuse(f"the header {name} is not {wanted}{twice}", _PASS_ON)
            checked.append(text)
        return checked


def _plain(name: str | bytes) -> str:
    """Return a header's name in lower case, also where it is written as WSGI and Django's ``META`` do."""
    text = name if isinstance(name, str) else name.decode("latin-1")
    return text.lower().removeprefix("http_").replace("_", "-")


def _pairs(headers: Any) -> list[Any]:
    return list(headers.items() if hasattr(headers, "items") else headers)


def _encoded(*values: Any) -> tuple[Any, ...]:
    try:
        return tuple([value.encode() for value in values])
    except (AttributeError, UnicodeEncodeError):
        return values  # neither text nor bytes, or text that no header can hold: refused right after


def _raw(body: object) -> bytes:
    if isinstance(body, (bytes, bytearray)):
        return bytes(body)
    raise TypeError(
        f"body must be the raw bytes of the request, not {type(body).__name__}: FastAPI and Starlette "
        "`await request.body()`, Flask `request.get_data()`, Django `request.body`, aiohttp `await request.read()`."
    )


def _refuse_time(age: float, tolerance: float, future: float) -> NoReturn:
    allowed, side, span = (tolerance, "old", age) if age > tolerance else (future, "in the future", -age)
    _refuse(f"the signature is {span:.0f} s {side}, allowed are {allowed:.0f} s", _CLOCK, WebhookTimestampError)


def _refuse(what: str, hint: Hint, kind: type[WebhookError] = WebhookSignatureError) -> NoReturn:
    raise kind(f"{what} · {hint[0]}", hint=hint[0], hint_zh=hint[1])


_SHAPES = (
    (_VISIBLE, "1 to 128 visible ASCII characters"),
    (_VISIBLE, "1 to 128 visible ASCII characters"),
    (_MILLIS, "a time in milliseconds, 13 digits: callbacks do not count in seconds"),
    (_HEX, "a digest in lower-case hexadecimal"),
)
