"""Replies to results. One strict pass in C; a forgiving one in Python only where that refuses."""

from __future__ import annotations

import json
from typing import Any, NoReturn, TypeVar, cast

import msgspec

from . import lenient
from .attempt import logger
from .errors import APIError, APIResponseError, printable
from .masking import guarded
from .operation import CodeFacts, Contract, Operation
from .raw import RawResponse
from .transport import Reply

Result = TypeVar("Result")

_BOM = b"\xef\xbb\xbf"
_REFUSALS = (msgspec.DecodeError, RecursionError, UnicodeDecodeError)

_LARGE = 16 * 1024
"""Bytes. In a larger reply only the envelope's own keys are held to stand there once: looking at every row would cost
more than reading them."""

_MOST_WARNINGS = 1000
"""Of one client. The contract has fewer fields; a schema that contains itself may have more."""

_BEGINNING = 64
"""Bytes of a page that are looked for: to look for all of it takes as long as to read it."""

_encoder = msgspec.json.Encoder()


class Codec:
    """Reads the contract's envelope."""

    def __init__(self, contract: Contract) -> None:
        self._contract = contract
        self._decoders: dict[str, msgspec.json.Decoder[Any]] = {}
        self._warned: dict[tuple[str, str], object] = {}
        data = msgspec.defstruct(
            "Data", [("data", msgspec.Raw, msgspec.Raw())], rename={"data": contract.envelope.data}
        )
        self._data: msgspec.json.Decoder[Any] = msgspec.json.Decoder(data)

    def decode(self, operation: Operation[Result], reply: Reply) -> RawResponse[Result]:
        """Return the answer with its unwrapped result, or with the error that ``parse()`` is to raise.

        Raises the family of ``APIError`` for a business code, ``APIResponseError`` for anything that is no envelope.
        """
        decoder = self._decoders.get(operation.name)
        if decoder is None:
            decoder = self._decoders[operation.name] = msgspec.json.Decoder(self._envelope(operation.result))
        envelope = self._contract.envelope
        try:
            answer = decoder.decode(reply.body)
            clear = self._names_each_key_once(reply.body, answer)
        except _REFUSALS:
            pass
        else:
            if clear and answer.code == envelope.success and reply.status < 300:
                return RawResponse(reply, answer.request_id, answer.cost, answer.data)
        return self._decode_slowly(operation, reply)

    def _names_each_key_once(self, body: bytes, answer: msgspec.Struct) -> bool:
        """Of two equal keys the last would win: whoever can add one could turn a refusal into a success."""
        if len(body) > _LARGE:
            rest = _without(self._data.decode(body).data, body)
            return not _repeats_a_key(rest, msgspec.json.decode(rest))
        return _kept_every_key(body, answer) or not _repeats_a_key(body, msgspec.json.decode(body))

    def _envelope(self, result: Any) -> type[msgspec.Struct]:
        names = self._contract.envelope
        fields: list[Any] = [("code", int), ("message", Any, None)]
        fields += [("request_id", str | None, None), ("cost", str | None, None)]
        namespace: dict[str, Any] = {}
        if result is None:
            namespace["data"] = None  # vendors put {} or null or nothing there: not looked at
        else:
            fields.append(("data", result))
        rename = {"code": names.code, "message": names.message, "data": names.data}
        rename |= {"request_id": names.request_id, "cost": names.cost}
        return msgspec.defstruct(
            "Envelope", fields, namespace=namespace, rename=rename, kw_only=True, omit_defaults=True
        )

    def _decode_slowly(self, operation: Operation[Result], reply: Reply) -> RawResponse[Result]:
        names = self._contract.envelope
        if 300 <= reply.status < 400:
            self._refuse(
                operation,
                reply,
                f"a redirect to {printable(reply.header(b'location') or '?', 200)}, which is never followed",
            )
        try:
            body = reply.body.removeprefix(_BOM)
            answer: Any = msgspec.json.decode(body)
            repeats = _repeats_a_key(body, answer)
        except _REFUSALS as error:
            self._refuse(operation, reply, f"not JSON ({error})" if reply.body else "empty")
        if not isinstance(answer, dict):
            self._refuse(operation, reply, f"JSON, but {lenient.name_of(answer)} instead of an object")
        answer = cast("dict[str, Any]", answer)
        if repeats:
            self._refuse(operation, reply, "an object that names one key twice")
        code = answer.get(names.code)
        if type(code) is not int:
            self._refuse(
                operation,
                reply,
                f"an object whose `{names.code}` is {lenient.name_of(code) if names.code in answer else 'missing'}",
            )
        request_id = _text(answer.get(names.request_id))
        if code != names.success:
            raise self.error(operation.name, code, _text(answer.get(names.message)) or "", request_id, reply)
        if reply.status >= 400:
            self._refuse(operation, reply, f"HTTP {reply.status} around `{names.code}`: {code}")
        return self._forgiven(operation, reply, answer)

    def _forgiven(self, operation: Operation[Result], reply: Reply, answer: dict[str, Any]) -> RawResponse[Result]:
        """Return the answer that reports success, with as much of the result as can be read."""
        names = self._contract.envelope
        request_id, cost = _text(answer.get(names.request_id)), _text(answer.get(names.cost))
        data: Any = None
        left_out = False

        def report(flaw: lenient.Flaw, consequence: str) -> None:
            nonlocal left_out
            left_out = left_out or consequence == lenient.LEFT_OUT
            self._warn(operation.name, flaw, consequence)

        if operation.result is not None:
            try:
                data = lenient.convert(answer.get(names.data), operation.result, names.data, report)
            except lenient.UnreadableError as unreadable:
                error = self._unusable(operation, reply, unreadable.flaw, request_id, answer.get(names.data))
                return RawResponse(reply, request_id, cost, data, error=error)
        return RawResponse(reply, request_id, cost, data, left_out=left_out)

    def _warn(self, operation: str, flaw: lenient.Flaw, consequence: str) -> None:
        """Log a flaw once: a server that has it once has it in every response."""
        if len(self._warned) < _MOST_WARNINGS:
            mark = object()
            if self._warned.setdefault((operation, flaw.path), mark) is mark:
                logger.warning("%s: in the response %s; %s", operation, flaw, consequence)

    def error(self, operation: str, code: int, message: str, request_id: str | None, reply: Reply) -> APIError:
        """Return the exception for a business code."""
        facts = self._contract.codes.get(code)
        parts = [f"[{code}] {printable(message or (facts.text if facts else 'no message'))}", operation]
        if reply.status != 200:
            parts.append(f"HTTP {reply.status}")
        if request_id:
            parts.append(f"request {printable(request_id, 100)}")
        if facts:
            parts.append(facts.hint)
        hints = {"hint": facts.hint, "hint_zh": facts.hint_zh} if facts else {}
        return (facts.error if facts else APIError)(
            " · ".join(parts),
            code=code,
            msg=message,
            request_id=request_id,
            operation=operation,
            status=reply.status,
            **hints,
        )

    def _unusable(
        self, operation: Operation[Any], reply: Reply, flaw: lenient.Flaw, request_id: str | None, data: Any
    ) -> APIResponseError:
        shown = lenient.names_in(operation.result) - self._contract.sensitive
        return APIResponseError(
            f"{operation.name}: the server reported success, but {flaw} · {_described(reply)}",
            operation=operation.name,
            status=reply.status,
            request_id=request_id,
            code=self._contract.envelope.success,
            data=guarded(data, shown),
            hint="What the response did say is in `data`. The API may have changed.",
            hint_zh="响应中的其余内容在 `data` 中。接口可能已变更。",
        )

    def facts(self, code: int) -> CodeFacts | None:
        """Return what the contract says about a business code."""
        return self._contract.codes.get(code)

    def _refuse(self, operation: Operation[Any], reply: Reply, what: str) -> NoReturn:
        raise APIResponseError(
            f"{operation.name}: the answer is {what} · {_described(reply)}",
            operation=operation.name,
            status=reply.status,
            hint="Something between you and the API answered in its place, or the API changed.",
            hint_zh="可能是中间网关代为应答，或接口已变更。",
        )


