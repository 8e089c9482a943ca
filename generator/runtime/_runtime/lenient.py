"""The slow, forgiving way to decode: for servers that send numbers as text, text as numbers and null for absent."""

from __future__ import annotations

import re
from collections.abc import Hashable
from functools import lru_cache
from typing import Any, TypeGuard, TypeVar, cast

import msgspec
from msgspec import inspect

Value = TypeVar("Value")

_INTEGER = re.compile(r"-?[0-9]{1,19}", re.ASCII)


def convert(value: Any, kind: type[Value]) -> Value:
    """Return *value* (plain JSON data) as *kind*, mending what can be mended without guessing.

    Raises ``msgspec.ValidationError`` for the rest.
    """
    return msgspec.convert(_mend(value, _type_info(cast(Hashable, kind))), kind)


@lru_cache(maxsize=256)
def _type_info(kind: Any) -> inspect.Type:
    return inspect.type_info(kind)


def _mend(value: Any, wanted: inspect.Type) -> Any:
    if isinstance(wanted, inspect.UnionType):
        others = [member for member in wanted.types if not isinstance(member, inspect.NoneType)]
        return _mend(value, others[0]) if len(others) == 1 else value
    if isinstance(wanted, inspect.StructType) and is_object(value):
        return _mend_struct(value, wanted)
    if isinstance(wanted, inspect.ListType) and is_array(value):
        return [_mend(item, wanted.item_type) for item in value]
    if isinstance(wanted, inspect.StrType) and type(value) is int:
        return str(value)
    if _wants_integer(wanted):
        if type(value) is str and _INTEGER.fullmatch(value):
            return int(value)
        if type(value) is float and value.is_integer():
            return int(value)
    if isinstance(wanted, inspect.BoolType) and type(value) is int and value in (0, 1):
        return bool(value)
    return value


def _mend_struct(value: dict[str, Any], wanted: inspect.StructType) -> dict[str, Any]:
    fields = {field.encode_name: field for field in wanted.fields}
    return {
        name: _mend(item, fields[name].type)
        for name, item in value.items()
        if name in fields and (item is not None or fields[name].required)
    }


def integer(value: object) -> int | None:
    """Return *value* as an integer of 64 bits, whether it came as a number or as text; otherwise ``None``."""
    number = int(value) if isinstance(value, str) and _INTEGER.fullmatch(value) else value
    return number if type(number) is int and -(2**63) <= number < 2**63 else None


def is_object(value: object) -> TypeGuard[dict[str, Any]]:
    """Whether *value* is a JSON object."""
    return isinstance(value, dict)


def is_array(value: object) -> TypeGuard[list[Any]]:
    """Whether *value* is a JSON array."""
    return isinstance(value, list)


def _wants_integer(wanted: inspect.Type) -> bool:
    if isinstance(wanted, inspect.EnumType):
        return issubclass(wanted.cls, int)
    return isinstance(wanted, inspect.IntType)
