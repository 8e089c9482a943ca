"""Signatures, computed from the contract's description step by step. Shares nothing with the client, on purpose."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .shapes import is_array

_MASK = "***"


@dataclass(frozen=True, slots=True)
class Parts:
    """What a signature can be made of."""

    app_key: str
    app_secret: str
    nonce: str = ""
    unix_seconds: str = ""
    unix_millis: str = ""
    body: bytes = b""

    def value(self, name: str) -> bytes:
        """Return the bytes of a part by its name in the contract."""
        if name == "body":
            return self.body
        texts = {
            "appKey": self.app_key,
            "appSecret": self.app_secret,
            "nonce": self.nonce,
            "unixSeconds": self.unix_seconds,
            "unixMillis": self.unix_millis,
        }
        return texts[name].encode()


def compute(value: Any, parts: Parts) -> bytes:
    """Return the value of a header: a list of parts joined, or a digest of such a list in lower-case hexadecimal."""
    if is_array(value):
        return b"".join(parts.value(part) if isinstance(part, str) else _part(part, parts) for part in value)
    return _part(value, parts)


def explain(value: Any, parts: Parts) -> str:
    """Return the same as text a person can follow, the secret masked."""
    if is_array(value):
        return " + ".join(explain(part, parts) for part in value)
    if value == "appSecret":
        return _MASK
    if isinstance(value, str):
        return parts.value(value).decode("utf-8", "replace")
    ((kind, inner),) = value.items()
    return repr(inner) if kind == "text" else f"{kind}({explain(inner, parts)})"


def sign(headers: Mapping[str, Any], parts: Parts) -> dict[str, str]:
    """Return every header of a scheme."""
    return {name: compute(fact["value"], parts).decode() for name, fact in headers.items()}


def equal(one: str, other: str) -> bool:
    """Compare two digests in constant time."""
    return hmac.compare_digest(one.encode("utf-8", "surrogateescape"), other.encode("utf-8", "surrogateescape"))


def _part(part: Mapping[str, Any], parts: Parts) -> bytes:
    ((kind, inner),) = part.items()
    if kind == "text":
        return str(inner).encode()
    return hashlib.new(kind, compute(inner, parts)).hexdigest().encode()
