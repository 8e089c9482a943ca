"""A successful response is never lost for one of its fields, whichever door the call went through."""

from __future__ import annotations

import asyncio
import copy
import json
import logging
import pickle
import traceback
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from netease_meeting import (
    AsyncMeetingClient,
    ControlType,
    Meeting,
    MeetingClient,
    MeetingStatus,
    RecordingFormat,
    errors,
)

from tests.conftest import reply, rude_server

MEETING: dict[str, Any] = {"meetingUniqueId": 7, "meetingId": "123456789", "subject": "周会", "status": 2}
SETTINGS = {"controls": [{"type": "audio", "attendeeOff": 1}], "scene": {"roleTypes": [{"roleType": 1, "maxCount": 3}]}}
FILE: dict[str, Any] = {"filename": "a.mp4", "url": "https://files.example/a.mp4", "type": "mp4", "size": 12}
LEAVE_OUT = object()
PASSWORD = "canary-password"


@pytest.fixture
def warnings(caplog: pytest.LogCaptureFixture) -> Iterator[Callable[[], list[str]]]:
    with caplog.at_level(logging.WARNING, "netease_meeting"):
        yield lambda: [record.getMessage() for record in caplog.records if record.name == "netease_meeting"]


def around(ret: object) -> bytes:
    body = {"code": 200, "requestId": "mc_1", "costTime": "4ms"}
    return reply(json.dumps(body if ret is LEAVE_OUT else {**body, "ret": ret}).encode())


def options(url: str) -> dict[str, Any]:
    return {"app_key": "key", "app_secret": "canary-secret", "base_url": url, "timeout": 10.0}


def synchronous(ret: object, call: Callable[[Any], Any]) -> Any:
    with rude_server(around(ret)) as server, MeetingClient(**options(server.url)) as client:
        return call(client)


def asynchronous(ret: object, call: Callable[[Any], Any]) -> Any:
    async def main(url: str) -> Any:
        async with AsyncMeetingClient(**options(url)) as client:
            return await call(client)

    with rude_server(around(ret)) as server:
        return asyncio.run(main(server.url))


def create(client: Any) -> Any:
    return client.meetings.create(host="h", type=1, subject="s", password=PASSWORD)


def get(client: Any) -> Any:
    return client.meetings.get(meeting_unique_id=7)


def without(name: str) -> dict[str, Any]:
    return {key: value for key, value in MEETING.items() if key != name}


@pytest.mark.parametrize("door", [synchronous, asynchronous])
@pytest.mark.parametrize(
    ("ret", "attribute", "value", "warned"),
    [
        ({**MEETING, "subject": None}, "subject", "", "`ret.subject` is null"),
        (without("subject"), "subject", "", "`ret.subject` is missing"),
        ({**MEETING, "subject": True}, "subject", "", "`ret.subject` is a boolean"),
        ({**MEETING, "subject": ["x"]}, "subject", "", "`ret.subject` is an array"),
        ({**MEETING, "meetingId": {}}, "meeting_id", "", "`ret.meetingId` is an object"),
        ({**MEETING, "startTime": ""}, "start_time", None, "`ret.startTime` is text"),
        ({**MEETING, "startTime": 1.5}, "start_time", None, "`ret.startTime` is a fraction"),
        ({**MEETING, "startTime": 2**63}, "start_time", None, "`ret.startTime` is a number"),
        ({**MEETING, "startTime": None}, "start_time", None, ""),
        ({**MEETING, "startTime": "12"}, "start_time", 12, ""),
        ({**MEETING, "valid": "yes"}, "valid", None, "`ret.valid` is text"),
        ({**MEETING, "shortId": []}, "short_id", None, "`ret.shortId` is an array"),
        ({**MEETING, "settings": ""}, "settings", None, "`ret.settings` is text"),
        ({**MEETING, "settings": []}, "settings", None, "`ret.settings` is an array"),
        ({**MEETING, "settings": "{not json"}, "settings", None, "`ret.settings` is text"),
        ({**MEETING, "status": None}, "status", MeetingStatus(-1), "`ret.status` is null"),
        (without("status"), "status", MeetingStatus(-1), "`ret.status` is missing"),
        ({**MEETING, "status": "open"}, "status", MeetingStatus(-1), "`ret.status` is text"),
        ({**MEETING, "status": {}}, "status", MeetingStatus(-1), "`ret.status` is an object"),
        ({**MEETING, "status": 99}, "status", MeetingStatus(99), ""),
        (json.dumps(MEETING), "subject", "周会", ""),
    ],
)
def test_a_field_that_cannot_be_read_does_not_lose_the_meeting(
    door: Callable[..., Any], ret: object, attribute: str, value: object, warned: str, warnings: Callable[[], list[str]]
) -> None:
    meeting = door(ret, create)
    assert (meeting.meeting_unique_id, getattr(meeting, attribute)) == (7, value)
    assert type(getattr(meeting, attribute)) is type(value)
    lines = warnings()
    assert [f"meetings.create: in the response {warned}" in line for line in lines] == ([True] if warned else [])
    assert pickle.loads(pickle.dumps(meeting)) == meeting


