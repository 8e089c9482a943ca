"""Webhooks -> callbacks, the message they come in, and how they are delivered."""

from __future__ import annotations

from typing import Any

from ..ir import Delivery, Message, Webhook
from .contract import Contract
from .facts import examples, schema_of, text
from .schemas import Schemas
from .signatures import Signatures


def webhooks(contract: Contract, schemas: Schemas) -> tuple[Webhook, ...]:
    """Return the kinds of callback."""
    return tuple(
        _webhook(contract, schemas, name, item["post"]) for name, item in contract.root.get("webhooks", {}).items()
    )


def _webhook(contract: Contract, schemas: Schemas, name: str, raw: dict[str, Any]) -> Webhook:
    properties = contract.schemas[schema_of(raw["requestBody"])]["properties"]
    tag = next(prop["const"] for prop in properties.values() if "const" in prop)
    body = next(prop["$ref"].rsplit("/", 1)[1] for prop in properties.values() if "const" not in prop)
    model = schemas.model(body)
    where = ("webhooks", name, "post", "x-key")
    for taken in {field.name for field in model.fields} & {"key", "app_key"}:
        contract.problem(where, f"{model.name} has a field that becomes `{taken}`", "Rename it with `x-sdk: {name: …}`")
    for path in contract.root["x-delivery"]["order"].values():
        schemas.attribute(model, path, ("x-delivery", "order"))
    return Webhook(
        id=name,
        event=raw["x-sdk"]["event"],
        tag=tag,
        summary=text(raw, "summary"),
        text=text(raw, "description"),
        body=model,
        key=tuple(schemas.attribute(model, path, where) for path in raw["x-key"]),
        examples=examples(raw["requestBody"]),
    )


def message(contract: Contract, signatures: Signatures) -> Message | None:
    """Return the object around every event, where there are callbacks."""
    webhooks = contract.root.get("webhooks", {})
    if not webhooks:
        return None
    delivery = contract.root["x-delivery"]
    first = next(iter(webhooks.values()))["post"]
    properties = contract.schemas[schema_of(first["requestBody"])]["properties"]
    return Message(
        tag=next(name for name, prop in properties.items() if "const" in prop),
        body=next(name for name, prop in properties.items() if "const" not in prop),
        per=delivery["order"]["per"],
        by=delivery["order"]["by"],
        probe=delivery.get("probe"),
        schedule=tuple(delivery["schedule"]),
        scheme=signatures.of(first)[0],
    )


def delivery(root: dict[str, Any]) -> Delivery | None:
    """Return how callbacks are resent, where the contract says so."""
    raw = root.get("x-delivery")
    if raw is None:
        return None
    return Delivery(
        text=text(raw, "description"),
        success=tuple(raw["success"]),
        schedule=tuple(raw["schedule"]),
        timeout=raw["timeout"],
    )
