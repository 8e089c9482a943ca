"""An inbox loses nothing, does nothing twice, and keeps the order of each meeting. Both stores."""

from __future__ import annotations

import asyncio
import json
import logging
import threading
from collections.abc import Callable
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
from netease_meeting import errors
from netease_meeting.inbox import Delivery, Inbox, Store
from netease_meeting.sandbox import Sandbox
from netease_meeting.webhooks import Event, MeetingEnded, MeetingStarted, UnknownEvent

from .callbacks import NOW, Clock, callback, signed, told, webhook
from .conftest import MakeStore

Told = tuple[str, int | None, int | None]


class World:
    """An inbox, a clock that stands still, and a handler that notes what it is given."""

    def __init__(self, store: Store, **options: Any) -> None:
        self.clock = Clock()
        self.store = store
        self.inbox: Inbox[Event] = Inbox(webhook(self.clock), store, now=self.clock, **options)
        self.handled: list[Told] = []
        self.late: list[Told] = []

    def receive(self, *callbacks: tuple[bytes, Any]) -> list[bool]:
        return [self.inbox.receive(body, headers) for body, headers in callbacks]

    def handle(self, delivery: Delivery[Event]) -> None:
        self.handled.append(told(delivery.event))
        if delivery.late:
            self.late.append(told(delivery.event))

    def work(self, handler: Callable[[Delivery[Event]], None] | None = None) -> list[Told]:
        self.handled = []
        self.inbox.work(handler or self.handle)
        return self.handled


@pytest.fixture
def world(make: MakeStore) -> World:
    return World(make())


# -- receiving


@pytest.mark.case(111)
def test_a_resend_with_a_new_signature_is_a_duplicate(world: World) -> None:
    body, headers = callback("MeetingStarted")
    again = signed(body, at=world.clock.now + 2)
    assert again[1] != headers
    assert world.receive((body, headers), again, (body, headers)) == [True, False, False]
    assert world.work() == [("MeetingStarted", 1, 1)]
    assert world.receive(again) == [False], "handled is known too"
    assert world.work() == []
    assert world.inbox.stats().duplicates == 3


@pytest.mark.case(112)
def test_a_resend_with_its_keys_in_another_order_is_a_duplicate(world: World) -> None:
    body, headers = callback("MemberJoined")
    message = json.loads(body)
    turned = {"msgBody": dict(reversed(message["msgBody"].items())), "msgType": message["msgType"]}
    assert world.receive((body, headers), signed(json.dumps(turned).encode())) == [True, False]
    assert world.work() == [("MemberJoined", 1, 1)]


def test_the_same_member_at_the_same_moment_joins_and_leaves(world: World) -> None:
    assert world.receive(callback("MemberJoined"), callback("MemberLeft")) == [True, True]
    assert world.work() == [("MemberJoined", 1, 1), ("MemberLeft", 1, 1)]


def test_a_room_that_opens_again_is_no_duplicate(world: World) -> None:
    assert world.receive(callback("MeetingEnded", time=1), callback("MeetingEnded", time=2)) == [True, True]


@pytest.mark.case(127)
def test_a_kind_newer_than_this_package_is_kept_and_handed_over(world: World) -> None:
    news = signed(b'{"msgType":8,"msgBody":{"meetingUniqueId":5,"time":1700000000009,"novel":true}}')
    odd = signed(b'{"msgType":99,"msgBody":{"meetingUniqueId":99999999999999999999999,"time":"soon"}}')
    assert world.receive(news, odd, news, odd) == [True, True, False, False]
    seen: list[UnknownEvent] = []

    def handler(delivery: Delivery[Event]) -> None:
        assert isinstance(delivery.event, UnknownEvent)
        seen.append(delivery.event)

    assert world.inbox.work(handler) == 2
    assert {event.msg_type for event in seen} == {8, 99}
    assert {event.raw for event in seen} == {news[0], odd[0]}


@pytest.mark.case(128)
def test_the_consoles_probe_is_acknowledged_and_not_kept(world: World) -> None:
    assert world.receive(signed(b"{}")) == [False]
    assert world.inbox.stats().waiting == 0
    body, headers = signed(b"{}")
    with pytest.raises(errors.WebhookSignatureError):
        world.inbox.receive(body, {**headers, "CheckSum": "0" * 40})