def test_the_member_for_a_value_that_was_not_sent_is_none_that_the_contract_names() -> None:
    status = synchronous({**MEETING, "status": None}, get).status
    assert (type(status), status.is_known, status.name) == (MeetingStatus, False, "UNKNOWN")
    assert status not in {1, 2, 3, 4, 5}
    again = pickle.loads(pickle.dumps(status))
    assert (again, again.name, hash(again)) == (status, status.name, hash(status))
    settings = {"controls": [{"type": None}, {}, {"type": 7}, {"type": "video"}]}
    controls = synchronous({**MEETING, "settings": settings}, get).settings.controls
    assert [control.type for control in controls] == ["", "", "7", "video"]
    assert [type(control.type) for control in controls] == [ControlType] * 4
    assert [control.type.is_known for control in controls] == [False, False, False, True]


@pytest.mark.parametrize(
    "settings",
    [
        SETTINGS,
        json.dumps(SETTINGS),
        {**SETTINGS, "controls": json.dumps(SETTINGS["controls"])},
        {"controls": [None, "x", *SETTINGS["controls"], []], "scene": json.dumps(SETTINGS["scene"])},
        {**SETTINGS, "scene": {"roleTypes": [{"roleType": "1", "maxCount": 3.0}, 5]}},
    ],
)
def test_what_is_inside_settings_is_read_likewise(settings: object) -> None:
    plain = synchronous({**MEETING, "settings": SETTINGS}, get)
    assert synchronous({**MEETING, "settings": settings}, get) == plain


def test_a_flaw_is_logged_once_for_each_client_operation_and_field(warnings: Callable[[], list[str]]) -> None:
    ret = {**MEETING, "subject": None, "settings": {"controls": [{"type": "audio", "state": "canary-value"}] * 3}}
    with rude_server(around(ret)) as server:
        with MeetingClient(**options(server.url)) as client:
            for _ in range(3):
                get(client)
                get(client.with_options(timeout=5))
                get(client.with_raw_response)
            create(client)
        with MeetingClient(**options(server.url)) as client:
            get(client)
    paths = [(line.partition(":")[0], line.split("`")[1]) for line in warnings()]
    once = [("ret.subject"), ("ret.settings.controls[].state")]
    assert paths == [(name, path) for name in ("meetings.get", "meetings.create", "meetings.get") for path in once]
    assert "canary-value" not in "".join(warnings())


PAGE: dict[str, Any] = {"pageIndex": 0, "pageSize": 5, "totalNum": 5, "totalPages": 1}
ROWS = [{**MEETING, "meetingUniqueId": number} for number in range(5)]


async def collected(client: AsyncMeetingClient) -> list[Meeting]:
    return [meeting async for meeting in client.meetings.list()]


