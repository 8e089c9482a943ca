"""Answers lost after the work was done, against a gateway that counts what was done."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from netease_meeting import AsyncMeetingClient, MeetingClient, MeetingStatus, MeetingType, errors
from netease_meeting.sandbox import Sandbox
from netease_meeting.sandbox.server import Server


@pytest.fixture
def server() -> Iterator[Server]:
    with Server(Sandbox()) as running:
        yield running


@pytest.fixture
def client(server: Server) -> Iterator[MeetingClient]:
    with MeetingClient(app_key="sandbox-key", app_secret="sandbox-secret", base_url=server.url) as client:
        yield client


def lose(server: Server, operation: str, times: int = 1) -> None:
    """Execute the operation and break the connection before its answer."""
    server.sandbox.faults.add({"operation": operation, "fault": "resetAfter", "times": times})


@pytest.mark.case(78, 79)
def test_a_meeting_whose_answer_was_lost_is_made_once_and_found(server: Server, client: MeetingClient) -> None:
    host = client.accounts.create().account_id
    tag = f"周会 #{secrets.token_hex(4)}"
    start = datetime.now(UTC) + timedelta(days=1)
    client.meetings.create(host=host, type=MeetingType.INSTANT, subject="another")
    lose(server, "meetings.create")
    with pytest.raises(errors.OutcomeUnknownError) as caught:
        client.meetings.create(
            host=host,
            type=MeetingType.SCHEDULED,
            subject=tag,
            password="canary1",
            start_time=start,
            end_time=start + timedelta(hours=1),
        )
    assert caught.value.sent is not None
    assert caught.value.sent["subject"] == tag
    assert caught.value.sent["password"] == "***"
    assert len(server.sandbox.state()["meetings"]) == 2, "it was made, and not made again"
    (found,) = client.meetings.find_created(caught.value)
    assert found.subject == tag
    assert client.meetings.get(meeting_unique_id=found.meeting_unique_id).status is MeetingStatus.NOT_START


@pytest.mark.case(79)
def test_a_meeting_that_was_not_made_is_not_found(server: Server, client: MeetingClient) -> None:
    host = client.accounts.create().account_id
    server.sandbox.faults.add({"operation": "meetings.create", "fault": "resetBefore"})
    with pytest.raises(errors.OutcomeUnknownError) as caught:
        client.meetings.create(host=host, type=MeetingType.INSTANT, subject="x")
    assert client.meetings.find_created(caught.value) == []


@pytest.mark.case(79)
def test_the_error_of_another_operation_is_refused(server: Server, client: MeetingClient) -> None:
    lose(server, "meetings.anonymous_join_info")
    with pytest.raises(errors.OutcomeUnknownError) as caught:
        client.meetings.anonymous_join_info(
            meeting_id="1", nick_name="n", video=1, audio=1, client_type=6, device_id="d"
        )
    with pytest.raises(errors.ArgumentError, match=r"comes from meetings\.anonymous_join_info"):
        client.meetings.find_created(caught.value)


def test_it_is_found_asynchronously_too(server: Server) -> None:
    async def main() -> None:
        async with AsyncMeetingClient(
            app_key="sandbox-key", app_secret="sandbox-secret", base_url=server.url
        ) as client:
            host = (await client.accounts.create()).account_id
            lose(server, "meetings.create")
            with pytest.raises(errors.OutcomeUnknownError) as caught:
                await client.meetings.create(host=host, type=MeetingType.INSTANT, subject="lost")
            assert [meeting.subject for meeting in await client.meetings.find_created(caught.value)] == ["lost"]

    asyncio.run(main())


@pytest.mark.case(78)
def test_what_ends_a_meeting_succeeds_although_its_answer_was_lost(server: Server, client: MeetingClient) -> None:
    host = client.accounts.create().account_id
    start = datetime.now(UTC) + timedelta(days=1)
    planned = client.meetings.create(
        host=host, type=MeetingType.SCHEDULED, subject="x", start_time=start, end_time=start + timedelta(hours=1)
    ).meeting_unique_id
    lose(server, "meetings.cancel", times=2)
    client.meetings.cancel(meeting_unique_id=planned)
    assert client.meetings.get(meeting_unique_id=planned).status is MeetingStatus.CANCELED
    running = client.meetings.create(host=host, type=MeetingType.INSTANT, subject="x").meeting_unique_id
    lose(server, "meetings.end_by_meeting_unique_id")
    client.meetings.end_by_meeting_unique_id(meeting_unique_id=running, recycle=True)
    assert client.meetings.get(meeting_unique_id=running).status is MeetingStatus.RECYCLED


@pytest.mark.case(78)
def test_an_account_whose_answer_was_lost_is_made_once(server: Server, client: MeetingClient) -> None:
    lose(server, "accounts.create")
    account = client.accounts.create(im_accid="alice")
    assert account == client.accounts.get_by_im_accid(im_accid="alice")
    assert len(server.sandbox.state()["accounts"]) == 1


BLANK = ["", " ", "\t\n", "\u3000", "\u200b", "\ufeff", "\u2060 ", "\x00"]


@pytest.mark.parametrize("blank", BLANK)
def test_an_account_with_a_blank_key_is_made_once(server: Server, client: MeetingClient, blank: str) -> None:
    """A blank key names nothing: a repeat would make a second account."""
    lose(server, "accounts.create")
    with pytest.raises(errors.OutcomeUnknownError) as caught:
        client.accounts.create(im_accid=blank)
    assert caught.value.safe_to_repeat is False
    assert len(server.sandbox.state()["accounts"]) == 1


@pytest.mark.parametrize("blank", BLANK)
def test_an_account_with_a_blank_key_is_made_once_by_the_asynchronous_client(server: Server, blank: str) -> None:
    async def main() -> None:
        async with AsyncMeetingClient(
            app_key="sandbox-key", app_secret="sandbox-secret", base_url=server.url
        ) as client:
            lose(server, "accounts.create")
            with pytest.raises(errors.OutcomeUnknownError):
                await client.with_raw_response.accounts.create(im_accid=blank)

    asyncio.run(main())
    assert len(server.sandbox.state()["accounts"]) == 1


def test_a_key_between_blanks_is_a_key(server: Server, client: MeetingClient) -> None:
    lose(server, "accounts.create")
    assert client.accounts.create(im_accid=" alice ").account_id
    assert len(server.sandbox.state()["accounts"]) == 1


def test_what_was_left_blank_does_not_hide_what_was_made(server: Server, client: MeetingClient) -> None:
    """The server chooses the start of a meeting that was created with none, or with 0."""
    host = client.accounts.create().account_id
    lose(server, "meetings.create")
    with pytest.raises(errors.OutcomeUnknownError) as caught:
        client.meetings.create(host=host, type=MeetingType.INSTANT, subject="lost", start_time=0, end_time=0)
    assert [meeting.subject for meeting in client.meetings.find_created(caught.value)] == ["lost"]


def test_what_another_operation_lost_is_not_looked_for(server: Server, client: MeetingClient) -> None:
    lose(server, "accounts.create")
    with pytest.raises(errors.OutcomeUnknownError) as caught:
        client.accounts.create()
    with pytest.raises(errors.ArgumentError, match=r"comes from accounts\.create") as refused:
        client.meetings.find_created(caught.value)
    assert refused.value.operation == "meetings.create"


@pytest.mark.case(78)
def test_numbers_that_are_reused_are_never_ended_twice(server: Server, client: MeetingClient) -> None:
    host = client.accounts.create().account_id
    number = client.meetings.create(host=host, type=MeetingType.INSTANT, subject="x").meeting_id
    before = len(server.sandbox.requests)
    lose(server, "meetings.end_by_meeting_id")
    with pytest.raises(errors.OutcomeUnknownError):
        client.meetings.end_by_meeting_id(meeting_id=number)
    assert len(server.sandbox.requests) - before == 1
