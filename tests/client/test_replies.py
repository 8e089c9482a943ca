"""Replies no server should send. Whatever comes, one of our exceptions comes out and names the operation."""

from __future__ import annotations

import asyncio
import gzip
import json
import pickle
from contextlib import suppress
from typing import Any, cast

import pytest
from netease_meeting import AsyncMeetingClient, ControlType, Meeting, MeetingClient, MeetingStatus, errors

from tests.conftest import RudeServer, reply, rude_server

MEETING = {"meetingUniqueId": 7, "meetingId": "123456789", "subject": "周会", "status": 2}
MEETING_JSON = json.dumps(MEETING).encode()
LARGE = json.dumps({**MEETING, "subject": "x" * 20_000}).encode()
"""Larger than the replies that are looked through whole."""


def disguised(subject: str) -> bytes:
    """Return a meeting whose subject is written in numbers of characters."""
    written = "".join(f"\\u{ord(character):04x}" for character in subject)
    return json.dumps({**MEETING, "subject": ""}).replace('"subject": ""', f'"subject": "{written}"').encode()


def client(server: RudeServer) -> MeetingClient:
    return MeetingClient(app_key="key", app_secret="canary-secret", base_url=server.url, max_retries=0, timeout=5)


def get(*answers: bytes) -> Meeting:
    with rude_server(*answers) as server, client(server) as c:
        return c.meetings.get(meeting_unique_id=7)


BLANK = b"\r\n\r\n"
NOT_AN_ENVELOPE = {
    "empty": reply(b""),
    "html": reply(b"<html>Bad gateway</html>", b"502 Bad Gateway", b"text/html"),
    "html with 200": reply(b"<html>hello</html>", content_type=b"text/html"),
    "truncated json": reply(b'{"code":200,"ret":{"meetingUni'),
    "gbk": reply('{"code":200,"msg":"会议"}'.encode("gbk")),
    "utf-16": reply('{"code":200}'.encode("utf-16")),
    "nan": reply(b'{"code":200,"ret":{"meetingUniqueId":NaN}}'),
    "infinity": reply(b'{"code":200,"ret":{"meetingUniqueId":1e400,"meetingId":"1","subject":"","status":1}}'),
    "5000 digits": reply(b'{"code":' + b"9" * 5000 + b"}"),
    "200000 deep": reply(b'{"code":200,"ret":' + b"[" * 200_000 + b"]" * 200_000 + b"}"),
    "an array": reply(b"[1,2]"),
    "null": reply(b"null"),
    "code twice": reply(b'{"code":200,"code":401,"ret":null}'),
    "code twice, once in disguise": reply(b'{"\\u0063ode":401,"code":200,"ret":%b}' % MEETING_JSON),
    "code twice beside a quote in disguise": reply(b'{"code":401,"code":200,"ret":%b}' % disguised('"')),
    "code twice beside two quotes in disguise": reply(b'{"code":401,"code":200,"ret":%b}' % disguised('""')),
    "code twice around a page": reply(b'{"code":401,"ret":%b,"code":200}' % LARGE),
    "code in disguise around a page": reply(b'{"\\u0063ode":401,"ret":%b,"code":200}' % LARGE),
    "ret twice around a page": reply(b'{"code":200,"ret":1,"ret":%b}' % LARGE),
    "a page twice": reply(b'{"code":200,"ret":%b,"ret":%b}' % (LARGE, LARGE)),
    "a page that is not the last ret": reply(b'{"code":200,"ret":%b,"ret":%b}' % (LARGE, MEETING_JSON)),
    "msg twice around a page": reply(b'{"code":200,"msg":"","ret":%b,"msg":""}' % LARGE),
    "ret twice": reply(b'{"code":200,"ret":{},"ret":%b}' % MEETING_JSON),
    "a key of ret twice": reply(b'{"code":200,"ret":{"meetingUniqueId":1,%b}' % MEETING_JSON[1:]),
    "an unknown key twice": reply(b'{"code":200,"x":1,"x":1,"ret":%b}' % MEETING_JSON),
    "a key twice in a refusal": reply(b'{"code":500,"msg":"","msg":""}'),
    "a lone surrogate": reply(b'{"code":200,"ret":{"subject":"\\ud800"}}'),
    "a control character": reply(b'{"code":500,"msg":"a\x01b"}'),
    "a request id of 5000 digits": reply(b'{"code":500,"requestId":' + b"9" * 5000 + b"}"),
    "code missing": reply(b'{"ret":{}}'),
    "code null": reply(b'{"code":null}'),
    "code true": reply(b'{"code":true,"ret":{}}'),
    "code as text": reply(b'{"code":"200","ret":{}}'),
    "code as fraction": reply(b'{"code":200.0,"ret":{}}'),
    "redirect": reply(b"", b"307 Temporary Redirect", b"text/plain", b"Location: http://127.0.0.1:1/"),
    "success within HTTP 300": reply(json.dumps({"code": 200, "ret": MEETING}).encode(), b"300 Multiple Choices"),
    "success within HTTP 400": reply(json.dumps({"code": 200, "ret": MEETING}).encode(), b"400 Bad Request"),
    "success within HTTP 500": reply(json.dumps({"code": 200, "ret": MEETING}).encode(), b"500 Oops"),
}