def listed(ret: object) -> list[Meeting]:
    """Return the rows of a list, which are the same through all doors."""
    rows: list[Meeting] = synchronous(ret, lambda client: list(client.meetings.list()))
    assert asynchronous(ret, collected) == rows
    return rows


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([*ROWS[:3], None, ROWS[4]], [0, 1, 2, 4]),
        ([*ROWS[:3], "x", [], 5, ROWS[4]], [0, 1, 2, 4]),
        ([*ROWS[:3], {**MEETING, "meetingUniqueId": None}, ROWS[4]], [0, 1, 2, 4]),
        ([*ROWS[:3], without("meetingUniqueId"), ROWS[4]], [0, 1, 2, 4]),
        ([*ROWS[:3], {**MEETING, "meetingUniqueId": "x"}, ROWS[4]], [0, 1, 2, 4]),
        ([*ROWS[:3], {**ROWS[3], "subject": None}, ROWS[4]], [0, 1, 2, 3, 4]),
        ([*ROWS[:3], {**ROWS[3], "meetingUniqueId": "3"}, ROWS[4]], [0, 1, 2, 3, 4]),
        ([*ROWS[:3], {"meetingUniqueId": 3}, ROWS[4]], [0, 1, 2, 3, 4]),
        (json.dumps(ROWS), [0, 1, 2, 3, 4]),
        (None, []),
        ("", []),
        ({}, []),
        (LEAVE_OUT, []),
    ],
)
def test_a_row_that_cannot_be_read_does_not_lose_the_others(rows: object, expected: list[int]) -> None:
    ret = PAGE if rows is LEAVE_OUT else {**PAGE, "list": rows}
    assert [meeting.meeting_unique_id for meeting in listed(ret)] == expected


@pytest.mark.parametrize("ret", [None, LEAVE_OUT, "", [], {}, {"list": None}])
def test_a_list_without_a_page_is_empty(ret: object) -> None:
    assert listed(ret) == []


@pytest.mark.parametrize("name", PAGE)
@pytest.mark.parametrize("total", [None, "x", [], -1.5])
def test_totals_that_cannot_be_read_are_unknown(name: str, total: object) -> None:
    served = [around({**PAGE, "list": ROWS, name: total}), around({**PAGE, "list": []})]
    with rude_server(*served) as server, MeetingClient(**options(server.url)) as client:
        pager = client.meetings.list()
        first = next(pager.pages())
        assert [row.meeting_unique_id for row in first.rows] == [0, 1, 2, 3, 4]
        assert (first.page_index, first.page_size, first.total_num, first.total_pages).count(None) == 1


def test_a_page_whose_rows_cannot_be_read_does_not_end_the_list() -> None:
    totals = {**PAGE, "pageSize": 1, "totalPages": 3}
    served = [around({**totals, "list": [row]}) for row in (ROWS[0], None, ROWS[2])]
    with rude_server(*served) as server, MeetingClient(**options(server.url)) as client:
        assert [meeting.meeting_unique_id for meeting in client.meetings.list()] == [0, 2]
        assert len(server.requests) == 3

    async def main(url: str) -> list[int]:
        async with AsyncMeetingClient(**options(url)) as client:
            return [meeting.meeting_unique_id for meeting in await collected(client)]

    with rude_server(*served) as server:
        assert asyncio.run(main(server.url)) == [0, 2]
    unknown = [around({"list": [row]}) for row in (ROWS[0], None)]
    with rude_server(*unknown) as server, MeetingClient(**options(server.url)) as client:
        assert [meeting.meeting_unique_id for meeting in client.meetings.list()] == [0]
        assert len(server.requests) == 2, "without a total nobody can tell whether there is more"


def test_a_server_that_sends_broken_rows_only_is_not_asked_for_ever() -> None:
    with rude_server(around({**PAGE, "list": [None], "totalPages": 10**9})) as server:
        with MeetingClient(**options(server.url)) as client:
            assert list(client.meetings.list()) == []
        assert len(server.requests) == 101


