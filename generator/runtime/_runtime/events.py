"""What callbacks become besides the events of the contract, and what tells events apart."""

from __future__ import annotations

from datetime import datetime
from hashlib import sha256
from typing import Any

import msgspec

from .times import from_millis


def event_key(*identity: str | int) -> str:
    """Return a digest of what an event is: of equal length for all, and equal for no two."""
    return sha256(msgspec.json.encode(identity)).hexdigest()


def message_of(body: bytes) -> Any:
    """Return the JSON of a signed *body*, though it begins with a byte order mark or a text was cut within an emoji.

    Raises:
        ValueError: It is not JSON in UTF-8. ``RecursionError``: It is too deep.
    """
    try:
        return msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError):
        import json  # reads half of a surrogate pair, which no UTF-8 can hold

        whole = json.dumps(json.loads(body.decode("utf-8-sig")), ensure_ascii=False)
        return msgspec.json.decode(whole.encode("utf-8", "replace"))


class UnknownEvent(msgspec.Struct, frozen=True, kw_only=True):
    """A genuine callback of a kind or a shape that this package does not know."""

    msg_type: int | None
    """The number of its kind, if it has one."""
    problem: str
    """What is not known about it."""
    raw: bytes
    """The whole body as received."""
    key: str
    """Equal in every delivery of this event, and in no other event."""
    meeting_unique_id: int | None = None
    """The meeting's unique id, if it has one."""
    time: int | None = None
    """When it happened, in milliseconds, if it says so."""
    app_key: str = ""
    """The application it is of."""

    @property
    def time_at(self) -> datetime | None:
        """``time`` in UTC; ``None`` where there is none."""
        return from_millis(self.time)


class Probe(msgspec.Struct, frozen=True, kw_only=True):
    """Not an event: the vendor's console asks whether anybody answers at the callback URL. No handler sees it."""

    key: str
    """The same for every probe of the application."""
    meeting_unique_id: None = None
    """A probe is of no meeting."""
    time: None = None
    """A probe does not say when."""
    time_at: None = None
    """A probe does not say when."""
    app_key: str = ""
    """The application that is being set up."""
