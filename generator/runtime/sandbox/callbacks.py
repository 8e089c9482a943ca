"""Callbacks on their way to the registered URL: signed, sent in order, sent again until they are accepted.

An attempt is made without the sandbox's lock, so that a receiver may call the API from its handler. Only one is made at
a time; whoever finds another thread at it leaves the callback to that thread.
"""

from __future__ import annotations

import json
import random
import threading
from collections import deque
from collections.abc import Callable, Coroutine, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any

from .._runtime.clock import monotonic
from .clock import VirtualClock
from .document import Document
from .meetings import Meeting
from .post import PostError, post
from .signatures import Parts, sign

Receiver = Callable[[bytes, Mapping[str, str]], int]
"""Takes body and headers, returns the HTTP status: a receiver without a socket."""

_LOG = 20_000


@dataclass(slots=True)
class Callback:
    """One event and what became of it."""

    number: int
    event: str
    body: bytes
    cur_time: int = 0
    """When it was signed, in milliseconds."""
    attempts: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])
    accepted: bool = False
    next_at: int | None = None
    """When it is sent again, in milliseconds."""

    def answer(self) -> dict[str, Any]:
        """Return it as the control plane shows it."""
        return {
            "number": self.number,
            "event": self.event,
            "body": json.loads(self.body),
            "accepted": self.accepted,
            "attempts": list(self.attempts),
            "nextAttemptAt": None if self.next_at is None else self.next_at / 1000,
        }


class Callbacks:
    """Sends events and keeps the log."""

    def __init__(
        self,
        document: Document,
        clock: VirtualClock,
        chance: random.Random,
        credentials: tuple[str, str],
        lock: AbstractContextManager[Any],
        signed_at: Callable[[], int],
    ) -> None:
        self._document = document
        self._clock = clock
        self._chance = chance
        self._app_key, self._app_secret = credentials
        self._lock = lock
        self._signed_at = signed_at
        self._turn = threading.Lock()
        self._sender: int | None = None
        self._ready: deque[Callback] = deque()
        self._logged: deque[Callback] = deque(maxlen=_LOG)
        self._count = 0
        self.timeout: float = document.delivery["timeout"]
        self.register(None, restamp=True, duplicate=False, shuffle=False)

    def register(self, target: str | Receiver | None, *, restamp: bool, duplicate: bool, shuffle: bool) -> None:
        """Set where callbacks go, and how."""
        self._target = target
        self._restamp = restamp
        self._duplicate = duplicate
        self._shuffle = shuffle

    def take_over(self, before: Callbacks) -> None:
        """Register what was registered before."""
        self.register(before._target, restamp=before._restamp, duplicate=before._duplicate, shuffle=before._shuffle)

    def registration(self) -> dict[str, Any]:
        """Return where callbacks go, and how, as the control plane shows it."""
        url = self._target if isinstance(self._target, str) or self._target is None else "(a function)"
        return {"url": url, "restamp": self._restamp, "duplicate": self._duplicate, "shuffle": self._shuffle}

    @property
    def waiting(self) -> bool:
        """Whether there is something to send now."""
        return bool(self._ready)

    def log(self) -> list[Callback]:
        """Return the last callbacks, oldest first."""
        return list(self._logged)

    def notify(self, event: str, meeting: Meeting, facts: Mapping[str, Any]) -> None:
        """Queue an event of a meeting. The lock is held."""
        message = self._document.messages[event]
        known = {
            "meetingUniqueId": meeting.unique_id,
            "meetingId": meeting.meeting_id,
            "shortId": meeting.short_id,
            "time": self._clock.millis(),
            "type": meeting.type,
            "subject": meeting.subject,
            "reserveStartTime": meeting.start_time,
            "reserveEndTime": meeting.end_time,
            "roomCreateTime": meeting.room_create_time,
            **facts,
        }
        content = {name: known[name] for name in message.fields if known.get(name) is not None}
        body = json.dumps({**message.tag, message.body: content}, ensure_ascii=False, separators=(",", ":")).encode()
        self._count += 1
        callback = Callback(self._count, event, body)
        self._logged.append(callback)
        self._ready.append(callback)

    def send_ready(self) -> None:
        """Send what waits, unless another thread is at it. Begins no attempt once a receiver has used up its time."""
        give_up = monotonic() + self.timeout
        while self._ready and monotonic() < give_up and self._turn.acquire(blocking=False):
            try:
                self._sender = threading.get_ident()
                while self._ready and monotonic() < give_up:
                    self._send_next()
            finally:
                self._sender = None
                self._turn.release()

    def send_all(self) -> None:
        """Send everything that waits. The caller has the turn."""
        while self._ready:
            self._send_next()

    def take_turn(self) -> None:
        """Become the one who sends. Raises ``ValueError`` where that would be waiting for oneself."""
        if self._sender == threading.get_ident() or not self._turn.acquire(timeout=2 * self.timeout):
            raise ValueError("a callback is being sent: time cannot be moved before its receiver has answered")
        self._sender = threading.get_ident()

    def try_turn(self) -> bool:
        """Become the one who sends, unless somebody is."""
        if not self._turn.acquire(blocking=False):
            return False
        self._sender = threading.get_ident()
        return True

    def end_turn(self) -> None:
        """Let others send."""
        self._sender = None
        self._turn.release()

    def _send_next(self) -> None:
        with self._lock:
            if not self._ready:
                return
            if self._shuffle:
                self._ready.rotate(self._chance.randrange(len(self._ready)))
            callback, target = self._ready.popleft(), self._target
            callback.next_at = None
        if target is None:
            return  # nobody is registered: it stays unsent
        self._attempt(callback, target)
        if callback.accepted and self._duplicate:
            self._attempt(callback, target)

    def _attempt(self, callback: Callback, target: str | Receiver) -> None:
        with self._lock:
            if self._restamp or not callback.attempts:
                callback.cur_time = self._signed_at()
            at = self._clock.seconds()
            headers = self._headers(callback)
        try:
            outcome: dict[str, Any] = {"status": _deliver(target, callback.body, headers, self.timeout)}
        except PostError as error:
            outcome = {"error": str(error)}
        with self._lock:
            callback.attempts.append({"at": at, **outcome})
            callback.accepted |= outcome.get("status") in self._document.delivery["success"]
            self._schedule(callback)

    def _schedule(self, callback: Callback) -> None:
        """Have it sent again, the wait counted from the attempt before."""
        schedule = self._document.delivery["schedule"]
        if not callback.accepted and len(callback.attempts) <= len(schedule):
            wait = schedule[len(callback.attempts) - 1]
            callback.next_at = round((callback.attempts[-1]["at"] + wait) * 1000)
            self._clock.at(callback.next_at, lambda: self._ready.append(callback))

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


def _deliver(target: str | Receiver, body: bytes, headers: Mapping[str, str], timeout: float) -> int:
    if isinstance(target, str):
        return post(target, body, headers, timeout)
    try:
        returned = target(body, headers)
    except Exception as error:  # whatever a receiver raises, a web framework would have turned into no answer
        raise PostError(f"{type(error).__name__}: {error}") from error
    return _status(returned)


def _status(returned: object) -> int:
    if isinstance(returned, int) and not isinstance(returned, bool):
        return int(returned)
    kind = type(returned).__name__
    if isinstance(returned, Coroutine):
        returned.close()  # else Python warns that nobody awaited it
    raise PostError(f"the receiver returned {kind} instead of an HTTP status")
