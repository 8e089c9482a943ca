"""HTTP clients, hooks and transports of the caller's: whatever they do, what comes out is one of our errors."""

from __future__ import annotations

import asyncio
import functools
import gzip
import json
import logging
import os
import signal
import socket
import ssl
import subprocess
import sys
import traceback
from collections.abc import Callable
from typing import Any, cast

import httpx
import httpx2
import pytest
from netease_meeting import AsyncMeetingClient, Attempt, MeetingClient, Reply, TransportError, errors
from netease_meeting.turbo import AsyncTurboTransport, TurboTransport

from tests.conftest import reply, rude_server

MEETING = {"meetingUniqueId": 7, "meetingId": "123456789", "subject": "周会", "status": 2}
BODY = json.dumps({"code": 200, "requestId": "mc_1", "ret": MEETING}).encode()
GOOD = reply(BODY)
PACKED = reply(gzip.compress(BODY), b"200 OK", b"application/json", b"Content-Encoding: gzip")
URL = "https://meeting.example"
LIBRARIES: list[Any] = [httpx, httpx2]
CALLS = ["get", "create"]
TRUST = ssl.create_default_context()  # made once: it is what an httpx client takes longest for


def called(client: Any, call: str) -> Any:
    if call == "get":
        return client.meetings.get(meeting_unique_id=7)
    return client.meetings.create(host="h", type=1, subject="s", password="canary-password")


def options(**others: Any) -> dict[str, Any]:
    return {
        "app_key": "key",
        "app_secret": "canary-secret",
        "base_url": URL,
        "max_retries": 0,
        "timeout": 10.0,
        **others,
    }


def through(call: str, **others: Any) -> Any:
    with MeetingClient(**options(**others)) as client:
        return called(client, call)


def through_async(call: str, **others: Any) -> Any:
    async def main() -> Any:
        try:
            async with AsyncMeetingClient(**options(**others)) as client:
                return await called(client, call)
        finally:
            if "http_client" in others:
                await others["http_client"].aclose()

    return asyncio.run(main())


def expected(call: str) -> type[errors.MeetingError]:
    return errors.OutcomeUnknownError if call == "create" else errors.APIConnectionError


def check(error: errors.MeetingError, call: str, says: str) -> None:
    """The error is ours, says why, and has neither secrets nor the other library's frames."""
    assert type(error) is expected(call)
    assert error.operation == f"meetings.{call}"
    assert says in str(error)
    assert error.__cause__ is None
    assert error.__context__ is None
    modules = {frame.f_globals["__name__"].partition(".")[0] for frame, _ in traceback.walk_tb(error.__traceback__)}
    assert modules <= {"tests", "netease_meeting", "asyncio"}
    shown = [repr(error), str(error), repr(vars(error))]
    assert "canary" not in "".join(shown)


# -- hooks that use the response first


def read(response: Any) -> None:
    response.read()


def read_as_text(response: Any) -> None:
    response.read()
    assert response.json()["code"] == 200
    assert "mc_1" in response.text


async def aread(response: Any) -> None:
    await response.aread()


def read_pieces(response: Any) -> None:
    list(response.iter_bytes())


async def aread_pieces(response: Any) -> None:
    _ = [piece async for piece in response.aiter_raw()]


def close(response: Any) -> None:
    response.close()


async def aclose(response: Any) -> None:
    await response.aclose()


@pytest.mark.parametrize("answer", [GOOD, PACKED], ids=["plain", "gzip"])
@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize("hook", [read, read_as_text])
def test_what_a_hook_has_read_is_used(library: Any, hook: Callable[[Any], None], answer: bytes) -> None:
    with rude_server(answer) as server, library.Client(verify=TRUST, event_hooks={"response": [hook, hook]}) as http:
        for call in CALLS:
            assert through(call, base_url=server.url, http_client=http).subject == "周会"


@pytest.mark.parametrize("answer", [GOOD, PACKED], ids=["plain", "gzip"])
@pytest.mark.parametrize("library", LIBRARIES)
def test_what_a_hook_has_read_is_used_asynchronously(library: Any, answer: bytes) -> None:
    with rude_server(answer) as server:
        http = library.AsyncClient(verify=TRUST, event_hooks={"response": [aread]})
        assert through_async("create", base_url=server.url, http_client=http).subject == "周会"


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize("hook", [read_pieces, close])
def test_what_a_hook_has_thrown_away_is_a_lost_answer(library: Any, hook: Callable[[Any], None], call: str) -> None:
    with rude_server(GOOD) as server, library.Client(verify=TRUST, event_hooks={"response": [hook]}) as http:
        with pytest.raises(errors.APIConnectionError) as caught:
            through(call, base_url=server.url, http_client=http)
        check(caught.value, call, "a hook has to call response.read()")
        assert len(server.requests) == 1


