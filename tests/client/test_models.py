"""Results as values of Python: hashed, copied and pickled, as plain data and JSON, in pydantic and FastAPI."""

from __future__ import annotations

import copy
import importlib.metadata
import json
import pickle
import subprocess
import sys
from collections.abc import Iterator
from typing import Annotated, Any, cast

import jedi
import netease_meeting
import pytest
from fastapi import Body, FastAPI
from fastapi.testclient import TestClient
from netease_meeting import (
    Account,
    ControlType,
    Meeting,
    MeetingClient,
    MeetingControl,
    MeetingSettings,
    MeetingStatus,
    MeetingType,
)
from netease_meeting.sandbox import Sandbox
from netease_meeting.webhooks import MeetingEnded, Webhook
from pydantic import BaseModel, ValidationError

from tests.callbacks.signed import BODY, KEY, NOW, SECRET, signed

SETTINGS = MeetingSettings(controls=[MeetingControl(type=ControlType.AUDIO, allow_self_on=False)])


@pytest.fixture
def client() -> Iterator[MeetingClient]:
    with Sandbox().client() as client:
        yield client


@pytest.fixture
def meeting(client: MeetingClient) -> Meeting:
    host = client.accounts.create(im_accid="alice").account_id
    return client.meetings.create(host=host, type=1, subject="周会", password="1234", settings=SETTINGS)


def event() -> MeetingEnded:
    parsed = Webhook(app_key=KEY, app_secret=SECRET, now=lambda: NOW).parse(BODY, signed(BODY))
    assert isinstance(parsed, MeetingEnded)
    return parsed


def test_every_result_can_be_hashed(client: MeetingClient, meeting: Meeting) -> None:
    account = client.accounts.get_by_im_accid(im_accid="alice")
    page = client.with_raw_response.meetings.list().parse()
    for value in (meeting, account, page, page.rows[0], meeting.settings, event()):
        again = copy.deepcopy(value)
        assert again == value
        assert hash(again) == hash(value)
        assert len({value, again}) == 1


def test_those_that_differ_are_different(meeting: Meeting) -> None:
    import msgspec

    other = msgspec.structs.replace(meeting, subject="another")
    assert other != meeting
    assert len({other, meeting}) == 2
    assert hash(Account(account_id="a")) != hash(Account(account_id="b"))


def test_results_are_copied_and_pickled(meeting: Meeting) -> None:
    for value in (meeting, event()):
        for again in (pickle.loads(pickle.dumps(value)), copy.copy(value), copy.deepcopy(value)):
            assert again == value
            assert type(again) is type(value)


def test_plain_data_has_what_is_there(meeting: Meeting) -> None:
    plain = meeting.to_dict()
    assert plain["subject"] == "周会"
    assert plain["password"] == "***"
    assert plain["settings"] == {"controls": [{"type": "audio", "allow_self_on": False}]}
    assert type(plain["status"]) is int
    assert None not in plain.values()
    assert meeting.to_dict(secrets=True)["password"] == "1234"
    wire = meeting.to_dict(wire=True, secrets=True)
    assert wire["meetingUniqueId"] == meeting.meeting_unique_id
    assert wire["settings"] == {"controls": [{"type": "audio", "allowSelfOn": False}]}


def test_json_is_the_same(meeting: Meeting) -> None:
    for options in ({}, {"wire": True}, {"secrets": True}, {"wire": True, "secrets": True}):
        assert json.loads(meeting.to_json(**options)) == meeting.to_dict(**options)
    assert "周会" in meeting.to_json()
    assert "1234" not in meeting.to_json()


def test_events_are_plain_data_too() -> None:
    ended = event()
    assert ended.to_dict()["meeting_unique_id"] == ended.meeting_unique_id
    assert json.loads(ended.to_json(wire=True))["meetingUniqueId"] == ended.meeting_unique_id


def test_values_the_package_does_not_know_survive() -> None:
    strange = Meeting(meeting_unique_id=1, meeting_id="1", subject="x", status=MeetingStatus(9))
    assert strange.to_dict()["status"] == 9
    assert pickle.loads(pickle.dumps(strange)) == strange
    assert copy.deepcopy(strange).status == 9


@pytest.mark.parametrize("member", [MeetingStatus(9), MeetingStatus(1), ControlType("hologram"), ControlType.AUDIO])
def test_members_of_enumerations_are_values(member: Any) -> None:
    for again in (pickle.loads(pickle.dumps(member)), copy.copy(member), copy.deepcopy(member)):
        assert (again, hash(again), type(again)) == (member, hash(member), type(member))
    assert member == member.value
    assert hash(member) == hash(member.value)
    assert json.loads(json.dumps({"m": member})) == {"m": member.value}
    assert f"{member}" == str(member) == str(member.value)
    assert member in {member.value}


