"""The clients of a sandbox in process: they wait in virtual time, close as others do, and follow frozen clocks."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import freezegun
import pytest
import time_machine
import trio
from netease_meeting import Attempt, MeetingClient, errors
from netease_meeting.sandbox import Sandbox
from netease_meeting.webhooks import Webhook

from .conftest import FrozenTime

BUSY = {"operation": "accounts.get_by_im_accid", "code": 510}
MANY = 6


class Waits:
    """Collects the waits between the attempts of a call."""

    def __init__(self) -> None:
        self.seconds: list[float] = []

    def __call__(self, attempt: Attempt) -> None:
        if attempt.wait is not None:
            self.seconds.append(attempt.wait)


@pytest.fixture
def awake(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fail instead of sleeping."""

    def sleep(seconds: float) -> None:
        raise AssertionError(f"slept {seconds} s")

    monkeypatch.setattr(time, "sleep", sleep)


def busy(sandbox: Sandbox, times: int = MANY) -> None:
    sandbox.client().accounts.create(im_accid="alice")
    sandbox.add_fault({**BUSY, "times": times})


def in_thread(sandbox: Sandbox, waits: Waits, max_retries: int) -> None:
    sandbox.client(max_retries=max_retries, on_attempt=waits).accounts.get_by_im_accid(im_accid="alice")


def in_task(sandbox: Sandbox, waits: Waits, max_retries: int) -> None:
    asyncio.run(_get(sandbox, waits, max_retries))


def in_trio(sandbox: Sandbox, waits: Waits, max_retries: int) -> None:
    trio.run(_get, sandbox, waits, max_retries)


async def _get(sandbox: Sandbox, waits: Waits, max_retries: int) -> None:
    async with sandbox.async_client(max_retries=max_retries, on_attempt=waits) as client:
        await client.accounts.get_by_im_accid(im_accid="alice")


DOORS = [in_thread, in_task, in_trio]
Door = Callable[[Sandbox, Waits, int], None]


@pytest.mark.parametrize("call", DOORS)
@pytest.mark.usefixtures("awake")
def test_the_waits_of_a_call_move_the_sandbox_and_nothing_else(call: Door) -> None:
    now = FrozenTime()
    now.now = time.time()
    sandbox, waits = Sandbox(now=now), Waits()
    busy(sandbox)
    before = sandbox.clock.millis()
    call(sandbox, waits, MANY)
    assert len(waits.seconds) == MANY
    assert sandbox.clock.millis() - before == sum(round(seconds * 1000) for seconds in waits.seconds)
    assert sandbox.clock.real() == now()


@pytest.mark.parametrize("call", DOORS)
def test_waits_count_towards_the_deadline(call: Door) -> None:
    sandbox, waits = Sandbox(), Waits()
    busy(sandbox, 1000)
    with pytest.raises(errors.APIError):
        call(sandbox, waits, 1000)
    assert 10 < sum(waits.seconds) < 30


def test_what_falls_due_during_a_wait_happens_at_its_moment() -> None:
    now, came = FrozenTime(), list[float]()
    now.now = time.time()
    sandbox = Sandbox(now=now)

    def receive(body: bytes, headers: Mapping[str, str]) -> int:
        came.append(sandbox.clock.seconds())
        return 500

    sandbox.set_callback(receive)
    client = sandbox.client(max_retries=MANY)
    host = client.accounts.create(im_accid="alice").account_id
    client.meetings.create(host=host, type=1, subject="s")
    meeting = client.meetings.create(host=host, type=1, subject="s").meeting_unique_id
    sandbox.join(meeting, host, "phone")
    assert came
    sandbox.add_fault({**BUSY, "times": MANY})
    first, before = came[-1], len(came)
    client.accounts.get_by_im_accid(im_accid="alice")
    assert len(came) > before
    assert came[before] == pytest.approx(first + 2), "the first resend comes after two seconds, to the millisecond"


