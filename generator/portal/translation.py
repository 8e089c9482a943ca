"""The Chinese of docstrings, found by their English: what has changed since is not translated, never wrongly."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import yaml

from generator.ir import Text

_FILE = Path(__file__).with_name("docstrings.zh-CN.yaml")
_CODE = re.compile(r"`[^`]+`")


def translated(english: str) -> Text:
    """Return Markdown with its Chinese, or with its English twice if a paragraph of it has none."""
    chinese = [_paragraph(part) for part in re.split(r"\n{2,}", english.strip("\n"))]
    whole = "\n\n".join(part for part in chinese if part is not None)
    return Text(english if None in chinese else whole, english)


def _paragraph(english: str) -> str | None:
    if english.startswith(("    ", "```")):
        return english
    quoted = _CODE.findall(english)
    numbers = iter(range(len(quoted)))
    key = _CODE.sub(lambda _: f"{{{next(numbers)}}}", " ".join(english.split()))
    found = _sentences().get(key)
    return re.sub(r"\{(\d+)\}", lambda hole: quoted[int(hole[1])], found) if found is not None else None


@cache
def _sentences() -> dict[str, str]:
    sentences: dict[str, str] = yaml.safe_load(_FILE.read_text("utf-8"))
    return sentences
