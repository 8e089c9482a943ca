"""What an error says: the same attributes on every one, what may be repeated, where a connection failed, what to do."""

from __future__ import annotations

import asyncio
import copy
import inspect
import pickle
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import httpx
import pytest
from netease_meeting import AsyncMeetingClient, MeetingClient, Reply, TransportError, errors
from netease_meeting.inbox import LeaseLostError
from netease_meeting.turbo import AsyncTurboTransport, TurboTransport

from tests.conftest import Answer, reply, rude_server
from tests.runtime.drive import Driver, Outcome, answer, lost, page, refused, timed_out

CLASSES = [each for each in vars(errors).values() if inspect.isclass(each) and issubclass(each, errors.MeetingError)]
RAISED = [TransportError, LeaseLostError, *(kind for kind in CLASSES if kind is not errors.MeetingError)]
UNIFORM: dict[str, tuple[type, ...]] = {
    "code": (int, type(None)),
    "msg": (str,),
    "request_id": (str, type(None)),
    "status": (int, type(None)),
    "retry_after": (float, type(None)),
    "operation": (str, type(None)),
    "hint": (str,),
    "hint_zh": (str,),
    "attempts": (tuple,),
    "data": (object,),
    "safe_to_repeat": (bool, type(None)),
    "violations": (tuple,),
}
SECRET = "canary-secret"


def check_uniform(error: errors.MeetingError) -> None:
    for name, kinds in UNIFORM.items():
        assert isinstance(getattr(error, name), kinds), name
    assert error.hint.isascii()
    assert any("\u4e00" <= char <= "\u9fff" for char in error.hint_zh)


@pytest.mark.parametrize("kind", RAISED, ids=lambda kind: kind.__name__)
def test_every_error_has_every_attribute_and_can_be_copied(kind: type[errors.MeetingError]) -> None:
    check_uniform(kind("text"))
    violation = errors.Violation(
        "page_size", "maximum", "page_size is 200, at most 100", "page_size 为 200，最大为 100"
    )
    full = kind("text", status=418, retry_after=1.5, data={"token": SECRET}, violations=(violation,), hint="h")
    for error in (pickle.loads(pickle.dumps(full)), copy.copy(full), copy.deepcopy(full)):
        assert type(error) is kind
        assert {name: getattr(error, name) for name in UNIFORM} == {name: getattr(full, name) for name in UNIFORM}
        assert (error.status, error.data, error.violations) == (418, {"token": SECRET}, (violation,))
        assert SECRET not in f"{error} {error!r}"


def test_the_status_of_a_refused_callback_is_what_the_sender_gets() -> None:
    statuses = {kind.__name__: kind().status for kind in CLASSES if issubclass(kind, errors.WebhookError)}
    assert statuses == {
        "WebhookError": 400,
        "WebhookSignatureError": 401,
        "WebhookTimestampError": 401,
        "WebhookTooLargeError": 413,
        "WebhookPayloadError": 400,
    }


# -- what may be repeated

OPERATIONS = {
    "read": "meetings.get",
    "set": "meetings.edit",
    "verify": "meetings.cancel",
    "recover": "accounts.create",
    "recover without its key": "accounts.create without imAccid",
    "never": "meetings.create",
}
HARMLESS = {"read", "set", "verify", "recover"}
ENDINGS: dict[str, tuple[Outcome, bool | None]] = {
    "not connected": (refused(), True),
    "no connection free": (TransportError("full", sent=False, queued=True, timed_out=True), True),
    "bad certificate": (TransportError("certificate", sent=False, retryable=False), True),
    "too many requests": (answer(510), True),
    "HTTP 429": (page(429), True),
    "refused for its parameters": (answer(300), None),
    "refused for its state": (answer(2010), None),
    "refused with an unknown code": (answer(9999), None),
    "signature refused": (answer(401), None),
    "redirected": (page(302), None),
}
IN_DOUBT: dict[str, Outcome] = {
    "response lost": lost(),
    "timed out": timed_out(),
    "server error": answer(501),
    "service busy": answer(512),
    "HTTP 502": page(502),
    "success that cannot be read": answer(200, ret=[]),
}


