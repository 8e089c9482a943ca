"""The parser's types and the document's facts, joined into the ir."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from . import naming, states
from .ir import (
    Api,
    Delivery,
    Enum,
    Envelope,
    ErrorCode,
    Example,
    Family,
    Field,
    Member,
    Message,
    Model,
    Operation,
    Pagination,
    Rebuild,
    Recovery,
    Resource,
    Scheme,
    Search,
    SignedHeader,
    State,
    StateMachine,
    Text,
    Transition,
    TypeRef,
    Webhook,
)
from .load import Document
from .parse import Parsed, ParsedField
from .problems import ContractError, Problem

_UNITS = {"ms": "milliseconds", "s": "seconds", "bytes": "bytes"}
_UNITS_ZH = {"ms": "毫秒", "s": "秒", "bytes": "字节"}


def build(document: Document, parsed: Parsed) -> Api:
    """Return the whole contract as one frozen value. Raises ``ContractError`` with every problem found."""
    builder = _Builder(document, parsed)
    api = builder.api()
    if builder.problems:
        raise ContractError(builder.problems)
    return api


class _Builder:
    def __init__(self, document: Document, parsed: Parsed) -> None:
        self.document = document
        self.root = document.root
        self.schemas: dict[str, Any] = self.root["components"]["schemas"]
        self.parsed = parsed
        self.problems: list[Problem] = []
        self.models: dict[str, Model] = {}
        self.schemes = {name: self._scheme(name, scheme) for name, scheme in self._security_schemes().items()}
        families = self.root["x-error-codes"]["families"]
        self.codes = {code["code"]: _error_code(code, families) for code in self.root["x-error-codes"]["codes"]}
        envelope = self.root["x-envelope"]
        self.envelope = Envelope(
            code=envelope["code"],
            message=envelope["message"],
            request_id=envelope["requestId"],
            cost=envelope["cost"],
            data=envelope["data"],
            success=envelope["success"],
        )

    def api(self) -> Api:
        info = self.root["info"]
        resources = self._resources()
        webhooks = tuple(self._webhook(name, item["post"]) for name, item in self.root.get("webhooks", {}).items())
        server = self.root.get("servers", [{"url": "http://127.0.0.1"}])[0]
        self._check_classes(resources)
        return Api(
            title=_text(info, "title"),
            version=info["version"],
            summary=_text(info, "summary"),
            text=_text(info, "description"),
            base_url=server["url"],
            media_type=self._media_type(),
            resources=resources,
            models=tuple(self.models[name] for name in self.schemas if name in self.models),
            enums=tuple(self._enum(name) for name in self.schemas if name in self.parsed.enums),
            families=tuple(
                self._family(name, family) for name, family in self.root["x-error-codes"]["families"].items()
            ),
            codes=tuple(self.codes.values()),
            schemes=tuple(self.schemes.values()),
            default_schemes=self._schemes_of(self.root),
            envelope=self.envelope,
            webhooks=webhooks,
            message=self._message(),
            delivery=_delivery(self.root["x-delivery"]) if "x-delivery" in self.root else None,
            rebuild=self._rebuild(resources, webhooks),
            states=self._states(self.root["x-states"]) if "x-states" in self.root else None,
            document=self.root,
        )

    # -- operations

    def _resources(self) -> tuple[Resource, ...]:
        tags = {tag["name"]: tag for tag in self.root.get("tags", [])}
        by_resource: dict[str, list[Operation]] = {}
        tag_of: dict[str, str] = {}
        for path, item in self.root["paths"].items():
            operation = self._operation(path, item["post"])
            by_resource.setdefault(operation.resource, []).append(operation)
            tag_of.setdefault(operation.resource, item["post"]["tags"][0])
        return tuple(
            Resource(
                name,
                _text(tags.get(tag_of[name], {}), "description"),
                tuple(self._recovering(operation, operations) for operation in operations),
                operations[0].source,
            )
            for name, operations in by_resource.items()
        )

    def _recovering(self, operation: Operation, siblings: list[Operation]) -> Operation:
        """Add to *operation* how to find out what a lost attempt did, which takes another operation of the resource."""
        where = ("paths", operation.path, "post", "x-recovery")
        raw = self.root["paths"][operation.path]["post"].get("x-recovery")
        if raw is None:
            return operation
        read = next((sibling for sibling in siblings if sibling.id == raw["read"]), None)
        if read is None:
            self._problem(
                where, f"{raw['read']!r} is no operation of {operation.resource}", "Name one of the same resource"
            )
            return operation
        sent = {field.wire for field in operation.request.fields}
        asked = {field.wire: field for field in read.request.fields}
        if "method" in raw:
            unknown = [name for name in (*raw["filters"].values(), *raw["match"]) if name not in sent]
            unknown += [name for name in raw["filters"] if name not in asked]
            if unknown or read.pagination is None:
                self._problem(where, f"not a list, or not fields of it: {', '.join(unknown)}", "Correct the names")
                return operation
            filters = tuple((asked[name], source) for name, source in raw["filters"].items())
            return replace(operation, search=Search(raw["method"], read, filters, tuple(raw["match"])))
        found = self.models[read.result.name].fields if read.result is not None and read.result.kind == "model" else ()
        attribute = next((field.name for field in found if field.wire == raw.get("property")), None)
        unknown = [name for name in raw["by"] if name not in sent or name not in asked]
        unknown += [raw["property"]] if "property" in raw and attribute is None else []
        if unknown:
            self._problem(where, f"not fields of both operations: {', '.join(unknown)}", "Correct the names")
        values = tuple(raw.get("values", ()))
        recovery = Recovery(tuple(raw["codes"]), read.constant, tuple(raw["by"]), attribute, values)
        return replace(operation, recovery=recovery)

    def _operation(self, path: str, raw: dict[str, Any]) -> Operation:
        where = ("paths", path, "post")
        sdk = raw["x-sdk"]
        headers = {header.wire: header for header in self.parsed.headers.get(path, ())}
        parameters = tuple(
            self._field(
                headers[parameter["name"]], {**parameter.get("schema", {}), **parameter}, (*where, "parameters", index)
            )
            for index, parameter in enumerate(raw.get("parameters", []))
        )
        request = self._model(_schema_of(raw["requestBody"]))
        answer = self._fields(_schema_of(raw["responses"]["200"]))
        result = next((field.type for field in answer if field.wire == self.envelope.data), None)
        for leaf in result.leaves() if result is not None else ():
            self._reach(leaf)
        operation = Operation(
            id=raw["operationId"],
            resource=sdk["resource"],
            method=sdk["method"],
            path=path,
            summary=_text(raw, "summary"),
            text=_text(raw, "description"),
            repeat=raw["x-retry"],
            schemes=self._schemes_of(raw) if "security" in raw else self._schemes_of(self.root),
            parameters=parameters,
            request=request,
            result=result,
            pagination=self._pagination(raw, request, result, where),
            errors=tuple(self.codes[code] for code in raw.get("x-errors", []) if code in self.codes),
            answer=answer,
            answer_text=_text(raw["responses"]["200"], "description"),
            examples=_examples(raw["requestBody"]),
            answers=_examples(raw["responses"]["200"]),
            source=self._source(*where, "operationId"),
        )
        self._check_unique([argument.name for argument in operation.arguments], f"argument of {operation.name}", where)
        return operation

    def _pagination(
        self, raw: dict[str, Any], request: Model, result: TypeRef | None, where: tuple[str, ...]
    ) -> Pagination | None:
        names = raw.get("x-pagination")
        if names is None:
            return None
        page = self.models[result.name] if result is not None and result.kind == "model" else None
        arguments = {field.wire: field for field in request.fields}
        answer = {field.wire: field for field in page.fields} if page is not None else {}
        missing = [name for name in (names["index"], names["size"]) if name not in arguments]
        missing += [name for name in (names["rows"], names["total"], names["pages"]) if name not in answer]
        if page is None or missing:
            self._problem(
                where,
                f"x-pagination names fields that are not there: {', '.join(missing)}",
                "Name fields of the request and of the page",
            )
            return None
        return Pagination(
            index=arguments[names["index"]].name,
            size=arguments[names["size"]].name,
            rows=answer[names["rows"]],
            total=answer[names["total"]],
            pages=answer[names["pages"]],
        )

    # -- models and enumerations

    def _model(self, name: str) -> Model:
        if name in self.models:
            return self.models[name]
        schema = self.schemas[name]
        fields = self._fields(name)
        model = Model(name, _text(schema, "description"), fields, self._source("components", "schemas", name))
        names = [field.name for field in fields] + [field.moment_name for field in model.moments]
        self._check_unique(names, f"field of {name}", ("components", "schemas", name))
        self.models[name] = model
        for field in fields:
            for leaf in field.type.leaves():
                self._reach(leaf)
        return model

    def _fields(self, name: str) -> tuple[Field, ...]:
        types = self._parsed_model(name)
        return tuple(
            self._field(types[wire], raw, path) for wire, raw, path in _properties(self.schemas, name) if wire in types
        )

    def _parsed_model(self, name: str) -> dict[str, ParsedField]:
        """Return the parser's fields; it takes a composition of a single part for that part itself."""
        while name not in self.parsed.models:
            name = self.schemas[name]["allOf"][0]["$ref"].rsplit("/", 1)[1]
        return self.parsed.models[name]

    def _reach(self, leaf: TypeRef) -> None:
        if leaf.kind == "model":
            self._model(leaf.name)

    def _field(self, parsed: ParsedField, raw: dict[str, Any], path: tuple[str | int, ...]) -> Field:
        schema = self._resolved(raw)
        name = raw.get("x-sdk", {}).get("name") or naming.snake(parsed.wire)
        problem = naming.check_field(name, parsed.wire, self.document.where(*path))
        if problem is not None:
            self.problems.append(problem)
        return Field(
            wire=parsed.wire,
            name=name,
            type=self._typed(parsed.type, schema),
            required=parsed.required,
            text=_text(raw if "description" in raw else schema, "description"),
            limits=_limits(schema, raw),
            schema=raw,
            sensitive=schema.get("x-sensitive", False),
        )

    def _resolved(self, raw: dict[str, Any]) -> dict[str, Any]:
        reference = raw.get("$ref")
        return self.schemas[reference.rsplit("/", 1)[1]] if reference else raw

    def _typed(self, type_: TypeRef, schema: dict[str, Any]) -> TypeRef:
        """Give integers the alias that says their size or unit."""
        if type_.kind != "int":
            return type_
        if schema.get("format") == "unix-time":
            return TypeRef("int", "UnixMillis" if schema.get("x-unit") == "ms" else "UnixSeconds")
        return TypeRef("int", "Int64") if schema.get("format") == "int64" else type_

    def _enum(self, name: str) -> Enum:
        schema = self.schemas[name]
        names, values = schema["x-enum-varnames"], schema["enum"]
        texts = zip(schema["x-enum-descriptions"], schema["x-i18n"]["en"]["x-enum-descriptions"], strict=True)
        members = tuple(
            Member(member, value, Text(zh, en)) for member, value, (zh, en) in zip(names, values, texts, strict=True)
        )
        # The parser rewrites odd values, so they are taken from the contract; the names must agree.
        if set(self.parsed.enums[name]) != set(names):
            self._problem(
                ("components", "schemas", name),
                f"the parser read other members of {name} than stand here",
                "Use plain UPPER_SNAKE names",
            )
        return Enum(
            name=name,
            base="int" if schema["type"] == "integer" else "str",
            text=_text(schema, "description"),
            members=members,
            source=self._source("components", "schemas", name),
        )

    # -- errors, signatures, callbacks

    def _family(self, name: str, raw: dict[str, Any]) -> Family:
        codes = tuple(code for code in self.codes.values() if code.family == name)
        return Family(name, raw["class"], Text(raw["zh"], raw["en"]), codes)

    def _security_schemes(self) -> dict[str, Any]:
        schemes: dict[str, Any] = self.root["components"].get("securitySchemes", {})
        return {name: scheme for name, scheme in schemes.items() if "x-signature" in scheme}

    def _scheme(self, name: str, raw: dict[str, Any]) -> Scheme:
        signature = raw["x-signature"]
        headers = tuple(
            SignedHeader(
                name=header,
                value=fact["value"],
                expression=_expression(fact["value"]),
                text=_text(fact, "description"),
                longest=fact.get("maxLength"),
                example=fact.get("example", ""),
            )
            for header, fact in signature["headers"].items()
        )
        return Scheme(name, _text(raw, "description"), signature.get("tolerance"), headers)

    def _schemes_of(self, raw: dict[str, Any]) -> tuple[Scheme, ...]:
        wanted = raw.get("security", [{}])
        return tuple(self.schemes[name] for name in (wanted[0] if wanted else {}) if name in self.schemes)

    def _webhook(self, name: str, raw: dict[str, Any]) -> Webhook:
        properties = self.schemas[_schema_of(raw["requestBody"])]["properties"]
        tag = next(prop["const"] for prop in properties.values() if "const" in prop)
        body = next(prop["$ref"].rsplit("/", 1)[1] for prop in properties.values() if "const" not in prop)
        model = self._model(body)
        where = ("webhooks", name, "post", "x-key")
        for taken in {field.name for field in model.fields} & {"key", "app_key"}:
            self._problem(
                where, f"{model.name} has a field that becomes `{taken}`", "Rename it with `x-sdk: {name: …}`"
            )
        for path in self.root["x-delivery"]["order"].values():
            self._attribute(model, path, ("x-delivery", "order"))
        return Webhook(
            id=name,
            event=raw["x-sdk"]["event"],
            tag=tag,
            summary=_text(raw, "summary"),
            text=_text(raw, "description"),
            body=model,
            key=tuple(self._attribute(model, path, where) for path in raw["x-key"]),
            examples=_examples(raw["requestBody"]),
        )

    def _attribute(self, model: Model, path: str, where: tuple[str, ...]) -> str:
        """Return ``file_info.md5`` for ``fileInfo.md5`` of *model*; every field on the way must always be there."""
        name, _, rest = path.partition(".")
        field = next((field for field in model.fields if field.wire == name and field.required), None)
        if field is None or bool(rest) != (field.type.kind == "model") or field.type.kind == "list":
            self._problem(where, f"{path!r} is no required value of {model.name}", "Name required fields of the event")
            return name
        return f"{field.name}.{self._attribute(self._model(field.type.name), rest, where)}" if rest else field.name

    def _message(self) -> Message | None:
        webhooks = self.root.get("webhooks", {})
        if not webhooks:
            return None
        delivery = self.root["x-delivery"]
        first = next(iter(webhooks.values()))["post"]
        properties = self.schemas[_schema_of(first["requestBody"])]["properties"]
        return Message(
            tag=next(name for name, prop in properties.items() if "const" in prop),
            body=next(name for name, prop in properties.items() if "const" not in prop),
            per=delivery["order"]["per"],
            by=delivery["order"]["by"],
            probe=delivery.get("probe"),
            schedule=tuple(delivery["schedule"]),
            scheme=self._schemes_of(first)[0],
        )

    def _states(self, raw: dict[str, Any]) -> StateMachine:
        kinds = raw.get("kinds")
        if kinds is not None and kinds not in self.parsed.enums:
            self._problem(("x-states", "kinds"), f"{kinds!r} is no enumeration", "Name the one of the meeting's type")
        return StateMachine(
            states=tuple(
                State(
                    name=state["name"],
                    status=state["status"],
                    text=Text(state["zh"], state["en"]),
                    listed=state.get("listed", False),
                    final=state.get("final", False),
                )
                for state in raw["states"]
            ),
            transitions=tuple(
                Transition(tuple(step["types"]), step.get("from"), step["event"], step.get("when"), step["to"])
                for step in (*raw["initial"], *raw["transitions"])
            ),
            events={name: Text(text["zh"], text["en"]) for name, text in raw["events"].items()},
            kinds=self._enum(kinds) if kinds in self.parsed.enums else None,
            numbers=Text(raw["numbers"]["zh"], raw["numbers"]["en"]) if "numbers" in raw else None,
        )

    def _rebuild(self, resources: tuple[Resource, ...], webhooks: tuple[Webhook, ...]) -> Rebuild | None:
        raw, machine = self.root.get("x-delivery", {}).get("rebuild"), self.root.get("x-states")
        if raw is None or machine is None:
            return None
        operations = {operation.id: operation for resource in resources for operation in resource.operations}
        callbacks = {webhook.id: webhook for webhook in webhooks}
        events = {webhook.id: webhook.event for webhook in webhooks}
        unknown = [raw[part]["read"] for part in raw if raw[part]["read"] not in operations]
        unknown += [raw["items"]["callback"]] if raw["items"]["callback"] not in events else []
        filters = operations[raw["listed"]["read"]].request.fields if not unknown else ()
        type_ = next((field for field in filters if field.wire == raw["listed"]["type"]), None)
        if type_ is None:
            what = ", ".join(unknown) or raw["listed"]["type"]
            self._problem(
                ("x-delivery", "rebuild"), f"there is no {what}", "Name operations, fields and callbacks there are"
            )
            return None
        callback = callbacks[raw["items"]["callback"]]
        delivery, place = self.root["x-delivery"], ("x-delivery", "order")
        order = {self._attribute(callback.body, path, place) for path in delivery["order"].values()}
        state = operations[raw["state"]["read"]]
        return Rebuild(
            state=state,
            argument=next(field.name for field in state.request.fields if field.wire == delivery["order"]["per"]),
            status=raw["state"]["status"],
            fields=raw["state"]["fields"],
            unknown=raw["state"]["unknown"],
            listed=operations[raw["listed"]["read"]],
            type=type_,
            items=operations[raw["items"]["read"]],
            item_event=callback.event,
            item=raw["items"]["property"],
            identity=tuple(path for path in callback.key if path not in order),
            missing=states.missing(machine, events),
            begun=states.begun(machine, events),
        )

    # -- checks

    def _check_classes(self, resources: tuple[Resource, ...]) -> None:
        webhooks = self.root.get("webhooks", {})
        classes: list[tuple[str, tuple[str, ...]]] = [
            (name, ("components", "schemas", name)) for name in (*self.models, *self.parsed.enums)
        ]
        classes += [(item["post"]["x-sdk"]["event"], ("webhooks", name)) for name, item in webhooks.items()]
        classes += [
            (family["class"], ("x-error-codes", "families", name))
            for name, family in self.root["x-error-codes"]["families"].items()
        ]
        checks = [naming.check_class(name, self.document.where(*path)) for name, path in classes]
        for resource in resources:
            path = ("paths", resource.operations[0].path, "post", "x-sdk")
            checks.append(naming.check_resource(resource.name, self.document.where(*path)))
            classes += [(f"{prefix}{resource.class_name}", path) for prefix in ("", "Async", "Raw", "AsyncRaw")]
        for operation in (operation for resource in resources for operation in resource.operations):
            where = self.document.where("paths", operation.path, "post", "x-sdk")
            checks.append(naming.check_method(operation.method, where))
        self.problems += [problem for problem in checks if problem is not None]
        self._check_unique([name for name, _ in classes], "class of the client", ("components", "schemas"))
        self._check_unique([code.name for code in self.codes.values()], "error code", ("x-error-codes",))
        self._check_unique([resource.class_name for resource in resources], "resource", ("paths",))

    def _check_unique(self, names: Iterable[str], what: str, path: tuple[str | int, ...]) -> None:
        for name, count in Counter(names).items():
            if count > 1:
                self._problem(
                    path,
                    f"{name!r} would be the name of more than one {what}",
                    "Rename one of them; `x-sdk` gives a property another Python name",
                )

    def _problem(self, path: tuple[str | int, ...], what: str, cure: str) -> None:
        self.problems.append(Problem(self.document.where(*path), what, cure))

    def _source(self, *path: str | int) -> str:
        return self.document.where(*path).rpartition(":")[0]

    def _media_type(self) -> str:
        first = next(iter(self.root["paths"].values()))
        return str(next(iter(first["post"]["requestBody"]["content"])))