@pytest.mark.case(41, 42, 43, 44, 45, 46, 47, 48, 52, 60, 61, 62, 63, 69)
@pytest.mark.parametrize("answer", NOT_AN_ENVELOPE.values(), ids=NOT_AN_ENVELOPE)
def test_what_is_no_envelope_is_a_response_error(answer: bytes) -> None:
    with pytest.raises(errors.APIResponseError) as caught:
        get(answer)
    error = caught.value
    assert error.operation == "meetings.get"
    assert error.status == int(answer.split(b" ", 2)[1])
    kind = answer.partition(b"Content-Type: ")[2].partition(b"\r\n")[0].decode()
    assert str(error).endswith(f"HTTP {error.status} · {kind} · {len(answer.partition(BLANK)[2])} bytes")
    assert ("is empty" in str(error)) == (answer == reply(b""))
    assert error.hint
    assert error.hint_zh
    assert "meetings.get" in str(error)
    assert "canary-secret" not in repr(error) + str(error)
    assert str(pickle.loads(pickle.dumps(error))) == str(error)


@pytest.mark.case(45)
@pytest.mark.parametrize("depth", [100, 500, 900, 950, 1000, 1020, 1024, 1100, 2000])
@pytest.mark.parametrize(("opening", "closing"), [(b"[", b"]"), (b'{"a":', b"}")], ids=["arrays", "objects"])
def test_nesting_of_any_depth_is_read_or_refused(depth: int, opening: bytes, closing: bytes) -> None:
    """Two decoders look at an answer, and each has a depth of its own that it does not take."""
    deep = opening * depth + (b"" if opening == b"[" else b"1") + closing * depth
    for body in (
        b'{"code":200, "x":%b,"ret":%b}' % (deep, MEETING_JSON),
        b'{"code":510, "x":%b}' % deep,
    ):
        with suppress(errors.APIResponseError, errors.RateLimitError):
            assert get(reply(body)).subject == "周会"


@pytest.mark.case(36, 37, 49, 50, 59)
@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(b"", id="closed without an answer"),
        pytest.param(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\nConnection: close\r\n\r\n{}", id="cut off"),
        pytest.param(b"rubbish\r\n\r\n", id="no status line"),
        pytest.param(reply(b"x", b"200 OK", b"application/json", b"Content-Encoding: gzip"), id="not gzip"),
        pytest.param(
            reply(gzip.compress(b'{"code":200}')[:-9], b"200 OK", b"application/json", b"Content-Encoding: gzip"),
            id="cut gzip",
        ),
        pytest.param(
            reply(b"not compressed at all", b"200 OK", b"application/json", b"Content-Encoding: gzip"), id="plain gzip"
        ),
        pytest.param(reply(b"x", b"200 OK", b"application/json", b"Content-Encoding: br"), id="unasked encoding"),
        pytest.param(
            reply(gzip.compress(b" " * 50_000_000, 1), b"200 OK", b"application/json", b"Content-Encoding: gzip"),
            id="gzip bomb",
        ),
        pytest.param(reply(b" " * 9_000_000), id="too large"),
    ],
)
def test_a_broken_answer_is_a_connection_error(answer: bytes) -> None:
    with pytest.raises(errors.APIConnectionError) as caught:
        get(answer)
    assert caught.value.operation == "meetings.get"
    assert not isinstance(caught.value, errors.OutcomeUnknownError), "a read can always be repeated"


@pytest.mark.case(36)
def test_a_lost_answer_to_a_write_is_an_unknown_outcome() -> None:
    with rude_server(b"") as server, client(server) as c, pytest.raises(errors.OutcomeUnknownError) as caught:
        c.meetings.create(host="a", type=1, subject="b")
    assert len(server.requests) == 1
    assert caught.value.sent_at is not None
    assert isinstance(caught.value, errors.APIConnectionError)


