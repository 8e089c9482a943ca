# Copied from generator/runtime/sandbox/faults.py by `make generate`. Edit it there.
"""Faults on demand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, get_args

from .messages import Harm

_KEYS = {"operation", "code", "status", "html", "fault", "delay", "skew", "times"}


@dataclass(slots=True)
class Fault:
    """What happens instead of, or to, the next answers."""

    operation: str
    """In the client's words, or ``*`` for any."""
    times: int
    code: int | None = None
    status: int | None = None
    html: bool = False
    harm: Harm | None = None
    delay: float = 0.0
    skew: float = 0.0
    """Seconds the server's clock is ahead while the fault lasts."""


class Faults:
    """The faults that wait for their operation."""

    def __init__(self, codes: Mapping[int, str]) -> None:
        self._codes = codes
        self._waiting: list[Fault] = []

    def add(self, wish: Mapping[str, Any]) -> None:
        """Arrange a fault. Raises ``ValueError`` that says what is wrong with *wish*."""
        unknown = set(wish) - _KEYS
        if unknown:
            raise ValueError(f"unknown: {', '.join(sorted(unknown))}. Known: {', '.join(sorted(_KEYS))}")
        if wish.get("code") is not None and wish["code"] not in self._codes:
            raise ValueError(f"{wish['code']} is not one of the document's codes")
        if wish.get("fault") is not None and wish["fault"] not in get_args(Harm):
            raise ValueError(f"fault must be one of {', '.join(get_args(Harm))}")
        self._waiting.append(
            Fault(
                operation=str(wish.get("operation", "*")),
                times=int(wish.get("times", 1)),
                code=wish.get("code"),
                status=wish.get("status"),
                html=bool(wish.get("html", False)),
                harm=wish.get("fault"),
                delay=float(wish.get("delay", 0.0)),
                skew=float(wish.get("skew", 0.0)),
            )
        )

    def take(self, operation: str) -> Fault | None:
        """Return the fault that strikes now, one time used up."""
        for fault in self._waiting:
            if fault.operation in ("*", operation):
                fault.times -= 1
                if fault.times <= 0:
                    self._waiting.remove(fault)
                return fault
        return None

    def clear(self) -> None:
        """Forget all faults."""
        self._waiting.clear()
