"""Code with colours, as spans with classes: the style sheet says which."""

from __future__ import annotations

import json
from typing import Any

from markupsafe import Markup
from pygments import highlight as _highlight
from pygments.formatters.html import HtmlFormatter
from pygments.lexers import get_lexer_by_name
from pygments.util import ClassNotFound

_FORMATTER: HtmlFormatter[str] = HtmlFormatter(nowrap=True)


def highlight(source: str, language: str) -> Markup:
    """Return *source* as HTML; a language nobody knows stays plain."""
    try:
        lexer = get_lexer_by_name(language.lower(), stripnl=False)
    except ClassNotFound:
        lexer = get_lexer_by_name("text")
    return Markup(_highlight(source.rstrip("\n"), lexer, _FORMATTER).rstrip("\n"))  # Pygments escapes


def pretty(value: Any) -> str:
    """Return a JSON value the way a person would lay it out."""
    return json.dumps(value, ensure_ascii=False, indent=2)