def _schema_of(body: dict[str, Any]) -> str:
    """Return the name of the schema of a request body or a response."""
    media = next(iter(body["content"].values()))
    return str(media["schema"]["$ref"].rsplit("/", 1)[1])


def _properties(schemas: dict[str, Any], name: str) -> Iterator[tuple[str, dict[str, Any], tuple[str | int, ...]]]:
    """Yield the properties of a schema with those it is composed of, in order, each with its place in the document."""
    pending: list[tuple[dict[str, Any], tuple[str | int, ...]]] = [(schemas[name], ("components", "schemas", name))]
    while pending:
        schema, path = pending.pop(0)
        if "$ref" in schema:
            target = schema["$ref"].rsplit("/", 1)[1]
            schema, path = schemas[target], ("components", "schemas", target)
        for wire, raw in schema.get("properties", {}).items():
            yield wire, raw, (*path, "properties", wire)
        parts = schema.get("allOf", [])
        pending[:0] = [(part, (*path, "allOf", index)) for index, part in enumerate(parts)]


def _text(raw: dict[str, Any], key: str) -> Text:
    zh = raw.get(key, "")
    return Text(zh, raw.get("x-i18n", {}).get("en", {}).get(key, zh))


def _examples(body: dict[str, Any]) -> tuple[Example, ...]:
    """Return the examples of a request body or a response."""
    media = next(iter(body["content"].values()))
    return tuple(Example(name, example["value"]) for name, example in media.get("examples", {}).items())


