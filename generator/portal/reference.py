"""The public names of the generated package, read without importing it, as the pages of the SDK reference show them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import griffe

from generator.ir import Api, Field, Operation, Text

from .translation import translated

_MODES = ("", "Async", "Raw", "AsyncRaw")
"""How the classes of a resource are named: one for each way to call it."""
_LONGEST = 88


@dataclass(frozen=True)
class Argument:
    """A parameter with its meaning."""

    name: str
    text: Text


@dataclass(frozen=True)
class Entry:
    """A class, function, method or attribute."""

    name: str
    anchor: str
    kind: str
    signature: str
    text: Text
    arguments: tuple[Argument, ...] = ()
    raises: tuple[Argument, ...] = ()
    bases: tuple[tuple[str, str], ...] = ()
    """The classes it inherits from that are described too: name, and module with anchor."""
    members: tuple[Entry, ...] = ()


@dataclass(frozen=True)
class Module:
    """A module with the public names that are defined in it."""

    name: str
    text: Text
    entries: tuple[Entry, ...]


def modules(package: Path, api: Api) -> tuple[Module, ...]:
    """Return the public modules of *package*, in the order of their names, the package itself first."""
    root = griffe.load(package.name, search_paths=[package.parent])
    if not isinstance(root, griffe.Module):
        raise TypeError(f"{package} is not a package")
    public = [module for name, module in sorted(root.modules.items()) if not name.startswith("_") and module.exports]
    reader = _Reader(root.path, api, (root, *public))
    return tuple(module for module in reader.modules() if module.entries)


def untranslated(described: Iterable[Module]) -> tuple[str, ...]:
    """Return the names whose docstring has no Chinese yet."""

    def names(owner: Module | Entry, path: str) -> Iterator[str]:
        words = re.sub(r"`[^`]*`", "", owner.text.en).strip()
        if words and owner.text.zh == owner.text.en:
            yield path
        for inner in owner.entries if isinstance(owner, Module) else owner.members:
            yield from names(inner, f"{path}.{inner.name}")

    return tuple(name for module in described for name in names(module, module.name))


@dataclass
class _Reader:
    package: str
    api: Api
    public: tuple[griffe.Module, ...]

    def modules(self) -> Iterator[Module]:
        """Yield every public module with what is to be looked for in it."""
        for module in self.public:
            yield Module(module.path, self._text(module), tuple(map(self._entry, self._own(module))))

    def _own(self, module: griffe.Module) -> list[griffe.Object | griffe.Alias]:
        names = [str(name) for name in module.exports or ()]
        members = [module.members[name] for name in names if name in module.members]
        own = [member for member in members if self._belongs(member, module)]
        own.sort(key=lambda member: (member.is_alias, member.canonical_path if member.is_alias else member.lineno or 0))
        return own

    @cached_property
    def _places(self) -> dict[str, str]:
        """Return where each class is described, by the path of its definition."""
        return {
            member.canonical_path: f"{module.path}.html#{member.name}"
            for module in self.public
            for member in self._own(module)
            if member.is_class
        }

    def _belongs(self, member: griffe.Object | griffe.Alias, module: griffe.Module) -> bool:
        """Say whether *module* is where readers look for the name: where it is defined, or offered from in private."""
        if member.is_module:
            return False
        where = member.canonical_path.removeprefix(f"{self.package}.").rpartition(".")[0]
        private = any(part.startswith("_") for part in where.split("."))
        inside = member.canonical_path.startswith(f"{module.path}.") and module.path != self.package
        return inside or private

    def _entry(self, member: griffe.Object | griffe.Alias, above: str = "") -> Entry:
        anchor = f"{above}.{member.name}" if above else member.name
        inner = tuple(self._entry(item, anchor) for item in self._members(member)) if member.is_class else ()
        arguments, raises = self._sections(member)
        return Entry(
            name=member.name,
            anchor=anchor,
            kind=_kind(member),
            signature=_signature(member),
            text=self._text(member),
            arguments=arguments,
            raises=raises,
            bases=tuple(self._bases(member)),
            members=inner,
        )

    def _bases(self, member: griffe.Object | griffe.Alias) -> Iterator[tuple[str, str]]:
        for base in getattr(member, "resolved_bases", ()):
            if base.canonical_path in self._places:
                yield base.name, self._places[base.canonical_path]

    def _members(self, owner: griffe.Object | griffe.Alias) -> Iterator[griffe.Object | griffe.Alias]:
        """Yield the public members, with those inherited from classes that are described nowhere else."""
        source = owner.final_target if isinstance(owner, griffe.Alias) else owner
        for name, member in {**source.inherited_members, **source.members}.items():
            inherited = getattr(member, "inherited", False)
            elsewhere = inherited and member.canonical_path.rpartition(".")[0] in self._places
            wanted = member.docstring is not None if name == "__init__" else not name.startswith("_")
            if wanted and not elsewhere and (inherited or not member.is_alias):
                yield member

    def _text(self, member: griffe.Object | griffe.Alias) -> Text:
        known = self._texts.get(member.canonical_path.removeprefix(f"{self.package}."))
        if known is not None:
            return known
        return translated(_markdown(member.docstring))

    def _sections(self, member: griffe.Object | griffe.Alias) -> tuple[tuple[Argument, ...], tuple[Argument, ...]]:
        if member.docstring is None or not member.is_function:
            return (), ()
        known = self._arguments.get(member.canonical_path.removeprefix(f"{self.package}."), {})
        arguments: list[Argument] = []
        raises: list[Argument] = []
        for section in member.docstring.parse("google", warnings=False):
            if isinstance(section, griffe.DocstringSectionParameters):
                for item in section.value:
                    arguments.append(Argument(item.name, known.get(item.name) or translated(_plain(item.description))))
            elif isinstance(section, griffe.DocstringSectionRaises):
                raises.extend(Argument(str(item.annotation), self._raised(item.description)) for item in section.value)
        return tuple(arguments), tuple(raises)

    def _raised(self, english: str) -> Text:
        """Return when an exception is raised; a list of codes is said in the contract's words."""
        texts = {code.code: code.text.zh for code in self.api.codes}
        numbers = [int(number) for number in re.findall(r"\((\d+)\)", english)]
        if not numbers or not set(numbers) <= set(texts):
            return translated(_plain(english))
        return Text("；".join(f"{texts[number]}（{number}）" for number in numbers) + "。", english)

    @cached_property
    def _texts(self) -> dict[str, Text]:
        return dict(_texts(self.api))

    @cached_property
    def _arguments(self) -> dict[str, dict[str, Text]]:
        return {
            f"{operation.resource}.{name}.{operation.method}": {
                field.name: _described(field) for field in operation.arguments
            }
            for operation, name in _classes(self.api)
        }


