"""The contract's files -> one document.

A ``$ref`` to a schema in another file becomes one to ``#/components/schemas``; any other is replaced by its target.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from .places import Place, Places
from .problems import ContractError, Problem
from .reader import read, refusal

_COMPONENTS = "#/components/"
_SCHEMAS = "#/components/schemas/"
_MOST_HOPS = 16

_ONE_SCHEMA = frozenset({"items", "not", "additionalProperties", "contains", "propertyNames"})
_MANY_SCHEMAS = frozenset({"properties", "patternProperties", "allOf", "anyOf", "oneOf", "prefixItems", "$defs"})
_DATA = frozenset({"example", "value", "default", "const", "enum"})
"""Keys whose values are data: a ``$ref`` in there is nobody's business."""


@dataclass(frozen=True)
class Document:
    """The contract in one piece. ``root`` is plain data; ``$ref``s are left only where they name a component."""

    root: dict[str, Any]
    places: Places

    def where(self, *path: str | int) -> str:
        """Return ``file:line`` of a key or element, or of the nearest thing around it."""
        node: Any = self.root
        place = self.places.start(node)
        for step in path:
            place = self.places.of(node, step) or place
            try:
                node = node[step]
            except (KeyError, IndexError, TypeError):
                break
            start = self.places.start(node)
            if start is not None and (place is None or start.file != place.file):
                place = start
        return str(place)

    def schemas_behind(self, *nodes: Any) -> dict[str, Any]:
        """Return the schemas that *nodes* refer to, and those they refer to, in the contract's order."""
        schemas: dict[str, Any] = self.root["components"]["schemas"]
        found: set[str] = set()
        waiting: list[Any] = list(nodes)
        while waiting:
            node = waiting.pop()
            if isinstance(node, dict) and "$ref" in node:
                name = str(node["$ref"]).removeprefix(_SCHEMAS)
                if name in schemas and name not in found:
                    found.add(name)
                    waiting.append(schemas[name])
            for key, child in node.items() if isinstance(node, dict) else enumerate(node):
                if isinstance(child, (dict, list)) and key not in _DATA:
                    waiting.append(child)
        return {name: schemas[name] for name in sorted(found, key=self._order.__getitem__)}

    @cached_property
    def statements(self) -> list[tuple[tuple[str | int, ...], dict[str, Any]]]:
        """Every mapping that says something, each with its path; examples and other data are not entered."""
        found: list[tuple[tuple[str | int, ...], dict[str, Any]]] = []
        waiting: list[tuple[tuple[str | int, ...], Any]] = [((), self.root)]
        while waiting:
            path, node = waiting.pop()
            if isinstance(node, dict):
                found.append((path, node))
                if path[-1:] == ("x-i18n",) or path in (("x-error-codes",), ("x-states",)):
                    continue
            for key, child in node.items() if isinstance(node, dict) else enumerate(node):
                if isinstance(child, (dict, list)) and key != "value":
                    waiting.append(((*path, key), child))
        return found

    @cached_property
    def _order(self) -> dict[str, int]:
        return {name: index for index, name in enumerate(self.root["components"]["schemas"])}


def load(path: Path) -> Document:
    """Read the contract whose root is at *path* and every file it refers to. Raises ``ContractError``."""
    return _Bundle(path).document()


