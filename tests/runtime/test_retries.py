"""When a call is tried again, by the meaning of its operation. Numbers are those of the failure catalogue."""

from __future__ import annotations

import json
import multiprocessing
import threading
import time
import warnings
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st
from netease_meeting import ErrorCode, MeetingStatus, errors
from netease_meeting._runtime import retry
from netease_meeting._runtime.flow import Send
from netease_meeting._runtime.retry import LONGEST_WAIT, Budget, Outcome, backoff, retry_after
from netease_meeting._runtime.transport import Reply, TransportError
from netease_meeting.client import CONTRACT

from tests.runtime.drive import BODIES, MEETING, Driver, answer, date, lost, page, refused, timed_out

ACCOUNT = {
    "accountId": "1",
    "accountToken": "t",
    "imAccid": "a",
    "imToken": "i",
    "personalMeetingId": 1234567890,
    "shortId": "1",
}
READS = ["accounts.get_by_im_accid", "accounts.get_by_account_id", "meetings.get", "meetings.list"]
SETS = ["accounts.update_token", "accounts.update_short_id", "meetings.edit"]
VERIFIED = ["meetings.cancel", "meetings.end_by_meeting_unique_id"]
NEVER = [
    "accounts.create without imAccid",
    "meetings.create",
    "meetings.anonymous_join_info",
    "meetings.end_by_meeting_id",
    "meetings.end_by_short_id",
]
RESULTS = {
    "accounts.get_by_im_accid": ACCOUNT,
    "accounts.get_by_account_id": ACCOUNT,
    "meetings.get": MEETING,
    "meetings.list": {"list": [], "pageIndex": 0, "pageSize": 20, "totalNum": 0, "totalPages": 0},
}


@pytest.mark.case(33, 34, 78)
@pytest.mark.parametrize("name", BODIES)
def test_what_was_not_sent_is_sent_again_whatever_it_is(name: str) -> None:
    driver = Driver()
    error = driver.fails(name, refused())
    assert len(driver.sends) == 3
    assert type(error) is errors.APIConnectionError
    assert [text.partition(":")[0] for text in error.attempts] == ["attempt 1", "attempt 2", "attempt 3"]


@pytest.mark.case(35, 36, 37, 38, 39, 40, 78)
@pytest.mark.parametrize("name", READS)
def test_reads_are_repeated_after_any_lost_answer(name: str) -> None:
    driver = Driver()
    driver(name, lost(), timed_out(), answer(ret=RESULTS[name]))
    assert len(driver.sends) == 3
    error = Driver().fails(name, lost())
    assert type(error) is errors.APIConnectionError
    assert type(Driver().fails(name, timed_out())) is errors.APITimeoutError


@pytest.mark.case(41, 56, 78)
@pytest.mark.parametrize("name", SETS)
def test_sets_are_repeated_within_the_deadline(name: str) -> None:
    driver = Driver()
    driver(name, lost(), page(502), answer())
    assert len(driver.sends) == 3
    slow = Driver()
    error = slow.fails(name, timed_out(), timeout=5, seconds=5)
    assert len(slow.sends) == 1, "nothing is sent after the deadline"
    assert isinstance(error, errors.OutcomeUnknownError)


@pytest.mark.case(78)
@pytest.mark.parametrize("name", VERIFIED)
@pytest.mark.parametrize("code", [2000, 2021, 2025])
def test_an_ending_that_had_worked_counts_as_success(name: str, code: int) -> None:
    driver = Driver()
    ended = {**MEETING, "status": int(MeetingStatus.CANCELED)}
    assert driver(name, lost(), answer(code), answer(ret=ended)) is None
    assert [send.url.rpartition("/")[2] for send in driver.sends][-1] == "get"
    assert len(driver.sends) == 3


@pytest.mark.case(78)
@pytest.mark.parametrize("name", VERIFIED)
def test_an_ending_that_had_not_worked_says_why(name: str) -> None:
    driver = Driver()
    error = driver.fails(name, lost(), answer(2025), answer(ret=MEETING))
    assert error.code == 2025
    assert len(driver.sends) == 3
    first_time = Driver()
    assert first_time.fails(name, answer(2025)).code == 2025
    assert len(first_time.sends) == 1, "without a lost answer a refusal is a refusal"


