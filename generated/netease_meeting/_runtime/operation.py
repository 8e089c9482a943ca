# Copied from generator/runtime/_runtime/operation.py by `make generate`. Edit it there.
"""The contract's facts as the runtime receives them: data, no behaviour."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, Literal, TypeVar

from .errors import APIError
from .signing import Scheme

Result = TypeVar("Result")

Repeat = Literal["read", "set", "verify", "recover", "never"]
"""What a lost answer allows: see ``x-retry`` in CONTRIBUTING.md."""

CodeRepeat = Literal["refused", "busy", "ambiguous", "clock", "never"]
"""What a business code says about repeating the request."""


@dataclass(frozen=True, slots=True)
class Operation(Generic[Result]):
    """One operation of the API."""

    name: str
    """In the client's words, for example ``meetings.get``."""
    path: str
    result: Any
    """The type ``ret`` is decoded into; ``None`` where the vendor returns nothing."""
    repeat: Repeat
    schemes: tuple[Scheme, ...]
    sensitive: frozenset[str] = field(default=frozenset())
    """Names in the body that are masked wherever it is shown."""


@dataclass(frozen=True, slots=True)
class Envelope:
    """Where things stand in an answer."""

    code: str
    message: str
    request_id: str
    cost: str
    data: str
    success: int


@dataclass(frozen=True, slots=True)
class CodeFacts:
    """What the contract says about one business code."""

    error: type[APIError]
    repeat: CodeRepeat
    text: str
    hint: str
    hint_zh: str


@dataclass(frozen=True, slots=True)
class Contract:
    """Everything the runtime needs to know about the API besides its operations."""

    base_url: str
    environment: str
    """Prefix of the environment variables."""
    user_agent: str
    media_type: str
    envelope: Envelope
    codes: Mapping[int, CodeFacts]
    schemes: tuple[Scheme, ...]
    """How a request is signed unless its operation says otherwise."""
