"""Every operation, through the real clients, against a gateway that verifies each signature by itself."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator

import pytest
from netease_meeting import (
    AsyncMeetingClient,
    ClientType,
    ControlType,
    DeviceState,
    JoinRoleType,
    MeetingClient,
    MeetingControl,
    MeetingSettings,
    MeetingStatus,
    MeetingType,
    errors,
)
from netease_meeting.sandbox import Sandbox
from netease_meeting.sandbox.server import Server

OPERATIONS = {
    "accounts.create",
    "accounts.get_by_im_accid",
    "accounts.get_by_account_id",
    "accounts.update_token",
    "accounts.update_short_id",
    "meetings.create",
    "meetings.anonymous_join_info",
    "meetings.get",
    "meetings.edit",
    "meetings.cancel",
    "meetings.end_by_meeting_unique_id",
    "meetings.end_by_meeting_id",
    "meetings.end_by_short_id",
    "meetings.list",
    "recordings.list",
}


@pytest.fixture
def server() -> Iterator[Server]:
    with Server(Sandbox()) as running:
        yield running


def tomorrow() -> tuple[int, int]:
    start = int(time.time() * 1000) + 86_400_000
    return start, start + 3_600_000


@pytest.mark.case(31)
def test_every_operation_synchronously(server: Server) -> None:
    start, end = tomorrow()
    sandbox = server.sandbox
    with MeetingClient(app_key="sandbox-key", app_secret="sandbox-secret", base_url=server.url) as client:
        account = client.accounts.create(im_accid="alice", im_token="t0", short_id="10001")
        assert client.accounts.get_by_im_accid(im_accid="alice") == account
        client.accounts.update_token(account_id=account.account_id, account_token="t1")
        client.accounts.update_short_id(account_id=account.account_id, short_id="10002")
        changed = client.accounts.get_by_account_id(account_id=account.account_id)
        assert (changed.account_token, changed.short_id) == ("t1", "10002")
        client.accounts.update_short_id(account_id=account.account_id)
        assert client.accounts.get_by_account_id(account_id=account.account_id).short_id is None, (
            "left out, it is cleared"
        )
        client.accounts.update_short_id(account_id=account.account_id, short_id="10003")

        settings = MeetingSettings(controls=[MeetingControl(type=ControlType.AUDIO)])
        planned = client.meetings.create(
            host=account.account_id,
            type=MeetingType.SCHEDULED,
            subject="周会",
            settings=settings,
            start_time=start,
            end_time=end,
        )
        assert planned.status is MeetingStatus.NOT_START
        assert planned.settings == settings
        number = planned.meeting_unique_id
        client.meetings.edit(meeting_unique_id=number, subject="新的主题", password="1234")
        edited = client.meetings.get(meeting_unique_id=number)
        assert (edited.subject, edited.password, edited.start_time) == ("新的主题", "1234", start)
        assert [
            meeting.meeting_unique_id for meeting in client.meetings.list(status_list=[MeetingStatus.NOT_START])
        ] == [number]
        info = client.meetings.anonymous_join_info(
            meeting_id=planned.meeting_id,
            nick_name="访客1",
            video=DeviceState.ON,
            audio=2,
            password="1234",
            role_type=JoinRoleType.SHADOW,
            client_type=ClientType.WEB,
            device_id="device-1",
        )
        assert info.meeting_unique_id == number
        assert info.create_at is not None
        client.meetings.cancel(meeting_unique_id=number)
        assert client.meetings.get(meeting_unique_id=number).status is MeetingStatus.CANCELED

        for end_it in ("id", "number", "short"):
            kind = MeetingType.PERSONAL if end_it == "short" else MeetingType.INSTANT
            meeting = client.meetings.create(host=account.account_id, type=kind, subject="x")
            sandbox.record(meeting.meeting_unique_id, {})
            assert len(client.recordings.list(meeting_unique_id=meeting.meeting_unique_id)) == 1
            if end_it == "id":
                client.meetings.end_by_meeting_unique_id(meeting_unique_id=meeting.meeting_unique_id, recycle=True)
            elif end_it == "number":
                client.meetings.end_by_meeting_id(meeting_id=meeting.meeting_id)
            else:
                client.meetings.end_by_short_id(short_id="10003")
            assert client.meetings.get(meeting_unique_id=meeting.meeting_unique_id).status is MeetingStatus.RECYCLED
    assert {entry["operation"] for entry in sandbox.requests} == OPERATIONS
    assert {entry["code"] for entry in sandbox.requests} == {200}


def test_every_operation_asynchronously(server: Server) -> None:
    async def main() -> None:
        start, end = tomorrow()
        async with AsyncMeetingClient(
            app_key="sandbox-key", app_secret="sandbox-secret", base_url=server.url
        ) as client:
            account = await client.accounts.create(im_accid="bob", short_id="2000")
            host = account.account_id
            assert await client.accounts.get_by_im_accid(im_accid="bob") == account
            assert await client.accounts.get_by_account_id(account_id=host) == account
            await client.accounts.update_token(account_id=host, account_token="t1")
            await client.accounts.update_short_id(account_id=host, short_id="2001")
            planned = await client.meetings.create(host=host, type=3, subject="周会", start_time=start, end_time=end)
            await client.meetings.edit(meeting_unique_id=planned.meeting_unique_id, subject="新")
            assert (await client.meetings.get(meeting_unique_id=planned.meeting_unique_id)).subject == "新"
            assert [meeting.subject async for meeting in client.meetings.list()] == ["新"]
            info = await client.meetings.anonymous_join_info(
                meeting_id=planned.meeting_id, nick_name="a", video=1, audio=1, client_type=6, device_id="d"
            )
            assert info.meeting_id == planned.meeting_id
            await client.meetings.cancel(meeting_unique_id=planned.meeting_unique_id)
            assert await client.recordings.list(meeting_unique_id=planned.meeting_unique_id) == []
            first = await client.meetings.create(host=host, type=1, subject="x")
            await client.meetings.end_by_meeting_unique_id(meeting_unique_id=first.meeting_unique_id)
            second = await client.meetings.create(host=host, type=1, subject="x")
            await client.meetings.end_by_meeting_id(meeting_id=second.meeting_id)
            await client.meetings.create(host=host, type=2, subject="x")
            await client.meetings.end_by_short_id(short_id="2001")

    asyncio.run(main())
    assert {entry["operation"] for entry in server.sandbox.requests} == OPERATIONS
    assert {entry["code"] for entry in server.sandbox.requests} == {200}


@pytest.mark.case(77)
def test_lists_page_by_themselves_and_keep_their_totals() -> None:
    sandbox = Sandbox()
    client = sandbox.client()
    host = client.accounts.create().account_id
    made = [client.meetings.create(host=host, type=1, subject=f"m{index}").meeting_unique_id for index in range(45)]
    before = len(sandbox.requests)
    meetings = client.meetings.list(page_size=20)
    totals = []
    for meeting in meetings:
        assert meetings.page is not None
        totals.append((meetings.page.page_index, meetings.page.total_num))
        assert meeting.meeting_unique_id == made[len(totals) - 1]
    assert totals == [(index // 20, 45) for index in range(45)]
    assert len(sandbox.requests) - before == 3
    assert [len(page.rows) for page in client.meetings.list(page_size=20).pages()] == [20, 20, 5]
    assert [len(page.rows) for page in client.meetings.list(page_size=20, page_index=2).pages()] == [5]
    assert list(client.meetings.list(meeting_id="nothing")) == []


def test_asynchronous_lists_page_too() -> None:
    async def main() -> None:
        sandbox = Sandbox()
        client = sandbox.async_client()
        host = (await client.accounts.create()).account_id
        for index in range(5):
            await client.meetings.create(host=host, type=1, subject=f"m{index}")
        assert [meeting.subject async for meeting in client.meetings.list(page_size=2)] == [
            "m0",
            "m1",
            "m2",
            "m3",
            "m4",
        ]
        assert [len(page.rows) async for page in client.meetings.list(page_size=2).pages()] == [2, 2, 1]

    asyncio.run(main())


def test_a_wrong_secret_is_an_authentication_error(server: Server) -> None:
    with (
        MeetingClient(app_key="sandbox-key", app_secret="wrong", base_url=server.url) as client,
        pytest.raises(errors.AuthenticationError) as caught,
    ):
        client.meetings.get(meeting_unique_id=1)
    assert caught.value.code == errors.ErrorCode.UNAUTHENTICATED
    assert "*** + " in server.sandbox.requests[-1]["notes"][0]
