"""What is passed arrives as it was passed, or is refused by its name in Python: no value changes in silence."""

from __future__ import annotations

import asyncio
import dataclasses
import enum
import json
import uuid
from collections import OrderedDict, UserDict, UserString, deque
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from netease_meeting import (
    OMIT,
    AsyncMeetingClient,
    ControlType,
    MeetingClient,
    MeetingControl,
    MeetingSettings,
    MeetingType,
    errors,
)
from netease_meeting.sandbox import Sandbox

from tests.conftest import RudeServer, reply, rude_server

MEETING = {"meetingUniqueId": 7, "meetingId": "123456789", "subject": "x", "status": 1, "accountId": "a"}


@pytest.fixture
def server() -> Iterator[RudeServer]:
    with rude_server(reply(json.dumps({"code": 200, "ret": MEETING}).encode())) as running:
        yield running


@pytest.fixture
def client(server: RudeServer) -> Iterator[MeetingClient]:
    with MeetingClient(app_key="k", app_secret="s", base_url=server.url) as client:
        yield client


def sent(server: RudeServer) -> Any:
    return json.loads(server.requests[-1].partition(b"\r\n\r\n")[2])


def cast_any(value: Any) -> Any:
    return value


class Markup(str):
    def __str__(self) -> str:
        return "<safe>"


class Number(int):
    def __str__(self) -> str:
        return "number"


class Colour(enum.Enum):
    RED = "red"


class Level(enum.IntEnum):
    LOW = 1


class Word(enum.StrEnum):
    HELLO = "hello"


class Index:
    """What numpy's integers are to Python: no int, but usable as one."""

    def __index__(self) -> int:
        return 7


@dataclasses.dataclass
class Data:
    type: str


NO_TEXT = [
    b"x", bytearray(b"x"), memoryview(b"x"), 5, 1.0, True, date(2026, 1, 1), datetime(2026, 1, 1, tzinfo=UTC), time(1),
    timedelta(1), Decimal(1), uuid.uuid4(), Path("x"), Colour.RED, UserString("x"), ["x"], {"x": 1}, {"x"}, object(),
]  # fmt: skip
NO_INTEGER = [
    "7", b"7", 7.0, 7.5, float("nan"), float("inf"), True, Decimal(7), Fraction(7), 2**63, -(2**63) - 1, 10**400,
    timedelta(1), date(2026, 1, 1), Colour.RED, [7], {7}, object(),
]  # fmt: skip
NO_LIST = ["ab", b"ab", {1}, frozenset({1}), {1: 2}, (x for x in (1, 2)), iter([1]), 5]


def shown(value: object) -> str:
    return type(value).__name__


Call = Callable[[MeetingClient, Any], object]


def asynchronously(client: MeetingClient, value: Any, call: Callable[[AsyncMeetingClient, Any], Any]) -> object:
    async def run() -> object:
        async with AsyncMeetingClient(app_key="k", app_secret="s", base_url="http://127.0.0.1:9") as client:
            return await call(client, value)

    return asyncio.run(run())


TEXT_DOORS: dict[str, Call] = {
    "subject": lambda c, v: c.meetings.create(host="h", type=1, subject=v),
    "password": lambda c, v: c.meetings.create(host="h", type=1, subject="x", password=v),
    "im_accid": lambda c, v: c.accounts.create(im_accid=v),
    "settings.controls[0].type": lambda c, v: c.meetings.create(
        host="h", type=1, subject="x", settings=cast_any({"controls": [{"type": v}]})
    ),
    "account_id": lambda c, v: asynchronously(c, v, lambda a, v: a.accounts.get_by_account_id(account_id=v)),
    "short_id": lambda c, v: c.with_raw_response.accounts.update_short_id(account_id="a", short_id=v),
}
INTEGER_DOORS: dict[str, Call] = {
    "meeting_unique_id": lambda c, v: c.meetings.get(meeting_unique_id=v),
    "type": lambda c, v: c.meetings.create(host="h", type=v, subject="x"),
    "start_time": lambda c, v: c.meetings.create(host="h", type=3, subject="x", start_time=v),
    "page_size": lambda c, v: list(c.meetings.list(page_size=v)),
    "page_index": lambda c, v: list(c.meetings.list(page_index=v)),
    "status_list[1]": lambda c, v: list(c.meetings.list(status_list=[1, v])),
    "settings.scene.role_types[0].max_count": lambda c, v: c.meetings.edit(
        meeting_unique_id=1, subject="x", settings=cast_any({"scene": {"role_types": [{"max_count": v}]}})
    ),
}


