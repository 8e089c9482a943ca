"""The contract's facts as the runtime receives them: data, no behaviour."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Generic, Literal, TypeVar

import msgspec

from .errors import APIError
from .signing import Scheme

Result = TypeVar("Result")

Repeat = Literal["read", "set", "verify", "recover", "never"]
"""What a lost answer allows: see ``x-retry`` in CONTRIBUTING.md."""

CodeRepeat = Literal["refused", "busy", "ambiguous", "clock", "never"]
"""What a business code says about repeating the request."""


class Recovery(msgspec.Struct, frozen=True):
    """How to learn, when a repeat is refused, that the lost attempt before it had done the work: see ``x-recovery``."""

    codes: frozenset[int]
    """The refusals that may mean so."""
    read: Callable[[], Operation[Any]]
    """The operation that shows how things stand."""
    by: tuple[str, ...]
    """The fields of the request that ``read`` takes. Without one of them there is no recovery."""
    attribute: str | None = None
    """The attribute of what ``read`` returns that tells, and …"""
    values: frozenset[int] = frozenset()
    """… the values that say that the work is done. ``None``: that it is there says enough."""


class Operation(msgspec.Struct, Generic[Result], frozen=True):
    """One operation of the API."""

    name: str
    """In the client's words, for example ``meetings.get``."""
    path: str
    result: Any
    """The type ``ret`` is decoded into; ``None`` where the vendor returns nothing."""
    repeat: Repeat
    schemes: tuple[Scheme, ...]
    sensitive: frozenset[str] = frozenset()
    """Names in the body that are masked wherever it is shown."""
    recovery: Recovery | None = None
    request: type[msgspec.Struct] | None = None
    """The type of the body. It tells how its fields are called in Python."""
    headers: Mapping[str, str] = {}
    """The caller's names of the headers that the operation takes, by their names on the wire."""


class Envelope(msgspec.Struct, frozen=True):
    """Where things stand in an answer."""

    code: str
    message: str
    request_id: str
    cost: str
    data: str
    success: int


class CodeFacts(msgspec.Struct, frozen=True):
    """What the contract says about one business code."""

    error: type[APIError]
    repeat: CodeRepeat
    text: str
    hint: str
    hint_zh: str
    throttled: bool = False
    """Whether it refuses a request for its rate, before anything was done."""


class Contract(msgspec.Struct, frozen=True):
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
    sensitive: frozenset[str]
    """Every name in the API whose value is masked wherever it is shown."""
