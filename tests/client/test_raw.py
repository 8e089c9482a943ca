"""``with_raw_response``: every operation, both clients, with the types and arguments of the plain methods."""

from __future__ import annotations

import asyncio
import inspect
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from netease_meeting import (
    Account,
    AnonymousJoinInfo,
    AsyncMeetingClient,
    Meeting,
    MeetingClient,
    RawResponse,
    errors,
)
from netease_meeting.models import MeetingPage

from tests.conftest import ROOT, RudeServer, reply, rude_server

MEETING = {"meetingUniqueId": 7, "meetingId": "123456789", "subject": "周会", "status": 2}
RESULT = {**MEETING, "accountId": "a", "list": [MEETING]}
CALLS: dict[str, tuple[dict[str, Any], Any]] = {
    "accounts.create": ({}, Account),
    "accounts.get_by_im_accid": ({"im_accid": "a"}, Account),
    "accounts.get_by_account_id": ({"account_id": "a"}, Account),
    "accounts.update_token": ({"account_id": "a", "account_token": "t"}, None),
    "accounts.update_short_id": ({"account_id": "a"}, None),
    "meetings.create": ({"host": "h", "type": 1, "subject": "s"}, Meeting),
    "meetings.get": ({"meeting_unique_id": 7}, Meeting),
    "meetings.edit": ({"meeting_unique_id": 7, "subject": "s"}, None),
    "meetings.cancel": ({"meeting_unique_id": 7}, None),
    "meetings.anonymous_join_info": (
        {"meeting_id": "1", "nick_name": "n", "video": 1, "audio": 1, "client_type": 6, "device_id": "d"},
        AnonymousJoinInfo,
    ),
    "meetings.end_by_meeting_unique_id": ({"meeting_unique_id": 7}, None),
    "meetings.end_by_meeting_id": ({"meeting_id": "123456789"}, None),
    "meetings.end_by_short_id": ({"short_id": "1234"}, None),
    "meetings.list": ({}, MeetingPage),
    "recordings.list": ({"meeting_unique_id": 7}, list),
}


def operations() -> set[str]:
    paths = json.loads((ROOT / "generated/netease_meeting/openapi.json").read_text("utf-8"))["paths"].values()
    return {f"{item['post']['x-sdk']['resource']}.{item['post']['x-sdk']['method']}" for item in paths}


def around(name: str, ret: object = RESULT) -> bytes:
    body: dict[str, Any] = {"code": 200, "requestId": "mc_1", "costTime": "4ms"}
    if name == "recordings.list":
        ret = [{"filename": "a", "url": "u"}]
    return reply(json.dumps(body if CALLS[name][1] is None else {**body, "ret": ret}).encode())


def options(server: RudeServer) -> dict[str, Any]:
    return {"app_key": "key", "app_secret": "secret", "base_url": server.url, "max_retries": 0}


def method(client: Any, name: str) -> Any:
    resource, _, attribute = name.partition(".")
    return getattr(getattr(client, resource), attribute)


def test_all_operations_are_tried() -> None:
    assert set(CALLS) == operations()


@pytest.fixture(params=CALLS)
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def check(name: str, response: Any) -> None:
    assert type(response) is RawResponse
    assert (response.status, response.request_id, response.cost_time) == (200, "mc_1", "4ms")
    assert ("Content-Type", "application/json;charset=utf-8") in response.headers
    assert json.loads(response.body)["code"] == 200
    assert (response.error, response.left_out) == (None, False)
    kind = CALLS[name][1]
    assert response.parse() is None if kind is None else type(response.parse()) is kind


def test_every_operation_returns_the_response_and_its_plain_method_what_that_parses(name: str) -> None:
    with rude_server(around(name)) as server, MeetingClient(**options(server)) as client:
        response = method(client.with_raw_response, name)(**CALLS[name][0])
        check(name, response)
        plain = method(client, name)(**CALLS[name][0])
        assert list(plain) == response.parse().rows if name == "meetings.list" else plain == response.parse()
        bodies = {request.partition(b"\r\n\r\n")[2] for request in server.requests}
        assert len(bodies) == 1 or name == "meetings.list"


def test_the_same_asynchronously(name: str) -> None:
    async def main(server: RudeServer) -> None:
        async with AsyncMeetingClient(**options(server)) as client:
            check(name, await method(client.with_raw_response, name)(**CALLS[name][0]))

    with rude_server(around(name)) as server:
        asyncio.run(main(server))


@pytest.mark.parametrize("answer", [b'{"code":512,"msg":"","ret":{}}', b"<html>"])
def test_what_is_no_success_raises_at_the_call(name: str, answer: bytes) -> None:
    with (
        rude_server(reply(answer)) as server,
        MeetingClient(**options(server)) as client,
        pytest.raises((errors.APIError, errors.APIResponseError, errors.OutcomeUnknownError)),
    ):
        method(client.with_raw_response, name)(**CALLS[name][0])


