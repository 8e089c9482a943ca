# Copied from generator/runtime/_runtime/encoding.py by `make generate`. Edit it there.
"""Bodies to bytes: one strict pass in C, and a careful one in Python only where that finds something odd."""

from __future__ import annotations

import json
import math
import operator
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any, NoReturn, TypeGuard, TypeVar, cast

import msgspec
from msgspec import UNSET, inspect

from .errors import ArgumentError
from .secret import Opaque

Model = TypeVar("Model", bound=msgspec.Struct)

_encoder = msgspec.json.Encoder()
_checkers: dict[type[msgspec.Struct], msgspec.json.Decoder[Any]] = {}
_LEAST, _MOST = -(2**63), 2**63 - 1


class _WrongError(Exception):
    """What is wrong with the value at a path, in words."""

    def __init__(self, path: str, what: str) -> None:
        super().__init__(path, what)
        self.path = path
        self.what = what


def encode(operation: str, body: msgspec.Struct) -> Opaque:
    """Return *body* as compact UTF-8 JSON in declaration order.

    Structs do not check what they are built with, and msgspec writes some values as others: bytes as base64, a moment
    as text. So the bytes are read back and compared; where they differ, or cannot be written at all, each value is
    looked at. An ``ArgumentError`` names the argument, and nothing is sent.
    """
    kind = type(body)
    if (checker := _checkers.get(kind)) is None:
        checker = _checkers[kind] = msgspec.json.Decoder(kind)
    try:
        encoded = Opaque(_encoder.encode(body))
        if checker.decode(encoded) == body:
            return encoded
    except (msgspec.ValidationError, ValueError, OverflowError, TypeError, RecursionError):
        pass
    return Opaque(_encoder.encode(_checked(operation, lambda: _struct("", body, kind))))