@pytest.mark.parametrize("repeat", OPERATIONS)
@pytest.mark.parametrize("ending", [*ENDINGS, *IN_DOUBT])
def test_whether_a_call_may_be_repeated(repeat: str, ending: str) -> None:
    outcome, expected = ENDINGS.get(ending) or (IN_DOUBT[ending], repeat in HARMLESS)
    if ending == "success that cannot be read" and repeat in ("set", "verify"):
        outcome = lost()  # nothing is read of the responses of these
    error = Driver().fails(OPERATIONS[repeat], outcome)
    assert error.safe_to_repeat is expected, f"{error!r}"
    check_uniform(error)


def test_a_lost_response_is_unknown_and_says_whether_a_repeat_does_harm() -> None:
    lossy, harmless = (Driver().fails(name, lost()) for name in ("meetings.create", "meetings.edit"))
    assert isinstance(lossy, errors.OutcomeUnknownError)
    assert isinstance(harmless, errors.OutcomeUnknownError)
    assert (lossy.safe_to_repeat, harmless.safe_to_repeat) == (False, True)
    assert "before you repeat it" in lossy.hint
    assert "does no harm" in harmless.hint


def test_an_unknown_outcome_keeps_what_the_server_said() -> None:
    error = Driver().fails("meetings.create", page(503, retry_after="7"))
    assert isinstance(error, errors.OutcomeUnknownError)
    assert (error.status, error.retry_after) == (503, 7.0)


@pytest.mark.parametrize(
    ("status", "hint"),
    [
        (200, "answered in its place"),
        (302, "Redirects are not followed"),
        (401, "check gateways, proxies and networks"),
        (404, "check base_url, its prefix included"),
        (407, "HTTPS_PROXY=http://user:password@host:port"),
        (429, "Make fewer requests"),
        (502, "A gateway in front of the API failed"),
    ],
)
def test_a_response_of_something_else_says_what_to_do(status: int, hint: str) -> None:
    error = Driver().fails("meetings.get", page(status), max_retries=0)
    assert isinstance(error, errors.APIResponseError)
    assert hint in error.hint
    check_uniform(error)


def test_the_hint_of_a_response_keeps_why_it_was_not_repeated() -> None:
    error = Driver().fails("meetings.get", page(503, retry_after="600"))
    assert "A gateway in front of the API failed" in error.hint
    assert "no retry: the server asks to wait 600 s" in str(error)
    assert "No retry" in error.hint


# -- why there was no further attempt


def test_an_exhausted_retry_budget_is_said() -> None:
    driver = Driver()
    driver.session.budget._tokens = 0
    error = driver.fails("meetings.get", refused())
    assert str(error).endswith(
        "no retry: the retry budget of this client is used up: too many of its calls failed lately"
    )
    assert error.attempts == (f"attempt 1: {error}",)
    assert "retry budget" in error.hint
    assert "重试预算" in error.hint_zh


def test_a_retry_that_the_deadline_prevents_is_said() -> None:
    error = Driver().fails("meetings.get", answer(510, retry_after="20"), timeout=10)
    assert "no retry: the next attempt, 20.0 s later, would begin after the deadline of the call" in str(error)
    assert "no retry" in error.attempts[-1]


def test_a_wait_that_is_too_long_is_said() -> None:
    error = Driver().fails("meetings.get", answer(510, retry_after="600"))
    assert "no retry: the server asks to wait 600 s, and at most 60 s are waited" in str(error)
    assert error.retry_after == 600


def test_a_budget_that_ended_a_retry_is_said_of_an_unknown_outcome_too() -> None:
    driver = Driver()
    driver.session.budget._tokens = 0
    error = driver.fails("meetings.edit", lost())
    assert isinstance(error, errors.OutcomeUnknownError)
    assert "no retry: the retry budget of this client is used up" in str(error)


def test_calls_that_are_out_of_retries_say_nothing_of_budgets() -> None:
    assert "no retry" not in str(Driver().fails("meetings.get", refused(), max_retries=0))
    assert "no retry" not in str(Driver().fails("meetings.create", lost()))


# -- connections, through every transport

KINDS = ["default", "async default", "httpx", "async httpx", "turbo", "async turbo"]