def test_what_is_not_genuine_is_not_kept(world: World) -> None:
    body, headers = callback("MeetingStarted")
    with pytest.raises(errors.WebhookSignatureError):
        world.inbox.receive(body + b" ", headers)
    assert world.inbox.stats().waiting == 0


# -- order


@pytest.mark.case(113)
def test_order_is_that_of_time_within_a_meeting(world: World) -> None:
    world.receive(
        callback("MeetingRecycled", time=5),
        callback("MemberLeft", time=3),
        callback("MeetingEnded", time=4),
        callback("MemberJoined", time=2),
        callback("MeetingStarted", time=1),
    )
    assert [kind for kind, _, _ in world.work()] == [
        "MeetingStarted",
        "MemberJoined",
        "MemberLeft",
        "MeetingEnded",
        "MeetingRecycled",
    ]


@pytest.mark.case(113)
def test_what_comes_too_late_is_handed_over_and_says_so(world: World) -> None:
    world.receive(callback("MemberLeft", time=3), callback("MeetingEnded", time=4), callback("MeetingEnded", 2, 1))
    world.work()
    assert world.late == []
    world.receive(callback("MemberJoined", time=2), callback("MemberJoined", time=5), callback("MeetingStarted", 3, 1))
    world.work()
    assert world.late == [("MemberJoined", 1, 2)]


@pytest.mark.case(113)
def test_an_event_can_wait_for_older_ones(make: MakeStore) -> None:
    world = World(make(), reorder=timedelta(seconds=10))
    world.receive(callback("MemberLeft", time=3))
    assert world.work() == []
    world.clock.now += 6
    world.receive(callback("MemberJoined", time=2))
    world.clock.now += 9
    assert world.work() == [], "the older one, which is to come first, has not waited yet"
    world.clock.now += 1
    assert [time for _, _, time in world.work()] == [2, 3]
    assert world.late == []


# -- failing


@pytest.mark.case(124)
def test_a_poison_event_blocks_only_its_meeting_and_is_parked(make: MakeStore, caplog: Any) -> None:
    world = World(make(), attempts=4)
    world.receive(
        callback("MeetingStarted", 1, 1),
        callback("MeetingEnded", 1, 2),
        callback("MeetingStarted", 2, 1),
        callback("MeetingEnded", 2, 2),
    )
    attempts: list[tuple[float, int]] = []

    def handler(delivery: Delivery[Event]) -> None:
        if told(delivery.event) == ("MeetingStarted", 1, 1):
            attempts.append((world.clock.now, delivery.attempt))
            raise ValueError("no such room \x1b[31m")
        world.handle(delivery)

    start = world.clock.now
    assert world.work(handler) == [("MeetingStarted", 2, 1), ("MeetingEnded", 2, 2)], "the other meeting goes on"
    for wait in (1, 2, 4):
        world.clock.now += wait - 0.001
        assert world.inbox.work(handler) == 0
        world.clock.now += 0.001
        world.work(handler)
    assert [(round(at - start), attempt) for at, attempt in attempts] == [(0, 1), (1, 2), (3, 3), (7, 4)]
    assert world.handled == [("MeetingEnded", 1, 2)], "once it is parked its meeting goes on"
    (parked,) = world.inbox.parked()
    assert (parked.meeting, parked.kind, parked.attempts) == (1, "MeetingStarted", 4)
    assert parked.error == "ValueError: no such room \\x1b[31m"
    assert world.inbox.stats().parked == 1
    assert "is parked" in caplog.text
    assert world.receive(callback("MeetingStarted", 1, 1)) == [False]
    assert world.inbox.replay(parked.key) == 1
    assert world.work() == [("MeetingStarted", 1, 1)]
    assert world.late == [("MeetingStarted", 1, 1)]
    assert world.inbox.replay() == 0


@pytest.mark.case(124)
def test_an_event_that_kills_its_worker_is_parked_too(make: MakeStore) -> None:
    world = World(make(), attempts=2)
    world.receive(callback("MeetingStarted"))
    for _ in range(2):
        lease = world.store.lease(world.clock.now)
        assert lease is not None
        lease.retry(world.clock.now, "as after a crash: counted, and nobody said why")
    assert world.work() == []
    assert [parked.attempts for parked in world.inbox.parked()] == [3]


