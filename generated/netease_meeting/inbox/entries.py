# Copied from generator/runtime/inbox/entries.py by `make generate`. Edit it there.
"""An event as an entry of a store."""

from __future__ import annotations

from hashlib import sha256
from operator import attrgetter
from typing import Any

from .._runtime.events import event_key
from .._runtime.rebuild import Rebuild
from .store import Entry


def entry_of(event: Any, body: bytes, facts: Rebuild, now: float, due_at: float) -> Entry:
    """Return the entry of a callback that came."""
    meeting, moment = event.meeting_unique_id, event.time
    meeting = meeting if _fits(meeting) else 0
    return Entry(
        key=event.key,
        queue=queue_of(event.app_key, meeting, event.key),
        meeting=meeting,
        time=moment if _fits(moment) else int(now * 1000),
        kind=type(event).__name__,
        topic=topic_of(event, facts),
        app_key=event.app_key,
        body=body,
        received_at=now,
        due_at=due_at,
    )


def queue_of(app_key: str, meeting: int, key: str) -> int:
    """Return the number of the queue of an event: of its meeting or, where it has none, of its own."""
    identity = f"{meeting} {app_key}" if meeting else f"event {key}"
    return int.from_bytes(sha256(identity.encode()).digest()[:8], "big") >> 1  # databases have signed numbers


def _fits(number: int | None) -> bool:
    """Whether there is a number, and databases can hold it: callbacks of unknown kinds may say anything."""
    return number is not None and -(2**63) <= number < 2**63


def topic_of(event: Any, facts: Rebuild) -> str:
    """Return what is equal in all events that may be one told twice: once by a callback, once by the API."""
    kind = type(event).__name__
    if kind in facts.missing:
        return event_key(event.app_key, kind, event.meeting_unique_id)
    if kind == facts.items[1]:
        identity = [attrgetter(path)(event) for path in facts.identity]
        return event_key(event.app_key, kind, event.meeting_unique_id, *identity)
    return str(event.key)
