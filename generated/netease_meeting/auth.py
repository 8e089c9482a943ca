# Generated from spec/signing.yaml by `make generate`. Do not edit.
"""The signature as middleware for an httpx client of your own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

from ._runtime.auth import SchemeAuth
from ._runtime.signing import Scheme
from .signing import BODY_DIGEST, CHECK_SUM

__all__ = ["SigningAuth"]


class SigningAuth(SchemeAuth):
    """Signs the requests of an ``httpx.Client`` or ``httpx.AsyncClient``, and of those of httpx2.

    Every request that passes gets a fresh nonce and time, computed over the very bytes that are sent::

        httpx.Client(auth=SigningAuth(app_key, app_secret)).post(url, json=body)

    Never signs for another origin after a redirect, nor over ``http://`` to other machines.
    """

    _default: ClassVar[Sequence[Scheme]] = (CHECK_SUM,)
    _by_path: ClassVar[Mapping[str, Sequence[Scheme]]] = {"/v1/meeting/anonymousJoinInfo": (CHECK_SUM, BODY_DIGEST)}
