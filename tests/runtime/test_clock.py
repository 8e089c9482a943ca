"""A clock that is wrong, a server that lies about its own, and a secret that is wrong."""

from __future__ import annotations

import logging
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from netease_meeting import errors
from netease_meeting._runtime.clock import measure
from netease_meeting._runtime.flow import Send
from netease_meeting._runtime.retry import retry_after
from netease_meeting._runtime.transport import Reply, TransportError

from tests.runtime.drive import MEETING, Driver, answer, date, lost, page, refused


def server(driver: Driver, ahead: float, **headers: str) -> Callable[[Send], Reply]:
    """Return a server whose clock is *ahead*, and which checks the time of a signature."""

    def handle(send: Send) -> Reply:
        now = driver.now + ahead
        told = {"date": date(now), **headers}
        stamped = int(dict(send.headers)[b"CurTime"])
        return answer(200, MEETING, **told) if abs(now - stamped) <= 60 else answer(401, **told)

    return handle


@pytest.mark.case(12)
@pytest.mark.parametrize("minutes", [-30, -10, -2, 2, 5, 10, 30, 600])
@pytest.mark.parametrize("name", ["meetings.get", "meetings.create"])
def test_a_wrong_clock_costs_one_request_once(name: str, minutes: int, caplog: pytest.LogCaptureFixture) -> None:
    driver = Driver()
    with caplog.at_level(logging.WARNING, "netease_meeting"):
        driver(name, server(driver, minutes * 60))
        assert len(driver.sends) == 2
        assert abs(driver.session.clock.offset - minutes * 60) <= 1
        driver(name, server(driver, minutes * 60))
        assert len(driver.sends) == 3, "what was learned is kept"
    assert len(caplog.records) == 1
    assert f"{minutes * 60:+d} s" in caplog.messages[0]


@pytest.mark.case(12)
def test_a_clock_that_is_set_right_again_is_followed() -> None:
    driver = Driver()
    driver("meetings.get", server(driver, 1800))
    driver.now += 1800
    driver("meetings.get", server(driver, 0))
    assert len(driver.sends) == 4
    assert abs(driver.session.clock.offset) <= 1


@pytest.mark.case(16)
@pytest.mark.parametrize("ahead", [0, 1800])
@pytest.mark.parametrize("max_retries", [0, 2, 10])
def test_a_wrong_secret_costs_exactly_one_more_request(ahead: float, max_retries: int) -> None:
    driver = Driver()
    error = driver.fails(
        "meetings.get", lambda send: answer(401, date=date(driver.now + ahead)), max_retries=max_retries
    )
    assert type(error) is errors.AuthenticationError
    assert len(driver.sends) == 2
    assert driver.session.clock.offset == 0, "an offset that did not help is not believed"
    assert ("differs from the server's by +1800 s" in error.hint) == bool(ahead)
    assert ("本机时钟与服务器相差 +1800 秒" in error.hint_zh) == bool(ahead)
    assert error.hint.startswith("Check that")
    assert error.hint_zh.startswith("核对")
    assert driver.sleeps == []


@pytest.mark.case(12, 15)
@pytest.mark.parametrize("then", [refused(), lost(), page(502), page(404), answer(510)], ids=repr)
def test_an_offset_is_not_believed_before_a_signature_made_with_it_is_accepted(then: Reply | TransportError) -> None:
    driver = Driver()
    driver.fails("meetings.get", answer(401, date=date(driver.now + 1800)), then, max_retries=0)
    stamps = [int(driver.header(index, b"CurTime")) for index in range(2)]
    assert stamps[1] - stamps[0] >= 1800, "it was tried"
    assert driver.session.clock.offset == 0


@pytest.mark.case(12)
def test_an_offset_is_believed_when_the_request_is_refused_for_another_reason() -> None:
    driver = Driver()
    assert driver.fails("meetings.get", answer(401, date=date(driver.now + 1800)), answer(2000)).code == 2000
    assert abs(driver.session.clock.offset - 1800) <= 1


