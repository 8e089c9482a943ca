"""JSON data with sensitive values: shown masked, whatever prints it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .lenient import is_array, is_object


def masked(value: Any, sensitive: frozenset[str]) -> Any:
    """Return a copy of JSON data with ``***`` for what is *sensitive*."""
    if is_object(value):
        return {name: "***" if name in sensitive else masked(item, sensitive) for name, item in value.items()}
    return [masked(item, sensitive) for item in value] if is_array(value) else value


class MaskedDict(dict[str, Any]):
    """A JSON object that holds everything and prints the values of the *shown* names only. It is pickled whole."""

    def __init__(self, value: Mapping[str, Any], shown: frozenset[str]) -> None:
        super().__init__(value)
        self._shown = shown

    def __repr__(self) -> str:
        return repr(_only(dict(self), self._shown))

    def __sentry_repr__(self) -> str:
        return repr(self)

    def __reduce__(self) -> tuple[Any, ...]:
        return MaskedDict, (dict(self), self._shown)


def _only(value: Any, shown: frozenset[str]) -> Any:
    if is_object(value):
        return {name: _only(item, shown) if name in shown else "***" for name, item in value.items()}
    return [_only(item, shown) for item in value] if is_array(value) else value
