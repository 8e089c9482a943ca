"""What is told of a call, and what of it can be shown."""

from __future__ import annotations

import logging

import pytest
from netease_meeting import errors
from netease_meeting._runtime.flow import Sleep
from netease_meeting._runtime.masking import masked

from tests.runtime.drive import MEETING, Driver, answer, lost, page, refused


@pytest.mark.case(85)
def test_each_attempt_is_told_with_all_that_is_known_of_it() -> None:
    driver = Driver(urls=("https://one.example", "https://two.example"))
    driver("meetings.get", refused(), page(502), answer(510), answer(ret=MEETING), seconds=0.25, max_retries=3)
    one, two, three, four = driver.attempts
    assert [(a.number, a.status, a.code, a.request_id) for a in driver.attempts] == [
        (1, None, None, None),
        (2, 502, None, None),
        (3, 200, 510, "r1"),
        (4, 200, 200, "r1"),
    ]
    assert [a.base_url for a in driver.attempts] == ["https://one.example", *["https://two.example"] * 3]
    assert [a.wait for a in driver.attempts] == [0.0, *driver.sleeps, None]
    assert {(a.operation, a.path, a.call_started_at, a.seconds) for a in driver.attempts} == {
        ("meetings.get", "/v2/meeting/get", 1_700_000_000.0, 0.25)
    }
    assert isinstance(one.error, errors.APIConnectionError)
    assert isinstance(two.error, errors.APIResponseError)
    assert isinstance(three.error, errors.RateLimitError)
    assert four.error is None


@pytest.mark.parametrize("level", [logging.DEBUG, logging.INFO])
def test_attempts_are_logged_for_those_who_debug(level: int, caplog: pytest.LogCaptureFixture) -> None:
    driver = Driver()
    driver.session.on_attempt = None
    with caplog.at_level(level, "netease_meeting"):
        driver("meetings.get", answer(ret=MEETING))
    told = ["POST /v2/meeting/get attempt 1: status 200, code 200, request r1, 10.0 ms"]
    assert caplog.messages == (told if level == logging.DEBUG else [])


@pytest.mark.case(95)
def test_what_is_to_be_sent_shows_neither_headers_nor_body() -> None:
    driver = Driver()
    driver.fails("meetings.create", lost())
    (send,) = driver.sends
    assert (
        repr(send) == send.__sentry_repr__() == f"Send('https://one.example/v2/meeting/create', {len(send.body)} bytes)"
    )
    assert repr(Sleep(0.5)) == "Sleep(seconds=0.5)"


@pytest.mark.case(95)
def test_secrets_are_masked_wherever_they_stand() -> None:
    data = {"password": "p", "a": [{"password": ["p"], "b": None}, 1], "c": {"d": "p"}}
    shown = {"password": "***", "a": [{"password": "***", "b": None}, 1], "c": {"d": "p"}}
    assert masked(data, frozenset({"password"})) == shown
