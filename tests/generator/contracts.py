"""A small contract to spoil, and a copy of the real one to change."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.conftest import ROOT


def described(text: str) -> dict[str, Any]:
    return {"description": text, "x-i18n": {"en": {"description": text}}}


def text_property() -> dict[str, Any]:
    return {"type": "string", **described("A text.")}


def media(schema: str, example: Any) -> dict[str, Any]:
    content = {"schema": {"$ref": f"#/components/schemas/{schema}"}, "examples": {"contract": {"value": example}}}
    return {"content": {"application/json": content}}


def small() -> dict[str, Any]:
    """Return one operation with everything a contract must have."""
    envelope = {
        "type": "object",
        **described("An envelope."),
        "required": ["code"],
        "properties": {
            "code": {"type": "integer"},
            **{name: {"type": "string"} for name in ("msg", "requestId", "costTime")},
        },
    }
    color = {
        "type": "string",
        "description": "A colour.",
        "x-i18n": {"en": {"description": "A colour.", "x-enum-descriptions": ["Red.", "Blue."]}},
        "enum": ["red", "blue"],
        "x-enum-varnames": ["RED", "BLUE"],
        "x-enum-descriptions": ["红", "蓝"],
    }
    return {
        "openapi": "3.1.1",
        "info": {
            "title": "Things",
            "version": "1.0.0",
            "description": "Things.",
            "x-i18n": {"en": {"title": "Things", "description": "Things."}},
        },
        "servers": [{"url": "https://things.example", **described("The server.")}],
        "tags": [{"name": "things", **described("Things.")}],
        "paths": {
            "/v1/thing/get": {
                "post": {
                    "operationId": "getThing",
                    "x-sdk": {"resource": "things", "method": "get"},
                    "x-retry": "read",
                    "tags": ["things"],
                    "summary": "取",
                    "description": "取一个",
                    "x-i18n": {"en": {"summary": "Get a thing", "description": "Gets a thing."}},
                    "requestBody": {"required": True, **media("GetThingRequest", {"name": "a"})},
                    "responses": {"200": {**described("The thing."), **media("ThingResponse", {"code": 200})}},
                    "x-errors": [500],
                }
            }
        },
        "components": {
            "schemas": {
                "Envelope": envelope,
                "Color": color,
                "Thing": {
                    "type": "object",
                    **described("A thing."),
                    "properties": {"name": text_property(), "color": {"$ref": "#/components/schemas/Color"}},
                },
                "GetThingRequest": {
                    "type": "object",
                    **described("A request."),
                    "required": ["name"],
                    "properties": {"name": text_property()},
                },
                "ThingResponse": {
                    **described("An answer."),
                    "allOf": [
                        {"$ref": "#/components/schemas/Envelope"},
                        {"type": "object", "properties": {"ret": {"$ref": "#/components/schemas/Thing"}}},
                    ],
                },
            }
        },
        "x-envelope": {
            "code": "code",
            "message": "msg",
            "requestId": "requestId",
            "cost": "costTime",
            "data": "ret",
            "success": 200,
        },
        "x-error-codes": {
            "families": {"busy": {"class": "BusyError", "zh": "忙", "en": "Busy."}},
            "codes": [
                {
                    "code": 500,
                    "name": "BUSY",
                    "family": "busy",
                    "retry": "never",
                    "text": "忙",
                    "en": "Busy.",
                    "remedy": {"zh": "等", "en": "Wait."},
                }
            ],
        },
    }


def write(contract: dict[str, Any], folder: Path) -> Path:
    path = folder / "openapi.json"
    path.write_text(json.dumps(contract, ensure_ascii=False, indent=1), "utf-8")
    return path


def copy_of_the_real_one(folder: Path) -> Path:
    """Return the root of a copy of ``spec/``."""
    return Path(shutil.copytree(ROOT / "spec", folder / "spec"), "openapi.yaml")


def generate(spec: Path, out: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """Run the generator as a maintainer does."""
    command = [sys.executable, "-m", "generator", "--spec", str(spec), "--out", str(out), *options]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
