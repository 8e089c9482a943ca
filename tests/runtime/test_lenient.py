"""What is mended in an answer that the strict decoder refused, and what is not: nothing is guessed."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest
from netease_meeting import ControlType, MeetingStatus
from netease_meeting._runtime.lenient import UnreadableError, convert, integer


class Inner(msgspec.Struct):
    number: int


class Sample(msgspec.Struct, kw_only=True, rename="camel"):
    whole: int = 0
    text: str = ""
    flag: bool = False
    status: MeetingStatus = MeetingStatus.NOT_START
    control: ControlType = ControlType.AUDIO
    many: list[Inner] = []
    inner: Inner | None = None
    either: int | str | None = None
    anything: Any = None
    mapping: dict[str, int] = {}
    long_name: int = 5


class Demanding(msgspec.Struct):
    nullable: int | None
    number: int


@pytest.mark.case(67, 68, 70, 71)
@pytest.mark.parametrize(
    ("name", "sent", "read"),
    [
        ("whole", "12", 12),
        ("whole", "-12", -12),
        ("whole", "9223372036854775807", 2**63 - 1),
        ("whole", 3.0, 3),
        ("text", 216406206, "216406206"),
        ("flag", 1, True),
        ("flag", 0, False),
        ("status", "2", MeetingStatus(2)),
        ("status", 99, MeetingStatus(99)),
        ("control", "new", ControlType("new")),
        ("control", 5, ControlType("5")),
        ("many", '[{"number": "1"}]', [Inner(1)]),
        ("inner", '{"number": 1}', Inner(1)),
        ("mapping", '{"a": "1"}', {"a": 1}),
        ("many", [{"number": "1"}, {"number": 2.0}], [Inner(1), Inner(2)]),
        ("inner", {"number": "1", "more": {}}, Inner(1)),
        ("inner", None, None),
        ("either", "12", "12"),
        ("anything", [{"number": "1"}], [{"number": "1"}]),
        ("anything", {"number": "1"}, {"number": "1"}),
        ("anything", 1, 1),
        ("mapping", {"a": 1}, {"a": 1}),
        ("whole", None, 0),
        ("longName", "7", 7),
        ("longName", None, 5),
        ("unheardOf", {"a": None}, None),
    ],
)
def test_values_that_can_mean_one_thing_only_are_mended(name: str, sent: object, read: object) -> None:
    found = convert({name: sent}, Sample, "ret")
    if name != "unheardOf":
        value = getattr(found, {"longName": "long_name"}.get(name, name))
        assert (value, type(value).__mro__[-2]) == (read, type(read).__mro__[-2])


@pytest.mark.case(62, 63, 70, 71)
@pytest.mark.parametrize(
    ("name", "sent"),
    [
        ("whole", "x"),
        ("whole", " 1"),
        ("whole", "１２"),
        ("whole", "1" * 20),
        ("whole", 1.5),
        ("whole", True),
        ("whole", [1]),
        ("text", 1.5),
        ("text", True),
        ("flag", 2),
        ("flag", 1.0),
        ("flag", "true"),
        ("status", "open"),
        ("control", True),
        ("many", "ab"),
        ("many", {"number": 1}),
        ("many", ""),
        ("many", {}),
        ("many", [{"number": None}]),
        ("inner", [1]),
        ("inner", "12"),
    ],
)
def test_values_that_would_have_to_be_guessed_are_refused(name: str, sent: object) -> None:
    with pytest.raises(UnreadableError, match=name):
        convert({name: sent}, Sample, "ret")


@pytest.mark.case(69)
def test_what_is_required_may_be_null_only_where_the_contract_says_so() -> None:
    assert convert({"nullable": None, "number": "1"}, Demanding, "ret") == Demanding(None, 1)
    with pytest.raises(UnreadableError, match="number"):
        convert({"nullable": None, "number": None}, Demanding, "ret")
    assert convert({"number": 1}, Demanding, "ret") == Demanding(None, 1)


@pytest.mark.case(68, 70)
@pytest.mark.parametrize(
    ("sent", "read"),
    [
        (0, 0),
        ("0", 0),
        ("-12", -12),
        (2**63 - 1, 2**63 - 1),
        (str(2**63 - 1), 2**63 - 1),
        (-(2**63), -(2**63)),
        (2**63, None),
        (str(2**63), None),
        (-(2**63) - 1, None),
        ("x", None),
        ("1 ", None),
        ("", None),
        ("１２", None),
        (True, None),
        (1.0, None),
        (None, None),
        ([1], None),
    ],
)
def test_an_integer_is_read_from_a_number_or_a_text_of_64_bits(sent: object, read: int | None) -> None:
    assert integer(sent) == read
    assert type(integer(sent)) is type(read)