@pytest.mark.parametrize("value", NO_TEXT, ids=shown)
@pytest.mark.parametrize("name", TEXT_DOORS)
def test_what_is_no_text_is_refused_by_its_name(
    client: MeetingClient, server: RudeServer, name: str, value: Any
) -> None:
    with pytest.raises(errors.ArgumentError) as caught:
        TEXT_DOORS[name](client, value)
    assert f": {name} must be " in str(caught.value)
    assert shown(value) in str(caught.value) or repr(value) in str(caught.value)
    assert server.requests == []


@pytest.mark.parametrize("value", NO_INTEGER, ids=shown)
@pytest.mark.parametrize("name", INTEGER_DOORS)
def test_what_is_no_integer_is_refused_by_its_name(
    client: MeetingClient, server: RudeServer, name: str, value: Any
) -> None:
    with pytest.raises(errors.ArgumentError, match=f": {name.replace('[', '.').replace(']', '.')} must ") as caught:
        INTEGER_DOORS[name](client, value)
    assert str(caught.value).startswith(f"{caught.value.operation}: ")
    assert server.requests == []


@pytest.mark.parametrize("value", NO_LIST, ids=shown)
def test_what_is_no_list_is_refused(client: MeetingClient, server: RudeServer, value: Any) -> None:
    for name, call in (
        ("status_list", lambda: list(client.meetings.list(status_list=value))),
        (
            "settings.controls",
            lambda: client.meetings.create(host="h", type=1, subject="x", settings=cast_any({"controls": value})),
        ),
    ):
        with pytest.raises(errors.ArgumentError, match=f"{name} must be a list"):
            call()
    assert server.requests == []


@pytest.mark.parametrize("half", ["\ud800", "a\udfff"])
def test_half_a_character_is_refused(client: MeetingClient, half: str) -> None:
    with pytest.raises(errors.ArgumentError, match="subject holds half of a character"):
        client.meetings.create(host="h", type=1, subject=half)


# -- what counts as text and numbers


@pytest.mark.parametrize(("value", "arrives"), [(Markup("alice"), "alice"), (Word.HELLO, "hello"), ("周会", "周会")])
def test_a_subclass_of_text_is_its_text(client: MeetingClient, server: RudeServer, value: Any, arrives: str) -> None:
    client.meetings.create(host=value, type=1, subject=value, settings=cast_any({"controls": [{"type": value}]}))
    assert (sent(server)["host"], sent(server)["subject"]) == (arrives, arrives)
    assert sent(server)["settings"] == {"controls": [{"type": arrives}]}
    client.post("/v2/new", {"a": [value], value: 1})
    assert sent(server) == {"a": [arrives], arrives: 1}
    client.meetings.anonymous_join_info(
        meeting_id="1", nick_name="n", video=1, audio=1, client_type=6, device_id=Markup("device")
    )
    assert b"deviceId: device\r\n" in server.requests[-1]


