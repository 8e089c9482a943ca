"""Code with colours: a span for each stretch of one colour, with a class that the style sheet knows, and no other."""

from __future__ import annotations

import json
from collections.abc import Iterator
from html import escape
from itertools import groupby
from operator import itemgetter
from typing import Any

from markupsafe import Markup
from pygments.lexer import Lexer
from pygments.lexers import get_lexer_by_name
from pygments.token import Comment, Keyword, Literal, Name, Number, Operator, String, Token
from pygments.util import ClassNotFound

_CLASSES = {
    Comment: "c",
    Keyword: "k",
    Operator.Word: "k",
    Name.Builtin: "k",
    Name.Class: "f",
    Name.Decorator: "f",
    Name.Function: "f",
    Name.Namespace: "f",
    Name.Tag: "t",
    Name.Variable: "v",
    String.Interpol: "v",
    String: "s",
    Literal: "s",
    Number: "n",
    Token: "",
}
"""The kinds of token that have a colour; what is beneath a kind has its colour too."""


def highlight(source: str, language: str) -> Markup:
    """Return *source* as HTML; a language nobody knows stays plain."""
    try:
        lexer = get_lexer_by_name(language.lower(), stripnl=False)
    except ClassNotFound:
        lexer = get_lexer_by_name("text")
    parts = groupby(_tokens(lexer, source), key=itemgetter(0))
    html = "".join(_part(name, escape("".join(text for _, text in tokens), quote=False)) for name, tokens in parts)
    return Markup(html.rstrip("\n"))


def _tokens(lexer: Lexer, source: str) -> Iterator[tuple[str, str]]:
    """Yield class and text; white space belongs to what stands before it."""
    name = ""
    for kind, text in lexer.get_tokens(source.rstrip("\n")):
        if not text.isspace():
            name = next(_CLASSES[above] for above in reversed(kind.split()) if above in _CLASSES)
        yield name, text


def _part(name: str, text: str) -> str:
    return f'<span class="{name}">{text}</span>' if name else text


def pretty(value: Any) -> str:
    """Return a JSON value the way a person would lay it out."""
    return json.dumps(value, ensure_ascii=False, indent=2)
