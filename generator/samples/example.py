"""What a sample sends: the contract's first example, and where the program finds what no contract can know."""

from __future__ import annotations

import json
from typing import Any

from ..ir import Api, Field, Operation

APP_KEY = "NETEASE_MEETING_APP_KEY"
APP_SECRET = "NETEASE_MEETING_APP_SECRET"
BASE_URL = "NETEASE_MEETING_BASE_URL"


def compact(value: Any) -> str:
    """Return JSON without a needless byte."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def headers(api: Api, operation: Operation) -> dict[str, int | str]:
    """Return an example of each header the caller supplies."""
    return {field.wire: _header(api, field) for field in operation.parameters}


def _header(api: Api, field: Field) -> int | str:
    example = field.schema.get("example")
    if isinstance(example, (int, str)):
        return example
    enum = api.enums_by_name.get(field.type.name)
    return enum.members[0].value if enum is not None else field.wire
