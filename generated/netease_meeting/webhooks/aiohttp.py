# Copied from generator/runtime/webhooks/aiohttp.py by `make generate`. Edit it there.
"""aiohttp.

Example::

    app.router.add_post("/callbacks", callback_handler(hook.ahandle))
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from aiohttp import web

from .._runtime.receiving import Receive, async_answer


def callback_handler(receive: Receive) -> Callable[[web.Request], Awaitable[web.Response]]:
    """Return a handler that answers callbacks with 200 once *receive*, for example ``hook.ahandle``, has returned."""

    async def handler(request: web.Request) -> web.Response:
        body = await request.read()  # beyond the application's client_max_size, 1 MiB by default, aiohttp answers 413
        return web.Response(status=await async_answer(receive, body, request.headers))

    return handler
