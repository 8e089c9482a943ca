# Copied from generator/runtime/_runtime/search.py by `make generate`. Edit it there.
"""Looking for what a lost call may have made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from .errors import ArgumentError, OutcomeUnknownError
from .operation import Operation


def is_blank(value: object) -> bool:
    """Whether *value* names nothing: nothing at all, zero, or text without a visible character."""
    if isinstance(value, str):
        return not any(char.isprintable() and not char.isspace() for char in value)
    return not value


def lost_request(operation: Operation[Any], error: OutcomeUnknownError) -> Mapping[str, Any]:
    """Return what was sent, by wire names, but for blank values: the server may have replaced them.

    Raises ``ArgumentError`` for an error of another operation.
    """
    if error.operation != operation.name or error.sent is None:
        raise ArgumentError(
            f"the error comes from {error.operation}, not from {operation.name}", operation=operation.name
        )
    return {name: value for name, value in error.sent.items() if not is_blank(value)}


def agree(row: msgspec.Struct, sent: Mapping[str, Any], names: Sequence[str]) -> bool:
    """Whether *row* has what was *sent* in each of the fields that were sent, as far as the row says something."""
    found = msgspec.to_builtins(row)
    said = [name for name in names if name in sent and name in found]
    return bool(said) and all(found[name] == sent[name] for name in said)