@pytest.mark.case(78)
def test_an_account_that_had_been_made_is_looked_up() -> None:
    driver = Driver()
    account = driver("accounts.create", lost(), answer(1019), answer(ret=ACCOUNT))
    assert account.account_id == "1"
    assert json.loads(driver.sends[-1].body) == {"imAccid": "a"}
    assert driver.sends[-1].url.endswith("/getByImAccid")
    assert Driver().fails("accounts.create", answer(1019)).code == 1019


@pytest.mark.case(78)
@pytest.mark.parametrize("name", NEVER)
@pytest.mark.parametrize("outcome", [lost(), timed_out(), page(502), page(200), answer(501)], ids=repr)
def test_what_may_do_harm_is_never_repeated(name: str, outcome: Reply | TransportError) -> None:
    driver = Driver()
    error = driver.fails(name, outcome)
    assert len(driver.sends) == 1
    assert isinstance(error, errors.OutcomeUnknownError)
    assert error.sent_at == driver.now - 0.01
    assert error.sent is not None
    assert error.sent.keys() == BODIES[name][1].keys()
    assert "hidden-password" not in repr(error.sent) + str(error)
    assert error.hint
    assert error.hint_zh


def test_a_lost_attempt_is_not_forgotten_when_the_next_is_not_sent() -> None:
    for then in (refused(), TransportError("certificate verify failed", sent=False, retryable=False)):
        error = Driver().fails("accounts.create", lost(), then)
        assert isinstance(error, errors.OutcomeUnknownError), "the first attempt may have made the account"


@pytest.mark.case(80)
@pytest.mark.parametrize("name", [*READS, *SETS, *VERIFIED, *NEVER])
def test_a_throttled_request_was_not_executed(name: str) -> None:
    driver = Driver()
    error = driver.fails(name, answer(510))
    assert len(driver.sends) == 3
    assert type(error) is errors.RateLimitError


@pytest.mark.case(55, 80)
@pytest.mark.parametrize("name", [*READS, *NEVER])
def test_a_gateway_that_throttles_has_not_executed_it_either(name: str) -> None:
    driver = Driver()
    error = driver.fails(name, page(429, retry_after="3"))
    assert len(driver.sends) == 3
    assert min(driver.sleeps) >= 3
    assert type(error) is errors.APIResponseError
    assert (error.status, error.retry_after) == (429, 3)


@pytest.mark.case(41, 64)
@pytest.mark.parametrize(
    ("status", "unknown"), [(199, True), (299, True), (300, False), (404, False), (499, False), (500, True)]
)
def test_a_page_of_a_gateway_leaves_doubt_unless_its_status_says_who_is_to_blame(status: int, unknown: bool) -> None:
    driver = Driver()
    error = driver.fails("meetings.create", page(status))
    assert len(driver.sends) == 1
    assert isinstance(error, errors.OutcomeUnknownError) == unknown
    assert isinstance(error, errors.APIResponseError) != unknown


def test_what_trying_again_cannot_help_is_not_tried_again() -> None:
    for sent in (True, False):
        driver = Driver(urls=("https://one.example", "https://two.example"))
        driver.fails("meetings.get", TransportError("certificate verify failed", sent=sent, retryable=False))
        driver("meetings.get", answer(ret=MEETING))
        assert [send.url[:19] for send in driver.sends] == ["https://one.example"] * 2


def test_a_result_of_another_shape_was_carried_out() -> None:
    driver = Driver()
    error = driver.fails("meetings.create", lambda send: answer(ret=[1]))
    assert type(error) is errors.OutcomeUnknownError
    assert (error.code, error.data, len(error.attempts)) == (200, [1], 1)
    assert len(driver.sends) == 1


@pytest.mark.case(78)
def test_another_refusal_than_already_is_not_looked_into() -> None:
    driver = Driver()
    error = driver.fails("meetings.cancel", lost(), answer(402))
    assert type(error) is errors.PermissionDeniedError
    assert error.code == 402
    assert len(driver.sends) == 2


@pytest.mark.case(78)
@pytest.mark.parametrize("looking", [lost(), answer(2000), page(404)], ids=repr)
def test_a_refusal_stands_where_it_cannot_be_looked_into(looking: Reply | TransportError) -> None:
    driver = Driver()
    assert driver.fails("meetings.cancel", lost(), answer(2025), looking).code == 2025
    looks = [send for send in driver.sends if send.url.endswith("/get")]
    assert len(looks) == (2 if isinstance(looking, TransportError) else 1)
    assert {send.deadline for send in driver.sends} == {130.0}, "looking shares the deadline"
    assert [json.loads(send.body) for send in looks] == [{"meetingUniqueId": 7}] * len(looks)


