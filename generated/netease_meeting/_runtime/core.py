# Copied from generator/runtime/_runtime/core.py by `make generate`. Edit it there.
"""The two drivers of a call and what they share."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Generic, TypeVar

import msgspec

from .errors import ArgumentError, ClientClosedError, ConfigurationError
from .flow import Flow, Send, Session, call
from .operation import Operation
from .raw import RawResponse
from .timed import Timed
from .transport import AsyncTransport, Header, Reply, Transport, TransportError, foreign

Result = TypeVar("Result")
LONGEST_TIMEOUT = 86_400.0
"""Seconds. Sockets take no more than some weeks, and nobody waits for a day."""

AnyTransport = TypeVar("AnyTransport", Transport, AsyncTransport)


class Core(msgspec.Struct, Generic[AnyTransport], frozen=True):
    """What the resources of one client call through. Copies made by ``with_options`` share session and transport."""

    session: Session
    transport: AnyTransport
    timeout: float
    max_retries: int

    def __post_init__(self) -> None:
        _check(self.timeout)
        if isinstance(self.transport, Timed):
            self.session.clock = self.transport.clock

    def flow(
        self,
        operation: Operation[Result],
        body: bytes,
        headers: Sequence[Header],
        timeout: float | None,
        max_retries: int | None,
    ) -> Flow[Result]:
        """Return the call, not yet begun."""
        return call(
            self.session,
            operation,
            body,
            headers,
            timeout=self.timeout if timeout is None else _check(timeout),
            max_retries=self.max_retries if max_retries is None else max_retries,
        )


def _check(timeout: float) -> float:
    if not 0 < timeout <= LONGEST_TIMEOUT:  # NaN is neither
        raise ArgumentError(f"timeout is seconds for a whole call, more than 0 and at most 86400, not {timeout!r}.")
    return timeout


_BEFORE_SENDING = (ArgumentError, ClientClosedError, ConfigurationError)
"""What a transport raises instead of sending."""


def run(transport: Transport, flow: Flow[Result]) -> RawResponse[Result]:
    """Carry out *flow* in this thread."""
    outcome: Reply | TransportError | None = None
    try:
        while True:
            action = flow.send(outcome)
            if isinstance(action, Send):
                try:
                    outcome = transport.send(*action)
                except TransportError as failure:
                    outcome = failure
                except _BEFORE_SENDING:
                    raise
                except Exception as failure:  # of an injected client, its hooks, or a transport of the caller's
                    outcome = foreign(failure)
            elif isinstance(transport, Timed):
                transport.sleep(action.seconds)
                outcome = None
            else:
                time.sleep(action.seconds)
                outcome = None
    except StopIteration as stop:
        answer: RawResponse[Result] = stop.value
        return answer


async def run_async(transport: AsyncTransport, flow: Flow[Result]) -> RawResponse[Result]:
    """Carry out *flow* in this task."""
    outcome: Reply | TransportError | None = None
    try:
        while True:
            action = flow.send(outcome)
            if isinstance(action, Send):
                try:
                    outcome = await transport.send(*action)
                except TransportError as failure:
                    outcome = failure
                except _BEFORE_SENDING:
                    raise
                except Exception as failure:  # of an injected client, its hooks, or a transport of the caller's
                    outcome = foreign(failure)
            elif isinstance(transport, Timed):
                await transport.sleep_async(action.seconds)
                outcome = None
            else:
                from .timers import sleep  # here, because a synchronous program has no use for it

                await sleep(action.seconds)
                outcome = None
    except StopIteration as stop:
        answer: RawResponse[Result] = stop.value
        return answer