def test_a_receiver_may_have_to_wait() -> None:
    sandbox, seen = Sandbox(), list[str]()
    client = sandbox.client(max_retries=MANY)

    def receive(body: bytes, headers: Mapping[str, str]) -> int:
        sandbox.add_fault({**BUSY, "times": 3})
        seen.append(client.accounts.get_by_im_accid(im_accid="alice").account_id)
        return 200

    host = client.accounts.create(im_accid="alice").account_id
    meeting = client.meetings.create(host=host, type=1, subject="s").meeting_unique_id
    sandbox.set_callback(receive)
    sandbox.join(meeting, host, "phone")
    assert set(seen) == {host}
    assert all(callback.accepted for callback in sandbox.callbacks.log() if callback.attempts)


def test_calls_that_wait_side_by_side_do_not_spend_each_others_time() -> None:
    sandbox = Sandbox()
    client = sandbox.client(timeout=20, max_retries=3)
    client.accounts.create(im_accid="alice")
    sandbox.add_fault({**BUSY, "times": 100})
    with ThreadPoolExecutor(16) as pool:
        calls = [pool.submit(client.accounts.get_by_im_accid, im_accid="alice") for _ in range(200)]
    failures = [call.exception() for call in calls if call.exception() is not None]
    assert not any(isinstance(failure, errors.APITimeoutError) for failure in failures)


# -- clocks


def life(sandbox: Sandbox) -> None:
    """Use what reads a clock: signatures, deadlines, retries, callbacks."""
    hook, seen = Webhook(app_key="sandbox-key", app_secret="sandbox-secret"), list[Any]()

    def receive(body: bytes, headers: Mapping[str, str]) -> int:
        seen.append(hook.parse(body, headers))
        return 200

    sandbox.set_callback(receive)
    client = sandbox.client()
    host = client.accounts.create(im_accid="alice").account_id
    sandbox.add_fault(BUSY)
    client.accounts.get_by_im_accid(im_accid="alice")
    meeting = client.meetings.create(host=host, type=1, subject="s").meeting_unique_id
    sandbox.advance(336)
    sandbox.join(meeting, host, "phone")
    assert seen, [callback.attempts for callback in sandbox.callbacks.log()]
    assert client.clock_offset == 0


def test_the_machines_clock_may_be_frozen_before() -> None:
    with freezegun.freeze_time("2030-01-01"):
        life(Sandbox())


def test_the_machines_clock_may_have_travelled() -> None:
    with time_machine.travel("2030-01-01", tick=False):
        life(Sandbox())
    with time_machine.travel("2030-01-01"):
        life(Sandbox())


# -- closing


def refused(client: MeetingClient) -> None:
    with pytest.raises(errors.ClientClosedError):
        client.accounts.create(im_accid="alice")


def test_a_closed_client_is_closed_in_all_its_forms() -> None:
    sandbox = Sandbox()
    client = sandbox.client()
    copy = client.with_options(timeout=5)
    client.close()
    client.close()
    refused(client)
    refused(copy)
    with pytest.raises(errors.ClientClosedError):
        client.with_raw_response.accounts.create(im_accid="alice")
    with pytest.raises(errors.ClientClosedError):
        client.post("/v1/account/create", {})
    with pytest.raises(errors.ClientClosedError):
        list(client.meetings.list())
    with sandbox.client() as inside:
        inside.accounts.create(im_accid="bob")
    refused(inside)
    assert [account["imAccid"] for account in sandbox.state()["accounts"]] == ["bob"]


def test_a_closed_sandbox_closes_its_clients() -> None:
    with Sandbox() as sandbox:
        client, other = sandbox.client(), sandbox.async_client()
        client.accounts.create(im_accid="alice")
    refused(client)
    refused(sandbox.client())

    async def use() -> None:
        with pytest.raises(errors.ClientClosedError):
            await other.accounts.create(im_accid="bob")

    asyncio.run(use())
    sandbox.close()
    assert [account["imAccid"] for account in sandbox.state()["accounts"]] == ["alice"], "what it holds stays"


def test_a_client_closed_while_it_waits_ends_its_call() -> None:
    sandbox = Sandbox()

    def close(attempt: Attempt) -> None:
        client.close()

    client = sandbox.client(on_attempt=close)
    sandbox.add_fault({"operation": "accounts.create", "code": 510})
    refused(client)
    assert sandbox.state()["accounts"] == []
