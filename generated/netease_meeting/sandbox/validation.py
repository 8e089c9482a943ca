# Copied from generator/runtime/sandbox/validation.py by `make generate`. Edit it there.
"""Bodies and headers against the contract: which business code a wrong value earns."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from .document import Document, Field, Route
from .messages import BusinessError
from .shapes import is_array, is_object, read

_TYPES: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "array": (list,),
    "object": (dict,),
}

_END = re.compile(r"(?<!\\)\$$")
"""In JSON Schema a closing ``$`` is the very end; in Python it is also the place ahead of a last line break."""


class Validator:
    """Reads requests as the document describes them; unknown fields are ignored, as servers do."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._invalid = document.codes["INVALID_PARAMETER"]
        self._empty = document.codes["EMPTY_PARAMETER"]
        self._header = document.codes["INVALID_HEADER"]
        self._charset = document.codes["INVALID_CHARSET"]

    def body(self, route: Route, content: bytes) -> dict[str, Any]:
        """Return the fields of a body by their wire names. Raises ``BusinessError``."""
        try:
            text = content.decode("utf-8")
        except UnicodeDecodeError as error:
            raise BusinessError(self._charset, [f"the body is not UTF-8: {error}"]) from None
        try:
            body = read(text)
        except (ValueError, RecursionError) as error:
            raise BusinessError(self._invalid, [f"the body is not JSON: {error}"]) from None
        if not is_object(body):
            raise BusinessError(self._invalid, ["the body is not a JSON object"])
        defaults = {field.name: field.schema["default"] for field in route.fields if "default" in field.schema}
        return {**defaults, **self._object(route.fields, body, "")}

    def headers(self, route: Route, headers: Mapping[str, str]) -> dict[str, Any]:
        """Return the operation's own headers. Raises ``BusinessError``."""
        found: dict[str, Any] = {}
        for field in route.headers:
            text = headers.get(field.name.lower(), "")
            if not text:
                if field.required:
                    raise BusinessError(self._header, [f"the header {field.name} is missing or empty"])
                continue
            value: Any = (
                int(text) if field.schema["type"] == "integer" and re.fullmatch(r"-?[0-9]{1,9}", text) else text
            )
            found[field.name] = self._value(field, value, field.name)
        return found

    def _object(self, fields: tuple[Field, ...], values: Mapping[str, Any], place: str) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for field in fields:
            if field.needed(values) and values.get(field.name) in (None, ""):
                raise BusinessError(self._empty, [f"{place}{field.name} is missing or empty"])
            if field.name in values:
                found[field.name] = self._value(field, values[field.name], place + field.name)
        return found

    def _value(self, field: Field, value: Any, place: str) -> Any:
        schema = field.schema
        code = field.code or self._invalid
        # The document calls an enumeration of numbers a String in one table and shows a number beside it: take both.
        if (
            "enum" in schema
            and schema["type"] == "integer"
            and isinstance(value, str)
            and value.isascii()
            and value.isdigit()
        ):
            value = int(value)
        if not isinstance(value, _TYPES[schema["type"]]) or (isinstance(value, bool) and schema["type"] != "boolean"):
            raise BusinessError(code, [f"{place} is {value!r}, not of type {schema['type']}"])
        problem = _out_of_range(schema, value)
        if problem:
            raise BusinessError(code, [f"{place} {problem}"])
        if is_object(value):
            return self._object(self._document.fields(schema), value, f"{place}.")
        if is_array(value):
            item = Field("", True, self._document.resolved(schema["items"]), field.code)
            return [self._value(item, entry, f"{place}[{index}]") for index, entry in enumerate(value)]
        return value


def _out_of_range(schema: Mapping[str, Any], value: Any) -> str | None:
    if "enum" in schema and value not in schema["enum"]:
        return f"is {value!r}, none of {schema['enum']}"
    if isinstance(value, str):
        if not schema.get("minLength", 0) <= len(value) <= schema.get("maxLength", len(value)):
            return f"has {len(value)} characters"
        if "pattern" in schema and not re.search(_END.sub(r"\\Z", schema["pattern"]), value):
            return f"does not match {schema['pattern']}"
    elif isinstance(value, (int, float)) and not isinstance(value, bool):
        if not schema.get("minimum", value) <= value <= schema.get("maximum", value):
            return f"is {value}, out of range"
        if schema.get("format") and not -(2**63) <= value < 2**63:
            return "does not fit into 64 bits"
    return None
