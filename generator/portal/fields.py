"""Fields of a body as the rows of a table: nested objects follow the field that holds them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from generator.ir import Api, Enum, Field, Model, TypeRef

_NAMES = {"str": "string", "int": "integer", "float": "number", "bool": "boolean", "model": "object"}


@dataclass(frozen=True)
class Row:
    """One field, with its place in the body."""

    field: Field
    parents: str
    """The way to it, such as ``settings.controls[].``"""
    depth: int
    enum: Enum | None
    """What its values mean."""
    recursive: bool = False
    """Whether its fields are not shown because they contain it."""

    @property
    def path(self) -> str:
        return self.parents + self.field.wire

    @property
    def type(self) -> str:
        return type_name(self.field.type)


def type_name(type_: TypeRef) -> str:
    """Return the type as JSON has it, with the size of an integer where the contract says it."""
    if type_.item is not None:
        return f"{type_name(type_.item)}[]"
    if type_.kind == "enum":
        return _NAMES[type_.base]
    return "int64" if type_.name in ("Int64", "UnixMillis", "UnixSeconds") else _NAMES[type_.kind]


def rows(api: Api, fields: Iterable[Field]) -> tuple[Row, ...]:
    """Return the rows of *fields* and of everything inside them."""
    models = {model.name: model for model in api.models}
    enums = {enum.name: enum for enum in api.enums}
    return tuple(_rows(models, enums, fields, "", ()))


def _rows(
    models: dict[str, Model], enums: dict[str, Enum], fields: Iterable[Field], parents: str, above: tuple[str, ...]
) -> Iterator[Row]:
    for field in fields:
        (leaf,) = field.type.leaves()
        recursive = leaf.name in above
        yield Row(field, parents, len(above), enums.get(leaf.name), recursive)
        if leaf.kind == "model" and not recursive:
            inside = f"{parents}{field.wire}{'[]' * _depth(field.type)}."
            yield from _rows(models, enums, models[leaf.name].fields, inside, (*above, leaf.name))


def _depth(type_: TypeRef) -> int:
    return 0 if type_.item is None else 1 + _depth(type_.item)
