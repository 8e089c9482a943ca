# Copied from generator/runtime/_runtime/pydantic_schema.py by `make generate`. Edit it there.
"""What pydantic and FastAPI need of a model: imported when pydantic asks for it, and never otherwise."""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec import inspect
from pydantic_core import core_schema

from .encoding import from_fields

if TYPE_CHECKING:
    from .model import Model


def core_schema_of(model: type[Model]) -> core_schema.CoreSchema:
    """Return how pydantic validates and prints a *model*: from an instance or its fields, secrets masked in JSON."""

    def validate(value: object) -> Model:
        return value if isinstance(value, model) else from_fields(model, value)

    def show(value: Model) -> dict[str, Any]:
        return value.to_dict()

    return core_schema.no_info_plain_validator_function(
        validate, serialization=core_schema.plain_serializer_function_ser_schema(show)
    )


def enum_schema_of(kind: type[Enum]) -> core_schema.CoreSchema:
    """Return how pydantic validates and prints an open enumeration: any value of its type, known or not."""

    def show(member: Enum) -> int | str:
        value: int | str = member.value
        return value

    plain = core_schema.int_schema() if issubclass(kind, int) else core_schema.str_schema()
    return core_schema.no_info_after_validator_function(
        kind, plain, serialization=core_schema.plain_serializer_function_ser_schema(show, return_schema=plain)
    )


def json_schema_of(model: type[msgspec.Struct], above: tuple[type[msgspec.Struct], ...] = ()) -> dict[str, Any]:
    """Return the JSON Schema of what ``to_dict`` returns. A model within itself is any object."""
    info = inspect.type_info(model)
    assert isinstance(info, inspect.StructType)
    properties = {field.name: _schema_of(field.type, (*above, model)) for field in info.fields}
    required = [field.name for field in info.fields if field.required]
    return {
        "title": model.__name__,
        "type": "object",
        "properties": properties,
        **({"required": required} if required else {}),
    }


_PLAIN: Mapping[type[inspect.Type], str] = {
    inspect.StrType: "string",
    inspect.IntType: "integer",
    inspect.FloatType: "number",
    inspect.BoolType: "boolean",
    inspect.NoneType: "null",
    inspect.DictType: "object",
}


def _schema_of(wanted: inspect.Type, above: tuple[type[msgspec.Struct], ...]) -> dict[str, Any]:
    if isinstance(wanted, inspect.StructType):
        return {"type": "object"} if wanted.cls in above else json_schema_of(wanted.cls, above)
    if isinstance(wanted, inspect.UnionType):
        return {"anyOf": [_schema_of(member, above) for member in wanted.types]}
    if isinstance(wanted, inspect.ListType):
        return {"type": "array", "items": _schema_of(wanted.item_type, above)}
    if isinstance(wanted, inspect.EnumType):  # open: the server may learn values
        return {"type": "integer" if issubclass(wanted.cls, int) else "string", "title": wanted.cls.__name__}
    kind = _PLAIN.get(type(wanted))
    return {} if kind is None else {"type": kind}
