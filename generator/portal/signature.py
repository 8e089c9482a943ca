"""A signature scheme worked out step by step on known values, as the signing page draws it."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import Any, Literal

from generator.ir import Api, Operation, Scheme, SignedHeader, Webhook
from generator.spelling import Spelling

DEMO_KEY, DEMO_SECRET = "sandbox-key", "sandbox-secret"
"""What the sandbox accepts: the worked values can be tried out as they stand."""

DEMO_SERVER, DEMO_COMMAND = "http://127.0.0.1:8800", "python -m netease_meeting.sandbox --port 8800"

CALLBACK_PATH = "/callbacks"
"""Where the worked callbacks arrive: any path of the reader's own."""

_NONCE, _TIME = "12345678", "1594639036"


@dataclass(frozen=True)
class Piece:
    """One part of what is joined."""

    kind: str
    """A part of the contract's vocabulary, ``text``, or the digest that made it."""
    label: str
    value: str


@dataclass(frozen=True)
class Step:
    """Parts that are joined, and what becomes of them."""

    pieces: tuple[Piece, ...]
    digest: str | None
    result: str


@dataclass(frozen=True)
class WorkedHeader:
    """A header of a scheme and how its value came to be."""

    header: SignedHeader
    steps: tuple[Step, ...]
    value: str

    @property
    def reversed(self) -> str:
        """What the last digest would be over its parts in the opposite order."""
        if not self.steps or self.steps[-1].digest is None:
            return self.value
        last = self.steps[-1]
        return _digest(str(last.digest), "".join(piece.value for piece in reversed(last.pieces)))


@dataclass(frozen=True)
class Worked:
    """A whole scheme on known values."""

    scheme: Scheme
    material: dict[str, str]
    headers: tuple[WorkedHeader, ...]
    direction: Literal["request", "callback"]
    used_by: tuple[Operation, ...]
    """The operations that are signed so, if not all are."""
    path: str

    @property
    def header_lines(self) -> str:
        return "\n".join(f"{item.header.name}: {item.value}" for item in self.headers)

    @property
    def request(self) -> str:
        """The signed request as it goes over the wire, without the headers that every request has."""
        return f"POST {self.path} HTTP/1.1\n{self.header_lines}\n\n{self.material['body']}"

    @property
    def broken_lines(self) -> str:
        """The headers as somebody would send them who joined the parts in the wrong order."""
        return "\n".join(f"{item.header.name}: {item.reversed}" for item in self.headers)


def worked(api: Api) -> tuple[Worked, ...]:
    """Return every scheme of the contract on the sandbox's key, the contract's example values and an example body."""
    return tuple(_worked(api, scheme, _example(api, scheme)) for scheme in api.schemes)


def of_callback(api: Api, webhook: Webhook) -> Worked | None:
    """Return the signature that a callback with its example as body bears."""
    return _worked(api, api.message.scheme, webhook.example) if api.message is not None else None


def _example(api: Api, scheme: Scheme) -> Any:
    if api.message is not None and api.message.scheme == scheme:
        return api.webhooks[0].example
    return next((operation.example for operation in api.operations if scheme in operation.schemes), {})


def _worked(api: Api, scheme: Scheme, example: Any) -> Worked:
    callback = api.message is not None and api.message.scheme == scheme
    users = tuple(operation for operation in api.operations if scheme in operation.schemes)
    examples = {header.literal: header.example for header in scheme.headers if header.literal is not None}
    seconds = examples.get("unixSeconds") or _TIME
    material = {
        "appKey": DEMO_KEY,
        "appSecret": DEMO_SECRET,
        "nonce": examples.get("nonce") or _NONCE,
        "unixSeconds": seconds,
        "unixMillis": f"{seconds}000",
        "body": json.dumps(example, ensure_ascii=False, separators=(",", ":")),
    }
    headers = []
    for header in scheme.headers:
        steps: list[Step] = []
        value = _value(header.value, material, scheme.literals, steps)
        headers.append(WorkedHeader(header, tuple(steps), value))
    everybody = scheme in api.default_schemes or callback
    return Worked(
        scheme=scheme,
        material=material,
        headers=tuple(headers),
        direction="callback" if callback else "request",
        used_by=() if everybody else users,
        path=users[0].path if users else CALLBACK_PATH,
    )


def _value(value: Any, material: dict[str, str], carriers: dict[str, str], steps: list[Step]) -> str:
    """Return the value and note the steps to it; inner digests come first."""
    digest = next(iter(value)) if isinstance(value, dict) else None
    parts = value[digest] if digest is not None else value
    pieces = tuple(_piece(part, material, carriers, steps) for part in parts)
    joined = "".join(piece.value for piece in pieces)
    result = _digest(digest, joined) if digest is not None else joined
    if digest is not None or len(pieces) > 1:
        steps.append(Step(pieces, digest, result))
    return result


def _digest(name: str, text: str) -> str:
    return hashlib.new(name, text.encode(), usedforsecurity=False).hexdigest()


def _piece(part: Any, material: dict[str, str], carriers: dict[str, str], steps: list[Step]) -> Piece:
    if isinstance(part, str):
        return Piece(part, carriers.get(part, part[0].upper() + part[1:]), material[part])
    ((kind, inner),) = part.items()
    if kind == "text":
        return Piece("text", "", inner)
    return Piece(kind, formula(part), _value(part, material, carriers, steps))


formula = Spelling(
    part=str, text=lambda text: json.dumps(text, ensure_ascii=False), digest=lambda name, joined: f"{name}({joined})"
).of
"""Says how a value is made, as one would write it on a board."""


def calculator(schemes: tuple[Worked, ...]) -> dict[str, dict[str, str]]:
    """Return what the calculator's buttons fill in: a signature that is right and one that is not, for each scheme."""
    return {
        worked.scheme.name: {
            "secret": worked.material["appSecret"],
            "good": worked.header_lines,
            "broken": worked.broken_lines,
            "body": worked.material["body"],
            "clock": str(int(worked.material["unixSeconds"]) + 5),
        }
        for worked in schemes
    }


def facts(schemes: tuple[Scheme, ...]) -> dict[str, Any]:
    """Return schemes for the scripts of the pages, which interpret them as the contract has them."""
    return {
        scheme.name: {
            "tolerance": scheme.tolerance,
            "headers": [
                {"name": header.name, "value": header.value, "longest": header.longest} for header in scheme.headers
            ],
        }
        for scheme in schemes
    }
