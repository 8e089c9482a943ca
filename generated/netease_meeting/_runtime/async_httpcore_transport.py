# Copied from generator/runtime/_runtime/async_httpcore_transport.py by `make generate`. Edit it there.
"""``httpcore_transport`` for asyncio."""

from __future__ import annotations

from collections.abc import AsyncIterable, Sequence

from .async_connections import AsyncConnections
from .content import Content
from .httpcore_transport import FAILURES, address, failure, request_for
from .transport import Header, Reply, find


class AsyncHttpcoreTransport:
    """Asynchronous."""

    def __init__(self) -> None:
        self._connections = AsyncConnections()

    async def send(self, url: str, headers: Sequence[Header], body: bytes, deadline: float) -> Reply:
        """POST *body*; see ``Transport.send``."""
        origin, target, host = address(url)
        request = request_for(target, host, headers, body)
        connection = await self._connections.take(origin, deadline)
        try:
            response = await connection.wire.handle_async_request(request)
            try:
                content = Content(find(response.headers, b"content-encoding"), deadline)
                assert isinstance(response.stream, AsyncIterable)
                async for chunk in response.stream:
                    content.add(chunk)
            finally:
                await response.aclose()
        except BaseException as error:
            await self._connections.drop(connection)
            if isinstance(error, FAILURES):
                raise failure(error, connection.proxy, connection.deadline.address) from None
            raise
        await self._connections.give_back(connection)
        return Reply(response.status, response.headers, content.read())

    async def aclose(self) -> None:
        """Release every connection; calls in flight still end."""
        await self._connections.aclose()
