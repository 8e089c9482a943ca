"""The contract as one document, for portals, tools and the sandbox: the bundle with code samples filled in."""

from __future__ import annotations

import json
from typing import Any

import yaml

from .ir import Api
from .render import PACKAGE
from .samples import samples


def publish(api: Api) -> dict[str, bytes]:
    """Return the published contract by its path below ``generated/``."""
    document = _with_samples(api)
    compact = json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
    return {
        "openapi.yaml": _yaml(document),
        "openapi.json": compact,
        f"{PACKAGE}/openapi.json": compact,
        f"{PACKAGE}/py.typed": b"",
    }


def _with_samples(api: Api) -> dict[str, Any]:
    operations = {operation.path: operation for operation in api.operations}
    paths = {
        path: {**item, "post": {**item["post"], "x-codeSamples": samples(api, operations[path])}}
        for path, item in api.document["paths"].items()
    }
    return {**api.document, "paths": paths}


class _Dumper(yaml.CSafeDumper):
    """Writes shared values out each time: readers of the published file need not know YAML's anchors."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


_Dumper.add_representer(
    str,
    lambda dumper, text: dumper.represent_scalar(
        "tag:yaml.org,2002:str", text, style="|" if "\n" in text.strip("\n") else None
    ),
)


def _yaml(document: dict[str, Any]) -> bytes:
    header = "# Generated from spec/ by `make generate`. Do not edit.\n"
    text: str = yaml.dump(document, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=120)
    return (header + text).encode()
