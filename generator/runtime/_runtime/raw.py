"""An answer with everything around its result."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Generic, TypeVar

from .transport import Reply

Result = TypeVar("Result")


class RawResponse(Generic[Result]):
    """What ``client.with_raw_response`` returns: status, headers and body beside the result.

    A business code other than success raises here as it does everywhere.
    """

    __slots__ = ("_reply", "_result", "cost_time", "request_id")

    def __init__(self, reply: Reply, request_id: str | None, cost_time: str | None, result: Result) -> None:
        self._reply = reply
        self._result = result
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
        """Return the result the plain method would have returned."""
        return self._result

    def without_result(self) -> RawResponse[None]:
        """Return the same answer for an operation that returns nothing."""
        return RawResponse(self._reply, self.request_id, self.cost_time, None)

    def __repr__(self) -> str:
        return f"RawResponse(status={self.status}, request_id={self.request_id!r}, {len(self.body)} bytes)"
