# Copied from generator/runtime/_runtime/flow.py by `make generate`. Edit it there.
"""One call, without I/O: yields what to send and how long to sleep, ends with the answer or raises."""

from __future__ import annotations

import logging
import random
from collections.abc import Generator, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar, cast

import msgspec

from .attempt import Attempt, OnAttempt, logger, tell
from .clock import SMALLEST_OFFSET, Clock, measure
from .codec import Codec
from .errors import (
    APIConnectionError,
    APIError,
    APIResponseError,
    APITimeoutError,
    MeetingError,
    OutcomeUnknownError,
)
from .gateways import Gateways
from .masking import masked
from .operation import Contract, Operation, Recovery
from .raw import RawResponse
from .retry import LONGEST_WAIT, THROTTLED, Budget, Outcome, backoff, may_repeat, retry_after
from .search import is_blank
from .secret import SignedHeaders
from .signing import Signer
from .transport import Header, Reply, TransportError, checked
from .urls import is_trusted

if TYPE_CHECKING:
    from .pace import Pace, Ticket

Result = TypeVar("Result")


class Send(NamedTuple):
    """POST these bytes; answer with a ``Reply`` or a ``TransportError``."""

    url: str
    headers: Sequence[Header]
    body: bytes
    deadline: float

    def __repr__(self) -> str:
        return f"Send({self.url!r}, {len(self.body)} bytes)"  # headers are signed, bodies hold passwords

    def __sentry_repr__(self) -> str:
        return repr(self)


class Sleep(NamedTuple):
    """Wait; answer with ``None``."""

    seconds: float


Flow = Generator[Send | Sleep, Reply | TransportError | None, RawResponse[Result]]


class Session(msgspec.Struct):
    """What all calls of a client share."""

    contract: Contract
    codec: Codec
    signer: Signer
    clock: Clock
    budget: Budget
    gateways: Gateways
    headers: tuple[Header, ...]
    on_attempt: OnAttempt | None = None
    pace: Pace | None = None


class _Course(msgspec.Struct):
    """How a call has gone so far."""

    started_at: float
    deadline: float
    harmless: bool
    """Whether doing it twice does what once does."""
    failures: list[str] = msgspec.field(default_factory=list[str])
    unreachable: list[str] = msgspec.field(default_factory=list[str])
    """The gateways tried in vain since the last retry."""
    retries: int = 0
    earned: int = 1
    """What success gives to the client's budget: what the last retry cost of it, or 1."""
    lost: bool = False
    """Whether an attempt may have been carried out without our hearing of it."""
    offset: float | None = None
    """What the server's clock seems to be ahead by; believed once a signature made with it is accepted."""
    signed_again: bool = False
    ticket: Ticket | None = None
    """Of the last attempt, where requests are paced."""


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
    course = _Course(
        started_at=clock.now(),
        deadline=clock.monotonic() + timeout,
        harmless=operation.repeat in ("read", "set") or _recoverable(operation.recovery, body),
    )
    signed_at = course.started_at
    while True:
        if session.pace is not None:
            late = yield from _paced(session.pace, session, operation, course, timeout)
            if late is not None:
                raise _failed(session, operation, body, headers, course, signed_at, Outcome.NOT_SENT, late)
        gateway = cast(str, session.gateways.choose(clock.monotonic(), course.unreachable))
        signed_at = clock.now()
        offset = clock.offset if course.offset is None else course.offset
        signed = session.signer.sign(operation.schemes, body, signed_at + offset)
        sent_at = clock.monotonic()
        sent = SignedHeaders([*session.headers, *headers, *signed])
        outcome = yield Send(gateway + operation.path, sent, body, course.deadline)
        if type(outcome) is not Reply or type(outcome.status) is not int or type(outcome.body) is not bytes:
            outcome = checked(outcome)
        answer = _read(session, operation, outcome, timeout, gateway)
        if session.pace is not None:
            _pace_learns(session.pace, session, course, answer, outcome)
        if isinstance(answer, RawResponse):
            if answer.error is not None:
                answer.error = _unusable(operation, body, course, signed_at, answer.error)
            _observe(session, operation, course, gateway, sent_at, outcome, answer, raised=answer.error)
            session.gateways.worked(gateway)
            session.budget.refund(course.earned)
            _believe(session, course)
            return answer
        kind = _judge(session, answer, outcome)
        wait = _next(session, course, gateway, kind, answer, outcome, max_retries)
        course.lost = course.lost or kind is Outcome.AMBIGUOUS
        course.failures.append(f"attempt {len(course.failures) + 1}: {answer}")
        if wait is None:
            break
        _observe(session, operation, course, gateway, sent_at, outcome, answer, kind, wait)
        if wait > 0:
            yield Sleep(wait)
    seconds = clock.monotonic() - sent_at
    recovered = yield from _recover(session, operation, body, course, answer)
    raised = None
    if recovered is None:
        raised = _failed(session, operation, body, headers, course, signed_at, kind, answer)
    _observe(session, operation, course, gateway, sent_at, outcome, answer, kind, raised=raised, seconds=seconds)
    if recovered is not None:
        return recovered
    assert raised is not None
    raise raised


