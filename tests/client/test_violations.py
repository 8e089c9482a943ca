"""A call that is refused for its parameters says which, and why: from the contract, after the fact."""

from __future__ import annotations

import asyncio
import json
import logging
import pickle
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from netease_meeting import AttendeeOff, ControlType, MeetingClient, MeetingControl, MeetingSettings, errors
from netease_meeting.sandbox import Sandbox

from tests.conftest import reply, rude_server

SECONDS = int(time.time()) + 3600
MILLIS = SECONDS * 1000

Call = Callable[[Any], Any]


def creating(**arguments: Any) -> Call:
    return lambda client: client.meetings.create(**{"host": "alice", "type": 1, "subject": "s", **arguments})


def joining(**arguments: Any) -> Call:
    given = {"meeting_id": "1", "nick_name": "n", "video": 1, "audio": 1, "client_type": 6, "device_id": "d"}
    return lambda client: client.meetings.anonymous_join_info(**{**given, **arguments})


def listing(**arguments: Any) -> Call:
    return lambda client: client.meetings.list(**arguments)


def posting(path: str, **body: Any) -> Call:
    return lambda client: client.post(path, body)


VIDEO = MeetingSettings(controls=[MeetingControl(type=ControlType(name)) for name in ("audio", "vidoe")])
ATTENDEES = MeetingSettings(controls=[MeetingControl(type=ControlType.AUDIO, attendee_off=AttendeeOff(7))])
BROKEN: dict[str, tuple[Call, list[str]]] = {
    "maximum": (listing(page_size=200), ["page_size is 200, at most 100"]),
    "minimum": (listing(page_size=0), ["page_size is 0, at least 1"]),
    "minimum 0": (listing(page_index=-1), ["page_index is -1, at least 0"]),
    "maxLength": (creating(subject="x" * 31), ["subject has 31 characters, at most 30"]),
    "minLength": (lambda client: client.accounts.create(short_id="1"), ["short_id has 1 character, at least 4"]),
    "required, empty": (creating(host=""), ["host is empty"]),
    "required, blank": (joining(nick_name="\u3000"), ["nick_name is empty"]),
    "required with a neighbour": (
        creating(type=3, start_time=MILLIS),
        ["end_time is missing, required with type=3"],
    ),
    "enum": (creating(type=9), ["type is 9, allowed are 1 (INSTANT), 2 (PERSONAL), 3 (SCHEDULED)"]),
    "enum in a header": (
        joining(client_type=9),
        [
            "client_type is 9, allowed are 1 (TV), 2 (IOS), 3 (AOS), 4 (PC), 5 (MAC), 6 (WEB), 7 (SIP), 8 (LINUX)",
        ],
    ),
    "enum in a list": (
        listing(status_list=[1, 9]),
        [
            "status_list[1] is 9, allowed are 0 (INVALID), 1 (NOT_START), 2 (IN_MEETING), 3 (ENDED), 4 (CANCELED), "
            "5 (RECYCLED)"
        ],
    ),
    "enum deep inside": (
        creating(settings=VIDEO),
        ["settings.controls[1].type is 'vidoe', allowed are 'audio', 'video'"],
    ),
    "Python's names deep inside": (
        creating(settings=ATTENDEES),
        ["settings.controls[0].attendee_off is 7, allowed are 0 (NONE), 1 (OFF), 2 (OFF_LOCKED)"],
    ),
    "pattern": (
        joining(nick_name="a b!"),
        [r"nick_name holds ' ', '!', which does not match ^[0-9A-Za-z\u3007\u3400-\u4dbf\u4e00-\u9fff]+$"],
    ),
    "pattern and length": (
        joining(nick_name="0123456789!"),
        [
            "nick_name has 11 characters, at most 10",
            r"nick_name holds '!', which does not match ^[0-9A-Za-z\u3007\u3400-\u4dbf\u4e00-\u9fff]+$",
        ],
    ),
    "seconds": (
        creating(type=3, start_time=SECONDS, end_time=SECONDS + 60),
        [
            "start_time looks like seconds, wanted are milliseconds",
            "end_time looks like seconds, wanted are milliseconds",
        ],
    ),
    "microseconds": (
        creating(type=9, start_time=SECONDS * 10**6, end_time=-1),
        [
            "type is 9, allowed are 1 (INSTANT), 2 (PERSONAL), 3 (SCHEDULED)",
            "start_time looks like microseconds, wanted are milliseconds",
        ],
    ),
    "a duration": (
        creating(type=3, start_time=MILLIS, end_time=3600),
        ["end_time is 3600, which is no present moment; wanted are milliseconds since 1970"],
    ),
    "the escape hatch": (posting("/v2/meeting/list", pageSize=200), ["pageSize is 200, at most 100"]),
    "type": (posting("/v2/meeting/list", pageSize="200"), ["pageSize is text, wanted is an integer"]),
    "null": (posting("/v2/meeting/list", pageSize=None), ["pageSize is null, wanted is an integer"]),
    "boolean": (posting("/v2/meeting/list", pageSize=True), ["pageSize is a boolean, wanted is an integer"]),
    "object": (
        posting("/v2/meeting/edit", meetingUniqueId=1, subject="s", settings=[]),
        ["settings is a list, wanted is an object"],
    ),
    "64 bits": (
        posting("/v2/meeting/get", meetingUniqueId=2**64),
        ["meetingUniqueId is 18446744073709551616, which does not fit into 64 bits"],
    ),
    "required, missing": (
        posting("/v2/meeting/get", meeting_unique_id=1),
        ["meetingUniqueId is missing; 'meeting_unique_id' was sent"],
    ),
}


