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

from .._runtime.receiving import Receive, answer, synchronous
from .._runtime.verifier import LARGEST_BODY


class CallbackApp:
    """Answers callbacks with 200 once *receive*, for example ``hook.handle`` or ``inbox.receive``, has returned."""

    def __init__(self, receive: Receive) -> None:
        self._receive = synchronous(receive)

    def __call__(self, environ: Mapping[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Answer one request."""
        status = HTTPStatus(self._status(environ))
        allow = [("Allow", "POST")] if status == HTTPStatus.METHOD_NOT_ALLOWED else []
        start_response(f"{status} {status.phrase}", [("Content-Length", "0"), *allow])
        return []

    def _status(self, environ: Mapping[str, Any]) -> int:
        if environ["REQUEST_METHOD"] != "POST":
            return HTTPStatus.METHOD_NOT_ALLOWED
        length = environ.get("CONTENT_LENGTH") or ""
        if not length.isdecimal() and not environ.get("wsgi.input_terminated"):
            return HTTPStatus.LENGTH_REQUIRED  # WSGI servers that do not end a chunked body would wait for more
        most = LARGEST_BODY + 1
        body = environ["wsgi.input"].read(min(int(length), most) if length.isdecimal() else most)
        headers = [(name[5:].replace("_", "-"), value) for name, value in environ.items() if name.startswith("HTTP_")]
        return answer(self._receive, body, headers)
