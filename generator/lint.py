"""The house rules: first the dialect (``contract.schema.yaml``), then what a schema cannot say."""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema_rs
import yaml

from .load import Document
from .problems import ContractError, Problem

_TEXTS = frozenset({"title", "summary", "description", "x-enum-descriptions"})
_COMPONENTS = "#/components/schemas/"
_CONTRACT = "urn:contract"


def lint(document: Document) -> None:
    """Raise ``ContractError`` with every flaw of the contract. The rules assume the dialect, so that comes first."""
    problems = list(_dialect(document))
    if not problems:
        problems = [problem for rule in _RULES for problem in rule(document)]
    if problems:
        raise ContractError(problems)


# -- the dialect


def _dialect(document: Document) -> Iterator[Problem]:
    for error in _validator().iter_errors(document.root):
        yield from _explain(error, document)


@cache
def _validator() -> jsonschema_rs.Draft202012Validator:
    with Path(__file__).with_name("contract.schema.yaml").open("rb") as file:
        return jsonschema_rs.Draft202012Validator(yaml.load(file, Loader=yaml.CSafeLoader))


def _explain(error: jsonschema_rs.ValidationError, document: Document) -> Iterator[Problem]:
    path = list(error.instance_path)
    kind = error.kind
    if isinstance(kind, jsonschema_rs.ValidationErrorKind.OneOfNotValid):
        # The branches say more than "none of them fits": take those of the branch that comes closest.
        closest = min(kind.context, key=lambda branch: (_mismatched(branch), len(branch)))
        for inner in closest:
            yield from _explain_at(inner, path, document)
        return
    yield from _explain_at(error, [], document)


def _mismatched(branch: list[jsonschema_rs.ValidationError]) -> int:
    return sum(
        1
        for error in branch
        if isinstance(
            error.kind, (jsonschema_rs.ValidationErrorKind.Constant, jsonschema_rs.ValidationErrorKind.Required)
        )
    )


def _explain_at(error: jsonschema_rs.ValidationError, above: list[str | int], document: Document) -> Iterator[Problem]:
    path = list(error.instance_path)
    if above and path[: len(above)] != above:
        path = [*above, *path]
    kind = error.kind
    name = _name(path)
    if isinstance(kind, jsonschema_rs.ValidationErrorKind.AdditionalProperties):
        known = sorted(_known_keys(list(error.schema_path)[:-1]))
        for key in kind.unexpected:
            yield Problem(document.where(*path, key), f"{key!r} is not known in {name}", _suggestion(key, known))
    elif isinstance(kind, jsonschema_rs.ValidationErrorKind.Required):
        yield Problem(document.where(*path), f"{name} lacks {kind.property!r}", f"Add `{kind.property}:`")
    else:
        yield Problem(
            document.where(*path),
            f"{name} is wrong: {error.message}",
            "Correct the value; see CONTRIBUTING.md for what may stand here",
        )


def _known_keys(schema_path: list[str | int]) -> set[str]:
    node: Any = _schema()
    for step in schema_path:
        node = node.get(step, {}) if isinstance(node, dict) else node[int(step)] if isinstance(node, list) else {}
        while isinstance(node, dict) and str(node.get("$ref", "")).startswith("#/$defs/"):
            node = _schema()["$defs"][node["$ref"].removeprefix("#/$defs/")]
    return set(node.get("properties", {})) if isinstance(node, dict) else set()


@cache
def _schema() -> Any:
    with Path(__file__).with_name("contract.schema.yaml").open("rb") as file:
        return yaml.load(file, Loader=yaml.CSafeLoader)


def _suggestion(key: str, known: list[str]) -> str:
    close = difflib.get_close_matches(key, known, n=1)
    if close:
        return f"Did you mean {close[0]!r}"
    if key.startswith("x-"):
        return "Declare it in generator/contract.schema.yaml and CONTRIBUTING.md, or remove it"
    return f"Known here: {', '.join(known)}" if known else "Remove it"


def _name(path: list[str | int]) -> str:
    return "/".join(map(str, path)) or "the contract"


# -- rules