@pytest.mark.case(33)
def test_nobody_listening_is_a_connection_error_with_a_reason() -> None:
    with rude_server(b"") as server:
        url = server.url
    with (
        MeetingClient(app_key="k", app_secret="s", base_url=url, max_retries=0) as c,
        pytest.raises(errors.APIConnectionError) as caught,
    ):
        c.meetings.create(host="a", type=1, subject="b")
    assert not isinstance(caught.value, errors.OutcomeUnknownError)
    assert "refused" in str(caught.value)


@pytest.mark.case(68, 70, 71)
@pytest.mark.parametrize(
    ("ret", "name", "value"),
    [
        ({"meetingId": 216406206}, "meeting_id", "216406206"),
        ({"meetingUniqueId": "1234567890123"}, "meeting_unique_id", 1234567890123),
        ({"password": None}, "password", None),
        ({"settings": None}, "settings", None),
        ({"status": 9}, "status", 9),
        ({"valid": 1}, "valid", True),
        ({"meetingUniqueId": 7.0}, "meeting_unique_id", 7),
        ({"settings": {"controls": [{"type": "audio", "state": "1"}]}, "status": "2"}, "status", 2),
        ({"meetingUniqueId": 2**63 - 1}, "meeting_unique_id", 2**63 - 1),
    ],
)
def test_sloppy_values_are_mended(ret: dict[str, object], name: str, value: object) -> None:
    meeting = get(reply(json.dumps({"code": 200, "ret": {**MEETING, **ret}}).encode()))
    assert getattr(meeting, name) == value


@pytest.mark.case(66, 67)
def test_unknown_status_survives_with_its_number() -> None:
    meeting = get(reply(json.dumps({"code": 200, "ret": {**MEETING, "status": 9, "shiny": {"new": 1}}}).encode()))
    status = meeting.status
    assert status == 9
    assert status.name == "UNKNOWN_9"
    assert not status.is_known
    assert pickle.loads(pickle.dumps(status)) == 9
    assert MeetingStatus(2).is_known
    assert str(MeetingStatus(2)) == "2"
    assert MeetingStatus(-9).name == "UNKNOWN_MINUS_9"
    with pytest.raises(ValueError, match="'open' is not a valid MeetingStatus"):
        MeetingStatus(cast(Any, "open"))


@pytest.mark.case(66)
def test_unknown_texts_survive_too() -> None:
    kind = ControlType("hologram")
    assert (kind, kind.name, kind.is_known, str(kind)) == ("hologram", "UNKNOWN", False, "hologram")
    assert ControlType.AUDIO.is_known
    with pytest.raises(ValueError, match="5 is not a valid ControlType"):
        ControlType(cast(Any, 5))


def test_void_calls_need_no_ret() -> None:
    for body in (b'{"code":200}', b'{"code":200,"ret":null}', b'{"code":200,"ret":{}}', b'\xef\xbb\xbf{"code":200}'):
        with rude_server(reply(body)) as server, client(server) as c:
            c.meetings.cancel(meeting_unique_id=7)
            assert len(server.requests) == 1


@pytest.mark.case(64, 73, 75)
def test_failures_come_with_any_http_status() -> None:
    body = json.dumps({"code": 2010, "msg": "会议被锁定\x1b[2J", "requestId": "mc_1", "ret": "junk"}).encode()
    for status in (b"200 OK", b"400 Bad Request", b"599 Odd"):
        with pytest.raises(errors.ConflictError) as caught:
            get(reply(body, status))
        error = caught.value
        assert (error.code, error.request_id, error.operation) == (
            errors.ErrorCode.MEETING_LOCKED,
            "mc_1",
            "meetings.get",
        )
        assert error.hint == "Ask the host to unlock the meeting, then join again."
        assert error.hint_zh == "请主持人解除锁定后再加入。"
        assert "\x1b" not in str(error)
        copy = pickle.loads(pickle.dumps(error))
        assert (copy.code, copy.hint, str(copy), type(copy)) == (error.code, error.hint, str(error), type(error))


