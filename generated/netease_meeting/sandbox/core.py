# Copied from generator/runtime/sandbox/core.py by `make generate`. Edit it there.
"""The sandbox without sockets: a request in, a response out."""

from __future__ import annotations

import json
import random
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from email.utils import formatdate
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from .accounts import Accounts
from .actions import ACTIONS, World
from .callbacks import Callbacks, Receiver
from .clock import VirtualClock
from .document import Document, Route, shipped
from .faults import Fault, Faults
from .meetings import Meeting, Meetings
from .messages import BusinessError, Request, Response
from .signatures import Parts, compute, equal, explain
from .validation import Validator

if TYPE_CHECKING:
    from ..client import AsyncMeetingClient, MeetingClient

APP_KEY = "sandbox-key"
APP_SECRET = "sandbox-secret"
_LOG = 1000


class Sandbox:
    """A whole, private instance of the API.

    Args:
        seed: Makes ids, numbers and tokens repeatable.
        expose: Allow callbacks to other machines.
        forget_ended: Whether cancelled and recycled meetings can no longer be looked up. The vendor's document says
            that they disappear, and gives them a status of their own.
        now: The machine's clock, in unix seconds.
    """

    def __init__(
        self, *, seed: int = 0, expose: bool = False, forget_ended: bool = False, now: Callable[[], float] = time.time
    ) -> None:
        self.document: Document = shipped()
        missing = {route.operation for route in self.document.routes.values()} ^ set(ACTIONS)
        if missing:
            raise ValueError(f"the sandbox and the contract disagree about the operations {sorted(missing)}")
        self._seed = seed
        self._expose = expose
        self._forget_ended = forget_ended
        self._now = now
        self._lock = threading.RLock()
        self._validator = Validator(self.document)
        self.faults = Faults(self.document.texts)
        self._begin(None)

    def _begin(self, target: str | Receiver | None) -> None:
        self._chance = random.Random(self._seed)
        self.clock = VirtualClock(self._now)
        self.callbacks = Callbacks(self.document, self.clock, random.Random(self._seed), APP_KEY, APP_SECRET)
        self.callbacks.target = target
        accounts = Accounts(self.document, self._chance)
        meetings = Meetings(self.document, self._chance, self.clock, self.callbacks.notify)
        self.world = World(self.document, self.clock, self._chance, accounts, meetings, APP_KEY, self._forget_ended)
        self.requests: deque[dict[str, Any]] = deque(maxlen=_LOG)
        """The log, oldest first: what came, what was answered, and why a signature was refused."""
        self._served = 0

    # -- the API

    def handle(self, request: Request) -> Response:
        """Answer one request of the API."""
        with self._lock:
            self.settle()
            route = self.document.routes.get(request.path)
            if route is None or request.method != "POST":
                return self._plain(404 if route is None else 405, f"no operation at {request.method} {request.path}")
            fault = self.faults.take(route.name)
            entry: dict[str, Any] = {"operation": route.name, "path": route.path, "at": self.clock.now()}
            self.requests.append(entry)
            if fault is not None and fault.harm == "resetBefore":
                entry["fault"] = fault.harm
                return Response(0, (), b"", harm=fault.harm)
            response = self._answer(route, request, fault, entry)
            self.callbacks.send_ready()
            return response

    def _answer(self, route: Route, request: Request, fault: Fault | None, entry: dict[str, Any]) -> Response:
        envelope = self.document.envelope
        self._served += 1
        extras = {envelope["requestId"]: f"mc_{self._served:012d}", envelope["cost"]: "1ms"}
        skew = fault.skew if fault is not None else 0.0
        try:
            if fault is not None and fault.code is not None:
                raise BusinessError(fault.code, ["a fault was asked for"])
            self._authenticate(route, request, skew)
            headers = self._validator.headers(route, request.headers)
            body = self._validator.body(route, request.body)
            result = ACTIONS[route.operation](self.world, body, headers)
        except BusinessError as refusal:
            entry |= {"code": refusal.code, "notes": refusal.notes}
            text = self.document.texts[refusal.code]
            answer = {envelope["code"]: refusal.code, envelope["message"]: text, **extras}
        else:
            entry["code"] = envelope["success"]
            answer = {envelope["code"]: envelope["success"]}
            if result is not None:
                answer |= {envelope["data"]: result, **extras}
        content = json.dumps(answer, ensure_ascii=False, separators=(",", ":")).encode()
        date = ("Date", formatdate(self.clock.real() + skew, usegmt=True))
        kind = ("Content-Type", self.document.media_type)
        if fault is None:
            return Response(200, (kind, date), content)
        if fault.html:
            kind, content = ("Content-Type", "text/html"), b"<html><body><h1>Bad gateway</h1></body></html>"
        return Response(fault.status or 200, (kind, date), content, harm=fault.harm, delay=fault.delay)

    def _authenticate(self, route: Route, request: Request, skew: float) -> None:
        code = self.document.codes["UNAUTHENTICATED"]
        for name in route.schemes:
            signature = self.document.signatures[name]
            came = {header: request.headers.get(header.lower(), "") for header in signature["headers"]}
            for header, value in came.items():
                if not value:
                    raise BusinessError(code, [f"the header {header} is missing"])
            parts = self._parts(signature["headers"], came, request.body)
            self._check_time(signature, parts, skew)
            for header, fact in signature["headers"].items():
                expected = compute(fact["value"], parts).decode("utf-8", "replace")
                if not equal(expected, came[header]):
                    hashed = explain(fact["value"], parts)
                    raise BusinessError(
                        code, [f"{header} should be {hashed} = {expected}", f"{header} came as {came[header]}"]
                    )

    def _parts(self, headers: Mapping[str, Any], came: Mapping[str, str], body: bytes) -> Parts:
        given = {
            fact["value"][0]: came[header]
            for header, fact in headers.items()
            if isinstance(fact["value"], list) and len(fact["value"]) == 1
        }
        return Parts(
            app_key=APP_KEY,
            app_secret=APP_SECRET,
            nonce=given.get("nonce", ""),
            unix_seconds=given.get("unixSeconds", ""),
            unix_millis=given.get("unixMillis", ""),
            body=body,
        )

    def _check_time(self, signature: Mapping[str, Any], parts: Parts, skew: float) -> None:
        code = self.document.codes["UNAUTHENTICATED"]
        tolerance = signature.get("tolerance")
        if tolerance is None:
            return
        if len(parts.nonce) > 128:
            raise BusinessError(code, ["the nonce is longer than 128 characters"])
        if not (parts.unix_seconds.isascii() and parts.unix_seconds.isdigit() and len(parts.unix_seconds) == 10):
            raise BusinessError(code, [f"the time {parts.unix_seconds!r} is not Unix seconds, 10 digits"])
        difference = int(parts.unix_seconds) - (self.clock.real() + skew)
        if abs(difference) > tolerance:
            raise BusinessError(
                code, [f"the time differs from the server's by {difference:+.0f} s, allowed are {tolerance} s"]
            )

    def _plain(self, status: int, text: str) -> Response:
        return Response(status, (("Content-Type", "text/plain; charset=utf-8"),), text.encode())

    # -- control: the same as the control plane over HTTP

    def settle(self) -> None:
        """Let everything that is due by now happen."""
        with self._lock:
            self.clock.run_due()
            self.callbacks.send_ready()

    def advance(self, seconds: float) -> None:
        """Move the clock; what falls due on the way happens in order, before this returns."""
        if seconds < 0:
            raise ValueError("time cannot be turned back")
        with self._lock:
            self.settle()
            target = self.clock.now() + seconds
            while (next_at := self.clock.next_at()) is not None and next_at <= target:
                self.clock.advance(max(next_at - self.clock.now(), 0.0))
                self.callbacks.send_ready()
            self.clock.advance(max(target - self.clock.now(), 0.0))
            self.callbacks.send_ready()

    def reset(self) -> None:
        """Forget accounts, meetings, callbacks, faults and the time that was advanced. The callback target stays."""
        with self._lock:
            self.faults.clear()
            self._begin(self.callbacks.target)

    def set_callback(self, target: str | Receiver | None) -> None:
        """Register where callbacks go: a URL on this machine, or a function."""
        if isinstance(target, str):
            parts = urlsplit(target)
            if parts.scheme != "http" or not parts.hostname:
                raise ValueError("the callback URL must begin with http:// and name a host")
            if not self._expose and parts.hostname not in ("127.0.0.1", "localhost", "::1"):
                raise ValueError("callbacks go to this machine only, unless the sandbox was started with --expose")
        with self._lock:
            self.callbacks.target = target

    def join(self, meeting_unique_id: int, account_id: str, device_id: str) -> None:
        """Let somebody enter. Raises ``ValueError`` if the meeting cannot be entered."""
        with self._lock:
            meeting = self._meeting(meeting_unique_id)
            if self.world.meetings.is_final(meeting):
                raise ValueError(f"the meeting is {meeting.state}")
            if (account_id, device_id) in meeting.members:
                raise ValueError("that device is already in the meeting")
            self.world.meetings.enter(meeting, account_id, device_id)
            self.callbacks.send_ready()

    def leave(self, meeting_unique_id: int, account_id: str, device_id: str) -> None:
        """Let somebody leave. Raises ``ValueError`` if nobody of that name is in."""
        with self._lock:
            if not self.world.meetings.leave(self._meeting(meeting_unique_id), account_id, device_id):
                raise ValueError("nobody with that account and device is in the meeting")
            self.callbacks.send_ready()

    def end(self, meeting_unique_id: int) -> None:
        """Let the host end the meeting."""
        with self._lock:
            meeting = self._meeting(meeting_unique_id)
            if meeting.state != "IN_MEETING":
                raise ValueError(f"the meeting is {meeting.state}")
            self.world.meetings.end(meeting, "HOST_ENDED")
            self.callbacks.send_ready()

    def record(self, meeting_unique_id: int, file: Mapping[str, Any]) -> dict[str, Any]:
        """Have a recording become ready; return the file as the API does."""
        with self._lock:
            meeting = self._meeting(meeting_unique_id)
            index = len(meeting.recordings)
            made: dict[str, Any] = {
                "filename": f"0-{meeting.unique_id}-{index}-mix.mp4",
                "md5": f"{self._chance.getrandbits(128):032x}",
                "size": 12345677,
                "type": "mp4",
                "url": f"http://127.0.0.1/recordings/0-{meeting.unique_id}-{index}-mix.mp4",
                "mix": 1,
                "pieceIndex": index,
                **file,
            }
            meeting.recordings.append(made)
            self.callbacks.notify("RecordingReady", meeting, {"fileInfo": made})
            self.callbacks.send_ready()
            return made

    def state(self) -> dict[str, Any]:
        """Return everything there is, as plain data."""
        with self._lock:
            self.settle()
            return {
                "clock": self.clock.now(),
                "accounts": [
                    {**account.answer(), "imAccid": account.im_accid} for account in self.world.accounts.all()
                ],
                "meetings": [self._shown(meeting) for meeting in self.world.meetings.all()],
                "callbacks": [callback.answer() for callback in self.callbacks.log()],
            }

    def _shown(self, meeting: Meeting) -> dict[str, Any]:
        members = [
            {"accountId": member.account_id, "deviceId": member.device_id} for member in meeting.members.values()
        ]
        answer = self.world.meetings.answer(meeting)
        return {**answer, "state": meeting.state, "type": meeting.type, "locked": meeting.locked, "members": members}

    def _meeting(self, unique_id: int) -> Meeting:
        meeting = self.world.meetings.get(unique_id)
        if meeting is None:
            raise ValueError(f"there is no meeting {unique_id}")
        return meeting

    # -- clients

    def client(self, **options: Any) -> MeetingClient:
        """Return a real client wired to this sandbox without a socket."""
        from ..client import MeetingClient
        from .wire import SandboxTransport

        return MeetingClient(
            app_key=APP_KEY,
            app_secret=APP_SECRET,
            base_url="http://127.0.0.1",
            transport=SandboxTransport(self),
            **options,
        )

    def async_client(self, **options: Any) -> AsyncMeetingClient:
        """Return a real asynchronous client wired to this sandbox without a socket."""
        from ..client import AsyncMeetingClient
        from .wire import AsyncSandboxTransport

        transport = AsyncSandboxTransport(self)
        return AsyncMeetingClient(
            app_key=APP_KEY, app_secret=APP_SECRET, base_url="http://127.0.0.1", transport=transport, **options
        )
