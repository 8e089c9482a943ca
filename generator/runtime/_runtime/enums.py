"""Enumerations that survive values the server learned after this package was made."""

from __future__ import annotations

from enum import IntEnum, StrEnum
from typing import Any


class OpenIntEnum(IntEnum):
    """An ``IntEnum`` whose unknown numbers become members named ``UNKNOWN_<number>`` instead of raising."""

    @classmethod
    def _missing_(cls, value: object) -> Any:
        if type(value) is not int:
            return None
        # Not registered in the class: a server that sends many new values must not grow our memory.
        member = int.__new__(cls, value)
        member._name_ = f"UNKNOWN_{value}".replace("-", "MINUS_")
        member._value_ = value
        return member

    @property
    def is_known(self) -> bool:
        """Whether the contract names this value."""
        return self._value_ in type(self)._value2member_map_

    def __str__(self) -> str:
        return str(self._value_)


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