@pytest.mark.case(65, 73)
def test_an_unknown_code_is_a_general_api_error() -> None:
    with pytest.raises(errors.APIError) as caught:
        get(reply(b'{"code":9999,"msg":"new"}'))
    assert type(caught.value) is errors.APIError
    assert (caught.value.code, caught.value.msg) == (9999, "new")
    assert "does not know the code" in caught.value.hint
    assert "没有该错误码" in caught.value.hint_zh
    with pytest.raises(errors.APIError, match=r"^\[9998\] no message · meetings\.get$") as silent:
        get(reply(b'{"code":9998}'))
    assert silent.value.msg == ""


@pytest.mark.case(65, 70)
@pytest.mark.parametrize(
    ("sent", "read"), [("r1", "r1"), (7, "7"), (1.5, "1.5"), (None, None), (True, None), ({}, None), (["r1"], None)]
)
def test_what_surrounds_a_result_is_text_or_a_number(sent: object, read: str | None) -> None:
    around = {"requestId": sent, "costTime": sent}
    with pytest.raises(errors.APIError) as caught:
        get(reply(json.dumps({"code": 9999, "msg": sent, **around}).encode()))
    assert (caught.value.request_id, caught.value.msg) == (read, read or "")
    with (
        rude_server(reply(json.dumps({"code": 200, "ret": MEETING, **around}).encode())) as server,
        client(server) as c,
    ):
        raw = c.with_raw_response.meetings.get(meeting_unique_id=7)
    assert (raw.request_id, raw.cost_time) == (read, read)


@pytest.mark.case(42, 61, 62)
@pytest.mark.parametrize(
    ("sent", "name"),
    [
        ([], "an array"),
        ("x", "text"),
        (True, "a boolean"),
        (1.5, "a fraction"),
        (1, "a number"),
        (None, "null"),
    ],
)
def test_what_stands_in_the_place_of_an_envelope_is_named(sent: object, name: str) -> None:
    with pytest.raises(errors.APIResponseError, match=f"the answer is JSON, but {name} instead of an object ·"):
        get(reply(json.dumps(sent).encode()))
    if sent != 1:
        with pytest.raises(errors.APIResponseError, match=f"the answer is an object whose `code` is {name} ·"):
            get(reply(json.dumps({"code": sent}).encode()))


@pytest.mark.case(60, 64)
@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (reply(b"", b"204 No Content"), "empty"),
        (reply(b"{", b"502 Bad Gateway"), "not JSON (Input data was truncated)"),
        (reply(b"", b"300 Multiple Choices"), "a redirect to ?, which is never followed"),
        (
            reply(b"", b"399 Odd", b"text/plain", b"Location: /" + b"x" * 300),
            f"a redirect to /{'x' * 199}…, which is never followed",
        ),
        (reply(b'{"code":200,"ret":{}}', b"400 Bad Request"), "HTTP 400 around `code`: 200"),
        (reply(b"{}"), "an object whose `code` is missing"),
        (reply(b'{"code":1,"code":1}'), "an object that names one key twice"),
    ],
    ids=range(7),
)
def test_what_is_wrong_with_an_answer_is_told(answer: bytes, says: str) -> None:
    with pytest.raises(errors.APIResponseError) as caught:
        get(answer)
    assert str(caught.value).startswith(f"meetings.get: the answer is {says} · HTTP ")


@pytest.mark.case(64, 73)
@pytest.mark.parametrize(
    ("status", "request_id", "shown"),
    [
        (b"200 OK", None, ""),
        (b"200 OK", "mc_1", " · request mc_1"),
        (b"409 Conflict", "x" * 101, f" · HTTP 409 · request {'x' * 100}…"),
        (b"201 Created", "\x1b[2J", r" · HTTP 201 · request \x1b[2J"),
    ],
)
def test_a_refusal_tells_all_that_helps(status: bytes, request_id: str | None, shown: str) -> None:
    with pytest.raises(errors.ConflictError) as caught:
        get(reply(json.dumps({"code": 2010, "msg": "锁", "requestId": request_id}).encode(), status))
    error = caught.value
    assert str(error) == f"[2010] 锁 · meetings.get{shown} · {error.hint}"


@pytest.mark.case(47)
@pytest.mark.parametrize("larger", [0, 1])
def test_up_to_16_kib_every_object_of_an_answer_is_looked_at(larger: int) -> None:
    rows = b'[{"meetingUniqueId":1,%b]' % MEETING_JSON[1:]
    page = b'{"code":200,"ret":{"list":%b,"pageIndex":0,"pageSize":1,"totalNum":1,"totalPages":1}}' % rows
    body = page + b" " * (16 * 1024 - len(page) + larger)
    with rude_server(reply(body)) as server, client(server) as c:
        if larger:
            assert [meeting.meeting_unique_id for meeting in c.meetings.list()] == [7]
        else:
            with pytest.raises(errors.APIResponseError, match="names one key twice"):
                list(c.meetings.list())