def _operations_are_unique(document: Document) -> Iterator[Problem]:
    seen: dict[str, str] = {}
    for path, operation in _operations(document):
        sdk = operation["x-sdk"]
        names = [operation["operationId"], f"{sdk['resource']}.{sdk['method']}" if "resource" in sdk else sdk["event"]]
        if "method" in operation.get("x-recovery", {}):
            names.append(f"{sdk['resource']}.{operation['x-recovery']['method']}")
        for name in names:
            where = document.where(*path)
            if name in seen:
                yield Problem(
                    where, f"{name!r} is already the name of the operation at {seen[name]}", "Rename one of them"
                )
            seen[name] = where


_ORDER = [
    "operationId",
    "x-sdk",
    "x-key",
    "x-retry",
    "x-recovery",
    "tags",
    "summary",
    "description",
    "x-i18n",
    "deprecated",
    "security",
    "parameters",
    "x-pagination",
    "requestBody",
    "responses",
    "x-errors",
]


def _operations_are_in_order(document: Document) -> Iterator[Problem]:
    for path, operation in _operations(document):
        keys = list(operation)
        wanted = sorted(keys, key=_ORDER.index)
        wrong = next((key for key, right in zip(keys, wanted, strict=True) if key != right), None)
        if wrong is not None:
            yield Problem(
                document.where(*path, wrong), f"{wrong!r} stands out of order", f"The order is: {', '.join(wanted)}"
            )


def _tags_are_declared(document: Document) -> Iterator[Problem]:
    declared = {tag["name"] for tag in document.root.get("tags", [])}
    for path, operation in _operations(document):
        if operation["tags"][0] not in declared:
            yield Problem(
                document.where(*path, "tags"),
                f"the tag {operation['tags'][0]!r} is not declared",
                "Describe it under `tags` in the root",
            )


def _texts_are_bilingual(document: Document) -> Iterator[Problem]:
    for path, node in document.statements:
        if path[-1:] == ("properties",) and path[-2:-1] != ("properties",):
            continue  # names of properties, whatever they are
        texts = _TEXTS & node.keys()
        english = frozenset[str](node["x-i18n"]["en"] if "x-i18n" in node else ())
        if texts == english:
            continue
        for key in sorted(texts - english):
            yield Problem(
                document.where(*path, key),
                f"{key!r} is not translated",
                f"Add `x-i18n: {{en: {{{key}: …}}}}` beside it",
            )
        for key in sorted(english - texts):
            yield Problem(
                document.where(*path, "x-i18n"),
                f"{key!r} is translated, but does not stand here",
                f"Add `{key}:` or remove the translation",
            )


def _enumerations_are_complete(document: Document) -> Iterator[Problem]:
    for path, schema in _schemas(document):
        if "enum" not in schema:
            continue
        values = schema["enum"]
        lists = {
            "x-enum-varnames": schema["x-enum-varnames"],
            "x-enum-descriptions": schema["x-enum-descriptions"],
            "x-i18n": schema["x-i18n"]["en"].get("x-enum-descriptions", []),
        }
        for key, entries in lists.items():
            if len(entries) != len(values):
                yield Problem(
                    document.where(*path, key),
                    f"{len(entries)} entries of {key} for {len(values)} values",
                    "Give each value exactly one",
                )
        wanted = int if schema["type"] == "integer" else str
        for value in values:
            if type(value) is not wanted:
                yield Problem(
                    document.where(*path, "enum"),
                    f"the value {value!r} is not of type {schema['type']}",
                    "Correct it or the type",
                )


def _required_properties_exist(document: Document) -> Iterator[Problem]:
    schemas = document.root["components"]["schemas"]
    for path, schema in _schemas(document):
        names = set(_properties(schemas, schema))
        for part_path, part in (
            (path, schema),
            *(((*path, "allOf", index), part) for index, part in enumerate(schema.get("allOf", []))),
        ):
            for name in part.get("required", []):
                if name not in names:
                    yield Problem(
                        document.where(*part_path, "required"),
                        f"{name!r} is required but not among the properties",
                        "Correct the name",
                    )


def _identifiers_are_required(document: Document) -> Iterator[Problem]:
    schemas = document.root["components"]["schemas"]
    for path, schema in _schemas(document):
        required = set(_required(schemas, schema))
        for name in schema.get("x-identity", []):
            if name not in required:
                exists = name in set(_properties(schemas, schema))
                yield Problem(
                    document.where(*path, "x-identity"),
                    f"{name!r} identifies {path[-1]}, but is {'not required' if exists else 'no property of it'}",
                    "Add it to `required`" if exists else "Name required properties",
                )


