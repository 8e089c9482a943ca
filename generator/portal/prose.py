"""Markdown, of the contract's texts and of the guides, as HTML. Raw HTML in it is shown, not obeyed."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any
from unicodedata import east_asian_width

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict
from markupsafe import Markup, escape

from .code import highlight

Resolve = Callable[[str], str | None]
"""Takes a link as it was written; returns where it leads on the site, or nothing if it leads nowhere."""


class _Renderer(RendererHTML):
    """Colours code, and lets wide tables scroll by themselves."""

    def fence(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        token = tokens[idx]
        return _code(token.content, token.info.split()[0] if token.info.strip() else "text")

    def code_block(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        return _code(tokens[idx].content, "python")  # docstrings' examples are the only ones without a language

    def table_open(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        return '<div class="wide" tabindex="0"><table>\n'

    def table_close(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        return "</table></div>\n"


def _code(source: str, language: str) -> str:
    colours = highlight(source, language)
    return f'<pre data-copy data-language="{escape(language)}" tabindex="0"><code>{colours}</code></pre>\n'


_MARKDOWN = MarkdownIt("commonmark", {"html": False}, renderer_cls=_Renderer).enable("table").disable("image")


def _join(state: StateCore) -> None:
    """Drop the line breaks within Chinese: there is no space in it."""
    for token in state.tokens:
        if parts := token.children:
            token.children = [part for at, part in enumerate(parts) if not _within_chinese(parts, at)]


def _within_chinese(parts: Sequence[Token], at: int) -> bool:
    if parts[at].type != "softbreak":
        return False
    before = next((part.content[-1] for part in reversed(parts[:at]) if part.content), "\n")
    after = next((part.content[0] for part in parts[at + 1 :] if part.content), "\n")
    return {east_asian_width(before), east_asian_width(after)} <= {"W", "F"}


_MARKDOWN.core.ruler.push("join", _join)


def block(text: str) -> Markup:
    """Return a text of the contract as paragraphs."""
    return Markup(_MARKDOWN.render(text))


def inline(text: str) -> Markup:
    """Return a text of the contract without a paragraph around it."""
    return Markup(_MARKDOWN.renderInline(text))


def guide(text: str, resolve: Resolve) -> Markup:
    """Return a page that was written by hand: headings get anchors, links lead to where things are on the site."""
    tokens = _MARKDOWN.parse(text)
    seen: dict[str, int] = {}
    for opening, content in pairwise(tokens):
        if opening.type == "heading_open":
            opening.attrSet("id", _unique(slug(content.content), seen))
    for token in tokens:
        if token.children is not None:
            token.children = _linked(token.children, resolve)
    env: dict[str, Any] = {}
    return Markup(_MARKDOWN.renderer.render(tokens, _MARKDOWN.options, env))


def title(text: str) -> str:
    """Return the first heading of a page."""
    return next((line[2:].strip() for line in text.splitlines() if line.startswith("# ")), "")


def lead(text: str) -> str:
    """Return the first paragraph of a page as plain text."""
    tokens = _MARKDOWN.parse(text)
    for opening, content in pairwise(tokens):
        if opening.type == "paragraph_open":
            return "".join(
                child.content if child.content else " " for child in content.children or () if not child.nesting
            )
    return ""


def slug(heading: str) -> str:
    """Return the anchor that code hosts give a heading, so that links written for them work here."""
    plain = re.sub(r"[^\w\- ]", "", heading.lower())
    return plain.strip().replace(" ", "-")


def _unique(name: str, seen: dict[str, int]) -> str:
    count = seen.get(name, 0)
    seen[name] = count + 1
    return f"{name}-{count}" if count else name


def _linked(children: list[Token], resolve: Resolve) -> list[Token]:
    kept: list[Token] = []
    dropping = False
    for token in children:
        if token.type == "link_open":
            target = resolve(str(token.attrGet("href")))
            dropping = target is None
            if target is not None:
                token.attrSet("href", target)
                kept.append(token)
        elif token.type == "link_close":
            if not dropping:
                kept.append(token)
            dropping = False
        else:
            kept.append(token)
    return kept
