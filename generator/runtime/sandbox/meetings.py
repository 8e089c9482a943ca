"""Meetings, their numbers and their state machine, which is read from the contract."""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from .clock import VirtualClock
from .document import Document
from .listing import Found, Listing

Notify = Callable[[str, "Meeting", Mapping[str, Any]], None]
"""Tells of an event: its name in the contract, the meeting, what else to say."""

ROOM_LIMIT = 300
"""How many a room holds if the settings set no limit. An invention: the document names none."""

_ENDLESS = -1


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
    create_time: int
    av_room_cid: str
    password: str = ""
    settings: dict[str, Any] = field(default_factory=dict[str, Any])
    start_time: int | None = None
    end_time: int | None = None
    short_id: str | None = None
    room_create_time: int | None = None
    locked: bool = False
    members: dict[tuple[str, str], Member] = field(default_factory=dict[tuple[str, str], Member])
    recordings: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])

    @property
    def begins(self) -> int:
        """The scheduled start, or the moment an instant meeting was created."""
        return self.create_time if self.start_time is None else self.start_time


class Meetings:
    """All meetings. Every change of state goes through ``happen``."""

    def __init__(self, document: Document, chance: random.Random, clock: VirtualClock, notify: Notify) -> None:
        machine = document.states
        self._status: dict[str, int] = {state["name"]: state["status"] for state in machine["states"]}
        self._listed = {state["name"] for state in machine["states"] if state.get("listed")}
        self._final = {state["name"] for state in machine["states"] if state.get("final")}
        self._initial = {type_: row["to"] for row in machine["initial"] for type_ in row["types"]}
        self._steps: dict[tuple[int, str, str], dict[str | None, str]] = {}
        for row in machine["transitions"]:
            for type_ in row["types"]:
                self._steps.setdefault((type_, row["from"], row["event"]), {})[row.get("when")] = row["to"]
        self._types = document.members("MeetingType")
        self._reasons = document.members("EndReason")
        self._roles = document.members("SceneRoleType")
        self._chance = chance
        self._clock = clock
        self._notify = notify
        self._by_unique_id: dict[int, Meeting] = {}
        self._alive: dict[str, Meeting] = {}
        """By meeting number."""
        self._last: dict[str, Meeting] = {}
        """The last meeting that had a number."""
        self._recycled: deque[str] = deque()
        self._listing = Listing()
        self._next_id = chance.randrange(10**9, 10**10)

    # -- looking up

    def all(self) -> list[Meeting]:
        """Return every meeting there ever was, oldest first."""
        return list(self._by_unique_id.values())

    def get(self, unique_id: int) -> Meeting | None:
        """Return a meeting by its unique id."""
        return self._by_unique_id.get(unique_id)

    def by_number(self, number: str) -> Meeting | None:
        """Return the meeting that has a number, or had it last."""
        return self._alive.get(number) or self._last.get(number)

    def find(
        self, type_: int | None, statuses: Collection[int] | None, lowest: int | None, highest: int | None
    ) -> Found:
        """Return the meetings that can be used, by start time."""
        states = {name for name in self._listed if statuses is None or self._status[name] in statuses}
        return self._listing.find(type_, states, lowest, highest)

    def can(self, event: str, meeting: Meeting) -> bool:
        """Whether the state machine has a step for an event, at one time or another."""
        return (meeting.type, meeting.state, event) in self._steps

    def is_open(self, meeting: Meeting) -> bool:
        """Whether it has a room that people are in, or may be in."""
        return self.can("end", meeting)

    def is_final(self, meeting: Meeting) -> bool:
        """Whether nothing can happen to it any more."""
        return meeting.state in self._final

    def is_full(self, meeting: Meeting) -> bool:
        """Whether no further member fits in: ``maxCount`` of the member's role in the settings, the host apart."""
        members = sum(account != meeting.host for account, _ in meeting.members)
        limits = [
            role["maxCount"]
            for role in meeting.settings.get("scene", {}).get("roleTypes", ())
            if role.get("roleType") == self._roles["MEMBER"] and "maxCount" in role
        ]
        return members >= min(limits, default=ROOM_LIMIT)

    # -- changing

    def create(self, personal: str | None, **facts: Any) -> Meeting:
        """Open a meeting, with a personal number or a random one."""
        unique_id = self._next_id
        self._next_id += self._chance.randrange(1, 100)
        meeting = Meeting(
            unique_id=unique_id,
            meeting_id=personal or self._new_number(),
            state=self._initial[facts["type"]],
            create_time=self._clock.millis(),
            av_room_cid=str(self._chance.randrange(10**11, 10**12)),
            **facts,
        )
        self._by_unique_id[unique_id] = meeting
        self._alive[meeting.meeting_id] = meeting
        self.reschedule(meeting)
        return meeting

    def reschedule(self, meeting: Meeting) -> None:
        """Take notice of a meeting's times."""
        self._file(meeting)
        end = meeting.end_time
        if meeting.type == self._types["SCHEDULED"] and end is not None and end != _ENDLESS:
            self._clock.at(end, lambda: self._end_time_reached(meeting, end))

    def _end_time_reached(self, meeting: Meeting, end: int) -> None:
        if meeting.end_time == end:  # it may have been moved since
            self.happen("endTimeReached", meeting, "TIME_EXCEEDED")

    def happen(self, event: str, meeting: Meeting, reason: str | None = None) -> bool:
        """Let an event change a meeting's state. ``False`` if the state machine has no such step now."""
        started = meeting.start_time is None or self._clock.millis() >= meeting.start_time
        steps = self._steps.get((meeting.type, meeting.state, event), {})
        target = steps.get(None) or steps.get("startReached" if started else "startPending")
        if target is None:
            return False
        was_open = self.is_open(meeting)
        meeting.state = target
        facts = {"reason": self._reasons[reason] if reason else None}
        if was_open:
            self._notify("MeetingEnded", meeting, facts)
            meeting.room_create_time = None
        if event == "cancel":
            self._notify("MeetingCanceled", meeting, {})
        elif self.is_final(meeting):
            self._notify("MeetingRecycled", meeting, facts)
        self._file(meeting)
        end = meeting.end_time
        if was_open and end is not None and end != _ENDLESS and end <= self._clock.millis():
            self._end_time_reached(meeting, end)  # it passed while the room was open
        return True

    def enter(self, meeting: Meeting, account_id: str, device_id: str) -> Member:
        """Let somebody into the room; the first to come opens it."""
        if not meeting.members:
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
            self.happen("empty", meeting, "ALL_LEFT")
        return True

    def end(self, meeting: Meeting, reason: str) -> None:
        """Close the room for everybody."""
        members = list(meeting.members.values())
        meeting.members.clear()
        for member in members:
            self._notify("MemberLeft", meeting, _of(member))
        self.happen("end", meeting, reason)

    def recycle(self, meeting: Meeting, reason: str) -> None:
        """Take a meeting that is not in progress away at once, as if its end time were reached."""
        self.happen("endTimeReached", meeting, reason)

    def _file(self, meeting: Meeting) -> None:
        if meeting.state in self._listed:
            self._listing.put(meeting.unique_id, meeting.type, meeting.state, meeting.begins)
            return
        self._listing.drop(meeting.unique_id)
        if self.is_final(meeting) and self._alive.get(meeting.meeting_id) is meeting:
            self._last[meeting.meeting_id] = self._alive.pop(meeting.meeting_id)
            if meeting.type != self._types["PERSONAL"]:
                self._recycled.append(meeting.meeting_id)

    def _new_number(self) -> str:
        if self._recycled:
            return self._recycled.popleft()
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


def _of(member: Member) -> dict[str, Any]:
    return {"accountId": member.account_id, "deviceId": member.device_id, "roomUid": member.room_uid}