@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize("hook", [aread_pieces, aclose])
def test_the_same_asynchronously(library: Any, hook: Callable[[Any], Any]) -> None:
    with rude_server(GOOD) as server:
        http = library.AsyncClient(verify=TRUST, event_hooks={"response": [hook]})
        with pytest.raises(errors.OutcomeUnknownError) as caught:
            through_async("create", base_url=server.url, http_client=http)
    check(caught.value, "create", "await response.aread()")


@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize(
    "made",
    [
        lambda library: library.Response(200, content=BODY),
        lambda library: library.Response(200, json=json.loads(BODY)),
        lambda library: library.Response(200, content=gzip.compress(BODY), headers={"content-encoding": "gzip"}),
        lambda library: library.Response(200, content=iter([BODY[:20], BODY[20:]])),
    ],
)
def test_responses_of_a_mock_transport_are_used(library: Any, made: Callable[[Any], Any]) -> None:
    with library.Client(verify=TRUST, transport=library.MockTransport(lambda request: made(library))) as http:
        for call in CALLS:
            assert through(call, http_client=http).subject == "周会"
    if "iter" not in made.__code__.co_names:
        http = library.AsyncClient(verify=TRUST, transport=library.MockTransport(lambda request: made(library)))
        assert through_async("create", http_client=http).subject == "周会"


@pytest.mark.parametrize("library", LIBRARIES)
def test_a_body_that_was_read_has_the_same_limit(library: Any) -> None:
    made = library.Response(200, content=b" " * 9_000_000)
    with (
        library.Client(verify=TRUST, transport=library.MockTransport(lambda request: made)) as http,
        pytest.raises(errors.OutcomeUnknownError, match="larger than 8 MiB"),
    ):
        through("create", http_client=http)


# -- whatever is raised


class SpeechlessError(Exception):
    def __str__(self) -> str:
        raise ValueError("no words")


FOREIGN: dict[str, Callable[[], BaseException]] = {
    "RuntimeError": lambda: RuntimeError("boom"),
    "ValueError": lambda: ValueError("boom"),
    "OSError": lambda: OSError(5, "boom"),
    "KeyError": lambda: KeyError("boom"),
    "StopIteration": lambda: StopIteration("boom"),
    "StopAsyncIteration": lambda: StopAsyncIteration("boom"),
    "AssertionError": lambda: AssertionError("boom"),
    "gaierror": lambda: socket.gaierror(-2, "boom"),
    "UnicodeDecodeError": lambda: UnicodeDecodeError("utf-8", b"boom", 0, 1, "boom"),
    "RecursionError": lambda: RecursionError("boom"),
    "ExceptionGroup": lambda: ExceptionGroup("boom", [ValueError("x")]),
    "StreamConsumed": httpx.StreamConsumed,
    "StreamClosed": httpx.StreamClosed,
    "DecodingError": lambda: httpx.DecodingError("boom"),
    "TooManyRedirects": lambda: httpx.TooManyRedirects("boom"),
    "InvalidURL": lambda: httpx.InvalidURL("boom"),
    "APIError": lambda: errors.APIError("boom"),
    "APIConnectionError": lambda: errors.APIConnectionError("boom"),
    "MeetingError": lambda: errors.MeetingError("boom"),
    "SpeechlessError": SpeechlessError,
}


@pytest.fixture(params=FOREIGN)
def foreign(request: pytest.FixtureRequest) -> BaseException:
    return FOREIGN[request.param]()


class Raising:
    """A transport that raises, after the request went out for all we know."""

    def __init__(self, error: BaseException) -> None:
        self.error = error
        self.sent = 0

    def send(self, url: str, headers: Any, body: bytes, deadline: float) -> Reply:
        self.sent += 1
        raise self.error

    def close(self) -> None:
        pass


class AsyncRaising:
    def __init__(self, error: BaseException) -> None:
        self.error = error

    async def send(self, url: str, headers: Any, body: bytes, deadline: float) -> Reply:
        if isinstance(self.error, StopIteration):
            raise RuntimeError("coroutine raised StopIteration") from None
        raise self.error

    async def aclose(self) -> None:
        pass


