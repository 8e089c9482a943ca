"""Callbacks on their way to the registered URL: signed, sent in order, sent again until they are accepted."""

from __future__ import annotations

import json
import random
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from typing import Any
from urllib.parse import urlsplit

from .clock import VirtualClock
from .document import Document
from .meetings import Meeting
from .signatures import Parts, sign

Receiver = Callable[[bytes, Mapping[str, str]], int]
"""Takes body and headers, returns the HTTP status: a receiver without a socket."""


@dataclass(slots=True)
class Callback:
    """One event and what became of it."""

    number: int
    event: str
    body: bytes
    cur_time: int
    """When it was signed first, in milliseconds."""
    attempts: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    accepted: bool = False

    def answer(self) -> dict[str, Any]:
        """Return it as the control plane shows it."""
        return {
            "number": self.number,
            "event": self.event,
            "body": json.loads(self.body),
            "accepted": self.accepted,
            "attempts": self.attempts,
        }


class Callbacks:
    """Sends events and keeps the log."""

    def __init__(
        self, document: Document, clock: VirtualClock, chance: random.Random, app_key: str, app_secret: str
    ) -> None:
        self._document = document
        self._clock = clock
        self._chance = chance
        self._app_key = app_key
        self._app_secret = app_secret
        self._ready: deque[Callback] = deque()
        self._logged: list[Callback] = []
        self.target: str | Receiver | None = None
        self.restamp = True
        """Whether a resend carries a new CurTime and signature (the document leaves it open)."""
        self.duplicate = False
        """Whether an accepted callback is sent once more."""
        self.shuffle = False
        """Whether callbacks that wait together are sent in random order."""

    def log(self) -> list[Callback]:
        """Return every callback since the start, oldest first."""
        return self._logged

    def notify(self, event: str, meeting: Meeting, facts: Mapping[str, Any]) -> None:
        """Queue an event of a meeting."""
        body = {"msgType": self._document.messages[event], "msgBody": self._body(event, meeting, facts)}
        encoded = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
        callback = Callback(len(self._logged) + 1, event, encoded, self._clock.millis())
        self._logged.append(callback)
        self._ready.append(callback)

    def send_ready(self) -> None:
        """Send what waits. Callbacks without a target stay unsent, as if no URL were registered."""
        if self.shuffle:
            waiting = list(self._ready)
            self._chance.shuffle(waiting)
            self._ready = deque(waiting)
        while self._ready:
            callback = self._ready.popleft()
            if self.target is not None:
                self._attempt(callback)

    def _attempt(self, callback: Callback) -> None:
        if self.target is None or callback.accepted:
            return
        if self.restamp or not callback.attempts:
            callback.cur_time = self._clock.millis()
        outcome = self._post(self.target, callback)
        callback.attempts.append({"at": self._clock.now(), **outcome})
        callback.accepted = outcome.get("status") in self._document.delivery["success"]
        schedule = self._document.delivery["schedule"]
        if callback.accepted:
            if self.duplicate:
                callback.attempts.append({"at": self._clock.now(), **self._post(self.target, callback)})
        elif len(callback.attempts) <= len(schedule):
            wait = schedule[len(callback.attempts) - 1]
            self._clock.at(self._clock.now() + wait, lambda: self._attempt(callback))

    def _post(self, target: str | Receiver, callback: Callback) -> dict[str, Any]:
        headers = self._headers(callback)
        if callable(target):
            return {"status": target(callback.body, headers)}
        parts = urlsplit(target)
        connection = HTTPConnection(parts.hostname or "", parts.port or 80, timeout=self._document.delivery["timeout"])
        try:
            path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
            connection.request("POST", path, callback.body, headers)
            return {"status": connection.getresponse().status}
        except (OSError, HTTPException) as error:
            return {"error": f"{type(error).__name__}: {error}"}
        finally:
            connection.close()

    def _headers(self, callback: Callback) -> dict[str, str]:
        parts = Parts(
            app_key=self._app_key,
            app_secret=self._app_secret,
            nonce=f"{self._chance.randrange(10**15, 10**16)}",
            unix_seconds=str(callback.cur_time // 1000),
            unix_millis=str(callback.cur_time),
            body=callback.body,
        )
        scheme = self._document.signatures[self._document.callback_scheme]
        return {"Content-Type": self._document.media_type, **sign(scheme["headers"], parts)}

    def _body(self, event: str, meeting: Meeting, facts: Mapping[str, Any]) -> dict[str, Any]:
        common = {
            "meetingUniqueId": meeting.unique_id,
            "meetingId": meeting.meeting_id,
            "shortId": meeting.short_id,
            "time": self._clock.millis(),
        }
        whole = {
            "type": meeting.type,
            "subject": meeting.subject,
            "reserveStartTime": meeting.start_time,
            "reserveEndTime": meeting.end_time,
            "roomCreateTime": meeting.room_create_time,
        }
        body = {**(whole if event.startswith("Meeting") else {}), **facts, **common}
        return {key: value for key, value in body.items() if value is not None}