def test_an_interrupt_gives_the_event_back(world: World) -> None:
    world.receive(callback("MeetingStarted"))

    def interrupted(delivery: Delivery[Event]) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        world.inbox.work(interrupted)
    attempts: list[int] = []
    world.inbox.work(lambda delivery: attempts.append(delivery.attempt))
    assert attempts == [1]


def test_waits_stop_growing_at_five_minutes(make: MakeStore, caplog: Any) -> None:
    caplog.set_level(logging.CRITICAL)
    world = World(make(), attempts=12)
    world.receive(callback("MeetingStarted"))
    at: list[float] = []

    def handler(delivery: Delivery[Event]) -> None:
        at.append(world.clock.now)
        raise ValueError

    while not world.inbox.parked():
        world.inbox.work(handler)
        world.clock.now += 1
    waits = [round(after - before) for before, after in pairwise(at)]
    assert waits == [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300]


# -- exactly once


def count(connection: Any) -> int:
    return int(connection.execute("SELECT count(*) FROM effects").fetchone()[0])


@pytest.fixture
def effects(world: World) -> World:
    world.receive(callback("MeetingStarted"))
    world.inbox.work(lambda delivery: delivery.connection.execute("CREATE TABLE effects (number integer)") and None)
    return world


def test_what_is_written_through_the_connection_happens_once_or_not_at_all(effects: World) -> None:
    effects.receive(callback("MeetingEnded", time=2))

    def half(delivery: Delivery[Event]) -> None:
        delivery.connection.execute("INSERT INTO effects VALUES (1)")
        raise ValueError("after writing")

    effects.inbox.work(half)
    effects.clock.now += 1
    seen: list[int] = []

    def whole(delivery: Delivery[Event]) -> None:
        seen.append(count(delivery.connection))
        delivery.connection.execute("INSERT INTO effects VALUES (1)")

    assert effects.inbox.work(whole) == 1
    effects.receive(callback("MeetingRecycled", time=3))
    effects.inbox.work(lambda delivery: seen.append(count(delivery.connection)))
    assert seen == [0, 1]


def test_a_handler_that_ends_the_transaction_itself_is_told(effects: World, caplog: Any) -> None:
    effects.receive(callback("MeetingEnded", time=2))

    def committing(delivery: Delivery[Event]) -> None:
        delivery.connection.execute("INSERT INTO effects VALUES (1)")
        delivery.connection.commit()

    effects.inbox.work(committing)
    assert effects.inbox.stats().waiting == 1, "it did not pass for handled"
    assert "transaction" in caplog.text.lower()


def test_a_database_error_the_handler_swallows_does_not_pass_for_success(world: World) -> None:
    world.receive(callback("MeetingStarted"))

    def handler(delivery: Delivery[Event]) -> None:
        try:
            delivery.connection.execute("SELECT * FROM no_such_table")
        except Exception:
            world.handle(delivery)

    world.inbox.work(handler)
    waiting = world.inbox.stats().waiting
    assert waiting == (1 if type(world.store).__name__ == "PostgresStore" else 0), "PostgreSQL refuses to commit then"


# -- running


