# Copied from generator/runtime/_runtime/core.py by `make generate`. Edit it there.
"""The two drivers of a call and what they share."""

from __future__ import annotations

import numbers
import operator
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
"""Seconds: a day. Sockets reject much larger values."""

AnyTransport = TypeVar("AnyTransport", Transport, AsyncTransport)


class Core(msgspec.Struct, Generic[AnyTransport], frozen=True):
    """What the resources of one client call through. Copies made by ``with_options`` share session and transport."""

    session: Session
    transport: AnyTransport
    timeout: float
    max_retries: int

    def __post_init__(self) -> None:
        _check_timeout(self.timeout)
        _check_retries(self.max_retries)
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
            timeout=self.timeout if timeout is None else _check_timeout(timeout),
            max_retries=self.max_retries if max_retries is None else _check_retries(max_retries),
        )


def _check_timeout(timeout: float) -> float:
    if isinstance(timeout, bool) or not isinstance(timeout, numbers.Real) or not 0 < timeout <= LONGEST_TIMEOUT:
        raise ArgumentError(  # NaN is neither more than 0 nor less
            f"timeout is seconds for a whole call, a number more than 0 and at most 86400, not {timeout!r}."
        )
    return float(timeout)


def _check_retries(max_retries: int) -> int:
    try:
        retries = -1 if isinstance(max_retries, bool) else operator.index(max_retries)
    except TypeError:
        retries = -1
    if retries < 0:
        raise ArgumentError(f"max_retries is a whole number, 0 or more, not {max_retries!r}.")
    return retries


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
