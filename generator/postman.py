"""A collection in Postman's format 2.1, which Apifox, Insomnia and Bruno import too. It signs each request itself."""

from __future__ import annotations

import json
from typing import Any

from .ir import Api, Operation, Resource, Text
from .samples.example import headers
from .spelling import Spelling

_FORMAT = "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"
_NOTE = Text(
    zh="请在环境变量中填写 appKey 与 appSecret（只填当前值，不要同步或导出）。每次发送前脚本都会重新签名。",
    en="Set appKey and appSecret in an environment, as current values only: they are neither synced nor exported "
    "then. The script signs each request anew.",
)
_MISSING = Text(
    zh="请先在环境变量中填写 appKey 与 appSecret。", en="Set appKey and appSecret in the environment first."
)
_PARTS = {"unixSeconds": "Math.floor(now / 1000)", "unixMillis": "now"}
_FUNCTIONS = {"md5": "CryptoJS.MD5", "sha1": "CryptoJS.SHA1", "sha256": "CryptoJS.SHA256"}


def collection(api: Api, language: str) -> dict[str, Any]:
    """Return the collection with its texts in *language*: ``zh`` or ``en``."""
    return {
        "info": {
            "name": _in(api.title, language),
            "version": api.version,
            "description": f"{_in(api.text, language)}\n\n{_in(_NOTE, language)}",
            "schema": _FORMAT,
        },
        "variable": [
            {"key": "baseUrl", "type": "string", "value": api.base_url},
            {"key": "appKey", "type": "string", "value": ""},
            {"key": "appSecret", "type": "string", "value": ""},
        ],
        "event": [_script("prerequest", _signing(api, language)), _script("test", _test(api))],
        "item": [_folder(api, resource, language) for resource in api.resources],
    }


def _in(text: Text, language: str) -> str:
    return text.zh if language == "zh" else text.en


def _folder(api: Api, resource: Resource, language: str) -> dict[str, Any]:
    return {
        "name": _in(resource.text, language).rstrip("。."),
        "item": [_request(api, operation, language) for operation in resource.operations],
    }


def _request(api: Api, operation: Operation, language: str) -> dict[str, Any]:
    sent = {"Content-Type": api.media_type}
    sent |= {
        header.name: "{{%s}}" % (header.literal or header.name)
        for scheme in operation.schemes
        for header in scheme.headers
    }
    sent |= {name: str(value) for name, value in headers(api, operation).items()}
    return {
        "name": _in(operation.summary, language),
        "request": {
            "method": "POST",
            "description": _in(operation.text, language),
            "header": [{"key": name, "value": value} for name, value in sent.items()],
            "url": {
                "raw": f"{{{{baseUrl}}}}{operation.path}",
                "host": ["{{baseUrl}}"],
                "path": operation.path.removeprefix("/").split("/"),
            },
            "body": {
                "mode": "raw",
                "raw": json.dumps(operation.example, ensure_ascii=False, indent=2),
                "options": {"raw": {"language": "json"}},
            },
        },
        "response": [],
    }


def _script(moment: str, lines: list[str]) -> dict[str, Any]:
    return {"listen": moment, "script": {"type": "text/javascript", "exec": lines}}


def _signing(api: Api, language: str) -> list[str]:
    """Return the script that sets a variable for each part and each digest of the signatures."""
    schemes = {scheme.name: scheme for operation in api.operations for scheme in operation.schemes}.values()
    values = [header for scheme in schemes for header in scheme.headers]
    made = [header for header in values if header.literal is None]
    times = {
        part
        for header in values
        if not header.is_digest
        for part in header.value
        if isinstance(part, str) and part in _PARTS
    }
    return [
        'if (!pm.variables.get("appKey") || !pm.variables.get("appSecret")) {',
        f"  throw new Error({json.dumps(_in(_MISSING, language), ensure_ascii=False)});",
        "}",
        "const now = Date.now();",
        'pm.variables.set("nonce", String(Math.floor(1e15 + Math.random() * 9e15)));',
        *(f'pm.variables.set("{part}", String({_PARTS[part]}));' for part in sorted(times)),
        'pm.variables.set("body", pm.variables.replaceIn(pm.request.body.raw));',
        *(f'pm.variables.set("{header.name}", {_SPELLING.of(header.value)});' for header in made),
    ]


_SPELLING = Spelling(
    part=lambda part: f'pm.variables.get("{part}")',
    text=lambda text: json.dumps(text, ensure_ascii=False),
    digest=lambda name, joined: f"{_FUNCTIONS[name]}({joined}).toString()",
)
"""A signature's value as an expression in JavaScript."""


def _test(api: Api) -> list[str]:
    envelope = api.envelope
    return [
        f'pm.test("{envelope.code} = {envelope.success}", () => '
        f"pm.expect(pm.response.json().{envelope.code}).to.eql({envelope.success}));"
    ]
