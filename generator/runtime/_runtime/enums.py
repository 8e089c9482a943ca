"""Enumerations that survive values the server learned after this package was made."""

from __future__ import annotations

from enum import Enum, IntEnum, StrEnum
from functools import cache
from itertools import count
from typing import Any


@cache
def absent(kind: type[Enum]) -> int | str:
    """Return the value of the member that stands for one the server did not send: none that the contract names."""
    known = {member.value for member in kind}
    if issubclass(kind, int):
        return next(number for number in count(-1, -1) if number not in known)
    return next(text for text in ("?" * length for length in count()) if text not in known)


class OpenIntEnum(IntEnum):
    """An ``IntEnum`` whose unknown numbers become members named ``UNKNOWN_<number>`` instead of raising."""

    @classmethod
    def _missing_(cls, value: object) -> Any:
        if type(value) is not int:
            return None
        # Not registered in the class: a server that sends many new values must not grow our memory.
        member = int.__new__(cls, value)
        member._name_ = "UNKNOWN" if value == absent(cls) else f"UNKNOWN_{value}".replace("-", "MINUS_")
        member._value_ = value
        return member

    @property
    def is_known(self) -> bool:
        """Whether the contract names this value."""
        return self._value_ in type(self)._value2member_map_

    def __str__(self) -> str:
        return str(self._value_)

    @classmethod
    def __get_pydantic_core_schema__(cls, source: object, handler: object) -> Any:
        from .pydantic_schema import enum_schema_of  # called by pydantic, which is loaded then

        return enum_schema_of(cls)


class OpenStrEnum(StrEnum):
    """A ``StrEnum`` whose unknown texts become members named ``UNKNOWN`` instead of raising."""

    @classmethod
    def _missing_(cls, value: object) -> Any:
        if type(value) is not str:
            return None
        member = str.__new__(cls, value)
        member._name_ = "UNKNOWN"
        member._value_ = value
        return member

    @property
    def is_known(self) -> bool:
        """Whether the contract names this value."""
        return self._value_ in type(self)._value2member_map_

    def __str__(self) -> str:
        return str(self._value_)

    @classmethod
    def __get_pydantic_core_schema__(cls, source: object, handler: object) -> Any:
        from .pydantic_schema import enum_schema_of  # called by pydantic, which is loaded then

        return enum_schema_of(cls)
