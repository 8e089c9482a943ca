"""The contract for portals, tools and the sandbox: one document in two languages, with samples, and a collection."""

from __future__ import annotations

from typing import Any

import msgspec

from . import yamlfile
from .ir import Api
from .postman import collection
from .render import PACKAGE
from .samples import samples


def publish(api: Api) -> dict[str, bytes]:
    """Return what is published beside the client, by its path below ``generated/``."""
    chinese = _with_samples(api)
    english = _in_english(chinese)
    return {
        "openapi.yaml": _yaml(chinese),
        "openapi.json": _json(chinese),
        "openapi.en.yaml": _yaml(english),
        "openapi.en.json": _json(english),
        "postman.json": _json(collection(api, "zh")),
        "postman.en.json": _json(collection(api, "en")),
        f"{PACKAGE}/openapi.json": _json(api.document),
        f"{PACKAGE}/py.typed": b"",
    }


def _with_samples(api: Api) -> dict[str, Any]:
    operations = {operation.path: operation for operation in api.operations}
    paths = {
        path: {**item, "post": {**item["post"], "x-codeSamples": samples(api, operations[path])}}
        for path, item in api.document["paths"].items()
    }
    return {**api.document, "paths": paths}


def _in_english(node: Any) -> Any:
    """Return the document with each English text in the place of the Chinese one; data stay as they are."""
    if isinstance(node, list):
        return [_in_english(item) for item in node]
    if not isinstance(node, dict):
        return node
    english = node["x-i18n"].get("en", {}) if "x-i18n" in node else {}
    return {
        key: english[key] if key in english else _in_english(value) if isinstance(value, (dict, list)) else value
        for key, value in node.items()
        if key != "x-i18n" and not (key == "zh" and "en" in node)
    }


def _yaml(document: dict[str, Any]) -> bytes:
    header = "# Generated from spec/ by `make generate`. Do not edit.\n"
    return (header + yamlfile.dump(document)).encode()


def _json(value: dict[str, Any]) -> bytes:
    return msgspec.json.encode(value) + b"\n"