def test_a_repeated_call_that_had_been_carried_out_returns_a_response_without_a_result() -> None:
    ended = reply(json.dumps({"code": 200, "requestId": "mc_2", "ret": {**MEETING, "status": 4}}).encode())
    served = [b"", reply(b'{"code":2021,"msg":""}'), ended]
    with rude_server(*served) as server:
        client = MeetingClient(**{**options(server), "max_retries": 1})
        response = client.with_raw_response.meetings.end_by_meeting_unique_id(meeting_unique_id=7)
        assert (response.request_id, response.parse()) == ("mc_2", None)
        client.close()


def test_a_page_without_its_broken_rows_says_so() -> None:
    rows = [MEETING, None, {**MEETING, "subject": None}]
    with (
        rude_server(around("meetings.list", {"list": rows}), around("meetings.list", {"list": rows[2:]})) as server,
        MeetingClient(**options(server)) as client,
    ):
        first, second = (client.with_raw_response.meetings.list(page_index=index) for index in range(2))
        assert (first.left_out, len(first.parse().rows)) == (True, 2)
        assert (second.left_out, len(second.parse().rows)) == (False, 1)


def test_a_page_is_the_one_that_the_arguments_name() -> None:
    with rude_server(around("meetings.list")) as server, MeetingClient(**options(server)) as client:
        client.with_raw_response.meetings.list(page_index=3, page_size=1)
        assert json.loads(server.requests[0].partition(b"\r\n\r\n")[2]) == {"pageIndex": 3, "pageSize": 1}


def test_a_raw_method_takes_what_the_plain_one_takes_and_has_a_docstring(name: str) -> None:
    for kind in (MeetingClient, AsyncMeetingClient):
        client: Any = kind(app_key="k", app_secret="s")
        raw, plain = method(client.with_raw_response, name), method(client, name)
        assert inspect.signature(raw).parameters == inspect.signature(plain).parameters
        assert raw.__doc__.partition("\n")[0] == plain.__doc__.partition("\n")[0]
        assert f"``{name}``" in raw.__doc__
        assert inspect.iscoroutinefunction(raw) == (kind is AsyncMeetingClient)


PROGRAM = """
from netease_meeting import Account, AsyncMeetingClient, Meeting, MeetingClient, RawResponse
from netease_meeting.models import MeetingPage, RecordingFile

client = MeetingClient()
raw = client.with_raw_response
account: RawResponse[Account] = raw.accounts.create(im_accid="a", timeout=5, max_retries=0)
meeting: Meeting = raw.meetings.get(meeting_unique_id=1).parse()
nothing: RawResponse[None] = raw.meetings.cancel(meeting_unique_id=1)
page: RawResponse[MeetingPage] = raw.meetings.list(page_size=1)
files: RawResponse[list[RecordingFile]] = raw.recordings.list(meeting_unique_id=1)


async def main(client: AsyncMeetingClient) -> None:
    raw = client.with_raw_response
    account: RawResponse[Account] = await raw.accounts.create(im_accid="a")
    meeting: Meeting = (await raw.meetings.get(meeting_unique_id=1)).parse()
    nothing: RawResponse[None] = await raw.meetings.cancel(meeting_unique_id=1)
    page: RawResponse[MeetingPage] = await raw.meetings.list(page_size=1)
    files: RawResponse[list[RecordingFile]] = await raw.recordings.list(meeting_unique_id=1)
    print(account, meeting, nothing, page, files)
"""
WRONG = """
from netease_meeting import MeetingClient

raw = MeetingClient().with_raw_response
raw.meetings.get(meeting_uniqe_id=1)
raw.meetings.get(meeting_unique_id="1")
raw.meetings.get(meeting_unique_id=1).subject
raw.meetings.cancel(meeting_unique_id=1).parse().subject
"""


@pytest.mark.parametrize("checker", ["mypy", "pyright"])
def test_type_checkers_know_raw_responses(tmp_path: Path, checker: str) -> None:
    (tmp_path / "program.py").write_text(PROGRAM, "utf-8")
    (tmp_path / "wrong.py").write_text(WRONG, "utf-8")
    (tmp_path / "pyrightconfig.json").write_text('{"typeCheckingMode": "strict"}', "utf-8")
    tool = str(Path(sys.executable).with_name(checker))
    settings = ["--strict"] if checker == "mypy" else ["--pythonpath", sys.executable]
    right = subprocess.run([tool, *settings, "program.py"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert right.returncode == 0, right.stdout
    wrong = subprocess.run([tool, *settings, "wrong.py"], cwd=tmp_path, capture_output=True, text=True, check=False)
    for line in range(5, 9):
        assert f"wrong.py:{line}" in wrong.stdout, wrong.stdout
