"""Object schemas -> models, enumerations, and the fields in them."""

from __future__ import annotations

from typing import Any

from .. import naming
from ..ir import Enum, Field, Member, Model, Text, TypeRef
from ..parse import ParsedField
from .contract import Contract, Path
from .facts import identifiers, properties, text
from .limits import limits


class Schemas:
    """The models that something reaches, and the enumerations."""

    def __init__(self, contract: Contract) -> None:
        self.models: dict[str, Model] = {}
        self._contract = contract

    def model(self, name: str) -> Model:
        """Return the model of an object schema, which counts from now on among those that are reached."""
        if name in self.models:
            return self.models[name]
        schema = self._contract.schemas[name]
        fields = self.fields(name)
        model = Model(
            name,
            text(schema, "description"),
            fields,
            self._contract.source("components", "schemas", name),
            identifiers(self._contract.schemas, name),
        )
        names = [field.name for field in fields] + [field.moment_name for field in model.moments]
        self._contract.check_unique(names, f"field of {name}", ("components", "schemas", name))
        self.models[name] = model
        for field in fields:
            for leaf in field.type.leaves():
                self.reach(leaf)
        return model

    def fields(self, name: str) -> tuple[Field, ...]:
        """Return the fields of an object schema, those it is composed of included."""
        types = self._parsed_model(name)
        return tuple(
            self.field(types[wire], raw, path)
            for wire, raw, path in properties(self._contract.schemas, name)
            if wire in types
        )

    def _parsed_model(self, name: str) -> dict[str, ParsedField]:
        """Return the parser's fields; it takes a composition of a single part for that part itself."""
        while name not in self._contract.parsed.models:
            name = self._contract.schemas[name]["allOf"][0]["$ref"].rsplit("/", 1)[1]
        return self._contract.parsed.models[name]

    def reach(self, leaf: TypeRef) -> None:
        """Build the model a type names, if it names one."""
        if leaf.kind == "model":
            self.model(leaf.name)

    def field(self, parsed: ParsedField, raw: dict[str, Any], path: Path) -> Field:
        """Return a property, or a header parameter, that stands at *path*."""
        schema = self._resolved(raw)
        name = raw.get("x-sdk", {}).get("name") or naming.snake(parsed.wire)
        self._contract.check(naming.flaw_of_field(name, parsed.wire), path)
        return Field(
            wire=parsed.wire,
            name=name,
            type=self._typed(parsed.type, schema),
            required=parsed.required,
            text=text(raw if "description" in raw else schema, "description"),
            limits=limits(schema, raw),
            schema=raw,
            sensitive=schema.get("x-sensitive", False),
        )

    def _resolved(self, raw: dict[str, Any]) -> dict[str, Any]:
        reference = raw.get("$ref")
        return self._contract.schemas[reference.rsplit("/", 1)[1]] if reference else raw

    def _typed(self, type_: TypeRef, schema: dict[str, Any]) -> TypeRef:
        """Give integers the alias that says their size or unit."""
        if type_.kind != "int":
            return type_
        if schema.get("format") == "unix-time":
            return TypeRef("int", "UnixMillis" if schema.get("x-unit") == "ms" else "UnixSeconds")
        return TypeRef("int", "Int64") if schema.get("format") == "int64" else type_

    def enum(self, name: str) -> Enum:
        """Return an enumeration."""
        schema = self._contract.schemas[name]
        names, values = schema["x-enum-varnames"], schema["enum"]
        texts = zip(schema["x-enum-descriptions"], schema["x-i18n"]["en"]["x-enum-descriptions"], strict=True)
        members = tuple(
            Member(member, value, Text(zh, en)) for member, value, (zh, en) in zip(names, values, texts, strict=True)
        )
        # The parser rewrites odd values, so they are taken from the contract; the names must agree.
        if set(self._contract.parsed.enums[name]) != set(names):
            self._contract.problem(
                ("components", "schemas", name),
                f"the parser read other members of {name} than stand here",
                "Use plain UPPER_SNAKE names",
            )
        return Enum(
            name=name,
            base="int" if schema["type"] == "integer" else "str",
            text=text(schema, "description"),
            members=members,
            source=self._contract.source("components", "schemas", name),
        )

    def attribute(self, model: Model, path: str, where: Path) -> str:
        """Return ``file_info.md5`` for ``fileInfo.md5`` of *model*; every field on the way must always be there."""
        name, _, rest = path.partition(".")
        field = next((field for field in model.fields if field.wire == name and field.required), None)
        if field is None or bool(rest) != (field.type.kind == "model") or field.type.kind == "list":
            self._contract.problem(
                where, f"{path!r} is no required value of {model.name}", "Name required fields of the event"
            )
            return name
        return f"{field.name}.{self.attribute(self.model(field.type.name), rest, where)}" if rest else field.name
