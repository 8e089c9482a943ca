# Copied from generator/runtime/_runtime/listening.py by `make generate`. Edit it there.
"""Addresses that commands listen on."""

from __future__ import annotations

import errno
import socket

_LAST_PORT = 65_535


def family(host: str, port: int) -> socket.AddressFamily:
    """Return the address family to listen on *host* with: IPv4 where there is a choice.

    Raises ``OSError`` for an unknown host, ``OverflowError`` for a port out of range, before a socket is opened.
    """
    if not 0 <= port <= _LAST_PORT:
        raise OverflowError(f"a port is 0 to {_LAST_PORT}, not {port}")
    if not host:
        return socket.AF_INET
    try:
        found = [info[0] for info in socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)]
    except UnicodeError:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known") from None
    return socket.AF_INET if socket.AF_INET in found else found[0]


def url(host: str, port: int) -> str:
    """Return the URL of what listens there."""
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def reason(error: Exception, host: str, port: int) -> str:
    """Return why nothing can listen on *host* and *port*, and what to do."""
    if isinstance(error, socket.gaierror):
        return f"--host {host} is no address and no known name: {error.strerror}"
    if isinstance(error, OverflowError):
        return f"--port is 0 to {_LAST_PORT}, not {port}"
    if isinstance(error, OSError) and error.filename is not None:
        return str(error)  # a file, such as the one of a secret, is what is wrong
    match getattr(error, "errno", None):
        case errno.EADDRINUSE:
            return f"port {port} is in use: choose another with --port, or leave it out for a free one"
        case errno.EACCES:
            return f"port {port} needs administrator rights: choose one above 1023"
        case errno.EADDRNOTAVAIL:
            return f"--host {host} is not an address of this machine"
        case _:
            return str(error)
