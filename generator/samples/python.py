"""Python, with the client made from this contract."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ..ir import Api, Model, Operation, TypeRef
from .example import APP_KEY, APP_SECRET, headers

_WIDTH = 88
_CREDENTIALS = f"# Reads {APP_KEY} and {APP_SECRET}."


def python(api: Api, operation: Operation) -> str:
    """Return the call with the synchronous client."""
    call = _Call(api, operation)
    return "\n".join(
        [
            *call.imports("MeetingClient"),
            "",
            _CREDENTIALS,
            "with MeetingClient() as client:",
            *call.statements("", "    "),
            "",
        ]
    )


def python_async(api: Api, operation: Operation) -> str:
    """Return the call with the asynchronous client."""
    call = _Call(api, operation)
    return "\n".join(
        [
            "import asyncio",
            "",
            *call.imports("AsyncMeetingClient"),
            "",
            "",
            "async def main() -> None:",
            f"    {_CREDENTIALS}",
            "    async with AsyncMeetingClient() as client:",
            *call.statements("async ", "        "),
            "",
            "",
            "asyncio.run(main())",
            "",
        ]
    )


@dataclass(frozen=True)
class _Bracket:
    """Something that stands on one line if it fits, and else on one line per item, as formatters lay it out."""

    opening: str
    items: tuple[tuple[str, str | _Bracket], ...]
    """What stands before the item, and the item."""
    closing: str

    def flat(self) -> str:
        items = (f"{name}{item.flat() if isinstance(item, _Bracket) else item}" for name, item in self.items)
        return f"{self.opening}{', '.join(items)}{self.closing}"


def _lay_out(before: str, value: str | _Bracket, after: str, indent: str) -> Iterator[str]:
    flat = f"{indent}{before}{value.flat() if isinstance(value, _Bracket) else value}{after}"
    if isinstance(value, str) or len(flat) <= _WIDTH:
        yield flat
        return
    yield f"{indent}{before}{value.opening}"
    for name, item in value.items:
        yield from _lay_out(name, item, ",", indent + "    ")
    yield f"{indent}{value.closing}{after}"


class _Call:
    """One call as Python text, with the names it needs."""

    def __init__(self, api: Api, operation: Operation) -> None:
        self._models = api.models_by_name
        self._enums = api.enums_by_name
        self._names: set[str] = set()
        self._operation = operation
        values = {**operation.example, **headers(api, operation)}
        arguments = tuple(
            (f"{field.name}=", self._value(field.type, values[field.wire]))
            for field in operation.arguments
            if field.wire in values
        )
        self._expression = _Bracket(f"client.{operation.name}(", arguments, ")")

    def imports(self, client: str) -> Iterator[str]:
        names = sorted({client, *self._names})
        flat = f"from netease_meeting import {', '.join(names)}"
        if len(flat) <= _WIDTH:
            yield flat
        else:
            yield from ("from netease_meeting import (", *(f"    {name}," for name in names), ")")

    def statements(self, mode: str, indent: str) -> Iterator[str]:
        """Yield the call and what is done with its result; *mode* is ``async`` with a space, or nothing."""
        if self._operation.pagination is not None:
            row = _snake(self._operation.row)
            yield from _lay_out(f"{mode}for {row} in ", self._expression, ":", indent)
            yield f"{indent}    print({row})"
            return
        keyword = "await " if mode else ""
        if self._operation.result is None:
            yield from _lay_out(keyword, self._expression, "", indent)
            return
        name = _result_name(self._operation.result)
        yield from _lay_out(f"{name} = {keyword}", self._expression, "", indent)
        yield f"{indent}print({name})"

    def _value(self, type_: TypeRef, value: Any) -> str | _Bracket:
        if type_.item is not None and isinstance(value, list):
            item = type_.item
            return _Bracket("[", tuple(("", self._value(item, element)) for element in value), "]")
        if type_.kind == "model" and isinstance(value, dict):
            return self._constructor(self._models[type_.name], value)
        if type_.kind == "enum":
            member = next((member for member in self._enums[type_.name].members if member.value == value), None)
            if member is not None:
                self._names.add(type_.name)
                return f"{type_.name}.{member.name}"
        return json.dumps(value, ensure_ascii=False) if isinstance(value, str) else repr(value)

    def _constructor(self, model: Model, value: dict[str, Any]) -> _Bracket:
        self._names.add(model.name)
        fields = tuple(
            (f"{field.name}=", self._value(field.type, value[field.wire]))
            for field in model.fields
            if field.wire in value
        )
        return _Bracket(f"{model.name}(", fields, ")")


def _result_name(type_: TypeRef) -> str:
    return f"{_snake(type_.item.python)}s" if type_.item is not None else _snake(type_.python)


def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()
