"""The signature as middleware for an httpx or httpx2 client of one's own."""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator, Generator, Mapping, Sequence
from contextlib import suppress
from functools import lru_cache
from typing import TYPE_CHECKING, Any, ClassVar

import httpx

from .credentials import AppSecret, SecretFile, seal
from .errors import ConfigurationError
from .secret import SignedHeaders
from .signing import Scheme, Signer
from .urls import is_loopback

if TYPE_CHECKING:
    from httpx2 import Auth as Httpx2Auth
else:
    try:
        from httpx2 import Auth as Httpx2Auth
    except ImportError:

        class Httpx2Auth:
            """Stands for ``httpx2.Auth`` where httpx2 is not installed."""


_ORIGIN = "netease_meeting.origin"
"""The extension of a request that says for which origin it was signed. httpx copies it to a redirected request."""
_MOST_REDIRECTS = 20

_Origin = tuple[str, str, int | None]


class SchemeAuth(httpx.Auth, Httpx2Auth):
    """Signs each request, over the bytes that are sent, with a fresh nonce and time."""

    requires_request_body = True
    _default: ClassVar[Sequence[Scheme]]
    _by_path: ClassVar[Mapping[str, Sequence[Scheme]]]

    def __init__(
        self,
        app_key: str,
        app_secret: AppSecret | None = None,
        *,
        app_secret_file: SecretFile | None = None,
        insecure: bool = False,
    ) -> None:
        """Prepare to sign.

        Args:
            app_key: The application's key.
            app_secret: Its secret, used exactly as given.
            app_secret_file: A file with the secret instead, read once, now. One line break at its end is dropped.
            insecure: Sign requests that go to other machines over ``http://``: only on your own network.

        Raises:
            ConfigurationError: The key or the secret cannot be used.
        """
        secret = seal(app_secret, app_secret_file)
        del app_secret  # tracebacks are logged with their variables
        self._signer = Signer(app_key, secret)
        self._insecure = insecure

    def auth_flow(self, request: Any) -> Generator[Any, Any, None]:
        """Sign *request* in place.

        A redirect to another origin is followed, if at all, without a signature. One within the origin is signed anew.

        Raises:
            ConfigurationError: The address is not encrypted, or another one than that which redirects to it.
        """
        origin = _origin(request)
        if request.extensions.get(_ORIGIN, origin) != origin:
            raise ConfigurationError(
                f"SigningAuth does not sign for {_shown(origin)}: the request was redirected there from another origin."
            )
        for _ in range(_MOST_REDIRECTS):
            self._sign(request, origin)
            response = yield request
            # httpx follows redirects on its own, and what it sends then lacks the signature: see _headers_class().
            if response.request is request or _origin(response.request) != origin:
                return
            request = response.request
            request.read()

    def sync_auth_flow(self, request: Any) -> Generator[Any, Any, None]:
        """Read the body of *request*, then sign it."""
        request.read()
        yield from self.auth_flow(request)

    async def async_auth_flow(self, request: Any) -> AsyncGenerator[Any, Any]:
        """Read the body of *request*, then sign it."""
        await request.aread()
        flow = self.auth_flow(request)
        request = next(flow)
        while True:
            response = yield request
            try:
                request = flow.send(response)
            except StopIteration:
                return

    def _sign(self, request: Any, origin: _Origin) -> None:
        scheme, host, _ = origin
        if scheme != "https" and not is_loopback(host) and not self._insecure:
            raise ConfigurationError(
                f"SigningAuth does not sign for {_shown(origin)}: it is not encrypted, and the signature does not "
                "cover the body. Use https://, or insecure=True if this network is yours."
            )
        path = request.url.path
        schemes = next((schemes for end, schemes in self._by_path.items() if path.endswith(end)), self._default)
        signed = self._signer.sign(schemes, request.content, time.time())
        request.extensions = {**request.extensions, _ORIGIN: origin}
        request.headers = _with_signature(request.headers, signed)

    def __repr__(self) -> str:
        return f"{type(self).__name__}(app_secret=***)"


def _origin(request: Any) -> _Origin:
    url = request.url
    return url.scheme, url.host, url.port or {"https": 443, "http": 80}.get(url.scheme)


def _shown(origin: _Origin) -> str:
    scheme, host, port = origin
    return f"{scheme}://{f'[{host}]' if ':' in host else host}:{port}"


def _with_signature(headers: Any, signed: SignedHeaders) -> Any:
    """Return *headers* and those *signed*; a copy of what is returned lacks the latter."""
    kind = next(kind for kind in type(headers).__mro__ if kind.__name__ == "Headers")
    names = {name.lower() for name, _ in signed}
    plain = kind([(name, value) for name, value in headers.raw if name.lower() not in names])
    made = _headers_class(kind)(plain)
    made.signed = kind([*plain.raw, *signed])
    if any(name.decode() in kind(made) for name in names):
        raise ConfigurationError(
            f"this version of {kind.__module__.partition('.')[0]} would pass a signature on when it is redirected to "
            "another host: use a version that netease-meeting supports."
        )
    return made


@lru_cache(maxsize=2)
def _headers_class(kind: type[Any]) -> type[Any]:
    """Return a subclass of *kind*, which is ``Headers`` of httpx or httpx2, whose copies lack the signature.

    A redirected request gets a copy of the headers, from which httpx removes ``Authorization`` and nothing else, and no
    hook comes between. So the headers proper, which a copy is made of, are those without the signature, and everything
    that reads or writes a header, or sends them, uses ``signed`` as well.
    """

    def reading(name: str) -> Any:
        def read(self: Any, *arguments: Any, **options: Any) -> Any:
            return getattr(self.signed, name)(*arguments, **options)

        return read

    def assign(self: Any, name: str, value: str) -> None:
        self.signed[name] = value
        kind.__setitem__(self, name, value)

    def delete(self: Any, name: str) -> None:
        del self.signed[name]
        with suppress(KeyError):  # it is of the signature
            kind.__delitem__(self, name)

    def update(self: Any, headers: Any = None) -> None:
        for name, value in kind(headers).items():
            self[name] = value

    def raw(self: Any) -> Any:
        return self.signed.raw

    def show(self: Any) -> str:
        return f"<{len(self)} headers>"

    methods = {name: reading(name) for name in _READING}
    methods |= {"__setitem__": assign, "__delitem__": delete, "update": update, "raw": property(raw)}
    methods |= {"__repr__": show, "__sentry_repr__": show}
    return type("SignedHeaders", (kind,), methods)


_READING = (
    "__contains__",
    "__eq__",
    "__getitem__",
    "__iter__",
    "__len__",
    "get",
    "get_list",
    "items",
    "keys",
    "multi_items",
    "values",
)
