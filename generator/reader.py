"""One YAML file -> plain values, with the line of every key and element.

PyYAML's C parser reads; the values are built here, without recursion and without YAML's surprises: no aliases, no
tags, no duplicate keys, no scalar that one reader takes for text and another for a date, a number or a boolean.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from .problems import ContractError, Problem

_DEEPEST = 64
_MOST_NODES = 200_000  # a thousand operations are 163 000
_LARGEST = 8 * 1024 * 1024
_LONGEST_TEXT = 100_000

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
_DOUBTFUL = "{} means different things to different YAML readers"
_INVISIBLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Place:
    """A line of a file."""

    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


@dataclass(slots=True)
class Places:
    """Where containers begin and where their keys stand. By identity: plain dicts and lists have no room for it."""

    starts: dict[int, Place] = field(default_factory=dict)
    keys: dict[int, dict[str | int, Place]] = field(default_factory=dict)

    def start(self, node: object) -> Place | None:
        """Return where a container begins."""
        return self.starts.get(id(node))

    def of(self, node: object, key: str | int) -> Place | None:
        """Return where a key or element of a container stands."""
        return self.keys.get(id(node), {}).get(key)


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
    invisible = _INVISIBLE.search(text.replace("\r\n", "\n"))
    if invisible:
        line = text.count("\n", 0, text.index(invisible[0])) + 1
        raise refusal(
            Place(label, line),
            f"an invisible character {invisible[0]!a} stands here",
            "Remove it: readers could not see what it does",
        )
    return text


class _Frame:
    """A container that is being filled."""

    __slots__ = ("flow", "key", "keys", "node", "place")

    def __init__(self, node: dict[str, Any] | list[Any], place: Place, flow: bool) -> None:
        self.node = node
        self.place = place
        self.flow = flow
        self.key: str | None = None
        self.keys: dict[str | int, Place] = {}


class _Builder:
    def __init__(self, label: str, places: Places) -> None:
        self._label = label
        self._places = places
        self._frames: list[_Frame] = []
        self._nodes = 0
        self._root: Any = None

    def build(self, text: str) -> Any:
        documents = 0
        for event in yaml.parse(text, Loader=yaml.CSafeLoader):
            if isinstance(event, yaml.ScalarEvent):
                self._scalar(event)
            elif isinstance(event, (yaml.MappingStartEvent, yaml.SequenceStartEvent)):
                self._open(event)
            elif isinstance(event, (yaml.MappingEndEvent, yaml.SequenceEndEvent)):
                self._frames.pop()
            elif isinstance(event, yaml.AliasEvent):
                raise refusal(
                    self._place(event),
                    "an alias (*name) stands here",
                    "Use $ref, or write it out: aliases can be made to explode",
                )
            elif isinstance(event, yaml.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    raise refusal(self._place(event), "a second document begins here", "Keep one document in a file")
        if documents == 0:
            raise refusal(Place(self._label, 1), "the file is empty", "Write the contract into it")
        return self._root

    def _place(self, event: yaml.Event) -> Place:
        mark = event.start_mark
        return Place(self._label, mark.line + 1 if mark is not None else 1)

    def _open(self, event: yaml.CollectionStartEvent) -> None:
        place = self._place(event)
        self._refuse_extras(event, place)
        if len(self._frames) >= _DEEPEST:
            raise refusal(place, f"nested more than {_DEEPEST} deep", "Name the inner parts and refer to them")
        node: dict[str, Any] | list[Any] = {} if isinstance(event, yaml.MappingStartEvent) else []
        self._add(node, place)
        frame = _Frame(node, place, bool(event.flow_style))
        self._places.starts[id(node)] = place
        self._places.keys[id(node)] = frame.keys
        self._frames.append(frame)

    def _scalar(self, event: yaml.ScalarEvent) -> None:
        place = self._place(event)
        self._refuse_extras(event, place)
        if len(event.value) > _LONGEST_TEXT:
            raise refusal(place, f"a text of {len(event.value)} characters stands here", "Look what got into it")
        frame = self._frames[-1] if self._frames else None
        plain = event.style is None or event.style == ""
        if frame is not None and isinstance(frame.node, dict) and frame.key is None:
            self._key(frame, event.value, plain, place)
            return
        if plain and event.value == "" and frame is not None and frame.flow and isinstance(frame.node, dict):
            raise refusal(
                place,
                f"{frame.key!r} has no value: probably a half-width comma inside text cut it off",
                "Put the text in double quotes, or use the full-width comma ，",
            )
        self._add(_resolve(event.value, place) if plain else event.value, place)

    def _key(self, frame: _Frame, key: str, plain: bool, place: Place) -> None:
        if plain and type(_resolve(key, place)) is not str:
            raise refusal(place, f"the key {key} is not text", f'Write "{key}" in double quotes')
        if key in frame.keys:
            raise refusal(
                place,
                f"the key {key!r} stands here twice, first in line {frame.keys[key].line}",
                "Remove or rename one",
            )
        frame.key = key
        frame.keys[key] = place

    def _add(self, value: Any, place: Place) -> None:
        self._nodes += 1
        if self._nodes > _MOST_NODES:
            raise refusal(place, f"the file has more than {_MOST_NODES} values", "Split it")
        if not self._frames:
            self._root = value
            return
        frame = self._frames[-1]
        if isinstance(frame.node, list):
            frame.keys[len(frame.node)] = place
            frame.node.append(value)
        elif frame.key is None:
            raise refusal(place, "a key is not text", "Use plain names as keys")
        else:
            frame.node[frame.key] = value
            frame.key = None

    def _refuse_extras(self, event: yaml.ScalarEvent | yaml.CollectionStartEvent, place: Place) -> None:
        if event.anchor is not None:
            raise refusal(place, f"an anchor (&{event.anchor}) stands here", "Use $ref, or write it out")
        if event.tag is not None:
            raise refusal(
                place, f"a tag ({event.tag}) stands here", "Write plain text, numbers, lists and mappings only"
            )


def _resolve(text: str, place: Place) -> Any:
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
            raise refusal(
                place,
                _DOUBTFUL.format(text),
                f'Write "{text}" in double quotes if it is text',
            )
    elif len(text) <= 5 and text.lower() in _AMBIGUOUS:
        raise refusal(
            place,
            _DOUBTFUL.format(text),
            f'Write true, false or null, or "{text}" in double quotes',
        )
    return text