@pytest.mark.parametrize("value", [Number(7), Index(), 7, MeetingType(7)], ids=shown)
def test_whatever_python_takes_for_an_integer_is_one(client: MeetingClient, server: RudeServer, value: Any) -> None:
    client.meetings.get(meeting_unique_id=value)
    assert sent(server) == {"meetingUniqueId": 7}
    client.post("/v2/new", {"a": value})
    assert sent(server) == {"a": 7}
    client.meetings.anonymous_join_info(
        meeting_id="1", nick_name="n", video=value, audio=1, client_type=value, device_id="d"
    )
    assert b"clientType: 7\r\n" in server.requests[-1]
    client.with_options(max_retries=value, timeout=float(7)).meetings.get(meeting_unique_id=1)


def test_a_member_of_another_enumeration_is_its_value(client: MeetingClient, server: RudeServer) -> None:
    client.meetings.create(host="h", type=Level.LOW, subject="x")
    assert sent(server)["type"] == 1


def test_sequences_are_lists(client: MeetingClient, server: RudeServer) -> None:
    for value in ((1, 2), deque([1, 2]), range(1, 3), [MeetingType(1), 2]):
        client.with_raw_response.meetings.list(status_list=cast_any(value))
        assert sent(server)["statusList"] == [1, 2]


# -- absent


@pytest.mark.parametrize("absent", [None, OMIT, msgspec.UNSET], ids=str)
def test_none_is_left_out_everywhere(client: MeetingClient, server: RudeServer, absent: Any) -> None:
    client.meetings.create(host="h", type=1, subject="x", password=absent, settings=absent, start_time=absent)
    assert sent(server) == {"host": "h", "type": 1, "subject": "x"}
    client.accounts.update_short_id(account_id="a", short_id=absent)
    assert sent(server) == {"accountId": "a"}
    client.with_raw_response.meetings.list(type=absent, page_index=absent)
    assert sent(server) == {}
    client.meetings.create(host="h", type=1, subject="x", settings=MeetingSettings(controls=absent))
    assert sent(server)["settings"] == {}


@pytest.mark.parametrize("absent", [None, OMIT], ids=str)
def test_what_is_required_cannot_be_left_out(client: MeetingClient, server: RudeServer, absent: Any) -> None:
    with pytest.raises(errors.ArgumentError, match=r"meetings\.get: meeting_unique_id (is required|must be)"):
        client.meetings.get(meeting_unique_id=absent)
    assert server.requests == []


def test_no_signature_shows_unset() -> None:
    import inspect

    client = Sandbox().client()
    for resource in (client.accounts, client.meetings, client.recordings, client.with_raw_response.meetings):
        for name in dir(resource):
            if not name.startswith("_"):
                assert "UNSET" not in str(inspect.signature(getattr(resource, name))).upper()


# -- models as dicts


def test_settings_may_be_a_dict_in_either_spelling(client: MeetingClient, server: RudeServer) -> None:
    python = {"controls": [{"type": "audio", "attendee_off": 2, "allow_self_on": False}]}
    wire = {"controls": [{"type": ControlType.AUDIO, "attendeeOff": 2, "allowSelfOn": False}]}
    model = MeetingSettings(
        controls=[MeetingControl(type=ControlType.AUDIO, attendee_off=cast_any(2), allow_self_on=False)]
    )
    mixed = {"controls": [cast_any(model.controls)[0]]}
    for settings in (python, wire, model, mixed, OrderedDict(python), UserDict(python)):
        client.meetings.create(host="h", type=1, subject="x", settings=cast_any(settings))
        assert sent(server)["settings"] == {"controls": [{"type": "audio", "attendeeOff": 2, "allowSelfOn": False}]}


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"contrlos": []}, r"settings has no field 'contrlos': did you mean controls\?"),
        ({"controls": [{"type": "audio", "atendeeOff": 1}]}, r"settings\.controls\[0\] has no field 'atendeeOff'"),
        ({"controls": [{"type": "audio", "attendee_off": 1, "attendeeOff": 1}]}, "is given twice"),
        ({"zzz": 1}, "there are: controls, scene"),
        ({1: 2}, "settings has no field 1"),
        ({"controls": [{}]}, r"settings\.controls\[0\]\.type is required"),
        ({"controls": [{"type": None}]}, r"settings\.controls\[0\]\.type must be text, not None"),
        (Data("audio"), "settings must be a MeetingSettings or a dict of its fields, not Data"),
        ("audio", "settings must be a MeetingSettings"),
        (MeetingControl(type=ControlType.AUDIO), "not MeetingControl"),
    ],
)
def test_a_dict_that_would_lose_something_is_refused(
    client: MeetingClient, server: RudeServer, settings: Any, says: str
) -> None:
    with pytest.raises(errors.ArgumentError, match=says):
        client.meetings.edit(meeting_unique_id=1, subject="x", settings=settings)
    assert server.requests == []


