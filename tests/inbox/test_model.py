"""Both stores against a model of one page: whatever is done in whatever order, they agree."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test
from netease_meeting.inbox import Lease, PostgresStore, SQLiteStore, Store
from netease_meeting.inbox.conformance import entry

from ..postgres import schema

KEYS = st.sampled_from("abcdefgh")
MEETINGS = st.integers(1, 3)
TIMES = st.integers(0, 3)


@dataclass
class Kept:
    meeting: int
    time: int
    arrival: int
    received_at: float
    state: str = "waiting"
    due_at: float = 0.0
    attempts: int = 0


class Machine(RuleBasedStateMachine):
    store: Store

    def __init__(self) -> None:
        super().__init__()
        self.now = 1000.0
        self.kept: dict[str, Kept] = {}
        self.held: list[Lease] = []
        self.arrivals = 0

    def heads(self) -> dict[str, Kept]:
        """What may be handed over: the first of each meeting that nobody works on, if it is due."""
        busy = {lease.entry.meeting for lease in self.held}
        first: dict[int, str] = {}
        for key, kept in sorted(self.kept.items(), key=lambda item: (item[1].time, item[1].arrival)):
            if kept.state == "waiting" and kept.meeting not in busy:
                first.setdefault(kept.meeting, key)
        return {key: self.kept[key] for key in first.values() if self.kept[key].due_at <= self.now}

    @rule(key=KEYS, meeting=MEETINGS, time=TIMES)
    def put(self, key: str, meeting: int, time: int) -> None:
        is_new = self.store.put(entry(key, meeting, time))
        assert is_new == (key not in self.kept)
        if is_new:
            self.arrivals += 1
            self.kept[key] = Kept(meeting, time, self.arrivals, 100.0 + time)

    @precondition(lambda self: len(self.held) < 3)
    @rule()
    def lease(self) -> None:
        heads = self.heads()
        lease = self.store.lease(self.now)
        assert (lease is None) == (not heads)
        if lease is not None:
            self.hold(lease, heads[lease.entry.key])

    def hold(self, lease: Lease, kept: Kept) -> None:
        kept.attempts += 1
        assert lease.attempt == kept.attempts
        assert lease.late == any(
            one.state == "done" and one.meeting == kept.meeting and one.time > kept.time for one in self.kept.values()
        )
        self.held.append(lease)

    @precondition(lambda self: self.held)
    @rule(number=st.integers(0, 2), how=st.sampled_from(["done", "next", "retry", "park", "release"]))
    def settle(self, number: int, how: str) -> None:
        lease = self.held.pop(number % len(self.held))
        kept = self.kept[lease.entry.key]
        if how == "done":
            lease.done()
            kept.state = "done"
        elif how == "next":
            kept.state = "done"
            heads = {key: one for key, one in self.heads().items() if one.meeting == kept.meeting}
            following = lease.done(next_at=self.now)
            assert (following is None) == (not heads)
            if following is not None:
                self.hold(following, heads[following.entry.key])
        elif how == "retry":
            kept.due_at = self.now + 10
            lease.retry(kept.due_at, "no")
        elif how == "park":
            lease.park("no")
            kept.state = "parked"
        else:
            lease.release()
            kept.attempts -= 1

    @rule(key=st.none() | KEYS)
    def replay(self, key: str | None) -> None:
        parked = [one for name, one in self.kept.items() if one.state == "parked" and key in (None, name)]
        assert self.store.replay(key, self.now) == len(parked)
        for one in parked:
            one.state, one.attempts, one.due_at = "waiting", 0, self.now

    @rule()
    def wait(self) -> None:
        self.now += 5

    @rule(time=TIMES)
    def purge(self, time: int) -> None:
        old = [key for key, one in self.kept.items() if one.state == "done" and one.received_at < 100.0 + time]
        assert self.store.purge(100.0 + time) == len(old)
        for key in old:
            del self.kept[key]

    @invariant()
    def figures_agree(self) -> None:
        depth = self.store.depth()
        waiting = [one.received_at for one in self.kept.values() if one.state == "waiting"]
        assert (depth.waiting, depth.oldest_at) == (len(waiting), min(waiting, default=None))
        assert depth.parked == sum(one.state == "parked" for one in self.kept.values())

    def teardown(self) -> None:
        for lease in self.held:
            lease.release()


def test_sqlite_agrees_with_the_model() -> None:
    with tempfile.TemporaryDirectory() as folder:
        opened: list[SQLiteStore] = []

        class SQLite(Machine):
            def __init__(self) -> None:
                super().__init__()
                opened.append(SQLiteStore(Path(folder) / f"{len(opened)}.db"))
                self.store = opened[-1]

            def teardown(self) -> None:
                super().teardown()
                opened[-1].close()

        run(SQLite)


def test_postgresql_agrees_with_the_model(server: str) -> None:
    class PostgreSQL(Machine):
        def __init__(self) -> None:
            super().__init__()
            self.postgres = PostgresStore(schema(server))
            self.postgres.create()
            self.store = self.postgres

        def teardown(self) -> None:
            super().teardown()
            self.postgres.close()

    run(PostgreSQL)


def run(machine: type[Machine]) -> None:
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=25, stateful_step_count=30, deadline=None, suppress_health_check=(HealthCheck.too_slow,)
        ),
    )
