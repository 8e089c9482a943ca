"""A call driven by hand: no socket, no waiting, a clock that moves when it is told to."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from email.utils import formatdate
from typing import Any

from netease_meeting import accounts, errors, meetings
from netease_meeting._runtime.attempt import Attempt
from netease_meeting._runtime.clock import Clock
from netease_meeting._runtime.codec import Codec
from netease_meeting._runtime.flow import Send, Session, Sleep, call
from netease_meeting._runtime.gateways import Gateways
from netease_meeting._runtime.operation import Operation
from netease_meeting._runtime.retry import Budget
from netease_meeting._runtime.signing import Signer
from netease_meeting._runtime.transport import Reply, TransportError
from netease_meeting.client import CONTRACT

MEETING = {"meetingUniqueId": 7, "meetingId": "123456789", "subject": "周会", "status": 2}
BODIES: dict[str, tuple[Operation[Any], dict[str, Any]]] = {
    "accounts.create": (accounts.CREATE, {"imAccid": "a"}),
    "accounts.create without imAccid": (accounts.CREATE, {}),
    "accounts.get_by_im_accid": (accounts.GET_BY_IM_ACCID, {"imAccid": "a"}),
    "accounts.get_by_account_id": (accounts.GET_BY_ACCOUNT_ID, {"accountId": "1"}),
    "accounts.update_token": (accounts.UPDATE_TOKEN, {"accountId": "1", "accountToken": "t"}),
    "accounts.update_short_id": (accounts.UPDATE_SHORT_ID, {"accountId": "1"}),
    "meetings.create": (meetings.CREATE, {"host": "1", "type": 1, "subject": "x", "password": "hidden-password"}),
    "meetings.anonymous_join_info": (meetings.ANONYMOUS_JOIN_INFO, {"meetingId": "1"}),
    "meetings.get": (meetings.GET, {"meetingUniqueId": 7}),
    "meetings.edit": (meetings.EDIT, {"meetingUniqueId": 7}),
    "meetings.cancel": (meetings.CANCEL, {"meetingUniqueId": 7}),
    "meetings.end_by_meeting_unique_id": (meetings.END_BY_MEETING_UNIQUE_ID, {"meetingUniqueId": 7}),
    "meetings.end_by_meeting_id": (meetings.END_BY_MEETING_ID, {"meetingId": "1"}),
    "meetings.end_by_short_id": (meetings.END_BY_SHORT_ID, {"shortId": "1"}),
    "meetings.list": (meetings.LIST, {}),
}

Outcome = Reply | TransportError


def answer(code: int = 200, ret: Any = None, **headers: str) -> Reply:
    body: dict[str, Any] = {"code": code, "msg": "", "requestId": "r1"}
    if ret is not None:
        body["ret"] = ret
    sent = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    return Reply(200, sent, json.dumps(body).encode())


def page(status: int, text: bytes = b"<html>", **headers: str) -> Reply:
    return Reply(status, [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()], text)


def lost() -> TransportError:
    return TransportError("ReadError")


def refused() -> TransportError:
    return TransportError("ConnectError", sent=False)


def timed_out() -> TransportError:
    return TransportError("ReadTimeout", timed_out=True)


def date(unix: float) -> str:
    return formatdate(unix, usegmt=True)


@dataclass
class Driver:
    """Calls made by hand; what they sent and how long they slept is kept."""

    now: float = 1_700_000_000.0
    urls: Sequence[str] = ("https://one.example",)
    sends: list[Send] = field(default_factory=list)
    sleeps: list[float] = field(default_factory=list)
    attempts: list[Attempt] = field(default_factory=list)
    monotonic: float = 100.0

    def __post_init__(self) -> None:
        self.session = Session(
            contract=CONTRACT,
            codec=Codec(CONTRACT),
            signer=Signer("key", "canary-secret"),
            clock=Clock(now=lambda: self.now, monotonic=lambda: self.monotonic),
            budget=Budget(),
            gateways=Gateways(self.urls),
            headers=(),
            on_attempt=self.attempts.append,
        )

    def __call__(
        self,
        name: str,
        *outcomes: Outcome | Callable[[Send], Outcome],
        max_retries: int = 2,
        timeout: float = 30.0,
        seconds: float = 0.01,
    ) -> Any:
        """Return the result of a call whose requests end in *outcomes*; the last one goes on for ever."""
        operation, body = BODIES[name]
        waiting = list(outcomes)
        flow = call(self.session, operation, json.dumps(body).encode(), (), timeout=timeout, max_retries=max_retries)
        outcome: Outcome | None = None
        try:
            while True:
                action = flow.send(outcome)
                if isinstance(action, Sleep):
                    self.sleeps.append(action.seconds)
                    self.pass_time(action.seconds)
                    outcome = None
                else:
                    self.sends.append(action)
                    self.pass_time(seconds)
                    following = waiting.pop(0) if len(waiting) > 1 else waiting[0]
                    outcome = following(action) if callable(following) else following
        except StopIteration as stop:
            return stop.value.parse()

    def pass_time(self, seconds: float) -> None:
        self.now += seconds
        self.monotonic += seconds

    def header(self, index: int, name: bytes) -> bytes:
        return dict(self.sends[index].headers)[name]

    def fails(self, name: str, *outcomes: Outcome | Callable[[Send], Outcome], **options: Any) -> errors.MeetingError:
        """Return the error of a call that must fail."""
        try:
            result = self(name, *outcomes, **options)
        except errors.MeetingError as error:
            return error
        raise AssertionError(f"{name} returned {result!r}")