def through(kind: str, url: str, *, proxy: str | None = None, **options: Any) -> errors.MeetingError:
    """Return the error of a call. What the environment says of proxies is for our own transports."""
    options = {"app_key": "key", "app_secret": SECRET, "base_url": url, "max_retries": 0, "timeout": 5.0, **options}
    injected: dict[str, Any] = {"proxy": proxy, "trust_env": False}

    def synchronous() -> None:
        if kind == "httpx":
            with httpx.Client(**injected) as http, MeetingClient(**options, http_client=http) as client:
                client.meetings.get(meeting_unique_id=7)
        else:
            transport = TurboTransport() if kind == "turbo" else None
            with MeetingClient(**options, transport=transport) as client:
                client.meetings.get(meeting_unique_id=7)

    async def asynchronous() -> None:
        if kind == "async httpx":
            async with (
                httpx.AsyncClient(**injected) as http,
                AsyncMeetingClient(**options, http_client=http) as client,
            ):
                await client.meetings.get(meeting_unique_id=7)
        else:
            transport = AsyncTurboTransport() if kind == "async turbo" else None
            async with AsyncMeetingClient(**options, transport=transport) as client:
                await client.meetings.get(meeting_unique_id=7)

    with pytest.raises(errors.MeetingError) as caught:
        asyncio.run(asynchronous()) if kind.startswith("async") else synchronous()
    error = caught.value
    check_uniform(error)
    assert not str(error).rstrip().endswith(":"), "the reason is never empty"
    return error


