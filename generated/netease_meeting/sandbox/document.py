# Copied from generator/runtime/sandbox/document.py by `make generate`. Edit it there.
"""The contract as the sandbox reads it. A keyword it does not understand stops it: a fake must not ignore facts."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from .shapes import is_array

_SCHEMAS = "#/components/schemas/"
_UNDERSTOOD = frozenset(
    (
        *("$ref", "allOf", "const", "default", "deprecated", "description", "enum", "format", "items", "maxLength"),
        *("maximum", "minLength", "minimum", "pattern", "properties", "required", "type"),
        *("x-enum-descriptions", "x-enum-varnames", "x-errors", "x-i18n", "x-identity", "x-required-if", "x-sdk"),
        *("x-sensitive", "x-unit"),
    )
)
_PROSE = {"description", "x-i18n"}
_SIGNATURE = {"tolerance", "headers"}
_HEADER = _PROSE | {"value", "maxLength", "example"}
_PARTS = {"appKey", "appSecret", "nonce", "unixSeconds", "unixMillis", "body"}
_WRAPPED = {"text", "md5", "sha1", "sha256"}
_DELIVERY = _PROSE | {"success", "schedule", "timeout", "probe", "order", "rebuild"}  # the last two are for receivers
_MACHINE = {"kinds", "initial", "events", "states", "transitions", "numbers"}
_TRANSITION = {"types", "from", "event", "to", "when"}
_WHEN = {"startPending", "startReached"}


@dataclass(frozen=True, slots=True)
class Field:
    """A property of a request body, or a header parameter."""

    name: str
    required: bool
    schema: Mapping[str, Any]
    """References resolved; ``properties`` and ``items`` are not."""
    code: int | None
    """The business code for a value that is wrong, where the contract names one."""

    def needed(self, neighbours: Mapping[str, Any]) -> bool:
        """Whether it has to be there, given the values beside it."""
        conditions: Mapping[str, list[Any]] = self.schema.get("x-required-if", {})
        return self.required or any(neighbours.get(name) in values for name, values in conditions.items())


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


@dataclass(frozen=True, slots=True)
class Message:
    """One kind of callback."""

    tag: Mapping[str, int]
    """The field that tells the kinds apart, with its value."""
    body: str
    """The field that holds the event."""
    fields: tuple[str, ...]
    """What the event is made of."""
    example: Mapping[str, Any]
    """An event as the contract shows it."""


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
        codes = root["x-error-codes"]["codes"]
        self.texts: dict[int, str] = {code["code"]: code["text"] for code in codes}
        self.codes: dict[str, int] = {code["name"]: code["code"] for code in codes}
        self.families: dict[int, str] = {code["code"]: code["family"] for code in codes}
        self._check_machinery(root)
        self.envelope: Mapping[str, Any] = root["x-envelope"]
        self.states: Mapping[str, Any] = root["x-states"]
        self.delivery: Mapping[str, Any] = root["x-delivery"]
        webhooks = [item["post"] for item in root["webhooks"].values()]
        self.messages = {webhook["x-sdk"]["event"]: self._message(webhook) for webhook in webhooks}
        self.events = {webhook["x-sdk"]["event"]: _summary(webhook) for webhook in webhooks}
        self.callback_scheme = next(iter(webhooks[0]["security"][0]))
        self.media_type = next(iter(webhooks[0]["requestBody"]["content"]))

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

    def members(self, enumeration: str) -> dict[str, int]:
        """Return the values of an enumeration by their names."""
        schema = self.schemas[enumeration]
        return dict(zip(schema["x-enum-varnames"], schema["enum"], strict=True))

    def _field(self, name: str, required: bool, raw: Mapping[str, Any]) -> Field:
        return Field(name, required, self.resolved(raw), next(iter(raw.get("x-errors", ())), None))

    def _route(self, path: str, operation: Mapping[str, Any]) -> Route:
        sdk = operation["x-sdk"]
        return Route(
            operation=operation["operationId"],
            name=f"{sdk['resource']}.{sdk['method']}",
            path=path,
            fields=self.fields(self.resolved(_content(operation)["schema"])),
            headers=tuple(
                self._field(parameter["name"], parameter["required"], {**parameter["schema"], **_codes(parameter)})
                for parameter in operation.get("parameters", ())
            ),
            schemes=tuple(operation.get("security", self.root["security"])[0]),
        )

    def _message(self, webhook: Mapping[str, Any]) -> Message:
        content = _content(webhook)
        fields = self.fields(self.resolved(content["schema"]))
        (tag,) = (field for field in fields if "const" in field.schema)
        (body,) = (field for field in fields if "const" not in field.schema)
        example = next(iter(content["examples"].values()))["value"][body.name]
        names = tuple(field.name for field in self.fields(body.schema))
        return Message({tag.name: tag.schema["const"]}, body.name, names, example)

    def _check_machinery(self, root: Mapping[str, Any]) -> None:
        for name, signature in self.signatures.items():
            _known(f"x-signature of {name}", signature, _SIGNATURE)
            for header, fact in signature["headers"].items():
                _known(f"{name}.{header}", fact, _HEADER)
                _check_parts(f"{name}.{header}", fact["value"])
        _known("x-delivery", root["x-delivery"], _DELIVERY)
        _known("x-states", root["x-states"], _MACHINE)
        for row in root["x-states"]["transitions"]:
            _known("x-states.transitions", row, _TRANSITION)
            _known("x-states.transitions.when", {row["when"]} if "when" in row else (), _WHEN)

    def _check(self, place: str, schema: Mapping[str, Any]) -> None:
        _known(place, schema, _UNDERSTOOD)
        for name, raw in schema.get("properties", {}).items():
            self._check(f"{place}.{name}", raw)
        for part in (*schema.get("allOf", ()), *([schema["items"]] if "items" in schema else [])):
            self._check(place, part)


def _known(place: str, keys: Iterable[str], understood: Set[str]) -> None:
    for key in keys:
        if key not in understood:
            raise ValueError(f"the sandbox does not understand the keyword {key!r} at {place}")


def _check_parts(place: str, value: Any) -> None:
    for part in value if is_array(value) else [value]:
        if isinstance(part, str):
            _known(place, [part], _PARTS)
        else:
            _known(place, part, _WRAPPED)
            for inner in part.values():
                if is_array(inner):
                    _check_parts(place, inner)


def _content(operation: Mapping[str, Any]) -> Mapping[str, Any]:
    content: Mapping[str, Mapping[str, Any]] = operation["requestBody"]["content"]
    return next(iter(content.values()))


def _summary(operation: Mapping[str, Any]) -> dict[str, str]:
    return {"zh": operation["summary"], "en": operation["x-i18n"]["en"]["summary"]}


def _codes(parameter: Mapping[str, Any]) -> dict[str, Any]:
    return {key: parameter[key] for key in ("x-errors",) if key in parameter}


@cache
def shipped() -> Document:
    """Return the contract that is part of this package."""
    path = Path(__file__).resolve().parent.parent / "openapi.json"
    return Document(json.loads(path.read_text("utf-8")))
