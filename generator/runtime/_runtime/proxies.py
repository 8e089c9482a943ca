"""The proxies of the environment: ``HTTPS_PROXY``, ``NO_PROXY`` and the like, or what the operating system says."""

from __future__ import annotations

import urllib.request
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

from .errors import ConfigurationError
from .urls import is_loopback


class Proxy(NamedTuple):
    """Where to send requests instead, and the name and password for it."""

    url: str
    auth: tuple[str, str] | None

    def __repr__(self) -> str:
        return f"Proxy({self.url!r})"

    def __sentry_repr__(self) -> str:
        return repr(self)


def proxy_for(origin: str) -> Proxy | None:
    """Return the proxy for requests to *origin*, if there is one. This machine is always reached directly."""
    found = _find(origin)
    if isinstance(found, str):  # raised here, where no variable holds the proxy's password
        raise ConfigurationError(found)
    return found


def _find(origin: str) -> Proxy | str | None:
    """Return the proxy, or what is wrong with it."""
    parts = urlsplit(origin)
    proxies = urllib.request.getproxies()
    proxy = proxies.get(parts.scheme) or proxies.get("all")
    host = parts.hostname or ""
    if not proxy or is_loopback(host) or urllib.request.proxy_bypass(host):
        return None
    target = urlsplit(proxy if "://" in proxy else f"http://{proxy}")
    if target.scheme not in ("http", "https", "socks5", "socks5h"):
        return f"the environment names a proxy of the kind {target.scheme!r}, which is not supported"
    auth = (unquote(target.username), unquote(target.password or "")) if target.username else None
    try:
        port = f":{target.port}" if target.port else ""
    except ValueError as error:
        return f"the environment names a proxy whose address is none: {error}"
    return Proxy(f"{target.scheme}://{target.hostname}{port}", auth)
