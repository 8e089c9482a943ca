# Copied from generator/runtime/webhooks/listen.py by `make generate`. Edit it there.
"""A receiver for the desk: prints each callback on one line and, if asked to, passes it on untouched."""

from __future__ import annotations

import json
import os
import shutil
import socket
import sys
import time
from enum import Enum
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import accumulate
from typing import Any, cast
from unicodedata import east_asian_width
from urllib.parse import urlsplit

import msgspec

from .._runtime import console
from .._runtime.errors import ConfigurationError, WebhookError, printable
from .._runtime.verifier import LARGEST_BODY
from . import Event, UnknownEvent, Webhook

_PATIENCE = 30.0
"""Seconds for the application behind ``--forward``: more than the vendor waits, so that a slow one shows as slow."""
_SHOWN_APART = frozenset({"app_key", "key", "meeting_unique_id", "raw", "time"})
_PER_HOP = frozenset({"connection", "host", "keep-alive", "te", "trailer", "transfer-encoding", "upgrade"})
_COLUMNS = 46
"""What a line holds besides its text and its end."""
_RED, _GREEN, _CYAN, _DIM = 31, 32, 36, 2


class Listener(ThreadingHTTPServer):
    """Listens on *host* and *port*; prints with colours on a terminal, unless ``NO_COLOR`` is set."""

    daemon_threads = True

    def __init__(self, webhook: Webhook, host: str, port: int, forward: str | None, bodies: bool) -> None:
        parts = urlsplit(forward or "http://-")
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.port == 0:
            raise ConfigurationError("the URL to forward to must begin with http:// or https:// and name a host")
        self.address_family = socket.AF_INET6 if ":" in host else socket.AF_INET
        super().__init__((host, port), _Handler)
        self.webhook = webhook
        self.forward = parts if forward else None
        self.bodies = bodies
        self._terminal = sys.stdout is not None and sys.stdout.isatty()
        self._colours = self._terminal and not os.environ.get("NO_COLOR")
        shown = f"[{host}]" if ":" in host else host
        self.url = f"http://{shown}:{self.server_address[1]}/"

    def run(self) -> None:
        """Print and forward until Ctrl-C."""
        to = f", passed on to {self.forward.geturl()}" if self.forward else ""
        console.say(f"Callbacks to {self.url} are shown here{to}. Ctrl-C ends it.")
        try:
            self.serve_forever()
        except KeyboardInterrupt:
            console.say("")

    def receive(self, body: bytes, headers: list[tuple[str, str]]) -> int:
        """Verify, print and forward one callback; return the status to answer with."""
        started = time.perf_counter()
        try:
            event = self.webhook.parse(body, headers)
        except WebhookError as error:
            console.say(self._line("refused", _RED, "", printable(str(error)), error.status, ""))
            return error.status
        status, problem = self._pass_on(body, headers) if self.forward else (200, "")
        took = f"{(time.perf_counter() - started) * 1000:.0f} ms" if self.forward else ""
        kind = type(event).__name__
        text = problem or _summary(event)
        line = self._line(kind, _CYAN, str(event.meeting_unique_id or ""), text, status, took)
        console.say(line + (self._colour(_DIM, f"\n{_pretty(body)}") if self.bodies else ""))
        return status

    def _pass_on(self, body: bytes, headers: list[tuple[str, str]]) -> tuple[int, str]:
        assert self.forward is not None
        secure = self.forward.scheme == "https"
        connection = (HTTPSConnection if secure else HTTPConnection)(
            self.forward.hostname or "", self.forward.port, timeout=_PATIENCE
        )
        path = (self.forward.path or "/") + (f"?{self.forward.query}" if self.forward.query else "")
        try:
            connection.putrequest("POST", path, skip_accept_encoding=True)
            for name, value in headers:
                if name.lower() not in _PER_HOP:
                    connection.putheader(name, value)
            connection.endheaders(body)
            return connection.getresponse().status, ""
        except (OSError, HTTPException) as error:
            return 502, printable(f"not passed on: {type(error).__name__}: {error}")
        finally:
            connection.close()

    def _line(self, kind: str, colour: int, meeting: str, text: str, status: int, took: str) -> str:
        end = f"{status} {took}".rstrip()
        if self._terminal:
            text = _cut(text, shutil.get_terminal_size().columns - _COLUMNS - len(end))
        return (
            f"{self._colour(_DIM, time.strftime('%H:%M:%S'))}  {self._colour(colour, f'{kind:<16}')}  {meeting:<14}  "
            f"{text}  {self._colour(_GREEN if status == 200 else _RED, end)}"
        )

    def _colour(self, code: int, text: str) -> str:
        return f"\x1b[{code}m{text}\x1b[0m" if self._colours and text else text


class _Handler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:  # the name http.server calls
        """Answer one callback."""
        listener = cast(Listener, self.server)
        length = self.headers.get("Content-Length", "")
        if not length.isdecimal():
            status = 411
        elif int(length) > LARGEST_BODY:
            status = 413
        else:
            status = listener.receive(self.rfile.read(int(length)), self.headers.items())
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing: callbacks print themselves."""


def _cut(text: str, width: int) -> str:
    """Return *text* such that it takes at most *width* columns; Chinese characters take two."""
    columns = accumulate(2 if east_asian_width(char) in "WF" else 1 for char in text)
    fitting = sum(column < width for column in columns)
    return text if fitting >= len(text) - 1 else f"{text[:fitting]}…"


def _summary(event: Event) -> str:
    if isinstance(event, UnknownEvent):
        return printable(event.problem)
    return printable(" ".join(_fields(event)))


def _fields(value: msgspec.Struct) -> list[str]:
    parts: list[str] = []
    for name in value.__struct_fields__:
        field = getattr(value, name)
        if isinstance(field, msgspec.Struct):
            parts += _fields(field)
        elif field is not None and name not in _SHOWN_APART:
            shown = field.name if isinstance(field, Enum) else repr(field)
            parts.append(f"{name}={shown}")
    return parts


def _pretty(body: bytes) -> str:
    text = json.dumps(json.loads(body), ensure_ascii=False, indent=2)
    return "\n".join(printable(line, len(line)) for line in text.splitlines())
