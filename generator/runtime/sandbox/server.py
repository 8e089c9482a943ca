"""The sandbox over HTTP: h11 reads and writes the protocol, asyncio the sockets.

A web framework would stand between us and the connection, which some faults have to break in ways no framework offers.
h11 is there already: httpx's own connections are built on it.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import threading
from types import TracebackType

import h11

from .control import PREFIX, control
from .core import LOOPBACK, Sandbox
from .cross_origin import allow, preflight
from .messages import Request, Response

_LARGEST_BODY = 8 * 1024 * 1024
_TICK = 0.05
"""Seconds between two looks at the clock, for what falls due while nobody asks."""
_PATIENCE = 1.0
"""Seconds that an answer of the API waits for its callbacks; a slow receiver delays no more than that."""


class Server:
    """Serves a sandbox from a thread of its own. Use it with ``with``; ``url`` is where it is."""

    def __init__(self, sandbox: Sandbox, host: str = "127.0.0.1", port: int = 0) -> None:
        self.sandbox = sandbox
        self._exposed = host not in LOOPBACK
        self._loop = asyncio.new_event_loop()
        self._socket = socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
        shown = f"[{host}]" if ":" in host else host
        self.url = f"http://{shown}:{self._socket.getsockname()[1]}"
        self._thread = threading.Thread(target=self._run, name="netease-meeting-sandbox", daemon=True)

    def __enter__(self) -> Server:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            self._loop.run_until_complete(self._start())
            self._loop.run_forever()
        finally:
            self._loop.run_until_complete(self._stop())
            self._loop.close()

    async def _start(self) -> None:
        self._server = await asyncio.start_server(self._serve, sock=self._socket)
        self._ticker = asyncio.create_task(self._tick())

    async def _stop(self) -> None:
        self._server.close()
        own = asyncio.current_task()
        tasks = [task for task in asyncio.all_tasks() if task is not own]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._loop.shutdown_default_executor()

    async def _tick(self) -> None:
        """Let happen what falls due."""
        while True:
            await asyncio.sleep(_TICK)
            if self.sandbox.is_due:
                await asyncio.to_thread(self.sandbox.settle)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connection = h11.Connection(h11.SERVER)
        try:
            while await self._exchange(connection, reader, writer):
                connection.start_next_cycle()
        except (OSError, h11.ProtocolError):
            pass  # the client went away, or does not speak HTTP
        except asyncio.CancelledError:
            pass  # the server stops; before Python 3.12 asyncio would log the cancellation as an error
        finally:
            writer.close()

    async def _exchange(
        self, connection: h11.Connection, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> bool:
        """Read one request and answer it; return whether the connection can carry another."""
        request = await _receive(connection, reader)
        if request is None:
            return False
        return await _send(connection, writer, await self._answer(request))

    async def _answer(self, request: Request) -> Response:
        sandbox = self.sandbox
        if request.path.startswith(PREFIX):
            # Off the loop, for it waits until callbacks are sent, perhaps to a server on this very loop.
            return await asyncio.to_thread(control, sandbox, request, exposed=self._exposed)
        if request.method == "OPTIONS" and request.path in sandbox.document.routes:
            return preflight(sandbox.document)
        response = sandbox.execute(request)
        if sandbox.callbacks.waiting:
            sending = asyncio.ensure_future(asyncio.to_thread(sandbox.callbacks.send_ready))
            with contextlib.suppress(asyncio.TimeoutError):
                await asyncio.wait_for(asyncio.shield(sending), _PATIENCE)
        return allow(response)


async def _receive(connection: h11.Connection, reader: asyncio.StreamReader) -> Request | None:
    head: h11.Request | None = None
    body = bytearray()
    while True:
        event = connection.next_event()
        if event is h11.NEED_DATA:
            connection.receive_data(await reader.read(65536))
        elif isinstance(event, h11.Request):
            head = event
        elif isinstance(event, h11.Data):
            body += event.data
            if len(body) > _LARGEST_BODY:
                return None
        elif isinstance(event, h11.EndOfMessage) and head is not None:
            headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in head.headers}
            path = head.target.decode("latin-1").partition("?")[0]
            return Request(head.method.decode("latin-1"), path, headers, bytes(body))
        else:
            return None


async def _send(connection: h11.Connection, writer: asyncio.StreamWriter, response: Response) -> bool:
    if response.delay:
        await asyncio.sleep(response.delay)
    if response.harm in ("resetBefore", "resetAfter"):
        _reset(writer)
        return False
    declared = len(response.body) + (10 if response.harm in ("wrongLength", "truncate") else 0)
    body = response.body[: len(response.body) // 2] if response.harm == "truncate" else response.body
    headers = [*response.headers, ("Content-Length", str(declared))]
    head = connection.send(h11.Response(status_code=response.status, headers=headers))
    if response.harm == "dribble":
        writer.write(head or b"")
        for byte in body:
            writer.write(bytes([byte]))
            await writer.drain()
            await asyncio.sleep(0.1)
    else:
        writer.write((head or b"") + body)
    await writer.drain()
    if response.harm in ("wrongLength", "truncate"):
        return False
    connection.send(h11.Data(data=body))
    connection.send(h11.EndOfMessage())
    return connection.our_state is h11.DONE and connection.their_state is h11.DONE


def _reset(writer: asyncio.StreamWriter) -> None:
    """Close with a reset rather than an orderly end."""
    raw = writer.get_extra_info("socket")
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")
    writer.transport.abort()
