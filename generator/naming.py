"""Names in the contract -> names in Python. Exceptions are declared in the contract: ``x-sdk: {name: …}``."""

from __future__ import annotations

import builtins
import keyword
import re

from . import reserved

Flaw = tuple[str, str]
"""What is wrong with a name, and how to mend it."""

_WORDS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|[^0-9A-Za-z]+")
_TAKEN = frozenset({"self", "timeout", "max_retries", "headers"})
"""Arguments every method already has."""
_UNSENDABLE = re.compile(r'["\\\x00-\x1f]')
_ANNOTATIONS = frozenset({"list", "int", "str", "bool", "float", "datetime", "field", "property"})
"""A field of this name would hide the type its neighbours are declared with."""


def snake(wire: str) -> str:
    """Return the Python name of a wire name: ``meetingUniqueId`` -> ``meeting_unique_id``."""
    name = "_".join(word.lower() for word in _WORDS.split(wire) if word)
    if not name or name[0].isdigit():
        name = f"field_{name}"
    return f"{name}_" if keyword.iskeyword(name) or name in _TAKEN else name


def flaw_of_field(name: str, wire: str) -> Flaw | None:
    """Return what is wrong with a field's Python name, if anything."""
    what = f"the property {wire!r} becomes `{name}` in Python"
    cure = "Choose another Python name with `x-sdk: {name: …}` on the property"
    if not name.isidentifier() or name.startswith("_") or keyword.iskeyword(name):
        return (f"{what}, which is not a public name", cure)
    if _UNSENDABLE.search(wire):
        return (
            f"the property {wire!r} holds a quote, a backslash or a control character",
            "Rename it; msgspec cannot send it",
        )
    if name in _ANNOTATIONS:
        return (f"{what}, which hides the built-in type of that name", cure)
    return None


def flaw_of_class(name: str) -> Flaw | None:
    """Return what is wrong with a name that becomes a class."""
    if not re.fullmatch(r"[A-Z][A-Za-z0-9]*", name) or hasattr(builtins, name):
        return (
            f"{name!r} cannot be the name of a class",
            "Use PascalCase, ASCII letters and digits, no built-in name",
        )
    if name in reserved.classes():
        return (f"the client has a {name!r} of its own", "Choose another name")
    return None


def flaw_of_resource(name: str) -> Flaw | None:
    """Return what is wrong with a name that becomes a module and an attribute of the client."""
    if name in reserved.modules() | reserved.attributes():
        return (f"the client has a {name!r} of its own", "Choose another name in `x-sdk`")
    return flaw_of_method(name)


def flaw_of_method(name: str) -> Flaw | None:
    """Return what is wrong with a name that becomes a method."""
    if keyword.iskeyword(name):
        return (f"{name!r} is a word of Python's", "Choose another name in `x-sdk`")
    return None
