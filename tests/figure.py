"""One line of the scoreboard."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Figure:
    name: str
    target: str
    met: bool
    values: dict[str, Any]

    @property
    def measured(self) -> str:
        return ", ".join(f"{name} {value}" for name, value in self.values.items())
