"""What a genuine callback becomes, and what tells it from every other."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from netease_meeting import webhooks
from netease_meeting.enums import EndReason, MeetingType
from netease_meeting.errors import WebhookPayloadError, WebhookSignatureError
from netease_meeting.sandbox import Sandbox
from netease_meeting.webhooks import Event, MeetingEnded, MemberJoined, MemberLeft, Probe, RecordingReady, UnknownEvent

from .signed import BODY, EXAMPLES, KEY, MILLIS, encoded, signed, webhook


def parse(message: Any) -> Event:
    body = message if isinstance(message, bytes) else encoded(message)
    return webhook().parse(body, signed(body))


def unknown(message: Any) -> UnknownEvent:
    event = parse(message)
    assert isinstance(event, UnknownEvent)
    return event


@pytest.mark.parametrize("name", EXAMPLES)
def test_every_example_of_the_contract_becomes_its_event(name: str) -> None:
    message = EXAMPLES[name]
    event = parse(message)
    assert type(event) is getattr(webhooks, name)
    assert event.meeting_unique_id == message["msgBody"]["meetingUniqueId"]
    assert event.time == message["msgBody"]["time"]
    assert event.app_key == KEY
    assert len(event.key) == 64


def test_an_event_is_typed_down_to_its_enumerations() -> None:
    match parse(BODY):
        case MeetingEnded(meeting_unique_id=number, reason=reason, type=kind) as event:
            assert (number, reason, kind) == (26775, EndReason.HOST_ENDED, MeetingType.INSTANT)
            assert event.time_at == datetime(2020, 9, 22, 13, 48, 18, 147000, UTC)
        case other:
            pytest.fail(f"{other!r}")


# -- keys


@pytest.mark.case(110, 111, 112)
@pytest.mark.parametrize("name", EXAMPLES)
def test_every_delivery_of_an_event_has_its_key(name: str) -> None:
    message = EXAMPLES[name]
    body = encoded(message)
    first = webhook().parse(body, signed(body))
    replayed = webhook().parse(body, signed(body))
    later = webhook().parse(body, signed(body, nonce="999", millis=str(int(MILLIS) - 7_212_000)))
    reordered = parse({key: message[key] for key in reversed(message)})
    turned = {key: message["msgBody"][key] for key in reversed(message["msgBody"])}
    spaced = parse(json.dumps({"msgType": message["msgType"], "msgBody": turned}, indent=1).encode())
    assert {event.key for event in (first, replayed, later, reordered, spaced)} == {first.key}
    assert webhook().read(body) == first


WHAT_TELLS_EVENTS_APART = [
    *((name, field, value) for name in EXAMPLES for field, value in (("meetingUniqueId", 7), ("time", 1))),
    *((name, field, "other") for name in ("MemberJoined", "MemberLeft") for field in ("accountId", "deviceId")),
    *((name, "roomUid", 7) for name in ("MemberJoined", "MemberLeft")),
    *(
        ("RecordingReady", f"fileInfo.{field}", value)
        for field, value in (("md5", "x"), ("filename", "x"), ("pieceIndex", 9))
    ),
]


@pytest.mark.case(110)
@pytest.mark.parametrize(("name", "field", "value"), WHAT_TELLS_EVENTS_APART)
def test_events_that_differ_have_different_keys(name: str, field: str, value: Any) -> None:
    message = json.loads(encoded(EXAMPLES[name]))
    *way, last = field.split(".")
    inner = message["msgBody"]
    for step in way:
        inner = inner[step]
    assert inner[last] != value
    inner[last] = value
    assert parse(message).key != parse(EXAMPLES[name]).key


def test_no_two_examples_share_a_key() -> None:
    assert EXAMPLES["MemberJoined"]["msgBody"] == EXAMPLES["MemberLeft"]["msgBody"], "only the kind tells them apart"
    assert len({parse(message).key for message in EXAMPLES.values()}) == len(EXAMPLES)


Member = st.tuples(st.text(max_size=3), st.text(max_size=3), st.integers(0, 99), st.integers(0, 99), st.booleans())


@settings(deadline=None)
@given(one=Member, two=Member)
def test_keys_are_equal_only_for_equal_events(one: Any, two: Any) -> None:
    def key(account: str, device: str, uid: int, time: int, joined: bool) -> str:
        kind = MemberJoined if joined else MemberLeft
        return kind(
            meeting_unique_id=1, meeting_id="", time=time, account_id=account, device_id=device, room_uid=uid
        ).key

    assert (key(*one) == key(*two)) == (one == two)


@pytest.mark.case(113)
def test_a_room_that_is_opened_again_makes_new_events() -> None:
    sandbox, events = Sandbox(), list[Event]()
    hook = webhooks.Webhook(app_key="sandbox-key", app_secret="sandbox-secret", now=sandbox.clock.seconds)

    def receive(body: bytes, headers: Any) -> int:
        events.append(hook.parse(body, headers))
        return 200

    sandbox.set_callback(receive)
    client = sandbox.client()
    host = client.accounts.create(im_accid="host").account_id
    now = sandbox.clock.millis()
    meeting = client.meetings.create(
        host=host, type=MeetingType.SCHEDULED, subject="周会", start_time=now + 600_000, end_time=now + 7_200_000
    ).meeting_unique_id
    for _ in range(2):
        sandbox.advance(1)
        sandbox.join(meeting, host, "phone")
        sandbox.advance(1)
        sandbox.leave(meeting, host, "phone")
    assert [type(event).__name__ for event in events][:8] == [
        *("MeetingStarted", "MemberJoined", "MemberLeft", "MeetingEnded"),
        *("MeetingStarted", "MemberJoined", "MemberLeft", "MeetingEnded"),
    ]
    assert len({event.key for event in events}) == len(events)
    assert {event.meeting_unique_id for event in events} == {meeting}
    times = [event.time or 0 for event in events]
    assert times == sorted(times)


# -- what this package does not know


@pytest.mark.case(127)
def test_a_new_kind_is_an_event_too() -> None:
    message = {"msgType": 99, "msgBody": {"meetingUniqueId": "5", "time": 1600782498147, "mood": {"b": 1, "a": [2]}}}
    event = unknown(message)
    assert event.msg_type == 99
    assert event.problem == "msgType 99 is new"
    assert (event.meeting_unique_id, event.time, event.app_key) == (5, 1600782498147, KEY)
    assert event.time_at == datetime(2020, 9, 22, 13, 48, 18, 147000, UTC)
    assert json.loads(event.raw) == message
    again = {"msgBody": {"mood": {"a": [2], "b": 1}, "time": 1600782498147, "meetingUniqueId": "5"}, "msgType": 99}
    assert unknown(again).key == event.key
    assert unknown({**message, "msgType": 98}).key != event.key


@pytest.mark.case(127)
@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"subject": None}, "subject"),
        ({"meetingUniqueId": 2**64}, "meetingUniqueId"),
        ({"time": "soon"}, "time"),
        ({"type": [3]}, "type"),
    ],
)
def test_a_known_kind_of_a_new_shape_is_not_lost(change: dict[str, Any], problem: str) -> None:
    event = unknown({"msgType": 3, "msgBody": {**EXAMPLES["MeetingEnded"]["msgBody"], **change}})
    assert event.msg_type == 3
    assert problem in event.problem
    assert event.meeting_unique_id in (26775, None)


@pytest.mark.parametrize(
    "message", [{"msgType": 3}, {"msgBody": {}}, {"msgType": None, "msgBody": []}, {"msgType": 2**70}]
)
def test_an_object_that_is_no_message_is_not_lost_either(message: Any) -> None:
    assert unknown(message).raw == encoded(message)


def test_text_for_numbers_new_fields_and_values_do_no_harm() -> None:
    message = {"msgType": "3", "msgBody": {**EXAMPLES["MeetingEnded"]["msgBody"], "meetingUniqueId": "26775"}}
    event = parse(message)
    assert isinstance(event, MeetingEnded)
    assert event.key == parse(BODY).key
    newer = parse({"msgType": 3, "msgBody": {**EXAMPLES["MeetingEnded"]["msgBody"], "reason": 17, "mood": {}}, "v": 2})
    assert isinstance(newer, MeetingEnded)
    assert newer.reason == 17
    assert newer.key == event.key


@pytest.mark.parametrize("time", [-1, 253_402_300_800_000, 2**63 - 1])
def test_a_time_that_is_no_moment(time: int) -> None:
    for kind in (3, 99):
        event = parse({"msgType": kind, "msgBody": {**EXAMPLES["MeetingEnded"]["msgBody"], "time": time}})
        assert event.time == time
        assert event.time_at is None


def test_a_byte_order_mark_does_no_harm() -> None:
    event = parse(b"\xef\xbb\xbf" + BODY)
    assert event == parse(BODY)
    assert event.key == parse(BODY).key
    assert isinstance(parse(b"\xef\xbb\xbf{}"), Probe)


@pytest.mark.parametrize("half", [rb"\ud83d", rb"\ude00", rb"\ud83dx"])
def test_a_text_that_was_cut_within_an_emoji_is_not_lost(half: bytes) -> None:
    body = encoded({**EXAMPLES["MeetingEnded"], "msgBody": {**EXAMPLES["MeetingEnded"]["msgBody"], "subject": "CUT"}})
    event = parse(body.replace(b"CUT", b"\\ud83d\\ude00 " + half))
    assert isinstance(event, MeetingEnded)
    assert event.subject.startswith("\U0001f600 ?")
    assert event.key == parse(BODY).key
    newer = unknown(b'{"msgType":99,"msgBody":{"subject":"' + half + b'"}}')
    assert newer.problem == "msgType 99 is new"


@pytest.mark.case(115, 116)
@pytest.mark.parametrize(
    "body",
    [b"", b"null", b"[]", b"3", b'"{}"', b"{", BODY + b"x", BODY.decode().encode("utf-16"), b'{"msgType":"\xff"}'],
)
def test_a_signed_body_that_is_no_object_is_refused(body: bytes) -> None:
    with pytest.raises(WebhookPayloadError, match="the body is not"):
        parse(body)


@pytest.mark.case(116)
@pytest.mark.parametrize("opening", [b"[", b'{"a":', b'{"msgType":3,"msgBody":{"x":' + b"["])
def test_bottomless_bodies_are_refused(opening: bytes) -> None:
    with pytest.raises(WebhookPayloadError):
        parse(opening * (1_000_000 // len(opening)))


@pytest.mark.case(128)
def test_the_probe_of_the_console() -> None:
    event = parse(b"{}")
    assert isinstance(event, Probe)
    assert (event.meeting_unique_id, event.time, event.time_at, event.app_key) == (None, None, None, KEY)
    with pytest.raises(WebhookSignatureError):
        webhook().parse(b"{}", signed(b"{ }"))


def test_a_recording_carries_what_its_download_is_checked_with() -> None:
    event = parse(EXAMPLES["RecordingReady"])
    assert isinstance(event, RecordingReady)
    assert (event.file_info.md5, event.file_info.size, event.file_info.piece_index) == ("xxxxxxxx", 250224434, 0)
