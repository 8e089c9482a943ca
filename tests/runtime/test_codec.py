"""How much work an answer is, and that none with a key twice is believed, however it is written."""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from netease_meeting import errors, meetings
from netease_meeting._runtime.codec import Codec
from netease_meeting._runtime.operation import Envelope, Operation
from netease_meeting._runtime.transport import Reply
from netease_meeting.client import CONTRACT

from tests.runtime.drive import MEETING

ANYTHING: Operation[Any] = Operation("x.anything", "/x", Any, "never", ())
ROWS = {"list": [MEETING] * 300, "pageIndex": 0, "pageSize": 300, "totalNum": 300, "totalPages": 1}
CODES = {**ROWS, "list": [{**MEETING, "settings": {"scene": {"code": "general"}}}] * 300}
ALIKE = {**ROWS, "list": [MEETING]}


def replied(ret: object, **others: object) -> Reply:
    around = {"code": 200, "msg": "", "requestId": "r1", "costTime": "1ms", "ret": ret, **others}
    return Reply(200, [], json.dumps(around, ensure_ascii=False, separators=(",", ":")).encode())


def around(new: object, ret: object) -> Reply:
    body = {"code": 200, "new": new, "ret": ret}
    return Reply(200, [], json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode())


PASSES = ("Decoder.decode", "Encoder.encode", "json_decode", "convert", "defstruct")


def passes(read: Callable[[], object]) -> Counter[str]:
    """Return how often the functions of msgspec that go through an answer, or make what does, were called."""
    calls: Counter[str] = Counter()

    def watch(frame: object, event: str, argument: Any) -> None:
        if event == "c_call" and argument.__qualname__ in PASSES:
            calls[argument.__qualname__] += 1

    sys.setprofile(watch)
    try:
        read()
    finally:
        sys.setprofile(None)
    return calls


@pytest.mark.parametrize(
    ("operation", "reply", "expected"),
    [
        (meetings.GET, replied(MEETING), {"Decoder.decode": 1, "Encoder.encode": 1}),
        (meetings.CANCEL, replied(None), {"Decoder.decode": 1, "Encoder.encode": 2, "json_decode": 1}),
        (meetings.LIST, replied(ROWS), {"Decoder.decode": 2, "Encoder.encode": 1, "json_decode": 1}),
        (meetings.LIST, replied(CODES), {"Decoder.decode": 2, "Encoder.encode": 1, "json_decode": 1}),
        (meetings.LIST, around(ALIKE, ROWS), {"Decoder.decode": 2, "Encoder.encode": 1, "json_decode": 1}),
        (meetings.GET, replied(MEETING, new=1), {"Decoder.decode": 1, "Encoder.encode": 2, "json_decode": 1}),
        (meetings.GET, replied({**MEETING, "new": 1}), {"Decoder.decode": 1, "Encoder.encode": 2, "json_decode": 1}),
    ],
    ids=[
        "a meeting",
        "no result",
        "a page",
        "a page of codes",
        "a page behind one that begins alike",
        "an unknown key",
        "an unknown key of a meeting",
    ],
)
def test_an_answer_is_gone_through_no_more_often_than_it_must_be(
    operation: Operation[Any], reply: Reply, expected: dict[str, int]
) -> None:
    codec = Codec(CONTRACT)
    codec.decode(operation, reply)
    assert passes(lambda: codec.decode(operation, reply)) == expected


def test_what_stands_where_is_the_contracts_business() -> None:
    names = Envelope(code="c", message="m", request_id="r", cost="t", data="d", success=0)
    codec = Codec(msgspec.structs.replace(CONTRACT, envelope=names))
    reply = Reply(200, [], json.dumps({"c": 0, "m": "", "r": "r1", "t": "1ms", "d": MEETING}).encode())
    raw = codec.decode(meetings.GET, reply)
    assert (raw.parse().meeting_unique_id, raw.request_id, raw.cost_time) == (7, "r1", "1ms")
    assert passes(lambda: codec.decode(meetings.GET, reply)) == {"Decoder.decode": 1, "Encoder.encode": 1}
    with pytest.raises(errors.APIError, match=r"\[9999\] new") as caught:
        codec.decode(meetings.GET, Reply(200, [], b'{"c":9999,"m":"new","r":"r2"}'))
    assert caught.value.request_id == "r2"
    with pytest.raises(errors.APIResponseError, match="an object whose `c` is missing"):
        codec.decode(meetings.GET, Reply(200, [], b'{"code":200}'))


TEXTS = st.text(st.sampled_from('ab"\\/é\n'), max_size=4)


def spelled(text: str, ways: list[bool]) -> str:
    """Return *text* as JSON, some of its characters by their number."""
    return (
        '"' + "".join(f"\\u{ord(c):04x}" if w else json.dumps(c)[1:-1] for c, w in zip(text, ways, strict=True)) + '"'
    )


@st.composite
def objects(draw: st.DrawFn, depth: int = 2) -> tuple[str, bool]:
    """Draw an object as JSON text, and whether a key stands in it, or in one within it, twice."""
    names = draw(st.lists(TEXTS, max_size=4))
    twice = len(set(names)) < len(names)
    members: list[str] = []
    for name in names:
        if depth and draw(st.booleans()):
            value, inner = draw(objects(depth - 1))
            twice = twice or inner
        else:
            value = draw(strings())
        members.append(f"{draw(strings(st.just(name)))}:{value}")
    return "{" + ",".join(members) + "}", twice


@st.composite
def strings(draw: st.DrawFn, texts: st.SearchStrategy[str] = TEXTS) -> str:
    text = draw(texts)
    return spelled(text, draw(st.lists(st.booleans(), min_size=len(text), max_size=len(text))))


@pytest.mark.case(47)
@given(drawn=objects())
def test_an_answer_is_refused_exactly_if_it_names_a_key_twice(drawn: tuple[str, bool]) -> None:
    text, twice = drawn
    reply = Reply(200, [], b'{"code":200,"ret":%b}' % text.encode())
    if twice:
        with pytest.raises(errors.APIResponseError, match="names one key twice"):
            Codec(CONTRACT).decode(ANYTHING, reply)
    else:
        assert Codec(CONTRACT).decode(ANYTHING, reply).parse() == json.loads(text)
