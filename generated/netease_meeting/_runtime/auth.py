# Copied from generator/runtime/_runtime/auth.py by `make generate`. Edit it there.
"""The signature as httpx middleware, for an httpx client of one's own."""

from __future__ import annotations

import time
from collections.abc import Generator, Mapping, Sequence

import httpx

from .signing import Scheme, Signer


class SchemeAuth(httpx.Auth):
    """Signs every request that passes through, over the bytes that are sent, with a fresh nonce and time each time."""

    requires_request_body = True

    def __init__(
        self, app_key: str, app_secret: str, *, default: Sequence[Scheme], by_path: Mapping[str, Sequence[Scheme]]
    ) -> None:
        self._signer = Signer(app_key, app_secret)
        self._default = default
        self._by_path = by_path

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Sign *request* in place; httpx calls this for both of its clients."""
        schemes = next(
            (schemes for path, schemes in self._by_path.items() if request.url.path.endswith(path)), self._default
        )
        for name, value in self._signer.sign(schemes, request.content, time.time()):
            request.headers[name.decode()] = value.decode()
        yield request

    def __repr__(self) -> str:
        return f"{type(self).__name__}(app_secret=***)"