@pytest.mark.case(80)
def test_busy_is_repeated_for_reads_and_sets_only() -> None:
    for name, sent in [("meetings.get", 3), ("meetings.edit", 3), ("meetings.create", 1)]:
        driver = Driver()
        assert driver.fails(name, answer(512)).code == 512
        assert len(driver.sends) == sent


@pytest.mark.case(80)
@pytest.mark.parametrize(
    "code", sorted({int(code) for code in CONTRACT.codes if CONTRACT.codes[code].repeat == "never"})
)
def test_refusals_of_the_request_itself_are_final(code: int) -> None:
    driver = Driver()
    assert driver.fails("meetings.get", answer(code)).code == code
    assert len(driver.sends) == 1


def test_the_codes_of_each_class_are_those_of_the_catalogue() -> None:
    by_class: dict[str, set[int]] = {}
    for code, facts in CONTRACT.codes.items():
        by_class.setdefault(facts.repeat, set()).add(code)
    assert 510 in by_class["refused"]
    assert by_class["clock"] == {ErrorCode.UNAUTHENTICATED}
    assert 512 in by_class["busy"]
    assert 501 in by_class["ambiguous"]
    assert by_class["never"] >= {300, 301, 302, 303, 402, 2001, 2104, 1011, 1015, 4000, 4001}


@pytest.mark.case(10, 11, 22)
def test_every_attempt_is_signed_when_it_is_sent_over_the_same_bytes() -> None:
    driver = Driver()
    driver("meetings.get", page(503, retry_after="50"), page(503, retry_after="50"), answer(ret=MEETING), timeout=300)
    assert len({driver.header(index, b"Nonce") for index in range(3)}) == 3
    times = [int(driver.header(index, b"CurTime")) for index in range(3)]
    assert times[1] - times[0] >= 50
    assert times[2] - times[1] >= 50
    assert len({send.body for send in driver.sends}) == 1


@pytest.mark.case(55)
@pytest.mark.parametrize(
    ("header", "waits"),
    [("2", 2.0), ("0", 0.0), ("60", 60.0), ("-1", 0.0), ("NaN", 0.0), ("1.5", 0.0), ("soon", 0.0), ("", 0.0)],
)
def test_retry_after_is_a_lower_bound(header: str, waits: float) -> None:
    driver = Driver()
    driver("meetings.get", page(503, retry_after=header), answer(ret=MEETING), timeout=600)
    assert driver.sleeps[0] >= waits


@pytest.mark.case(55)
@pytest.mark.parametrize("header", ["61", "1000000000", "9" * 400])
def test_a_server_that_asks_for_too_long_gets_no_retry_and_its_wish_is_told(header: str) -> None:
    driver = Driver()
    error = driver.fails("meetings.get", answer(510, retry_after=header), timeout=1e9)
    assert isinstance(error, errors.RateLimitError)
    assert error.retry_after is not None
    assert error.retry_after > LONGEST_WAIT
    assert len(driver.sends) == 1


@pytest.mark.case(55)
def test_retry_after_may_be_a_date() -> None:
    assert retry_after(date(1_700_000_010), 1_700_000_000) == 10
    assert retry_after(date(1_600_000_000), 1_700_000_000) == 0
    assert retry_after("Tue, 14 Nov 2023 22:13:30", 1_700_000_000) is None


@pytest.mark.case(55)
@pytest.mark.parametrize(
    ("header", "seconds"), [(" 7 ", 7.0), ("9" * 400, 999_999_999_999.0), ("²", None), ("１２", None), ("", None)]
)
def test_retry_after_in_digits(header: str, seconds: float | None) -> None:
    assert retry_after(header, 0.0) == seconds