def test_two_workers_share_the_work_and_keep_the_order(make: MakeStore) -> None:
    world = World(make())
    other: Inbox[Event] = Inbox(webhook(world.clock), make(), now=world.clock)
    for time in range(20):
        for meeting in range(5):
            world.receive(callback("MemberJoined", meeting + 1, time))
    handled: list[Told] = []
    stop = threading.Event()
    running: set[int | None] = set()
    overlaps: list[Any] = []

    def handler(delivery: Delivery[Event]) -> None:
        meeting = delivery.event.meeting_unique_id
        if meeting in running:
            overlaps.append(meeting)
        running.add(meeting)
        handled.append(told(delivery.event))
        running.discard(meeting)
        if len(handled) == 100:
            stop.set()

    workers = [
        threading.Thread(target=inbox.run, args=(handler,), kwargs={"stop": stop}) for inbox in (world.inbox, other)
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert len(set(handled)) == len(handled) == 100
    assert overlaps == []
    for meeting in range(5):
        assert [time for _, which, time in handled if which == meeting + 1] == list(range(20))


def test_asynchronous_handlers_share_one_loop(world: World) -> None:
    world.receive(callback("MeetingStarted"), callback("MeetingEnded", time=2))
    loops: set[asyncio.AbstractEventLoop] = set()

    async def handler(delivery: Delivery[Event]) -> None:
        await asyncio.sleep(0)
        loops.add(asyncio.get_running_loop())
        world.handle(delivery)

    assert world.inbox.work(handler) == 2
    assert len(loops) == 1
    assert len(world.handled) == 2


def test_a_worker_outlives_an_outage_of_its_store(world: World, caplog: Any) -> None:
    world.receive(callback("MeetingStarted"))
    stop, outage = threading.Event(), iter([OSError("gone"), OSError("gone")])

    class Failing:
        def __getattr__(self, name: str) -> Any:
            for error in outage:
                raise error
            return getattr(world.store, name)

    failing: Any = Failing()
    inbox: Inbox[Event] = Inbox(webhook(world.clock), failing, now=world.clock)

    def handler(delivery: Delivery[Event]) -> None:
        world.handle(delivery)
        stop.set()

    inbox.run(handler, stop=stop, poll=timedelta(milliseconds=1))
    assert world.handled == [("MeetingStarted", 1, 1)]
    assert caplog.text.count("the store failed") == 2


def test_a_body_that_is_barely_json_is_kept_handled_and_reconciled(world: World) -> None:
    body, _ = callback("MeetingEnded", subject="CUT")
    odd = b"\xef\xbb\xbf" + body.replace(b"CUT", rb"\ud83d")
    world.receive(signed(odd))
    assert world.work() == [("MeetingEnded", 1, 1)]
    assert world.inbox.reconcile(Sandbox().client()).rebuilt == []


# -- looking after it


def test_parked_events_can_be_looked_at_and_discarded(make: MakeStore) -> None:
    world = World(make(), attempts=1)
    body, headers = callback("MeetingStarted", time=5)
    world.receive((body, headers), callback("MeetingEnded", time=6))

    def handler(delivery: Delivery[Event]) -> None:
        if isinstance(delivery.event, MeetingStarted):
            raise ValueError("no such room")

    world.inbox.work(handler)
    (parked,) = world.inbox.parked()
    hook = webhook(world.clock)
    assert hook.read(parked.body, app_key=parked.app_key) == hook.parse(body, headers)
    assert (parked.time, parked.received_at) == (int(NOW * 1000) + 5, NOW)
    assert "body" not in repr(parked)
    assert world.inbox.discard("unknown") is False
    assert world.inbox.discard(parked.key) is True
    assert world.inbox.discard(parked.key) is False
    assert (world.inbox.parked(), world.inbox.stats().parked, world.inbox.replay()) == ([], 0, 0)
    assert world.receive((body, headers)) == [False], "a late duplicate does not come back"
    assert world.work() == []


def test_figures_and_retention(make: MakeStore) -> None:
    world = World(make(), retention=timedelta(seconds=14424))
    world.receive(callback("MeetingStarted"))
    world.clock.now += 60
    world.receive(callback("MeetingStarted", 2))
    stats = world.inbox.stats()
    assert (stats.waiting, stats.oldest, stats.parked) == (2, 60.0, 0)
    world.work()
    assert world.inbox.stats().oldest is None
    world.clock.now += 14424 - 60 + 0.001
    assert world.inbox.purge() == 1, "the first is older than the retention, the second is not"
    assert world.receive(callback("MeetingStarted", 2, at=world.clock.now)) == [False]
    with pytest.raises(errors.ConfigurationError, match="14424 s"):
        World(make(), retention=timedelta(seconds=14423))
    with pytest.raises(errors.ConfigurationError):
        World(make(), attempts=0)


def test_events_come_back_as_they_were_sent(world: World) -> None:
    body, headers = callback("MeetingEnded", subject="会议 \U0001f600", reason=2, novel=[1])
    world.receive((body, headers))
    seen: list[Event] = []
    world.inbox.work(lambda delivery: seen.append(delivery.event))
    (event,) = seen
    assert isinstance(event, MeetingEnded)
    assert event == webhook(world.clock).parse(body, headers)
    assert (event.subject, event.app_key) == ("会议 \U0001f600", "sandbox-key")
