"""Paths -> operations, grouped into resources."""

from __future__ import annotations

from typing import Any

from ..ir import Envelope, ErrorCode, Model, Operation, Pagination, Resource, TypeRef
from .contract import Contract, Path
from .facts import examples, schema_of, text
from .recovery import recovering
from .schemas import Schemas
from .signatures import Signatures


class Operations:
    """Makes operations of paths."""

    def __init__(
        self,
        contract: Contract,
        schemas: Schemas,
        signatures: Signatures,
        codes: dict[int, ErrorCode],
        envelope: Envelope,
    ) -> None:
        self._contract = contract
        self._schemas = schemas
        self._signatures = signatures
        self._codes = codes
        self._envelope = envelope

    def resources(self) -> tuple[Resource, ...]:
        """Return the resources in the order of their first operations."""
        tags = {tag["name"]: tag for tag in self._contract.root.get("tags", [])}
        by_resource: dict[str, list[Operation]] = {}
        tag_of: dict[str, str] = {}
        for path, item in self._contract.root["paths"].items():
            operation = self._operation(path, item["post"])
            by_resource.setdefault(operation.resource, []).append(operation)
            tag_of.setdefault(operation.resource, item["post"]["tags"][0])
        return tuple(
            Resource(
                name,
                text(tags.get(tag_of[name], {}), "description"),
                tuple(recovering(self._contract, self._schemas, operation, operations) for operation in operations),
                operations[0].source,
            )
            for name, operations in by_resource.items()
        )

    def _operation(self, path: str, raw: dict[str, Any]) -> Operation:
        where = ("paths", path, "post")
        sdk = raw["x-sdk"]
        headers = {header.wire: header for header in self._contract.parsed.headers.get(path, ())}
        parameters = tuple(
            self._schemas.field(
                headers[parameter["name"]], {**parameter.get("schema", {}), **parameter}, (*where, "parameters", index)
            )
            for index, parameter in enumerate(raw.get("parameters", []))
        )
        request = self._schemas.model(schema_of(raw["requestBody"]))
        answer = self._schemas.fields(schema_of(raw["responses"]["200"]))
        result = next((field.type for field in answer if field.wire == self._envelope.data), None)
        for leaf in result.leaves() if result is not None else ():
            self._schemas.reach(leaf)
        operation = Operation(
            id=raw["operationId"],
            resource=sdk["resource"],
            method=sdk["method"],
            path=path,
            summary=text(raw, "summary"),
            text=text(raw, "description"),
            repeat=raw["x-retry"],
            schemes=self._signatures.of(raw if "security" in raw else self._contract.root),
            parameters=parameters,
            request=request,
            result=result,
            pagination=self._pagination(raw, request, result, where),
            errors=tuple(self._codes[code] for code in raw.get("x-errors", []) if code in self._codes),
            answer=answer,
            answer_text=text(raw["responses"]["200"], "description"),
            examples=examples(raw["requestBody"]),
            answers=examples(raw["responses"]["200"]),
            source=self._contract.source(*where, "operationId"),
        )
        self._contract.check_unique(
            [argument.name for argument in operation.arguments], f"argument of {operation.name}", where
        )
        return operation

    def _pagination(
        self, raw: dict[str, Any], request: Model, result: TypeRef | None, where: Path
    ) -> Pagination | None:
        names = raw.get("x-pagination")
        if names is None:
            return None
        page = self._schemas.models[result.name] if result is not None and result.kind == "model" else None
        arguments = {field.wire: field for field in request.fields}
        answer = {field.wire: field for field in page.fields} if page is not None else {}
        missing = [name for name in (names["index"], names["size"]) if name not in arguments]
        missing += [name for name in (names["rows"], names["total"], names["pages"]) if name not in answer]
        if page is None or missing:
            self._contract.problem(
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