@pytest.mark.case(81)
@pytest.mark.parametrize(
    ("attempt", "outcome", "wait"),
    [
        (1, Outcome.AMBIGUOUS, 0.5),
        (1, Outcome.UNREACHABLE, 0.5),
        (1, Outcome.NOT_SENT, 0.5),
        (2, Outcome.AMBIGUOUS, 1.0),
        (3, Outcome.AMBIGUOUS, 2.0),
        (5, Outcome.AMBIGUOUS, 8.0),
        (6, Outcome.AMBIGUOUS, 8.0),
        (1, Outcome.REFUSED, 1.0),
        (1, Outcome.BUSY, 1.0),
        (3, Outcome.BUSY, 4.0),
        (5, Outcome.BUSY, 8.0),
    ],
)
def test_waits_double_and_are_longer_where_the_server_throttles(attempt: int, outcome: Outcome, wait: float) -> None:
    assert backoff(attempt, outcome, 1.0) == wait
    assert backoff(attempt, outcome, 0.25) == wait / 4
    assert backoff(attempt, outcome, 0.0) == 0.0
    assert backoff(attempt, outcome, 0.0, 9.0) == 9.0
    assert backoff(attempt, outcome, 1.0, 0.1) == wait
    assert backoff(attempt, outcome, 0.0, LONGEST_WAIT) == LONGEST_WAIT
    assert backoff(attempt, outcome, 0.0, LONGEST_WAIT + 0.1) is None


@pytest.mark.case(81)
def test_the_budget_holds_500_and_each_retry_has_its_price() -> None:
    budget = Budget()
    assert [budget.take(Outcome.AMBIGUOUS) for _ in range(36)] == [14] * 35 + [0]
    assert [budget.take(Outcome.BUSY), budget.take(Outcome.REFUSED), budget.take(Outcome.BUSY)] == [5, 5, 0]
    for _ in range(4):
        budget.refund(1)
    assert budget.take(Outcome.BUSY) == 0
    budget.refund(1)
    assert budget.take(Outcome.BUSY) == 5
    budget.refund(10_000)
    budget.refund(14)
    assert [budget.take(Outcome.BUSY) for _ in range(101)] == [5] * 100 + [0]


def test_a_fork_while_another_thread_pays_leaves_the_child_able_to_pay() -> None:
    held = threading.Event()

    def hold() -> None:
        with retry._lock:
            held.set()
            time.sleep(0.1)

    thread = threading.Thread(target=hold)
    thread.start()
    held.wait()
    child = multiprocessing.get_context("fork").Process(target=Budget().take, args=(Outcome.BUSY,))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # Python 3.12: exactly this is what it warns of
        child.start()
    thread.join()
    child.join(10)
    if child.is_alive():
        child.kill()
        child.join()
    assert child.exitcode == 0


@pytest.mark.case(81)
@given(attempt=st.integers(1, 60), fraction=st.floats(0, 1), asked=st.none() | st.floats(0, 60))
def test_waits_are_jittered_and_bounded(attempt: int, fraction: float, asked: float | None) -> None:
    for outcome in Outcome:
        wait = backoff(attempt, outcome, fraction, asked)
        assert wait is not None
        assert (asked or 0) <= wait <= max(8, asked or 0)


@pytest.mark.case(81, 83)
@pytest.mark.parametrize("retries", [0, 1, 2, 5])
def test_max_retries_bounds_the_attempts(retries: int) -> None:
    driver = Driver()
    driver.fails("meetings.get", lost(), max_retries=retries, timeout=1000)
    assert len(driver.sends) == retries + 1


