"""Every code of the document can be produced; those that follow from what the sandbox imitates come by themselves."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from netease_meeting.sandbox.document import shipped

from .conftest import JOIN, Api, joining, signed

CODES = sorted(shipped().texts)
GUEST = {"nickName": "guest1", "video": 1, "audio": 1}


def test_there_are_59() -> None:
    assert len(CODES) == 59


@pytest.mark.parametrize("code", CODES)
def test_every_code_can_be_asked_for(api: Api, code: int) -> None:
    api.sandbox.add_fault({"operation": "meetings.list", "code": code})
    reply = api.call("/v2/meeting/list", {})
    assert (reply["code"], reply["msg"]) == (code, shipped().texts[code])
    assert api.code("/v2/meeting/list", {}) == 200, "once was asked for"


def join(api: Api, meeting: Any, **body: Any) -> int:
    return api.code(JOIN, {"meetingId": meeting["meetingId"], **GUEST, **body})


def locked(api: Api) -> int:
    meeting = api.meeting()
    api.sandbox.lock(meeting["meetingUniqueId"])
    return join(api, meeting)


def full(api: Api, **body: Any) -> int:
    settings = {"scene": {"roleTypes": [{"roleType": 1, "maxCount": 1}]}}
    meeting = api.meeting(settings=settings)
    api.sandbox.join(meeting["meetingUniqueId"], "somebody", "phone")
    return join(api, meeting, **body)


def ended(api: Api, act: Callable[[Api, Any], int]) -> int:
    meeting = api.meeting()
    api.ok("/v2/meeting/deleteByMeetingUniqueId", {"meetingUniqueId": meeting["meetingUniqueId"]})
    return act(api, meeting)


def twice(api: Api, **body: Any) -> int:
    api.account(**body)
    return api.code("/v1/account/create", body)


def personal_twice(api: Api) -> int:
    host = api.account()["accountId"]
    api.meeting(host=host, type=2)
    return api.code("/v2/meeting/create", {"host": host, "type": 2, "subject": "x"})


def edit(api: Api, meeting: Any, **body: Any) -> int:
    return api.code("/v2/meeting/edit", {"meetingUniqueId": meeting["meetingUniqueId"], "subject": "y", **body})


def create(api: Api, **body: Any) -> int:
    host = api.account()["accountId"]
    return api.code("/v2/meeting/create", {"host": host, "type": 1, "subject": "x", **body})


def with_headers(api: Api, **changes: str) -> int:
    meeting = api.meeting()
    body = f'{{"meetingId":"{meeting["meetingId"]}","nickName":"a","video":1,"audio":1}}'.encode()
    return int(api.send(JOIN, body, {**signed(api.now()), **joining(body), **changes})["code"])


NATURAL: list[tuple[int, str, Callable[[Api], int]]] = [
    (300, "wrong type", lambda api: api.code("/v2/meeting/get", {"meetingUniqueId": "1"})),
    (300, "out of range", lambda api: api.code("/v2/meeting/list", {"pageSize": 101})),
    (300, "not JSON", lambda api: int(api.send("/v2/meeting/list", b"{")["code"])),
    (300, "not an object", lambda api: int(api.send("/v2/meeting/list", b"[]")["code"])),
    (300, "true is no number", lambda api: api.code("/v2/meeting/get", {"meetingUniqueId": True})),
    (300, "beyond 64 bits", lambda api: api.code("/v2/meeting/get", {"meetingUniqueId": 2**63})),
    (300, "short id too short", lambda api: api.code("/v1/account/create", {"shortId": "123"})),
    (300, "short id too long", lambda api: api.code("/v1/account/create", {"shortId": "123456789"})),
    (300, "inside of settings", lambda api: create(api, settings={"controls": [{"type": "smell"}]})),
    (
        300,
        "end before start",
        lambda api: create(api, type=3, startTime=api.now.millis + 9, endTime=api.now.millis + 8),
    ),
    (300, "end in the past", lambda api: create(api, type=3, startTime=1, endTime=2)),
    (300, "null where nothing is needed", lambda api: api.code("/v1/account/create", {"shortId": None})),
    (301, "missing", lambda api: api.code("/v2/meeting/get", {})),
    (301, "null", lambda api: api.code("/v2/meeting/get", {"meetingUniqueId": None})),
    (301, "empty", lambda api: api.code("/v1/account/getByImAccid", {"imAccid": ""})),
    (301, "empty subject", lambda api: create(api, subject="")),
    (301, "no start", lambda api: create(api, type=3)),
    (301, "inside of settings", lambda api: create(api, settings={"controls": [{"state": 1}]})),
    (302, "no client type", lambda api: with_headers(api, clientType="")),
    (302, "no device", lambda api: with_headers(api, deviceId="")),
    (303, "not UTF-8", lambda api: int(api.send("/v2/meeting/list", b'{"meetingId":"\xff"}')["code"])),
    (401, "wrong secret", lambda api: api.code("/v2/meeting/list", {}, signed(api.now(), "wrong"))),
    (1014, "unknown account", lambda api: api.code("/v1/account/getByAccountId", {"accountId": "1"})),
    (1014, "unknown host", lambda api: api.code("/v2/meeting/create", {"host": "1", "type": 1, "subject": "x"})),
    (1014, "unknown owner", lambda api: create(api, owner="1")),
    (1019, "same IM account", lambda api: twice(api, imAccid="alice")),
    (2000, "unknown", lambda api: api.code("/v2/meeting/get", {"meetingUniqueId": 1})),
    (2000, "unknown number", lambda api: api.code("/v2/meeting/deleteByMeetingId", {"meetingId": "1"})),
    (2000, "unknown short id", lambda api: api.code("/v2/meeting/deleteByMeetingShortId", {"shortId": "1000"})),
    (2000, "to join", lambda api: join(api, {"meetingId": "1"})),
    (2000, "recordings", lambda api: api.code("/v2/meeting/record/list", {"meetingUniqueId": 1})),
    (2001, "full", full),
    (2002, "personal room is open", personal_twice),
    (2003, "nickname too long", lambda api: join(api, api.meeting(), nickName="12345678901")),
    (2003, "nickname with a space", lambda api: join(api, api.meeting(), nickName="a b")),
    (2003, "nickname ends in a line break", lambda api: join(api, api.meeting(), nickName="ab\n")),
    (2004, "video", lambda api: join(api, api.meeting(), video=3)),
    (2005, "audio", lambda api: join(api, api.meeting(), audio=0)),
    (2010, "locked", locked),
    (2011, "short id taken", lambda api: twice(api, shortId="1000")),
    (2014, "wrong password", lambda api: join(api, api.meeting(password="1"), password="2")),
    (2017, "subject too long", lambda api: create(api, subject="字" * 31)),
    (2017, "subject of another type", lambda api: create(api, subject=1)),
    (2018, "no password", lambda api: join(api, api.meeting(password="1"))),
    (2021, "ended, to join", lambda api: ended(api, join)),
    (2021, "ended, to edit", lambda api: ended(api, edit)),
    (2023, "type", lambda api: create(api, type=4)),
    (2025, "in progress", lambda api: edit(api, api.meeting())),
    (3001, "client type", lambda api: with_headers(api, clientType="9")),
    (3001, "client type is no number", lambda api: with_headers(api, clientType="web")),
    (200, "the longest subject", lambda api: create(api, subject="字" * 30)),
    (200, "type as the document's table has it", lambda api: create(api, type="1")),
    (200, "unknown fields are ignored", lambda api: create(api, colour="blue")),
    (200, "a shadow fits into a full room", lambda api: full(api, roleType=4)),
    (200, "right password", lambda api: join(api, api.meeting(password="1"), password="1")),
]


@pytest.mark.parametrize(("code", "act"), [pytest.param(code, act, id=f"{code} {why}") for code, why, act in NATURAL])
def test_what_earns_a_code(api: Api, code: int, act: Callable[[Api], int]) -> None:
    assert act(api) == code, api.sandbox.log()[-1]


def test_a_refusal_says_why_in_the_log(api: Api) -> None:
    api.code("/v2/meeting/list", {"pageSize": 0})
    entry = api.sandbox.log()[-1]
    assert (entry["operation"], entry["code"], entry["status"]) == ("meetings.list", 300, 200)
    assert entry["notes"] == ["pageSize is 0, out of range"]
