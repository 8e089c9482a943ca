"""A request and a response without a socket."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

Harm = Literal["resetBefore", "resetAfter", "truncate", "wrongLength", "dribble"]
"""What is done to the connection instead of, or while, answering."""


BODILESS = frozenset({204, 304})
"""The statuses above 199 whose responses have no body."""


@dataclass(frozen=True, slots=True)
class Request:
    """What arrived."""

    method: str
    path: str
    headers: Mapping[str, str]
    """Names in lower case."""
    body: bytes


@dataclass(frozen=True, slots=True)
class Response:
    """What goes back."""

    status: int
    headers: Sequence[tuple[str, str]]
    body: bytes
    harm: Harm | None = None
    delay: float = 0.0
    """Seconds to wait before answering."""


@dataclass(slots=True)
class BusinessError(Exception):
    """A business code other than success, on its way to becoming the answer."""

    code: int
    notes: list[str] = field(default_factory=list[str])
    """What the log says about it."""
    signature: dict[str, Any] | None = None
    """For a refused signature: what should have been hashed, the secret masked, what was expected and what came."""
