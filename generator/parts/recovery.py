"""How a lost answer is found out: the contract's ``x-recovery``."""

from __future__ import annotations

from dataclasses import replace

from ..ir import Operation, Recovery, Search
from .contract import Contract
from .schemas import Schemas


def recovering(contract: Contract, schemas: Schemas, operation: Operation, siblings: list[Operation]) -> Operation:
    """Add to *operation* how to find out what a lost attempt did, which takes another operation of the resource."""
    where = ("paths", operation.path, "post", "x-recovery")
    raw = contract.root["paths"][operation.path]["post"].get("x-recovery")
    if raw is None:
        return operation
    read = next((sibling for sibling in siblings if sibling.id == raw["read"]), None)
    if read is None:
        contract.problem(
            where, f"{raw['read']!r} is no operation of {operation.resource}", "Name one of the same resource"
        )
        return operation
    sent = {field.wire for field in operation.request.fields}
    asked = {field.wire: field for field in read.request.fields}
    if "method" in raw:
        unknown = [name for name in (*raw["filters"].values(), *raw["match"]) if name not in sent]
        unknown += [name for name in raw["filters"] if name not in asked]
        if unknown or read.pagination is None:
            contract.problem(where, f"not a list, or not fields of it: {', '.join(unknown)}", "Correct the names")
            return operation
        filters = tuple((asked[name], source) for name, source in raw["filters"].items())
        return replace(operation, search=Search(raw["method"], read, filters, tuple(raw["match"])))
    found = schemas.models[read.result.name].fields if read.result is not None and read.result.kind == "model" else ()
    attribute = next((field.name for field in found if field.wire == raw.get("property")), None)
    unknown = [name for name in raw["by"] if name not in sent or name not in asked]
    unknown += [raw["property"]] if "property" in raw and attribute is None else []
    if unknown:
        contract.problem(where, f"not fields of both operations: {', '.join(unknown)}", "Correct the names")
    values = tuple(raw.get("values", ()))
    recovery = Recovery(tuple(raw["codes"]), read.constant, tuple(raw["by"]), attribute, values)
    return replace(operation, recovery=recovery)
