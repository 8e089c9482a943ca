# Copied from generator/runtime/sandbox/core.py by `make generate`. Edit it there.
"""The sandbox without sockets: a request in, a response out."""

from __future__ import annotations

import json
import random
import threading
from collections import deque
from collections.abc import Callable, Mapping
from email.utils import formatdate
from inspect import iscoroutinefunction
from typing import TYPE_CHECKING, Any, Literal, get_args
from urllib.parse import urlsplit

from .._runtime.clock import wall
from .accounts import Accounts
from .actions import ACTIONS, World
from .authentication import Authenticator
from .callbacks import Callbacks, Receiver
from .clock import VirtualClock
from .document import Document, Route, shipped
from .faults import Fault, Faults
from .meetings import Meeting, Meetings
from .messages import BODILESS, BusinessError, Request, Response
from .validation import Validator

if TYPE_CHECKING:
    from typing import Self

    from ..client import AsyncMeetingClient, MeetingClient

APP_KEY = "sandbox-key"
APP_SECRET = "sandbox-secret"
CallbackClock = Literal["machine", "virtual"]
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})

_LOG = 1000
_FARTHEST = 100 * 365 * 86400
"""Seconds. Beyond a hundred years at once, somebody has mistaken the unit."""
_HTTP_STATUS = {
    "authentication": 401,
    "permission": 403,
    "notFound": 404,
    "conflict": 409,
    "rateLimit": 429,
    "internal": 500,
    "busy": 503,
}
"""By family of codes, where failures are to carry a status of their own; 400 for the rest."""


