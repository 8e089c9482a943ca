"""After an outage longer than the resends last: what the API still tells is rebuilt, and happens once."""

from __future__ import annotations

import asyncio
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from netease_meeting.inbox import Delivery, Inbox, SQLiteStore, Store
from netease_meeting.sandbox import Sandbox
from netease_meeting.webhooks import Event, MeetingEnded, MeetingRecycled, RecordingReady, Webhook

from .callbacks import KEY, SECRET, signed
from .conftest import MakeStore

OUTAGE = 2 * 3600 + 13
"""One second more than the resends last."""


class World:
    """A sandbox whose callbacks go to an inbox that can be down."""

    def __init__(self, store: Store, **options: Any) -> None:
        self.sandbox = Sandbox(callback_clock="virtual", **options)
        now = self.sandbox.clock.seconds
        self.inbox: Inbox[Event] = Inbox(Webhook(app_key=KEY, app_secret=SECRET, now=now), store, now=now)
        self.client = self.sandbox.client()
        self.down = False
        self.sandbox.set_callback(self.answer)
        self.host = self.client.accounts.create(im_accid="host").account_id
        self.events: list[Event] = []
        self.handled: list[str] = []

    def answer(self, body: bytes, headers: Any) -> int:
        if self.down:
            return 503
        self.inbox.receive(body, headers)
        return 200

    def schedule(self) -> int:
        start = int(self.sandbox.clock.seconds() * 1000)
        made = self.client.meetings.create(
            host=self.host, type=3, subject="Board 董事会", start_time=start, end_time=start + 3_600_000
        )
        return made.meeting_unique_id

    def instant(self) -> int:
        return self.client.meetings.create(host=self.host, type=1, subject="now").meeting_unique_id

    def work(self) -> list[str]:
        """Handle what is due; return the names of the events, those rebuilt in brackets, those late with a star."""
        self.handled, self.events = [], []

        def handler(delivery: Delivery[Event]) -> None:
            name = type(delivery.event).__name__
            self.events.append(delivery.event)
            self.handled.append((f"[{name}]" if delivery.rebuilt else name) + ("*" if delivery.late else ""))

        self.inbox.work(handler)
        return self.handled

    def originals(self, *names: str) -> None:
        """Have callbacks come after all, freshly signed."""
        for name in names:
            for callback in self.sandbox.callbacks.log():
                if callback.event == name:
                    self.inbox.receive(*signed(callback.body, self.sandbox.clock.seconds()))


@pytest.fixture
def world(make: MakeStore) -> World:
    return World(make())


def lose_the_end(world: World) -> int:
    """Have a meeting begin while the inbox is up, and end while it is down for good."""
    number = world.schedule()
    world.sandbox.join(number, "ann", "phone")
    world.down = True
    world.sandbox.leave(number, "ann", "phone")
    world.sandbox.advance(3600 + OUTAGE)
    world.down = False
    assert world.work() == ["MeetingStarted", "MemberJoined"]
    return number


def test_what_happened_to_a_known_meeting_is_rebuilt(world: World) -> None:
    number = lose_the_end(world)
    report = world.inbox.reconcile(world.client)
    assert report.meetings == 1
    assert [(one.meeting, one.kind) for one in report.rebuilt] == [
        (number, "MeetingEnded"),
        (number, "MeetingRecycled"),
    ]
    assert report.unresolved == {}
    assert report.lost == ["MemberJoined", "MemberLeft"], "no API tells who joined and left"
    assert world.work() == ["[MeetingEnded]", "[MeetingRecycled]"]
    ended, recycled = world.events
    assert isinstance(ended, MeetingEnded)
    assert isinstance(recycled, MeetingRecycled)
    assert (ended.meeting_unique_id, ended.subject, ended.type, ended.reason) == (number, "Board 董事会", 3, None)
    assert ended.reserve_end_time is not None
    assert abs(ended.time - world.sandbox.clock.seconds() * 1000) < 60_000, "when it was noticed"


