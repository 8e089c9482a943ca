# Copied from generator/runtime/_runtime/urls.py by `make generate`. Edit it there.
"""Addresses of gateways: which are safe to send signed requests to."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable
from typing import Any, cast
from urllib.parse import SplitResult, quote, urlsplit

from .errors import ConfigurationError

DEFAULT_PORTS = {"http": 80, "https": 443}

_NAME = re.compile(r"(?!.*[^.]{64})[a-z0-9_-]+(\.[a-z0-9_-]+)*")
_FORM = "it must look like https://host or https://host/prefix"


def check_base_urls(value: object, insecure: bool) -> list[str]:
    """Return the addresses in *value*, one or several, each in its normal form and once."""
    one = isinstance(value, (str, bytes, bytearray)) or _is_url(value) or not isinstance(value, Iterable)
    given: Iterable[Any] = [value] if one else cast("Iterable[Any]", value)
    urls = list(dict.fromkeys(check_base_url(url, insecure) for url in given))
    if not urls:
        raise ConfigurationError("base_url is an empty list: name a gateway, or leave it out.")
    return urls


def check_base_url(url: object, insecure: bool) -> str:
    """Return the normal form of *url*. Raises ``ConfigurationError`` where it cannot or must not be used."""
    if not isinstance(url, str):
        if not _is_url(url):
            raise ConfigurationError(f"base_url must be text, or a list of texts, not {type(url).__name__}: {_FORM}.")
        url = str(url)
    url = url.strip()
    if not url:
        raise ConfigurationError(f"base_url is blank: {_FORM}.")
    parts = _split(url)
    host = _host(parts, url)
    if parts.scheme == "http" and not is_loopback(host) and not insecure:
        raise ConfigurationError(
            f"base_url {url!r} is not encrypted, and the signature does not cover the body: anybody on the way could "
            "read and change it. Use https://, or insecure=True if this network is yours."
        )
    port = "" if parts.port in (None, DEFAULT_PORTS[parts.scheme]) else f":{parts.port}"
    path = quote(parts.path.rstrip("/"), safe="/%:@!$&'()*+,;=~")
    return f"{parts.scheme}://{bracketed(host)}{port}{path}"


def _is_url(value: object) -> bool:
    """Whether *value* is the URL object of a library: httpx, yarl, pydantic, the standard library."""
    return hasattr(value, "scheme") and (hasattr(value, "host") or hasattr(value, "hostname"))


def _split(url: str) -> SplitResult:
    """Return the parts of *url*. One with a user name is not quoted: a password may stand beside it."""
    shown = "" if "@" in url else f" {url!r}"
    if "://" not in url:
        raise ConfigurationError(f"base_url{shown} has no scheme: {_FORM}.")
    if re.search(r"[\s\\\x00-\x1f\x7f]", url):  # urlsplit would drop some of these without a word
        raise ConfigurationError(f"base_url{shown} contains a space, a backslash or a control character: {_FORM}.")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise ConfigurationError(f"base_url{shown} is no address ({error}): {_FORM}.") from None
    if "@" in parts.netloc:
        raise ConfigurationError("base_url must not carry a user name or password: requests are signed instead.")
    if parts.scheme not in DEFAULT_PORTS:
        raise ConfigurationError(f"base_url{shown} has the scheme {parts.scheme!r}: {_FORM}.")
    if "?" in url or "#" in url:
        raise ConfigurationError(f"base_url{shown} has a query or a fragment, which no request may have: {_FORM}.")
    if port == 0:
        raise ConfigurationError(f"base_url{shown} has an invalid port: use one from 1 to 65535.")
    if re.search(r"/\.{1,2}(/|$)", parts.path):
        raise ConfigurationError(f"base_url{shown} has '.' or '..' in its path: write the path without them.")
    return parts


def _host(parts: SplitResult, url: str) -> str:
    host = parts.hostname or ""
    try:
        if "[" in parts.netloc:
            address, _, zone = host.replace("%25", "%", 1).partition("%")
            return ipaddress.IPv6Address(address).compressed + (f"%{zone}" if zone else "")
        host = to_ascii(host.removesuffix("."))
        if _NAME.fullmatch(host):
            return host
    except ValueError:  # UnicodeError is one
        pass
    raise ConfigurationError(f"base_url {url!r} has no valid host name: {_FORM}.")


def to_ascii(host: str) -> str:
    """Return *host* as name servers know it. Raises ``ValueError`` where it is no name."""
    if host.isascii():
        return host.lower()
    import idna  # rarely needed, and slow to import

    return idna.encode(host, uts46=True).decode()


def bracketed(host: str) -> str:
    """Return *host* as it stands in a URL."""
    return f"[{host}]" if ":" in host else host


def without_zone(host: str) -> str:
    """Return *host* without brackets, and without the interface of an IPv6 address: that is no matter of the server."""
    return host.strip("[]").partition("%")[0]


def is_trusted(url: str) -> bool:
    """Whether nobody on the way can have changed an answer from *url*."""
    parts = urlsplit(url)
    return parts.scheme == "https" or is_loopback(parts.hostname or "")


def is_loopback(host: str) -> bool:
    """Whether *host* is this machine."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"  # anything else is a name that somebody else may answer for
