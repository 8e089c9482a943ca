"""A proxy that breaks things: one request in five, in eight ways, by a seed."""

from __future__ import annotations

import asyncio
import random
import struct
import threading
from collections import Counter
from collections.abc import Awaitable, Callable
from types import TracebackType

Forward = Callable[[], Awaitable[bytes]]

KINDS = ("reset_before", "reset_after", "cut", "html", "throttled", "internal", "dribble", "garbage")


class Proxy:
    """Stands between a client and a server on this machine; counts the requests that reach it."""

    def __init__(self, port: int, seed: int, share: float = 0.2, kinds: tuple[str, ...] = KINDS) -> None:
        self.requests = 0
        self.faults: Counter[str] = Counter()
        self._upstream = port
        self._chance = random.Random(seed)
        self._share = share
        self._kinds = kinds
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run)
        self.url = ""

    def __enter__(self) -> Proxy:
        self._thread.start()
        self._ready.wait()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()

    def calm(self) -> None:
        """Break nothing from now on."""
        self._share = 0.0

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        server = self._loop.run_until_complete(asyncio.start_server(self._serve, "127.0.0.1", 0, backlog=1000))
        self.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        self._ready.set()
        self._loop.run_forever()
        server.close()
        tasks = asyncio.all_tasks(self._loop)
        for task in tasks:
            task.cancel()
        self._loop.run_until_complete(asyncio.gather(*tasks, return_exceptions=True))
        self._loop.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        upstream: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
        try:
            while request := await receive(reader):
                if upstream is None:
                    upstream = await asyncio.open_connection("127.0.0.1", self._upstream)
                self.requests += 1
                if not await self._answer(request, writer, upstream):
                    break
        except (OSError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            writer.close()
            if upstream is not None:
                upstream[1].close()

    async def _answer(
        self,
        request: bytes,
        writer: asyncio.StreamWriter,
        upstream: tuple[asyncio.StreamReader, asyncio.StreamWriter],
    ) -> bool:
        kind = self._chance.choice(self._kinds) if self._chance.random() < self._share else "none"
        self.faults[kind] += 1
        if kind == "reset_before":
            reset(writer)
            return False
        if kind in ("throttled", "internal"):
            code = {"throttled": 510, "internal": 501}[kind]
            writer.write(envelope(b'{"code":%d,"msg":"","requestId":"p"}' % code))
            return True
        upstream[1].write(request)
        reply = await receive(upstream[0])
        if kind == "reset_after":
            reset(writer)
            return False
        if kind == "html":
            writer.write(b"HTTP/1.1 502 Bad Gateway\r\nContent-Type: text/html\r\nContent-Length: 6\r\n\r\n<html>")
            return True
        if kind == "cut":
            writer.write(reply[: -max(len(reply) // 8, 2)])
            return False
        if kind == "garbage":
            writer.write(b"\x00\xff\x00 no status line\r\n\r\n")
            return False
        if kind == "dribble":
            for start in range(0, len(reply), 40):
                writer.write(reply[start : start + 40])
                await asyncio.sleep(0.001)
            return True
        writer.write(reply)
        return True


def reset(writer: asyncio.StreamWriter) -> None:
    writer.get_extra_info("socket").setsockopt(1, 13, struct.pack("ii", 1, 0))  # SOL_SOCKET, SO_LINGER
    writer.transport.abort()


def envelope(body: bytes) -> bytes:
    return (
        b"HTTP/1.1 200 OK\r\nContent-Type: application/json;charset=utf-8\r\nContent-Length: %d\r\n\r\n" % len(body)
    ) + body


async def receive(reader: asyncio.StreamReader) -> bytes:
    """Return one message with its body, or nothing at the end."""
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError:
        return b""
    length = next((int(line[15:]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")), 0)
    return head + await reader.readexactly(length)