def _delivery(raw: dict[str, Any]) -> Delivery:
    return Delivery(
        text=_text(raw, "description"),
        success=tuple(raw["success"]),
        schedule=tuple(raw["schedule"]),
        timeout=raw["timeout"],
    )


def _error_code(raw: dict[str, Any], families: dict[str, Any]) -> ErrorCode:
    return ErrorCode(
        code=raw["code"],
        name=raw["name"],
        family=raw["family"],
        class_name=families[raw["family"]]["class"],
        retry=raw["retry"],
        text=Text(raw["text"], raw["en"]),
        remedy=Text(raw["remedy"]["zh"], raw["remedy"]["en"]),
    )


def _limits(schema: dict[str, Any], raw: dict[str, Any]) -> Text:
    """Say the schema's keywords in words."""
    zh: list[str] = []
    en: list[str] = []

    def say(chinese: str, english: str) -> None:
        zh.append(chinese)
        en.append(english)

    shortest, longest = schema.get("minLength"), schema.get("maxLength")
    if shortest and longest:
        say(f"{shortest}–{longest} 个字符", f"{shortest} to {longest} characters")
    elif longest:
        say(f"最多 {longest} 个字符", f"At most {longest} characters")
    low, high = schema.get("minimum"), schema.get("maximum")
    if low is not None and high is not None:
        say(f"{low}–{high}", f"{low} to {high}")
    unit = schema.get("x-unit")
    if unit and schema.get("format") == "unix-time":
        say(f"UNIX 时间戳，单位{_UNITS_ZH[unit]}", f"Unix time in {_UNITS[unit]}")
    elif unit:
        say(f"单位{_UNITS_ZH[unit]}", f"In {_UNITS[unit]}")
    default = raw.get("default", schema.get("default"))
    if default is not None:
        say(f"默认 {json.dumps(default, ensure_ascii=False)}", f"The server's default is {default}")
    return Text("；".join(zh), ". ".join(en))


def _expression(value: Any) -> str:
    """Return the Python expression, over a ``Material`` called ``m``, that makes a header's value as bytes."""
    if isinstance(value, list):
        return " + ".join(map(_expression, value))
    if isinstance(value, str):
        return f"m.{naming.snake(value)}"
    ((kind, parts),) = value.items()
    if kind == "text":
        return repr(parts.encode())
    return f"{kind}({_expression(parts)}).hexdigest().encode()"