# -- pydantic and FastAPI


class Booking(BaseModel):
    meeting: Meeting
    status: MeetingStatus
    settings: MeetingSettings | None = None


def test_pydantic_takes_models_and_their_fields(meeting: Meeting) -> None:
    booking = Booking(meeting=meeting, status=meeting.status, settings=meeting.settings)
    assert booking.meeting is meeting
    assert booking.model_dump()["meeting"] == meeting.to_dict()
    assert "1234" not in booking.model_dump_json()
    for fields in (meeting.to_dict(secrets=True), meeting.to_dict(wire=True, secrets=True)):
        again = Booking.model_validate({"meeting": fields, "status": 9, "settings": {"controls": [{"type": "audio"}]}})
        assert again.meeting == meeting
        assert type(again.meeting.status) is MeetingStatus
        assert again.status == 9
        assert again.settings == MeetingSettings(controls=[MeetingControl(type=ControlType.AUDIO)])


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"meeting_id": "1", "subject": "x", "status": 1}, "meeting_unique_id is required"),
        ({"meeting_unique_id": "1"}, "meeting_unique_id must be an integer"),
        ({"meeting_unique_idd": 1}, "did you mean meeting_unique_id"),
        (5, "must be a Meeting or a dict"),
    ],
)
def test_pydantic_says_what_is_wrong(fields: Any, says: str) -> None:
    with pytest.raises(ValidationError, match=says):
        Booking.model_validate({"meeting": fields, "status": 1})


def test_fastapi_takes_models_as_body_and_response(meeting: Meeting) -> None:
    app = FastAPI()

    @app.post("/meetings")
    def create(settings: Annotated[MeetingSettings, Body()], kind: MeetingType) -> Meeting:
        assert settings == SETTINGS
        assert kind == 9
        return meeting

    with TestClient(app) as web:
        answer = web.post("/meetings?kind=9", json={"controls": [{"type": "audio", "allowSelfOn": False}]})
        assert answer.json() == meeting.to_dict()
        assert web.post("/meetings?kind=9", json={"contrls": []}).status_code == 422
        schema = web.get("/openapi.json").json()
    shown = schema["paths"]["/meetings"]["post"]["responses"]["200"]["content"]["application/json"]["schema"]
    assert shown["properties"]["meeting_unique_id"] == {"type": "integer"}
    assert "meeting_unique_id" in shown["required"]
    assert shown["properties"]["settings"]["anyOf"][0]["properties"]["controls"]["anyOf"][0]["type"] == "array"


def test_pydantic_is_not_loaded_by_us() -> None:
    script = (
        "import sys\nfrom netease_meeting.sandbox import Sandbox\n"
        "c = Sandbox().client(); a = c.accounts.create(im_accid='a'); hash(a); a.to_json()\n"
        "print([name for name in sys.modules if name.startswith('pydantic')])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


# -- the package as programmers look at it


def test_the_version_is_that_of_the_installed_package() -> None:
    assert netease_meeting.__version__ == importlib.metadata.version("netease-meeting")
    assert "OMIT" in dir(netease_meeting)


PROGRAM = """from netease_meeting import MeetingClient, AsyncMeetingClient, MeetingType, errors
client = MeetingClient()
other = AsyncMeetingClient()
meeting = client.meetings.get(meeting_unique_id=1)
raw = client.with_raw_response.meetings.get(meeting_unique_id=1)
for row in client.meetings.list(): pass
"""


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("client.", "meetings"),
        ("client.meetings.", "create"),
        ("other.accounts.", "create"),
        ("meeting.", "meeting_unique_id"),
        ("meeting.settings.", "controls"),
        ("row.", "subject"),
        ("raw.", "request_id"),
        ("MeetingType.", "SCHEDULED"),
        ("errors.", "NotFoundError"),
    ],
)
def test_editors_complete_names(text: str, wanted: str) -> None:
    script = jedi.Script(PROGRAM + text)
    line = PROGRAM.count("\n") + 1
    assert wanted in {found.name for found in cast(Any, script).complete(line, len(text))}


def test_editors_know_every_public_name() -> None:
    missing = []
    for name in netease_meeting.__all__:
        program = f"from netease_meeting import {name}\n{name}."
        if not cast(Any, jedi.Script(program)).complete(2, len(name) + 1):
            missing.append(name)
    assert missing == []
