"""The sandbox over HTTP: h11 reads and writes the protocol, asyncio the sockets.

A web framework would stand between us and the connection, which some faults have to break in ways no framework offers.
h11 is there already: httpx's own connections are built on it.
"""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Callable, Coroutine
from types import TracebackType

import h11

from .._runtime.listening import family, url
from .control import PREFIX, control
from .core import LOOPBACK, Sandbox
from .cross_origin import allow, preflight
from .messages import BODILESS, Harm, Request, Response

_LARGEST_BODY = 8 * 1024 * 1024
_TICK = 0.05
"""Seconds between two looks at the clock, for what falls due while nobody asks."""
_DRIBBLE = 0.1
"""Seconds between two bytes of a dribbled answer."""
_PATIENCE = 1.0
"""Seconds that an answer of the API waits for its callbacks; a slow receiver delays no more than that."""


class Server:
    """Serves a sandbox from a thread of its own. Use it with ``with``; ``url`` is where it is."""

    def __init__(self, sandbox: Sandbox, host: str = "127.0.0.1", port: int = 0) -> None:
        self.sandbox = sandbox
        self._exposed = host not in LOOPBACK
        self._socket = socket.create_server((host, port), family=family(host, port))
        self._loop = asyncio.new_event_loop()
        self._over = asyncio.Event()
        self._open: set[asyncio.Transport] = set()
        self.url = url(host, self._socket.getsockname()[1])
        self._thread = threading.Thread(target=self._run, name="netease-meeting-sandbox", daemon=True)

    def __enter__(self) -> Server:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._loop.call_soon_threadsafe(self._over.set)
        self._thread.join()

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            self._loop.run_until_complete(self._serve())
        finally:
            self._loop.close()

    async def _serve(self) -> None:
        server = await self._loop.create_server(lambda: _Connection(self.answer, self._open), sock=self._socket)
        ticker = asyncio.create_task(self._tick())
        await self._over.wait()
        server.close()
        for transport in list(self._open):
            transport.abort()
        tasks = {ticker, *asyncio.all_tasks()} - {asyncio.current_task()}
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await asyncio.sleep(0)  # aborted connections are closed in the next round
        await self._loop.shutdown_default_executor()

    async def _tick(self) -> None:
        """Let happen what falls due."""
        while True:
            await asyncio.sleep(_TICK)
            if self.sandbox.is_due:
                await asyncio.to_thread(self.sandbox.settle)

    def answer(self, request: Request) -> Response | Coroutine[None, None, Response]:
        """Answer a request, at once where nothing has to be waited for."""
        sandbox = self.sandbox
        if request.path.startswith(PREFIX):
            # Off the loop, for it waits until callbacks are sent, perhaps to a server on this very loop.
            return asyncio.to_thread(control, sandbox, request, exposed=self._exposed)
        if request.method == "OPTIONS" and request.path in sandbox.document.routes:
            return preflight(sandbox.document)
        response = allow(sandbox.execute(request))
        return self._after_callbacks(response) if sandbox.callbacks.waiting else response

    async def _after_callbacks(self, response: Response) -> Response:
        sending = asyncio.ensure_future(asyncio.to_thread(self.sandbox.callbacks.send_ready))
        await asyncio.wait([sending], timeout=_PATIENCE)
        return response


