# Copied from generator/runtime/_runtime/lenient.py by `make generate`. Edit it there.
"""The slow, forgiving way to decode: for servers that send numbers as text, null for "none", or leave fields out."""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable
from functools import lru_cache
from typing import Any, NamedTuple, TypeGuard, TypeVar, cast

import msgspec
from msgspec import inspect

from .enums import absent

Value = TypeVar("Value")

_INTEGER = re.compile(r"-?[0-9]{1,19}", re.ASCII)


class Flaw(NamedTuple):
    """A value that is not what the contract says. Never holds the value."""

    path: str
    """Where it is, without the numbers of list elements: ``ret.list[].subject``."""
    problem: str
    """What is wrong with it: ``is null``."""

    def __str__(self) -> str:
        return f"`{self.path}` {self.problem}"


class UnreadableError(Exception):
    """The value cannot be decoded: it is not even partly what the contract says, or lacks its identifier."""

    def __init__(self, flaw: Flaw) -> None:
        super().__init__(str(flaw))
        self.flaw = flaw


LEFT_OUT = "this element is left out"

Report = Callable[[Flaw, str], None]
"""Is told of each flaw, and what is in the place of the value: ``read as None``."""


def convert(value: Any, kind: type[Value], name: str, report: Report | None = None) -> Value:
    """Return *value* (plain JSON data, called *name*) as *kind*.

    Values that can mean one thing only are converted: ``"12"`` to 12, an object's JSON text to the object. Any other
    flaw goes to *report* and is replaced: an optional field by its default, a required one by the empty value of its
    type; a broken element of a list is left out. Raises ``UnreadableError`` for an object without its identifier, and
    without *report* for any flaw.
    """
    wanted = _type_info(cast(Hashable, kind))
    reader = _Reader(report)
    found = reader.read(value, wanted, name)
    if isinstance(found, Flaw):
        found = Flaw(name, "is missing or null") if value is None else found
        if _identity(wanted):
            raise UnreadableError(found)
        found = reader.replace(found, wanted)
    try:
        return msgspec.convert(found, kind)
    except msgspec.ValidationError as error:
        raise UnreadableError(Flaw(name, str(error))) from None


@lru_cache(maxsize=256)
def _type_info(kind: Any) -> inspect.Type:
    return inspect.type_info(kind)


def names_in(kind: Any) -> frozenset[str]:
    """Return the wire names of the fields of *kind* and of everything in it."""
    names: set[str] = set()
    _collect(_type_info(kind), names)
    return frozenset(names)


def _collect(wanted: inspect.Type, names: set[str]) -> None:
    if isinstance(wanted, inspect.StructType):
        new = {field.encode_name for field in wanted.fields} - names
        names |= new
        for field in wanted.fields:
            if field.encode_name in new:  # a schema may contain itself
                _collect(field.type, names)
    elif isinstance(wanted, inspect.ListType):
        _collect(wanted.item_type, names)
    elif isinstance(wanted, inspect.UnionType):
        for member in wanted.types:
            _collect(member, names)


class _Reader:
    """Turns plain JSON data into plain JSON data of which ``msgspec.convert`` makes what is wanted."""

    def __init__(self, report: Report | None) -> None:
        self._report = report

    def read(self, value: Any, wanted: inspect.Type, path: str) -> Any:
        """Return *value* as it is *wanted*, or the flaw for which there is no such value."""
        if isinstance(wanted, inspect.UnionType):
            return self._union(value, wanted, path)
        if isinstance(wanted, inspect.AnyType):
            return value
        if value is None:
            return Flaw(path, "is null")
        if isinstance(wanted, inspect.StructType):
            value = _parsed(value)
            return self._struct(value, wanted, path) if is_object(value) else _flaw(value, path)
        if isinstance(wanted, inspect.ListType):
            value = _parsed(value)
            return self._list(value, wanted, path) if is_array(value) else _flaw(value, path)
        if isinstance(wanted, inspect.DictType):
            value = _parsed(value)
            return self._dict(value, wanted, path) if is_object(value) else _flaw(value, path)
        found = _scalar(value, wanted)
        return _flaw(value, path) if found is None else found

    def replace(self, flaw: Flaw, wanted: inspect.Type) -> Any:
        """Return the empty value of a type, in the place of what has the *flaw*."""
        neutral = _neutral(wanted)
        self._tell(flaw, f"read as {_spelled(neutral, wanted)}")
        return neutral

    def _tell(self, flaw: Flaw, consequence: str) -> None:
        if self._report is None:
            raise UnreadableError(flaw)
        self._report(flaw, consequence)

    def _union(self, value: Any, wanted: inspect.UnionType, path: str) -> Any:
        others = [member for member in wanted.types if not isinstance(member, inspect.NoneType)]
        nullable = len(others) < len(wanted.types)
        if value is None and nullable:
            return None
        if len(others) != 1:
            return value  # of several types: only what needs no conversion
        found = self.read(value, others[0], path)
        if isinstance(found, Flaw) and nullable:
            self._tell(found, "read as None")
            return None
        return found

    def _struct(self, value: dict[str, Any], wanted: inspect.StructType, path: str) -> dict[str, Any] | Flaw:
        identity = _identity(wanted)
        found: dict[str, Any] = {}
        for field in wanted.fields:
            name = field.encode_name
            item = value.get(name)
            if item is None and not field.required:
                continue
            where = f"{path}.{name}"
            read = self.read(item, field.type, where) if name in value else _missing(field.type, where)
            if isinstance(read, Flaw):
                if field.name in identity:
                    return read
                if not field.required:
                    self._tell(read, f"read as {field.default!r}")
                    continue
                read = self.replace(read, field.type)
            found[name] = read
        return found

    def _list(self, value: list[Any], wanted: inspect.ListType, path: str) -> list[Any]:
        found: list[Any] = []
        for item in value:
            read = self.read(item, wanted.item_type, f"{path}[]")
            if isinstance(read, Flaw):
                self._tell(read, LEFT_OUT)
            else:
                found.append(read)
        return found

    def _dict(self, value: dict[str, Any], wanted: inspect.DictType, path: str) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for name, item in value.items():
            read = self.read(item, wanted.value_type, f"{path}[]")
            if isinstance(read, Flaw):
                self._tell(read, LEFT_OUT)
            else:
                found[name] = read
        return found


