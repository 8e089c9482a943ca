"""What an inbox expects of its store, as tests. A store of your own passes them, or loses or doubles events.

With pytest, in a file of your own::

    from netease_meeting.inbox.conformance import CHECKS

    @pytest.mark.parametrize("check", CHECKS)
    def test_my_store(check):
        check(lambda: MyStore())  # returns the same, empty place in every call during one check

Without it, ``python -c "from netease_meeting.inbox.conformance import run; run(make)"``.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace

from .store import Entry, Lease, Store

MakeStore = Callable[[], Store]
"""Opens the place. Called twice it gives two stores, as two processes would have, on one place that was empty."""


def entry(key: str, meeting: int = 1, time: int = 0, *, due_at: float = 0.0, after: int | None = None) -> Entry:
    """Return an entry to test with."""
    body = b'{"bytes":"\xe4\xbc\x9a\xe8\xae\xae\\u0000"}'
    return Entry(key, meeting, meeting, time, "Kind", f"topic of {key}", "app", body, 100.0 + time, due_at, after)


def leased(store: Store, now: float = 1000.0) -> Lease:
    """Return a lease that must be there."""
    lease = store.lease(now)
    assert lease is not None, "an event is due, its meeting is free, and lease() returned None"
    return lease


def keys(store: Store, now: float = 1000.0) -> list[str]:
    """Handle everything that is due; return the keys in order."""
    handled: list[str] = []
    while (lease := store.lease(now)) is not None:
        handled.append(lease.entry.key)
        lease.done()
    return handled


def a_key_is_kept_once(make: MakeStore) -> None:
    """The second put of a key changes nothing, before and after the first was handled, whoever does it."""
    store, other = make(), make()
    first = entry("k")
    assert store.put(first) is True
    assert store.put(first) is False
    assert other.put(replace(first, received_at=200.0, body=b"other bytes")) is False
    lease = leased(other)
    assert lease.entry == first, "what was kept is returned whole, and the second put changed nothing"
    lease.done()


def a_handled_key_stays_known(make: MakeStore) -> None:
    """A resend after handling is a duplicate."""
    store = make()
    store.put(entry("k"))
    assert keys(store) == ["k"]
    assert store.put(entry("k")) is False
    assert keys(make()) == []


def order_is_time_then_arrival(make: MakeStore) -> None:
    """Within a meeting the oldest time comes first; of equal times the first to arrive."""
    store = make()
    for key, time in [("c", 30), ("a", 10), ("b1", 20), ("b2", 20)]:
        store.put(entry(key, time=time))
    assert keys(store) == ["a", "b1", "b2", "c"]


def a_meeting_is_one_workers(make: MakeStore) -> None:
    """While an event is handled nothing else of its meeting is, not even an older one that comes now."""
    store, other = make(), make()
    store.put(entry("a", time=10))
    store.put(entry("z", meeting=2))
    lease = leased(store)
    held = lease.entry.meeting
    other.put(entry("older", meeting=held, time=1))
    second = leased(other)
    assert second.entry.meeting != held
    assert other.lease(1000.0) is None
    lease.done()
    second.done()
    assert keys(other) == ["older"]


def one_transaction_leads_to_the_next(make: MakeStore) -> None:
    """Done with a time, a worker has the next event of its meeting: the first there is by then, as lease would."""
    store, other = make(), make()
    store.put(entry("a", time=10))
    store.put(entry("c", time=30))
    store.put(entry("not yet", time=40, due_at=2000.0))
    lease = leased(store)
    other.put(entry("elsewhere", meeting=2))
    other.put(entry("older", time=5))
    seen: list[tuple[str, int, bool]] = []
    following: Lease | None = lease.done(next_at=1000.0)
    elsewhere = leased(other)
    while following is not None:
        seen.append((following.entry.key, following.attempt, following.late))
        assert other.lease(1000.0) is None, "the worker has its meeting still"
        following = following.done(next_at=1000.0)
    assert seen == [("older", 1, True), ("c", 1, False)], "what is not due yet is not taken along"
    assert elsewhere.entry.key == "elsewhere", "only the same meeting is"
    elsewhere.done()
    assert keys(other, now=2000.0) == ["not yet"], "the meeting is free again"


def what_follows_can_fail(make: MakeStore) -> None:
    """An event that was taken along is retried, parked and released like any other, and what went before is done."""
    store = make()
    for time in range(4):
        store.put(entry(f"e{time}", time=time))
    following = leased(store).done(next_at=1000.0)
    assert following is not None
    following.retry(1500.0, "no luck")
    assert store.lease(1499.0) is None
    lease = leased(make(), now=1500.0)
    assert (lease.entry.key, lease.attempt) == ("e1", 2)
    following = lease.done(next_at=1500.0)
    assert following is not None
    following.park("no luck")
    following = leased(store)
    assert following.entry.key == "e3"
    following.release()
    assert keys(make()) == ["e3"]
    assert [parked.key for parked in store.parked()] == ["e2"]


def no_meeting_starves(make: MakeStore) -> None:
    """A meeting with much to do does not keep the others waiting."""
    store = make()
    for time in range(20):
        store.put(entry(f"busy {time}", meeting=1, time=time))
    store.put(entry("quiet", meeting=2))
    store.put(entry("negative", meeting=-5))
    handled = keys(store)
    assert handled.index("quiet") < 5
    assert handled.index("negative") < 5
    assert len(handled) == 22


def not_before_it_is_due(make: MakeStore) -> None:
    """The head of a meeting blocks it until it is due, and blocks no other."""
    store = make()
    store.put(entry("head", time=1, due_at=2000.0))
    store.put(entry("behind", time=2))
    store.put(entry("elsewhere", meeting=2))
    assert keys(store, now=1999.0) == ["elsewhere"]
    assert keys(store, now=2000.0) == ["head", "behind"]


def a_queue_is_not_a_meeting(make: MakeStore) -> None:
    """Entries with the same meeting in different queues do not wait for each other, and are not late for each other."""
    store = make()
    store.put(replace(entry("a"), queue=1, meeting=7, time=2, app_key="app a"))
    store.put(replace(entry("b"), queue=2, meeting=7, time=1, app_key="app b"))
    store.put(replace(entry("without"), queue=3, meeting=0))
    leases = [leased(store) for _ in range(3)]
    assert sorted(lease.entry.key for lease in leases) == ["a", "b", "without"]
    assert not any(lease.late for lease in leases)
    for lease in leases:
        lease.done()
    assert [past.key for past in store.history(1)] == ["a"]
    assert sorted(store.meetings()) == [("app a", 7), ("app b", 7)]


def a_clock_that_was_ahead_holds_nothing_back(make: MakeStore) -> None:
    """What was received, failed or replayed while the clock was ahead is due as soon as it is right again."""
    store = make()
    store.put(replace(entry("received"), received_at=90_000.0, due_at=90_010.0))
    assert keys(store) == ["received"]
    store.put(entry("failed"))
    leased(store, now=90_000.0).retry(90_300.0, "no luck")
    assert keys(store) == ["failed"]
    store.put(entry("parked"))
    leased(store).park("no luck")
    store.replay(None, 90_000.0)
    assert keys(store) == ["parked"]
    store.put(replace(entry("waits"), received_at=1003.0, due_at=1013.0))
    assert keys(store) == [], "clocks of machines differ by some seconds"


def retry_counts_and_waits(make: MakeStore) -> None:
    """A failed event comes again when it is due, with the next number, ahead of the rest of its meeting."""
    store = make()
    store.put(entry("a", time=1))
    store.put(entry("b", time=2))
    lease = leased(store)
    assert lease.attempt == 1
    lease.retry(1500.0, "no luck")
    assert store.lease(1499.0) is None
    lease = leased(make(), now=1500.0)
    assert (lease.entry.key, lease.attempt) == ("a", 2)
    lease.done()
    assert keys(store) == ["b"]


def release_leaves_no_trace(make: MakeStore) -> None:
    """A released event is there at once, its attempt not counted."""
    store = make()
    store.put(entry("a"))
    leased(store).release()
    lease = leased(make())
    assert lease.attempt == 1
    lease.done()


def park_and_replay(make: MakeStore) -> None:
    """A parked event frees its meeting, is listed, still known, and comes back on command as if new, late."""
    store = make()
    store.put(entry("bad", time=1))
    store.put(entry("good", time=2))
    leased(store).park("ValueError: 会议")
    assert store.put(entry("bad", time=1)) is False
    (parked,) = make().parked()
    assert (parked.key, parked.meeting, parked.kind, parked.attempts) == ("bad", 1, "Kind", 1)
    assert parked.error == "ValueError: 会议"
    bad = entry("bad", time=1)
    assert (parked.time, parked.received_at) == (bad.time, bad.received_at)
    assert (parked.app_key, bytes(parked.body)) == (bad.app_key, bad.body)
    assert store.depth().parked == 1
    assert keys(store) == ["good"]
    assert store.replay("unknown", 1000.0) == 0
    assert store.replay("bad", 1000.0) == 1
    assert store.replay(None, 1000.0) == 0
    lease = leased(store)
    assert (lease.entry.key, lease.attempt, lease.late) == ("bad", 1, True)
    lease.done()
    assert store.parked() == []


def discard_is_for_parked_events(make: MakeStore) -> None:
    """A discarded event is neither parked nor handed over, and known until it is purged; no other event is touched."""
    store = make()
    for number, key in enumerate(("bad", "worse", "waiting")):
        store.put(entry(key, time=number))
    for _ in range(2):
        leased(store).park("no")
    assert store.discard("unknown") is False
    assert store.discard("waiting") is False
    assert make().discard("bad") is True
    assert store.discard("bad") is False
    assert [parked.key for parked in store.parked()] == ["worse"]
    assert (store.depth().waiting, store.depth().parked) == (1, 1)
    assert store.put(entry("bad")) is False, "a late duplicate is still known"
    assert store.replay("bad", 1000.0) == 0
    assert keys(store) == ["waiting"]
    assert store.purge(1000.0) == 2


def late_is_told(make: MakeStore) -> None:
    """Only what is older than something handled of the same meeting is late."""
    store = make()
    store.put(entry("new", time=10))
    store.put(entry("elsewhere", meeting=2, time=1))
    assert len(keys(store)) == 2
    for key, time, late in [("older", 9, True), ("equal", 10, False), ("newer", 11, False)]:
        store.put(entry(key, time=time))
        lease = leased(store)
        assert (lease.entry.key, lease.late) == (key, late)
        lease.done()


def history_is_whole(make: MakeStore) -> None:
    """All of a meeting is remembered, with what made an entry superfluous; other meetings know nothing of it."""
    store = make()
    store.put(entry("came", time=1))
    lease = leased(store)
    assert lease.mixed is False
    lease.done()
    store.put(entry("elsewhere", meeting=2))
    assert keys(store) == ["elsewhere"]
    store.put(entry("rebuilt", time=9, after=0))
    lease = leased(store)
    assert (lease.mixed, lease.entry.after) == (True, 0)
    lease.done("came")
    assert [(past.key, past.time, past.after, past.state, past.twin) for past in make().history(1)] == [
        ("came", 1, None, 1, None),
        ("rebuilt", 9, 0, 1, "came"),
    ]
    assert store.history(1)[0].body == entry("came").body
    assert sorted(store.meetings()) == [("app", 1), ("app", 2)]


def depth_and_purge(make: MakeStore) -> None:
    """What is done and old is forgotten; what waits or is parked never is."""
    store = make()
    assert (store.depth().waiting, store.depth().oldest_at, store.depth().parked) == (0, None, 0)
    for number in range(4):
        store.put(entry(f"e{number}", time=number))
    depth = store.depth()
    assert (depth.waiting, depth.oldest_at) == (4, 100.0)
    leased(store).park("no")
    for _ in range(2):
        leased(store).done()
    assert store.purge(102.0) == 1
    assert store.depth().waiting == 1
    assert len(store.parked()) == 1
    assert store.put(entry("e1", time=1)) is True, "it was forgotten"
    assert store.put(entry("e2", time=2)) is False, "it was not"


def threads_share_it(make: MakeStore) -> None:
    """Eight threads put the same and different keys, four work: everything is handled once, in order per meeting."""
    stores = [make(), make()]
    news: list[bool] = []
    handled: list[tuple[int, int]] = []

    def put(store: Store) -> None:
        news.extend(store.put(entry(f"{number}", meeting=number % 7, time=number)) for number in range(70))

    def work(store: Store) -> None:
        while (lease := store.lease(1000.0)) is not None:
            for more in (True, False):
                handled.append((lease.entry.meeting, lease.entry.time))
                following = lease.done(next_at=1000.0 if more else None)
                if following is None:
                    break
                lease = following

    _together(put, stores * 4)
    assert sum(news) == 70
    while store_left := stores[0].depth().waiting:
        _together(work, stores * 2)
        assert stores[0].depth().waiting < store_left, "workers stopped though events were due"
    assert len(handled) == 70
    for meeting in range(7):
        times = [time for which, time in handled if which == meeting]
        assert times == sorted(times)


def _together(work: Callable[[Store], None], stores: list[Store]) -> None:
    failures: list[BaseException] = []

    def guarded(store: Store) -> None:
        try:
            work(store)
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=guarded, args=(store,)) for store in stores]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]


CHECKS: tuple[Callable[[MakeStore], None], ...] = (
    a_key_is_kept_once,
    a_handled_key_stays_known,
    order_is_time_then_arrival,
    a_meeting_is_one_workers,
    one_transaction_leads_to_the_next,
    what_follows_can_fail,
    no_meeting_starves,
    not_before_it_is_due,
    a_queue_is_not_a_meeting,
    a_clock_that_was_ahead_holds_nothing_back,
    retry_counts_and_waits,
    release_leaves_no_trace,
    park_and_replay,
    discard_is_for_parked_events,
    late_is_told,
    history_is_whole,
    depth_and_purge,
    threads_share_it,
)
"""Every check; each wants an empty place."""
