# Copied from generator/runtime/_runtime/signing.py by `make generate`. Edit it there.
"""What signatures are made of. Which headers and digests they are is generated from the contract's ``x-signature``."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import msgspec

from .credentials import AppSecret, Sealed, check_app_key, seal
from .errors import ConfigurationError
from .secret import SignedHeaders

Headers = tuple[tuple[bytes, bytes], ...]

_VISIBLE = re.compile(r"[\x21-\x7e]+")


class Material(msgspec.Struct, frozen=True, gc=False):
    """What a signature may be made of. All of it is bytes, so that a digest is a plain concatenation."""

    app_key: bytes
    app_secret: bytes
    nonce: bytes
    unix_seconds: bytes
    unix_millis: bytes
    body: bytes

    def __repr__(self) -> str:
        return "<Material>"  # it holds the secret

    def __rich_repr__(self) -> list[tuple[str, Any]]:
        return []


class Scheme(NamedTuple):
    """One signature scheme of the contract."""

    name: str
    sign: Callable[[Material], Headers]
    """Returns the headers, in the contract's order."""
    literals: Mapping[str, str]
    """Which header carries which plain part, for example ``{"nonce": "Nonce"}``."""
    digests: Mapping[str, Callable[[Material], bytes]]
    """Which header carries a digest, and what makes it."""


def new_nonce() -> bytes:
    """Return 24 random decimal digits that neither begin nor end with 0.

    Digits only, so that nobody can choose a nonce that doubles as another message; no 0 at the end, so that no digit
    can be moved between the nonce and the time behind it. The kernel is asked each time, hence no repeats across forks.
    """
    number = int.from_bytes(os.urandom(16), "big") % (81 * 10**22)  # 48 bits more than needed: no number is likelier
    return b"%d%d" % (10**22 + number // 9, number % 9 + 1)


def check_header(name: str, value: str) -> bytes:
    """Return *value* as it goes into a header, or raise ``ConfigurationError`` if it cannot."""
    if not _VISIBLE.fullmatch(value):
        raise ConfigurationError(
            f"{name} must be visible ASCII without spaces: it is sent in an HTTP header. "
            "A line break at its end usually comes from the file it was read from."
        )
    return value.encode()


class Signer:
    """Signs requests for one application: a fresh nonce and time on every use."""

    def __init__(self, app_key: str, app_secret: AppSecret | Sealed) -> None:
        sealed = seal(app_secret)
        del app_secret  # tracebacks are logged with their variables
        key = check_app_key(app_key)
        (self._secret,) = sealed.open(key)
        self._app_key = key.encode()

    def sign(self, schemes: Sequence[Scheme], body: bytes, time: float) -> SignedHeaders:
        """Return the headers that prove these very bytes come from us; *time* is the server's, in unix seconds."""
        material = Material(
            app_key=self._app_key,
            app_secret=self._secret.reveal(),
            nonce=new_nonce(),
            unix_seconds=b"%d" % time,
            unix_millis=b"%d" % (time * 1000),
            body=body,
        )
        signed = SignedHeaders()
        for scheme in schemes:
            signed += scheme.sign(material)
        return signed
