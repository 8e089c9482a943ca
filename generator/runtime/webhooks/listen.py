"""A receiver for the desk: prints each callback on one line and, if asked to, passes it on untouched."""

from __future__ import annotations

import json
import os
import shutil
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from enum import Enum
from functools import partial
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import accumulate
from socketserver import TCPServer
from typing import Any, cast
from unicodedata import east_asian_width
from urllib.parse import SplitResult, urlsplit

import msgspec

from .._runtime import console, listening
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
    allow_reuse_address = os.name == "posix"  # on Windows it would share the port with whoever has it already

    def __init__(self, webhook: Webhook, host: str, port: int, forward: str | None, bodies: bool) -> None:
        self.forward = None if forward is None else _target(forward)
        self.address_family = listening.family(host, port)
        super().__init__((host, port), _Handler)
        self.webhook = webhook
        self.bodies = bodies
        self._terminal = sys.stdout is not None and sys.stdout.isatty()
        self._colours = self._terminal and not os.environ.get("NO_COLOR")
        self.url = f"{listening.url(host, self.server_port)}/"

    def server_bind(self) -> None:
        """Bind without the search for the host's full name, which can take long where no name server answers."""
        TCPServer.server_bind(self)
        self.server_name, self.server_port = str(self.server_address[0]), int(self.server_address[1])

    def run(self) -> None:
        """Print and forward until Ctrl-C."""
        to = f", passed on to {self.forward.geturl()}" if self.forward else ""
        console.say(f"Callbacks to {self.url} are shown here{to}. Ctrl-C ends it.")
        try:
            self.serve_forever()
        except KeyboardInterrupt:
            console.say("")

    def receive(self, body: bytes, headers: list[tuple[str, str]]) -> tuple[int, Callable[[], None]]:
        """Verify and forward one callback; return the status to answer with, and what prints it after that."""
        started = time.perf_counter()
        try:
            event = self.webhook.parse(body, headers)
        except WebhookError as error:
            return error.status, partial(self._print_refusal, str(error), error.status)
        if self.forward is None:
            return 200, partial(self._print, event, body, 200, "", "")
        status, problem = self._pass_on(self.forward, body, headers)
        took = f"{(time.perf_counter() - started) * 1000:.0f} ms"
        return status, partial(self._print, event, body, status, problem, took)

    def _pass_on(self, target: SplitResult, body: bytes, headers: list[tuple[str, str]]) -> tuple[int, str]:
        connection = (HTTPSConnection if target.scheme == "https" else HTTPConnection)(
            target.hostname or "", target.port, timeout=_PATIENCE
        )
        try:
            connection.putrequest("POST", _path(target), skip_accept_encoding=True)
            for name, value in headers:
                if name.lower() not in _PER_HOP:
                    connection.putheader(name, value)
            connection.endheaders(body)
            return connection.getresponse().status, ""
        except (OSError, HTTPException, ValueError) as error:  # ValueError: a header or a name that cannot be sent
            status = 504 if isinstance(error, TimeoutError) else 502
            return status, printable(f"not passed on: {type(error).__name__}: {error}")
        finally:
            connection.close()

    def _print_refusal(self, reason: str, status: int) -> None:
        console.say(self._line("refused", _RED, "", printable(reason), status, ""))

    def _print(self, event: Event, body: bytes, status: int, problem: str, took: str) -> None:
        text, meeting = problem or _summary(event), str(event.meeting_unique_id or "")
        line = self._line(type(event).__name__, _CYAN, meeting, text, status, took)
        console.say(line + (self._colour(_DIM, f"\n{_pretty(body)}") if self.bodies else ""))

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
        show: Callable[[], None] | None = None
        if not (length.isascii() and length.isdecimal()):
            status = 411
        elif int(length) > LARGEST_BODY:
            status = 413
        else:
            status, show = listener.receive(self.rfile.read(int(length)), self.headers.items())
        with suppress(ConnectionError):  # whoever sent it did not wait for the response
            self.send_response(status)
            self.send_header("Content-Length", "0")
            self.end_headers()
        if show is not None:
            show()  # after the response: a console that blocks does not hold it up

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing: callbacks print themselves."""


def _target(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise ConfigurationError(f"the URL to forward to is no address: {error}") from None
    if parts.scheme not in ("http", "https") or not parts.hostname or port == 0:
        raise ConfigurationError("the URL to forward to must begin with http:// or https:// and name a host")
    if parts.username is not None or parts.password is not None:
        raise ConfigurationError("the URL to forward to must not carry a user name or password: they are not sent")
    if not _path(parts).isascii() or not _path(parts).isprintable() or " " in _path(parts):
        raise ConfigurationError("the URL to forward to has characters that must be percent-encoded")
    return parts


def _path(url: SplitResult) -> str:
    return (url.path or "/") + (f"?{url.query}" if url.query else "")


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
    try:
        text = json.dumps(json.loads(body), ensure_ascii=False, indent=2)
    except (ValueError, RecursionError):  # genuine, and read by msgspec, which takes more
        text = body.decode("utf-8", "backslashreplace")
    return "\n".join(printable(line, len(line)) for line in text.splitlines())
