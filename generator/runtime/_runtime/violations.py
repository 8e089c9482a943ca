"""Why the API refused a request for its parameters: what was sent, against the contract that is part of this package.

Imported only when a call was refused. Nothing is held back before it is sent: the server may know better.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib import resources
from typing import Any, NamedTuple

import msgspec
from msgspec import inspect

from .errors import APIError, Violation, printable
from .lenient import is_array, is_object
from .operation import Operation
from .search import is_blank
from .transport import Header, find

Schema = Mapping[str, Any]

_SCHEMAS = "#/components/schemas/"
_END = re.compile(r"(?<!\\)\$$")
"""In JSON Schema a closing ``$`` is the very end; in Python it is also the place ahead of a last line break."""
_INTEGER = re.compile(r"-?[0-9]{1,19}", re.ASCII)
_SHOWN = 3
"""How many violations the text of an error names; ``error.violations`` has all."""


class _Kind(NamedTuple):
    types: tuple[type, ...]
    en: str
    zh: str


_KINDS = {
    "string": _Kind((str,), "text", "文本"),
    "integer": _Kind((int,), "an integer", "整数"),
    "number": _Kind((int, float), "a number", "数字"),
    "boolean": _Kind((bool,), "a boolean", "布尔值"),
    "array": _Kind((list,), "a list", "列表"),
    "object": _Kind((dict,), "an object", "对象"),
    "null": _Kind((type(None),), "null", "null"),
}


class _Unit(NamedTuple):
    en: str
    zh: str
    least: int
    """Of moments after 1973, which are as many digits long until the year 5138."""
    most: int


_UNITS = {
    "s": _Unit("seconds", "秒", 10**8, 10**11),
    "ms": _Unit("milliseconds", "毫秒", 10**11, 10**14),
    "us": _Unit("microseconds", "微秒", 10**14, 10**17),
    "ns": _Unit("nanoseconds", "纳秒", 10**17, 10**20),
}


class _Contract:
    """What the contract says about parameters."""

    def __init__(self, root: Mapping[str, Any]) -> None:
        self._schemas: Mapping[str, Schema] = root["components"]["schemas"]
        self._paths: Mapping[str, Mapping[str, Any]] = root["paths"]
        self._codes: dict[int, Mapping[str, Any]] = {code["code"]: code for code in root["x-error-codes"]["codes"]}
        fields = [field for schema in self._schemas.values() for field in schema.get("properties", {}).values()]
        fields += [field for item in self._paths.values() for field in item["post"].get("parameters", ())]
        self._families = {self._codes[code]["family"] for field in fields for code in field.get("x-errors", ())}
        """The families that blame parameters: those of the codes that parameters name."""

    def blames_parameters(self, code: int | None) -> bool:
        """Whether the API refuses parameters with *code*."""
        return code in self._codes and self._codes[code]["family"] in self._families

    def meaning(self, code: int) -> tuple[str, str]:
        """Return the text of *code* in English and Chinese, without a full stop."""
        return self._codes[code]["en"].rstrip("."), self._codes[code]["text"].rstrip("。")

    def request(self, path: str) -> tuple[Schema, Sequence[Schema]] | None:
        """Return the schema of the body and the header parameters of the operation at *path*."""
        operation = self._paths.get(path, {}).get("post")
        if operation is None:
            return None
        (content, *_) = operation["requestBody"]["content"].values()
        return self.resolved(content["schema"]), operation.get("parameters", ())

    def resolved(self, schema: Schema) -> Schema:
        """Return *schema* with what its ``$ref`` points at filled in behind its own keywords."""
        reference = schema.get("$ref")
        return {**self._schemas[reference.removeprefix(_SCHEMAS)], **schema} if reference else schema

    def properties(self, schema: Schema) -> dict[str, Schema]:
        """Return the properties of an object schema, compositions flattened."""
        found: dict[str, Schema] = {}
        for part in schema.get("allOf", ()):
            found |= self.properties(self.resolved(part))
        return found | {name: self.resolved(field) for name, field in schema.get("properties", {}).items()}

    def required(self, schema: Schema, value: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
        """Return the properties that the object *value* must have, each with the neighbours because of which."""
        found: dict[str, tuple[str, ...]] = {}
        for name, field in self.properties(schema).items():
            because = [other for other, values in field.get("x-required-if", {}).items() if value.get(other) in values]
            if because:
                found[name] = tuple(because)
        for part in schema.get("allOf", ()):
            found |= self.required(self.resolved(part), value)
        return found | dict.fromkeys(schema.get("required", ()), ())


@cache
def _shipped() -> _Contract | None:
    """Return the contract that is part of this package; ``None`` where a bundler left it out."""
    try:
        text = resources.files(__name__.partition("._runtime")[0]).joinpath("openapi.json").read_bytes()
    except OSError:
        return None
    return _Contract(msgspec.json.decode(text))


class _Found(NamedTuple):
    violation: Violation
    code: int | None
    """The code that the contract names for a wrong value of the argument."""


def explain(error: APIError, operation: Operation[Any], body: bytes, headers: Sequence[Header]) -> None:
    """Say in *error* which rules of the contract the request breaks, if it was refused for its parameters."""
    contract = _shipped()
    if contract is None or error.code is None or not contract.blames_parameters(error.code):
        return
    described = contract.request(operation.path)
    if described is None:
        return
    schema, parameters = described
    explainer = _Explainer(contract, operation.sensitive, error.code)
    found = list(explainer.headers(parameters, operation.headers, headers))
    found += explainer.object(schema, msgspec.json.decode(body), operation.request, "")
    if not any(code == error.code for _, code in found):
        found += explainer.blamed
    found.sort(key=lambda each: each.code != error.code)  # what the code is about comes first
    error.violations = tuple(violation for violation, _ in found)
    if not found:
        return
    english = "; ".join(violation.message for violation in error.violations[:_SHOWN])
    chinese = "；".join(violation.message_zh for violation in error.violations[:_SHOWN])
    error.args = (f"{error} · {english}",)
    error.hint = f"{english}. {error.hint}"
    error.hint_zh = f"{chinese}。{error.hint_zh}"


class _Explainer:
    """Compares one request with the contract."""

    def __init__(self, contract: _Contract, sensitive: frozenset[str], code: int) -> None:
        self._contract = contract
        self._sensitive = sensitive
        self._code = code
        self.blamed: list[_Found] = []
        """The arguments that the code of the refusal is about, whatever their values."""

    def headers(
        self, parameters: Sequence[Schema], names: Mapping[str, str], sent: Sequence[Header]
    ) -> Iterator[_Found]:
        """Yield what is wrong with the operation's own headers."""
        for parameter in parameters:
            name = names.get(parameter["name"], parameter["name"])
            schema = {**self._contract.resolved(parameter["schema"]), **parameter}
            text = find(sent, parameter["name"].lower().encode())
            if not text:
                if parameter.get("required"):
                    yield _absent(schema, name, text)
                continue
            number = schema["type"] == "integer" and _INTEGER.fullmatch(text)
            yield from self._field(schema, int(text) if number else text, None, name)

    def object(self, schema: Schema, value: Any, kind: Any, place: str) -> Iterator[_Found]:
        """Yield what is wrong with the fields of an object; *kind* is the type that knows their Python names."""
        if not is_object(value):
            return
        python = _fields(kind)
        required = self._contract.required(schema, value)
        properties = self._contract.properties(schema)
        for wire, field in properties.items():
            name, inner = python.get(wire, (wire, None))
            if wire in required and (value.get(wire) is None or _is_blank_text(value[wire])):
                because = {python.get(other, (other, None))[0]: value[other] for other in required[wire]}
                yield _absent(field, place + name, value.get(wire), _lookalike(wire, value, properties), because)
            elif wire in value:
                secret = {"x-sensitive": True} if wire in self._sensitive else {}
                yield from self._field({**field, **secret}, value[wire], inner, place + name)

    def _field(self, schema: Schema, value: Any, kind: Any, name: str) -> Iterator[_Found]:
        code = _code(schema)
        if code == self._code:
            en, zh = self._contract.meaning(self._code)
            self.blamed.append(_found(code, name, "x-errors", f"was refused: {en}", f"被拒绝：{zh}"))
        for rule, en, zh in _broken(schema, value):
            yield _found(code, name, rule, en, zh)
        if is_object(value):
            yield from self.object(schema, value, kind, f"{name}.")
        elif is_array(value) and "items" in schema:
            inherited = {key: schema[key] for key in ("x-errors", "x-sensitive") if key in schema}
            item = {**self._contract.resolved(schema["items"]), **inherited}
            for index, each in enumerate(value):
                yield from self._field(item, each, kind, f"{name}[{index}]")


