"""Whether the names that the contract gives things can be theirs in the client."""

from __future__ import annotations

from collections.abc import Iterable

from .. import naming
from ..ir import ErrorCode, Resource
from .contract import Contract, Path


def check_names(
    contract: Contract, models: Iterable[str], resources: tuple[Resource, ...], codes: Iterable[ErrorCode]
) -> None:
    """Note every name that cannot be one, is the client's own, or belongs to two things."""
    classes: list[tuple[str, Path]] = [
        (name, ("components", "schemas", name)) for name in (*models, *contract.parsed.enums)
    ]
    for name, item in contract.root.get("webhooks", {}).items():
        classes.append((item["post"]["x-sdk"]["event"], ("webhooks", name)))
    for name, family in contract.root["x-error-codes"]["families"].items():
        classes.append((family["class"], ("x-error-codes", "families", name)))
    for name, path in classes:
        contract.check(naming.flaw_of_class(name), path)
    for resource in resources:
        path = ("paths", resource.operations[0].path, "post", "x-sdk")
        contract.check(naming.flaw_of_resource(resource.name), path)
        classes += [(f"{prefix}{resource.class_name}", path) for prefix in ("", "Async", "Raw", "AsyncRaw")]
        for operation in resource.operations:
            contract.check(naming.flaw_of_method(operation.method), ("paths", operation.path, "post", "x-sdk"))
    contract.check_unique([name for name, _ in classes], "class of the client", ("components", "schemas"))
    contract.check_unique([code.name for code in codes], "error code", ("x-error-codes",))
    contract.check_unique([resource.class_name for resource in resources], "resource", ("paths",))
