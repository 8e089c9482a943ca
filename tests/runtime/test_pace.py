"""The rate of a client: what it lets go, in which order, and how it finds the limit of a gateway. No time passes."""

from __future__ import annotations

import heapq
import os
import random
import signal
import threading
from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from netease_meeting import AsyncMeetingClient, MeetingClient, errors
from netease_meeting._runtime import pace as pacing
from netease_meeting._runtime.codec import Codec
from netease_meeting._runtime.pace import Pace
from netease_meeting._runtime.retry import Budget
from netease_meeting.client import CONTRACT

from tests.runtime.drive import MEETING, Driver, answer, lost, page

LATER = 1e9


def go(pace: Pace, now: float) -> float:
    """Wait for a turn and return when it came."""
    ticket = pace.join(LATER)
    while wait := pace.wait(ticket, now):
        now += wait
    return now


# -- what is let go


@given(
    rate=st.floats(0.1, 500),
    gaps=st.lists(st.floats(0, 3), min_size=1, max_size=60),
)
def test_never_more_than_a_second_s_worth_beyond_the_rate(rate: float, gaps: list[float]) -> None:
    pace = Pace(rate)
    now, sent = 100.0, list[float]()
    for gap in gaps:
        now = go(pace, now + gap)
        sent.append(now)
    for first in range(len(sent)):
        for last in range(first, len(sent)):
            assert last - first + 1 <= max(rate, 1) + (sent[last] - sent[first]) * rate + 1e-6


@given(rate=st.floats(1, 500), count=st.integers(1, 300))
def test_it_waits_no_longer_than_it_must(rate: float, count: int) -> None:
    pace = Pace(rate)
    now = 0.0
    for _ in range(count):
        now = go(pace, now)
    assert now <= max(count - rate, 0) / rate + 1e-6


def test_requests_go_in_the_order_in_which_they_came() -> None:
    pace = Pace(1)
    go(pace, 0.0)
    first, second = pace.join(LATER), pace.join(LATER)
    assert pace.wait(second, 0.5) == pytest.approx(1.5)
    assert pace.wait(first, 0.5) == pytest.approx(0.5)
    assert pace.wait(second, 1.2) > 0, "the token is that of the first, which is late"
    assert pace.wait(first, 1.5) == 0.0
    assert pace.wait(second, 2.0) == pytest.approx(0.5), "no two within a second"
    assert pace.wait(second, 2.5) == 0.0


def test_whoever_gives_up_makes_room() -> None:
    pace = Pace(10)
    for _ in range(10):
        go(pace, 0.0)
    waiting = [pace.join(LATER) for _ in range(1000)]
    last = pace.join(LATER)
    assert pace.wait(last, 0.0) == pytest.approx(100.1)
    for ticket in waiting:
        pace.leave(ticket)
    pace.leave(waiting[0])
    assert pace.wait(last, 0.0) == pytest.approx(0.1)
    pace.leave(last)


def test_the_forgotten_do_not_hold_up_the_queue() -> None:
    """A call whose frames a debugger keeps never gives up its place by itself."""
    pace = Pace(1)
    go(pace, 0.0)
    for _ in range(50):
        pace.join(5.0)
    assert go(pace, 6.0) == pytest.approx(6.0)


def test_a_pause_that_the_gateway_asks_for_holds_for_all() -> None:
    pace = Pace(100)
    ticket = pace.join(LATER)
    pace.wait(ticket, 0.0)
    pace.refused(ticket, 1.0, 20.0)
    assert go(pace, 2.0) == pytest.approx(21.0, abs=0.1)


def test_a_fork_waits_neither_for_a_lock_nor_for_the_threads_of_its_parent() -> None:
    pace = Pace(1)
    go(pace, 0.0)
    for _ in range(100):
        pace.join(LATER)
    held, release = threading.Event(), threading.Event()

    def hold() -> None:
        with pacing._lock:
            held.set()
            release.wait(0.2)

    thread = threading.Thread(target=hold)
    thread.start()
    held.wait()
    child = os.fork()
    if child == 0:
        signal.alarm(5)
        os._exit(0 if go(pace, 1.0) < 1.1 else 1)
    release.set()
    thread.join()
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


WRONG: list[Any] = [0, -1, float("nan"), float("inf"), 10**400, True, False, "fast", "50", "", b"adaptive", [50], 1j]


