# Copied from generator/runtime/sandbox/shapes.py by `make generate`. Edit it there.
"""Reading JSON, and telling its shapes apart in a way type checkers follow."""

from __future__ import annotations

import json
from typing import Any, TypeGuard


def is_object(value: object) -> TypeGuard[dict[str, Any]]:
    """Whether *value* is a JSON object."""
    return isinstance(value, dict)


def is_array(value: object) -> TypeGuard[list[Any]]:
    """Whether *value* is a JSON array."""
    return isinstance(value, list)


def read(text: str) -> Any:
    """Return what *text* says. Raises ``ValueError`` where it is not JSON or cannot be written as UTF-8 again."""
    value = json.loads(text)
    if "\\ud" in text.lower():
        json.dumps(value, ensure_ascii=False).encode()  # half a surrogate pair is refused
    return value
