"""Every failure of the catalogue, A to H, is a test or a reason."""

from __future__ import annotations

import re

from tests.conftest import ROOT

CASES = set(range(1, 131))


def numbers(text: str, pattern: str) -> set[int]:
    return {int(number) for match in re.findall(pattern, text) for number in re.findall(r"\d+", match)}


def test_every_case_is_tested_or_decided() -> None:
    tested: set[int] = set()
    for path in (ROOT / "tests").rglob("test_*.py"):
        tested |= numbers(path.read_text("utf-8"), r"@pytest\.mark\.case\(([\d, \n]+)\)")
    decided = numbers((ROOT / "docs/decisions.md").read_text("utf-8"), r"(?m)^- Case (\d+):")
    assert CASES - tested - decided == set()
    assert decided - CASES == set()
    assert len(tested & CASES) > 90, "decisions are exceptions"