def _code(schema: Schema) -> int | None:
    """Return the code that the contract names for a wrong value."""
    return next(iter(schema.get("x-errors", ())), None)


def _is_blank_text(value: object) -> bool:
    return isinstance(value, str) and is_blank(value)


def _absent(
    schema: Schema, name: str, value: Any, sent: str | None = None, because: Mapping[str, Any] | None = None
) -> _Found:
    """Return what to say of a field that has to be there; *sent* is a field that was sent in its place."""
    en, zh = ("is missing", "缺失") if value is None else ("is empty", "为空")
    for other, reason in (because or {}).items():
        en, zh = f"{en}, required with {other}={reason!r}", f"{zh}，{other}={reason!r} 时必填"
    if sent:
        en, zh = f"{en}; {sent!r} was sent", f"{zh}；发送的是 {sent!r}"
    return _found(_code(schema), name, "required", en, zh)


def _found(code: int | None, name: str, rule: str, en: str, zh: str) -> _Found:
    return _Found(Violation(name, rule, f"{name} {en}", f"{name} {zh}"), code)


def _fields(kind: Any) -> dict[str, tuple[str, Any]]:
    """Return the Python names and types of the fields of a model by their wire names."""
    if not isinstance(kind, inspect.Type):
        if kind is None:
            return {}
        kind = inspect.type_info(kind)
    if isinstance(kind, inspect.UnionType):
        return {name: field for member in kind.types for name, field in _fields(member).items()}
    if isinstance(kind, inspect.ListType):
        return _fields(kind.item_type)
    if isinstance(kind, inspect.StructType):
        return {field.encode_name: (field.name, field.type) for field in kind.fields}
    return {}


