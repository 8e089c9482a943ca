"""The parser's types and the document's facts, joined into the ir."""

from __future__ import annotations

from typing import Any

from .ir import Api, Envelope
from .load import Document
from .parse import Parsed
from .parts.callbacks import delivery, message, webhooks
from .parts.contract import Contract
from .parts.errors import error_codes, families
from .parts.facts import text
from .parts.machine import state_machine
from .parts.names import check_names
from .parts.operations import Operations
from .parts.rebuild import rebuild
from .parts.schemas import Schemas
from .parts.signatures import Signatures
from .problems import ContractError


def build(document: Document, parsed: Parsed) -> Api:
    """Return the whole contract as one frozen value. Raises ``ContractError`` with every problem found."""
    contract = Contract(document, parsed)
    root = contract.root
    schemas, signatures = Schemas(contract), Signatures(root)
    codes, envelope = error_codes(root["x-error-codes"]), _envelope(root["x-envelope"])
    resources = Operations(contract, schemas, signatures, codes, envelope).resources()
    callbacks = webhooks(contract, schemas)
    check_names(contract, schemas.models, resources, codes.values())
    api = Api(
        title=text(root["info"], "title"),
        version=root["info"]["version"],
        summary=text(root["info"], "summary"),
        text=text(root["info"], "description"),
        base_url=root["servers"][0]["url"] if "servers" in root else "http://127.0.0.1",
        media_type=_media_type(root["paths"]),
        resources=resources,
        models=tuple(schemas.models[name] for name in contract.schemas if name in schemas.models),
        enums=tuple(schemas.enum(name) for name in contract.schemas if name in parsed.enums),
        families=families(root["x-error-codes"], codes.values()),
        codes=tuple(codes.values()),
        schemes=tuple(signatures.schemes.values()),
        default_schemes=signatures.of(root),
        envelope=envelope,
        webhooks=callbacks,
        message=message(contract, signatures),
        delivery=delivery(root),
        rebuild=rebuild(contract, schemas, resources, callbacks),
        states=state_machine(contract, schemas),
        document=root,
    )
    if contract.problems:
        raise ContractError(contract.problems)
    return api


def _envelope(raw: dict[str, Any]) -> Envelope:
    return Envelope(
        code=raw["code"],
        message=raw["message"],
        request_id=raw["requestId"],
        cost=raw["cost"],
        data=raw["data"],
        success=raw["success"],
    )


def _media_type(paths: dict[str, Any]) -> str:
    first = next(iter(paths.values()))
    return str(next(iter(first["post"]["requestBody"]["content"])))
