"""The state machine of the contract, every state and event of every type, and what each step tells."""

from __future__ import annotations

from typing import Any

import pytest
from netease_meeting.sandbox.document import shipped

from .conftest import HOUR, Api

MACHINE = shipped().states
STATUS = {state["name"]: state["status"] for state in MACHINE["states"]}
REACHABLE = {1: ("IN_MEETING", "RECYCLED"), 2: ("IN_MEETING", "RECYCLED"), 3: tuple(STATUS)[1:]}
EVENTS = [name for name in MACHINE["events"] if name != "create"]


def expected(type_: int, state: str, event: str, when: str) -> str:
    for row in MACHINE["transitions"]:
        if type_ in row["types"] and (row["from"], row["event"]) == (state, event) and row.get("when", when) == when:
            return str(row["to"])
    return state


def in_state(api: Api, type_: int, state: str, when: str) -> Any:
    """A meeting in a state, its start pending or reached; the end two hours away."""
    starts_in = HOUR if when == "startPending" else 0
    meeting = api.scheduled(starts_in, 2 * HOUR - starts_in) if type_ == 3 else api.meeting(type=type_)
    number = meeting["meetingUniqueId"]
    if state == "IN_MEETING" or (type_ == 3 and state == "ENDED"):
        api.sandbox.join(number, "guest", "phone")
    if state in ("ENDED", "RECYCLED"):
        api.ok("/v2/meeting/deleteByMeetingUniqueId", {"meetingUniqueId": number, "recycle": state == "RECYCLED"})
    if state == "CANCELED":
        api.ok("/v2/meeting/cancel", {"meetingUniqueId": number})
    assert api.status(meeting) == STATUS[state]
    return meeting


def act(api: Api, event: str, meeting: Any) -> None:
    number = meeting["meetingUniqueId"]
    try:
        if event == "enter":
            api.sandbox.join(number, "other", "tablet")
        elif event == "empty":
            api.sandbox.leave(number, "guest", "phone")
        elif event == "end":
            api.call("/v2/meeting/deleteByMeetingUniqueId", {"meetingUniqueId": number})
        elif event == "cancel":
            api.call("/v2/meeting/cancel", {"meetingUniqueId": number})
        else:
            api.sandbox.advance(7200)
    except ValueError:
        pass  # the control plane refuses what cannot be: nobody enters a cancelled meeting


SITUATIONS = [
    (type_, state, when)
    for type_, states in REACHABLE.items()
    for state in states
    for when in ("startPending", "startReached")
    if (state, when) != ("ENDED", "startPending")  # ended before its start, a meeting has not started
]


@pytest.mark.parametrize("event", EVENTS)
@pytest.mark.parametrize(("type_", "state", "when"), SITUATIONS)
def test_every_event_in_every_state(api: Api, type_: int, state: str, event: str, when: str) -> None:
    meeting = in_state(api, type_, state, when)
    act(api, event, meeting)
    assert api.status(meeting) == STATUS[expected(type_, state, event, when)]


@pytest.mark.parametrize("type_", [1, 2, 3])
def test_how_a_meeting_begins(api: Api, type_: int) -> None:
    meeting = api.scheduled() if type_ == 3 else api.meeting(type=type_)
    initial = next(row["to"] for row in MACHINE["initial"] if type_ in row["types"])
    assert meeting["status"] == STATUS[initial]


def told(api: Api, meeting: Any) -> list[tuple[str, Any]]:
    callbacks = api.sandbox.state()["callbacks"]
    bodies = [(one["event"], one["body"]["msgBody"]) for one in callbacks]
    return [
        (event, body.get("reason")) for event, body in bodies if body["meetingUniqueId"] == meeting["meetingUniqueId"]
    ]


