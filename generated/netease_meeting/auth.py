# Generated from spec/signing.yaml by `make generate`. Do not edit.
"""The signature as middleware for an httpx client of your own."""

from __future__ import annotations

from ._runtime.auth import SchemeAuth
from .signing import BODY_DIGEST, CHECK_SUM

__all__ = ["SigningAuth"]


class SigningAuth(SchemeAuth):
    """Signs the requests of an ``httpx.Client`` or ``httpx.AsyncClient``.

    Every request that passes gets a fresh nonce and time, computed over the very bytes that are sent::

        httpx.Client(auth=SigningAuth(app_key, app_secret)).post(url, json=body)

    Raises ``ConfigurationError`` for a key or secret that cannot be used.
    """

    def __init__(self, app_key: str, app_secret: str) -> None:
        super().__init__(
            app_key,
            app_secret,
            default=(CHECK_SUM,),
            by_path={"/v1/meeting/anonymousJoinInfo": (CHECK_SUM, BODY_DIGEST)},
        )
