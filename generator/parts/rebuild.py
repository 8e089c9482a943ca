"""What can be found out about events whose callbacks were lost: ``rebuild`` in the contract's ``x-delivery``."""

from __future__ import annotations

from ..ir import Rebuild, Resource, Webhook
from . import states
from .contract import Contract
from .schemas import Schemas


def rebuild(
    contract: Contract, schemas: Schemas, resources: tuple[Resource, ...], webhooks: tuple[Webhook, ...]
) -> Rebuild | None:
    """Return what tells about lost events, where the contract names it."""
    raw, machine = contract.root.get("x-delivery", {}).get("rebuild"), contract.root.get("x-states")
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
        contract.problem(
            ("x-delivery", "rebuild"), f"there is no {what}", "Name operations, fields and callbacks there are"
        )
        return None
    callback = callbacks[raw["items"]["callback"]]
    delivery, place = contract.root["x-delivery"], ("x-delivery", "order")
    order = {schemas.attribute(callback.body, path, place) for path in delivery["order"].values()}
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
