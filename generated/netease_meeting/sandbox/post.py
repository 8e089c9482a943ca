# Copied from generator/runtime/sandbox/post.py by `make generate`. Edit it there.
"""One POST with a deadline for the whole of it: a receiver that dribbles its answer cannot outlast it."""

from __future__ import annotations

import socket
from collections.abc import Mapping
from urllib.parse import urlsplit

import h11

from .._runtime.clock import monotonic


class PostError(Exception):
    """There was no answer."""


def post(url: str, body: bytes, headers: Mapping[str, str], timeout: float) -> int:
    """Send *body* and return the status of the answer. Raises ``PostError``."""
    deadline = monotonic() + timeout
    parts = urlsplit(url)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    sent = [("Host", parts.netloc), *headers.items(), ("Content-Length", str(len(body))), ("Connection", "close")]
    http = h11.Connection(h11.CLIENT)
    message = http.send(h11.Request(method="POST", target=target, headers=sent)) or b""
    message += http.send(h11.Data(data=body)) or b""
    try:
        with socket.create_connection((parts.hostname or "", parts.port or 80), timeout=timeout) as connection:
            connection.sendall(message)
            while True:
                event = http.next_event()
                if isinstance(event, h11.Response):
                    return event.status_code
                if event is h11.NEED_DATA:
                    remaining = deadline - monotonic()
                    if remaining <= 0:
                        raise TimeoutError
                    connection.settimeout(remaining)
                    http.receive_data(connection.recv(65536))
    except TimeoutError:
        raise PostError(f"no answer within {timeout} s") from None
    except (OSError, h11.ProtocolError) as error:
        raise PostError(f"{type(error).__name__}: {error}") from None