@pytest.mark.case(49)
def test_answers_may_be_compressed() -> None:
    body = gzip.compress(json.dumps({"code": 200, "ret": MEETING}).encode())
    meeting = get(reply(body, b"200 OK", b"application/json", b"Content-Encoding: gzip"))
    assert meeting.subject == "周会"


def test_the_asynchronous_client_meets_the_same_replies() -> None:
    async def main() -> None:
        for answer in NOT_AN_ENVELOPE.values():
            with rude_server(answer) as server:
                async with AsyncMeetingClient(app_key="k", app_secret="s", base_url=server.url, max_retries=0) as c:
                    with pytest.raises(errors.APIResponseError):
                        await c.meetings.get(meeting_unique_id=7)
        with rude_server(b"") as server:
            async with AsyncMeetingClient(app_key="k", app_secret="s", base_url=server.url, max_retries=0) as c:
                with pytest.raises(errors.OutcomeUnknownError):
                    await c.meetings.create(host="a", type=1, subject="b")

    asyncio.run(main())


@pytest.mark.case(72, 74, 76)
def test_odd_places_and_values_come_through() -> None:
    """A `code` inside `ret` is not the envelope's, costs carry their unit, and an end of -1 is none."""
    inner = {"code": 500, "msg": "inner", "meetingUniqueId": 7, "meetingId": "1", "accountId": "a"}
    join = {**inner, "meetingKey": "", "avRoomCid": "1", "avRoomCName": "c", "avRoomUid": 1, "avRoomCheckSum": "s"}
    body = json.dumps({"ret": {**join, **MEETING, "endTime": -1}, "costTime": "406ms", "code": 200}).encode()
    with rude_server(reply(body)) as server, client(server) as c:
        raw = c.with_raw_response.meetings.get(meeting_unique_id=7)
        assert raw.cost_time == "406ms"
        assert raw.parse().end_time == -1
        assert raw.parse().end_at is None


def pages(*served: dict[str, object]) -> list[bytes]:
    common = {"pageSize": 2, "totalNum": 99}
    return [reply(json.dumps({"code": 200, "ret": {**common, **page}}).encode()) for page in served]


@pytest.mark.case(77)
def test_lying_totals_end_a_list_where_its_rows_end() -> None:
    rows = [{**MEETING, "meetingUniqueId": number} for number in range(3)]
    served = pages(
        {"list": rows[:2], "pageIndex": 0, "totalPages": 50},
        {"list": rows[2:], "pageIndex": 1, "totalPages": 50},
        {"list": [], "pageIndex": 2, "totalPages": 50},
    )
    with rude_server(*served) as server, client(server) as c:
        assert [meeting.meeting_unique_id for meeting in c.meetings.list(page_size=2)] == [0, 1, 2]
        assert [json.loads(request.partition(b"\r\n\r\n")[2])["pageIndex"] for request in server.requests] == [0, 1, 2]
    short = pages({"list": rows[:2], "pageIndex": 0, "totalPages": 1})
    with rude_server(*short) as server, client(server) as c:
        assert len(list(c.meetings.list())) == 2
        assert len(server.requests) == 1


def test_a_server_that_repeats_a_page_is_not_asked_for_ever() -> None:
    rows = [{**MEETING, "meetingUniqueId": number} for number in range(2)]
    same = {"list": rows, "pageIndex": 0, "totalPages": 10**9}
    with rude_server(*pages(same, same)) as server, client(server) as c:
        assert [meeting.meeting_unique_id for meeting in c.meetings.list()] == [0, 1]

    async def main(url: str) -> None:
        async with AsyncMeetingClient(app_key="key", app_secret="s", base_url=url) as c:
            assert [meeting.meeting_unique_id async for meeting in c.meetings.list()] == [0, 1]

    with rude_server(*pages(same, same)) as server:
        asyncio.run(main(server.url))


@pytest.mark.case(77)
def test_an_error_in_the_middle_of_a_list_leaves_the_rows_before_it() -> None:
    first = pages({"list": [MEETING], "pageIndex": 0, "totalPages": 2})
    with rude_server(*first, reply(b'{"code":402,"msg":""}')) as server, client(server) as c:
        rows = iter(c.meetings.list())
        assert next(rows).meeting_unique_id == 7
        with pytest.raises(errors.APIError):
            next(rows)
