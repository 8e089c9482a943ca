# Copied from generator/runtime/webhooks/asgi.py by `make generate`. Edit it there.
"""ASGI: Starlette, FastAPI, or a server by itself. Needs no framework.

Example::

    route = Route("/callbacks", asgi.CallbackApp(hook.ahandle), methods=["POST"])
    app = Starlette(routes=[route])
    app.router.routes.append(route)  # FastAPI
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from .._runtime.receiving import Receive, async_answer
from .._runtime.verifier import LARGEST_BODY

Message = MutableMapping[str, Any]


class CallbackApp:
    """Answers callbacks with 200 once *receive*, for example ``hook.ahandle``, has returned."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive

    async def __call__(
        self, scope: Message, receive: Callable[[], Awaitable[Message]], send: Callable[[Message], Awaitable[None]]
    ) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            raise TypeError(f"callbacks come over HTTP, not {scope['type']}")
        body, more = bytearray(), True
        while more and len(body) <= LARGEST_BODY:
            message = await receive()
            if message["type"] == "http.disconnect":
                return
            body += message.get("body", b"")
            more = message.get("more_body", False)
        posted = scope["method"] == "POST"
        status = await async_answer(self._receive, bytes(body), scope["headers"]) if posted else 405
        headers = [(b"content-length", b"0"), *([] if posted else [(b"allow", b"POST")])]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": b""})
