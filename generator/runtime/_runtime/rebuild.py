"""What the API tells about callbacks that were lost: facts of the contract, for the inbox to work with."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec


class Rebuild(msgspec.Struct, frozen=True):
    """How lost events are found out. Names of fields are those on the wire, operations are in the client's words."""

    message: tuple[str, str]
    """The fields of a message: the number of its kind, and the event."""
    order: tuple[str, str]
    """The fields of an event: its meeting, and when it happened."""
    numbers: Mapping[str, int]
    """The number of each event's kind."""
    state: tuple[str, str, str]
    """The operation that shows a meeting, its argument that names it, and the field with its state's number."""
    fields: Mapping[str, str]
    """Fields of an event, each with the field of a meeting that says the same."""
    unknown: Mapping[str, Any]
    """What stands in fields of an event that nothing tells."""
    listed: tuple[str, str, str]
    """The operation that lists meetings, its argument for the type, and the field of an event for it."""
    items: tuple[str, str, str]
    """The operation that lists files, the event that tells of one, and its field for it."""
    identity: tuple[str, ...]
    """The attributes of that event that tell one file from another."""
    missing: Mapping[str, Mapping[int, tuple[str, ...]]]
    """Last event known, or ``""`` -> state -> the events that must have happened since."""
    begun: Mapping[int, Mapping[int, tuple[str, ...]]]
    """Type -> state -> the events that must have happened, where none is known."""