def test_reconciling_again_finds_nothing_new(world: World) -> None:
    lose_the_end(world)
    assert len(world.inbox.reconcile(world.client).rebuilt) == 2
    assert world.inbox.reconcile(world.client).rebuilt == [], "not even before they are handled"
    world.work()
    assert world.inbox.reconcile(world.client).rebuilt == []
    assert world.work() == []


def test_an_original_that_comes_after_its_rebuilt_twin_has_no_effect(world: World) -> None:
    lose_the_end(world)
    world.inbox.reconcile(world.client)
    world.work()
    world.originals("MeetingRecycled", "MeetingEnded", "MemberLeft")
    assert world.work() == ["MemberLeft*"], "what could not be rebuilt is handed over, late"
    assert world.inbox.stats().waiting == 0


def test_an_original_that_comes_before_its_rebuilt_twin_takes_its_place(world: World) -> None:
    lose_the_end(world)
    world.inbox.reconcile(world.client)
    world.originals("MeetingEnded")
    assert world.work() == ["MeetingEnded", "[MeetingRecycled]"]


def test_a_second_event_of_the_kind_is_not_swallowed(world: World) -> None:
    """One START and END are rebuilt; two happened, and their callbacks come after all."""
    number = world.schedule()
    world.down = True
    for _ in range(2):
        world.sandbox.join(number, "ann", "phone")
        world.sandbox.advance(1)
        world.sandbox.leave(number, "ann", "phone")
        world.sandbox.advance(1)
    world.down = False
    assert [one.kind for one in world.inbox.reconcile(world.client, listed=True).rebuilt] == [
        "MeetingStarted",
        "MeetingEnded",
    ]
    assert world.work() == ["[MeetingStarted]", "[MeetingEnded]"]
    world.originals("MeetingStarted")
    world.originals("MeetingEnded")
    assert sorted(world.work()) == ["MeetingEnded*", "MeetingStarted*"]


def test_a_room_opened_anew_after_reconciling_is_an_event_of_its_own(world: World) -> None:
    number = world.schedule()
    world.down = True
    world.sandbox.join(number, "ann", "phone")
    world.sandbox.advance(OUTAGE / 10)
    world.down = False
    world.inbox.reconcile(world.client, listed=True)
    assert world.work() == ["[MeetingStarted]"]
    world.sandbox.advance(1)
    world.sandbox.leave(number, "ann", "phone")
    world.sandbox.advance(1)
    world.sandbox.join(number, "ann", "phone")
    assert world.work() == ["MemberLeft", "MeetingEnded", "MeetingStarted", "MemberJoined"]


def test_recordings_are_rebuilt_by_file(world: World) -> None:
    number = lose_the_end(world)
    known = world.sandbox.record(number, {})
    world.down = True
    file = world.sandbox.record(number, {})
    world.sandbox.advance(OUTAGE)
    world.down = False
    world.work()
    report = world.inbox.reconcile(world.client)
    assert [one.kind for one in report.rebuilt].count("RecordingReady") == 1
    world.work()
    (ready,) = [event for event in world.events if isinstance(event, RecordingReady)]
    assert (ready.file_info.filename, ready.file_info.md5) == (file["filename"], file["md5"])
    assert known["filename"] != file["filename"]
    world.originals("RecordingReady")
    assert world.work() == [], "the first is a duplicate, the second was rebuilt"
    assert world.inbox.reconcile(world.client).rebuilt == []


