# Copied from generator/runtime/webhooks/wsgi.py by `make generate`. Edit it there.
"""WSGI: Flask, or a server by itself. Needs no framework.

Example::

    callbacks = wsgi.CallbackApp(hook.handle)

    @app.post("/callbacks")
    def receive() -> Response:
        return Response.from_app(callbacks, request.environ)
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from http import HTTPStatus
from typing import Any

from .._runtime.receiving import MOST, PLAIN, UNAVAILABLE, Receive, answer, incomplete, missing, usable
from .._runtime.results import is_async, name_of


class CallbackApp:
    """Answers callbacks with 200 once *receive*, for example ``hook.handle`` or ``inbox.receive``, has returned."""

    def __init__(self, receive: Receive) -> None:
        if is_async(receive):
            raise TypeError(f"{name_of(receive)} is a coroutine function, which WSGI cannot await: give `hook.handle`.")
        self._receive = usable(receive)

    def __call__(self, environ: Mapping[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Answer one request."""
        number, text = self._answer(environ)
        status, content = HTTPStatus(number), text.encode()
        headers = [("Content-Length", str(len(content)))]
        if content:
            headers.append(("Content-Type", PLAIN))
        if status == HTTPStatus.METHOD_NOT_ALLOWED:
            headers.append(("Allow", "POST"))
        start_response(f"{status} {status.phrase}", headers)
        return [content] if content else []

    def _answer(self, environ: Mapping[str, Any]) -> tuple[int, str]:
        if environ["REQUEST_METHOD"] != "POST":
            return HTTPStatus.METHOD_NOT_ALLOWED, ""
        length = environ.get("CONTENT_LENGTH") or ""
        if not length.isdecimal() and not environ.get("wsgi.input_terminated"):
            return HTTPStatus.LENGTH_REQUIRED, ""  # servers that do not end a chunked body would wait for more
        try:
            body = _body(environ, min(int(length), MOST) if length.isdecimal() else MOST)
        except Exception as error:  # what a server or framework raises where the sender is gone
            return UNAVAILABLE, incomplete("the body could not be read", error)
        problem = missing(len(body), length, streamed=True)
        if problem is not None:
            return UNAVAILABLE, incomplete(problem)
        headers = [(name[5:].replace("_", "-"), value) for name, value in environ.items() if name.startswith("HTTP_")]
        return answer(self._receive, body, headers), ""


def _body(environ: Mapping[str, Any], size: int) -> bytes:
    """Return up to *size* bytes of the body, though somebody may have read it before."""
    stream, request = environ["wsgi.input"], environ.get("werkzeug.request")
    if request is not None:  # Flask knows how much of the body was read; the socket itself would wait for more
        stream = request.stream
    body = _read(stream, size)
    if not body and request is not None:
        body = request.get_data(cache=False)  # what it kept
    if not body and _seekable(environ["wsgi.input"]):  # where Pyramid and Bottle keep a body
        environ["wsgi.input"].seek(0)
        body = _read(environ["wsgi.input"], size)
    return body


def _seekable(stream: Any) -> bool:
    return hasattr(stream, "seekable") and bool(stream.seekable())


def _read(stream: Any, size: int) -> bytes:
    body = bytearray()
    while len(body) < size and (chunk := stream.read(size - len(body))):
        body += chunk
    return bytes(body)