class _Connection(asyncio.Protocol):
    """One connection: reads requests one after another and writes, or spoils, their answers."""

    def __init__(
        self, answer: Callable[[Request], Response | Coroutine[None, None, Response]], register: set[asyncio.Transport]
    ) -> None:
        self._answer = answer
        self._register = register
        self._http = h11.Connection(h11.SERVER)
        self._head: h11.Request | None = None
        self._body = bytearray()
        self._task: asyncio.Task[None] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._register.add(transport)

    def data_received(self, data: bytes) -> None:
        """Take what came."""
        try:
            self._http.receive_data(data)
            self._work()
        except h11.RemoteProtocolError as error:
            self._refuse(error.error_status_hint, str(error))

    def eof_received(self) -> None:
        """Finish what is under way; asyncio closes the connection."""

    def connection_lost(self, exc: Exception | None) -> None:
        """Give up what was still to be written."""
        self._register.discard(self._transport)
        if self._task is not None:
            self._task.cancel()

    def _work(self) -> None:
        while self._task is None and (request := self._next_request()) is not None:
            answer = self._answer(request)
            if isinstance(answer, Response) and answer.harm is None and not answer.delay:
                self._write(answer)
            else:
                self._transport.pause_reading()
                self._task = asyncio.ensure_future(self._later(answer))

    def _next_request(self) -> Request | None:
        while True:
            event = self._http.next_event()
            if isinstance(event, h11.Request):
                self._head, self._body = event, bytearray()
                if self._http.they_are_waiting_for_100_continue:
                    self._transport.write(
                        self._http.send(h11.InformationalResponse(status_code=100, headers=[])) or b""
                    )
            elif isinstance(event, h11.Data):
                self._body += event.data
                if len(self._body) > _LARGEST_BODY:
                    self._refuse(413, f"a body has {_LARGEST_BODY} bytes at most")
                    return None
            elif isinstance(event, h11.EndOfMessage) and self._head is not None:
                return _request(self._head, bytes(self._body))
            else:  # more data is needed, or none will come
                return None

    async def _later(self, answer: Response | Coroutine[None, None, Response]) -> None:
        try:
            response = answer if isinstance(answer, Response) else await answer
            if response.delay:
                await asyncio.sleep(response.delay)
            if response.harm is None:
                self._write(response)
            else:
                await self._spoil(response, response.harm)
        except BaseException:  # a defect of the sandbox, or its end: nobody shall wait for an answer that will not come
            self._transport.abort()
            raise
        self._task = None
        if not self._transport.is_closing():
            self._transport.resume_reading()
            self._work()

    def _refuse(self, status: int, text: str) -> None:
        """Say what is wrong with the request that is arriving, and end the connection: the rest of it is not read."""
        if self._task is None and self._http.our_state in (h11.IDLE, h11.SEND_RESPONSE):
            kind = ("Content-Type", "text/plain; charset=utf-8")
            self._write(Response(status, (kind, ("Connection", "close")), text.encode()))
        self._transport.close()

    def _write(self, response: Response) -> None:
        body = response.body
        headers = list(response.headers)
        if response.status not in BODILESS:
            headers.append(("Content-Length", str(len(body))))
        head = self._http.send(h11.Response(status_code=response.status, headers=headers)) or b""
        silent = self._head is not None and self._head.method == b"HEAD"
        tail = b"" if silent else self._http.send(h11.Data(data=body)) or b""
        self._http.send(h11.EndOfMessage())
        self._transport.write(head + tail)
        if self._http.our_state is h11.DONE and self._http.their_state is h11.DONE:
            self._http.start_next_cycle()
        else:
            self._transport.close()

    async def _spoil(self, response: Response, harm: Harm) -> None:
        if harm in ("resetBefore", "resetAfter"):
            _reset(self._transport)
            return
        body, declared = response.body, len(response.body)
        if harm != "dribble":
            declared += 10
        headers = [*response.headers, ("Content-Length", str(declared)), ("Connection", "close")]
        head = self._http.send(h11.Response(status_code=response.status, headers=headers)) or b""
        self._transport.write(head)
        if harm == "dribble":
            for byte in body:
                self._transport.write(bytes([byte]))
                await asyncio.sleep(_DRIBBLE)
        else:
            self._transport.write(body[: len(body) // 2] if harm == "truncate" else body)
        self._transport.close()


def _request(head: h11.Request, body: bytes) -> Request:
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in head.headers}
    path = head.target.decode("latin-1").partition("?")[0]
    return Request(head.method.decode("latin-1"), path, headers, body)


def _reset(transport: asyncio.Transport) -> None:
    """Close with a reset rather than an orderly end."""
    raw = transport.get_extra_info("socket")
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")
    transport.abort()
