"""Which handler is called, and that none is forgotten in silence."""

from __future__ import annotations

import asyncio
import threading
from typing import Any

import pytest
from netease_meeting import errors
from netease_meeting.models import Meeting, MeetingCallback, MemberCallback
from netease_meeting.webhooks import (
    Event,
    MeetingEnded,
    MeetingStarted,
    MemberJoined,
    MemberLeft,
    UnknownEvent,
    Webhook,
)

from .signed import BODY, EXAMPLES, encoded, signed, webhook

MESSAGES = {
    **{name: encoded(message) for name, message in EXAMPLES.items()},
    "UnknownEvent": encoded({"msgType": 99, "msgBody": {}}),
    "Probe": b"{}",
}


def handle(hook: Webhook, name: str) -> Event:
    return hook.handle(MESSAGES[name], signed(MESSAGES[name]))


async def ahandle(hook: Webhook, name: str) -> Event:
    return await hook.ahandle(MESSAGES[name], signed(MESSAGES[name]))


def test_the_nearest_handler_is_called_and_only_it() -> None:
    hook, called = webhook(), list[str]()

    @hook.on(MeetingEnded)
    def ended(event: MeetingEnded) -> None:
        called.append("ended")

    @hook.on(MeetingCallback)
    def any_meeting(event: MeetingCallback) -> None:
        called.append("meeting")

    @hook.on(MemberJoined, MemberLeft)
    def members(event: MemberJoined | MemberLeft) -> None:
        called.append("member")

    @hook.on(UnknownEvent)
    def unknown(event: UnknownEvent) -> None:
        called.append("unknown")

    @hook.otherwise
    def other(event: Event) -> None:
        called.append("other")

    events = [handle(hook, name) for name in MESSAGES]
    assert called == ["meeting", "meeting", "ended", "meeting", "member", "member", "other", "unknown"]
    assert [type(event).__name__ for event in events] == list(MESSAGES)


@pytest.mark.case(128)
def test_a_probe_calls_nobody() -> None:
    hook = webhook()
    handle(hook, "Probe")
    asyncio.run(ahandle(hook, "Probe"))


def test_without_a_fallback_nothing_is_accepted() -> None:
    hook, called = webhook(), list[Event]()
    hook.on(MeetingEnded)(called.append)
    for name in ("MeetingEnded", "MemberLeft"):
        with pytest.raises(errors.ConfigurationError, match=r"@hook\.otherwise"):
            handle(hook, name)
        with pytest.raises(errors.ConfigurationError, match=r"@hook\.otherwise"):
            asyncio.run(ahandle(hook, name))
    assert called == []


def test_handlers_that_could_never_be_called_or_hide_another_are_refused() -> None:
    hook = webhook()
    hook.on(MeetingEnded)(print)
    with pytest.raises(errors.ConfigurationError, match="MeetingEnded has a handler already: print"):
        hook.on(MeetingEnded)(print)
    with pytest.raises(errors.ConfigurationError, match=r"no callback is a Meeting\. There are: MeetingStarted"):
        hook.on(Meeting)(print)
    hook.otherwise(print)
    with pytest.raises(errors.ConfigurationError, match="fallback already: print"):
        hook.otherwise(print)


def test_handlers_of_both_kinds_under_asyncio() -> None:
    hook, called = webhook(), list[tuple[str, int]]()

    @hook.on(MeetingStarted)
    async def started(event: MeetingStarted) -> None:
        await asyncio.sleep(0)
        called.append(("async", threading.get_ident()))

    @hook.on(MemberCallback)
    def member(event: MemberCallback) -> None:
        called.append(("sync", threading.get_ident()))

    hook.otherwise(lambda event: None)
    asyncio.run(ahandle(hook, "MeetingStarted"))
    asyncio.run(ahandle(hook, "MemberLeft"))
    (first, loop), (second, thread) = called
    assert (first, second) == ("async", "sync")
    assert loop == threading.get_ident() != thread, "a handler that may block does not block the loop"


def test_an_async_handler_without_a_loop_is_an_error_not_a_lost_event() -> None:
    hook = webhook()

    @hook.on(MeetingStarted)
    async def started(event: MeetingStarted) -> None: ...

    hook.otherwise(lambda event: None)
    for name in ("MeetingStarted", "MeetingEnded"):
        with pytest.raises(errors.ConfigurationError, match=r"started is async: `await hook\.ahandle"):
            handle(hook, name)


def test_what_a_handler_raises_is_passed_on() -> None:
    hook = webhook()

    @hook.otherwise
    def broken(event: Any) -> None:
        raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        handle(hook, "MeetingEnded")
    with pytest.raises(OSError, match="disk full"):
        asyncio.run(ahandle(hook, "MeetingEnded"))


def test_a_handler_sees_nothing_that_is_not_genuine() -> None:
    hook, called = webhook(), list[Event]()
    hook.otherwise(called.append)
    with pytest.raises(errors.WebhookSignatureError):
        hook.handle(BODY, {**signed(BODY), "CheckSum": "0" * 40})
    assert called == []


def test_a_stored_event_can_be_dispatched() -> None:
    hook, called = webhook(), list[Event]()
    hook.otherwise(called.append)
    hook.dispatch(hook.read(BODY))
    asyncio.run(hook.adispatch(hook.read(BODY)))
    assert called == [hook.read(BODY)] * 2
