# Copied from generator/runtime/_runtime/flow.py by `make generate`. Edit it there.
"""One call, without I/O: yields what to send and how long to sleep, ends with the answer or raises."""

from __future__ import annotations

import random
from collections.abc import Generator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeVar

from .clock import Clock
from .codec import Codec
from .errors import APIConnectionError, APIError, APIResponseError, APITimeoutError, MeetingError, OutcomeUnknownError
from .operation import Contract, Operation
from .raw import RawResponse
from .retry import Budget, Outcome, backoff, may_repeat, retry_after
from .signing import Signer
from .transport import Header, Reply, TransportError

Result = TypeVar("Result")


class Send(NamedTuple):
    """POST these bytes; answer with a ``Reply`` or a ``TransportError``."""

    url: str
    headers: Sequence[Header]
    body: bytes
    deadline: float


class Sleep(NamedTuple):
    """Wait; answer with ``None``."""

    seconds: float


Flow = Generator[Send | Sleep, Reply | TransportError | None, RawResponse[Result]]


@dataclass(slots=True)
class Session:
    """What all calls of a client share."""

    contract: Contract
    codec: Codec
    signer: Signer
    clock: Clock
    budget: Budget
    base_url: str
    headers: tuple[Header, ...]


def call(
    session: Session,
    operation: Operation[Result],
    body: bytes,
    headers: Sequence[Header],
    *,
    timeout: float,
    max_retries: int,
) -> Flow[Result]:
    """Carry out *operation*: sign, send, decode, and try again where the contract says that this is safe."""
    clock = session.clock
    deadline = clock.monotonic() + timeout
    attempts: list[str] = []
    while True:
        signed = session.signer.sign(operation.schemes, body)
        signed_at = clock.now()
        outcome = yield Send(session.base_url + operation.path, [*session.headers, *headers, *signed], body, deadline)
        error: MeetingError
        if isinstance(outcome, Reply):
            try:
                answer = session.codec.decode(operation, outcome)
            except (APIError, APIResponseError) as refusal:
                error = refusal
            else:
                session.budget.refund()
                return answer
            asked = retry_after(outcome.header(b"retry-after"), clock.server_time())
            if asked is not None and isinstance(error, APIError):
                error.retry_after = asked
            kind = _judge_reply(session, error, outcome.status)
        else:
            assert outcome is not None
            error = _connection_error(operation, outcome, timeout)
            asked = None
            kind = _judge_failure(outcome)
        attempts.append(f"attempt {len(attempts) + 1}: {error}")
        if may_repeat(operation.repeat, kind) and len(attempts) <= max_retries:
            wait = backoff(len(attempts), kind, random.random(), asked)
            if wait is not None and clock.monotonic() + wait < deadline and session.budget.take(kind):
                yield Sleep(wait)
                continue
        if kind is Outcome.AMBIGUOUS and operation.repeat != "read":
            error = _outcome_unknown(operation, error, signed_at)
        error.attempts = tuple(attempts)
        raise error


def _judge_failure(failure: TransportError) -> Outcome:
    if not failure.retryable:
        return Outcome.FINAL
    return Outcome.AMBIGUOUS if failure.sent else Outcome.NOT_SENT


def _judge_reply(session: Session, error: MeetingError, status: int) -> Outcome:
    if isinstance(error, APIError) and error.code is not None:
        facts = session.codec.facts(error.code)
        by_code = {"refused": Outcome.REFUSED, "busy": Outcome.BUSY, "ambiguous": Outcome.AMBIGUOUS}
        return by_code.get(facts.repeat, Outcome.FINAL) if facts else Outcome.FINAL
    if error.code is not None:
        return Outcome.FINAL  # success around a result of another shape: it was carried out
    if status == 429:
        return Outcome.REFUSED
    # A gateway's error page or a broken body says nothing about what happened behind it; a redirect or a 4xx does.
    return Outcome.AMBIGUOUS if status < 300 or status >= 500 else Outcome.FINAL


def _connection_error(operation: Operation[Any], failure: TransportError, timeout: float) -> APIConnectionError:
    if failure.timed_out:
        return APITimeoutError(
            f"{operation.name}: no answer within {timeout:g} s ({failure})", operation=operation.name
        )
    return APIConnectionError(f"{operation.name}: {failure}", operation=operation.name)


def _outcome_unknown(operation: Operation[Any], cause: MeetingError, sent_at: float) -> OutcomeUnknownError:
    error = OutcomeUnknownError(
        f"{operation.name} may or may not have been carried out: {cause}",
        operation=operation.name,
        sent_at=sent_at,
        code=cause.code,
        msg=cause.msg,
        request_id=cause.request_id,
        hint="Look whether it happened before you repeat it: the request was sent, its answer did not arrive.",
        hint_zh="请求已发出但未收到应答，请先查询是否已生效，再决定是否重试。",
    )
    error.__cause__ = cause
    return error