@pytest.mark.parametrize(
    ("ret", "expected"),
    [
        (None, []),
        (LEAVE_OUT, []),
        ("", []),
        ({}, []),
        ([None, FILE, "x", {**FILE, "url": None}], ["a.mp4"]),
        ([{**FILE, "filename": None}, FILE], ["", "a.mp4"]),
        (json.dumps([FILE]), ["a.mp4"]),
    ],
)
def test_recordings_are_read_likewise(ret: object, expected: list[str]) -> None:
    def files(client: Any) -> Any:
        return client.recordings.list(meeting_unique_id=7)

    assert [file.filename for file in synchronous(ret, files)] == expected
    assert [file.filename for file in asynchronous(ret, files)] == expected


def test_an_unknown_text_of_an_enumeration_survives() -> None:
    (file,) = synchronous([{**FILE, "type": "ogg", "size": "x"}], lambda c: c.recordings.list(meeting_unique_id=7))
    assert (file.type, file.type.is_known, type(file.type), file.size) == ("ogg", False, RecordingFormat, None)


NOTHING_TO_GO_BY = {
    "missing": ({**without("meetingUniqueId"), "password": PASSWORD}, "`ret.meetingUniqueId` is missing"),
    "null": ({**MEETING, "meetingUniqueId": None, "password": PASSWORD}, "`ret.meetingUniqueId` is null"),
    "text": ({**MEETING, "meetingUniqueId": "x", "newToken": "canary-token"}, "`ret.meetingUniqueId` is text"),
    "beyond 64 bits": ({**MEETING, "meetingUniqueId": 2**63}, "`ret.meetingUniqueId` is a number"),
    "ret missing": (LEAVE_OUT, "`ret` is missing or null"),
    "ret null": (None, "`ret` is missing or null"),
    "ret a list": ([MEETING], "`ret` is an array"),
    "ret a list with secrets": ([{"password": PASSWORD, "x": PASSWORD}], "`ret` is an array"),
    "ret a number": (7, "`ret` is a number"),
}


@pytest.mark.parametrize("door", [synchronous, asynchronous])
@pytest.mark.parametrize("name", NOTHING_TO_GO_BY)
@pytest.mark.parametrize(
    ("call", "kind"), [(get, errors.APIResponseError), (create, errors.OutcomeUnknownError)], ids=["get", "create"]
)
def test_a_result_without_its_identifier_is_an_error_that_holds_the_rest(
    door: Callable[..., Any], name: str, call: Callable[[Any], Any], kind: type[errors.MeetingError]
) -> None:
    ret, says = NOTHING_TO_GO_BY[name]
    with pytest.raises(errors.MeetingError) as caught:
        door(ret, call)
    error = caught.value
    assert type(error) is kind
    assert error.operation
    assert f"{error.operation}: the server reported success, but {says} · HTTP 200" in str(error)
    assert (error.code, error.request_id, len(error.attempts)) == (200, "mc_1", 1)
    assert error.hint
    assert error.hint_zh
    assert error.data == (None if ret is LEAVE_OUT else ret)
    assert copy.copy(error).data == copy.deepcopy(error).data == error.data
    pickled = pickle.dumps(error)
    again = pickle.loads(pickled)
    assert repr(again.data) == repr(error.data)
    shown = [
        repr(pickled),
        repr(error),
        str(error),
        repr(vars(error)),
        repr(vars(again)),
        *traceback.format_exception(error),
    ]
    assert "canary" not in "".join(shown)
    if isinstance(error, errors.OutcomeUnknownError):
        assert error.sent == {"host": "h", "type": 1, "password": "***", "subject": "s"}
        assert error.sent_at is not None
    if isinstance(ret, dict):
        assert "123456789" in repr(error.data), "what is not sensitive may be looked at"


def test_a_call_that_may_be_repeated_says_that_the_response_was_odd() -> None:
    """With `imAccid` an account is made once, however often it is asked for; without it, it is not."""
    ret = {"accountToken": "canary-token"}
    with pytest.raises(errors.APIResponseError):
        synchronous(ret, lambda client: client.accounts.create(im_accid="a"))
    with pytest.raises(errors.OutcomeUnknownError) as caught:
        synchronous(ret, lambda client: client.accounts.create())
    assert caught.value.data["accountToken"] == "canary-token"


