"""Addresses of gateways: which are safe to send signed requests to."""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

from .errors import ConfigurationError


def check_base_url(url: str, insecure: bool) -> str:
    """Return *url* without a slash at its end. Raises ``ConfigurationError`` where it cannot or must not be used."""
    try:
        parts = urlsplit(url)
        host, _ = (parts.hostname or "").encode("idna").decode(), parts.port
    except ValueError as error:
        shown = "" if "@" in url else f": {url!r}"  # a password may stand before it
        raise ConfigurationError(f"base_url is no address ({error}){shown}.") from None
    if parts.username is not None or parts.password is not None:
        raise ConfigurationError("base_url must not carry a user name or password: requests are signed instead.")
    if parts.scheme not in ("http", "https") or not host or parts.query or parts.fragment:
        raise ConfigurationError(f"base_url must look like https://host or https://host/prefix, not {url!r}.")
    if parts.scheme == "http" and not is_loopback(host) and not insecure:
        raise ConfigurationError(
            f"base_url {url!r} is not encrypted, and the signature does not cover the body: anybody on the way could "
            "read and change it. Use https://, or insecure=True if this network is yours."
        )
    return url.rstrip("/")


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
