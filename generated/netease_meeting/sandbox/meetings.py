# Copied from generator/runtime/sandbox/meetings.py by `make generate`. Edit it there.
"""Meetings, their numbers and their state machine, which is read from the contract."""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from .clock import VirtualClock
from .document import Document

Notify = Callable[[str, "Meeting", Mapping[str, Any]], None]
"""Tells of an event: its name in the contract, the meeting, what else to say."""

ROOM_LIMIT = 300


@dataclass(slots=True)
class Member:
    """Somebody in a room."""

    account_id: str
    device_id: str
    room_uid: int


@dataclass(slots=True)
class Meeting:
    """One meeting. Times in milliseconds."""

    unique_id: int
    meeting_id: str
    type: int
    subject: str
    host: str
    owner: str
    state: str
    password: str = ""
    settings: dict[str, Any] = field(default_factory=dict[str, Any])
    start_time: int | None = None
    end_time: int | None = None
    short_id: str | None = None
    create_time: int = 0
    room_create_time: int | None = None
    av_room_cid: str = ""
    locked: bool = False
    limit: int = ROOM_LIMIT
    members: dict[tuple[str, str], Member] = field(default_factory=dict[tuple[str, str], Member])
    recordings: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])


class Meetings:
    """All meetings. Every change of state goes through ``happen``."""

    def __init__(self, document: Document, chance: random.Random, clock: VirtualClock, notify: Notify) -> None:
        machine = document.states
        self._status: dict[str, int] = {state["name"]: state["status"] for state in machine["states"]}
        self._listed = {state["name"] for state in machine["states"] if state.get("listed")}
        self._final = {state["name"] for state in machine["states"] if state.get("final")}
        self._initial = {type_: row["to"] for row in machine["initial"] for type_ in row["types"]}
        self._transitions = {
            (type_, row["from"], row["event"], row.get("when")): row["to"]
            for row in machine["transitions"]
            for type_ in row["types"]
        }
        self._types: dict[str, int] = _members(document, "MeetingType")
        self._reasons: dict[str, int] = _members(document, "EndReason")
        self._chance = chance
        self._clock = clock
        self._notify = notify
        self._by_unique_id: dict[int, Meeting] = {}
        self._alive: dict[str, Meeting] = {}
        """By meeting number."""
        self._last: dict[str, Meeting] = {}
        """The last meeting that had a number."""
        self._recycled: deque[str] = deque()
        self._next_id = chance.randrange(10**9, 10**10)

    # -- looking up

    def __len__(self) -> int:
        return len(self._by_unique_id)

    def all(self) -> Iterator[Meeting]:
        """Return every meeting there ever was, oldest first."""
        return iter(self._by_unique_id.values())

    def listed(self) -> Iterator[Meeting]:
        """Return the meetings that can be used."""
        return (meeting for meeting in self._alive.values() if meeting.state in self._listed)

    def get(self, unique_id: int) -> Meeting | None:
        """Return a meeting by its unique id."""
        return self._by_unique_id.get(unique_id)

    def by_number(self, number: str) -> Meeting | None:
        """Return the meeting that has a number, or had it last."""
        return self._alive.get(number) or self._last.get(number)

    def by_short_id(self, short_id: str) -> Meeting | None:
        """Return the meeting that can be reached by a short number."""
        return next((meeting for meeting in self._alive.values() if meeting.short_id == short_id), None)

    def is_final(self, meeting: Meeting) -> bool:
        """Whether nothing can happen to it any more."""
        return meeting.state in self._final

    def is_scheduled(self, meeting: Meeting) -> bool:
        """Whether it was planned ahead."""
        return meeting.type == self._types["SCHEDULED"]

    def is_personal(self, meeting: Meeting) -> bool:
        """Whether it has a personal number, which is never recycled."""
        return meeting.type == self._types["PERSONAL"]

    # -- changing

    def create(self, personal: str | None, **facts: Any) -> Meeting:
        """Open a meeting, with a personal number or a random one."""
        unique_id = self._next_id
        self._next_id += self._chance.randrange(1, 100)
        number = personal or self._new_number()
        meeting = Meeting(
            unique_id=unique_id,
            meeting_id=number,
            state=self._initial[facts["type"]],
            create_time=self._clock.millis(),
            av_room_cid=str(self._chance.randrange(10**11, 10**12)),
            **facts,
        )
        self._by_unique_id[unique_id] = meeting
        self._alive[number] = meeting
        self.watch_end(meeting)
        return meeting

    def watch_end(self, meeting: Meeting) -> None:
        """Have the end time of a scheduled meeting noticed."""
        if self.is_scheduled(meeting) and meeting.end_time is not None and meeting.end_time >= 0:
            end = meeting.end_time
            self._clock.at(end / 1000, lambda: self._end_time_reached(meeting, end))

    def _end_time_reached(self, meeting: Meeting, end: int) -> None:
        if meeting.end_time == end:  # it may have been moved since
            self.happen("endTimeReached", meeting, self._reasons["TIME_EXCEEDED"])

    def happen(self, event: str, meeting: Meeting, reason: int | None = None) -> bool:
        """Let an event change a meeting's state. ``False`` if the state machine knows no such step."""
        started = meeting.start_time is None or self._clock.millis() >= meeting.start_time
        when = "startReached" if started else "startPending"
        target = self._transitions.get((meeting.type, meeting.state, event, None))
        target = target or self._transitions.get((meeting.type, meeting.state, event, when))
        if target is None:
            return False
        meeting.state = target
        self._tell(event, meeting, reason)
        if target in self._final:
            self._retire(meeting)
            if event != "cancel":
                self._notify("MeetingRecycled", meeting, {"reason": reason})
        elif event != "enter" and meeting.end_time is not None and 0 <= meeting.end_time <= self._clock.millis():
            self._end_time_reached(meeting, meeting.end_time)
        return True

    def enter(self, meeting: Meeting, account_id: str, device_id: str) -> Member:
        """Let somebody into the room; the first to come opens it."""
        first = not meeting.members
        if first:
            meeting.room_create_time = self._clock.millis()
            self.happen("enter", meeting)
            self._notify("MeetingStarted", meeting, {})
        member = Member(account_id, device_id, self._chance.randrange(10**14, 10**15))
        meeting.members[(account_id, device_id)] = member
        self._notify("MemberJoined", meeting, _of(member))
        return member

    def leave(self, meeting: Meeting, account_id: str, device_id: str) -> bool:
        """Let somebody out; the last to go closes the room. ``False`` if nobody of that name is in."""
        member = meeting.members.pop((account_id, device_id), None)
        if member is None:
            return False
        self._notify("MemberLeft", meeting, _of(member))
        if not meeting.members:
            self.happen("empty", meeting, self._reasons["ALL_LEFT"])
        elif meeting.state in self._final:
            meeting.members.clear()
        return True

    def end(self, meeting: Meeting, reason: str) -> None:
        """Close the room for everybody."""
        for member in list(meeting.members.values()):
            del meeting.members[(member.account_id, member.device_id)]
            self._notify("MemberLeft", meeting, _of(member))
        self.happen("end", meeting, self._reasons[reason])

    def recycle(self, meeting: Meeting, reason: str) -> None:
        """Take a meeting away at once, whatever state it is in."""
        if meeting.state in self._final:
            return
        meeting.state = "RECYCLED"
        self._retire(meeting)
        self._notify("MeetingRecycled", meeting, {"reason": self._reasons[reason]})

    def _tell(self, event: str, meeting: Meeting, reason: int | None) -> None:
        if event == "cancel":
            self._notify("MeetingCanceled", meeting, {})
        elif event in ("empty", "end"):
            self._notify("MeetingEnded", meeting, {"reason": reason})
            meeting.room_create_time = None

    def _retire(self, meeting: Meeting) -> None:
        if self._alive.get(meeting.meeting_id) is meeting:
            del self._alive[meeting.meeting_id]
            self._last[meeting.meeting_id] = meeting
            if not self.is_personal(meeting):
                self._recycled.append(meeting.meeting_id)

    def _new_number(self) -> str:
        while self._recycled:
            number = self._recycled.popleft()
            if number not in self._alive:
                return number
        while True:
            number = str(self._chance.randrange(10**8, 10**9))
            if number not in self._alive:
                return number

    # -- answering

    def status(self, meeting: Meeting) -> int:
        """Return the number of its state."""
        return self._status[meeting.state]

    def answer(self, meeting: Meeting) -> dict[str, Any]:
        """Return it as the API does."""
        optional = {
            "startTime": meeting.start_time,
            "endTime": meeting.end_time,
            "settings": meeting.settings or None,
            "shortId": meeting.short_id,
        }
        return {
            "meetingUniqueId": meeting.unique_id,
            "meetingId": meeting.meeting_id,
            "subject": meeting.subject,
            "password": meeting.password,
            "status": self.status(meeting),
            **{key: value for key, value in optional.items() if value is not None},
        }


def _members(document: Document, enumeration: str) -> dict[str, int]:
    schema = document.schemas[enumeration]
    return dict(zip(schema["x-enum-varnames"], schema["enum"], strict=True))


def _of(member: Member) -> dict[str, Any]:
    return {"accountId": member.account_id, "deviceId": member.device_id, "roomUid": member.room_uid}