def _text(value: object) -> str | None:
    return str(value) if type(value) in (str, int, float) else None


def _described(reply: Reply) -> str:
    # The first bytes of a reply that failed to parse may hold a token: say what kind of thing it is instead.
    kind = reply.header(b"content-type") or "no content type"
    return f"HTTP {reply.status} · {printable(kind, 100)} · {len(reply.body)} bytes"


def _kept_every_key(body: bytes, answer: msgspec.Struct) -> bool:
    """Whether *answer* holds every key of *body*: then none stood there twice, for one of two equal keys is lost.

    The cheap answer: both have as many quotes around keys and texts. ``False`` proves nothing.
    """
    # A key or text counts two, or one where it ends with a backslash; spelled in numbers it counts no less.
    return _quotes(body) == _quotes(_encoder.encode(answer))


def _quotes(text: bytes) -> int:
    return text.count(b'"') - text.count(b'\\"')


def _without(data: msgspec.Raw, body: bytes) -> bytes:
    """Return *body* with 0 in the place of *data*, to look at what stands around it; all of it if that is not found."""
    text = bytes(data)
    place = body.find(text[:_BEGINNING])
    return body[:place] + b"0" + body[place + len(text) :] if body.startswith(text, place) else body


def _repeats_a_key(body: bytes, answer: object) -> bool:
    """Whether an object in *body*, which decodes to *answer*, names a key twice.

    Of two equal keys the last wins: whoever can add one could turn a refusal into a success.
    """
    objects: list[list[tuple[str, Any]]] = []
    if _encoder.encode(answer) != body:  # else it came back from dicts, which hold a key once
        json.loads(body, object_pairs_hook=objects.append)
    return any(len(dict(pairs)) < len(pairs) for pairs in objects)