def _texts(api: Api) -> Iterator[tuple[str, Text]]:
    """Yield what the contract says about names of the package, in both languages."""
    for model in api.models:
        yield f"models.{model.name}", model.text
        yield from ((f"models.{model.name}.{field.name}", _described(field)) for field in model.fields)
    for enum in api.enums:
        yield f"enums.{enum.name}", enum.text
        yield from ((f"enums.{enum.name}.{member.name}", member.text) for member in enum.members)
    for family in api.families:
        yield f"errors.{family.class_name}", family.text
    for code in api.codes:
        yield f"errors.ErrorCode.{code.name}", _joined(code.text, code.remedy, " ")
    for webhook in api.webhooks:
        yield f"webhooks.{webhook.event}", _joined(webhook.summary, webhook.text, "\n\n")
    for resource in api.resources:
        yield resource.name, resource.text
        yield from ((f"client.{mode}MeetingClient.{resource.name}", resource.text) for mode in _MODES)
    for operation, name in _classes(api):
        text = _joined(operation.summary, operation.text, "\n\n")
        yield f"{operation.resource}.{name}.{operation.method}", text


def _classes(api: Api) -> Iterator[tuple[Operation, str]]:
    for resource in api.resources:
        for operation in resource.operations:
            for mode in _MODES:
                yield operation, mode + resource.class_name


def _described(field: Field) -> Text:
    return _joined(field.text, field.limits, " ")


def _joined(first: Text, second: Text, between: str) -> Text:
    zh = between.join(
        text if text.endswith(("。", "）", "；")) else f"{text}。" for text in (first.zh, second.zh) if text
    )
    en = between.join(text if text.endswith(".") else f"{text}." for text in (first.en, second.en) if text)
    return Text(zh, en)


def _kind(member: griffe.Object | griffe.Alias) -> str:
    if member.is_class:
        return "class"
    if "property" in member.labels or member.is_attribute:
        return "attribute"
    return "async" if "async" in member.labels else "method"


def _signature(member: griffe.Object | griffe.Alias) -> str:
    if member.is_class:
        bases = ", ".join(str(base) for base in getattr(member, "bases", ()) if not str(base).startswith("_"))
        return f"class {member.name}({bases})" if bases else f"class {member.name}"
    if member.is_attribute:
        annotation, value = getattr(member, "annotation", None), getattr(member, "value", None)
        plain = value is not None and re.fullmatch(r"-?\d+|'[^']*'|\"[^\"]*\"", str(value))
        return member.name + (f": {annotation}" if annotation else "") + (f" = {value}" if plain else "")
    return _function(member)


def _function(member: griffe.Object | griffe.Alias) -> str:
    parameters = [item for item in getattr(member, "parameters", ()) if item.name not in ("self", "cls")]
    parts: list[str] = []
    for item in parameters:
        keyword_only = item.kind is griffe.ParameterKind.keyword_only
        if keyword_only and not any(part.startswith("*") for part in parts):
            parts.append("*")
        star = {griffe.ParameterKind.var_positional: "*", griffe.ParameterKind.var_keyword: "**"}.get(item.kind, "")
        text = f"{star}{item.name}" + (f": {item.annotation}" if item.annotation else "")
        parts.append(text + (f" = {item.default}" if item.default is not None and not star else ""))
    word = "async def" if "async" in member.labels else "def"
    returns = getattr(member, "returns", None)
    result = f" -> {returns}" if returns else ""
    line = f"{word} {member.name}({', '.join(parts)}){result}"
    if len(line) <= _LONGEST:
        return line
    return f"{word} {member.name}(\n" + "".join(f"    {part},\n" for part in parts) + f"){result}"


def _markdown(docstring: griffe.Docstring | None) -> str:
    """Return the prose of a docstring, without its sections, as Markdown."""
    if docstring is None:
        return ""
    sections = docstring.parse("google", warnings=False)
    return "\n\n".join(
        _plain(section.value) for section in sections if isinstance(section, griffe.DocstringSectionText)
    )


def _plain(text: str) -> str:
    """Return reStructuredText, as far as the package uses it, as Markdown."""
    text = re.sub(r"``([^`]+)``", r"`\1`", text)
    text = re.sub(r"(?m)^(.*)::$", lambda match: f"{match[1]}:" if match[1] else "", text)
    return "\n\n".join(f"```text\n{part}\n```" if "├──" in part else part for part in text.split("\n\n"))