def _scalar(value: Any, wanted: inspect.Type) -> Any:
    """Return a text, number or boolean as it is *wanted*, or ``None`` where it would have to be guessed."""
    if isinstance(wanted, inspect.EnumType):
        wanted = inspect.IntType() if issubclass(wanted.cls, int) else inspect.StrType()
    if isinstance(wanted, inspect.StrType):
        return value if type(value) is str else str(value) if type(value) is int else None
    if isinstance(wanted, inspect.IntType):
        return integer(int(value) if type(value) is float and value.is_integer() else value)
    if isinstance(wanted, inspect.FloatType):
        return value if type(value) in (int, float) else None
    if isinstance(wanted, inspect.BoolType):
        return bool(value) if type(value) in (bool, int) and value in (0, 1) else None
    return value


def _neutral(wanted: inspect.Type) -> Any:
    """Return the value that stands for a required one that is not there."""
    if isinstance(wanted, inspect.EnumType):
        return absent(wanted.cls)
    if isinstance(wanted, inspect.StructType):
        return {field.encode_name: _neutral(field.type) for field in wanted.fields if field.required}
    return next((value for kind, value in _EMPTY.items() if isinstance(wanted, kind)), None)


_EMPTY: dict[type[inspect.Type], Any] = {
    inspect.StrType: "",
    inspect.IntType: 0,
    inspect.FloatType: 0.0,
    inspect.BoolType: False,
    inspect.ListType: (),
    inspect.DictType: {},
}


def _spelled(neutral: Any, wanted: inspect.Type) -> str:
    if isinstance(wanted, inspect.EnumType):
        return "UNKNOWN"
    if isinstance(wanted, inspect.StructType):
        return "an empty object"
    return "an empty list" if neutral == () else repr(neutral)


def _identity(wanted: inspect.Type) -> frozenset[str]:
    """Return the fields without which an object of that type is none; see ``Model``."""
    found: frozenset[str] = getattr(wanted.cls, "_identity", frozenset()) if _is_struct(wanted) else frozenset()
    return found


def _is_struct(wanted: inspect.Type) -> TypeGuard[inspect.StructType]:
    return isinstance(wanted, inspect.StructType)


def _missing(wanted: inspect.Type, path: str) -> Flaw | None:
    nullable = isinstance(wanted, inspect.UnionType) and wanted.includes_none
    return None if nullable or isinstance(wanted, inspect.AnyType) else Flaw(path, "is missing")


def _flaw(value: Any, path: str) -> Flaw:
    return Flaw(path, f"is {name_of(value)}")


def _parsed(value: Any) -> Any:
    """Return what a JSON text says: some servers write an object as a text within the JSON."""
    if type(value) is not str or value[:1] not in ("{", "["):
        return value
    try:
        return msgspec.json.decode(value)
    except (msgspec.DecodeError, RecursionError, UnicodeEncodeError):
        return value


def integer(value: object) -> int | None:
    """Return *value* as an integer of 64 bits, whether it came as a number or as text; otherwise ``None``."""
    number = int(value) if isinstance(value, str) and _INTEGER.fullmatch(value) else value
    return number if type(number) is int and -(2**63) <= number < 2**63 else None


def is_object(value: object) -> TypeGuard[dict[str, Any]]:
    """Whether *value* is a JSON object."""
    return isinstance(value, dict)


def is_array(value: object) -> TypeGuard[list[Any]]:
    """Whether *value* is a JSON array."""
    return isinstance(value, list)


_NAMES: dict[type[Any], str] = {
    dict: "an object",
    list: "an array",
    str: "text",
    bool: "a boolean",
    float: "a fraction",
    int: "a number",
    type(None): "null",
}


def name_of(value: object) -> str:
    """Return what kind of JSON value it is, in words."""
    return _NAMES.get(type(value), "something else")
