# Copied from generator/runtime/_runtime/content.py by `make generate`. Edit it there.
"""A reply's body as it arrives: up to a size and a deadline, content encoding undone without trusting it."""

from __future__ import annotations

import zlib

from .clock import monotonic
from .errors import APIResponseError
from .transport import TransportError

LARGEST_BODY = 8 * 1024 * 1024
"""Bytes, content encoding undone. The largest real answer, 100 meetings, is about 50 kB."""


class Content:
    """Collects the chunks of one body."""

    def __init__(self, encoding: str | None, deadline: float) -> None:
        encoding = (encoding or "").strip().lower()
        if encoding not in ("", "identity", "gzip"):
            raise _unusable(f"the answer has Content-Encoding {encoding[:40]!r}, which was not asked for")
        self._gunzip = zlib.decompressobj(wbits=31) if encoding == "gzip" else None
        self._deadline = deadline
        self._chunks: list[bytes] = []
        self._size = 0

    def add(self, chunk: bytes) -> None:
        """Take the next *chunk*. Raises ``TransportError`` where the limits or the encoding are broken."""
        if self._gunzip is not None:
            try:
                chunk = self._gunzip.decompress(chunk, LARGEST_BODY + 1 - self._size)
            except zlib.error as error:
                raise _unusable(f"the answer's gzip encoding is broken ({error})") from None
        self._chunks.append(chunk)
        self._size += len(chunk)
        if self._size > LARGEST_BODY:
            raise _unusable(f"the answer is larger than {LARGEST_BODY // 2**20} MiB")
        if monotonic() > self._deadline:
            raise TransportError("the answer was still arriving", timed_out=True)

    def read(self) -> bytes:
        """Return the whole body."""
        if self._gunzip is not None and not self._gunzip.eof and self._chunks:
            raise _unusable("the answer's gzip encoding is cut off")
        return self._chunks[0] if len(self._chunks) == 1 else b"".join(self._chunks)


def _unusable(what: str) -> TransportError:
    return TransportError(what, hint=APIResponseError.hint, hint_zh=APIResponseError.hint_zh)
