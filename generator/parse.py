"""openapi-python-client's reading of the contract: the types, with references resolved and compositions merged.

The only module that imports openapi_python_client, whose Python interface is not stable: it is pinned exactly, what is
taken from it is copied into the plain structures below, and whatever it warns of is fatal.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from openapi_python_client.config import Config, ConfigFile, MetaType
from openapi_python_client.parser import GeneratorData
from openapi_python_client.parser.errors import GeneratorError, ParseError
from openapi_python_client.parser.properties import EnumProperty, ModelProperty
from openapi_python_client.parser.properties.boolean import BooleanProperty
from openapi_python_client.parser.properties.const import ConstProperty
from openapi_python_client.parser.properties.float import FloatProperty
from openapi_python_client.parser.properties.int import IntProperty
from openapi_python_client.parser.properties.list_property import ListProperty
from openapi_python_client.parser.properties.protocol import PropertyProtocol
from openapi_python_client.parser.properties.string import StringProperty
from openapi_python_client.schema.untrusted_string import UntrustedString

from .ir import TypeRef
from .load import Document
from .problems import ContractError, Problem


@dataclass(frozen=True)
class ParsedField:
    """A property, or a header parameter."""

    wire: str
    type: TypeRef
    required: bool


@dataclass
class Parsed:
    """Everything openapi-python-client read."""

    models: dict[str, dict[str, ParsedField]]
    enums: dict[str, dict[str, int | str]]
    """Name -> member name -> value."""
    headers: dict[str, tuple[ParsedField, ...]]
    """The header parameters of the operations that have any, by path."""


def parse(document: Document) -> Parsed:
    """Parse the contract one tag at a time.

    In one piece the parser's time grows with the square of the number of schemas; a tag and what it reaches is small.
    """
    parsed = Parsed({}, {}, {})
    config = Config.from_sources(ConfigFile(post_hooks=[]), MetaType.NONE, Path("-"), "utf-8", True, Path("-"))
    for part in _parts(document):
        _parse_part(part, config, document, parsed)
    return parsed


def _parts(document: Document) -> Iterator[dict[str, Any]]:
    root = document.root
    by_tag: dict[str, dict[str, Any]] = {}
    for path, item in root["paths"].items():
        by_tag.setdefault(item["post"]["tags"][0], {})[path] = item["post"]
    for operations in by_tag.values():
        yield _part(document, operations)
    yield _part(document, {}, root.get("webhooks", {}), root["components"].get("responses", {}))


def _part(document: Document, operations: dict[str, Any], *others: Any) -> dict[str, Any]:
    """Return a document of its own with the headers of *operations* and the schemas that they and *others* reach.

    Bodies and answers are references to schemas, which leaves nothing to parse in them; the parser would copy the
    whole graph behind them, three times for each operation. So an operation is there for its headers, if it has any.
    """
    paths = {
        path: {
            "post": {
                "operationId": operation["operationId"],
                "tags": operation["tags"],
                "parameters": operation["parameters"],
                "responses": {"200": {"description": ""}},
            }
        }
        for path, operation in operations.items()
        if "parameters" in operation
    }
    return {
        "openapi": document.root["openapi"],
        "info": {"title": document.root["info"]["title"], "version": document.root["info"]["version"]},
        "paths": paths,
        "components": {"schemas": _bare(document.schemas_behind(operations, *others), holds_names=True)},
    }


def _bare(node: Any, holds_names: bool = False) -> Any:
    """Return *node* without its prose and examples: the parser copies everything it is given, several times over."""
    if isinstance(node, list):
        return [_bare(item) for item in node]
    if not isinstance(node, dict):
        return node
    if holds_names:
        return {name: _bare(value) for name, value in node.items()}
    return {
        key: "" if key == "description" else _bare(value, key in _NAMED)
        for key, value in node.items()
        if key not in _PROSE
    }


def _parse_part(part: dict[str, Any], config: Config, document: Document, parsed: Parsed) -> None:
    try:
        data = GeneratorData.from_dict(part, config=config)
    except ValueError as error:  # the parser's own enumerations raise for odd values
        raise ContractError([Problem(document.where(), f"the parser refused the contract: {error}", _CURE)]) from error
    if isinstance(data, GeneratorError):
        raise ContractError(
            [Problem(document.where(), f"the parser refused it: {data.header} {data.detail or ''}", _CURE)]
        )
    warnings = [
        *data.errors,
        *(error for tag in data.endpoint_collections_by_tag.values() for error in tag.parse_errors),
    ]
    if warnings:
        raise ContractError([_problem(warning, document) for warning in warnings])
    for model in data.models:
        fields = [*(model.required_properties or []), *(model.optional_properties or [])]
        name = _schema_name(model.class_info.name, document)
        parsed.models[name] = {field.wire: field for field in (_field(prop, document) for prop in fields)}
    for enum in data.enums:
        if not isinstance(enum, EnumProperty):
            raise ContractError(
                [Problem(document.where(), f"the enumeration {enum.class_info.name} was read as a literal", _CURE)]
            )
        parsed.enums[_schema_name(enum.class_info.name, document)] = {
            str(name): _plain(value) for name, value in enum.values.items()
        }
    for tag in data.endpoint_collections_by_tag.values():
        for endpoint in tag.endpoints:
            headers = tuple(_field(parameter, document) for parameter in endpoint.header_parameters)
            parsed.headers[str(_plain(endpoint.path))] = headers


_PROSE = frozenset({"examples", "example", "summary", "x-i18n", "x-enum-descriptions", "x-errors", "x-codeSamples"})
_NAMED = frozenset({"properties"})
"""Keys below which stand names, not keywords."""
_CURE = "Mend the contract; nothing is generated while the parser has doubts"


def _problem(warning: ParseError | GeneratorError, document: Document) -> Problem:
    said = " ".join(str(part) for part in (warning.header, warning.detail) if part)
    return Problem(document.where(), f"the parser would have dropped something: {said}", _CURE)


def _field(prop: PropertyProtocol, document: Document) -> ParsedField:
    return ParsedField(str(_plain(prop.name)), _type(prop, document), prop.required)


def _type(prop: PropertyProtocol, document: Document) -> TypeRef:
    if type(prop) in _SCALARS:
        return TypeRef(_SCALARS[type(prop)])
    if isinstance(prop, ListProperty):
        return TypeRef("list", item=_type(prop.inner_property, document))
    if isinstance(prop, ModelProperty):
        return TypeRef("model", _schema_name(prop.class_info.name, document))
    if isinstance(prop, EnumProperty):
        return TypeRef("enum", _schema_name(prop.class_info.name, document), base=prop.value_type.__name__)
    if isinstance(prop, ConstProperty):
        return TypeRef("int" if isinstance(_plain(prop.value.raw_value), int) else "str")
    raise ContractError(
        [
            Problem(
                document.where(),
                f"the property {_plain(prop.name)!r} has a type the client has no word for ({type(prop).__name__})",
                "Use string, integer, number, boolean, an array, or a $ref to a named object or enumeration",
            )
        ]
    )


_SCALARS: dict[type[PropertyProtocol], Literal["str", "int", "float", "bool"]] = {
    StringProperty: "str",
    IntProperty: "int",
    FloatProperty: "float",
    BooleanProperty: "bool",
}


def _schema_name(class_name: str, document: Document) -> str:
    name = str(class_name)
    if name not in document.root["components"]["schemas"]:
        raise ContractError(
            [
                Problem(
                    document.where("components", "schemas"),
                    f"no schema is called {name!r}: the parser made that name up",
                    "Name schemas in PascalCase without acronyms, declare none inline, give none a `title`",
                )
            ]
        )
    return name


def _plain(value: Any) -> Any:
    """Return the text inside the parser's wrapper for strings that come from the contract."""
    return value.get_untrusted_value() if isinstance(value, UntrustedString) else value
