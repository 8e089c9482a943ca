"""Whatever a handler or receiver is, its event is handled or sent again; it is never acknowledged for nothing."""

from __future__ import annotations

import asyncio
import functools
import warnings
from collections.abc import Callable, Iterator
from itertools import chain
from typing import Any
from unittest.mock import AsyncMock, Mock

import pytest
from netease_meeting import errors
from netease_meeting.webhooks import Event, MeetingEnded, Webhook

from . import kinds
from .kinds import ASYNC, FAILING, HIDDEN, SYNC, UNUSABLE, VISIBLE, Kind
from .signed import BODY, signed, webhook
from .test_adapters import ASYNC as ASYNC_ADAPTERS
from .test_adapters import SYNC as SYNC_ADAPTERS
from .test_adapters import Serve, bare_wsgi, django_asgi, flask, post

Register = Callable[[Webhook, Any], object]


def by_kind(hook: Webhook, handler: Any) -> None:
    hook.otherwise(print)
    hook.on(MeetingEnded)(handler)


def as_fallback(hook: Webhook, handler: Any) -> None:
    hook.otherwise(handler)


REGISTERED = pytest.mark.parametrize("register", [by_kind, as_fallback])


def every(*some: list[Kind]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("kind", list(chain(*some)), ids=lambda kind: kind.__name__)


@pytest.fixture(autouse=True)
def nothing_is_left_unawaited() -> Iterator[None]:
    """A coroutine that is refused is closed: no "never awaited" in a user's log."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        yield
    assert [str(each.message) for each in caught if "never awaited" in str(each.message)] == []


# -- dispatch


@REGISTERED
@every(SYNC, ASYNC)
def test_an_event_loop_runs_every_kind(register: Register, kind: Kind) -> None:
    hook, seen = webhook(), list[Any]()
    register(hook, kind(seen))
    event = asyncio.run(hook.ahandle(BODY, signed(BODY)))
    assert seen == [event]


@REGISTERED
@every(SYNC)
def test_without_an_event_loop_ordinary_kinds_run(register: Register, kind: Kind) -> None:
    hook, seen = webhook(), list[Any]()
    register(hook, kind(seen))
    assert seen == [hook.handle(BODY, signed(BODY))]


@REGISTERED
@every(ASYNC)
def test_without_an_event_loop_asynchronous_kinds_are_refused(register: Register, kind: Kind) -> None:
    hook, seen = webhook(), list[Any]()
    register(hook, kind(seen))
    with pytest.raises(errors.ConfigurationError, match=r"is async: `await hook\.ahandle\(body, headers\)`"):
        hook.handle(BODY, signed(BODY))
    assert seen == []


@REGISTERED
@every(UNUSABLE)
def test_what_can_be_seen_never_to_run_is_refused_when_registered(register: Register, kind: Kind) -> None:
    with pytest.raises(errors.ConfigurationError, match=r"yield|give an object|give a function"):
        register(webhook(), kind([]))


@REGISTERED
@every(FAILING)
def test_what_turns_out_not_to_have_run_is_an_error(register: Register, kind: Kind) -> None:
    hook, seen = webhook(), list[Any]()
    register(hook, kind(seen))
    failures = (errors.ConfigurationError, OSError, RuntimeError, StopIteration)
    with pytest.raises(failures):
        hook.handle(BODY, signed(BODY))
    with pytest.raises(failures):
        asyncio.run(hook.ahandle(BODY, signed(BODY)))
    assert seen == []


def test_the_error_names_the_function_and_the_remedy_but_no_argument() -> None:
    hook = webhook()

    def audit(password: str, event: Event) -> Iterator[None]:
        yield

    with pytest.raises(errors.ConfigurationError) as refused:
        hook.otherwise(functools.partial(audit, "hunter2"))
    assert "audit is a generator function, and calling it runs nothing of it: remove its `yield`" in str(refused.value)
    hook.otherwise(functools.partial(lambda password, event: (character for character in password), "hunter2"))
    with pytest.raises(errors.ConfigurationError) as failed:
        hook.handle(BODY, signed(BODY))
    assert "returned a generator" in str(failed.value)
    assert "hunter2" not in f"{refused.value}{failed.value}"


def test_a_decorator_that_was_not_called_is_refused() -> None:
    hook = webhook()
    wrong: Any = hook.on
    with pytest.raises(errors.ConfigurationError, match=r"print is no kind of event: write @hook\.on\(MeetingEnded\)"):
        wrong(print)
    with pytest.raises(errors.ConfigurationError, match=r"@hook\.on\(\) names no event"):
        wrong()


def test_mocks_are_handlers() -> None:
    hook, handler = webhook(), Mock()
    hook.otherwise(handler)
    event = hook.handle(BODY, signed(BODY))
    asyncio.run(hook.ahandle(BODY, signed(BODY)))
    assert handler.call_args_list == [((event,),), ((event,),)]
    awaited = AsyncMock()
    hook.on(MeetingEnded)(awaited)
    asyncio.run(hook.ahandle(BODY, signed(BODY)))
    awaited.assert_awaited_once_with(event)


def test_a_future_of_this_very_loop_is_refused_not_waited_for() -> None:
    hook, seen = webhook(), list[Any]()

    async def program() -> None:
        loop, work = asyncio.get_running_loop(), kinds.async_function(seen)
        hook.otherwise(lambda event: asyncio.run_coroutine_threadsafe(work(event), loop))
        with pytest.raises(errors.ConfigurationError, match="returned a future"):
            hook.handle(BODY, signed(BODY))
        await hook.ahandle(BODY, signed(BODY))

    asyncio.run(program())
    assert seen


def test_cancelling_passes_through() -> None:
    hook = webhook()

    @hook.otherwise
    async def handler(event: Event) -> None:
        raise asyncio.CancelledError

    with pytest.raises(asyncio.CancelledError):
        asyncio.run(hook.ahandle(BODY, signed(BODY)))


# -- adapters


def receiver(kind: Kind, hook: Webhook, seen: list[Any]) -> Any:
    """Return a receiver of a kind that keeps what ``hook`` has verified."""
    handler = kind(seen)
    if kind in VISIBLE:

        async def visible(body: bytes, headers: Any) -> Any:
            return handler(hook.parse(body, headers))

        return visible
    return lambda body, headers: handler(hook.parse(body, headers))


@pytest.mark.parametrize(
    ("serve", "kind"),
    [
        (serve, kind)
        for serve in ASYNC_ADAPTERS
        for kind in SYNC + ASYNC
        if serve is not django_asgi or kind not in HIDDEN  # a view is synchronous unless its receiver is visibly async
    ],
)
def test_asynchronous_adapters_run_every_kind(serve: Serve, kind: Kind) -> None:
    hook, seen = webhook(), list[Any]()
    with serve(receiver(kind, hook, seen)) as port:
        assert post(port, BODY, signed(BODY)) == 200
    assert len(seen) == 1


@pytest.mark.parametrize("serve", SYNC_ADAPTERS)
@every(SYNC)
def test_synchronous_adapters_run_ordinary_kinds(serve: Serve, kind: Kind) -> None:
    hook, seen = webhook(), list[Any]()
    with serve(receiver(kind, hook, seen)) as port:
        assert post(port, BODY, signed(BODY)) == 200
    assert len(seen) == 1


@pytest.mark.parametrize("serve", [*SYNC_ADAPTERS, django_asgi])
@every(HIDDEN)
def test_synchronous_adapters_never_acknowledge_what_must_be_awaited(
    serve: Serve, kind: Kind, caplog: pytest.LogCaptureFixture
) -> None:
    hook, seen = webhook(), list[Any]()
    with serve(receiver(kind, hook, seen)) as port:
        assert post(port, BODY, signed(BODY)) == 503
    assert seen == []
    assert "returned an awaitable. This adapter is synchronous" in caplog.text


@pytest.mark.parametrize("serve", [bare_wsgi, flask])
@every(VISIBLE)
def test_what_wsgi_can_see_it_cannot_await_is_refused_at_once(serve: Serve, kind: Kind) -> None:
    with pytest.raises(TypeError, match="is a coroutine function, which WSGI cannot await"), serve(kind([])):
        pass


@pytest.mark.parametrize("serve", [*ASYNC_ADAPTERS, *SYNC_ADAPTERS])
@every(UNUSABLE)
def test_receivers_that_never_run_are_refused_at_once(serve: Serve, kind: Kind) -> None:
    with pytest.raises(TypeError, match=r"such as `hook\.handle`"), serve(kind([])):
        pass


@pytest.mark.parametrize("serve", [*ASYNC_ADAPTERS, *SYNC_ADAPTERS])
@every(FAILING)
def test_receivers_that_turn_out_not_to_have_run_are_not_acknowledged(serve: Serve, kind: Kind) -> None:
    seen: list[Any] = []
    with serve(lambda body, headers: kind(seen)(body)) as port:
        assert post(port, BODY, signed(BODY)) == 503
    assert seen == []


def test_a_webhook_is_no_receiver() -> None:
    hook: Any = webhook()
    for serve in (*ASYNC_ADAPTERS, *SYNC_ADAPTERS):
        with pytest.raises(TypeError, match=r"Webhook cannot be called: give a function, such as `hook\.handle`"):
            serve(hook).__enter__()