def test_a_result_without_its_identifier_is_not_asked_for_again() -> None:
    with rude_server(around({})) as server, MeetingClient(**options(server.url)) as client:
        for call in (get, create):
            with pytest.raises(errors.MeetingError):
                call(client)
        assert len(server.requests) == 2


@pytest.mark.parametrize("call", [get, create])
def test_its_raw_response_is_there_all_the_same(call: Callable[[Any], Any]) -> None:
    def check(response: Any) -> None:
        assert (response.status, response.request_id, response.cost_time) == (200, "mc_1", "4ms")
        assert json.loads(response.body)["ret"] == {"meetingId": "1"}
        for _ in range(2):
            with pytest.raises(errors.MeetingError, match="reported success") as caught:
                response.parse()
            assert caught.value is response.error

    check(synchronous({"meetingId": "1"}, lambda client: call(client.with_raw_response)))
    check(asynchronous({"meetingId": "1"}, lambda client: call(client.with_raw_response)))


def test_what_observes_attempts_is_told_of_it() -> None:
    told: list[Any] = []
    with rude_server(around({})) as server:
        client = MeetingClient(**options(server.url), on_attempt=told.append)
        with client, pytest.raises(errors.APIResponseError) as caught:
            get(client)
    assert [(attempt.status, attempt.code, attempt.error) for attempt in told] == [(200, 200, caught.value)]


@pytest.mark.parametrize("status", [None, LEAVE_OUT, "x"])
def test_a_state_that_cannot_be_read_does_not_pass_for_the_one_that_was_wanted(status: object) -> None:
    """A lost cancel, refused when repeated: whether it worked is read from the meeting, which does not say."""
    meeting = without("status") if status is LEAVE_OUT else {**MEETING, "status": status}
    served = [b"", reply(b'{"code":2021,"msg":""}'), around(meeting)]
    with (
        rude_server(*served) as server,
        MeetingClient(**options(server.url)) as client,
        pytest.raises(errors.ConflictError),
    ):
        client.meetings.cancel(meeting_unique_id=7)


@pytest.mark.parametrize("ret", [None, {}, {**MEETING, "meetingUniqueId": None}])
def test_a_meeting_that_cannot_be_read_leaves_the_refusal(ret: object) -> None:
    served = [b"", reply(b'{"code":2021,"msg":""}'), around(ret)]
    with (
        rude_server(*served) as server,
        MeetingClient(**options(server.url)) as client,
        pytest.raises(errors.ConflictError),
    ):
        client.meetings.cancel(meeting_unique_id=7)


def test_rows_that_say_less_are_found() -> None:
    """What a row does not say contradicts nothing; what it says otherwise does."""
    sent: dict[str, Any] = {"subject": "Review #4711", "startTime": 1600782488572}
    rows = [
        {**ROWS[0], **sent},
        {**ROWS[1], **sent, "startTime": None},
        {**ROWS[2], **sent, "startTime": ""},
        {**ROWS[3], **sent, "startTime": 5},
        {**ROWS[4], **sent, "subject": None},
        None,
    ]
    with rude_server(b"", around({**PAGE, "list": rows})) as server, MeetingClient(**options(server.url)) as client:
        with pytest.raises(errors.OutcomeUnknownError) as caught:
            client.meetings.create(host="h", type=3, subject=sent["subject"], start_time=1600782488572)
        found = client.meetings.find_created(caught.value)
    assert [meeting.meeting_unique_id for meeting in found] == [0, 1, 2]


@pytest.mark.parametrize("ret", [None, LEAVE_OUT, {}, [], "x", {"a": None}])
def test_what_post_returns_is_the_answer_as_it_came(ret: object, warnings: Callable[[], list[str]]) -> None:
    expected = None if ret is LEAVE_OUT else ret
    assert synchronous(ret, lambda client: client.post("/v2/new", {})) == expected
    assert asynchronous(ret, lambda client: client.post("/v2/new", {})) == expected
    assert warnings() == []
