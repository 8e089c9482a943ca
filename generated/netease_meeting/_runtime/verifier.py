# Copied from generator/runtime/_runtime/verifier.py by `make generate`. Edit it there.
"""Whether a callback comes from the vendor: a pure function of its bytes, its headers, the secrets and the clock."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Iterable, Sequence
from hmac import compare_digest
from typing import Any, NoReturn, Protocol, cast

from .errors import (
    ConfigurationError,
    WebhookError,
    WebhookSignatureError,
    WebhookTimestampError,
    WebhookTooLargeError,
)
from .secret import Secret
from .signing import Material, Scheme, check_header, check_secret


class _SupportsItems(Protocol):
    def items(self) -> Iterable[tuple[str, str]]: ...


HeaderSource = _SupportsItems | Iterable[tuple[str, str]] | Iterable[tuple[bytes, bytes]]
"""What frameworks call headers: a mapping, a multi-dictionary, or pairs of text or bytes."""

Secrets = str | Sequence[str]
"""A secret, or several while one replaces another."""

Resolver = Callable[[str], "Secrets | None"]
"""Finds the secret of an AppKey, for receivers of several applications; ``None`` for one it does not know."""

LARGEST_BODY = 1024 * 1024
"""Bytes. A callback is below 2 kB."""

# Checked before anything is hashed: SHA-1 over secret-then-message can be extended by whoever may choose odd bytes, and
# the border between nonce and time can be moved by whoever may begin a time with 0.
_VISIBLE = (rb"[\x21-\x7e]{1,128}", "1 to 128 visible ASCII characters")
_MILLIS = (rb"[1-9][0-9]{12}", "a time in milliseconds, 13 digits: callbacks do not count in seconds")
_DIGEST = (rb"[0-9a-f]{32,64}", "a digest in lower-case hexadecimal")

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
        app_secret: Secrets | Resolver,
        tolerance: float,
        future: float,
        now: Callable[[], float],
    ) -> None:
        self._tolerance = tolerance
        self._future = future
        self._now = now
        self._app_key = None if app_key is None else check_header("app_key", app_key)
        self._secrets = _resolver(app_key, app_secret)
        self._decoy = [check_secret(secrets.token_hex(16))]
        self._sign = scheme.sign
        made = [name.decode() for name, _ in scheme.sign(_NOTHING)]
        self._digests = [made.index(name) for name in scheme.digests]
        parts = [(scheme.literals["appKey"], _VISIBLE), (scheme.literals["nonce"], _VISIBLE)]
        parts += [(scheme.literals["unixMillis"], _MILLIS), *((name, _DIGEST) for name in scheme.digests)]
        self._parts = parts
        self._shape = re.compile(b"\n".join(b"(%b)" % pattern for _, (pattern, _) in parts))
        self._lengths = {len(name) for name, _ in parts}
        self._slots: dict[str | bytes, int] = {}
        for slot, (name, _) in enumerate(parts):
            for spelling in (name, name.lower(), name.title()):
                self._slots[spelling] = self._slots[spelling.encode()] = slot

    def verify(self, body: bytes, headers: HeaderSource) -> str:
        """Return the AppKey if *body* was signed by the vendor, lately, with a secret of that AppKey."""
        if not isinstance(cast(object, body), (bytes, bytearray)):
            raise TypeError(
                f"body must be the raw bytes of the request, not {type(body).__name__}: FastAPI and Starlette "
                "`await request.body()`, Flask `request.get_data()`, Django `request.body`, "
                "aiohttp `await request.read()`."
            )
        if len(body) > LARGEST_BODY:
            _refuse(f"the body is larger than {LARGEST_BODY // 1024} KiB", _SIZE, WebhookTooLargeError)
        key, nonce, millis, *digests = self._read(headers)
        app_key = key.decode()
        signed = False
        for secret in self._secrets(app_key) or self._decoy:  # an AppKey nobody knows takes as long as a wrong secret
            made = self._sign(Material(key, secret.reveal(), nonce, millis[:-3], millis, body))
            same = [compare_digest(made[at][1], came) for at, came in zip(self._digests, digests, strict=True)]
            signed |= all(same)
        if not signed:
            _refuse("the signature is wrong: another secret, or a body that was changed on the way", _COMPARE)
        if self._app_key is not None and not compare_digest(self._app_key, key):
            _refuse("the callback is for another application", _APPLICATION)
        self._check_time(self._now() - int(millis) / 1000)
        return app_key

    def _check_time(self, age: float) -> None:
        if age > self._tolerance:
            _refuse(
                f"the signature is {age:.0f} s old, allowed are {self._tolerance:.0f} s", _CLOCK, WebhookTimestampError
            )
        if -age > self._future:
            _refuse(
                f"the signature is {-age:.0f} s in the future, allowed are {self._future:.0f} s",
                _CLOCK,
                WebhookTimestampError,
            )

    def _read(self, headers: HeaderSource) -> Sequence[bytes]:
        """Return AppKey, nonce, time and sums: each there once, each of the right shape."""
        found: list[Any] = [None] * len(self._parts)
        slots, lengths = self._slots, self._lengths
        source: Any = headers
        for name, value in source.items() if hasattr(source, "items") else source:
            slot = slots.get(name)
            if slot is None and len(name) in lengths:
                slot = slots.get(name.lower())
            if slot is None:
                continue
            if found[slot] is not None:
                _refuse(f"the header {self._parts[slot][0]} stands there twice", _PASS_ON)
            found[slot] = value
        try:
            joined = b"\n".join(found) if type(found[0]) is bytes else "\n".join(found).encode()
        except (TypeError, UnicodeEncodeError):
            self._explain(found)
        match = self._shape.fullmatch(joined)
        return match.groups() if match is not None else self._explain(found)

    def _explain(self, found: Sequence[Any]) -> NoReturn:
        for (name, (pattern, shape)), value in zip(self._parts, found, strict=True):
            if value is None:
                _refuse(f"the header {name} is missing", _PASS_ON)
            text = value.encode("utf-8", "replace") if isinstance(value, str) else value
            if not isinstance(text, bytes) or not re.fullmatch(pattern, text):
                twice = ": it looks as if it stood there twice" if isinstance(text, bytes) and b"," in text else ""
                _refuse(f"the header {name} is not {shape}{twice}", _PASS_ON)
        _refuse("the headers are partly text, partly bytes", _PASS_ON)


def _resolver(app_key: str | None, app_secret: Secrets | Resolver) -> Callable[[str], list[Secret]]:
    if callable(app_secret):
        return lambda key: _wrapped(app_secret(key) or ())
    known = _wrapped(app_secret)
    if app_key is None or not known:
        raise ConfigurationError(
            "Webhook needs an app_key and at least one app_secret; only a function as app_secret, which is given the "
            "AppKey of each callback and returns its secret, does without app_key."
        )
    return lambda key: known


def _wrapped(app_secret: Secrets) -> list[Secret]:
    return [check_secret(secret) for secret in ([app_secret] if isinstance(app_secret, str) else app_secret)]


def _refuse(what: str, hint: Hint, kind: type[WebhookError] = WebhookSignatureError) -> NoReturn:
    raise kind(f"{what} · {hint[0]}", hint=hint[0], hint_zh=hint[1])


_NOTHING = Material(b"", b"", b"", b"", b"", b"")