def _lookalike(wire: str, sent: Mapping[str, Any], known: Mapping[str, Any]) -> str | None:
    """Return the field that was *sent* in place of *wire*: spelled alike, and not in the contract."""
    plain = _letters(wire)
    return next((printable(name, 40) for name in sent if name not in known and _letters(name) == plain), None)


def _letters(name: str) -> str:
    return re.sub(r"[^0-9a-z]", "", name.lower())


def _broken(schema: Schema, value: Any) -> Iterator[tuple[str, str, str]]:
    """Yield each rule of *schema* that *value* breaks, and what to say of it behind the name, in both languages."""
    wanted = schema.get("type")
    kinds = [_KINDS[name] for name in ([wanted] if isinstance(wanted, str) else wanted or ()) if name in _KINDS]
    if kinds and not any(_is(value, kind) for kind in kinds):
        actual = next((kind for kind in _KINDS.values() if _is(value, kind)), _KINDS["object"])
        en = f"is {actual.en}, wanted is {' or '.join(kind.en for kind in kinds)}"
        yield "type", en, f"是{actual.zh}，应为{'或'.join(kind.zh for kind in kinds)}"
        return
    secret = bool(schema.get("x-sensitive"))
    if "const" in schema and value != schema["const"]:
        yield "const", f"is {_shown(value, secret)}, wanted is {schema['const']!r}", f"应为 {schema['const']!r}"
        return
    if "enum" in schema and value not in schema["enum"]:
        allowed = _members(schema)
        yield (
            "enum",
            f"is {_shown(value, secret)}, allowed are {allowed}",
            f"为 {_shown(value, secret)}，可取 {allowed}",
        )
        return
    if isinstance(value, str):
        yield from _text(schema, value, secret)
    elif isinstance(value, (int, float)) and not isinstance(value, bool):
        yield from _number(schema, value, secret)
    elif is_array(value):
        yield from _size(schema, "Items", len(value), secret, ("elements", "元素"))


