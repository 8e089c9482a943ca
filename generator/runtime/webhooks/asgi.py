"""ASGI: Starlette, FastAPI, or a server by itself. Needs no framework.

Example::

    route = Route("/callbacks", asgi.CallbackApp(hook.ahandle), methods=["POST"])
    app = Starlette(routes=[route])
    app.router.routes.append(route)  # FastAPI
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from contextlib import suppress
from typing import Any

from .._runtime.receiving import PLAIN, UNAVAILABLE, Receive, async_answer, incomplete, missing, usable
from .._runtime.verifier import LARGEST_BODY

Message = MutableMapping[str, Any]

_PATIENCE = 3.0
"""Seconds until a body must be there. If a middleware has read it, servers wait for the sender to go."""


class CallbackApp:
    """Answers callbacks with 200 once *receive*, for example ``hook.ahandle``, has returned."""

    def __init__(self, receive: Receive) -> None:
        self._receive = usable(receive)

    async def __call__(
        self, scope: Message, receive: Callable[[], Awaitable[Message]], send: Callable[[Message], Awaitable[None]]
    ) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            raise TypeError(f"callbacks come over HTTP, not {scope['type']}")
        if scope["method"] != "POST":
            await _send(send, 405, "", (b"allow", b"POST"))
            return
        body, problem = await _read(scope, receive)
        if problem is None:
            await _send(send, await async_answer(self._receive, body, scope["headers"]), "")
        else:
            with suppress(OSError):  # the sender may be gone
                await _send(send, UNAVAILABLE, incomplete(problem))


async def _read(scope: Message, receive: Callable[[], Awaitable[Message]]) -> tuple[bytes, str | None]:
    """Return the body, and what is missing of it."""
    body, more = bytearray(), True
    try:
        async with asyncio.timeout(_PATIENCE):
            while more and len(body) <= LARGEST_BODY:
                message = await receive()
                if message["type"] == "http.disconnect":
                    return b"", f"only {len(body)} bytes of the body arrived"
                body += message.get("body", b"")
                more = message.get("more_body", False)
    except TimeoutError:
        return b"", f"only {len(body)} bytes of the body arrived within {_PATIENCE:g} s"
    headers = {name.lower(): value.decode("latin-1") for name, value in scope["headers"]}
    streamed = b"transfer-encoding" in headers or scope.get("http_version", "1.1")[:1] != "1"
    return bytes(body), missing(len(body), headers.get(b"content-length"), streamed=streamed)


async def _send(
    send: Callable[[Message], Awaitable[None]], status: int, text: str, *headers: tuple[bytes, bytes]
) -> None:
    content = text.encode()
    described = [(b"content-length", b"%d" % len(content)), *headers]
    if content:
        described.append((b"content-type", PLAIN.encode()))
    await send({"type": "http.response.start", "status": status, "headers": described})
    await send({"type": "http.response.body", "body": content})
