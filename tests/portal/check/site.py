"""A folder of the portal, and the folder served."""

from __future__ import annotations

import gzip
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, cached_property, partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit


@dataclass(frozen=True)
class Site:
    """One version of the portal."""

    folder: Path

    @cached_property
    def pages(self) -> tuple[str, ...]:
        """Every page by its path from the folder."""
        paths = sorted(path.relative_to(self.folder).as_posix() for path in self.folder.rglob("*.html"))
        if not paths:
            raise FileNotFoundError(f"{self.folder} has no pages: run `make docs`")
        return tuple(paths)

    def text(self, path: str) -> str:
        return (self.folder / path).read_text("utf-8")

    def weight(self, path: str) -> int:
        """Bytes of a file as a server sends it."""
        return len(_zipped(self.folder / path))


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """Serve a folder, gzipped as any static host does it; yield its address."""
    handler = partial(_Handler, directory=str(folder))
    with _Server(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()


@cache
def _zipped(path: Path) -> bytes:
    return gzip.compress(path.read_bytes(), 9)


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        # Only a browser that closes a connection: files are read before anything is sent.
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(request, client_address)


class _Handler(SimpleHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # In one piece: a body sent after its header waits for a delayed acknowledgement, 40 ms that no static host takes.
    wbufsize = -1

    def do_GET(self) -> None:
        path = Path(self.translate_path(unquote(urlsplit(self.path).path)))
        if path.is_dir():
            path = path / "index.html"
        found = path.is_file()
        body = _zipped(path) if found else b""
        self.send_response(200 if found else 404)
        self.send_header("Content-Type", self.guess_type(str(path)))
        self.send_header("Content-Length", str(len(body)))
        if found:
            self.send_header("Content-Encoding", "gzip")
        self.end_headers()
        self.copyfile(BytesIO(body), self.wfile)

    def log_message(self, format: str, *args: Any) -> None:
        return
