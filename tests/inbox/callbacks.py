"""Signed callbacks, as the vendor sends them, made by the sandbox's own implementation of the signatures."""

from __future__ import annotations

import itertools
import json
from collections.abc import Mapping
from typing import Any

from netease_meeting.sandbox.document import shipped
from netease_meeting.sandbox.signatures import Parts, sign
from netease_meeting.webhooks import Event, Webhook

KEY, SECRET = "sandbox-key", "sandbox-secret"
NOW = 1_700_000_000.0

Signed = tuple[bytes, Mapping[str, str]]

_document = shipped()
_nonces = itertools.count(10**15)


class Clock:
    """Stands still unless it is moved."""

    def __init__(self, now: float = NOW) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now


def webhook(clock: Clock) -> Webhook:
    return Webhook(app_key=KEY, app_secret=SECRET, now=clock)


def signed(body: bytes, at: float = NOW) -> Signed:
    parts = Parts(
        app_key=KEY,
        app_secret=SECRET,
        nonce=str(next(_nonces)),
        unix_seconds=str(int(at)),
        unix_millis=str(int(at * 1000)),
        body=body,
    )
    return body, sign(_document.signatures[_document.callback_scheme]["headers"], parts)


def callback(event: str, meeting: int = 1, time: int = 1, at: float = NOW, **fields: Any) -> Signed:
    """Return an event of a meeting, in milliseconds after ``NOW``."""
    content = {"meetingUniqueId": meeting, "meetingId": "123", "time": int(NOW * 1000) + time}
    if event.startswith("Meeting"):
        content |= {"type": 3, "subject": "s"}
    elif event.startswith("Member"):
        content |= {"accountId": "a", "deviceId": "d", "roomUid": 7}
    message = _document.messages[event]
    body = {**message.tag, message.body: {**content, **fields}}
    return signed(json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode(), at)


def told(event: Event) -> tuple[str, int | None, int | None]:
    """Return kind, meeting and time, in milliseconds after ``NOW``."""
    time = None if event.time is None else event.time - int(NOW * 1000)
    return type(event).__name__, event.meeting_unique_id, time