def encode_free(operation: str, body: Any) -> Opaque:
    """Return any JSON-like *body* as compact UTF-8 JSON, in its own order. Models may stand in it.

    Raises ``ArgumentError`` for what JSON cannot hold: nothing is converted into something that only looks alike.
    """
    plain = _checked(operation, lambda: _free("body", body), " cannot be written as JSON: it")
    return Opaque(json.dumps(plain, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode())


def from_fields(model: type[Model], value: object) -> Model:
    """Return a *model* of a mapping of its fields, named as in Python or by the contract. Raises ``ArgumentError``."""
    made: msgspec.Struct = _checked(model.__name__, lambda: _struct("", value, model))
    return msgspec.json.decode(_encoder.encode(made), type=model)  # once more, for members of enumerations


def header_text(operation: str, name: str, value: object) -> str:
    """Return a header parameter's value as text. Raises ``ArgumentError`` that names the argument."""
    value = _unwrapped(value)
    if isinstance(value, str):
        return _text(name, value)
    number = None if isinstance(value, bool) else _index(value)
    if number is None:
        raise ArgumentError(
            f"{operation}: {name} must be text or an integer, not {_shown(value)}.", operation=operation
        )
    return str(number)


def _checked(operation: str, look: Callable[[], Any], verb: str = "") -> Any:
    try:
        return look()
    except _WrongError as wrong:
        where = wrong.path or "the value"
        raise ArgumentError(f"{operation}: {where}{verb} {wrong.what}.", operation=operation) from None
    except RecursionError:
        raise ArgumentError(
            f"{operation}: an argument is nested too deeply, or holds itself.", operation=operation
        ) from None


# -- values of the contract


@cache
def _fields(kind: type[msgspec.Struct]) -> Mapping[str, inspect.Field]:
    return {field.name: field for field in cast(inspect.StructType, inspect.type_info(kind)).fields}


def _struct(path: str, value: object, kind: type[Any]) -> Any:
    """Return *value*, a model or a mapping, as a *kind* whose fields have exactly the contract's types."""
    fields = _fields(cast("type[msgspec.Struct]", kind))
    if isinstance(value, kind):
        given = {name: getattr(value, name) for name in fields}
    elif isinstance(value, Mapping):
        given = _named(path, cast("Mapping[object, object]", value), fields)
    else:
        raise _WrongError(path, f"must be a {kind.__name__} or a dict of its fields, not {_shown(value)}")
    made: dict[str, Any] = {}
    for name, field in fields.items():
        inner = f"{path}.{name}" if path else name
        item = given.get(name, UNSET)
        if item is UNSET or (item is None and not field.required):
            if field.required:
                raise _WrongError(inner, "is required")
            continue
        made[name] = _value(inner, item, field.type)
    return kind(**made)


def _named(path: str, given: Mapping[object, object], fields: Mapping[str, inspect.Field]) -> dict[str, object]:
    """Return a mapping's items by Python name; the contract's names are taken as well."""
    names = {field.encode_name: name for name, field in fields.items()} | {name: name for name in fields}
    found: dict[str, object] = {}
    for key, item in given.items():
        name = names.get(key) if isinstance(key, str) else None
        if name is None:
            import difflib  # slow to import, and few calls need it

            close = difflib.get_close_matches(str(key), names, n=1)
            cure = f"did you mean {close[0]}?" if close else f"there are: {', '.join(fields)}"
            raise _WrongError(path, f"has no field {key!r}: {cure}")
        if name in found:
            raise _WrongError(f"{path}.{name}", "is given twice, by its name in Python and by the contract's")
        found[name] = item
    return found


def _value(path: str, value: object, wanted: inspect.Type) -> Any:
    """Return *value* as the exact type that is *wanted*."""
    value = _unwrapped(value)
    if isinstance(wanted, inspect.UnionType):
        if value is None:
            return None
        wanted = next(member for member in wanted.types if not isinstance(member, inspect.NoneType))
    if isinstance(wanted, inspect.EnumType):
        wanted = inspect.IntType() if issubclass(wanted.cls, int) else inspect.StrType()
    if isinstance(wanted, inspect.StrType):
        return _text(path, value)
    if isinstance(wanted, inspect.IntType):
        return _integer(path, value)
    if isinstance(wanted, inspect.BoolType):
        return value if isinstance(value, bool) else _wrong(path, "True or False", value)
    if isinstance(wanted, inspect.FloatType):
        return _number(path, value)
    if isinstance(wanted, inspect.ListType):
        return [_value(f"{path}[{index}]", item, wanted.item_type) for index, item in enumerate(_items(path, value))]
    if isinstance(wanted, inspect.StructType):
        return _struct(path, value, wanted.cls)
    if isinstance(wanted, inspect.DictType):
        return {key: _value(f"{path}[{key!r}]", item, wanted.value_type) for key, item in _keyed(path, value).items()}
    return _free(path, value)


def _text(path: str, value: object) -> str:
    if not isinstance(value, str):
        _wrong(path, "text", value)
    text = str.__str__(value)  # the text of a subclass, whatever its __str__ says
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise _WrongError(path, f"holds half of a character (a lone surrogate) at position {error.start}") from None
    return text


def _integer(path: str, value: object) -> int:
    number = None if isinstance(value, bool) else _index(value)
    if number is None:
        _wrong(path, "an integer", value)
    if not _LEAST <= number <= _MOST:
        raise _WrongError(path, "must fit into 64 bits")
    return number


def _number(path: str, value: object) -> float:
    if not isinstance(value, float):
        return _integer(path, value)
    if not math.isfinite(value):
        raise _WrongError(path, f"must be a number that JSON has, not {value}")
    return float(value)


def _items(path: str, value: object) -> Sequence[object]:
    return value if _is_list(value) else _wrong(path, "a list", value)


def _is_list(value: object) -> TypeGuard[Sequence[object]]:
    return isinstance(value, Sequence) and not isinstance(value, (str, bytes, bytearray, memoryview))


def _keyed(path: str, value: object) -> dict[str, object]:
    if not isinstance(value, Mapping):
        _wrong(path, "a dict", value)
    found: dict[str, object] = {}
    for key, item in cast("Mapping[object, object]", value).items():
        if isinstance(key, bool) or not isinstance(key, (str, int, float)):
            raise _WrongError(path, f"has the key {_shown(key)}: keys must be text or numbers")
        name = _text(path, key) if isinstance(key, str) else str(_number(path, key))
        if name in found:
            raise _WrongError(path, f"has the key {name!r} twice, as text and as a number")
        found[name] = item
    return found


# -- values of any shape


def _free(path: str, value: object) -> Any:
    value = _unwrapped(value)
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return _text(path, value)
    if isinstance(value, float):
        return _number(path, value)
    if isinstance(value, msgspec.Struct):
        return msgspec.to_builtins(_struct(path, value, type(value)))
    if isinstance(value, Mapping):
        keyed = _keyed(path, cast("Mapping[object, object]", value))
        return {key: _free(f"{path}[{key!r}]", item) for key, item in keyed.items()}
    if isinstance(value, (list, tuple)):
        return [_free(f"{path}[{index}]", item) for index, item in enumerate(cast("Sequence[object]", value))]
    number = _index(value)
    if number is None:
        _wrong(path, "text, a number, True, False, None, a list or a dict", value)
    return number


def _unwrapped(value: object) -> object:
    """Return a scalar of numpy as the value that it holds."""
    item = getattr(value, "item", None)
    return item() if type(value).__module__ == "numpy" and callable(item) and not getattr(value, "shape", ()) else value


def _index(value: object) -> int | None:
    """Return what Python takes for an integer as one, whatever its class."""
    try:
        return int(operator.index(cast(Any, value)))
    except TypeError:
        return None


def _wrong(path: str, wanted: str, value: object) -> NoReturn:
    raise _WrongError(path, f"must be {wanted}, not {_shown(value)}")


def _shown(value: object) -> str:
    """Return what a value is, and a number or moment itself; never a text, for it may be a secret."""
    kind = type(value).__name__
    if value is None or value is UNSET or isinstance(value, (bool, float)):
        return repr(value)
    return kind