def _read(
    session: Session, operation: Operation[Result], outcome: Reply | TransportError, timeout: float, gateway: str
) -> RawResponse[Result] | MeetingError:
    if isinstance(outcome, Reply):
        try:
            return session.codec.decode(operation, outcome)
        except APIError as refusal:
            return refusal
        except APIResponseError as refusal:
            from .failures import explain_response  # a call that succeeds does not load it

            explain_response(refusal)
            return refusal
    from .failures import no_response

    return no_response(operation.name, outcome, timeout, gateway)


def _judge(session: Session, error: MeetingError, outcome: Reply | TransportError) -> Outcome:
    if isinstance(outcome, TransportError):
        if outcome.sent:
            return Outcome.AMBIGUOUS
        return Outcome.NOT_SENT if outcome.queued or not outcome.retryable else Outcome.UNREACHABLE
    if error.code is not None:
        facts = session.codec.facts(error.code)
        return _BY_CODE.get(facts.repeat, Outcome.FINAL) if facts else Outcome.FINAL
    if outcome.status == 429:
        return Outcome.REFUSED
    # A gateway's error page or a broken body says nothing about what happened behind it; a redirect or a 4xx does.
    return Outcome.FINAL if 300 <= outcome.status < 500 else Outcome.AMBIGUOUS


_BY_CODE: dict[str, Outcome] = {
    "refused": Outcome.REFUSED,
    "clock": Outcome.CLOCK,
    "busy": Outcome.BUSY,
    "ambiguous": Outcome.AMBIGUOUS,
}


def _next(
    session: Session,
    course: _Course,
    gateway: str,
    kind: Outcome,
    error: MeetingError,
    outcome: Reply | TransportError,
    max_retries: int,
) -> float | None:
    """Learn from a failure; return the seconds to wait before the next attempt, or ``None`` where there is none."""
    if kind is Outcome.UNREACHABLE:
        now = session.clock.monotonic()
        course.unreachable.append(gateway)
        session.gateways.failed(gateway, now)
        if session.gateways.choose(now, course.unreachable) is not None:
            return 0.0  # another gateway is there
    elif kind is not Outcome.NOT_SENT:
        session.gateways.worked(gateway)
    if kind is Outcome.CLOCK:
        again = not course.signed_again
        course.signed_again = True
        assert isinstance(outcome, Reply)
        _measure(session, course, gateway, outcome, error)
        return 0.0 if again else None
    if kind is Outcome.FINAL and isinstance(error, APIError):
        _believe(session, course)
    course.unreachable.clear()
    return _wait(session, course, kind, error, outcome, max_retries)


def _wait(
    session: Session,
    course: _Course,
    kind: Outcome,
    error: MeetingError,
    outcome: Reply | TransportError,
    max_retries: int,
) -> float | None:
    """Return the seconds to wait before a retry, or ``None`` where there is none."""
    asked = None
    if isinstance(outcome, Reply):
        assert isinstance(error, (APIError, APIResponseError))
        asked = error.retry_after = retry_after(outcome.header(b"retry-after"), session.clock.server_time())
    elif not outcome.retryable:
        return None
    if session.pace is not None and max_retries and _is_throttled(session, error, outcome):
        # It joins the queue again. That is no load beyond the rate, so neither retries nor budget are counted.
        now = session.clock.monotonic()
        too_long = asked is not None and asked > LONGEST_WAIT
        return None if too_long or now + session.pace.expected(now) >= course.deadline else 0.0
    if not may_repeat(course.harmless, kind) or course.retries >= max_retries:
        return None
    from . import failures

    wait = backoff(course.retries + 1, kind, random.random(), asked)
    if wait is None:
        failures.not_repeated(error, failures.too_long(asked or 0.0, LONGEST_WAIT))
        return None
    left = course.deadline - session.clock.monotonic()
    if wait >= left:
        if left > 0:  # else the error says itself that the time is over
            failures.not_repeated(error, failures.too_late(wait))
        return None
    paid = session.budget.take(kind)
    if not paid:
        failures.not_repeated(error, failures.BUDGET)
        return None
    course.earned = paid
    course.retries += 1
    return wait


