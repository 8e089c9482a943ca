"""Imports go one way. The rules stand in CONTRIBUTING.md."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.conftest import ROOT

CLIENT = ROOT / "generated/netease_meeting"
STAGES = {"load", "lint", "parse", "build", "render", "publish", "emit"}
ALLOWED = {
    "__main__": STAGES | {"console", "ir", "lean", "problems"},
    "reader": {"places", "problems", "scalars"},
    "scalars": set[str](),
    "places": set[str](),
    "load": {"places", "reader", "problems"},
    "lint": {"load", "problems"},
    "parse": {"ir", "load", "problems"},
    "lean": set[str](),
    "build": {"ir", "load", "parse", "parts", "problems"},
    "parts": {"ir", "naming", "load", "parse", "problems", "spelling"},
    "spelling": set[str](),
    "render": {"ir", "docstrings"},
    "docstrings": {"ir"},
    "postman": {"ir", "samples.example", "spelling"},
    "publish": {"ir", "postman", "render", "samples", "yamlfile"},
    "yamlfile": set[str](),
    "emit": {"problems"},
    "changes": {"ir"},
    "console": set[str](),
    "release": {"build", "changes", "console", "ir", "load", "parse", "problems", "render"},
    "naming": {"reserved"},
    "reserved": set[str](),
    "ir": set[str](),
    "problems": set[str](),
}


PARTS = {
    "__init__": set[str](),
    "operations": {"contract", "facts", "recovery", "schemas", "signatures"},
    "recovery": {"contract", "schemas"},
    "callbacks": {"contract", "facts", "schemas", "signatures"},
    "rebuild": {"contract", "schemas", "states"},
    "machine": {"contract", "schemas"},
    "names": {"contract"},
    "schemas": {"contract", "facts", "limits"},
    "signatures": {"facts"},
    "errors": set[str](),
    "contract": set[str](),
    "facts": set[str](),
    "limits": set[str](),
    "states": set[str](),
}


def imports(path: Path) -> Iterator[tuple[int, str]]:
    """Yield (level, dotted name) of each import; a relative ``from . import x`` yields x."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((0, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from ((node.level, node.module or alias.name) for alias in node.names)


def test_the_generator_imports_downwards() -> None:
    modules = {path.stem: path for path in (ROOT / "generator").glob("*.py") if path.stem != "__init__"}
    assert set(modules) | {"parts"} == set(ALLOWED)
    for name, path in modules.items():
        own = {module for level, module in imports(path) if level == 1}
        own = {"parts" if module.startswith("parts.") else module for module in own}
        assert own <= ALLOWED[name], f"{name} imports {own - ALLOWED[name]}"


def test_the_parts_import_downwards() -> None:
    modules = {path.stem: path for path in (ROOT / "generator/parts").glob("*.py")}
    assert set(modules) == set(PARTS)
    for name, path in modules.items():
        own = {module for level, module in imports(path) if level == 1}
        assert own <= PARTS[name], f"parts/{name} imports {own - PARTS[name]}"
        above = {module for level, module in imports(path) if level == 2}
        assert above <= ALLOWED["parts"], f"parts/{name} imports {above - ALLOWED['parts']}"


def test_only_parse_knows_the_parser() -> None:
    users = {
        path.stem
        for path in (ROOT / "generator").rglob("*.py")
        for _, name in imports(path)
        if name.startswith("openapi_python_client")
    }
    assert users == {"parse"}


def test_the_runtime_imports_nothing_generated() -> None:
    for path in (ROOT / "generator/runtime/_runtime").rglob("*.py"):
        for level, name in imports(path):
            assert level < 2, f"{path.name} reaches out of the runtime for {name}"
            assert level == 1 or name.split(".")[0] != "netease_meeting"


def test_the_client_imports_downwards() -> None:
    resources = {"accounts", "meetings", "recordings"}
    below = {"models", "enums", "errors", "signing"}
    for name in resources:
        own = {module.split(".")[0] for level, module in imports(CLIENT / f"{name}.py") if level == 1}
        assert own <= below | {"_runtime"}
    for name in below:
        own = {module.split(".")[0] for level, module in imports(CLIENT / f"{name}.py") if level == 1}
        assert own <= {"_runtime", "enums"}


def test_copies_of_the_runtime_are_exact() -> None:
    for source in (ROOT / "generator/runtime").rglob("*.py"):
        relative = source.relative_to(ROOT / "generator/runtime")
        header, _, rest = (CLIENT / relative).read_bytes().partition(b"\n")
        assert (
            header
            == f"# Copied from generator/runtime/{relative.as_posix()} by `make generate`. Edit it there.".encode()
        )
        assert rest == source.read_bytes()