@pytest.mark.parametrize("rate", WRONG)
@pytest.mark.parametrize("kind", [MeetingClient, AsyncMeetingClient])
def test_what_is_no_rate_is_refused(kind: Callable[..., object], rate: object) -> None:
    with pytest.raises(errors.ConfigurationError, match=r"^rate must be"):
        kind(app_key="key", app_secret="secret", rate=rate)


@pytest.mark.parametrize("kind", [MeetingClient, AsyncMeetingClient])
@pytest.mark.parametrize("rate", [50, 0.5, "adaptive"])
def test_copies_of_a_client_share_its_rate(kind: Callable[..., Any], rate: object) -> None:
    client = kind(app_key="key", app_secret="secret", rate=rate)
    session = client._core.session
    assert session.pace is not None
    assert client.with_options(timeout=5)._core.session is session
    assert kind(app_key="key", app_secret="secret")._core.session.pace is None


# -- a gateway with a limit


@dataclass
class Gateway:
    """Allows so many requests a second: by a bucket of some size, or within each second."""

    allowed: float
    bucket: float | None
    tokens: float = 0.0
    at: float = 0.0
    log: list[float] = field(default_factory=list[float])

    def __post_init__(self) -> None:
        self.tokens = self.bucket or 0.0

    def accepts(self, now: float) -> bool:
        if self.bucket is None:
            self.log = [at for at in self.log if at > now - 1]
            accepted = len(self.log) < self.allowed
            self.log += [now] * accepted
            return accepted
        self.tokens = min(self.bucket, self.tokens + (now - self.at) * self.allowed)
        self.at = now
        accepted = self.tokens >= 1
        self.tokens -= accepted
        return accepted


def simulate(rate: Any, gateway: Gateway, callers: int, count: int, latency: float, seed: int) -> tuple[float, float]:
    """Return the rate of success and the share of requests refused, as callers call who wake a little late."""
    chance, pace = random.Random(seed), Pace(rate)
    agenda: list[tuple[float, int, Generator[float, float, None]]] = []
    begun = sent = refused = 0
    end = 0.0

    def call() -> Generator[float, float, None]:
        nonlocal begun, sent, refused, end
        now = 0.0
        while begun < count:
            begun += 1
            accepted = False
            while not accepted:
                ticket = pace.join(LATER)
                while wait := pace.wait(ticket, now):
                    now = yield now + wait + chance.random() * 0.005
                sent += 1
                now = yield now + latency * chance.uniform(0.2, 1)
                accepted = gateway.accepts(now)
                now = yield now + latency * chance.uniform(0.2, 1)
                if accepted:
                    pace.accepted(ticket)
                else:
                    refused += 1
                    pace.refused(ticket, now, None)
            end = now

    for number in range(callers):
        caller = call()
        heapq.heappush(agenda, (next(caller), number, caller))
    while agenda:
        now, number, caller = heapq.heappop(agenda)
        try:
            following = caller.send(now)
        except StopIteration:
            continue
        heapq.heappush(agenda, (following, number, caller))
    return count / end, refused / sent


@pytest.mark.parametrize("callers", [20, 200])
@pytest.mark.parametrize("rate", [100, "adaptive", 150])
@pytest.mark.parametrize("latency", [0.01, 0.1])
def test_the_limit_of_a_gateway_is_used_and_kept(rate: Any, callers: int, latency: float) -> None:
    for seed in range(3):
        succeeded, refused = simulate(rate, Gateway(100, 100), callers, 5000, latency, seed)
        assert succeeded >= 90
        assert refused <= 0.03


@pytest.mark.parametrize("bucket", [10, 30, None])
@pytest.mark.parametrize("callers", [20, 200])
def test_gateways_count_in_several_ways(callers: int, bucket: float | None) -> None:
    succeeded, refused = simulate("adaptive", Gateway(100, bucket), callers, 5000, 0.02, 1)
    assert succeeded >= 90
    assert refused <= 0.03


@settings(max_examples=20, deadline=None)
@given(allowed=st.floats(15, 400), seed=st.integers(0, 1000))
def test_any_limit_is_found(allowed: float, seed: int) -> None:
    succeeded, refused = simulate("adaptive", Gateway(allowed, allowed), 100, 4000, 0.02, seed)
    assert succeeded >= 0.75 * allowed, "with the time it takes to find it"
    assert refused <= 0.05


def test_a_rate_is_never_exceeded_however_much_the_gateway_accepts() -> None:
    succeeded, refused = simulate(50, Gateway(1000, 1000), 100, 2000, 0.02, 1)
    assert 50 <= succeeded <= 50 * 2000 / (2000 - 50)
    assert refused == 0


# -- a call

THROTTLED = answer(510)


