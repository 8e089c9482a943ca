# Copied from generator/runtime/telemetry.py by `make generate`. Edit it there.
"""OpenTelemetry: spans and metrics of calls, callbacks and inboxes. Needs ``netease-meeting[otel]``.

::

    telemetry = OpenTelemetry()
    client = MeetingClient(on_attempt=telemetry)
    telemetry.watch(inbox)  # waiting, oldest, parked
    app = CallbackApp(telemetry.counted(inbox.receive))  # refused callbacks

Names follow the semantic conventions of HTTP clients; a span lasts from the first attempt to the end of the last.
"""

from __future__ import annotations

import inspect
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping
from functools import wraps
from typing import Any, ParamSpec, Protocol, TypeVar, cast
from urllib.parse import urlsplit

from opentelemetry import metrics, trace
from opentelemetry.metrics import CallbackOptions, Observation
from opentelemetry.trace import SpanKind, Status, StatusCode

from ._runtime.attempt import Attempt

__all__ = ["OpenTelemetry"]

Params = ParamSpec("Params")
Result = TypeVar("Result")

_NAME = "netease_meeting"
_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10)  # the conventions' own


class _Stats(Protocol):
    @property
    def waiting(self) -> int: ...
    @property
    def oldest(self) -> float | None: ...
    @property
    def parked(self) -> int: ...
    @property
    def duplicates(self) -> int: ...


class _Inbox(Protocol):
    def stats(self) -> _Stats: ...


class OpenTelemetry:
    """Give it to a client as ``on_attempt=``. Providers left out are the global ones."""

    def __init__(
        self,
        tracer_provider: trace.TracerProvider | None = None,
        meter_provider: metrics.MeterProvider | None = None,
    ) -> None:
        self._tracer = trace.get_tracer(_NAME, tracer_provider=tracer_provider)
        self._meter = meter = metrics.get_meter(_NAME, meter_provider=meter_provider)
        self._duration = meter.create_histogram(
            "http.client.request.duration",
            unit="s",
            description="Duration of calls, retries included.",
            explicit_bucket_boundaries_advisory=_BUCKETS,
        )
        self._retries = meter.create_counter(
            "netease_meeting.client.retries", unit="{retry}", description="Attempts after the first of a call."
        )
        self._throttles = meter.create_counter(
            "netease_meeting.client.throttles",
            unit="{response}",
            description="Responses that refused a request for being one too many, or for a busy service.",
        )
        self._refusals = meter.create_counter(
            "netease_meeting.callback.refusals",
            unit="{callback}",
            description="Callbacks that were not accepted, by the class of the error.",
        )

    def __call__(self, attempt: Attempt) -> None:
        """Record the call once its last attempt is over."""
        if attempt.throttled:
            self._throttles.add(1, {**_operation(attempt), **_error(attempt.error)})
        if attempt.wait is not None:
            self._retries.add(1, {**_operation(attempt), **_error(attempt.error)})
            return
        now = time.time()
        attributes = _attributes(attempt)
        span = self._tracer.start_span(
            f"POST {attempt.path}",
            kind=SpanKind.CLIENT,
            attributes={**attributes, "url.full": attempt.base_url + attempt.path},
            start_time=int(attempt.call_started_at * 1e9),
        )
        if attempt.number > 1:
            span.set_attribute("http.request.resend_count", attempt.number - 1)
        if attempt.request_id is not None:
            span.set_attribute("netease_meeting.request_id", attempt.request_id)
        if attempt.raised is not None:
            span.set_status(Status(StatusCode.ERROR, type(attempt.raised).__name__))
        span.end(int(now * 1e9))
        self._duration.record(max(now - attempt.call_started_at, 0.0), attributes)

    def watch(self, inbox: _Inbox, *, name: str = "") -> None:
        """Report how *inbox* is doing whenever metrics are collected.

        Args:
            inbox: An ``Inbox``. Each collection asks its store how much waits.
            name: Tells the inboxes of a process apart: the attribute ``netease_meeting.inbox.name``.
        """
        attributes = {"netease_meeting.inbox.name": name} if name else {}

        def reading(value: Callable[[_Stats], float]) -> Callable[[CallbackOptions], Iterable[Observation]]:
            return lambda options: [Observation(value(inbox.stats()), attributes)]

        self._meter.create_observable_gauge(
            "netease_meeting.inbox.waiting",
            [reading(lambda stats: stats.waiting)],
            unit="{event}",
            description="Events that are kept and not handled.",
        )
        self._meter.create_observable_gauge(
            "netease_meeting.inbox.oldest",
            [reading(lambda stats: stats.oldest or 0.0)],
            unit="s",
            description="Age of the oldest event that waits; 0 where none does.",
        )
        self._meter.create_observable_gauge(
            "netease_meeting.inbox.parked",
            [reading(lambda stats: stats.parked)],
            unit="{event}",
            description="Events that were given up.",
        )
        self._meter.create_observable_counter(
            "netease_meeting.inbox.duplicates",
            [reading(lambda stats: stats.duplicates)],
            unit="{callback}",
            description="Callbacks that were kept already.",
        )

    def counted(self, receive: Callable[Params, Result]) -> Callable[Params, Result]:
        """Return *receive* such that what it refuses is counted: ``inbox.receive``, ``hook.handle``, ``hook.parse``.

        Args:
            receive: What a web adapter is given, ordinary or async. What it returns and raises stays the same.
        """
        if inspect.iscoroutinefunction(receive):

            @wraps(receive)
            async def awaiting(*args: Params.args, **kwargs: Params.kwargs) -> Any:
                return await self._awaited(cast("Awaitable[Any]", receive(*args, **kwargs)))

            return cast("Callable[Params, Result]", awaiting)

        @wraps(receive)
        def calling(*args: Params.args, **kwargs: Params.kwargs) -> Any:
            try:
                result: Any = receive(*args, **kwargs)
            except Exception as error:
                self._refusals.add(1, _error(error))
                raise
            return self._awaited(result) if inspect.isawaitable(result) else result

        return cast("Callable[Params, Result]", calling)

    async def _awaited(self, result: Awaitable[Any]) -> Any:
        try:
            return await result
        except Exception as error:
            self._refusals.add(1, _error(error))
            raise


def _operation(attempt: Attempt) -> dict[str, str | int]:
    return {"netease_meeting.operation": attempt.operation, "url.template": attempt.path}


def _error(error: Exception | None) -> dict[str, str]:
    return {} if error is None else {"error.type": type(error).__name__}


def _attributes(attempt: Attempt) -> Mapping[str, str | int]:
    parts = urlsplit(attempt.base_url)
    attributes: dict[str, str | int] = {
        "http.request.method": "POST",
        **_operation(attempt),
        "server.address": parts.hostname or "",
        "server.port": parts.port or (443 if parts.scheme == "https" else 80),
        **_error(attempt.raised),
    }
    if attempt.status is not None:
        attributes["http.response.status_code"] = attempt.status
    if attempt.code is not None:
        attributes["netease_meeting.code"] = attempt.code
    return attributes
