# Copied from generator/runtime/telemetry.py by `make generate`. Edit it there.
"""OpenTelemetry: one span and one measurement per call. Needs ``netease-meeting[otel]``.

::

    MeetingClient(on_attempt=OpenTelemetry())

Names follow the semantic conventions of HTTP clients; a span lasts from the first attempt to the end of the last.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from urllib.parse import urlsplit

from opentelemetry import metrics, trace
from opentelemetry.trace import SpanKind, Status, StatusCode

from ._runtime.attempt import Attempt

__all__ = ["OpenTelemetry"]

_NAME = "netease_meeting"
_BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10)  # the conventions' own


class OpenTelemetry:
    """Give it to a client as ``on_attempt=``. Providers left out are the global ones."""

    def __init__(
        self,
        tracer_provider: trace.TracerProvider | None = None,
        meter_provider: metrics.MeterProvider | None = None,
    ) -> None:
        self._tracer = trace.get_tracer(_NAME, tracer_provider=tracer_provider)
        meter = metrics.get_meter(_NAME, meter_provider=meter_provider)
        self._duration = meter.create_histogram(
            "http.client.request.duration",
            unit="s",
            description="Duration of calls, retries included.",
            explicit_bucket_boundaries_advisory=_BUCKETS,
        )

    def __call__(self, attempt: Attempt) -> None:
        """Record the call once its last attempt is over."""
        if attempt.wait is not None:
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
        if attempt.error is not None:
            span.set_status(Status(StatusCode.ERROR, type(attempt.error).__name__))
        span.end(int(now * 1e9))
        self._duration.record(max(now - attempt.call_started_at, 0.0), attributes)


def _attributes(attempt: Attempt) -> Mapping[str, str | int]:
    parts = urlsplit(attempt.base_url)
    attributes: dict[str, str | int] = {
        "http.request.method": "POST",
        "netease_meeting.operation": attempt.operation,
        "server.address": parts.hostname or "",
        "server.port": parts.port or (443 if parts.scheme == "https" else 80),
        "url.template": attempt.path,
    }
    if attempt.status is not None:
        attributes["http.response.status_code"] = attempt.status
    if attempt.code is not None:
        attributes["netease_meeting.code"] = attempt.code
    if attempt.error is not None:
        attributes["error.type"] = type(attempt.error).__name__
    return attributes