@pytest.mark.case(14)
@given(
    header=st.text() | st.from_regex(r"[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{1,5} \d\d:\d\d:\d\d( GMT)?", fullmatch=True)
)
def test_no_header_breaks_the_clock_or_the_wait(header: str) -> None:
    offset = measure(header, None, 1_700_000_000.0)
    assert offset is None or abs(offset) < 86_400
    asked = retry_after(header, 1_700_000_000.0)
    assert asked is None or asked >= 0


@pytest.mark.case(14, 15)
@pytest.mark.parametrize(
    "told",
    [
        {},
        {"date": "yesterday"},
        {"date": "Tue, 14 Nov 2023 22:13:20"},
        {"date": date(1_700_001_800), "age": "1800"},
        {"date": date(1_700_000_000 + 100_000)},
        {"date": date(1_700_000_020)},
        {"date": ""},
        {"date": "Tue, 99 Nov 99999 22:13:20 GMT"},
    ],
    ids=["absent", "garbage", "without zone", "cached", "a day off", "within the tolerance", "empty", "impossible"],
)
def test_a_date_that_tells_nothing_changes_nothing(told: dict[str, str]) -> None:
    driver = Driver()
    driver.fails("meetings.get", answer(401, **told))
    stamps = [int(driver.header(index, b"CurTime")) for index in range(2)]
    assert stamps[1] - stamps[0] <= 1
    assert driver.session.clock.offset == 0


@pytest.mark.case(12, 16)
def test_a_wrong_secret_is_not_blamed_on_an_offset_that_is_known() -> None:
    driver = Driver()
    driver("meetings.get", server(driver, 1800))
    error = driver.fails("meetings.get", lambda send: answer(401, date=date(driver.now + 1800)))
    assert "differs" not in error.hint
    assert driver.session.clock.offset == pytest.approx(1800, abs=1)


@pytest.mark.case(12)
def test_calls_that_learn_the_same_at_the_same_time_warn_once(caplog: pytest.LogCaptureFixture) -> None:
    driver = Driver()

    def while_another_call_learns_it(send: Send) -> Reply:
        driver.now += 0.25
        driver("meetings.get", server(driver, 1800))
        return answer(200, MEETING)

    driver("meetings.get", server(driver, 1800), while_another_call_learns_it)
    assert len(caplog.records) == 1


@pytest.mark.case(14)
@pytest.mark.parametrize(("ahead", "tried"), [(29, False), (30, True)])
def test_half_a_tolerance_is_where_the_clock_begins_to_be_wrong(ahead: int, tried: bool) -> None:
    driver = Driver(now=1_700_000_000.5)  # a Date counts whole seconds, and stands for their middle
    refusal = answer(401, date=date(1_700_000_000 + ahead))
    driver("meetings.get", refusal, answer(ret=MEETING), seconds=0.0)
    stamps = [int(driver.header(index, b"CurTime")) for index in range(2)]
    assert stamps[1] - stamps[0] == driver.session.clock.offset == (30 if tried else 0)


@pytest.mark.case(15)
def test_the_date_of_a_gateway_without_encryption_is_not_believed() -> None:
    driver = Driver(urls=("http://intranet.example",))
    driver.fails("meetings.get", server(driver, 1800))
    assert driver.session.clock.offset == 0
    local = Driver(urls=("http://127.0.0.1:8080",))
    local("meetings.get", server(local, 1800))
    assert abs(local.session.clock.offset - 1800) <= 1


@pytest.mark.case(14)
def test_the_date_counts_whole_seconds() -> None:
    assert measure(date(1_700_000_100), None, 1_700_000_000.0) == pytest.approx(100.5)
    assert measure(date(1_700_086_500), None, 1_700_000_000.0) is None
    assert measure(None, None, 1.0) is None