def test_the_last_to_leave_ends_the_room_before_the_start_too(api: Api) -> None:
    meeting = api.scheduled()
    number = meeting["meetingUniqueId"]
    api.sandbox.join(number, "a", "phone")
    api.sandbox.join(number, "b", "phone")
    api.sandbox.leave(number, "a", "phone")
    api.sandbox.leave(number, "b", "phone")
    entered = [("MeetingStarted", None), ("MemberJoined", None), ("MemberJoined", None)]
    assert told(api, meeting) == [*entered, ("MemberLeft", None), ("MemberLeft", None), ("MeetingEnded", 2)]
    assert api.status(meeting) == STATUS["NOT_START"]


@pytest.mark.parametrize(("by", "reason"), [("host", 1), ("server", 4)])
def test_ending_an_instant_meeting_tells_all_of_it_in_order(api: Api, by: str, reason: int) -> None:
    meeting = api.meeting()
    number = meeting["meetingUniqueId"]
    api.sandbox.join(number, "a", "phone")
    api.sandbox.join(number, "b", "phone")
    if by == "host":
        api.sandbox.end(number)
    else:
        api.ok("/v2/meeting/deleteByMeetingId", {"meetingId": meeting["meetingId"]})
    left = [("MemberLeft", None), ("MemberLeft", None), ("MeetingEnded", reason), ("MeetingRecycled", reason)]
    assert told(api, meeting)[3:] == left


def test_a_room_that_is_open_beyond_the_end_is_recycled_when_it_closes(api: Api) -> None:
    meeting = api.scheduled(0, HOUR)
    api.sandbox.join(meeting["meetingUniqueId"], "a", "phone")
    api.sandbox.advance(7200)
    assert api.status(meeting) == STATUS["IN_MEETING"], "nobody is thrown out"
    api.sandbox.leave(meeting["meetingUniqueId"], "a", "phone")
    assert told(api, meeting)[-3:] == [("MemberLeft", None), ("MeetingEnded", 2), ("MeetingRecycled", 3)]


def test_an_end_that_was_moved_does_not_recycle_at_its_old_time(api: Api) -> None:
    meeting = api.scheduled(0, HOUR)
    later = meeting["endTime"] + HOUR
    edited = {"meetingUniqueId": meeting["meetingUniqueId"], "subject": "x", "endTime": later}
    api.ok("/v2/meeting/edit", edited)
    api.sandbox.advance(3600)
    assert api.status(meeting) == STATUS["NOT_START"]
    api.sandbox.advance(3600)
    assert api.status(meeting) == STATUS["RECYCLED"]


def test_a_meeting_without_end_is_never_recycled_by_time(api: Api) -> None:
    meeting = api.scheduled(endTime=-1)
    api.sandbox.advance(50 * 365 * 86_400)
    assert api.status(meeting) == STATUS["NOT_START"]


def test_a_member_with_two_devices_leaves_twice(api: Api) -> None:
    meeting = api.meeting()
    number = meeting["meetingUniqueId"]
    api.sandbox.join(number, "a", "phone")
    with pytest.raises(ValueError, match="already in"):
        api.sandbox.join(number, "a", "phone")
    api.sandbox.join(number, "a", "laptop")
    api.sandbox.leave(number, "a", "phone")
    assert api.status(meeting) == STATUS["IN_MEETING"]
    with pytest.raises(ValueError, match="nobody"):
        api.sandbox.leave(number, "a", "phone")
    api.sandbox.leave(number, "a", "laptop")
    assert api.status(meeting) == STATUS["RECYCLED"]


def test_recycle_takes_a_scheduled_meeting_away_at_once(api: Api) -> None:
    meeting = api.scheduled()
    body = {"meetingUniqueId": meeting["meetingUniqueId"]}
    api.ok("/v2/meeting/deleteByMeetingUniqueId", body)
    assert api.status(meeting) == STATUS["NOT_START"]
    api.ok("/v2/meeting/deleteByMeetingUniqueId", {**body, "recycle": True})
    assert told(api, meeting) == [("MeetingRecycled", 4)]