def test_meetings_that_never_told_anything_are_found_in_the_list(world: World) -> None:
    world.down = True
    running, ended, waiting = world.schedule(), world.schedule(), world.schedule()
    instant = world.instant()
    for number in (running, ended):
        world.sandbox.join(number, "ann", "phone")
    world.sandbox.leave(ended, "ann", "phone")
    world.sandbox.advance(60)
    world.down = False
    assert world.inbox.reconcile(world.client).meetings == 0
    report = world.inbox.reconcile(world.client, listed=True)
    assert report.meetings == 3
    assert Counter((one.meeting, one.kind) for one in report.rebuilt) == Counter(
        {(running, "MeetingStarted"): 1, (ended, "MeetingStarted"): 1, (ended, "MeetingEnded"): 1}
    )
    assert {waiting, instant}.isdisjoint(one.meeting for one in report.rebuilt)
    world.work()
    assert {getattr(event, "type", None) for event in world.events} == {3}


def test_a_meeting_that_cannot_be_looked_up_is_reported(make: MakeStore) -> None:
    world = World(make(), forget_ended=True)
    number = lose_the_end(world)
    report = world.inbox.reconcile(world.client)
    assert report.rebuilt == []
    assert list(report.unresolved) == [number]
    assert "2000" in report.unresolved[number]


def test_a_meeting_that_is_over_is_not_asked_for_again(world: World) -> None:
    number = world.instant()
    world.sandbox.join(number, "ann", "phone")
    world.sandbox.end(number)
    world.work()
    asked = len(world.sandbox.requests)
    assert world.inbox.reconcile(world.client).rebuilt == []
    assert [entry["operation"] for entry in list(world.sandbox.requests)[asked:]] == ["recordings.list"]


def test_an_asynchronous_client_is_refused(world: World) -> None:
    async def attempt() -> None:
        async with world.sandbox.async_client() as client:
            with pytest.raises(TypeError, match="MeetingClient"):
                world.inbox.reconcile(client)

    asyncio.run(attempt())


FATES = st.sampled_from(["in time", "late", "lost"])


@settings(max_examples=40, deadline=None, suppress_health_check=(HealthCheck.too_slow, HealthCheck.data_too_large))
@given(st.data())
def test_whatever_is_lost_or_late_no_event_takes_effect_twice(data: st.DataObject) -> None:
    """Random meetings, random losses; then reconcile; then the rest comes in random order."""
    with tempfile.TemporaryDirectory() as path:
        store = SQLiteStore(Path(path) / "inbox.db")
        world = World(store)
        world.sandbox.set_callback(None)
        number = world.schedule() if data.draw(st.booleans()) else world.instant()
        inside = 0
        for _ in range(data.draw(st.integers(1, 6))):
            world.sandbox.advance(1)
            act = data.draw(st.sampled_from(["join", "leave", "end"]))
            try:
                if act == "join":
                    world.sandbox.join(number, f"user {inside}", "phone")
                    inside += 1
                elif act == "leave" and inside:
                    inside -= 1
                    world.sandbox.leave(number, f"user {inside}", "phone")
                elif act == "end":
                    world.sandbox.end(number)
                    inside = 0
            except ValueError:
                continue
        world.sandbox.advance(1)
        log = list(world.sandbox.callbacks.log())
        fates = {callback.number: data.draw(FATES) for callback in log}

        def come(fate: str) -> None:
            for callback in data.draw(st.permutations([one for one in log if fates[one.number] == fate])):
                world.inbox.receive(*signed(callback.body, world.sandbox.clock.seconds()))

        effects: Counter[str] = Counter()
        come("in time")
        for _ in range(2):
            if data.draw(st.booleans()):
                effects.update(name.strip("[]*") for name in world.work())
            world.inbox.reconcile(world.client, listed=True)
        if data.draw(st.booleans()):
            effects.update(name.strip("[]*") for name in world.work())
        come("late")
        effects.update(name.strip("[]*") for name in world.work())
        store.close()
        happened = Counter(callback.event for callback in log)
        received = Counter(one.event for one in log if fates[one.number] != "lost")
        for event, times in happened.items():
            assert effects[event] <= times, f"{event} happened {times} times and took effect {effects[event]} times"
            assert effects[event] >= received[event], f"{event} was received and had no effect"
        assert set(effects) <= set(happened)
        assert world.inbox.stats().waiting == 0
