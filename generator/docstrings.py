"""English docstrings out of the contract's texts: wrapped, escaped, in the order a reader looks for them."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable

from .ir import Family, Field, Operation, Search, Webhook, join_sentences

_WIDTH = 113


def escape(text: str) -> str:
    """Return *text* so that between triple quotes it means itself."""
    escaped = text.replace("\\", "\\\\").replace('"""', '\\"\\"\\"')
    return escaped[:-1] + '\\"' if escaped.endswith('"') else escaped


def docstring(paragraphs: Iterable[str], indent: int) -> str:
    """Return a docstring literal: each paragraph wrapped, the first on the opening line, all at *indent* columns."""
    blocks = [_wrap(escape(" ".join(paragraph.split())), indent) for paragraph in paragraphs if paragraph.strip()]
    return _quoted(blocks, indent)


def _quoted(blocks: list[str], indent: int) -> str:
    text = "\n\n".join(blocks).strip()
    closing = f"\n{' ' * indent}" if "\n" in text else ""
    return f'"""{text}{closing}"""'


def sentence(text: str, indent: int) -> str:
    """Return a docstring of one paragraph."""
    return docstring([join_sentences(text) if text else "Not described by the vendor."], indent)


def operation(operation: Operation, indent: int) -> str:
    """Return the docstring of a method."""
    summary = join_sentences(operation.summary.en)
    text = operation.text.en.strip()
    paragraphs = [
        summary,
        *(text.split("\n\n") if text not in ("", operation.summary.en, summary) else ()),
        f"``POST {operation.path}``, {operation.summary.zh} in the vendor's document.",
    ]
    raised = [_raised(family, codes) for family, codes in _families(operation).items()]
    return _quoted(
        [
            *(_wrap(escape(" ".join(paragraph.split())), indent) for paragraph in paragraphs),
            _section("Args", [*map(_argument, operation.arguments), *_OPTIONS], indent),
            *([_section("Raises", raised, indent)] if raised else []),
        ],
        indent,
    )


def raw(operation: Operation, indent: int) -> str:
    """Return the docstring of a method that returns the whole response."""
    return docstring(
        [
            join_sentences(operation.summary.en),
            f"Takes and raises what ``{operation.name}`` does; ``parse()`` returns "
            + ("the page that the arguments name." if operation.pagination else "what that returns."),
        ],
        indent,
    )


_OPTIONS = (
    "timeout: Seconds for the whole call, retries included. Left out: the client's.",
    "max_retries: How often to try again where that is safe. Left out: the client's.",
)


def search(search: Search, indent: int) -> str:
    """Return the docstring of a method that looks for what a lost call may have made."""
    fields = ", ".join(f"`{name}`" for name in search.match)
    text = [
        "Return what a call that ended in ``OutcomeUnknownError`` may have made.",
        f"Looks through `{search.operation.name}` for rows that agree with what was sent in {fields}. Several may: "
        "only a text that you use once, such as a number at the end of the subject, makes sure.",
    ]
    arguments = ["error: What the call raised.", *_OPTIONS]
    blocks = [*(_wrap(" ".join(paragraph.split()), indent) for paragraph in text), _section("Args", arguments, indent)]
    return _quoted(blocks, indent)


def family(family: Family, indent: int) -> str:
    """Return the docstring of an exception class."""
    listing = [f"{code.code} {code.name}" for code in family.codes]
    return docstring([join_sentences(family.text.en), f"Codes: {', '.join(listing)}." if listing else ""], indent)


def webhook(webhook: Webhook, indent: int) -> str:
    """Return the docstring of an event class."""
    return docstring([join_sentences(webhook.summary.en), *webhook.text.en.split("\n\n")], indent)


def _argument(field: Field) -> str:
    return f"{field.name}: {field.doc}"


def _families(operation: Operation) -> dict[str, list[str]]:
    families: dict[str, list[str]] = {}
    for code in operation.errors:
        families.setdefault(code.class_name, []).append(f"{code.text.en.rstrip('.')} ({code.code})")
    return families


def _raised(family: str, codes: list[str]) -> str:
    return f"{family}: {'; '.join(codes)}."


def _section(title: str, entries: list[str], indent: int) -> str:
    lines = [_wrap(escape(" ".join(entry.split())), indent + 4, hanging=4) for entry in entries]
    return "\n".join([f"{' ' * indent}{title}:", *lines])


def _wrap(text: str, indent: int, hanging: int = 0) -> str:
    if 0 < len(text) <= _WIDTH - indent:
        return " " * indent + text
    return textwrap.fill(
        text,
        _WIDTH,
        initial_indent=" " * indent,
        subsequent_indent=" " * (indent + hanging),
        break_long_words=False,
        break_on_hyphens=False,
    )
