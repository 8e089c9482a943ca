"""Names the client needs for itself, read off its templates and its runtime: a contract may not use them again."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

_HERE = Path(__file__).parent
_TEMPLATES = _HERE / "templates"
_RUNTIME = _HERE / "runtime"
_PER_RESOURCE = "resource"

_IMPORT = re.compile(r"^ *from (?!netease_meeting)\S+ import (?:\(([^)]*)\)|(.*))$", re.MULTILINE)
_CLASS = re.compile(r"^class (.*?)[(:]|^([A-Z]\w*) = ", re.MULTILINE)
_METHOD = re.compile(r"^    (?:async )?def ([a-z]\w*)", re.MULTILINE)
_PASCAL = re.compile(r"\b[A-Z]\w*")


@cache
def modules() -> frozenset[str]:
    """Return the names of the client's own modules: a resource of that name would replace one."""
    paths = (*_TEMPLATES.iterdir(), *_RUNTIME.iterdir())
    return frozenset(path.name.partition(".")[0] for path in paths) - {_PER_RESOURCE}


@cache
def attributes() -> frozenset[str]:
    """Return the public attributes of a client: a resource of that name would hide one."""
    sources = (_RUNTIME / "_runtime/client.py", _TEMPLATES / "client.py.jinja")
    return frozenset(name for path in sources for name in _METHOD.findall(path.read_text("utf-8")))


@cache
def classes() -> frozenset[str]:
    """Return the names generated modules define or import: a schema, event or family of that name would hide one."""
    templates = "\n".join(path.read_text("utf-8") for path in _TEMPLATES.rglob("*.jinja"))
    errors = (_RUNTIME / "_runtime/errors.py").read_text("utf-8")
    found = [*_IMPORT.findall(templates), *_CLASS.findall(templates), *_CLASS.findall(errors)]
    names = {name for texts in found for text in texts for name in _PASCAL.findall(text)}
    return frozenset(names | {f"Async{name}" for name in names})
