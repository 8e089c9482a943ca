"""Programs whose tests freeze or move the clock: deadlines go on, signatures follow the frozen time."""

from __future__ import annotations

import asyncio
import datetime
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import freezegun
import httpx
import pytest
import time_machine
from netease_meeting import AsyncMeetingClient, MeetingClient, errors
from netease_meeting.sandbox import Sandbox
from netease_meeting.sandbox.server import Server
from netease_meeting.webhooks import Webhook

from tests.callbacks.signed import signed
from tests.client.places import found
from tests.conftest import reply, rude_server

KEYS: dict[str, Any] = {"app_key": "key", "app_secret": "secret", "max_retries": 0}
THEN = datetime.datetime(2031, 3, 1, 12, tzinfo=datetime.UTC)

FREEZERS: dict[str, Callable[[], AbstractContextManager[Any]]] = {
    "freezegun": lambda: freezegun.freeze_time(THEN),
    "freezegun, asyncio excepted": lambda: freezegun.freeze_time(THEN, real_asyncio=True),
    "freezegun, ticking": lambda: freezegun.freeze_time(THEN, tick=True),
    "time-machine": lambda: time_machine.travel(THEN, tick=False),
}
frozen = pytest.mark.parametrize("freeze", FREEZERS.values(), ids=FREEZERS)
Freeze = Callable[[], AbstractContextManager[Any]]


@frozen
@pytest.mark.parametrize("before", [True, False], ids=["made before", "made frozen"])
def test_the_sandbox_and_its_clients_agree(freeze: Freeze, before: bool) -> None:
    async def main(client: AsyncMeetingClient) -> str:
        return (await client.accounts.create(im_accid="alice")).account_id

    sandbox = Sandbox()
    client, other = sandbox.client(), sandbox.async_client()
    with freeze():
        if not before:
            sandbox = Sandbox()
            client, other = sandbox.client(), sandbox.async_client()
        assert client.accounts.create(im_accid="bob").account_id
        assert asyncio.run(main(other))


@frozen
def test_a_server_in_this_process_accepts_the_frozen_time(freeze: Freeze) -> None:
    with (
        Server(Sandbox()) as server,
        MeetingClient(app_key="sandbox-key", app_secret="sandbox-secret", base_url=server.url) as client,
        freeze(),
    ):
        assert client.accounts.create(im_accid="bob").account_id
        assert abs(client.clock_offset) < 1


@frozen
def test_signatures_and_callbacks_follow_the_frozen_time(freeze: Freeze) -> None:
    webhook = Webhook(app_key="key", app_secret="secret")
    with rude_server(found(7)) as server, MeetingClient(**KEYS, base_url=server.url) as client, freeze():
        client.meetings.get(meeting_unique_id=7)
        stamped = next(line for line in server.requests[0].split(b"\r\n") if line.startswith(b"CurTime"))
        assert abs(int(stamped.split(b":")[1]) - THEN.timestamp()) < 60
        millis = str(int(time.time() * 1000))
        body = b'{"msgType":1,"msgBody":{}}'
        webhook.parse(body, signed(body, key="key", secret="secret", millis=millis))


def silence(connection: socket.socket) -> None:
    connection.settimeout(30)
    connection.recv(1)


@frozen
@pytest.mark.parametrize("kind", ["default", "httpx"])
def test_deadlines_go_on(freeze: Freeze, kind: str) -> None:
    with (
        rude_server(silence) as server,
        httpx.Client() as http,
        MeetingClient(**KEYS, base_url=server.url, http_client=http if kind == "httpx" else None) as client,
        freeze(),
        pytest.raises(errors.APITimeoutError),
    ):
        client.meetings.get(meeting_unique_id=7, timeout=0.3)


@frozen
def test_deadlines_go_on_in_an_event_loop_whose_clock_stands_still(freeze: Freeze) -> None:
    async def main(url: str) -> None:
        async with AsyncMeetingClient(**KEYS, base_url=url) as client:
            with pytest.raises(errors.APITimeoutError):
                await client.meetings.get(meeting_unique_id=7, timeout=0.3)

    with rude_server(silence) as server, freeze():
        asyncio.run(main(server.url))


@frozen
def test_waiting_before_a_retry_ends_in_an_event_loop_whose_clock_stands_still(freeze: Freeze) -> None:
    async def main(url: str) -> str:
        async with AsyncMeetingClient(app_key="key", app_secret="secret", base_url=url) as client:
            return (await client.meetings.get(meeting_unique_id=7)).subject

    with rude_server(reply(b'{"code":510,"msg":""}'), found(7)) as server, freeze():
        assert asyncio.run(main(server.url)) == "7"
        assert len(server.requests) == 2


@frozen
def test_a_date_to_retry_after_counts_from_the_frozen_time(freeze: Freeze) -> None:
    date = (THEN + datetime.timedelta(seconds=50)).strftime("%a, %d %b %Y %H:%M:%S GMT").encode()
    busy = reply(b'{"code":510,"msg":""}', b"200 OK", b"application/json", b"Retry-After: " + date)
    with (
        rude_server(busy) as server,
        MeetingClient(**KEYS, base_url=server.url) as client,
        freeze(),
        pytest.raises(errors.APIError) as caught,
    ):
        client.meetings.get(meeting_unique_id=7)
    assert caught.value.retry_after == pytest.approx(50, abs=10)


def test_time_that_jumps_during_a_call_ends_it_no_sooner() -> None:
    with freezegun.freeze_time(THEN) as clock_of_test:

        def jump(connection: socket.socket) -> None:
            clock_of_test.tick(86_400)
            connection.sendall(found(7))

        with rude_server(jump) as server, MeetingClient(**KEYS, base_url=server.url) as client:
            assert client.meetings.get(meeting_unique_id=7, timeout=30).subject == "7"


def test_a_gateway_that_is_down_is_passed_over_although_the_frozen_clock_jumps() -> None:
    tried: list[str] = []
    with rude_server() as gone:
        down = gone.url
    with (
        rude_server(found(7)) as server,
        freezegun.freeze_time(THEN) as clock_of_test,
        MeetingClient(
            **KEYS, base_url=[down, server.url], on_attempt=lambda attempt: tried.append(attempt.base_url)
        ) as client,
    ):
        client.meetings.get(meeting_unique_id=7)
        clock_of_test.tick(86_400)
        client.meetings.get(meeting_unique_id=7)
    assert tried == [down, server.url, server.url]


def test_a_package_imported_while_the_clock_is_frozen_works_afterwards() -> None:
    program = """
import freezegun
with freezegun.freeze_time("2031-03-01"):
    from netease_meeting import MeetingClient, Webhook
    from netease_meeting.sandbox import Sandbox
    sandbox = Sandbox()
    client = sandbox.client()
    client.accounts.create(im_accid="alice")
client.accounts.create(im_accid="bob")
import time
from netease_meeting._runtime import clock
assert abs(clock.monotonic() - time.monotonic()) < 10
assert abs(clock.wall() - time.time()) < 10
"""
    done = subprocess.run([sys.executable, "-W", "ignore", "-c", program], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