@pytest.mark.case(81)
def test_each_retry_waits_twice_as_long_as_long_as_the_deadline_is_not_reached(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("random.random", lambda: 1.0)
    driver = Driver()
    driver.fails("meetings.get", lost(), max_retries=3)
    assert driver.sleeps == [0.5, 1.0, 2.0]
    for timeout, sends in [(1.0, 1), (1.125, 2), (1.5, 2)]:
        driver = Driver()
        driver.fails("meetings.get", lost(), timeout=timeout, seconds=0.5)
        assert len(driver.sends) == sends, "nothing is sent at the deadline or later"
        assert driver.sends[0].deadline == 100.0 + timeout


@pytest.mark.case(81, 82)
def test_in_an_outage_the_budget_ends_the_retries() -> None:
    driver = Driver()
    for _ in range(1000):
        driver.fails("meetings.get", lost())
    assert len(driver.sends) == 1000 + Budget.CAPACITY // Budget.RETRY_COST
    assert len(driver.sends) / 1000 <= 1.1


@pytest.mark.case(82)
def test_after_an_outage_successes_earn_retries_again() -> None:
    driver = Driver()
    for _ in range(100):
        driver.fails("meetings.get", lost())
    left = Budget.CAPACITY % Budget.RETRY_COST
    for _ in range(Budget.RETRY_COST - left - 1):
        driver("meetings.get", answer(ret=MEETING))
    before = len(driver.sends)
    driver.fails("meetings.get", lost(), answer(ret=MEETING))
    assert len(driver.sends) - before == 1, "one success too few"
    driver("meetings.get", answer(ret=MEETING))
    driver("meetings.get", lost(), answer(ret=MEETING))
    assert len(driver.sends) - before == 4


@pytest.mark.case(81)
def test_retries_that_help_do_not_empty_the_budget() -> None:
    driver = Driver()
    for _ in range(1000):
        driver("meetings.get", lost(), answer(ret=MEETING))
    assert len(driver.sends) == 2000


@pytest.mark.case(13, 81)
def test_the_deadline_is_kept_by_the_monotonic_clock() -> None:
    """The wall clock jumps an hour back and forth between attempts; the call ends when its seconds are over."""
    driver = Driver()

    def jump(_: Send) -> TransportError:
        driver.now += 3600 if len(driver.sends) % 2 else -3600
        return lost()

    started = driver.monotonic
    driver.fails("meetings.get", jump, max_retries=100, timeout=10, seconds=1)
    assert driver.monotonic - started <= 10 + 1


@pytest.mark.case(85)
def test_attempts_are_told_without_secrets() -> None:
    driver = Driver()
    error = driver.fails("meetings.get", lost(), answer(510), page(502))
    assert len(error.attempts) == 3
    assert "ReadError" in error.attempts[0]
    assert "510" in error.attempts[1]
    assert "502" in error.attempts[2]
    assert [attempt.number for attempt in driver.attempts] == [1, 2, 3]
    assert [attempt.status for attempt in driver.attempts] == [None, 200, 502]
    assert [attempt.code for attempt in driver.attempts] == [None, 510, None]
    assert driver.attempts[0].wait is not None
    assert driver.attempts[-1].wait is None
    assert "canary-secret" not in repr(driver.attempts) + str(error.attempts)


@pytest.mark.case(33)
def test_the_next_gateway_is_tried_at_once_when_one_cannot_be_reached() -> None:
    driver = Driver(urls=("https://one.example", "https://two.example"))
    driver("meetings.create", refused(), answer(ret=MEETING))
    assert [send.url[:19] for send in driver.sends] == ["https://one.example", "https://two.example"]
    assert driver.sleeps == []
    driver("meetings.get", answer(ret=MEETING))
    assert driver.sends[-1].url.startswith("https://two"), "a gateway that is down is passed over"
    driver.pass_time(31)
    driver("meetings.get", answer(ret=MEETING))
    assert driver.sends[-1].url.startswith("https://one"), "until it had time to recover"


def test_waiting_for_a_free_connection_says_nothing_about_the_gateway() -> None:
    driver = Driver(urls=("https://one.example", "https://two.example"))
    full = TransportError("none became free", sent=False, timed_out=True, queued=True)
    driver("meetings.create", full, answer(ret=MEETING))
    assert {send.url[:19] for send in driver.sends} == {"https://one.example"}
    assert len(driver.sleeps) == 1, "it is a retry, with its wait and its price"


def test_a_gateway_that_answered_is_preferred_again_at_once() -> None:
    driver = Driver(urls=("https://one.example", "https://two.example"))
    full = TransportError("none became free", sent=False, timed_out=True, queued=True)
    for then in (answer(ret=MEETING), answer(402)):
        driver.fails("meetings.get", refused(), max_retries=0)  # two, tried last, is passed over a little longer
        driver.pass_time(5)
        driver.fails("meetings.get", refused(), full, max_retries=0)  # one is passed over longer now
        driver.pass_time(1)
        sent = len(driver.sends)
        with suppress(errors.APIError):
            driver("meetings.get", then)
        driver.pass_time(26)  # two had time to recover, one had not if it had not answered
        driver("meetings.get", answer(ret=MEETING))
        assert [send.url[:19] for send in driver.sends[sent:]] == ["https://one.example"] * 2
        driver.pass_time(100)


def test_a_lost_answer_does_not_change_the_gateway() -> None:
    driver = Driver(urls=("https://one.example", "https://two.example"))
    driver("meetings.get", lost(), answer(ret=MEETING))
    assert {send.url[:19] for send in driver.sends} == {"https://one.example"}


def test_all_gateways_down_is_one_round_per_retry() -> None:
    driver = Driver(urls=("https://one.example", "https://two.example"))
    assert type(driver.fails("meetings.create", refused())) is errors.APIConnectionError
    assert len(driver.sends) == 6
    assert len(driver.sleeps) == 2