class Sandbox:
    """A whole, private instance of the API. Used with ``with``, it closes its clients at the end.

    Args:
        seed: Makes ids, numbers and tokens repeatable.
        expose: Allow callbacks to other machines.
        forget_ended: Whether cancelled and recycled meetings can no longer be looked up. The vendor's document says
            that they disappear, and gives them a status of their own.
        http_errors: Whether business failures carry an HTTP status of 400 and above. Either occurs, the vendor says.
        callback_clock: The clock that callbacks are signed by: ``"machine"``, which receivers compare with, or
            ``"virtual"`` for receivers that share the sandbox's clock. What a callback says is always in virtual time.
        now: The machine's clock, in unix seconds.
        document: A contract other than the one in this package.
    """

    def __init__(
        self,
        *,
        seed: int = 0,
        expose: bool = False,
        forget_ended: bool = False,
        http_errors: bool = False,
        callback_clock: CallbackClock = "machine",
        now: Callable[[], float] = wall,
        document: Document | None = None,
    ) -> None:
        self.document = document or shipped()
        missing = {route.operation for route in self.document.routes.values()} ^ set(ACTIONS)
        if missing:
            raise ValueError(f"the sandbox and the contract disagree about the operations {sorted(missing)}")
        if callback_clock not in get_args(CallbackClock):
            raise ValueError(f"callback_clock must be one of {get_args(CallbackClock)}, not {callback_clock!r}")
        self._callback_clock = callback_clock
        self._seed = seed
        self._expose = expose
        self._forget_ended = forget_ended
        self._http_errors = http_errors
        self._now = now
        self._lock = threading.RLock()
        self._validator = Validator(self.document)
        self._authenticator = Authenticator(self.document, APP_KEY, APP_SECRET)
        self.faults = Faults(self.document)
        self.closed = False
        self._begin(None)

    def _begin(self, before: Callbacks | None) -> None:
        document, chance = self.document, random.Random(self._seed)
        self.clock = VirtualClock(self._now)
        credentials = (APP_KEY, APP_SECRET)
        signed_at = self.clock.millis if self._callback_clock == "virtual" else self.clock.real_millis
        self.callbacks = Callbacks(document, self.clock, random.Random(self._seed), credentials, self._lock, signed_at)
        if before is not None:
            self.callbacks.take_over(before)
        self.world = World(
            document=document,
            clock=self.clock,
            chance=chance,
            accounts=Accounts(document, chance),
            meetings=Meetings(document, chance, self.clock, self.callbacks.notify),
            app_key=APP_KEY,
            forget_ended=self._forget_ended,
            meeting_types=document.members("MeetingType"),
            join_roles=document.members("JoinRoleType"),
        )
        self.requests: deque[dict[str, Any]] = deque(maxlen=_LOG)
        """The log, oldest first: what came, what was answered, and why a signature was refused."""
        self._served = 0

    # -- the API

    def handle(self, request: Request) -> Response:
        """Answer one request of the API, its callbacks sent."""
        response = self.execute(request)
        self.callbacks.send_ready()
        return response

    def execute(self, request: Request) -> Response:
        """Answer one request of the API; its callbacks wait."""
        with self._lock:
            self.clock.run_due()
            self._served += 1
            entry: dict[str, Any] = {"number": self._served, "at": self.clock.seconds()}
            entry |= {"method": request.method, "path": request.path}
            self.requests.append(entry)
            route = self.document.routes.get(request.path)
            if route is None or request.method != "POST":
                return _refuse(request, entry, 404 if route is None else 405)
            entry["operation"] = route.name
            call = (route.name, request.body)
            fault = self.faults.take(call)
            skew = self.faults.skew_of(call, fault)
            if fault is not None:
                entry["fault"] = fault.wish
                if fault.harm == "resetBefore":
                    return Response(0, (), b"", harm=fault.harm)
            response = self._answer(route, request, fault, skew, entry)
            entry["status"] = response.status
            if fault is None or not fault.spoils:
                self.faults.answered(call, refused=entry["code"] == self._authenticator.code)
            return response

    def _answer(
        self, route: Route, request: Request, fault: Fault | None, skew: float, entry: dict[str, Any]
    ) -> Response:
        envelope = self.document.envelope
        extras = {envelope["requestId"]: f"mc_{self._served:012d}", envelope["cost"]: "1ms"}
        status, server_time = 200, self.clock.real() + skew
        try:
            if fault is not None and fault.code is not None:
                raise BusinessError(fault.code, ["a fault was asked for"])
            self._authenticator.check(route, request, server_time)
            headers = self._validator.headers(route, request.headers)
            body = self._validator.body(route, request.body)
            result = ACTIONS[route.operation](self.world, body, headers)
        except BusinessError as refusal:
            code = refusal.code
            entry |= {"code": code, "message": self.document.texts[code], "notes": refusal.notes}
            if refusal.signature:
                entry["signature"] = refusal.signature
            answer = {envelope["code"]: code, envelope["message"]: self.document.texts[code], **extras}
            if self._http_errors:
                status = _HTTP_STATUS.get(self.document.families[code], 400)
        else:
            entry["code"] = envelope["success"]
            answer = {envelope["code"]: envelope["success"]}
            if result is not None:
                answer |= {envelope["data"]: result, **extras}
        content = json.dumps(answer, ensure_ascii=False, separators=(",", ":")).encode()
        kind, date = ("Content-Type", self.document.media_type), ("Date", formatdate(server_time, usegmt=True))
        if fault is None:
            return Response(status, (kind, date), content)
        if fault.html:
            kind, content = ("Content-Type", "text/html"), b"<html><body><h1>Bad gateway</h1></body></html>"
        status = fault.status or status
        return Response(
            status, (kind, date), b"" if status in BODILESS else content, harm=fault.harm, delay=fault.delay
        )

    # -- control: the same as the control plane over HTTP

    @property
    def is_due(self) -> bool:
        """Whether something waits to happen now."""
        moment = self.clock.next_at()
        return self.callbacks.waiting or (moment is not None and moment <= self.clock.millis())

    def settle(self) -> None:
        """Let everything that is due by now happen."""
        with self._lock:
            self.clock.run_due()
        self.callbacks.send_ready()

    def advance(self, seconds: float) -> None:
        """Move the clock; what falls due on the way happens in order, before this returns."""
        if not 0 <= seconds <= _FARTHEST:
            raise ValueError(f"the clock moves by 0 to {_FARTHEST} seconds, not by {seconds}; it cannot be turned back")
        callbacks = self.callbacks
        callbacks.take_turn()
        try:
            self._pass(seconds, callbacks.send_all)
        finally:
            callbacks.end_turn()

    def sleep(self, seconds: float) -> None:
        """Move the clock for a client that waits. Callbacks that somebody else is sending are left to them."""
        callbacks = self.callbacks
        if not callbacks.try_turn():
            self._pass(seconds, lambda: None)
            return
        try:
            self._pass(seconds, callbacks.send_all)
        finally:
            callbacks.end_turn()

    def _pass(self, seconds: float, send: Callable[[], None]) -> None:
        clock = self.clock
        target = clock.millis() + round(seconds * 1000)
        send()
        while (moment := clock.next_at()) is not None and moment <= target:
            with self._lock:
                clock.move_to(moment)
                clock.run_due()
            send()
        with self._lock:
            clock.move_to(target)

    def reset(self) -> None:
        """Forget accounts, meetings, callbacks, faults and the time that was advanced. The callback target stays."""
        with self._lock:
            self.faults.clear()
            self._begin(self.callbacks)

    def set_callback(
        self,
        target: str | Receiver | None,
        *,
        restamp: bool = True,
        duplicate: bool = False,
        shuffle: bool = False,
    ) -> None:
        """Register where callbacks go: a URL on this machine, or a function.

        Args:
            target: The URL or the function; ``None`` for nowhere.
            restamp: Whether a resend carries a new CurTime and signature (the document leaves it open).
            duplicate: Whether an accepted callback is sent once more.
            shuffle: Whether callbacks that wait together are sent in random order.
        """
        if isinstance(target, str):
            self._check_target(target)
        elif target is not None and (not callable(target) or iscoroutinefunction(target)):
            raise ValueError("callbacks go to a URL or to a plain function (body, headers) -> HTTP status")
        with self._lock:
            self.callbacks.register(target, restamp=restamp, duplicate=duplicate, shuffle=shuffle)

    def _check_target(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme != "http" or not parts.hostname or not url.isascii() or not url.isprintable() or " " in url:
            raise ValueError("the callback URL must begin with http:// and name a host")
        if parts.port == 0:
            raise ValueError("the callback URL must name a port that can be reached")
        if not self._expose and parts.hostname not in LOOPBACK:
            raise ValueError("callbacks go to this machine only, unless the sandbox was started with --expose")

    def join(self, meeting_unique_id: int, account_id: str, device_id: str) -> None:
        """Let somebody enter. Raises ``ValueError`` if the meeting cannot be entered."""
        with self._lock:
            self.clock.run_due()
            meeting = self._meeting(meeting_unique_id)
            meetings = self.world.meetings
            if not (meetings.is_open(meeting) or meetings.can("enter", meeting)):
                raise ValueError(f"nobody can enter: the meeting is {meeting.state}")
            if (account_id, device_id) in meeting.members:
                raise ValueError("that device is already in the meeting")
            if account_id != meeting.host and meeting.locked:
                raise ValueError("the meeting is locked")
            if account_id != meeting.host and meetings.is_full(meeting):
                raise ValueError("the meeting is full")
            meetings.enter(meeting, account_id, device_id)
        self.callbacks.send_ready()

    def leave(self, meeting_unique_id: int, account_id: str, device_id: str) -> None:
        """Let somebody leave. Raises ``ValueError`` if nobody of that name is in."""
        with self._lock:
            self.clock.run_due()
            if not self.world.meetings.leave(self._meeting(meeting_unique_id), account_id, device_id):
                raise ValueError("nobody with that account and device is in the meeting")
        self.callbacks.send_ready()

    def end(self, meeting_unique_id: int) -> None:
        """Let the host end the meeting. Raises ``ValueError`` if it is not in progress."""
        with self._lock:
            self.clock.run_due()
            meeting = self._meeting(meeting_unique_id)
            if not self.world.meetings.is_open(meeting):
                raise ValueError(f"only a meeting in progress can be ended: it is {meeting.state}")
            self.world.meetings.end(meeting, "HOST_ENDED")
        self.callbacks.send_ready()

    def lock(self, meeting_unique_id: int, locked: bool = True) -> None:
        """Let the host lock the meeting, so that nobody else can enter, or unlock it."""
        with self._lock:
            self._meeting(meeting_unique_id).locked = locked

    def record(self, meeting_unique_id: int, file: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Have a recording become ready; return the file as the API does. What *file* leaves out is made up."""
        with self._lock:
            self.clock.run_due()
            meeting = self._meeting(meeting_unique_id)
            ((nest, example),) = _nested(self.document.messages["RecordingReady"].example)
            index = len(meeting.recordings)
            name = f"{meeting.unique_id}-{index}.{example['type']}"
            made: dict[str, Any] = {
                **example,
                "accountId": meeting.host,
                "filename": name,
                "md5": f"{self.world.chance.getrandbits(128):032x}",
                "url": f"http://127.0.0.1/recordings/{name}",
                "pieceIndex": index,
                **(file or {}),
            }
            meeting.recordings.append(made)
            self.callbacks.notify("RecordingReady", meeting, {nest: made})
        self.callbacks.send_ready()
        return made

    def add_fault(self, wish: Mapping[str, Any]) -> None:
        """Arrange a fault, see README.md. Raises ``ValueError`` that says what is wrong with *wish*."""
        with self._lock:
            self.faults.add(wish)

    def log(self) -> list[dict[str, Any]]:
        """Return the last thousand requests, oldest first."""
        with self._lock:
            return list(self.requests)

    def state(self) -> dict[str, Any]:
        """Return everything there is, as plain data."""
        self.settle()
        with self._lock:
            return {
                "clock": self.clock.seconds(),
                "accounts": [
                    {**account.answer(), "imAccid": account.im_accid} for account in self.world.accounts.all()
                ],
                "meetings": [self._shown(meeting) for meeting in self.world.meetings.all()],
                "callback": self.callbacks.registration(),
                "callbacks": [callback.answer() for callback in self.callbacks.log()],
                "faults": self.faults.waiting(),
            }

    def _shown(self, meeting: Meeting) -> dict[str, Any]:
        members = [
            {"accountId": member.account_id, "deviceId": member.device_id} for member in meeting.members.values()
        ]
        answer = self.world.meetings.answer(meeting)
        facts = {"state": meeting.state, "type": meeting.type, "host": meeting.host, "locked": meeting.locked}
        return {**answer, **facts, "members": members, "recordings": list(meeting.recordings)}

    def _meeting(self, unique_id: int) -> Meeting:
        meeting = self.world.meetings.get(unique_id)
        if meeting is None:
            raise LookupError(f"there is no meeting {unique_id}")
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

        return AsyncMeetingClient(
            app_key=APP_KEY,
            app_secret=APP_SECRET,
            base_url="http://127.0.0.1",
            transport=AsyncSandboxTransport(self),
            **options,
        )

    def close(self) -> None:
        """Close every client of this sandbox. What it holds can still be looked at."""
        self.closed = True

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()


def _refuse(request: Request, entry: dict[str, Any], status: int) -> Response:
    text = f"no operation at {request.method} {request.path}"
    entry |= {"status": status, "notes": [text]}
    headers = [("Content-Type", "text/plain; charset=utf-8"), *([("Allow", "POST")] if status == 405 else [])]
    return Response(status, headers, text.encode())


def _nested(example: Mapping[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    """Return the objects inside an example, by name."""
    return [(name, value) for name, value in example.items() if isinstance(value, dict)]
