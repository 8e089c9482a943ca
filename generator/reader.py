"""One YAML file -> plain values, with the line of every key and element.

PyYAML's C parser reads; the values are built here, without recursion and without YAML's surprises: no aliases, no
tags, no duplicate keys, no scalar of doubtful meaning.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml

from .places import Place, Places
from .problems import ContractError, Problem
from .scalars import DoubtfulError, resolve

_DEEPEST = 64
_MOST_NODES = 200_000  # a thousand operations are 163 000
_LARGEST = 8 * 1024 * 1024
_LONGEST_TEXT = 100_000

_INVISIBLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]")


def refusal(place: Place, what: str, cure: str) -> ContractError:
    """Return the error that gives up on the contract for one reason."""
    return ContractError([Problem(str(place), what, cure)])


def read(path: Path, label: str, places: Places) -> Any:
    """Return the value in a YAML or JSON file; *label* stands for the file in messages. Raises ``ContractError``."""
    text = _text(path, label)
    try:
        return _Builder(label, places).build(text)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise refusal(
            Place(label, line), f"this is not YAML: {error.problem}", "Mend the syntax there or above"
        ) from None
    except yaml.reader.ReaderError:
        raise refusal(
            Place(label, 1), "the file holds a character that YAML does not allow", "Remove control characters"
        ) from None


def _text(path: Path, label: str) -> str:
    start = Place(label, 1)
    try:
        with path.open("rb") as file:
            content = file.read(_LARGEST + 1)
    except OSError as error:
        raise refusal(start, f"the file cannot be read ({error.strerror})", "Check the path") from None
    if len(content) > _LARGEST:
        raise refusal(start, f"the file is larger than {_LARGEST >> 20} MiB", "Split it, or look what got into it")
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise refusal(Place(label, line), "the file is not UTF-8", "Save it as UTF-8") from None
    if text.startswith("\ufeff"):
        raise refusal(start, "the file begins with a byte order mark", "Save it as UTF-8 without one")
    invisible = _invisible(text)
    if invisible is not None:
        raise _unseen(invisible, Place(label, text.count("\n", 0, text.index(invisible)) + 1))
    return text


def _invisible(text: str) -> str | None:
    found = _INVISIBLE.search(text.replace("\r\n", "\n"))
    return found[0] if found is not None else None


def _unseen(invisible: str, place: Place) -> ContractError:
    return refusal(
        place, f"an invisible character {invisible!a} stands here", "Remove it: readers could not see what it does"
    )


class _Frame:
    """A container that is being filled."""

    __slots__ = ("flow", "is_mapping", "key", "lines", "node")

    def __init__(self, node: Any, is_mapping: bool, flow: bool | None) -> None:
        self.node = node
        self.is_mapping = is_mapping
        self.flow = flow
        self.key: str | None = None
        self.lines: dict[str | int, int] = {}


class _Builder:
    def __init__(self, label: str, places: Places) -> None:
        self._label = label
        self._places = places
        self._first = places.begin(label)
        self._frames = [_Frame([], False, None)]
        """The innermost container last; the outermost is the file."""
        self._nodes = 0
        self._documents = 0
        self._has_escapes = False
        self._handlers: dict[type[yaml.Event], Callable[[Any, int], None]] = {
            yaml.ScalarEvent: self._scalar,
            yaml.MappingStartEvent: self._open,
            yaml.SequenceStartEvent: self._open,
            yaml.MappingEndEvent: self._close,
            yaml.SequenceEndEvent: self._close,
            yaml.AliasEvent: self._alias,
            yaml.DocumentStartEvent: self._document,
        }

    def build(self, text: str) -> Any:
        self._has_escapes = "\\" in text
        for event in yaml.parse(text, Loader=yaml.CSafeLoader):
            handler = self._handlers.get(type(event))
            if handler is not None:
                mark = event.start_mark
                handler(event, self._first + (mark.line if mark is not None else 0))
        if self._documents == 0:
            raise refusal(Place(self._label, 1), "the file is empty", "Write the contract into it")
        return self._frames[0].node[0]

    def _place(self, line: int) -> Place:
        return Place(self._label, line - self._first + 1)

    def _document(self, event: yaml.DocumentStartEvent, line: int) -> None:
        self._documents += 1
        if self._documents > 1:
            raise refusal(self._place(line), "a second document begins here", "Keep one document in a file")

    def _alias(self, event: yaml.AliasEvent, line: int) -> None:
        raise refusal(
            self._place(line),
            "an alias (*name) stands here",
            "Use $ref, or write it out: aliases can be made to explode",
        )

    def _open(self, event: yaml.CollectionStartEvent, line: int) -> None:
        if event.anchor is not None or event.tag is not None:
            raise self._extra(event, line)
        if len(self._frames) > _DEEPEST:
            raise refusal(
                self._place(line), f"nested more than {_DEEPEST} deep", "Name the inner parts and refer to them"
            )
        is_mapping = type(event) is yaml.MappingStartEvent
        node: dict[str, Any] | list[Any] = {} if is_mapping else []
        self._add(node, line)
        frame = _Frame(node, is_mapping, event.flow_style)
        self._places.starts[id(node)] = line
        self._places.keys[id(node)] = frame.lines
        self._frames.append(frame)

    def _close(self, _event: yaml.CollectionEndEvent, _line: int) -> None:
        self._frames.pop()

    def _scalar(self, event: yaml.ScalarEvent, line: int) -> None:
        if event.anchor is not None or event.tag is not None:
            raise self._extra(event, line)
        text = event.value
        if len(text) > _LONGEST_TEXT:
            raise refusal(self._place(line), f"a text of {len(text)} characters stands here", "Look what got into it")
        if self._has_escapes and event.style == '"':
            invisible = _invisible(text)
            if invisible is not None:
                raise _unseen(invisible, self._place(line))
        frame = self._frames[-1]
        plain = not event.style
        if frame.is_mapping and frame.key is None:
            self._key(frame, text, plain, line)
        elif not plain:
            self._add(text, line)
        elif text == "" and frame.is_mapping and frame.flow:
            raise refusal(
                self._place(line),
                f"{frame.key!r} has no value: probably a half-width comma inside text cut it off",
                "Put the text in double quotes, or use the full-width comma ，",
            )
        else:
            self._add(self._meaning(text, line), line)

    def _key(self, frame: _Frame, key: str, plain: bool, line: int) -> None:
        if plain and type(self._meaning(key, line)) is not str:
            raise refusal(self._place(line), f"the key {key} is not text", f'Write "{key}" in double quotes')
        if key in frame.lines:
            raise refusal(
                self._place(line),
                f"the key {key!r} stands here twice, first in line {self._place(frame.lines[key]).line}",
                "Remove or rename one",
            )
        frame.key = key
        frame.lines[key] = line

    def _add(self, value: Any, line: int) -> None:
        self._nodes += 1
        if self._nodes > _MOST_NODES:
            raise refusal(self._place(line), f"the file has more than {_MOST_NODES} values", "Split it")
        frame = self._frames[-1]
        if not frame.is_mapping:
            frame.lines[len(frame.node)] = line
            frame.node.append(value)
        elif frame.key is None:
            raise refusal(self._place(line), "a key is not text", "Use plain names as keys")
        else:
            frame.node[frame.key] = value
            frame.key = None

    def _meaning(self, text: str, line: int) -> Any:
        try:
            return resolve(text)
        except DoubtfulError as doubt:
            raise refusal(
                self._place(line), f"{text} means different things to different YAML readers", str(doubt)
            ) from None

    def _extra(self, event: yaml.ScalarEvent | yaml.CollectionStartEvent, line: int) -> ContractError:
        if event.anchor is not None:
            return refusal(self._place(line), f"an anchor (&{event.anchor}) stands here", "Use $ref, or write it out")
        return refusal(
            self._place(line),
            f"a tag ({event.tag}) stands here",
            "Write plain text, numbers, lists and mappings only",
        )