def check(error: errors.MeetingError, expected: list[str]) -> None:
    assert isinstance(error, errors.InvalidRequestError)
    assert [str(violation) for violation in error.violations] == expected
    for violation in error.violations:
        assert violation.message == str(violation)
        assert violation.message.startswith(violation.argument)
        assert violation.message_zh.startswith(violation.argument)
        assert violation.message in str(error)
        assert violation.message in error.hint
        assert violation.message_zh in error.hint_zh
        assert any("\u4e00" <= char <= "\u9fff" for char in violation.message_zh)
    assert pickle.loads(pickle.dumps(error)).violations == error.violations


@pytest.mark.parametrize("name", BROKEN)
def test_a_refused_parameter_is_explained(name: str) -> None:
    call, expected = BROKEN[name]
    sandbox = Sandbox()
    client = sandbox.client()
    if name in ("seconds", "a duration"):
        sandbox.add_fault({"operation": "meetings.create", "code": 300})  # it would look for the host first
    with pytest.raises(errors.InvalidRequestError) as caught:
        list(call(client))
    check(caught.value, expected)


@pytest.mark.parametrize("name", ["maxLength", "enum in a header", "the escape hatch", "seconds"])
def test_the_asynchronous_client_explains_the_same(name: str) -> None:
    call, expected = BROKEN[name]

    async def main() -> None:
        sandbox = Sandbox()
        client = sandbox.async_client()
        if name == "seconds":
            sandbox.add_fault({"operation": "meetings.create", "code": 300})
        result: Awaitable[Any] = call(client)
        with pytest.raises(errors.InvalidRequestError) as caught:
            await result
        check(caught.value, expected)

    asyncio.run(main())


def test_a_page_of_the_raw_client_is_explained() -> None:
    with pytest.raises(errors.InvalidRequestError) as caught:
        Sandbox().client().with_raw_response.meetings.list(page_size=200)
    check(caught.value, ["page_size is 200, at most 100"])


def refusing(code: int, call: Call) -> errors.MeetingError:
    """Return the error of a call that a gateway refuses with *code*, whatever is wrong with it."""
    with (
        rude_server(reply(json.dumps({"code": code, "msg": "no"}).encode())) as server,
        MeetingClient(app_key="k", app_secret="s", base_url=server.url) as client,
        pytest.raises(errors.MeetingError) as caught,
    ):
        call(client)
    return caught.value


def test_a_code_that_is_about_one_argument_names_it_though_no_rule_is_broken() -> None:
    check(refusing(2017, creating()), ["subject was refused: The subject has the wrong format"])
    check(refusing(3001, joining()), ["client_type was refused: The client type is wrong"])


