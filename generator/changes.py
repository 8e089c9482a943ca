"""What changed from one contract to another, and whom it breaks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property
from typing import Any, TypeVar

from .ir import Api, Enum, Field, Model, Operation, Text, TypeRef

Thing = TypeVar("Thing")

_LOWER, _UPPER = (
    ("minimum", "exclusiveMinimum", "minLength", "minItems"),
    ("maximum", "exclusiveMaximum", "maxLength", "maxItems"),
)
_FIXED = ("const", "default", "format", "multipleOf", "pattern", "type", "x-unit")


class Level(IntEnum):
    """What a change asks of those who use the contract."""

    WORDS = 0
    """Nothing."""
    ADDED = 1
    """Nothing, and it offers them something."""
    BREAKING = 2
    """A change of their own."""


@dataclass(frozen=True)
class Change:
    """One difference."""

    level: Level
    where: str
    what: Text


def compare(old: Api, new: Api) -> tuple[Change, ...]:
    """Return every difference, the breaking ones first; one `WORDS` if nothing but texts and examples differ."""
    changes = sorted(
        set(_Comparison(old, new).changes()), key=lambda change: (-change.level, change.where, change.what.en)
    )
    if not changes and old.document != new.document:
        changes.append(Change(Level.WORDS, "", Text("只有说明文字或示例有变化", "only texts or examples differ")))
    return tuple(changes)


def _breaking(where: str, zh: str, en: str) -> Change:
    return Change(Level.BREAKING, where, Text(zh, en))


def _added(where: str, zh: str, en: str) -> Change:
    return Change(Level.ADDED, where, Text(zh, en))


class _Comparison:
    def __init__(self, old: Api, new: Api) -> None:
        self._old = old
        self._new = new
        self._old_shapes = _Shapes(old)
        self._new_shapes = _Shapes(new)
        self._renamed: dict[str, str] = {}
        """Old name of a schema -> its new name."""

    def changes(self) -> Iterator[Change]:
        # First, because the types of fields are compared in the new names.
        yield from self._schemas()
        yield from self._operations()
        yield from self._codes()
        yield from self._webhooks()
        yield from self._rules()

    # -- schemas

    def _schemas(self) -> Iterator[Change]:
        old, new = self._old_shapes.named, self._new_shapes.named
        gone = {name: shape for name, shape in old.items() if name not in new}
        come = {name: shape for name, shape in new.items() if name not in old}
        for name, shape in gone.items():
            twin = next((other for other in come if come[other].signature == shape.signature), None)
            if twin is None:
                yield _breaking(name, "模式已删除", "the schema was removed")
            else:
                self._renamed[name] = twin
                del come[twin]
                yield _breaking(name, f"模式更名为 {twin}", f"the schema was renamed to {twin}")
        for name in come:
            yield _added(name, "新增模式", "the schema is new")
        for name, shape in old.items():
            other = new.get(self._renamed.get(name, name))
            if other is not None:
                yield from self._shape(name, shape, other)

    def _shape(self, name: str, old: _Shape, new: _Shape) -> Iterator[Change]:
        asked, told = old.is_asked or new.is_asked, old.is_told or new.is_told
        if isinstance(old.schema, Enum) and isinstance(new.schema, Enum):
            yield from self._members(name, old.schema, new.schema, told)
        elif isinstance(old.schema, Model) and isinstance(new.schema, Model):
            yield from self._fields(name, old.schema.fields, new.schema.fields, asked, told)
        else:
            yield _breaking(name, "对象与枚举互换", "an object became an enumeration, or the other way round")

    def _members(self, name: str, old: Enum, new: Enum, is_told: bool) -> Iterator[Change]:
        if old.base != new.base:
            yield _breaking(
                name, f"取值类型由 {old.base} 变为 {new.base}", f"its values were {old.base}, now {new.base}"
            )
        gone, come, kept = _matched(_by(old.members, "value"), _by(new.members, "value"))
        for member in gone:
            yield _breaking(name, f"取值 {member.name} 已删除", f"the value {member.name} was removed")
        for member in come:
            make = _breaking if is_told else _added
            yield make(
                name,
                f"新增取值 {member.name}",
                f"the value {member.name} is new" + (", and answers may have it" if is_told else ""),
            )
        for before, after in kept:
            if before.name != after.name:
                yield _breaking(
                    name,
                    f"取值 {before.name} 更名为 {after.name}",
                    f"the value {before.name} was renamed to {after.name}",
                )

    # -- fields

    def _fields(
        self, where: str, old: Iterable[Field], new: Iterable[Field], is_asked: bool, is_told: bool
    ) -> Iterator[Change]:
        """Compare fields that callers send (*is_asked*), that they receive (*is_told*), or both."""
        gone, come, kept = _matched(_by(old, "wire"), _by(new, "wire"))
        for field in gone:
            yield _breaking(f"{where}.{field.wire}", "字段已删除", "the field was removed")
        for field in come:
            if field.required and is_asked:
                yield _breaking(f"{where}.{field.wire}", "新增必填字段", "the field is new and required")
            else:
                yield _added(f"{where}.{field.wire}", "新增字段", "the field is new")
        for before, after in kept:
            yield from self._field(f"{where}.{before.wire}", before, after, is_asked, is_told)

    def _field(self, where: str, old: Field, new: Field, is_asked: bool, is_told: bool) -> Iterator[Change]:
        before, after = self._type(old.type), new.type.python
        if before != after:
            yield _breaking(where, f"类型由 {before} 变为 {after}", f"its type was {before}, now {after}")
        if old.name != new.name:
            yield _breaking(
                where, f"Python 名由 {old.name} 变为 {new.name}", f"its name in Python was {old.name}, now {new.name}"
            )
        if new.required and not old.required:
            make = _breaking if is_asked else _added
            yield make(where, "由可选变为必填", "it was optional, now it is required")
        if old.required and not new.required:
            make = _breaking if is_told else _added
            yield make(where, "由必填变为可选", "it was required, now it is optional")
        yield from _limits(where, old.schema, new.schema, is_asked)

    def _type(self, type_: TypeRef) -> str:
        """Return the annotation with renamed schemas under their new names."""
        if type_.item is not None:
            return f"list[{self._type(type_.item)}]"
        return self._renamed.get(type_.name, type_.python)

    # -- operations

    def _operations(self) -> Iterator[Change]:
        gone, come, kept = _matched(_by(self._old.operations, "path"), _by(self._new.operations, "path"))
        for operation in gone:
            yield _breaking(operation.path, "接口已删除", "the operation was removed")
        for operation in come:
            yield _added(operation.path, "新增接口", "the operation is new")
        for before, after in kept:
            yield from self._operation(before, after)

    def _operation(self, old: Operation, new: Operation) -> Iterator[Change]:
        where = new.name
        if old.id != new.id:
            yield _breaking(
                where, f"operationId 由 {old.id} 变为 {new.id}", f"its operationId was {old.id}, now {new.id}"
            )
        if old.name != new.name:
            yield _breaking(where, f"方法由 {old.name} 变为 {new.name}", f"its method was {old.name}, now {new.name}")
        if old.repeat != new.repeat:
            yield _breaking(
                where,
                f"重试类别由 {old.repeat} 变为 {new.repeat}",
                f"its retry class was {old.repeat}, now {new.repeat}",
            )
        if self._renamed.get(old.request.name, old.request.name) != new.request.name:
            yield _breaking(where, f"请求体改为 {new.request.name}", f"its body is now {new.request.name}")
        before = self._type(old.result) if old.result is not None else "None"
        if before != new.returns:
            yield _breaking(where, f"返回值由 {before} 变为 {new.returns}", f"it returned {before}, now {new.returns}")
        if (old.pagination is None) != (new.pagination is None):
            yield _breaking(where, "分页方式有变", "it became a paged list, or stopped being one")
        signatures = [{scheme.name for scheme in operation.schemes} for operation in (old, new)]
        for name in sorted(signatures[1] - signatures[0]):
            yield _breaking(where, f"须另加签名 {name}", f"it needs the signature {name} as well")
        for name in sorted(signatures[0] - signatures[1]):
            yield _added(where, f"不再需要签名 {name}", f"it no longer needs the signature {name}")
        yield from self._fields(where, old.parameters, new.parameters, True, False)
        yield from self._fields(where, old.answer, new.answer, False, True)
        gone, come, _ = _matched(_by(old.errors, "code"), _by(new.errors, "code"))
        for code in (*gone, *come):
            verb = ("不再列出", "is no longer listed") if code in gone else ("新列出", "is now listed")
            yield _added(where, f"{verb[0]}错误码 {code.code}", f"the code {code.code} {verb[1]} for it")

    # -- codes and callbacks

    def _codes(self) -> Iterator[Change]:
        gone, come, kept = _matched(_by(self._old.codes, "code"), _by(self._new.codes, "code"))
        for code in gone:
            yield _breaking(f"{code.code}", f"错误码 {code.name} 已删除", f"the code {code.name} was removed")
        for code in come:
            yield _added(f"{code.code}", f"新增错误码 {code.name}", f"the code {code.name} is new")
        for before, after in kept:
            for zh, en, attribute in _CODE_FACTS:
                was, is_ = getattr(before, attribute), getattr(after, attribute)
                if was != is_:
                    yield _breaking(f"{before.code}", f"{zh}由 {was} 变为 {is_}", f"its {en} was {was}, now {is_}")

    def _webhooks(self) -> Iterator[Change]:
        gone, come, kept = _matched(_by(self._old.webhooks, "tag"), _by(self._new.webhooks, "tag"))
        for webhook in gone:
            yield _breaking(webhook.event, "回调已删除", "the callback was removed")
        for webhook in come:
            yield _added(webhook.event, "新增回调", "the callback is new")
        for before, after in kept:
            if before.event != after.event:
                yield _breaking(before.event, f"回调更名为 {after.event}", f"the callback was renamed to {after.event}")
            if before.id != after.id:
                yield _breaking(
                    after.event,
                    f"operationId 由 {before.id} 变为 {after.id}",
                    f"its operationId was {before.id}, now {after.id}",
                )
            if self._renamed.get(before.body.name, before.body.name) != after.body.name:
                yield _breaking(after.event, f"消息体改为 {after.body.name}", f"its body is now {after.body.name}")

    # -- what holds everywhere

    def _rules(self) -> Iterator[Change]:
        old, new = self._old, self._new
        gone, _, kept = _matched(_by(old.schemes, "name"), _by(new.schemes, "name"))
        for scheme in gone:
            yield _breaking(scheme.name, "签名方案已删除", "the signature was removed")
        for before, after in kept:
            if _signature(before) != _signature(after):
                yield _breaking(before.name, "签名算法有变", "the signature is made differently")
        for zh, en, attribute in _RULES:
            if getattr(old, attribute) != getattr(new, attribute):
                yield _breaking(attribute, f"{zh}有变", f"{en} changed")
        if old.delivery is not None and (new.delivery is None or old.delivery.success != new.delivery.success):
            yield _breaking("delivery", "回调的成功条件有变", "what counts as a delivered callback changed")
        steps = [
            {(step.types, step.source, step.event, step.when, step.target) for step in api.states.transitions}
            if api.states is not None
            else set()
            for api in (old, new)
        ]
        for _, source, event, _, target in sorted(steps[0] - steps[1], key=str):
            yield _breaking(
                "states",
                f"状态变化 {source} → {target}（{event}）已删除",
                f"the step {source} → {target} by {event} was removed",
            )
        for _, source, event, _, target in sorted(steps[1] - steps[0], key=str):
            yield _added(
                "states",
                f"新增状态变化 {source} → {target}（{event}）",
                f"the step {source} → {target} by {event} is new",
            )


_CODE_FACTS = (("名称", "name", "name"), ("异常类", "exception", "class_name"), ("重试类别", "retry class", "retry"))
_RULES = (
    ("网关地址", "the default gateway", "base_url"),
    ("内容类型", "the content type", "media_type"),
    ("响应外层", "the envelope of answers", "envelope"),
)


@dataclass(frozen=True)
class _Shape:
    """A schema and how it is used."""

    schema: Model | Enum
    is_asked: bool
    """Whether requests have it."""
    is_told: bool
    """Whether answers or callbacks have it."""

    @property
    def signature(self) -> tuple[Any, ...]:
        """What tells a renamed schema from another one."""
        if isinstance(self.schema, Enum):
            return tuple((member.name, member.value) for member in self.schema.members)
        return tuple((field.wire, field.type.kind, field.required) for field in self.schema.fields)


class _Shapes:
    """The schemas of a contract by name."""

    def __init__(self, api: Api) -> None:
        self._api = api
        schemas: tuple[Model | Enum, ...] = (*api.models, *api.enums)
        self._schemas = {schema.name: schema for schema in schemas}

    @cached_property
    def named(self) -> dict[str, _Shape]:
        asked = self._behind(
            type_
            for operation in self._api.operations
            for type_ in (TypeRef("model", operation.request.name), *(field.type for field in operation.parameters))
        )
        results = (operation.result for operation in self._api.operations)
        told = self._behind(
            [
                *(result for result in results if result is not None),
                *(TypeRef("model", webhook.body.name) for webhook in self._api.webhooks),
            ]
        )
        return {name: _Shape(schema, name in asked, name in told) for name, schema in self._schemas.items()}

    def _behind(self, types: Iterable[TypeRef]) -> set[str]:
        """Return the names of the schemas that *types* lead to."""
        found: set[str] = set()
        waiting = [leaf for type_ in types for leaf in type_.leaves()]
        while waiting:
            name = waiting.pop().name
            schema = self._schemas.get(name)
            if schema is None or name in found:
                continue
            found.add(name)
            fields = schema.fields if isinstance(schema, Model) else ()
            waiting.extend(leaf for field in fields for leaf in field.type.leaves())
        return found


def _by(things: Iterable[Thing], attribute: str) -> dict[Any, Thing]:
    return {getattr(thing, attribute): thing for thing in things}


def _matched(
    old: Mapping[Any, Thing], new: Mapping[Any, Thing]
) -> tuple[list[Thing], list[Thing], list[tuple[Thing, Thing]]]:
    """Return what is gone, what has come, and the pairs of what is in both."""
    return (
        [thing for key, thing in old.items() if key not in new],
        [thing for key, thing in new.items() if key not in old],
        [(thing, new[key]) for key, thing in old.items() if key in new],
    )


def _limits(where: str, old: Mapping[str, Any], new: Mapping[str, Any], is_asked: bool) -> Iterator[Change]:
    """Compare the keywords of a field: in a request a narrower limit breaks, elsewhere none does."""
    for keyword in (*_LOWER, *_UPPER, *_FIXED):
        before, after = old.get(keyword), new.get(keyword)
        if before == after:
            continue
        if keyword in _LOWER or keyword in _UPPER:
            # Without a limit everything passes.
            narrower = after is not None and (
                before is None or (after > before if keyword in _LOWER else after < before)
            )
        else:
            narrower = True
        make = _breaking if narrower and is_asked else _added
        yield make(
            where,
            f"{keyword} 由 {_shown(before)} 变为 {_shown(after)}",
            f"its {keyword} was {_shown(before)}, now {_shown(after)}",
        )


def _shown(value: Any) -> str:
    return "–" if value is None else str(value)


def _signature(scheme: Any) -> tuple[Any, ...]:
    return (scheme.tolerance, [(header.name, header.value, header.longest) for header in scheme.headers])
