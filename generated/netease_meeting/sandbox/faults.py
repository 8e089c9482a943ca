# Copied from generator/runtime/sandbox/faults.py by `make generate`. Edit it there.
"""Faults on demand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, get_args

from .document import Document
from .messages import Harm

_KEYS = {"operation", "code", "status", "html", "fault", "delay", "skew", "times"}
_ANY = "*"
_LONGEST = 600
_FARTHEST = 10**9
_MOST = 1_000_000


@dataclass(slots=True)
class Fault:
    """What happens instead of, or to, the next answers."""

    operation: str
    """In the client's words, or ``*`` for any."""
    times: int
    wish: dict[str, Any]
    """As it was asked for."""
    code: int | None = None
    status: int | None = None
    html: bool = False
    harm: Harm | None = None
    delay: float = 0.0
    skew: float = 0.0
    """Seconds the server's clock is ahead while the fault lasts."""


class Faults:
    """The faults that wait for their operation."""

    def __init__(self, document: Document) -> None:
        self._codes = set(document.texts)
        self._operations = {route.name for route in document.routes.values()}
        self._waiting: list[Fault] = []
        self._held: tuple[Fault, str, bytes] | None = None

    def add(self, wish: Mapping[str, Any]) -> None:
        """Arrange a fault. Raises ``ValueError`` that says what is wrong with *wish*."""
        unknown = set(wish) - _KEYS
        if unknown:
            raise ValueError(f"unknown: {', '.join(sorted(unknown))}. Known: {', '.join(sorted(_KEYS))}")
        operation = wish.get("operation", _ANY)
        if operation != _ANY and operation not in self._operations:
            raise ValueError(f"operation must be * or one of {', '.join(sorted(self._operations))}, not {operation!r}")
        if not set(wish) - {"operation", "times"}:
            raise ValueError(f"say what shall happen: one of {', '.join(sorted(_KEYS - {'operation', 'times'}))}")
        code, html = wish.get("code"), wish.get("html", False)
        harm: Harm | None = next((known for known in get_args(Harm) if known == wish.get("fault")), None)
        if code is not None and (type(code) is not int or code not in self._codes):
            raise ValueError(f"{code!r} is not one of the document's codes")
        if harm is None and wish.get("fault") is not None:
            raise ValueError(f"fault must be one of {', '.join(get_args(Harm))}, not {wish['fault']!r}")
        if not isinstance(html, bool):
            raise ValueError("html must be true or false")
        self._waiting.append(
            Fault(
                operation=operation,
                times=_whole(wish, "times", 1, _MOST) or 1,
                wish={key: value for key, value in wish.items() if key not in ("operation", "times")},
                code=code,
                status=_whole(wish, "status", 200, 599),
                html=html,
                harm=harm,
                delay=_number(wish, "delay", 0, _LONGEST) or 0.0,
                skew=_number(wish, "skew", -_FARTHEST, _FARTHEST) or 0.0,
            )
        )

    def take(self, operation: str, body: bytes) -> Fault | None:
        """Return the fault that strikes now, one time used up."""
        held, self._held = self._held, None
        if held is not None and held[1:] == (operation, body):
            return held[0]
        for fault in self._waiting:
            if fault.operation in (_ANY, operation):
                fault.times -= 1
                if fault.times == 0:
                    self._waiting.remove(fault)
                return fault
        return None

    def hold(self, fault: Fault | None, operation: str, body: bytes) -> None:
        """Let the skew of *fault* strike the repeat of a request it had refused: it lasts for a whole call."""
        if fault is not None and fault.skew:
            self._held = Fault(operation, 1, fault.wish, skew=fault.skew), operation, body

    def waiting(self) -> list[dict[str, Any]]:
        """Return the faults that are still to come, as they were asked for."""
        return [{"operation": fault.operation, "times": fault.times, **fault.wish} for fault in self._waiting]

    def clear(self) -> None:
        """Forget all faults."""
        self._waiting.clear()
        self._held = None


def _number(wish: Mapping[str, Any], key: str, lowest: float, highest: float) -> float | None:
    value = wish.get(key)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise ValueError(f"{key} must be a number, not {value!r}")
    if not lowest <= value <= highest:
        raise ValueError(f"{key} must lie between {lowest} and {highest}, not at {value}")
    return value


def _whole(wish: Mapping[str, Any], key: str, lowest: int, highest: int) -> int | None:
    value = _number(wish, key, lowest, highest)
    if isinstance(value, float):
        raise ValueError(f"{key} must be a whole number, not {value}")
    return value
