"""The sandbox against a model of the vendor's diagram, written by hand and apart from the contract.

``make torture-sandbox`` sets NETEASE_MEETING_RUNS to 2000.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, rule
from netease_meeting.sandbox import Sandbox

from .conftest import Api, FrozenTime

GUESTS = st.sampled_from("abc")
SPANS = st.integers(0, 4).map(lambda half_hours: half_hours * 1_800_000)
INVITED, RUNNING, OVER, CANCELED, GONE = 1, 2, 3, 4, 5


@dataclass
class Meeting:
    number: int
    start: int | None
    end: int
    status: int
    members: set[str] = field(default_factory=set[str])
    told: list[str] = field(default_factory=list[str])


class Model(RuleBasedStateMachine):
    meetings: Bundle[Meeting] = Bundle("meetings")

    def __init__(self) -> None:
        super().__init__()
        self.now = FrozenTime()
        self.api = Api(Sandbox(now=self.now), self.now)
        self.clock = self.now.millis
        self.all: list[Meeting] = []
        self.host = self.api.account()["accountId"]

    def happened(self, one: Meeting, *events: str) -> None:
        one.told += events

    def closed(self, one: Meeting) -> None:
        one.members.clear()
        self.happened(one, "MeetingEnded")
        one.status = GONE if one.start is None else INVITED if self.clock < one.start else OVER
        if one.status == GONE:
            self.happened(one, "MeetingRecycled")
        self.lapse(one)

    def lapse(self, one: Meeting) -> None:
        if one.status in (INVITED, OVER) and one.end <= self.clock:
            one.status = GONE
            self.happened(one, "MeetingRecycled")

    @rule(target=meetings)
    def instant(self) -> Meeting:
        made = self.api.meeting(host=self.host)
        self.all.append(Meeting(made["meetingUniqueId"], None, 0, RUNNING))
        return self.all[-1]

    @rule(target=meetings, starts_in=SPANS, lasts=SPANS)
    def scheduled(self, starts_in: int, lasts: int) -> Meeting:
        made = self.api.scheduled(starts_in, lasts + 1, host=self.host)
        start = self.clock + starts_in
        self.all.append(Meeting(made["meetingUniqueId"], start, start + lasts + 1, INVITED))
        return self.all[-1]

    @rule(one=meetings, guest=GUESTS)
    def enter(self, one: Meeting, guest: str) -> None:
        possible = one.status in (INVITED, RUNNING, OVER) and guest not in one.members
        assert possible == self.allowed(lambda: self.api.sandbox.join(one.number, guest, "phone"))
        if possible:
            self.happened(one, *([] if one.members else ["MeetingStarted"]), "MemberJoined")
            one.members.add(guest)
            one.status = RUNNING

    @rule(one=meetings, guest=GUESTS)
    def leave(self, one: Meeting, guest: str) -> None:
        possible = guest in one.members
        assert possible == self.allowed(lambda: self.api.sandbox.leave(one.number, guest, "phone"))
        if possible:
            self.happened(one, "MemberLeft")
            one.members.remove(guest)
            if not one.members:
                self.closed(one)

    @rule(one=meetings, recycle=st.booleans(), by_host=st.booleans())
    def end(self, one: Meeting, recycle: bool, by_host: bool) -> None:
        body = {"meetingUniqueId": one.number, "recycle": recycle}
        if by_host:
            assert self.allowed(lambda: self.api.sandbox.end(one.number)) == (one.status == RUNNING)
        else:
            code = self.api.code("/v2/meeting/deleteByMeetingUniqueId", body)
            assert code == (2021 if one.status in (CANCELED, GONE) else 200)
        if one.status == RUNNING:
            self.happened(one, *["MemberLeft"] * len(one.members))
            self.closed(one)
        if recycle and not by_host and one.status in (INVITED, OVER):
            one.status = GONE
            self.happened(one, "MeetingRecycled")

    @rule(one=meetings)
    def cancel(self, one: Meeting) -> None:
        code = self.api.code("/v2/meeting/cancel", {"meetingUniqueId": one.number})
        assert code == {INVITED: 200, RUNNING: 2025, OVER: 2025, CANCELED: 2021, GONE: 2021}[one.status]
        if code == 200:
            one.status = CANCELED
            self.happened(one, "MeetingCanceled")

    @rule(one=meetings, starts_in=SPANS, lasts=SPANS)
    def edit(self, one: Meeting, starts_in: int, lasts: int) -> None:
        start, end = self.clock + starts_in, self.clock + starts_in + lasts + 1
        body = {"meetingUniqueId": one.number, "subject": "y", "startTime": start, "endTime": end}
        code = self.api.code("/v2/meeting/edit", body)
        assert code == {INVITED: 200, RUNNING: 2025, OVER: 2025, CANCELED: 2021, GONE: 2021}[one.status]
        if code == 200:
            one.start, one.end = start, end

    @rule(span=SPANS)
    def time_passes(self, span: int) -> None:
        self.api.sandbox.advance(span / 1000)
        self.clock += span
        for one in self.all:
            self.lapse(one)

    def allowed(self, act: object) -> bool:
        assert callable(act)
        try:
            act()
        except ValueError:
            return False
        return True

    @invariant()
    def they_agree(self) -> None:
        state = self.api.sandbox.state()
        seen = [
            (row["meetingUniqueId"], row["status"], {m["accountId"] for m in row["members"]})
            for row in state["meetings"]
        ]
        assert seen == [(one.number, one.status, one.members) for one in self.all]
        alive = sorted(one.number for one in self.all if one.status in (INVITED, RUNNING, OVER))
        page = self.api.ok("/v2/meeting/list", {"pageSize": 100})
        assert sorted(row["meetingUniqueId"] for row in page["list"]) == alive
        assert len({row["meetingId"] for row in page["list"]}) == len(alive)
        told: dict[int, list[str]] = {one.number: [] for one in self.all}
        for callback in state["callbacks"]:
            told[callback["body"]["msgBody"]["meetingUniqueId"]].append(callback["event"])
        assert told == {one.number: one.told for one in self.all}


TestModel = Model.TestCase
TestModel.settings = settings(
    max_examples=int(os.environ.get("NETEASE_MEETING_RUNS", "40")),
    stateful_step_count=50,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