# -- the pace


def _paced(
    pace: Pace, session: Session, operation: Operation[Any], course: _Course, timeout: float
) -> Generator[Send | Sleep, Reply | TransportError | None, APITimeoutError | None]:
    """Wait until the rate allows one more request; return the error where that would be too late."""
    course.ticket = ticket = pace.join(course.deadline)
    try:
        while (wait := pace.wait(ticket, now := session.clock.monotonic())) > 0:
            if now + wait >= course.deadline:
                return _not_sent(operation, pace, wait, timeout)
            yield Sleep(wait)
        return None
    finally:
        pace.leave(ticket)  # it was cancelled, perhaps


def _pace_learns(
    pace: Pace,
    session: Session,
    course: _Course,
    answer: RawResponse[Any] | MeetingError,
    outcome: Reply | TransportError,
) -> None:
    assert course.ticket is not None
    if isinstance(answer, MeetingError) and _is_throttled(session, answer, outcome):
        assert isinstance(outcome, Reply)
        asked = retry_after(outcome.header(b"retry-after"), session.clock.server_time())
        pace.refused(course.ticket, session.clock.monotonic(), asked if asked is None else min(asked, LONGEST_WAIT))
    elif isinstance(outcome, Reply):
        pace.accepted(course.ticket)


def _is_throttled(session: Session, error: MeetingError, outcome: Reply | TransportError) -> bool:
    """Whether the gateway refused a request for its rate, before doing anything."""
    if error.code is None:
        return isinstance(outcome, Reply) and outcome.status == 429
    facts = session.codec.facts(error.code)
    return facts is not None and facts.throttled


def _not_sent(operation: Operation[Any], pace: Pace, wait: float, timeout: float) -> APITimeoutError:
    return APITimeoutError(
        f"{operation.name} was not sent: at {pace.rate:.3g} requests a second its turn comes in {wait:.1f} s, after "
        f"the timeout of {timeout:g} s",
        operation=operation.name,
        hint="Make fewer calls at a time, or raise timeout= or, if the gateway allows more, rate=.",
        hint_zh="请减少同时发起的调用，或增大 timeout=；若网关允许，也可提高 rate=。",
    )


# -- the clock


def _measure(session: Session, course: _Course, gateway: str, reply: Reply, error: MeetingError) -> None:
    if not is_trusted(gateway):
        return
    offset = measure(reply.header(b"date"), reply.header(b"age"), session.clock.now())
    if offset is None or abs(offset - session.clock.offset) < SMALLEST_OFFSET:
        return
    course.offset = offset
    error.hint += f" This machine's clock differs from the server's by {offset:+.0f} s."
    error.hint_zh += f" 本机时钟与服务器相差 {offset:+.0f} 秒。"


def _believe(session: Session, course: _Course) -> None:
    """Keep an offset with which a signature was accepted, unless another call has learned it meanwhile."""
    if course.offset is not None and abs(course.offset - session.clock.offset) >= SMALLEST_OFFSET:
        session.clock.offset = course.offset
        logger.warning(
            "this machine's clock differs from the server's by %+.0f s; signatures allow for it from now on",
            course.offset,
        )


# -- lost answers


def _recoverable(recovery: Recovery | None, body: bytes) -> bool:
    if recovery is None:
        return False
    sent = msgspec.json.decode(body)
    return not any(is_blank(sent.get(name)) for name in recovery.by)


