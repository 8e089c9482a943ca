"""JSON data with sensitive values: shown masked, whatever prints it."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from .lenient import is_array, is_object


def masked(value: Any, sensitive: frozenset[str]) -> Any:
    """Return a copy of JSON data with ``***`` for what is *sensitive*."""
    if is_object(value):
        return {name: "***" if name in sensitive else masked(item, sensitive) for name, item in value.items()}
    return [masked(item, sensitive) for item in value] if is_array(value) else value


def guarded(value: Any, shown: frozenset[str]) -> Any:
    """Return JSON data of which only the *shown* names are printed or pickled; a text by itself may hold anything."""
    if is_object(value):
        return MaskedDict(value, shown)
    return [guarded(item, shown) for item in value] if is_array(value) else "***" if isinstance(value, str) else value


class MaskedDict(dict[str, Any]):
    """A JSON object that holds everything; where it is printed or pickled, it has ``***`` for all but *shown* names."""

    def __init__(self, value: Mapping[str, Any], shown: frozenset[str]) -> None:
        super().__init__(value)
        self._shown = shown

    def __repr__(self) -> str:
        return repr(_only(dict(self), self._shown))

    def __sentry_repr__(self) -> str:
        return repr(self)

    def __deepcopy__(self, memo: dict[int, Any]) -> MaskedDict:
        return MaskedDict(deepcopy(dict(self), memo), self._shown)

    def __reduce__(self) -> tuple[Any, ...]:
        return MaskedDict, (_only(dict(self), self._shown), self._shown)


def _only(value: Any, shown: frozenset[str]) -> Any:
    if is_object(value):
        return {name: _only(item, shown) if name in shown else "***" for name, item in value.items()}
    return [_only(item, shown) for item in value] if is_array(value) else value