@pytest.mark.parametrize("call", CALLS)
def test_what_a_transport_raises_is_one_of_ours(foreign: BaseException, call: str) -> None:
    with pytest.raises(errors.MeetingError) as caught:
        through(call, transport=Raising(foreign))
    check(caught.value, call, type(foreign).__name__)
    assert "test_injected.py, line " in str(caught.value)


def test_what_an_asynchronous_transport_raises_is_one_of_ours(foreign: BaseException) -> None:
    with pytest.raises(errors.MeetingError) as caught:
        through_async("create", transport=AsyncRaising(foreign))
    check(caught.value, "create", "Error" if isinstance(foreign, StopIteration) else type(foreign).__name__)


@pytest.mark.parametrize("library", LIBRARIES)
@pytest.mark.parametrize("event", ["request", "response"])
def test_what_a_hook_raises_is_one_of_ours(foreign: BaseException, library: Any, event: str) -> None:
    def hook(_: Any) -> None:
        raise foreign

    with (
        rude_server(GOOD) as server,
        library.Client(verify=TRUST, event_hooks={event: [hook]}) as http,
        pytest.raises(errors.MeetingError) as caught,
    ):
        through("create", base_url=server.url, http_client=http)
    check(caught.value, "create", type(foreign).__name__)


def test_a_timeout_of_any_kind_is_a_timeout() -> None:
    with pytest.raises(errors.APITimeoutError):
        through("get", transport=Raising(TimeoutError("slow")))


def test_it_is_tried_again_where_that_is_safe() -> None:
    class Recovering(Raising):
        def send(self, url: str, headers: Any, body: bytes, deadline: float) -> Reply:
            self.sent += 1
            if self.sent == 1:
                raise RuntimeError("boom")
            return Reply(200, [], BODY)

    transport = Recovering(RuntimeError())
    assert through("get", transport=transport, max_retries=1).subject == "周会"
    assert transport.sent == 2
    transport = Recovering(RuntimeError())
    with pytest.raises(errors.OutcomeUnknownError):
        through("create", transport=transport, max_retries=5)
    assert transport.sent == 1


@pytest.mark.parametrize("error", [KeyboardInterrupt(), SystemExit(3), GeneratorExit(), asyncio.CancelledError()])
def test_what_ends_the_program_or_the_task_passes(error: BaseException) -> None:
    with pytest.raises(type(error)) as caught:
        through("create", transport=Raising(error))
    assert caught.value is error

    def hook(_: Any) -> None:
        raise error

    with httpx.Client(verify=TRUST, event_hooks={"request": [hook]}) as http, pytest.raises(type(error)):
        through("create", http_client=http)
    if not isinstance(error, GeneratorExit | KeyboardInterrupt | SystemExit):  # a loop has its own way with those
        with pytest.raises(type(error)):
            through_async("create", transport=AsyncRaising(error))


@pytest.mark.parametrize(
    "error", [errors.ClientClosedError("x"), errors.ConfigurationError("x"), errors.ArgumentError("x")]
)
def test_what_says_that_nothing_was_sent_passes(error: errors.MeetingError) -> None:
    with pytest.raises(type(error)) as caught:
        through("create", transport=Raising(error))
    assert caught.value is error


def test_a_transport_error_says_itself_what_it_means() -> None:
    with pytest.raises(errors.APIConnectionError) as caught:
        through("create", transport=Raising(TransportError("no route", sent=False)))
    assert not isinstance(caught.value, errors.OutcomeUnknownError)


def test_a_closed_http_client_is_named() -> None:
    for library in LIBRARIES:
        http = library.Client(verify=TRUST)
        http.close()
        with pytest.raises(errors.ClientClosedError):
            through("create", http_client=http)


def test_an_http_client_that_makes_no_request_has_sent_none() -> None:
    class Broken(httpx.Client):
        def build_request(self, *args: Any, **options: Any) -> Any:
            raise TypeError("no such option")

    with (
        Broken(verify=TRUST) as http,
        pytest.raises(errors.APIConnectionError, match="made no request: TypeError") as caught,
    ):
        through("create", http_client=http, max_retries=3)
    assert not isinstance(caught.value, errors.OutcomeUnknownError)
    assert len(caught.value.attempts) == 1


# -- whatever is returned


async def a_coroutine() -> Reply:
    return Reply(200, [], BODY)