def _recover(
    session: Session, operation: Operation[Result], body: bytes, course: _Course, error: MeetingError
) -> Generator[Send | Sleep, Reply | TransportError | None, RawResponse[Result] | None]:
    """Return the answer the lost attempt would have given, if it is the reason for the refusal."""
    recovery = operation.recovery
    if not course.lost or recovery is None or error.code not in recovery.codes:
        return None
    sent = msgspec.json.decode(body)
    reading = recovery.read()
    question = msgspec.json.encode({name: sent[name] for name in recovery.by})
    remaining = course.deadline - session.clock.monotonic()
    try:
        found = yield from call(session, reading, question, (), timeout=remaining, max_retries=1)
        result = found.parse()
    except (APIError, APIResponseError, APIConnectionError):
        return None
    if recovery.attribute is not None and getattr(result, recovery.attribute) not in recovery.values:
        return None
    if operation.result is None:
        return cast("RawResponse[Result]", found.without_result())
    return cast("RawResponse[Result]", found)


def _failed(
    session: Session,
    operation: Operation[Any],
    body: bytes,
    headers: Sequence[Header],
    course: _Course,
    signed_at: float,
    kind: Outcome,
    error: MeetingError,
) -> MeetingError:
    """Return what to raise for a call whose last attempt ended in *error*."""
    if course.lost and kind is not Outcome.FINAL and operation.repeat != "read":
        from .failures import outcome_unknown

        sent = masked(msgspec.json.decode(body), operation.sensitive)
        error = outcome_unknown(operation, error, signed_at, sent, course.harmless)
    elif kind is Outcome.FINAL and isinstance(error, APIError):
        from .violations import explain

        explain(error, operation, body, headers)
    error.safe_to_repeat = _safe_to_repeat(course, kind, done=error.code == session.contract.envelope.success)
    error.attempts = tuple(course.failures)
    # What was raised further in has frames that hold answers, and answers hold tokens.
    error.__context__ = None
    return error.with_traceback(None)


def _safe_to_repeat(course: _Course, kind: Outcome, *, done: bool) -> bool | None:
    """Return what ``MeetingError.safe_to_repeat`` says of a call; *done*: the server reported success."""
    if done:
        return course.harmless
    return None if kind in (Outcome.FINAL, Outcome.CLOCK) else may_repeat(course.harmless, kind)


def _unusable(
    operation: Operation[Any], body: bytes, course: _Course, sent_at: float, error: MeetingError
) -> MeetingError:
    """Return what ``parse()`` raises for a response that reports success but lacks the result's identifier."""
    error.attempts = (*course.failures, f"attempt {len(course.failures) + 1}: {error}")
    error.safe_to_repeat = course.harmless
    if course.harmless:
        return error
    return OutcomeUnknownError(
        str(error),
        operation=operation.name,
        sent_at=sent_at,
        sent=masked(msgspec.json.decode(body), operation.sensitive),
        code=error.code,
        request_id=error.request_id,
        data=error.data,
        attempts=error.attempts,
        safe_to_repeat=False,
        status=error.status,
        hint="It was carried out: do not repeat it, look for what it made. What the response did say is in `data`.",
        hint_zh="请求已执行：请勿重试，请查询其结果。响应中的其余内容在 `data` 中。",
    )


# -- what is told of it


def _observe(
    session: Session,
    operation: Operation[Any],
    course: _Course,
    gateway: str,
    sent_at: float,
    outcome: Reply | TransportError,
    answer: RawResponse[Any] | MeetingError,
    kind: Outcome | None = None,
    wait: float | None = None,
    raised: MeetingError | None = None,
    seconds: float | None = None,
) -> None:
    if session.on_attempt is None and not logger.isEnabledFor(logging.DEBUG):
        return
    error = answer.error if isinstance(answer, RawResponse) else answer
    attempt = Attempt(
        operation=operation.name,
        base_url=gateway,
        path=operation.path,
        number=len(course.failures) + (1 if isinstance(answer, RawResponse) else 0),
        call_started_at=course.started_at,
        seconds=session.clock.monotonic() - sent_at if seconds is None else seconds,
        status=outcome.status if isinstance(outcome, Reply) else None,
        code=session.contract.envelope.success if isinstance(answer, RawResponse) else answer.code,
        request_id=answer.request_id,
        error=error,
        wait=wait,
        raised=raised,
        throttled=kind in THROTTLED,
    )
    tell(attempt, session.on_attempt)
