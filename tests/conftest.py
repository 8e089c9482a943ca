"""What several tests need: where things are, and a server that answers whatever it is told to."""

from __future__ import annotations

import socket
import socketserver
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture
def root() -> Path:
    return ROOT


Answer = bytes | Callable[[socket.socket], None]
"""What is sent, or what is done to the connection; it is closed after the latter and after no bytes."""


class RudeServer:
    """Answers requests with the next of some bytes, the last for ever: no HTTP library tidies them up on the way."""

    def __init__(self, answers: list[Answer]) -> None:
        self.requests: list[bytes] = []
        self.on_connect: Callable[[socket.socket], None] | None = None
        """What is done to each connection instead of reading a request."""
        self._answers = answers
        server = self

        class Handler(socketserver.BaseRequestHandler):
            def handle(self) -> None:
                if server.on_connect is not None:
                    with suppress(OSError):
                        server.on_connect(self.request)
                    return
                while request := receive(self.request):
                    server.requests.append(request)
                    answer = server._answers.pop(0) if len(server._answers) > 1 else server._answers[0]
                    if not isinstance(answer, bytes):
                        with suppress(OSError):
                            answer(self.request)
                        return
                    if not answer:
                        return
                    self.request.sendall(answer)
                    if b"connection: close" in answer.lower():
                        return

        socketserver.ThreadingTCPServer.allow_reuse_address = True
        socketserver.ThreadingTCPServer.request_queue_size = 128  # 5 by default: the sixth waits for seconds
        self._server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01})
        self._thread.start()

    def wait_for(self, count: int) -> None:
        """Return when so many requests have arrived."""
        while len(self.requests) < count:
            time.sleep(0.001)

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def receive(connection: socket.socket) -> bytes:
    """Return one request with its body, or nothing when the client is done."""
    data = b""
    try:
        while b"\r\n\r\n" not in data:
            chunk = connection.recv(65536)
            if not chunk:
                return b""
            data += chunk
        head, _, body = data.partition(b"\r\n\r\n")
        length = next(
            int(line.split(b":")[1]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length")
        )
        while len(body) < length:
            chunk = connection.recv(65536)
            if not chunk:
                return b""
            body += chunk
    except OSError:
        return b""
    return head + b"\r\n\r\n" + body


@contextmanager
def rude_server(*answers: Answer) -> Iterator[RudeServer]:
    server = RudeServer(list(answers))
    try:
        yield server
    finally:
        server.close()


def reply(
    body: bytes, status: bytes = b"200 OK", content_type: bytes = b"application/json;charset=utf-8", *headers: bytes
) -> bytes:
    lines = [b"HTTP/1.1 " + status, b"Content-Type: " + content_type, b"Content-Length: %d" % len(body), *headers]
    return b"\r\n".join(lines) + b"\r\n\r\n" + body