def _properties_make_sense(document: Document) -> Iterator[Problem]:
    for path, node in document.statements:
        if "type" not in node or not isinstance(node["type"], str) or "in" in node:
            continue
        if node.get("format") == "unix-time" and node.get("x-unit") not in ("ms", "s"):
            yield Problem(document.where(*path, "format"), "a moment without a unit", "Add `x-unit: ms` or `x-unit: s`")
        for name, field in node.get("properties", {}).items() if isinstance(node.get("properties"), dict) else ():
            for other in field.get("x-required-if", {}):
                if other not in node["properties"] or other == name:
                    yield Problem(
                        document.where(*path, "properties", name, "x-required-if"),
                        f"{other!r} is no neighbour of {name!r}",
                        "Name a property of the same object",
                    )
        if "x-sensitive" in node and node["type"] != "string":
            yield Problem(
                document.where(*path, "x-sensitive"), "only text can be sensitive", "Remove it or correct the type"
            )
        if node["type"] == "array" and "items" not in node:
            yield Problem(document.where(*path), "an array without `items`", "Say what it holds")
        if node.get("format") and node["type"] != "integer":
            yield Problem(
                document.where(*path, "format"),
                f"the format {node['format']!r} is for integers",
                "Remove it or correct the type",
            )


def _examples_are_valid(document: Document) -> Iterator[Problem]:
    contract = jsonschema_rs.Registry(
        [(_CONTRACT, {"components": {"schemas": document.root["components"]["schemas"]}})]
    )
    validators: dict[str, jsonschema_rs.Draft202012Validator] = {}
    for path, node in document.statements:
        if path[-2:-1] != ("content",):
            continue
        reference = node["schema"]["$ref"]
        if reference not in validators:
            validators[reference] = jsonschema_rs.Draft202012Validator(
                {"$ref": _CONTRACT + reference}, registry=contract
            )
        for name, example in node["examples"].items():
            for error in validators[reference].iter_errors(example["value"]):
                yield Problem(
                    document.where(*path, "examples", name, "value", *error.instance_path),
                    f"the example does not fit {reference.removeprefix(_COMPONENTS)}: {error.message}",
                    "Correct the example or the schema",
                )


def _codes_are_known(document: Document) -> Iterator[Problem]:
    table = document.root["x-error-codes"]
    codes = [code["code"] for code in table["codes"]]
    for index, code in enumerate(table["codes"]):
        where = document.where("x-error-codes", "codes", index)
        if code["family"] not in table["families"]:
            yield Problem(
                where,
                f"the family {code['family']!r} of code {code['code']} is not declared",
                "Use one of `families`, or declare it",
            )
        for key in ("code", "name"):
            if sum(1 for other in table["codes"] if other[key] == code[key]) > 1:
                yield Problem(where, f"{code[key]!r} stands in the table twice", "Remove or correct one")
    for path, operation in _operations(document):
        for code in operation.get("x-recovery", {}).get("codes", []):
            if code not in codes:
                yield Problem(
                    document.where(*path, "x-recovery"),
                    f"the code {code} is not in x-error-codes",
                    "Add it to errors.yaml or remove it here",
                )
    for path, node in document.statements:
        for code in node.get("x-errors", []) if isinstance(node.get("x-errors", []), list) else []:
            if code not in codes:
                yield Problem(
                    document.where(*path, "x-errors"),
                    f"the code {code} is not in x-error-codes",
                    "Add it to errors.yaml or remove it here",
                )


def _security_is_known(document: Document) -> Iterator[Problem]:
    schemes = document.root["components"].get("securitySchemes", {})
    places: list[tuple[_Path, Any]] = [(("security",), document.root.get("security", []))]
    places += [((*path, "security"), operation.get("security", [])) for path, operation in _operations(document)]
    for path, wanted in places:
        for name in (name for choice in wanted for name in choice):
            if name not in schemes:
                yield Problem(
                    document.where(*path),
                    f"the security scheme {name!r} does not exist",
                    "Describe it in signing.yaml or correct the name",
                )