RETURNED: dict[str, Callable[[], Any]] = {
    "None": lambda: None,
    "text": lambda: "200",
    "a tuple": lambda: (200, [], BODY),
    "a response": lambda: httpx.Response(200, content=BODY),
    "a coroutine": a_coroutine,
    "a class": lambda: Reply,
    "an exception": lambda: RuntimeError("boom"),
    "a status of text": lambda: Reply(cast(Any, "200"), [], BODY),
    "a body of text": lambda: Reply(200, [], cast(Any, BODY.decode())),
    "no body": lambda: Reply(200, [], cast(Any, None)),
}


class Returning:
    def __init__(self, value: Callable[[], Any]) -> None:
        self.value = value

    def send(self, url: str, headers: Any, body: bytes, deadline: float) -> Reply:
        returned: Reply = self.value()
        return returned

    def close(self) -> None:
        pass


class AsyncReturning:
    def __init__(self, value: Callable[[], Any]) -> None:
        self.value = value

    async def send(self, url: str, headers: Any, body: bytes, deadline: float) -> Reply:
        returned: Reply = self.value()
        return returned

    async def aclose(self) -> None:
        pass


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("what", RETURNED)
def test_a_transport_that_returns_something_else_is_named(what: str, call: str) -> None:
    with pytest.raises(errors.MeetingError) as caught:
        through(call, transport=Returning(RETURNED[what]))
    check(caught.value, call, "the transport returned ")
    with pytest.raises(errors.MeetingError) as caught:
        through_async(call, transport=AsyncReturning(RETURNED[what]))
    check(caught.value, call, "the transport returned ")


@pytest.mark.parametrize(
    "headers", [None, 5, {"Retry-After": "1"}, [("Retry-After", "1")], [b"x"], [(b"x",)], [(1, 2)]]
)
@pytest.mark.parametrize("body", [BODY, b'{"code":512,"msg":""}', b"<html>", b'{"code":401}', b'{"code":200,"ret":{}}'])
def test_headers_of_another_kind_do_no_harm(headers: Any, body: bytes) -> None:
    transport = Returning(lambda: Reply(200, headers, body))
    if body == BODY:
        assert through("create", transport=transport).subject == "周会"
    else:
        with pytest.raises(errors.MeetingError) as caught:
            through("create", transport=transport)
        assert caught.value.operation == "meetings.create"


# -- what is told of an attempt


def test_an_observer_that_raises_does_not_break_a_call(caplog: pytest.LogCaptureFixture) -> None:
    def observe(attempt: Attempt) -> None:
        raise RuntimeError(f"observer of {attempt.operation}")

    with caplog.at_level(logging.ERROR, "netease_meeting"):
        assert through("create", transport=Returning(lambda: Reply(200, [], BODY)), on_attempt=observe).subject
        assert through_async(
            "create", transport=AsyncReturning(lambda: Reply(200, [], BODY)), on_attempt=observe
        ).subject
    assert [record.getMessage() for record in caplog.records] == ["on_attempt failed for meetings.create"] * 2


# -- of the wrong kind


class NoSend:
    def close(self) -> None:
        pass


class NoClose:
    def send(self, url: str, headers: Any, body: bytes, deadline: float) -> Reply:
        return Reply(200, [], BODY)


class OtherArguments(NoSend):
    def send(self, request: Any) -> Reply:
        return Reply(200, [], BODY)


WRONG: dict[str, tuple[Any, str, Callable[[], Any], str]] = {
    "an asynchronous transport": (MeetingClient, "transport", AsyncTurboTransport, "close()"),
    "a synchronous transport": (AsyncMeetingClient, "transport", TurboTransport, "aclose()"),
    "an asynchronous transport that closes": (MeetingClient, "transport", lambda: AsyncClosing(), "asynchronous"),
    "a class as transport": (MeetingClient, "transport", lambda: TurboTransport, "is a class"),
    "a class as async transport": (AsyncMeetingClient, "transport", lambda: AsyncTurboTransport, "is a class"),
    "an HTTP client as transport": (MeetingClient, "transport", lambda: httpx.Client(verify=TRUST), "http_client="),
    "an HTTP client as async transport": (
        AsyncMeetingClient,
        "transport",
        lambda: httpx.AsyncClient(verify=TRUST),
        "http_client=",
    ),
    "False as transport": (MeetingClient, "transport", lambda: False, "send()"),
    "an empty text as transport": (MeetingClient, "transport", lambda: "", "send()"),
    "no send": (MeetingClient, "transport", NoSend, "send()"),
    "no close": (MeetingClient, "transport", NoClose, "close()"),
    "other arguments": (MeetingClient, "transport", OtherArguments, "url, headers, body and deadline"),
    "an httpx transport": (MeetingClient, "transport", lambda: httpx.HTTPTransport(verify=TRUST), "send()"),
    "an httpx transport as client": (MeetingClient, "http_client", lambda: httpx.HTTPTransport(verify=TRUST), "send()"),
    "an AsyncClient": (MeetingClient, "http_client", lambda: httpx.AsyncClient(verify=TRUST), "asynchronous"),
    "an AsyncClient of httpx2": (
        MeetingClient,
        "http_client",
        lambda: httpx2.AsyncClient(verify=TRUST),
        "asynchronous",
    ),
    "a Client": (AsyncMeetingClient, "http_client", lambda: httpx.Client(verify=TRUST), "synchronous"),
    "a Client of httpx2": (AsyncMeetingClient, "http_client", lambda: httpx2.Client(verify=TRUST), "synchronous"),
    "a class of clients": (MeetingClient, "http_client", lambda: httpx.Client, "is a class"),
    "a module": (MeetingClient, "http_client", lambda: httpx, "send()"),
    "a transport as client": (MeetingClient, "http_client", TurboTransport, "build_request()"),
    "False as client": (AsyncMeetingClient, "http_client", lambda: False, "send()"),
}


