"""What is wrong with a contract, where, and how to mend it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

_LONGEST = 600  # characters


@dataclass(frozen=True, slots=True)
class Problem:
    """One flaw."""

    where: str
    """``file:line``."""
    what: str
    cure: str

    def __str__(self) -> str:
        return f"{self.where}: {_short(self.what)}. {_short(self.cure)}."


class ContractError(Exception):
    """The contract cannot be used. Nothing was generated; every problem found is listed."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = sorted(set(problems), key=_place)
        super().__init__("\n".join(map(str, self.problems)))


def _short(text: str) -> str:
    # A message quotes the contract, and a contract may hold a number of a million digits.
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST // 2]} … {text[-_LONGEST // 2 :]}"


def _place(problem: Problem) -> tuple[str, int, str]:
    match = re.fullmatch(r"(.*):(\d+)", problem.where)
    return (match[1], int(match[2]), problem.what) if match else (problem.where, 0, problem.what)
