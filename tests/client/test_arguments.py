"""Arguments that cannot be sent are refused before anything is, with a message that names them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from netease_meeting import MeetingSettings, MeetingType, errors
from netease_meeting._runtime.times import from_millis, from_seconds, to_millis, to_seconds
from netease_meeting.sandbox import Sandbox

SANDBOX = Sandbox()
CLIENT = SANDBOX.client()
HOST = CLIENT.accounts.create().account_id


@pytest.mark.case(25, 26, 27, 28)
@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ({"subject": 5}, "subject"),
        ({"type": True}, "type"),
        ({"type": "1"}, "type"),
        ({"type": 1.0}, "type"),
        ({"subject": "\ud800"}, "subject holds half of a character"),
        ({"start_time": 2**63}, "start_time"),
        ({"start_time": float("nan")}, "start_time"),
        ({"start_time": 1.5}, "start_time"),
        ({"settings": {"controls": 3}}, "settings"),
        ({"start_time": datetime(2026, 1, 1)}, "has no time zone"),
    ],
)
def test_a_wrong_argument_is_named_and_nothing_is_sent(arguments: dict[str, Any], says: str) -> None:
    before = len(SANDBOX.requests)
    with pytest.raises(errors.ArgumentError, match=says) as caught:
        CLIENT.meetings.create(**{"host": HOST, "type": 1, "subject": "x", **arguments})
    assert isinstance(caught.value, ValueError)
    assert len(SANDBOX.requests) == before


@pytest.mark.case(7)
@pytest.mark.parametrize("device", ["", "a b", "a\r\nX-Evil: 1", "é"])
def test_a_header_value_that_cannot_be_sent_is_refused(device: str) -> None:
    with pytest.raises(errors.ArgumentError, match="device_id"):
        CLIENT.meetings.anonymous_join_info(
            meeting_id="1", nick_name="n", video=1, audio=1, client_type=6, device_id=device
        )


@pytest.mark.case(7, 28)
@pytest.mark.parametrize(("name", "value"), [("client_type", True), ("client_type", 1.5), ("device_id", None)])
def test_a_header_value_of_the_wrong_type_is_named(name: str, value: Any) -> None:
    arguments: dict[str, Any] = {"client_type": 6, "device_id": "d", name: value}
    with pytest.raises(errors.ArgumentError, match="must be text or an integer"):
        CLIENT.meetings.anonymous_join_info(meeting_id="1", nick_name="n", video=1, audio=1, **arguments)


def test_seconds_are_counted_like_milliseconds() -> None:
    moment = datetime(2026, 1, 1, tzinfo=UTC)
    assert to_seconds("at", moment) * 1000 == to_millis("at", moment) == 1_767_225_600_000
    assert from_seconds(1_767_225_600) == from_millis(1_767_225_600_000) == moment
    assert from_seconds(-1) is from_seconds(None) is None
    with pytest.raises(errors.ArgumentError, match="no time zone"):
        to_seconds("at", datetime(2026, 1, 1))


def test_arguments_are_keywords() -> None:
    calls: list[Callable[..., Any]] = [CLIENT.meetings.get, CLIENT.accounts.create, CLIENT.recordings.list]
    for call in calls:
        with pytest.raises(TypeError, match="positional"):
            call(1)


@given(
    moment=st.datetimes(
        min_value=datetime(2000, 1, 1),
        max_value=datetime(2100, 1, 1),
        timezones=st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes))),
    )
)
def test_moments_become_milliseconds_and_come_back(moment: datetime) -> None:
    millis = to_millis("start_time", moment)
    back = from_millis(millis)
    assert back is not None
    assert timedelta(0) <= moment - back < timedelta(milliseconds=1)


def test_the_same_moment_as_number_and_as_datetime() -> None:
    start = datetime.now(UTC).replace(microsecond=0) + timedelta(days=1)
    kinds: list[tuple[Any, Any]] = [
        (start, start + timedelta(hours=1)),
        (int(start.timestamp() * 1000), int(start.timestamp() * 1000) + 3_600_000),
        (start.astimezone(timezone(timedelta(hours=8))), start + timedelta(hours=1)),
    ]
    made = [
        CLIENT.meetings.create(host=HOST, type=MeetingType.SCHEDULED, subject="x", start_time=first, end_time=last)
        for first, last in kinds
    ]
    assert len({meeting.start_time for meeting in made}) == 1
    assert {meeting.start_at for meeting in made} == {start}


@pytest.mark.case(31)
def test_absent_and_empty_differ() -> None:
    start = datetime.now(UTC) + timedelta(days=1)
    meeting = CLIENT.meetings.create(
        host=HOST,
        type=MeetingType.SCHEDULED,
        subject="x",
        password="1234",
        settings=MeetingSettings(),
        start_time=start,
        end_time=start + timedelta(hours=1),
    )
    number = meeting.meeting_unique_id
    CLIENT.meetings.edit(meeting_unique_id=number, subject="y")
    assert CLIENT.meetings.get(meeting_unique_id=number).password == "1234"
