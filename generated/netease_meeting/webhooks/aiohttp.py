# Copied from generator/runtime/webhooks/aiohttp.py by `make generate`. Edit it there.
"""aiohttp.

Example::

    app.router.add_post("/callbacks", callback_handler(hook.ahandle))
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from aiohttp import web

from .._runtime.receiving import UNAVAILABLE, Receive, async_answer, incomplete, missing, too_large, usable


def callback_handler(receive: Receive) -> Callable[[web.Request], Awaitable[web.Response]]:
    """Return a handler that answers callbacks with 200 once *receive*, for example ``hook.ahandle``, has returned."""
    usable(receive)

    async def handler(request: web.Request) -> web.Response:
        try:
            body = await request.read()
        except web.HTTPRequestEntityTooLarge:
            return web.Response(status=too_large("client_max_size of the application"))
        if "Content-Encoding" not in request.headers:  # undone by aiohttp: the length is another one then
            length = request.headers.get("Content-Length")
            problem = missing(len(body), length, streamed="Transfer-Encoding" in request.headers)
            if problem is not None:
                return web.Response(status=UNAVAILABLE, text=incomplete(problem))
        return web.Response(status=await async_answer(receive, body, request.headers))

    return handler
