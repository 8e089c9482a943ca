"""The table of business codes -> codes and families."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ..ir import ErrorCode, Family, Text


def error_codes(table: dict[str, Any]) -> dict[int, ErrorCode]:
    """Return the codes by number."""
    return {raw["code"]: _error_code(raw, table["families"]) for raw in table["codes"]}


def families(table: dict[str, Any], codes: Iterable[ErrorCode]) -> tuple[Family, ...]:
    """Return the families, each with its codes."""
    members: dict[str, list[ErrorCode]] = {name: [] for name in table["families"]}
    for code in codes:
        members[code.family].append(code)
    return tuple(
        Family(name, raw["class"], Text(raw["zh"], raw["en"]), tuple(members[name]))
        for name, raw in table["families"].items()
    )


def _error_code(raw: dict[str, Any], families: dict[str, Any]) -> ErrorCode:
    return ErrorCode(
        code=raw["code"],
        name=raw["name"],
        family=raw["family"],
        class_name=families[raw["family"]]["class"],
        retry=raw["retry"],
        text=Text(raw["text"], raw["en"]),
        remedy=Text(raw["remedy"]["zh"], raw["remedy"]["en"]),
    )
