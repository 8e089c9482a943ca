"""What is wrong with a contract, where, and how to mend it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """One flaw."""

    where: str
    """``file:line``."""
    what: str
    cure: str

    def __str__(self) -> str:
        return f"{self.where}: {self.what}. {self.cure}."


class ContractError(Exception):
    """The contract cannot be used. Nothing was generated; every problem found is listed."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = sorted(set(problems), key=_place)
        super().__init__("\n".join(map(str, self.problems)))


def _place(problem: Problem) -> tuple[str, int, str]:
    match = re.fullmatch(r"(.*):(\d+)", problem.where)
    return (match[1], int(match[2]), problem.what) if match else (problem.where, 0, problem.what)
