"""The contract's facts in small: texts, examples, and the schemas behind bodies."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..ir import Example, Text


def text(raw: dict[str, Any], key: str) -> Text:
    """Return the text under *key* in both languages."""
    zh = raw.get(key, "")
    return Text(zh, raw.get("x-i18n", {}).get("en", {}).get(key, zh))


def examples(body: dict[str, Any]) -> tuple[Example, ...]:
    """Return the examples of a request body or a response."""
    media = next(iter(body["content"].values()))
    return tuple(Example(name, example["value"]) for name, example in media.get("examples", {}).items())


def schema_of(body: dict[str, Any]) -> str:
    """Return the name of the schema of a request body or a response."""
    media = next(iter(body["content"].values()))
    return str(media["schema"]["$ref"].rsplit("/", 1)[1])


def properties(schemas: dict[str, Any], name: str) -> Iterator[tuple[str, dict[str, Any], tuple[str | int, ...]]]:
    """Yield the properties of a schema with those it is composed of, in order, each with its place in the document."""
    pending: list[tuple[dict[str, Any], tuple[str | int, ...]]] = [(schemas[name], ("components", "schemas", name))]
    while pending:
        schema, path = pending.pop(0)
        if "$ref" in schema:
            target = schema["$ref"].rsplit("/", 1)[1]
            schema, path = schemas[target], ("components", "schemas", target)
        for wire, raw in schema.get("properties", {}).items():
            yield wire, raw, (*path, "properties", wire)
        parts = schema.get("allOf", [])
        pending[:0] = [(part, (*path, "allOf", index)) for index, part in enumerate(parts)]


def identifiers(schemas: dict[str, Any], name: str) -> tuple[str, ...]:
    """Return the identifying properties of an object schema, those of what it is composed of included."""
    schema = schemas[name]
    parts = (part["$ref"].rsplit("/", 1)[1] for part in schema.get("allOf", []) if "$ref" in part)
    inherited = [wire for part in parts for wire in identifiers(schemas, part)]
    return (*inherited, *schema.get("x-identity", ()))
