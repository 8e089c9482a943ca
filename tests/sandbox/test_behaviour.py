"""Accounts, meetings, lists and joining: what the API does beyond refusing."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from typing import Any

import pytest
from netease_meeting.sandbox import Sandbox
from netease_meeting.sandbox.document import shipped

from .conftest import HOUR, JOIN, Api, FrozenTime

GUEST = {"nickName": "guest1", "video": 1, "audio": 1}


def test_an_account_from_its_creation_to_the_end_of_its_short_number(api: Api) -> None:
    made = api.account(imAccid="alice", imToken="t0", shortId="1000")
    assert (made["accountToken"], made["shortId"]) == ("t0", "1000")
    assert len(str(made["personalMeetingId"])) == 10
    by_id = {"accountId": made["accountId"]}
    assert api.ok("/v1/account/getByImAccid", {"imAccid": "alice"}) == made
    api.ok("/v1/account/updateToken", {**by_id, "accountToken": "t1"})
    api.ok("/v1/account/updateShortId", {**by_id, "shortId": "2000"})
    changed = api.ok("/v1/account/getByAccountId", by_id)
    assert changed == {**made, "accountToken": "t1", "shortId": "2000"}
    api.ok("/v1/account/updateShortId", by_id)
    assert "shortId" not in api.ok("/v1/account/getByAccountId", by_id), "left out, it is cleared"
    api.account(shortId="2000")  # and somebody else may have it
    assert api.code("/v1/account/updateShortId", {**by_id, "shortId": "2000"}) == 2011


def test_numbers_have_9_digits_and_are_unique_while_alive_and_used_again(api: Api) -> None:
    host = api.account()["accountId"]
    meetings = [api.meeting(host=host) for _ in range(200)]
    numbers = [meeting["meetingId"] for meeting in meetings]
    assert len(set(numbers)) == 200
    assert {len(number) for number in numbers} == {9}
    assert len({meeting["meetingUniqueId"] for meeting in meetings}) == 200
    first = meetings[0]
    api.ok("/v2/meeting/deleteByMeetingId", {"meetingId": first["meetingId"]})
    again = api.meeting(host=host)
    assert again["meetingId"] == first["meetingId"]
    assert again["meetingUniqueId"] != first["meetingUniqueId"]
    api.ok("/v2/meeting/deleteByMeetingId", {"meetingId": again["meetingId"]})
    assert api.status(again) == 5


def test_a_personal_room_keeps_its_number_and_can_be_ended_by_the_short_one(api: Api) -> None:
    account = api.account(shortId="1000")
    host = account["accountId"]
    first = api.meeting(host=host, type=2)
    assert (first["meetingId"], first["shortId"]) == (str(account["personalMeetingId"]), "1000")
    api.ok("/v1/account/updateShortId", {"accountId": host, "shortId": "2000"})
    assert api.code("/v2/meeting/deleteByMeetingShortId", {"shortId": "1000"}) == 2000
    api.ok("/v2/meeting/deleteByMeetingShortId", {"shortId": "2000"})
    assert api.code("/v2/meeting/deleteByMeetingShortId", {"shortId": "2000"}) == 2021
    second = api.meeting(host=host, type=2)
    assert second["meetingId"] == first["meetingId"]
    assert api.meeting(host=host)["meetingId"] != first["meetingId"], "a personal number is never given to others"


def test_an_edit_changes_what_it_names_and_nothing_else(api: Api) -> None:
    settings = {"controls": [{"type": "audio", "state": 1}]}
    meeting = api.scheduled(password="1", settings=settings)
    by_id = {"meetingUniqueId": meeting["meetingUniqueId"]}
    api.ok("/v2/meeting/edit", {**by_id, "subject": "新"})
    facts = {**api.ok("/v2/meeting/get", by_id)}
    assert facts.pop("valid") is True
    assert facts.pop("avRoomCid")
    assert facts == {**meeting, "subject": "新"}
    api.ok("/v2/meeting/edit", {**by_id, "subject": "新", "password": "", "settings": {}})
    facts = api.ok("/v2/meeting/get", by_id)
    assert (facts["password"], facts.get("settings")) == ("", None)
    api.ok("/v2/meeting/cancel", by_id)
    assert api.ok("/v2/meeting/get", by_id)["valid"] is False


@pytest.mark.parametrize("operation", ["edit", "cancel"])
def test_only_a_scheduled_meeting_that_has_not_started_can_be_changed(api: Api, operation: str) -> None:
    def attempt(meeting: Any) -> int:
        body = {"meetingUniqueId": meeting["meetingUniqueId"], "subject": "y"}
        return api.code(f"/v2/meeting/{operation}", body)

    running = api.scheduled(0)
    api.sandbox.join(running["meetingUniqueId"], "a", "phone")
    assert [attempt(api.meeting()), attempt(running)] == [2025, 2025]
    api.sandbox.leave(running["meetingUniqueId"], "a", "phone")
    assert attempt(running) == 2025, "it has ended"
    assert attempt(api.scheduled()) == 200


def test_what_an_anonymous_member_gets(api: Api) -> None:
    settings = {"controls": [{"type": "audio", "state": 1}]}
    meeting = api.meeting(settings=settings)
    api.sandbox.join(meeting["meetingUniqueId"], "a", "phone")
    api.sandbox.advance(90)
    info = api.ok(JOIN, {"meetingId": meeting["meetingId"], **GUEST, "roleType": 4})
    assert (info["meetingUniqueId"], info["duration"], info["audioAllMute"]) == (meeting["meetingUniqueId"], 90, 1)
    documented = shipped().fields(shipped().schemas["AnonymousJoinInfo"])
    assert {field.name for field in documented} == set(info)
    again = api.ok(JOIN, {"meetingId": meeting["meetingId"], **GUEST})
    assert again["accountId"] != info["accountId"], "every call takes an account"


def test_a_scheduled_meeting_that_has_ended_can_be_joined_again(api: Api) -> None:
    meeting = api.scheduled(0)
    api.sandbox.join(meeting["meetingUniqueId"], "a", "phone")
    api.sandbox.leave(meeting["meetingUniqueId"], "a", "phone")
    assert api.status(meeting) == 3
    assert api.code(JOIN, {"meetingId": meeting["meetingId"], **GUEST}) == 200


def test_the_control_plane_keeps_to_locks_and_limits_too(api: Api) -> None:
    settings = {"scene": {"roleTypes": [{"roleType": 1, "maxCount": 1}]}}
    host = api.account()["accountId"]
    number = api.meeting(host=host, settings=settings)["meetingUniqueId"]
    api.sandbox.join(number, "a", "phone")
    with pytest.raises(ValueError, match="full"):
        api.sandbox.join(number, "b", "phone")
    api.sandbox.join(number, host, "phone")
    api.sandbox.leave(number, "a", "phone")
    api.sandbox.lock(number)
    with pytest.raises(ValueError, match="locked"):
        api.sandbox.join(number, "b", "phone")
    api.sandbox.lock(number, False)
    api.sandbox.join(number, "b", "phone")


def test_recordings_are_listed_as_they_were_told(api: Api) -> None:
    meeting = api.meeting()
    made = api.sandbox.record(meeting["meetingUniqueId"])
    mine = api.sandbox.record(meeting["meetingUniqueId"], {"filename": "mine.aac", "type": "aac"})
    assert mine["filename"] == "mine.aac"
    files = api.ok("/v2/meeting/record/list", {"meetingUniqueId": meeting["meetingUniqueId"]})
    assert files == [made, mine]
    assert [file["pieceIndex"] for file in files] == [0, 1]
    told = [one["body"]["msgBody"]["fileInfo"] for one in api.sandbox.state()["callbacks"]]
    assert told == files


# -- the list, against a plain reading of its filters


@pytest.fixture
def many(api: Api) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    for index in range(23):
        type_ = 1 + index % 3
        row = api.scheduled((index % 5 - 2) * HOUR, 5 * HOUR) if type_ == 3 else api.meeting(type=type_)
        if type_ == 3 and index % 2:
            api.sandbox.join(row["meetingUniqueId"], "a", "phone")
            if index % 4 == 1:
                api.sandbox.leave(row["meetingUniqueId"], "a", "phone")
        if index in (3, 9):
            api.ok("/v2/meeting/deleteByMeetingUniqueId", {"meetingUniqueId": row["meetingUniqueId"]})
        begins = row.get("startTime", api.now.millis)
        rows.append({"begins": begins, "type": type_, **row, "status": api.status(row)})
    return rows


FILTERS: dict[str, list[Any]] = {
    "type": [None, 1, 3],
    "statusList": [None, [1], [2, 3], [1, 2, 3, 4, 5], []],
    "minStartTime": [None, 0, HOUR],
    "maxStartTime": [None, -1, HOUR],
}


def test_every_filter_alone_and_together(api: Api, many: list[dict[str, Any]]) -> None:
    seen: set[int] = set()
    for values in itertools.product(*FILTERS.values()):
        wish = {key: value for key, value in zip(FILTERS, values, strict=True) if value is not None}
        for key in ("minStartTime", "maxStartTime"):
            if key in wish:
                wish[key] += api.now.millis
        expected = [
            row["meetingUniqueId"]
            for row in sorted(many, key=lambda row: (row["begins"], row["meetingUniqueId"]))
            if row["status"] in (1, 2, 3)
            and wish.get("type", row["type"]) == row["type"]
            and row["status"] in wish.get("statusList", [1, 2, 3])
            and wish.get("minStartTime", row["begins"]) <= row["begins"] <= wish.get("maxStartTime", row["begins"])
        ]
        for size in (1, 4, 100):
            found: list[int] = []
            for index in itertools.count():
                page = api.ok("/v2/meeting/list", {**wish, "pageSize": size, "pageIndex": index})
                assert (page["pageIndex"], page["pageSize"], page["totalNum"]) == (index, size, len(expected)), wish
                assert page["totalPages"] == -(-len(expected) // size)
                found += [row["meetingUniqueId"] for row in page["list"]]
                if not page["list"]:
                    break
            assert found == expected, wish
        seen.add(len(expected))
    assert len(seen) > 8, "the filters tell meetings apart"


def test_one_meeting_can_be_asked_for_by_name(api: Api, many: list[dict[str, Any]]) -> None:
    alive, gone = many[0], many[3]

    def found(**wish: Any) -> list[int]:
        page = api.ok("/v2/meeting/list", wish)
        assert page["totalNum"] == len(page["list"])
        return [row["meetingUniqueId"] for row in page["list"]]

    unique_id, number = alive["meetingUniqueId"], alive["meetingId"]
    assert found(meetingUniqueId=unique_id) == found(meetingId=number) == [unique_id]
    assert found(meetingUniqueId=unique_id, meetingId=number, type=alive["type"]) == [unique_id]
    assert found(meetingUniqueId=unique_id, meetingId="1") == found(meetingUniqueId=1, meetingId=number) == []
    assert found(meetingUniqueId=unique_id, type=3) == found(meetingUniqueId=gone["meetingUniqueId"]) == []
    assert found(meetingUniqueId=unique_id, statusList=[4]) == []


def test_the_default_page_is_the_first_twenty(api: Api, many: list[dict[str, Any]]) -> None:
    page = api.ok("/v2/meeting/list", {})
    assert (page["pageIndex"], page["pageSize"], len(page["list"])) == (0, 20, 20)


# -- options


def test_meetings_that_are_over_can_be_forgotten(now: FrozenTime) -> None:
    api = Api(Sandbox(now=now, forget_ended=True), now)
    meeting = api.meeting()
    body = {"meetingUniqueId": meeting["meetingUniqueId"]}
    api.ok("/v2/meeting/deleteByMeetingUniqueId", body)
    for path in ("/v2/meeting/get", "/v2/meeting/deleteByMeetingUniqueId", "/v2/meeting/record/list"):
        assert api.code(path, body) == 2000
    assert api.code("/v2/meeting/edit", {**body, "subject": "x"}) == 2000
    assert api.code(JOIN, {"meetingId": meeting["meetingId"], **GUEST}) == 2000


def story(seed: int) -> list[Any]:
    now = FrozenTime()
    api = Api(Sandbox(seed=seed, now=now), now)
    meeting = api.scheduled(host=api.account()["accountId"])
    api.sandbox.join(meeting["meetingUniqueId"], "a", "phone")
    api.sandbox.record(meeting["meetingUniqueId"])
    joined = api.ok(JOIN, {"meetingId": meeting["meetingId"], **GUEST})
    sent: list[Any] = []

    def receive(body: bytes, headers: Mapping[str, str]) -> int:
        sent.append((body, dict(headers)))
        return 200

    api.sandbox.set_callback(receive)
    api.ok("/v2/meeting/deleteByMeetingId", {"meetingId": meeting["meetingId"], "recycle": True})
    return [joined, sent, api.sandbox.state()]


def test_a_seed_makes_everything_repeatable() -> None:
    assert story(7) == story(7)
    assert story(7)[0] != story(8)[0]


def test_a_reset_forgets_all_but_the_receiver(api: Api) -> None:
    api.sandbox.set_callback(lambda body, headers: 200, duplicate=True)
    api.meeting()
    api.sandbox.add_fault({"code": 510, "times": 9})
    api.sandbox.advance(100)
    before = api.sandbox.state()
    api.sandbox.reset()
    state = api.sandbox.state()
    assert state["callback"] == before["callback"] == {**before["callback"], "url": "(a function)", "duplicate": True}
    assert (state["accounts"], state["meetings"], state["callbacks"], state["faults"]) == ([], [], [], [])
    assert state["clock"] == api.now()
    assert api.sandbox.log() == []
    assert api.code("/v2/meeting/list", {}) == 200
