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
    """Seconds the server's clock is ahead during the call that is struck."""

    @property
    def spoils(self) -> bool:
        """Whether a client gets another answer than the server's own, and may well call again."""
        return bool(self.code or self.status or self.html or self.harm)


@dataclass(slots=True)
class _Skew:
    seconds: float
    refused: bool = False
    """Whether a signature of the call was refused."""


Call = tuple[str, bytes]
"""Operation and body: what the requests of one call have in common."""


class Faults:
    """The faults that wait for their operation."""

    def __init__(self, document: Document) -> None:
        self._codes = set(document.texts)
        self._operations = {route.name for route in document.routes.values()}
        self._waiting: list[Fault] = []
        self._skews: dict[Call, _Skew] = {}

    def add(self, wish: Mapping[str, Any]) -> None:
        """Arrange a fault. Raises ``ValueError`` that says what is wrong with *wish*."""
        unknown = set(wish) - _KEYS
        if unknown:
            raise ValueError(f"unknown: {', '.join(sorted(unknown))}. Known: {', '.join(sorted(_KEYS))}")
        operation = wish.get("operation", _ANY)
        if not isinstance(operation, str) or operation not in {_ANY, *self._operations}:
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

    def take(self, call: Call) -> Fault | None:
        """Return the fault that strikes now, one time used up. Of a skew, times counts calls."""
        for fault in self._waiting:
            if fault.operation in (_ANY, call[0]) and not (call in self._skews and fault.skew and not fault.spoils):
                fault.times -= 1
                if fault.times == 0:
                    self._waiting.remove(fault)
                return fault
        return None

    def skew_of(self, call: Call, fault: Fault | None) -> float:
        """Return the seconds the server's clock is ahead for a request of *call*: from *fault* on, for all of them."""
        if fault is not None and fault.skew:
            self._skews[call] = _Skew(fault.skew)
        skew = self._skews.get(call)
        return skew.seconds if skew is not None else 0.0

    def answered(self, call: Call, *, refused: bool) -> None:
        """Note that *call* was answered as a whole: its skew ends, unless a signature was refused for the first time.

        A client signs again once, and the second refusal ends its call.
        """
        skew = self._skews.get(call)
        if skew is None:
            return
        if refused and not skew.refused:
            skew.refused = True
        else:
            del self._skews[call]

    def waiting(self) -> list[dict[str, Any]]:
        """Return the faults that are still to come, as they were asked for."""
        return [{"operation": fault.operation, "times": fault.times, **fault.wish} for fault in self._waiting]

    def clear(self) -> None:
        """Forget all faults."""
        self._waiting.clear()
        self._skews.clear()


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
