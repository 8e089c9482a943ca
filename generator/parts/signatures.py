"""Security schemes -> signatures."""

from __future__ import annotations

from typing import Any

from .. import naming
from ..ir import Scheme, SignedHeader
from ..spelling import Spelling
from .facts import text

_PYTHON = Spelling(
    part=lambda part: f"m.{naming.snake(part)}",
    text=lambda text: repr(text.encode()),
    digest=lambda name, joined: f"{name}({joined}).hexdigest().encode()",
)
"""A header's value as an expression that makes bytes, over a ``Material`` called ``m``."""


class Signatures:
    """The contract's signature schemes, by name."""

    def __init__(self, root: dict[str, Any]) -> None:
        schemes = root["components"].get("securitySchemes", {})
        self.schemes = {name: _scheme(name, raw) for name, raw in schemes.items() if "x-signature" in raw}

    def of(self, raw: dict[str, Any]) -> tuple[Scheme, ...]:
        """Return what an operation, or the contract as a whole, is signed with."""
        wanted = raw.get("security", [{}])
        return tuple(self.schemes[name] for name in (wanted[0] if wanted else {}) if name in self.schemes)


def _scheme(name: str, raw: dict[str, Any]) -> Scheme:
    signature = raw["x-signature"]
    headers = tuple(
        SignedHeader(
            name=header,
            value=fact["value"],
            expression=_PYTHON.of(fact["value"]),
            text=text(fact, "description"),
            longest=fact.get("maxLength"),
            example=fact.get("example", ""),
            function=f"_{naming.snake(name)}_{naming.snake(header)}",
        )
        for header, fact in signature["headers"].items()
    )
    return Scheme(name, text(raw, "description"), signature.get("tolerance"), headers)
