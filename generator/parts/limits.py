"""What a schema's keywords say about a value, in words."""

from __future__ import annotations

import json
from typing import Any

from ..ir import Text

_UNITS = {"ms": "milliseconds", "s": "seconds", "bytes": "bytes"}
_UNITS_ZH = {"ms": "毫秒", "s": "秒", "bytes": "字节"}


def limits(schema: dict[str, Any], raw: dict[str, Any]) -> Text:
    """Say the schema's keywords in words."""
    zh: list[str] = []
    en: list[str] = []

    def say(chinese: str, english: str) -> None:
        zh.append(chinese)
        en.append(english)

    shortest, longest = schema.get("minLength"), schema.get("maxLength")
    if shortest and longest:
        say(f"{shortest}–{longest} 个字符", f"{shortest} to {longest} characters")
    elif longest:
        say(f"最多 {longest} 个字符", f"At most {longest} characters")
    low, high = schema.get("minimum"), schema.get("maximum")
    if low is not None and high is not None:
        say(f"{low}–{high}", f"{low} to {high}")
    unit = schema.get("x-unit")
    if unit and schema.get("format") == "unix-time":
        say(f"UNIX 时间戳，单位{_UNITS_ZH[unit]}", f"Unix time in {_UNITS[unit]}")
    elif unit:
        say(f"单位{_UNITS_ZH[unit]}", f"In {_UNITS[unit]}")
    default = raw.get("default", schema.get("default"))
    if default is not None:
        say(f"默认 {json.dumps(default, ensure_ascii=False)}", f"The server's default is {default}")
    return Text("；".join(zh), ". ".join(en))