def test_a_list_that_holds_itself_is_refused(client: MeetingClient) -> None:
    endless: list[Any] = []
    endless.append(endless)
    with pytest.raises(errors.ArgumentError, match="holds itself"):
        client.post("/v2/new", {"a": endless})


# -- post


@pytest.mark.parametrize(
    "value",
    [value for value in NO_TEXT if not isinstance(value, (int, float, list, dict))] + [float("nan"), OMIT, Data("x")],
    ids=shown,
)
def test_post_converts_nothing_in_silence(client: MeetingClient, server: RudeServer, value: Any) -> None:
    for body, path in (({"a": value}, r"body\['a'\]"), ({"a": [{"b": value}]}, r"body\['a'\]\[0\]\['b'\]")):
        with pytest.raises(errors.ArgumentError, match=f"{path} cannot be written as JSON"):
            client.post("/v2/new", body)
    assert server.requests == []


@given(
    body=st.dictionaries(
        st.text(st.characters(codec="utf-8")),
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
            | st.text(st.characters(codec="utf-8")),
            lambda inner: st.lists(inner) | st.dictionaries(st.text(st.characters(codec="utf-8")), inner),
            max_leaves=8,
        ),
    )
)  # fmt: skip
def test_what_json_has_arrives_as_it_is(body: dict[str, Any]) -> None:
    from netease_meeting._runtime.encoding import encode_free

    assert json.loads(bytes(encode_free("post", body))) == body


@pytest.mark.parametrize("path", [None, 7, b"/v2/x", Path("/v2/x"), "", "v2", "/v2/../x"], ids=repr)
def test_a_path_that_is_none_is_refused(client: MeetingClient, path: Any) -> None:
    with pytest.raises(errors.ArgumentError, match="path must look like"):
        client.post(path, {})


# -- timeouts and retries

NO_TIMEOUT = ["5", b"5", timedelta(seconds=5), True, 0, -1, float("nan"), float("inf"), 10**6, Decimal(5), 1j, [5]]
NO_RETRIES = ["3", b"3", 1.0, 2.5, True, -1, float("nan"), Decimal(3), timedelta(1), [3]]


@pytest.mark.parametrize(
    "option",
    [*({"timeout": value} for value in NO_TIMEOUT), *({"max_retries": value} for value in NO_RETRIES)],
    ids=repr,
)
def test_an_option_that_cannot_work_is_refused_wherever_it_is_given(
    client: MeetingClient, server: RudeServer, option: dict[str, Any]
) -> None:
    (name,) = option
    keys: dict[str, Any] = {"app_key": "k", "app_secret": "s"}
    for door in (
        lambda: MeetingClient(**keys, **option),
        lambda: AsyncMeetingClient(**keys, **option),
        lambda: client.with_options(**option),
        lambda: client.meetings.get(meeting_unique_id=1, **option),
        lambda: list(client.meetings.list(**option)),
        lambda: client.with_raw_response.meetings.get(meeting_unique_id=1, **option),
        lambda: client.post("/v2/new", {}, **option),
        lambda: asynchronously(client, 1, lambda a, v: a.meetings.get(meeting_unique_id=v, **option)),
    ):
        with pytest.raises(errors.ArgumentError, match=f"^{name} is "):
            door()
    assert server.requests == []
