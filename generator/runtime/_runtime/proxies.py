"""The proxies of the environment: ``HTTPS_PROXY``, ``NO_PROXY`` and the like, or what the operating system says."""

from __future__ import annotations

import ipaddress
import re
import urllib.request
from typing import NamedTuple
from urllib.parse import SplitResult, unquote, urlsplit

from .errors import ConfigurationError
from .urls import DEFAULT_PORTS, bracketed, is_loopback, to_ascii

_KINDS = ("http", "https", "socks5", "socks5h")
_EXAMPLE = "write it as http://host:3128"
_EXCEPTION = re.compile(r"(?:([a-z]+)://)?(?:([^:\[]*|\[[^\]]*\](?:/\d+)?)(?::(\d+))?|([^\[]*:[^\[]*:[^\[]*))")
"""Scheme, host and port of an entry of ``NO_PROXY``, or an IPv6 address without brackets, which has no port."""


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
    try:
        return _find(origin)
    except ConfigurationError as error:
        wrong = error
    raise wrong.with_traceback(None)  # from here, where no variable holds the proxy's password


def _find(origin: str) -> Proxy | None:
    parts = urlsplit(origin)
    host = (parts.hostname or "").partition("%")[0].rstrip(".")
    if is_loopback(host):
        return None
    proxies = urllib.request.getproxies_environment()
    if proxies:
        direct = _is_excepted(parts.scheme, host, parts.port, proxies.get("no", ""))
    else:
        proxies = urllib.request.getproxies()
        direct = bool(proxies) and bool(urllib.request.proxy_bypass(host))
    name = parts.scheme if proxies.get(parts.scheme) else "all"
    value = proxies.get(name)
    return None if direct or not value else _read(f"{name}_proxy".upper(), value.strip())


def _read(variable: str, value: str) -> Proxy:
    """Return the proxy *value* names. No message quotes it: it may hold a password."""
    try:
        target = urlsplit(value if "://" in value else f"http://{value}")
    except ValueError:
        raise ConfigurationError(f"{variable} is not an address: {_EXAMPLE}.") from None
    if target.scheme not in _KINDS:
        raise ConfigurationError(
            f"{variable} names a proxy of the kind {target.scheme!r}, which is not supported: "
            f"use one of {', '.join(_KINDS)}."
        )
    port = _port(variable, target)
    host = target.hostname
    if not host:
        raise ConfigurationError(f"{variable} names no host: {_EXAMPLE}.")
    auth = (unquote(target.username), unquote(target.password or "")) if target.username else None
    return Proxy(f"{target.scheme}://{bracketed(host)}{port}", auth)


def _port(variable: str, target: SplitResult) -> str:
    try:
        port = target.port
    except ValueError:
        port = 0
    if port == 0:
        raise ConfigurationError(f"{variable} has an invalid port: {_EXAMPLE}, with a port from 1 to 65535.")
    return f":{port}" if port is not None else ""


def _is_excepted(scheme: str, host: str, port: int | None, exceptions: str) -> bool:
    """Whether ``NO_PROXY`` names the host.

    Its entries are what curl, requests and httpx know: ``*``, names with or without a leading dot for themselves and
    everything below, addresses, networks such as ``10.0.0.0/8``; each with a scheme in front or a port behind it.
    """
    port = port or DEFAULT_PORTS.get(scheme)
    return any(_names(entry, scheme, host, port) for entry in re.split(r"[\s,]+", exceptions.lower()) if entry)


def _names(entry: str, scheme: str, host: str, port: int | None) -> bool:
    if entry == "*":
        return True
    matched = _EXCEPTION.fullmatch(entry)
    if matched is None:
        return False
    only_scheme, bare, only_port, address = matched.groups()
    name = bare if address is None else address
    if (only_scheme or "all") not in (scheme, "all") or (only_port and int(only_port) != port):
        return False
    return name == "*" or _is_in_network(host, name) or _is_below(host, name)


def _is_in_network(host: str, name: str) -> bool:
    try:
        return ipaddress.ip_address(host) in ipaddress.ip_network(name.replace("[", "").replace("]", ""), strict=False)
    except ValueError:
        return False


def _is_below(host: str, name: str) -> bool:
    try:
        name = to_ascii(name.removeprefix("*").strip("."))
    except ValueError:
        return False
    return bool(name) and (host == name or host.endswith(f".{name}"))