@contextmanager
def nobody() -> Iterator[str]:
    """Yield an address where nobody listens."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))  # kept, so that nobody else gets it
        yield f"127.0.0.1:{held.getsockname()[1]}"


@contextmanager
def saying(answer: bytes) -> Iterator[str]:
    """Yield an address where every connection gets *answer*, whatever it begins with, and is closed."""

    def serve() -> None:
        while True:
            try:
                connection, _ = listening.accept()
            except OSError:
                return
            with connection, suppress(OSError):
                connection.recv(65536)
                connection.sendall(answer)

    with socket.create_server(("127.0.0.1", 0)) as listening:
        serving = threading.Thread(target=serve)
        serving.start()
        yield f"127.0.0.1:{listening.getsockname()[1]}"
        listening.shutdown(socket.SHUT_RDWR)
        serving.join()


@pytest.fixture
def proxied(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], str]:
    """Name a proxy in the environment; return it as an injected client needs it."""
    for name in ("NO_PROXY", "no_proxy", "ALL_PROXY", "all_proxy", "http_proxy", "https_proxy"):
        monkeypatch.delenv(name, raising=False)

    def use(address: str) -> str:
        url = f"http://user:canary-word@{address}"
        monkeypatch.setenv("HTTPS_PROXY", url)
        monkeypatch.setenv("HTTP_PROXY", url)
        return url

    return use


@pytest.mark.parametrize("kind", KINDS)
def test_a_refused_connection_names_the_gateway_and_what_to_check(kind: str) -> None:
    with nobody() as address:
        error = through(kind, f"http://{address}")
    assert str(error).startswith(f"meetings.get: could not connect to http://{address}")
    assert "refused" in str(error)
    assert "Nothing accepts connections there" in error.hint
    assert error.safe_to_repeat is True


@pytest.mark.parametrize("kind", ["default", "async default"])
def test_a_connection_error_names_the_address_behind_the_name(kind: str) -> None:
    with nobody() as address:
        port = address.partition(":")[2]
        error = through(kind, f"http://localhost:{port}")
    assert "127.0.0.1" in str(error) or "::1" in str(error)


@pytest.mark.parametrize("kind", KINDS)
def test_a_name_without_an_address_is_said_to_be_one(kind: str) -> None:
    error = through(kind, "https://no-such-gateway.invalid")
    assert "could not connect to https://no-such-gateway.invalid" in str(error)
    assert "name could not be resolved" in error.hint


@pytest.mark.parametrize("kind", KINDS)
def test_a_port_without_tls_is_said_to_be_one(kind: str) -> None:
    with saying(b"HTTP/1.1 400 Bad Request\r\n\r\n") as address:
        error = through(kind, f"https://{address}")
    assert "TLS could not be set up" in error.hint


@pytest.mark.parametrize("kind", KINDS)
def test_a_proxy_that_cannot_be_reached_is_named_without_its_password(kind: str, proxied: Callable[[str], str]) -> None:
    with nobody() as address:
        error = through(kind, "https://meeting.internal", proxy=proxied(address))
    assert f"could not connect to https://meeting.internal via proxy http://{address}" in str(error)
    assert "HTTPS_PROXY" in error.hint
    assert "canary-word" not in f"{error} {error!r} {error.hint} {error.attempts} {vars(error)}"


@pytest.mark.parametrize("kind", KINDS)
def test_a_proxy_that_wants_a_password_is_named(kind: str, proxied: Callable[[str], str]) -> None:
    with saying(reply(b"", b"407 Proxy Authentication Required")) as address:
        error = through(kind, "https://meeting.internal", proxy=proxied(address))
    assert f"could not connect to https://meeting.internal via proxy http://{address}" in str(error)
    assert "user name and a password" in error.hint
    assert "canary-word" not in f"{error} {error!r} {error.hint} {error.attempts} {vars(error)}"


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("broken", "hint"),
    [
        (b"", "connection broke"),
        (reply(b" " * 9_000_000), "Something between you and the API"),
        (reply(b"x", b"200 OK", b"application/json", b"Content-Encoding: gzip"), "Something between you and the API"),
    ],
    ids=["closed", "too large", "bad gzip"],
)
def test_a_response_that_cannot_be_used_names_the_gateway(kind: str, broken: Answer, hint: str) -> None:
    with rude_server(broken) as server:
        error = through(kind, server.url)
    assert str(error).startswith(f"meetings.get: no usable response from {server.url}")
    assert hint in error.hint
    assert error.safe_to_repeat is True, "it is a read"


@pytest.mark.parametrize("kind", KINDS)
def test_a_response_that_does_not_come_names_the_gateway(kind: str) -> None:
    go = threading.Event()

    def hold(connection: socket.socket) -> None:
        go.wait(10)

    with rude_server(hold) as server:
        error = through(kind, server.url, timeout=0.3)
        go.set()
    assert isinstance(error, errors.APITimeoutError)
    assert str(error).startswith(f"meetings.get: no response from {server.url}")
    assert "within 0.3 s" in str(error)
    assert "cancel scope" not in str(error)


def test_a_full_pool_says_so_and_is_no_fault_of_the_gateway() -> None:
    error = Driver().fails("meetings.create", TransportError("full", sent=False, queued=True, timed_out=True))
    assert str(error).startswith("meetings.create: no connection to https://one.example became free: full")
    assert "All connections of this client are in use" in error.hint


@pytest.mark.parametrize("text", ["", " \n", "http://user:canary-word@proxy/x?token=canary-word\x1b[2J"])
def test_a_transport_of_the_user_that_says_little_or_too_much(text: str) -> None:
    class Mute:
        def send(self, url: str, headers: object, body: bytes, deadline: float) -> Reply:
            raise TransportError(text)

        def close(self) -> None: ...

    client = MeetingClient(app_key="k", app_secret=SECRET, base_url="https://gw.example", transport=Mute())
    with pytest.raises(errors.APIConnectionError) as caught:
        client.meetings.get(meeting_unique_id=7, max_retries=0)
    check_uniform(caught.value)
    assert "no usable response from https://gw.example: " in str(caught.value)
    assert not str(caught.value).endswith(": ")
    assert "canary-word" not in f"{caught.value} {caught.value!r} {caught.value.attempts}"
    assert str(caught.value).isprintable()


def test_a_closed_client_and_bad_settings_have_hints() -> None:
    client = MeetingClient(app_key="k", app_secret=SECRET, base_url="https://gw.example")
    client.close()
    with pytest.raises(errors.ClientClosedError) as closed:
        client.meetings.get(meeting_unique_id=7)
    assert closed.value.safe_to_repeat is True
    with pytest.raises(errors.ConfigurationError) as setting:
        MeetingClient(app_key="k", app_secret=SECRET, base_url="ftp://gw.example")
    for error in (closed.value, setting.value):
        check_uniform(error)
