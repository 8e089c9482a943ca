# Copied from generator/runtime/_runtime/model.py by `make generate`. Edit it there.
"""What every generated model has in common."""

from __future__ import annotations

from enum import Enum
from typing import Annotated, Any, ClassVar, cast

import msgspec

OMIT = msgspec.UNSET
"""Leaves an argument out. ``None`` does so too, unless the contract calls the field nullable."""

Int64 = Annotated[int, msgspec.Meta(ge=-(2**63), le=2**63 - 1)]
"""An integer of at most 64 bits, as the vendor's ``Long``."""

UnixMillis = Annotated[int, msgspec.Meta(ge=-(2**63), le=2**63 - 1)]
"""A moment in milliseconds since 1970-01-01 UTC."""

UnixSeconds = Annotated[int, msgspec.Meta(ge=-(2**63), le=2**63 - 1)]
"""A moment in seconds since 1970-01-01 UTC."""


class Model(msgspec.Struct, frozen=True, kw_only=True, gc=False, omit_defaults=True, rename="camel"):
    """An immutable value of the contract. ``repr`` masks what the contract marks as sensitive."""

    _sensitive: ClassVar[frozenset[str]] = frozenset()
    _identity: ClassVar[frozenset[str]] = frozenset()
    """The fields without which a response says nothing that can be used: see ``x-identity`` in CONTRIBUTING.md."""

    def to_dict(self, *, wire: bool = False, secrets: bool = False) -> dict[str, Any]:
        """Return the fields that are there as plain data: enumerations as their values, models as dicts.

        Args:
            wire: Name the fields as the vendor does instead of as Python does.
            secrets: Show what the contract marks as sensitive, instead of ``***``.
        """
        names = self.__struct_encode_fields__ if wire else self.__struct_fields__
        present = zip(self.__struct_fields__, names, strict=True)
        values = [(name, shown, getattr(self, name)) for name, shown in present]
        return {
            shown: "***" if name in self._sensitive and value and not secrets else _plain(value, wire, secrets)
            for name, shown, value in values
            if value is not None and value is not OMIT
        }

    def to_json(self, *, wire: bool = False, secrets: bool = False) -> str:
        """Return ``to_dict`` as compact JSON."""
        return msgspec.json.encode(self.to_dict(wire=wire, secrets=secrets)).decode()

    def __hash__(self) -> int:
        return hash((type(self), *(_hashable(getattr(self, name)) for name in self.__struct_fields__)))

    @classmethod
    def __get_pydantic_core_schema__(cls, source: object, handler: object) -> Any:
        from .pydantic_schema import core_schema_of  # called by pydantic, which is loaded then

        return core_schema_of(cls)

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: object, handler: object) -> dict[str, Any]:
        from .pydantic_schema import json_schema_of

        return json_schema_of(cls)

    def __rich_repr__(self) -> list[tuple[str, Any]]:
        present = ((name, getattr(self, name)) for name in self.__struct_fields__)
        return [
            (name, _MASK if name in self._sensitive and value else value)
            for name, value in present
            if value is not None and value is not msgspec.UNSET
        ]

    def __repr__(self) -> str:
        fields = ", ".join(f"{name}={value!r}" for name, value in self.__rich_repr__())
        return f"{type(self).__name__}({fields})"


def _plain(value: Any, wire: bool, secrets: bool) -> Any:
    if isinstance(value, Model):
        return value.to_dict(wire=wire, secrets=secrets)
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, (list, tuple)):
        return [_plain(item, wire, secrets) for item in cast("list[Any]", value)]
    if isinstance(value, dict):
        return {key: _plain(item, wire, secrets) for key, item in cast("dict[str, Any]", value).items()}
    return value


def _hashable(value: Any) -> Any:
    if isinstance(value, (list, tuple)):
        return tuple(_hashable(item) for item in cast("list[Any]", value))
    if isinstance(value, dict):
        return frozenset((key, _hashable(item)) for key, item in cast("dict[str, Any]", value).items())
    return value


class _Mask:
    def __repr__(self) -> str:
        return "***"


_MASK = _Mask()
