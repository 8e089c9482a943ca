"""Whatever an inbox is given as a handler: the event is handled, or it is kept."""

from __future__ import annotations

import asyncio
import contextvars
import threading
from collections.abc import Callable
from datetime import timedelta
from itertools import chain
from typing import Any

import pytest
from netease_meeting import errors
from netease_meeting.inbox import Delivery
from netease_meeting.webhooks import Event

from ..callbacks.kinds import ASYNC, FAILING, SYNC, UNUSABLE, Kind, async_function
from .callbacks import callback
from .conftest import MakeStore
from .test_inbox import World


@pytest.fixture
def world(sqlite: MakeStore) -> World:
    world = World(sqlite())
    world.receive(callback("MeetingStarted"))
    return world


def every(*some: list[Kind]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("kind", list(chain(*some)), ids=lambda kind: kind.__name__)


def once(world: World, handler: Any) -> None:
    """Run a worker until there was an event."""
    stop = threading.Event()

    def stopping(delivery: Delivery[Event]) -> Any:
        stop.set()
        return handler(delivery)

    world.inbox.run(stopping, stop=stop, poll=timedelta(0))


@every(SYNC, ASYNC)
@pytest.mark.parametrize("work", [lambda world, handler: world.inbox.work(handler), once])
def test_a_worker_runs_every_kind(world: World, kind: Kind, work: Callable[[World, Any], Any]) -> None:
    seen: list[Delivery[Event]] = []
    work(world, kind(seen))
    assert [type(delivery.event).__name__ for delivery in seen] == ["MeetingStarted"]
    assert world.inbox.stats().waiting == 0


@every(UNUSABLE)
@pytest.mark.parametrize("work", ["work", "run"])
def test_what_can_be_seen_never_to_run_is_refused_at_the_start(world: World, kind: Kind, work: str) -> None:
    with pytest.raises(errors.ConfigurationError, match=r"yield|give an object|give a function"):
        getattr(world.inbox, work)(kind([]))
    assert world.work() == [("MeetingStarted", 1, 1)]


@every(FAILING)
def test_what_turns_out_not_to_have_run_is_tried_again_and_parked(sqlite: MakeStore, kind: Kind) -> None:
    world = World(sqlite(), attempts=2)
    world.receive(callback("MeetingStarted"))
    seen: list[Any] = []
    world.inbox.work(kind(seen))
    assert (world.inbox.stats().waiting, world.inbox.stats().parked) == (1, 0)
    world.clock.now += 10
    world.inbox.work(kind(seen))
    assert (world.inbox.stats().waiting, world.inbox.stats().parked) == (0, 1)
    assert seen == []


@every(ASYNC)
@pytest.mark.parametrize("work", ["work", "run"])
@pytest.mark.filterwarnings("error")
def test_an_async_handler_inside_a_running_loop_costs_no_attempt(sqlite: MakeStore, kind: Kind, work: str) -> None:
    world = World(sqlite(), attempts=1)
    world.receive(callback("MeetingStarted"))
    seen: list[Any] = []

    async def program() -> None:
        with pytest.raises(errors.ConfigurationError, match=r"await asyncio\.to_thread\(inbox\.run, handler\)"):
            getattr(world.inbox, work)(kind(seen))
        await asyncio.to_thread(world.inbox.work, kind(seen))

    asyncio.run(program())
    assert [delivery.attempt for delivery in seen] == [1]
    assert world.inbox.parked() == []


def test_an_ordinary_handler_inside_a_running_loop_works(world: World) -> None:
    async def program() -> int:
        return world.inbox.work(world.handle)

    assert asyncio.run(program()) == 1


def test_context_variables_do_not_leak_from_one_event_to_the_next(world: World) -> None:
    world.receive(callback("MeetingEnded", time=2))
    request: contextvars.ContextVar[str] = contextvars.ContextVar("request", default="none")
    before: list[str] = []

    async def handler(delivery: Delivery[Event]) -> None:
        before.append(request.get())
        request.set(delivery.event.key)

    world.inbox.work(handler)
    assert before == ["none", "none"]


def test_what_a_handler_leaves_running_ends_with_the_worker(world: World) -> None:
    ended: list[str] = []

    async def forever() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            ended.append("cancelled")

    tasks: list[asyncio.Task[None]] = []

    async def handler(delivery: Delivery[Event]) -> None:
        tasks.append(asyncio.create_task(forever()))
        await asyncio.sleep(0)

    world.inbox.work(handler)
    assert ended == ["cancelled"]


def test_a_cancelled_handler_leaves_its_event_as_it_was(world: World) -> None:
    async def handler(delivery: Delivery[Event]) -> None:
        raise asyncio.CancelledError

    with pytest.raises(asyncio.CancelledError):
        world.inbox.work(handler)
    seen: list[Any] = []
    world.inbox.work(async_function(seen))
    assert [delivery.attempt for delivery in seen] == [1]
