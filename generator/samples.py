"""Code samples: how an operation is called, in several languages, from the contract's own example of its body."""

from __future__ import annotations

import json
from typing import Any

from .ir import Api, Field, Model, Operation, TypeRef

_SHELL = {
    "appKey": "$APP_KEY",
    "appSecret": "$APP_SECRET",
    "nonce": "$NONCE",
    "unixSeconds": "$CUR_TIME",
    "unixMillis": "${CUR_TIME}000",
    "body": "$BODY",
}
_CREDENTIALS = "# Reads NETEASE_MEETING_APP_KEY and NETEASE_MEETING_APP_SECRET from the environment."


def samples(api: Api, operation: Operation) -> list[dict[str, str]]:
    """Return the ``x-codeSamples`` of one operation."""
    return [
        {"lang": "Shell", "label": "curl", "source": _curl(api, operation)},
        {"lang": "Python", "label": "Python", "source": _python(api, operation)},
        {"lang": "Python", "label": "Python (async)", "source": _python_async(api, operation)},
    ]


def _curl(api: Api, operation: Operation) -> str:
    body = json.dumps(operation.example, ensure_ascii=False, separators=(",", ":")).replace("'", "'\\''")
    headers = [f"{header.name}: {_shell(header.value)}" for scheme in operation.schemes for header in scheme.headers]
    headers += [f"{field.wire}: {_header_example(api, field)}" for field in operation.parameters]
    return "\n".join(
        [
            "NONCE=$(od -An -N7 -tu8 /dev/urandom | tr -d ' ')1",
            "CUR_TIME=$(date +%s)",
            f"BODY='{body}'",
            f'curl -sS "${{BASE_URL:-{api.base_url}}}{operation.path}" \\',
            f'  -H "Content-Type: {api.media_type}" \\',
            *(f'  -H "{header}" \\' for header in headers),
            '  --data-binary "$BODY"',
            "",
        ]
    )


def _shell(value: Any) -> str:
    if isinstance(value, list):
        return "".join(map(_shell, value))
    if isinstance(value, str):
        return _SHELL[value]
    ((kind, parts),) = value.items()
    return str(parts) if kind == "text" else f"$(printf %s \"{_shell(parts)}\" | {kind}sum | cut -d' ' -f1)"


def _python(api: Api, operation: Operation) -> str:
    call = _Call(api, operation)
    body = (
        [f"    for row in {call.text}:", "        print(row)"]
        if operation.pagination
        else [f"    {call.statement('')}"]
    )
    return "\n".join([call.imports("MeetingClient"), "", _CREDENTIALS, "with MeetingClient() as client:", *body, ""])


def _python_async(api: Api, operation: Operation) -> str:
    call = _Call(api, operation)
    rows = [f"        async for row in {call.text}:", "            print(row)"]
    body = rows if operation.pagination else [f"        {call.statement('await ')}"]
    return "\n".join(
        [
            "import asyncio",
            "",
            call.imports("AsyncMeetingClient"),
            "",
            "",
            "async def main() -> None:",
            f"    {_CREDENTIALS}",
            "    async with AsyncMeetingClient() as client:",
            *body,
            "",
            "",
            "asyncio.run(main())",
            "",
        ]
    )


class _Call:
    """One call as Python text, with the names it needs."""

    def __init__(self, api: Api, operation: Operation) -> None:
        self._models = {model.name: model for model in api.models}
        self._enums = {enum.name: enum for enum in api.enums}
        self._names: set[str] = set()
        self._operation = operation
        values = {**operation.example, **{field.wire: _header_example(api, field) for field in operation.parameters}}
        arguments = [
            f"{field.name}={self._value(field.type, values[field.wire])}"
            for field in operation.arguments
            if field.wire in values
        ]
        self.text = f"client.{operation.name}({', '.join(arguments)})"

    def imports(self, client: str) -> str:
        return f"from netease_meeting import {', '.join(sorted({client, *self._names}))}"

    def statement(self, keyword: str) -> str:
        return f"print({keyword}{self.text})" if self._operation.result is not None else f"{keyword}{self.text}"

    def _value(self, type_: TypeRef, value: Any) -> str:
        if type_.item is not None and isinstance(value, list):
            return f"[{', '.join(self._value(type_.item, item) for item in value)}]"
        if type_.kind == "model" and isinstance(value, dict):
            return self._constructor(self._models[type_.name], value)
        if type_.kind == "enum":
            member = next((member for member in self._enums[type_.name].members if member.value == value), None)
            if member is not None:
                self._names.add(type_.name)
                return f"{type_.name}.{member.name}"
        return repr(value)

    def _constructor(self, model: Model, value: dict[str, Any]) -> str:
        self._names.add(model.name)
        fields = [
            f"{field.name}={self._value(field.type, value[field.wire])}"
            for field in model.fields
            if field.wire in value
        ]
        return f"{model.name}({', '.join(fields)})"


def _header_example(api: Api, field: Field) -> int | str:
    example = field.schema.get("example")
    if isinstance(example, (int, str)):
        return example
    enum = next((enum for enum in api.enums if enum.name == field.type.name), None)
    return enum.members[0].value if enum is not None else field.wire