class AsyncClosing(AsyncReturning):
    def __init__(self) -> None:
        super().__init__(lambda: None)

    def close(self) -> None:
        pass


@pytest.mark.parametrize("name", WRONG)
def test_what_cannot_work_is_refused_when_the_client_is_built(name: str) -> None:
    kind, argument, make, says = WRONG[name]
    with pytest.raises(errors.ConfigurationError) as caught:
        kind(**options(**{argument: make()}))
    assert str(caught.value).startswith(f"{argument}: ")
    assert says in str(caught.value)
    frames = [frame.f_locals for frame, _ in traceback.walk_tb(caught.value.__traceback__) if "self" in frame.f_locals]
    assert "canary-secret" not in repr(frames)


def test_one_of_two_ways_to_send_is_refused() -> None:
    with httpx.Client(verify=TRUST) as http, pytest.raises(errors.ConfigurationError, match="not both"):
        MeetingClient(**options(http_client=http, transport=Returning(lambda: Reply(200, [], BODY))))


def test_wrappers_are_taken() -> None:
    class Delegating:
        """Its `send` is no `async def`, but returns what one made."""

        def __init__(self, inner: AsyncReturning) -> None:
            self.send, self.aclose = inner.send, inner.aclose

    assert through_async("get", transport=Delegating(AsyncReturning(lambda: Reply(200, [], BODY)))).subject == "周会"

    class Proxy:
        """An HTTP client that hands everything on."""

        def __init__(self, inner: Any) -> None:
            self._inner = inner

        def __getattr__(self, name: str) -> Any:
            return getattr(self._inner, name)

    transport = httpx.MockTransport(lambda request: httpx.Response(200, content=BODY))
    with httpx.Client(verify=TRUST, transport=transport) as http:
        assert through("get", http_client=Proxy(http)).subject == "周会"
    assert (
        through_async("get", http_client=Proxy(httpx.AsyncClient(verify=TRUST, transport=transport))).subject == "周会"
    )


def test_checking_costs_only_those_who_inject_something() -> None:
    program = (
        "import netease_meeting as n; n.MeetingClient(app_key='k', app_secret='s'); import sys; print(*sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    assert "netease_meeting._runtime.injected" not in done.stdout.split()


class Limit:
    """A time limit of the caller's, as a signal handler that is an object."""

    class ExceededError(Exception):
        pass

    def __call__(self, *_: object) -> None:
        raise self.ExceededError

    def method(self, *_: object) -> None:
        raise self.ExceededError


@pytest.mark.parametrize(
    "handler",
    [Limit(), Limit().method, functools.partial(Limit().method, "limit"), lambda *_: Limit()()],
    ids=["object", "method", "partial", "function"],
)
def test_what_a_signal_handler_raises_is_the_callers(handler: Any) -> None:
    """The default transport waits for a response, and a signal comes."""

    def interrupt(connection: socket.socket) -> None:
        os.kill(os.getpid(), signal.SIGUSR1)
        connection.recv(1)

    before = signal.signal(signal.SIGUSR1, handler)
    try:
        with (
            rude_server(interrupt) as server,
            MeetingClient(app_key="k", app_secret="s", base_url=server.url) as client,
            pytest.raises(Limit.ExceededError),
        ):
            client.meetings.get(meeting_unique_id=7)
    finally:
        signal.signal(signal.SIGUSR1, before)
