"""What is told of calls: logs, attempts, OpenTelemetry. And what is told of secrets: nothing."""

from __future__ import annotations

import asyncio
import copy
import io
import json
import logging
import pickle
import re
import subprocess
import sys
import threading
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from netease_meeting import AsyncMeetingClient, Attempt, MeetingClient, MeetingType, Webhook, errors
from netease_meeting._runtime.secret import Secret
from netease_meeting.inbox import Inbox, SQLiteStore
from netease_meeting.sandbox import Sandbox
from netease_meeting.telemetry import OpenTelemetry
from netease_meeting.webhooks import wsgi
from opentelemetry.sdk.metrics import MeterProvider
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from tests.callbacks.signed import BODY, NOW, signed, webhook
from tests.conftest import reply, rude_server

SECRET = "canary-app-secret"
CANARIES = [SECRET, "canary-im-token", "canary-account-token", "canary-password", "canary-chat-token", "canary-push"]
JOIN = {
    "meetingUniqueId": 1,
    "meetingId": "1",
    "meetingChatRoomId": "canary-chat-token",
    "accountToken": "canary-account-token",
    "imToken": "canary-im-token",
    "password": "canary-password",
}


@pytest.fixture
def log(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    caplog.set_level(logging.DEBUG)
    return caplog


def test_every_attempt_is_logged_without_its_body(log: pytest.LogCaptureFixture) -> None:
    sandbox = Sandbox()
    client = sandbox.client()
    sandbox.faults.add({"operation": "accounts.create", "code": 510})
    client.accounts.create(im_accid="alice", im_token="canary-im-token")
    lines = [record.getMessage() for record in log.records if record.name == "netease_meeting"]
    assert len(lines) == 2
    assert "POST /v1/account/create attempt 1: status 200, code 510, request mc_" in lines[0]
    assert lines[0].endswith("ms, RateLimitError")
    assert "attempt 2: status 200, code 200" in lines[1]
    assert "alice" not in log.text


def test_on_attempt_sees_each_attempt_and_cannot_break_a_call(log: pytest.LogCaptureFixture) -> None:
    seen: list[Attempt] = []

    def watch(attempt: Attempt) -> None:
        seen.append(attempt)
        raise RuntimeError("a bug of the watcher")

    sandbox = Sandbox()
    client = sandbox.client(on_attempt=watch)
    sandbox.faults.add({"operation": "meetings.get", "status": 502, "html": True})
    with pytest.raises(errors.NotFoundError):
        client.meetings.get(meeting_unique_id=1)
    assert [(attempt.number, attempt.status, attempt.code) for attempt in seen] == [(1, 502, None), (2, 200, 2000)]
    assert seen[0].wait is not None
    assert isinstance(seen[1].error, errors.NotFoundError)
    assert seen[1].request_id
    assert log.text.count("on_attempt failed") == 2


def test_open_telemetry_gets_one_span_and_one_measurement_per_call() -> None:
    exporter, reader = InMemorySpanExporter(), InMemoryMetricReader()
    tracing = TracerProvider()
    tracing.add_span_processor(SimpleSpanProcessor(exporter))
    metering = MeterProvider([reader])
    sandbox = Sandbox()
    client = sandbox.client(on_attempt=OpenTelemetry(tracing, metering))
    sandbox.faults.add({"operation": "accounts.create", "code": 510})
    with tracing.get_tracer("test").start_as_current_span("outer") as outer:
        client.accounts.create()
    with pytest.raises(errors.NotFoundError):
        client.meetings.get(meeting_unique_id=1)
    first, _, second = exporter.get_finished_spans()
    assert first.attributes is not None
    assert second.attributes is not None
    assert first.name == "POST /v1/account/create"
    assert first.parent is not None
    assert first.parent.span_id == outer.get_span_context().span_id
    assert dict(first.attributes) | {"netease_meeting.request_id": ""} == {
        "http.request.method": "POST",
        "http.request.resend_count": 1,
        "http.response.status_code": 200,
        "netease_meeting.code": 200,
        "netease_meeting.operation": "accounts.create",
        "netease_meeting.request_id": "",
        "server.address": "127.0.0.1",
        "server.port": 80,
        "url.full": "http://127.0.0.1/v1/account/create",
        "url.template": "/v1/account/create",
    }
    assert second.attributes["error.type"] == "NotFoundError"
    assert "http.request.resend_count" not in second.attributes, "it was sent once"
    assert second.start_time is not None
    assert second.end_time is not None
    assert second.start_time <= second.end_time
    collected = reader.get_metrics_data()
    assert collected is not None
    metrics = json.loads(collected.to_json())["resource_metrics"][0]["scope_metrics"][0]["metrics"]
    (metric,) = (metric for metric in metrics if metric["name"] == "http.client.request.duration")
    assert metric["unit"] == "s"
    boundaries = metric["data"]["data_points"][0]["explicit_bounds"]
    assert (boundaries[0], boundaries[-1]) == (0.005, 10), "those of the semantic conventions, in seconds"
    assert sum(point["count"] for point in metric["data"]["data_points"]) == 2
    metering.shutdown()


def measured(reader: InMemoryMetricReader) -> dict[str, list[dict[str, Any]]]:
    """Return the data points that were collected, by the name of the metric."""
    collected = reader.get_metrics_data()
    assert collected is not None
    (resource,) = json.loads(collected.to_json())["resource_metrics"]
    (scope,) = resource["scope_metrics"]
    return {metric["name"]: metric["data"]["data_points"] for metric in scope["metrics"]}


@pytest.fixture
def telemetry() -> Iterator[tuple[OpenTelemetry, InMemorySpanExporter, InMemoryMetricReader]]:
    exporter, reader = InMemorySpanExporter(), InMemoryMetricReader()
    tracing, metering = TracerProvider(), MeterProvider([reader])
    tracing.add_span_processor(SimpleSpanProcessor(exporter))
    yield OpenTelemetry(tracing, metering), exporter, reader
    metering.shutdown()


Telemetry = tuple[OpenTelemetry, InMemorySpanExporter, InMemoryMetricReader]


@pytest.mark.parametrize("flavour", ["synchronous", "asynchronous"])
def test_the_error_of_a_span_is_the_class_that_was_raised(telemetry: Telemetry, flavour: str) -> None:
    record, exporter, reader = telemetry
    sandbox = Sandbox()
    sandbox.faults.add({"operation": "meetings.create", "fault": "resetAfter"})
    arguments: dict[str, Any] = {"host": "a", "type": 1, "subject": "s"}
    calls: dict[str, Callable[[], object]] = {
        "synchronous": lambda: sandbox.client(on_attempt=record).meetings.create(**arguments),
        "asynchronous": lambda: asyncio.run(sandbox.async_client(on_attempt=record).meetings.create(**arguments)),
    }
    with pytest.raises(errors.OutcomeUnknownError):
        calls[flavour]()
    (span,) = exporter.get_finished_spans()
    assert span.attributes is not None
    assert span.attributes["error.type"] == "OutcomeUnknownError"
    assert span.status.description == "OutcomeUnknownError"
    (point,) = measured(reader)["http.client.request.duration"]
    assert point["attributes"]["error.type"] == "OutcomeUnknownError"


def test_a_call_that_was_recovered_is_no_error(telemetry: Telemetry) -> None:
    record, exporter, _ = telemetry
    sandbox = Sandbox()
    sandbox.faults.add({"operation": "accounts.create", "fault": "resetAfter"})
    attempts: list[Attempt] = []

    def watch(attempt: Attempt) -> None:
        attempts.append(attempt)
        record(attempt)

    sandbox.client(on_attempt=watch).accounts.create(im_accid="alice")
    spans = {span.name: span for span in exporter.get_finished_spans()}
    assert set(spans) == {"POST /v1/account/create", "POST /v1/account/getByImAccid"}
    for span in spans.values():
        assert span.attributes is not None
        assert "error.type" not in span.attributes
    created = [attempt for attempt in attempts if attempt.operation == "accounts.create"]
    assert [(attempt.number, attempt.code, attempt.raised) for attempt in created] == [(1, None, None), (2, 1019, None)]
    assert isinstance(created[1].error, errors.ConflictError), "what the attempt ended with"


def test_retries_and_throttles_are_counted(telemetry: Telemetry) -> None:
    record, _, reader = telemetry
    sandbox = Sandbox()
    client = sandbox.client(on_attempt=record)
    sandbox.faults.add({"operation": "accounts.create", "code": 510, "times": 2})
    client.accounts.create()
    sandbox.faults.add({"operation": "meetings.list", "fault": "resetAfter"})
    list(client.meetings.list())
    sandbox.faults.add({"operation": "meetings.create", "code": 512})
    with pytest.raises(errors.ServiceBusyError):
        client.meetings.create(host="a", type=1, subject="s")
    found = measured(reader)

    def counts(name: str) -> dict[tuple[str, str], int]:
        keys = ("netease_meeting.operation", "error.type")
        return {(*(point["attributes"][key] for key in keys),): point["value"] for point in found[name]}

    assert counts("netease_meeting.client.retries") == {
        ("accounts.create", "RateLimitError"): 2,
        ("meetings.list", "APIConnectionError"): 1,
    }
    assert counts("netease_meeting.client.throttles") == {
        ("accounts.create", "RateLimitError"): 2,
        ("meetings.create", "ServiceBusyError"): 1,
    }


def test_an_inbox_is_watched(telemetry: Telemetry, tmp_path: Path) -> None:
    record, _, reader = telemetry
    now = NOW
    inbox = Inbox(webhook(), SQLiteStore(tmp_path / "inbox.db"), attempts=1, now=lambda: now)
    record.watch(inbox, name="callbacks")

    def values() -> dict[str, float]:
        points = {name: point for name, (point,) in measured(reader).items()}
        assert all(point["attributes"] == {"netease_meeting.inbox.name": "callbacks"} for point in points.values())
        return {name.removeprefix("netease_meeting.inbox."): point["value"] for name, point in points.items()}

    assert values() == {"waiting": 0, "oldest": 0, "parked": 0, "duplicates": 0}
    for _ in range(2):
        inbox.receive(BODY, signed(BODY))
    now += 30
    assert values() == {"waiting": 1, "oldest": 30, "parked": 0, "duplicates": 1}

    def fail(delivery: object) -> None:
        stop.set()
        raise RuntimeError("a bug of the handler")

    stop = threading.Event()
    inbox.run(fail, stop=stop)
    assert values() == {"waiting": 0, "oldest": 0, "parked": 1, "duplicates": 1}


def test_refused_callbacks_are_counted_by_class(telemetry: Telemetry) -> None:
    record, _, reader = telemetry
    hook = webhook()

    async def receive(body: bytes, headers: Mapping[str, str]) -> object:
        return hook.parse(body, headers)

    def accept(body: bytes, headers: Mapping[str, str]) -> object:
        return receive(body, headers)

    parse, awaited, wrapped = record.counted(hook.parse), record.counted(receive), record.counted(accept)
    assert parse(BODY, signed(BODY)) == hook.parse(BODY, signed(BODY))
    assert asyncio.iscoroutinefunction(awaited), "adapters look at it"
    assert asyncio.run(awaited(BODY, signed(BODY))) == hook.parse(BODY, signed(BODY))

    async def wait() -> object:
        result: Any = wrapped(BODY, {})
        return await result

    refused: list[Callable[[], object]] = [
        lambda: parse(BODY, {}),
        lambda: asyncio.run(awaited(BODY, {})),
        lambda: asyncio.run(wait()),
    ]
    for bad in refused:
        with pytest.raises(errors.WebhookSignatureError):
            bad()
    with pytest.raises(errors.WebhookTimestampError):
        parse(BODY, signed(BODY, millis="1500000000000"))
    points = measured(reader)["netease_meeting.callback.refusals"]
    assert {point["attributes"]["error.type"]: point["value"] for point in points} == {
        "WebhookSignatureError": 3,
        "WebhookTimestampError": 1,
    }


def test_an_adapter_takes_a_counted_receiver(telemetry: Telemetry) -> None:
    record, _, reader = telemetry
    app = wsgi.CallbackApp(record.counted(webhook().parse))
    statuses: list[str] = []
    environ = {"REQUEST_METHOD": "POST", "CONTENT_LENGTH": "2", "wsgi.input": io.BytesIO(b"{}")}
    list(app(environ, lambda status, headers: statuses.append(status)))
    assert statuses == ["401 Unauthorized"]
    (point,) = measured(reader)["netease_meeting.callback.refusals"]
    assert (point["attributes"], point["value"]) == ({"error.type": "WebhookSignatureError"}, 1)


def test_nothing_of_it_is_loaded_unless_asked_for() -> None:
    script = "import sys, netease_meeting as n; n.MeetingClient(app_key='k', app_secret='s'); print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True).stdout.split()
    assert not [name for name in loaded if name.startswith("opentelemetry")]


def failing(client: MeetingClient) -> list[Callable[[], object]]:
    """Return calls that carry secrets."""
    return [
        lambda: client.accounts.create(im_accid="a", im_token="canary-im-token"),
        lambda: client.accounts.update_token(account_id="1", account_token="canary-account-token"),
        lambda: client.meetings.create(host="1", type=MeetingType.INSTANT, subject="x", password="canary-password"),
        lambda: client.meetings.edit(meeting_unique_id=1, subject="x", password="canary-password"),
        lambda: client.meetings.anonymous_join_info(
            meeting_id="1", nick_name="n", video=1, audio=1, client_type=6, device_id="d", password="canary-password"
        ),
        lambda: client.post("/v2/new", {"password": "canary-password"}),
    ]


ANSWERS = {
    "lost": b"",
    "html": reply(b"<html>canary-password</html>", b"502 Bad Gateway", b"text/html"),
    "truncated": reply(json.dumps({"code": 200, "ret": JOIN}).encode()[:-5]),
    "wrong shape": reply(json.dumps({"code": 200, "ret": {**JOIN, "meetingUniqueId": "x"}}).encode()),
    "refused": reply(json.dumps({"code": 401, "msg": "no", "ret": JOIN}).encode()),
    "busy": reply(json.dumps({"code": 512, "msg": "no", "ret": JOIN}).encode()),
    "redirect": reply(b"", b"302 Found", b"text/html", b"Location: http://127.0.0.1/"),
    "array": reply(json.dumps([JOIN]).encode()),
    "good": reply(json.dumps({"code": 200, "ret": JOIN}).encode()),
}


@pytest.mark.case(95, 96, 97, 98, 99)
@pytest.mark.parametrize("name", ANSWERS)
def test_no_secret_is_shown_by_anything(name: str, log: pytest.LogCaptureFixture) -> None:
    """Errors, their pickles, tracebacks with the variables of every frame of ours, logs of every library at DEBUG."""
    shown: list[str] = []
    sums: list[str] = []
    with (
        rude_server(ANSWERS[name]) as server,
        MeetingClient(app_key="key", app_secret=SECRET, base_url=server.url, max_retries=1, timeout=5) as client,
    ):
        shown += [repr(client), str(client), repr(vars(client)), repr(client.with_raw_response)]
        for call in failing(client):
            try:
                result = call()
            except errors.MeetingError as error:
                shown += [str(error), repr(error), repr(vars(error)), repr(pickle.dumps(error))]
                shown.append(our_frames(error))
            else:
                if not isinstance(result, dict):  # what post() returns is the answer as it came
                    shown += [repr(result), str(result)]
        for request in server.requests:
            head = request.partition(b"\r\n\r\n")[0].decode("latin-1")
            sums += [line.partition(": ")[2] for line in head.splitlines() if line.lower().startswith("checksum")]
        assert len(server.requests) >= 6
        assert len(sums) >= 6
    shown.append(log.text)
    for canary in [*CANARIES, *sums]:
        assert not [text for text in shown if canary in text], canary


def our_frames(error: BaseException) -> str:
    """Return the traceback with variables, without the frames of this test, which hold the secrets by necessity."""
    lines: list[str] = []
    current: BaseException | None = error
    while current is not None:
        for frame, _ in traceback.walk_tb(current.__traceback__):
            # The public method's own arguments are the caller's: they are in the caller's frame too.
            if "_runtime" in frame.f_code.co_filename and frame.f_code.co_name != "post":
                lines += [f"{name}={shown(value)}" for name, value in frame.f_locals.items()]
        lines += traceback.format_exception_only(current)
        current = current.__cause__ or current.__context__
    return "\n".join(lines)


def shown(value: object) -> str:
    """Return what sentry and rich show of a variable: they look into collections, unless told what to show instead."""
    told = getattr(type(value), "__sentry_repr__", None)
    if told is not None:
        return str(told(value)) + repr(value)
    if isinstance(value, Mapping):
        return repr(value) + "".join(shown(item) for item in value.values())
    if isinstance(value, Sequence) and not isinstance(value, (str, bytes)):
        return repr(value) + "".join(shown(item) for item in value)
    return repr(value)


@pytest.mark.case(96, 99)
def test_no_signature_is_in_the_frames_of_a_call_that_found_the_client_closed() -> None:
    with rude_server(ANSWERS["good"]) as server:
        client = MeetingClient(app_key="key", app_secret=SECRET, base_url=server.url)
        client.meetings.cancel(meeting_unique_id=1)
        client.close()
        with pytest.raises(errors.ClientClosedError) as caught:
            client.meetings.get(meeting_unique_id=1)
    variables = our_frames(caught.value)
    assert "headers" in variables
    assert not re.search("[0-9a-f]{40}", variables), "a CheckSum"
    assert SECRET not in variables


def subclasses(kind: type[errors.MeetingError]) -> Iterator[type[errors.MeetingError]]:
    yield kind
    for child in kind.__subclasses__():
        yield from subclasses(child)


@pytest.mark.case(95, 98)
def test_every_exception_can_be_pickled_and_copied_with_all_it_knows() -> None:
    kinds = [kind for kind in subclasses(errors.MeetingError) if kind.__module__ == "netease_meeting.errors"]
    assert len(kinds) > 20
    for kind in kinds:
        error = kind("what", code=1, msg="m", request_id="r", hint="h", hint_zh="z", operation="o", attempts=("a",))
        error.add_note("n")
        for again in (pickle.loads(pickle.dumps(error)), copy.copy(error), copy.deepcopy(error)):
            assert type(again) is kind
            assert str(again) == "what"
            known = ("code", "msg", "request_id", "hint", "hint_zh", "operation", "attempts")
            assert [getattr(again, name) for name in known] == [getattr(error, name) for name in known]


@pytest.mark.case(95)
def test_a_secret_is_equal_only_to_itself() -> None:
    first, second = Secret("canary"), Secret("canary")
    assert first == second
    assert len({first, second, Secret("other")}) == 2
    assert first != "canary"
    with pytest.raises(TypeError, match="not pickled"):
        pickle.dumps(first)


@pytest.mark.case(95)
def test_results_hide_what_is_sensitive_until_it_is_asked_for() -> None:
    client = Sandbox().client()
    account = client.accounts.create(im_accid="a", im_token="canary-im-token")
    meeting = client.meetings.create(host=account.account_id, type=1, subject="x", password="canary1")
    token = account.account_token
    assert token
    for value in (account, meeting, [account], {"account": account}):
        assert token not in repr(value) + str(value)
        assert "canary" not in repr(value) + str(value)
    assert meeting.password == "canary1"
    assert "password=***" in repr(meeting)


@pytest.mark.case(98)
def test_neither_clients_nor_webhooks_are_pickled() -> None:
    async def close(client: AsyncMeetingClient) -> None:
        await client.aclose()

    asynchronous = AsyncMeetingClient(app_key="k", app_secret=SECRET)
    for holder in (
        MeetingClient(app_key="k", app_secret=SECRET),
        asynchronous,
        Webhook(app_key="k", app_secret=SECRET),
    ):
        assert SECRET not in repr(holder) + repr(vars(holder))
        with pytest.raises(TypeError):
            pickle.dumps(holder)
    asyncio.run(close(asynchronous))


@pytest.mark.case(101)
def test_the_sandbox_takes_no_secret_on_its_command_line() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "netease_meeting.sandbox", "--help"], check=True, capture_output=True, text=True
    )
    assert "secret" not in done.stdout.lower().replace("sandbox-secret", "")
