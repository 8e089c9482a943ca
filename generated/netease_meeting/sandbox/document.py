# Copied from generator/runtime/sandbox/document.py by `make generate`. Edit it there.
"""The contract as the sandbox reads it. A keyword it does not understand stops it: a fake must not ignore facts."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

_SCHEMAS = "#/components/schemas/"
_UNDERSTOOD = frozenset(
    {
        "$ref",
        "allOf",
        "const",
        "default",
        "deprecated",
        "description",
        "enum",
        "format",
        "items",
        "maxLength",
        "maximum",
    }
    | {"minLength", "minimum", "pattern", "properties", "required", "type", "x-enum-descriptions", "x-enum-varnames"}
    | {"x-errors", "x-i18n", "x-sdk", "x-sensitive", "x-unit"}
)


@dataclass(frozen=True, slots=True)
class Field:
    """A property of a request body, or a header parameter."""

    name: str
    required: bool
    schema: Mapping[str, Any]
    """References resolved; ``properties`` and ``items`` are not."""
    code: int | None
    """The business code for a value that is wrong, where the contract names one."""


@dataclass(frozen=True, slots=True)
class Route:
    """One operation."""

    operation: str
    """``operationId``."""
    name: str
    """In the client's words."""
    path: str
    fields: tuple[Field, ...]
    headers: tuple[Field, ...]
    schemes: tuple[str, ...]


class Document:
    """The parts of the contract that the sandbox acts upon."""

    def __init__(self, root: Mapping[str, Any]) -> None:
        self.root = root
        self.schemas: Mapping[str, Mapping[str, Any]] = root["components"]["schemas"]
        for name, schema in self.schemas.items():
            self._check(name, schema)
        self.signatures: Mapping[str, Any] = {
            name: scheme["x-signature"] for name, scheme in root["components"]["securitySchemes"].items()
        }
        self.routes = {path: self._route(path, item["post"]) for path, item in root["paths"].items()}
        self.texts: dict[int, str] = {code["code"]: code["text"] for code in root["x-error-codes"]["codes"]}
        self.codes: dict[str, int] = {code["name"]: code["code"] for code in root["x-error-codes"]["codes"]}
        self.envelope: Mapping[str, Any] = root["x-envelope"]
        self.states: Mapping[str, Any] = root["x-states"]
        self.delivery: Mapping[str, Any] = root["x-delivery"]
        self.messages: dict[str, int] = {
            item["post"]["x-sdk"]["event"]: self._tag(item["post"]) for item in root["webhooks"].values()
        }
        webhook = next(iter(root["webhooks"].values()))["post"]
        self.callback_scheme = next(iter(webhook["security"][0]))
        self.media_type: str = next(iter(webhook["requestBody"]["content"]))

    def resolved(self, schema: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return the schema with what a ``$ref`` points at filled in behind its neighbours."""
        reference = schema.get("$ref")
        return {**self.schemas[reference.removeprefix(_SCHEMAS)], **schema} if reference else schema

    def fields(self, schema: Mapping[str, Any]) -> tuple[Field, ...]:
        """Return the properties of an object schema, compositions flattened."""
        required = set(schema.get("required", ()))
        own = [self._field(name, name in required, raw) for name, raw in schema.get("properties", {}).items()]
        parts = [field for part in schema.get("allOf", ()) for field in self.fields(self.resolved(part))]
        return (*parts, *own)

    def _field(self, name: str, required: bool, raw: Mapping[str, Any]) -> Field:
        return Field(name, required, self.resolved(raw), next(iter(raw.get("x-errors", ())), None))

    def _route(self, path: str, operation: Mapping[str, Any]) -> Route:
        media = next(iter(operation["requestBody"]["content"].values()))
        sdk = operation["x-sdk"]
        return Route(
            operation=operation["operationId"],
            name=f"{sdk['resource']}.{sdk['method']}",
            path=path,
            fields=self.fields(self.resolved(media["schema"])),
            headers=tuple(
                self._field(parameter["name"], parameter["required"], {**parameter["schema"], **_codes(parameter)})
                for parameter in operation.get("parameters", ())
            ),
            schemes=tuple(operation.get("security", self.root["security"])[0]),
        )

    def _tag(self, operation: Mapping[str, Any]) -> int:
        media = next(iter(operation["requestBody"]["content"].values()))
        properties = self.resolved(media["schema"])["properties"]
        return int(next(raw["const"] for raw in properties.values() if "const" in raw))

    def _check(self, place: str, schema: Mapping[str, Any]) -> None:
        for key in schema:
            if key not in _UNDERSTOOD:
                raise ValueError(f"the sandbox does not understand the keyword {key!r} at {place}")
        for name, raw in schema.get("properties", {}).items():
            self._check(f"{place}.{name}", raw)
        for part in (*schema.get("allOf", ()), *([schema["items"]] if "items" in schema else [])):
            self._check(place, part)


def _codes(parameter: Mapping[str, Any]) -> dict[str, Any]:
    return {key: parameter[key] for key in ("x-errors",) if key in parameter}


@cache
def shipped() -> Document:
    """Return the contract that is part of this package."""
    path = Path(__file__).resolve().parent.parent / "openapi.json"
    return Document(json.loads(path.read_text("utf-8")))
