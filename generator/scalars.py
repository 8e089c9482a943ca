"""What a plain YAML scalar means, where every reader of YAML agrees: no text that one takes for a date or a boolean."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

_INTEGER = re.compile(r"-?(?:0|[1-9][0-9]*)")
_FRACTION = re.compile(r"-?(?:0|[1-9][0-9]*)\.[0-9]+")
_NUMBERISH = re.compile(
    r"[-+]?[0-9][0-9_,]*(?:\.[0-9_]*)?(?:e[-+]?[0-9]+)?"  # leading zeros, underscores, exponents, a closing dot
    r"|[-+]?\.[0-9_]+|[-+]?\.(?:inf|nan)|[-+]?0[xob][0-9a-f_]+"
    r"|[-+]?[0-9]+(?::[0-9]{1,2})+(?:\.[0-9]*)?"  # base sixty
    r"|[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}.*",  # dates
    re.IGNORECASE,
)
_WORDS = {"true": True, "false": False, "null": None, "~": None}
_AMBIGUOUS = frozenset({"yes", "no", "on", "off", "y", "n", "true", "false", "null", "<<", "="})


class DoubtfulError(Exception):
    """Two YAML readers would read this differently; says how to mend it."""


@lru_cache(maxsize=4096)
def resolve(text: str) -> Any:
    """Return what a plain scalar means, if every YAML reader agrees on it."""
    if text in _WORDS or text == "":
        return _WORDS.get(text)
    first = text[0]
    if first.isascii() and (first.isdigit() or first in "-+."):
        if _INTEGER.fullmatch(text) and len(text) < 20:
            return int(text)
        if _FRACTION.fullmatch(text):
            return float(text)
        if _NUMBERISH.fullmatch(text):
            raise DoubtfulError(f'Write "{text}" in double quotes if it is text')
    elif len(text) <= 5 and text.lower() in _AMBIGUOUS:
        raise DoubtfulError(f'Write true, false or null, or "{text}" in double quotes')
    return text