def paced(rate: Any) -> Driver:
    driver = Driver()
    driver.session.pace = Pace(rate)
    return driver


def test_a_call_waits_before_it_is_signed() -> None:
    driver = paced(2)
    for _ in range(4):
        driver("meetings.get", answer(ret=MEETING), seconds=0.0)
    assert driver.sleeps == [pytest.approx(0.5)] * 2
    assert driver.header(3, b"CurTime") == b"%d" % (1_700_000_000 + 1)


@pytest.mark.parametrize("refusal", [THROTTLED, page(429)], ids=["510", "429"])
@pytest.mark.parametrize("name", ["meetings.get", "meetings.create", "accounts.create without imAccid"])
def test_a_refusal_for_the_rate_costs_neither_retries_nor_budget(name: str, refusal: Any) -> None:
    driver = paced("adaptive")
    driver(name, *[refusal] * 12, answer(ret={**MEETING, "accountId": "1"}), max_retries=1, timeout=300)
    assert len(driver.sends) == 13
    assert driver.session.budget._tokens == Budget.CAPACITY


def test_without_retries_a_refusal_is_passed_on() -> None:
    driver = paced(100)
    assert isinstance(driver.fails("meetings.get", THROTTLED, max_retries=0), errors.RateLimitError)
    assert len(driver.sends) == 1


def test_a_refusal_that_lasts_is_passed_on_at_the_deadline() -> None:
    driver = paced(100)
    error = driver.fails("meetings.create", THROTTLED, timeout=20)
    assert isinstance(error, errors.RateLimitError)
    assert 3 < len(driver.sends) < 60, "the rate went down meanwhile"
    assert len(error.attempts) == len(driver.sends)
    assert driver.monotonic < 100 + 20


def test_other_refusals_are_repeated_as_ever() -> None:
    """701 is refused before anything is done as well, but not for the rate."""
    for outcome, kind in ((answer(701), errors.ServiceBusyError), (answer(512), errors.ServiceBusyError)):
        driver = paced(100)
        assert isinstance(driver.fails("meetings.get", outcome, max_retries=2), kind)
        assert len(driver.sends) == 3
        assert driver.session.pace is not None
        assert driver.session.pace.rate == 100
    driver = paced(100)
    assert isinstance(driver.fails("meetings.create", lost()), errors.OutcomeUnknownError)


def test_the_gateway_s_wish_for_a_pause_is_kept() -> None:
    driver = paced(100)
    driver("meetings.get", answer(510, Retry_After="7"), answer(ret=MEETING))
    assert sum(driver.sleeps) == pytest.approx(7, abs=0.1)
    driver = paced(100)
    error = driver.fails("meetings.get", answer(510, Retry_After="61"), answer(ret=MEETING), timeout=300)
    assert isinstance(error, errors.RateLimitError)
    assert len(driver.sends) == 1


def test_a_turn_that_comes_too_late_is_not_waited_for() -> None:
    driver = paced(0.1)
    driver("meetings.get", answer(ret=MEETING), seconds=0.0)
    error = driver.fails("meetings.create", answer(ret=MEETING), timeout=5)
    assert isinstance(error, errors.APITimeoutError)
    assert not isinstance(error, errors.OutcomeUnknownError)
    assert "not sent" in str(error)
    assert error.operation == "meetings.create"
    assert error.hint
    assert error.hint_zh
    assert (len(driver.sends), driver.sleeps) == (1, [])
    driver("meetings.get", answer(ret=MEETING), timeout=20)
    assert driver.sleeps == [pytest.approx(10)], "the one that was not sent holds no place"


def test_an_attempt_that_was_lost_is_not_forgotten_in_the_queue() -> None:
    """The second attempt was not sent, but the first may have been carried out."""
    driver = paced(0.1)
    error = driver.fails("accounts.update_token", lost(), timeout=5)
    assert isinstance(error, errors.OutcomeUnknownError)
    assert "not sent" in str(error)
    assert len(driver.sends) == len(error.attempts) == 1


def test_the_contract_says_what_refuses_for_the_rate() -> None:
    assert [code for code, facts in errors.CODES.items() if facts.throttled] == [510]
    codes = {code: msgspec.structs.replace(facts, throttled=code == 701) for code, facts in errors.CODES.items()}
    driver = paced(100)
    driver.session.codec = Codec(msgspec.structs.replace(CONTRACT, codes=codes))
    driver("meetings.get", *[answer(701)] * 5, answer(ret=MEETING))
    assert len(driver.sends) == 6
