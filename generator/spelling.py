"""A signature's value in the words of some language: the one place that takes its parts apart."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Spelling:
    """How a language writes what a value is made of."""

    part: Callable[[str], str]
    text: Callable[[str], str]
    digest: Callable[[str, str], str]
    """Given its name and what is digested, which is already spelled."""
    plus: str = " + "

    def of(self, value: Any) -> str:
        """Return a value, as the contract has it, in this language."""
        if isinstance(value, list):
            return self.plus.join(map(self.of, value))
        if isinstance(value, str):
            return self.part(value)
        ((kind, inner),) = value.items()
        return self.text(inner) if kind == "text" else self.digest(kind, self.of(inner))
