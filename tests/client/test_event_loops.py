"""Event loops other than asyncio's usual one."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from typing import Any

import anyio
import httpx
import httpx2
import pytest
import trio
from netease_meeting import AsyncMeetingClient, errors
from netease_meeting.sandbox import Sandbox

from tests.client.places import found
from tests.conftest import reply, rude_server

KEYS: dict[str, Any] = {"app_key": "key", "app_secret": "secret"}
BUSY = reply(b'{"code":510,"msg":""}')


def silence(connection: socket.socket) -> None:
    while connection.recv(4096):
        pass


def test_the_default_transport_refuses_trio_before_anything_is_sent() -> None:
    async def main() -> None:
        async with AsyncMeetingClient(**KEYS, base_url=server.url) as client:
            for _ in range(2):
                with pytest.raises(errors.ConfigurationError, match=r"needs asyncio.*trio.*http_client=httpx\.Async"):
                    await client.meetings.get(meeting_unique_id=7)

    with rude_server(found(7)) as server:
        trio.run(main)
        assert server.requests == []


def test_a_client_used_in_asyncio_refuses_trio_afterwards() -> None:
    with rude_server(found(7)) as server:
        client = AsyncMeetingClient(**KEYS, base_url=server.url)

        async def use() -> Any:
            return await client.meetings.get(meeting_unique_id=7)

        loop = asyncio.new_event_loop()
        loop.run_until_complete(use())
        for refused in (use, client.aclose):
            with pytest.raises(errors.ConfigurationError, match="needs asyncio"):
                trio.run(refused)
        loop.run_until_complete(client.aclose())
        loop.close()


@pytest.mark.parametrize("library", [httpx, httpx2])
@pytest.mark.parametrize("run", [trio.run, anyio.run], ids=["trio", "asyncio"])
def test_an_injected_client_works_on_each_with_retries_and_pages(library: Any, run: Callable[..., Any]) -> None:
    async def main() -> str:
        async with (
            library.AsyncClient() as http,
            AsyncMeetingClient(**KEYS, base_url=server.url, http_client=http) as client,
        ):
            return (await client.meetings.get(meeting_unique_id=7)).subject

    with rude_server(BUSY, BUSY, found(7)) as server:
        assert run(main) == "7"
        assert len(server.requests) == 3


def test_an_injected_client_keeps_its_deadline_on_trio() -> None:
    async def main() -> None:
        async with (
            httpx.AsyncClient() as http,
            AsyncMeetingClient(**KEYS, base_url=server.url, http_client=http, max_retries=0) as client,
        ):
            with pytest.raises(errors.APITimeoutError):
                await client.meetings.get(meeting_unique_id=7, timeout=0.3)

    with rude_server(silence) as server:
        trio.run(main)


def test_trio_cancels_a_wait_between_attempts() -> None:
    async def main() -> bool:
        async with (
            httpx.AsyncClient() as http,
            AsyncMeetingClient(**KEYS, base_url=server.url, http_client=http) as client,
        ):
            with trio.move_on_after(0.5) as scope:
                await client.meetings.get(meeting_unique_id=7, timeout=300)
            return scope.cancelled_caught

    busy = reply(b'{"code":510,"msg":""}', b"200 OK", b"application/json", b"Retry-After: 50")
    with rude_server(busy) as server:
        assert trio.run(main)


def test_the_sandbox_works_on_trio_with_faults() -> None:
    async def main() -> str:
        sandbox = Sandbox()
        client = sandbox.async_client()
        await client.accounts.create(im_accid="alice")
        sandbox.add_fault({"operation": "accounts.get_by_im_accid", "code": 510})
        return (await client.accounts.get_by_im_accid(im_accid="alice")).account_id

    assert trio.run(main)


def test_debug_mode_has_nothing_to_say(caplog: pytest.LogCaptureFixture) -> None:
    async def main() -> str:
        async with AsyncMeetingClient(**KEYS, base_url=server.url) as client:
            return (await client.meetings.get(meeting_unique_id=7)).subject

    with rude_server(BUSY, found(7)) as server:
        assert asyncio.run(main(), debug=True) == "7"
    assert [record.message for record in caplog.records if "never" in record.message] == []


def test_a_task_group_that_is_cancelled_leaves_the_client_usable() -> None:
    async def main() -> str:
        async with AsyncMeetingClient(**KEYS, base_url=server.url, max_retries=0) as client:
            with anyio.move_on_after(0.2):
                async with anyio.create_task_group() as group:
                    for _ in range(5):
                        group.start_soon(lambda: client.meetings.get(meeting_unique_id=7, timeout=60))
            server.on_connect = None
            return (await client.meetings.get(meeting_unique_id=7)).subject

    with rude_server(found(7)) as server:
        server.on_connect = silence
        assert asyncio.run(main()) == "7"


def test_each_loop_may_have_a_client_of_its_own() -> None:
    async def main() -> str:
        async with AsyncMeetingClient(**KEYS, base_url=server.url) as client:
            return (await client.meetings.get(meeting_unique_id=7)).subject

    with rude_server(found(7)) as server:
        assert [asyncio.run(main()) for _ in range(3)] == ["7"] * 3
