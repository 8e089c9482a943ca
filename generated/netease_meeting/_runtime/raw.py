# Copied from generator/runtime/_runtime/raw.py by `make generate`. Edit it there.
"""An answer with everything around its result."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Generic, TypeVar

from .errors import MeetingError
from .transport import Reply

Result = TypeVar("Result")


class RawResponse(Generic[Result]):
    """What ``client.with_raw_response`` returns: status, headers and body beside the result.

    A business code other than success raises at the call, as it does everywhere. A successful response whose result
    cannot be read is returned: ``parse()`` raises, and the rest is there.
    """

    __slots__ = ("_reply", "_result", "cost_time", "error", "left_out", "request_id")

    def __init__(
        self,
        reply: Reply,
        request_id: str | None,
        cost_time: str | None,
        result: Result,
        *,
        error: MeetingError | None = None,
        left_out: bool = False,
    ) -> None:
        self._reply = reply
        self._result = result
        self.error = error
        """What ``parse()`` raises because the result lacks its identifier; ``None`` where there is a result."""
        self.left_out = left_out
        """Whether the result lacks elements of a list that could not be read."""
        self.request_id = request_id
        """The vendor's number for the request, or ``None``."""
        self.cost_time = cost_time
        """How long the vendor says it took, as sent: ``"25ms"``."""

    @property
    def status(self) -> int:
        """The HTTP status."""
        return self._reply.status

    @property
    def headers(self) -> Sequence[tuple[str, str]]:
        """The response headers in the order received."""
        return [(name.decode("latin-1"), value.decode("latin-1")) for name, value in self._reply.headers]

    @property
    def body(self) -> bytes:
        """The body as received, content encoding undone. Fields newer than the contract are here."""
        return self._reply.body

    def parse(self) -> Result:
        """Return the result the plain method would have returned.

        Raises:
            MeetingError: The result lacks its identifier; the error is the one in ``error``.
        """
        if self.error is not None:
            raise self.error.with_traceback(None)
        return self._result

    def without_result(self) -> RawResponse[None]:
        """Return the same answer for an operation that returns nothing."""
        return RawResponse(self._reply, self.request_id, self.cost_time, None)

    def __repr__(self) -> str:
        return f"RawResponse(status={self.status}, request_id={self.request_id!r}, {len(self.body)} bytes)"