def test_what_the_code_is_about_comes_first() -> None:
    about_settings = "settings.controls[1].type is 'vidoe', allowed are 'audio', 'video'"
    about_subject = "subject has 31 characters, at most 30"
    check(refusing(300, creating(subject="x" * 31, settings=VIDEO)), [about_settings, about_subject])
    check(refusing(2017, creating(subject="x" * 31, settings=VIDEO)), [about_subject, about_settings])


@pytest.mark.parametrize("code", [2000, 2010, 4001, 510, 401, 9999])
def test_other_refusals_blame_no_parameter(code: int) -> None:
    with (
        rude_server(reply(json.dumps({"code": code, "msg": "no"}).encode())) as server,
        MeetingClient(app_key="k", app_secret="s", base_url=server.url, max_retries=0) as client,
        pytest.raises(errors.APIError) as caught,
    ):
        client.meetings.create(host="a", type=9, subject="x" * 31)
    assert caught.value.violations == ()


def test_a_refusal_without_a_broken_rule_and_a_path_that_is_new_have_none() -> None:
    assert refusing(300, creating()).violations == ()
    assert refusing(300, posting("/v2/new", pageSize=200)).violations == ()


def test_every_parameter_code_of_the_contract_is_explained() -> None:
    codes = [code for code, facts in errors.CODES.items() if facts.error is errors.InvalidRequestError]
    assert len(codes) > 10
    for code in codes:
        error = refusing(code, creating(subject="x" * 31))
        assert "subject has 31 characters, at most 30" in map(str, error.violations)


def test_sensitive_values_are_not_shown(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    calls = [
        posting("/v1/account/updateToken", accountId="a", accountToken=["canary-token"]),
        posting("/v2/meeting/create", host="", type=1, subject="s", password="canary-password"),
        posting("/v2/meeting/create", host="a", type=1, subject="s", password={"canary-password": 1}),
    ]
    for call in calls:
        error = refusing(300, call)
        assert error.violations
        shown = f"{error} {error!r} {error.hint} {error.hint_zh} {error.violations} {error.attempts} {caplog.text}"
        assert "canary" not in shown


def test_hostile_texts_stay_on_one_line() -> None:
    hostile = {"type": "\x1b[2J\n" + "x" * 500}
    error = refusing(300, posting("/v2/meeting/edit", meetingUniqueId=1, subject="s", settings={"controls": [hostile]}))
    (violation,) = error.violations
    assert str(violation).isprintable()
    assert len(str(violation)) < 160


def test_the_contract_is_read_only_when_a_call_was_refused() -> None:
    program = (
        "import sys; from netease_meeting import errors; from netease_meeting.sandbox import Sandbox\n"
        "client = Sandbox().client(); client.accounts.create(im_accid='a')\n"
        "loaded = [name for name in sys.modules if name.endswith(('.violations', '.failures'))]; print(loaded)"
    )
    done = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    assert done.stdout == "[]\n"


def test_a_package_without_the_contract_raises_the_plain_error() -> None:
    program = (
        "import pathlib, zipfile, sys, tempfile, netease_meeting\n"
        "root = pathlib.Path(netease_meeting.__file__).parent\n"
        "folder = pathlib.Path(tempfile.mkdtemp()); archive = folder / 'bundle.zip'\n"
        "with zipfile.ZipFile(archive, 'w') as bundle:\n"
        "    [bundle.write(path, f'bundled/{path.relative_to(root)}') for path in root.rglob('*.py')]\n"
        "sys.path.insert(0, str(archive))\n"
        "import bundled; from bundled import errors\n"
        "class Refusing:\n"
        "    def send(self, *request): return bundled.Reply(200, [], b'{\"code\": 300}')\n"
        "    def close(self): pass\n"
        "client = bundled.MeetingClient(app_key='k', app_secret='s', transport=Refusing())\n"
        "try: client.accounts.create(short_id='1')\n"
        "except errors.InvalidRequestError as error: print(error.violations)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    assert done.stdout == "()\n"