def _is(value: Any, kind: _Kind) -> bool:
    return isinstance(value, kind.types) and (not isinstance(value, bool) or bool in kind.types)


def _shown(value: Any, secret: bool) -> str:
    return "***" if secret else printable(repr(value), 60)


def _members(schema: Schema) -> str:
    names = schema.get("x-enum-varnames") or [""] * len(schema["enum"])
    pairs = zip(schema["enum"], names, strict=False)
    return ", ".join(f"{value} ({name})" if name and isinstance(value, int) else repr(value) for value, name in pairs)


def _text(schema: Schema, value: str, secret: bool) -> Iterator[tuple[str, str, str]]:
    yield from _size(schema, "Length", len(value), secret, ("characters", "字符"))
    pattern = schema.get("pattern")
    if pattern is not None and value and not _matches(pattern, value):
        odd = [char for char in dict.fromkeys(value) if not _matches(pattern, char)]
        en, zh = "does not match", "不符合"
        if odd and not secret and len(odd) < len(set(value)) + (len(value) == 1):
            chars = ", ".join(map(repr, map(printable, odd[:5])))
            en, zh = f"holds {chars}, which does not match", f"含有 {chars}，不符合"
        yield "pattern", f"{en} {pattern}", f"{zh} {pattern}"


def _matches(pattern: str, text: str) -> bool:
    return re.search(_END.sub(r"\\Z", pattern), text) is not None


def _size(schema: Schema, what: str, size: int, secret: bool, unit: tuple[str, str]) -> Iterator[tuple[str, str, str]]:
    for end, en, zh, few, broken in (
        ("min", "at least", "至少", ("too few", "过少"), size < schema.get(f"min{what}", size)),
        ("max", "at most", "最多", ("too many", "过多"), size > schema.get(f"max{what}", size)),
    ):
        if broken:
            limit = schema[f"{end}{what}"]
            plural = unit[0] if secret or size != 1 else unit[0].removesuffix("s")
            yield (
                f"{end}{what}",
                f"has {few[0] if secret else size} {plural}, {en} {limit}",
                f"{unit[1]}{few[1]}，{zh} {limit} 个" if secret else f"有 {size} 个{unit[1]}，{zh} {limit} 个",
            )


def _number(schema: Schema, value: float, secret: bool) -> Iterator[tuple[str, str, str]]:
    shown = _shown(value, secret)
    for rule, en, zh, broken in (
        ("minimum", "at least", "最小为", value < schema.get("minimum", value)),
        ("maximum", "at most", "最大为", value > schema.get("maximum", value)),
    ):
        if broken:
            yield rule, f"is {shown}, {en} {schema[rule]}", f"为 {shown}，{zh} {schema[rule]}"
    if schema.get("format") and not -(2**63) <= value < 2**63:
        yield "format", f"is {shown}, which does not fit into 64 bits", f"为 {shown}，超出 64 位整数"
    elif schema.get("format") == "unix-time" and value > schema.get("minimum", value - 1):  # the least may mean "none"
        yield from _moment(_UNITS[schema["x-unit"]], value, shown)


def _moment(wanted: _Unit, value: float, shown: str) -> Iterator[tuple[str, str, str]]:
    looks = next((unit for unit in _UNITS.values() if unit.least <= value < unit.most), None)
    if looks is None:
        yield (
            "x-unit",
            f"is {shown}, which is no present moment; wanted are {wanted.en} since 1970",
            f"为 {shown}，不是合理的时刻；应为自 1970 年起的{wanted.zh}数",
        )
    elif looks is not wanted:
        yield (
            "x-unit",
            f"looks like {looks.en}, wanted are {wanted.en}",
            f"看起来是{looks.zh}，应为{wanted.zh}",
        )