def _envelope_is_described(document: Document) -> Iterator[Problem]:
    schemas = document.root["components"]["schemas"]
    envelope = document.root["x-envelope"]
    for path, operation in _operations(document):
        if path[0] != "paths":
            continue
        answers = [media["schema"]["$ref"] for media in operation["responses"]["200"].get("content", {}).values()]
        names = {name for answer in answers for name in _properties(schemas, schemas[answer.removeprefix(_COMPONENTS)])}
        for key in ("code", "message", "requestId", "cost"):
            if envelope[key] not in names:
                yield Problem(
                    document.where(*path, "responses", "200"),
                    f"the answer lacks {envelope[key]!r}, which x-envelope names",
                    "Compose it with the envelope's schema",
                )


def _messages_are_told_apart(document: Document) -> Iterator[Problem]:
    schemas = document.root["components"]["schemas"]
    seen: Counter[Any] = Counter()
    for path, operation in _operations(document):
        if path[0] != "webhooks":
            continue
        reference = next(iter(operation["requestBody"]["content"].values()))["schema"]["$ref"]
        properties = schemas[reference.removeprefix(_COMPONENTS)].get("properties", {})
        tags = [prop["const"] for prop in properties.values() if "const" in prop]
        bodies = [name for name, prop in properties.items() if "$ref" in prop and "const" not in prop]
        if len(tags) != 1 or len(bodies) != 1:
            yield Problem(
                document.where(*path, "requestBody"),
                "a callback needs one property with `const` and one that refers to its body",
                "See MeetingEndedMessage",
            )
        seen.update(tags)
        if any(seen[tag] > 1 for tag in tags):
            yield Problem(
                document.where(*path), f"another callback already has the number {tags[0]}", "Correct one of them"
            )


def _states_are_known(document: Document) -> Iterator[Problem]:
    machine = document.root.get("x-states")
    if machine is None:
        return
    states = {state["name"] for state in machine["states"]}
    for key in ("initial", "transitions"):
        for index, transition in enumerate(machine[key]):
            where = document.where("x-states", key, index)
            for name in (transition.get("from"), transition["to"]):
                if name is not None and name not in states:
                    yield Problem(where, f"the state {name!r} is not declared", "Correct the name or declare the state")
            if transition["event"] not in machine["events"]:
                yield Problem(
                    where, f"the event {transition['event']!r} is not declared", "Correct the name or declare the event"
                )
    told = {("events", name): event.get("tells") for name, event in machine["events"].items()}
    told |= {("states", index): state.get("tells") for index, state in enumerate(machine["states"])}
    for path, callback in told.items():
        if callback is not None and callback not in document.root.get("webhooks", {}):
            yield Problem(
                document.where("x-states", *path),
                f"there is no callback {callback!r}",
                "Name one of `webhooks` in the root",
            )


_RULES: tuple[Callable[[Document], Iterator[Problem]], ...] = (
    _operations_are_unique,
    _operations_are_in_order,
    _tags_are_declared,
    _texts_are_bilingual,
    _enumerations_are_complete,
    _required_properties_exist,
    _identifiers_are_required,
    _properties_make_sense,
    _examples_are_valid,
    _codes_are_known,
    _security_is_known,
    _envelope_is_described,
    _messages_are_told_apart,
    _states_are_known,
)


# -- walking

_Path = tuple[str | int, ...]


def _operations(document: Document) -> Iterator[tuple[_Path, dict[str, Any]]]:
    for section in ("paths", "webhooks"):
        for name, item in document.root.get(section, {}).items():
            yield (section, name, "post"), item["post"]


def _schemas(document: Document) -> Iterator[tuple[_Path, dict[str, Any]]]:
    for name, schema in document.root["components"]["schemas"].items():
        yield ("components", "schemas", name), schema


def _properties(schemas: dict[str, Any], schema: dict[str, Any]) -> Iterator[str]:
    yield from schema.get("properties", {})
    for part in schema.get("allOf", []):
        yield from _properties(
            schemas, schemas.get(part["$ref"].removeprefix(_COMPONENTS), {}) if "$ref" in part else part
        )


def _required(schemas: dict[str, Any], schema: dict[str, Any]) -> Iterator[str]:
    yield from schema.get("required", [])
    for part in schema.get("allOf", []):
        yield from _required(
            schemas, schemas.get(part["$ref"].removeprefix(_COMPONENTS), {}) if "$ref" in part else part
        )