class _Bundle:
    def __init__(self, path: Path) -> None:
        self._path = path
        self._home = path.resolve().parent
        self._places = Places()
        self._files: dict[Path, Any] = {}
        self._used: set[tuple[Path, str]] = set()
        """Top-level keys that something refers to."""
        self._schemas: dict[str, Path] = {}
        """The schemas of other files that something refers to."""
        self._local: list[dict[str, Any]] = []
        """The references to components of the root."""

    def document(self) -> Document:
        source = self._path.resolve()
        root = self._file(source)
        if not isinstance(root, dict):
            raise refusal(Place(str(self._path), 1), "the root is not a mapping", "Begin with `openapi: 3.1.1`")
        self._resolve(root, source)
        self._add_schemas(root)
        problems = [*self._unused(source), *self._dangling(root)]
        if problems:
            raise ContractError(problems)
        return Document(root, self._places)

    def _resolve(self, root: dict[str, Any], source: Path) -> None:
        """Walk everything that is reached, once, and settle each ``$ref``."""
        seen: set[int] = set()
        waiting: deque[tuple[Any, Path, str]] = deque([(root, source, "")])
        while waiting:
            node, file, kind = waiting.popleft()
            if id(node) in seen:
                continue
            seen.add(id(node))
            for key, child in node.items() if isinstance(node, dict) else enumerate(node):
                if not isinstance(child, (dict, list)):
                    continue
                child_kind = _kind(kind, key)
                if child_kind is None:
                    continue
                if child_kind != "schemas" and isinstance(child, dict) and "$ref" in child:
                    child, child_file = self._follow(child, file, child_kind == "schema")
                    node[key] = child
                    waiting.append((child, child_file, child_kind))
                    waiting.extend(self._lifted(child))
                else:
                    waiting.append((child, file, child_kind))

    def _lifted(self, node: Any) -> list[tuple[Any, Path, str]]:
        name = str(node.get("$ref", "")).removeprefix(_SCHEMAS) if isinstance(node, dict) else ""
        if name not in self._schemas:
            return []
        file = self._schemas[name]
        return [(self._files[file][name], file, "schema")]

    def _follow(self, node: dict[str, Any], file: Path, is_schema: bool) -> tuple[Any, Path]:
        """Return what stands in the place of a reference, and the file its own references are relative to."""
        place, text = Place(str(self._path), 1), ""
        for _ in range(_MOST_HOPS):
            place = self._places.of(node, "$ref") or place
            text = node["$ref"]
            if not isinstance(text, str):
                raise refusal(place, "$ref is not text", 'Write `$ref: "file.yaml#/Name"`')
            if text.startswith(_COMPONENTS):
                self._local.append(node)
                return node, file
            target, pointer = self._target(text, file, place)
            if is_schema:
                return self._lift(node, target, pointer, place), file
            if len(node) > 1:
                raise refusal(
                    place,
                    "$ref has neighbours, which are lost when its target is put here",
                    "Move them into the target",
                )
            value = self._pointed(target, pointer, text, place)
            if not (isinstance(value, dict) and "$ref" in value):
                return value, target
            node, file = value, target
        raise refusal(place, f"$ref {text!r} leads in a circle", "Break the circle")

    def _lift(self, node: dict[str, Any], file: Path, pointer: str, place: Place) -> dict[str, Any]:
        """Make the target a component schema and let *node* refer to it there."""
        name = pointer.removeprefix("/")
        self._pointed(file, pointer, node["$ref"], place)
        if name not in self._files[file]:
            raise refusal(
                place,
                f"$ref {node['$ref']!r} leads to something inside a schema",
                "Give it a name of its own and refer to that",
            )
        known = self._schemas.setdefault(name, file)
        if known != file:
            raise refusal(
                place, f"{name!r} is a schema of {self._label(known)} and of {self._label(file)}", "Rename one of them"
            )
        node["$ref"] = _SCHEMAS + name
        return node

    def _target(self, text: str, file: Path, place: Place) -> tuple[Path, str]:
        path, _, pointer = text.partition("#")
        if "://" in text or text.startswith("//") or "\\" in text:
            raise refusal(
                place, f"$ref {text!r} is not a file of this contract", "Copy what is needed into the contract's folder"
            )
        target = (file.parent / path).resolve() if path else file
        if not target.is_relative_to(self._home):
            raise refusal(
                place, f"$ref {text!r} leaves the contract's folder", "Refer to files below the root's folder only"
            )
        if not target.is_file():
            raise refusal(
                place, f"$ref {text!r} names a file that is not there", "Correct the path; it is relative to this file"
            )
        self._file(target)
        return target, pointer

    def _pointed(self, file: Path, pointer: str, text: str, place: Place) -> Any:
        node = self._files[file]
        steps = [step.replace("~1", "/").replace("~0", "~") for step in pointer.split("/")[1:]]
        self._used.update((file, name) for name in (steps[:1] or node))
        for step in steps:
            if not isinstance(node, dict) or step not in node:
                raise refusal(
                    place,
                    f"$ref {text!r} points at nothing: {self._label(file)} has no {step!r} there",
                    "Correct the name",
                )
            node = node[step]
        return node

    def _file(self, path: Path) -> Any:
        if path not in self._files:
            self._files[path] = read(path, self._label(path), self._places)
        return self._files[path]

    def _label(self, file: Path) -> str:
        return str(self._path.parent / file.relative_to(self._home))

    def _add_schemas(self, root: dict[str, Any]) -> None:
        """Put the schemas among the components: files in the order they were first reached, each in its own order."""
        own = root.setdefault("components", {}).setdefault("schemas", {})
        places = self._places.keys.setdefault(id(own), {})
        for file in dict.fromkeys(self._schemas.values()):
            lines = self._places.keys[id(self._files[file])]
            for name, schema in self._files[file].items():
                if name in self._schemas:
                    own[name] = schema
                    places[name] = lines[name]

    def _unused(self, source: Path) -> Iterable[Problem]:
        for file, content in self._files.items():
            for name in content if file != source and isinstance(content, dict) else ():
                if (file, name) not in self._used:
                    place = self._places.of(content, name)
                    yield Problem(str(place), f"nothing refers to {name!r}", "Refer to it, or remove it")

    def _dangling(self, root: dict[str, Any]) -> Iterable[Problem]:
        for node in self._local:
            if not _exists(root, node["$ref"]):
                where = str(self._places.of(node, "$ref"))
                yield Problem(where, f"$ref {node['$ref']!r} points at nothing", "Correct the name")


def _kind(kind: str, key: str | int) -> str | None:
    """Return whether the child under *key* is a schema, holds schemas, is anything else (``""``) or is data."""
    if kind == "schemas":
        return "schema"
    if key in _DATA:
        return None
    if kind == "schema":
        return "schema" if key in _ONE_SCHEMA else "schemas" if key in _MANY_SCHEMAS else ""
    return "schema" if key == "schema" else "schemas" if key == "schemas" else ""


def _exists(root: dict[str, Any], text: str) -> bool:
    node: Any = root
    for step in text.removeprefix("#/").split("/"):
        if not isinstance(node, dict) or step not in node:
            return False
        node = node[step]
    return True
