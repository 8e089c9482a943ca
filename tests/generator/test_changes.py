"""One change of the contract at a time: each is found, named, and its weight told."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from generator.__main__ import read
from generator.build import build
from generator.changes import Level, compare
from generator.ir import Api
from generator.load import load
from generator.parse import parse
from tests.conftest import ROOT
from tests.generator.contracts import described, write

Contract = dict[str, Any]
CONTRACT: Contract = json.loads(json.dumps(read(ROOT / "spec/openapi.yaml").document))


def built(contract: Contract, folder: Path) -> Api:
    folder.mkdir(exist_ok=True)
    document = load(write(contract, folder))
    return build(document, parse(document))


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> Api:
    return built(CONTRACT, tmp_path_factory.mktemp("before"))


def schema(contract: Contract, name: str) -> Contract:
    found: Contract = contract["components"]["schemas"][name]
    return found


def properties(contract: Contract, name: str) -> Contract:
    found = schema(contract, name)
    own: Contract = (found if "properties" in found else found["allOf"][-1])["properties"]
    return own


def post(contract: Contract, path: str) -> Contract:
    found: Contract = contract["paths"][path]["post"]
    return found


def drop_member(enum: Contract) -> None:
    for texts in (*(enum[key] for key in ("enum", "x-enum-varnames", "x-enum-descriptions")), english(enum)):
        texts.pop()


def add_member(enum: Contract, value: int | str) -> None:
    enum["enum"].append(value)
    for texts in (enum["x-enum-varnames"], enum["x-enum-descriptions"], english(enum)):
        texts.append("GROWN")


def english(enum: Contract) -> list[str]:
    texts: list[str] = enum["x-i18n"]["en"]["x-enum-descriptions"]
    return texts


def rename_schema(contract: Contract, old: str, new: str) -> None:
    text = json.dumps(contract).replace(f'"#/components/schemas/{old}"', f'"#/components/schemas/{new}"')
    contract.clear()
    contract.update(json.loads(text))
    schemas = contract["components"]["schemas"]
    schemas[new] = schemas.pop(old)


def code(contract: Contract, number: int) -> Contract:
    return next(code for code in contract["x-error-codes"]["codes"] if code["code"] == number)


def drop_code(contract: Contract, number: int) -> None:
    contract["x-error-codes"]["codes"].remove(code(contract, number))
    for item in contract["paths"].values():
        item["post"]["x-errors"] = [known for known in item["post"]["x-errors"] if known != number]


def add_input(contract: Contract, required: bool) -> None:
    properties(contract, "CancelMeetingRequest")["reason"] = {"type": "string", **described("Why.")}
    if required:
        schema(contract, "CancelMeetingRequest")["required"].append("reason")


Mutation = Callable[[Contract], object]
BREAKING: dict[str, tuple[Mutation, str, str]] = {
    "a deleted path": (
        lambda c: c["paths"].pop("/v2/meeting/cancel"),
        "/v2/meeting/cancel",
        "the operation was removed",
    ),
    "a new required input": (
        lambda c: add_input(c, required=True),
        "CancelMeetingRequest.reason",
        "the field is new and required",
    ),
    "a deleted field of an answer": (
        lambda c: properties(c, "Meeting").pop("avRoomCid"),
        "Meeting.avRoomCid",
        "the field was removed",
    ),
    "a narrowed enumeration": (
        lambda c: drop_member(schema(c, "ClientType")),
        "ClientType",
        "the value LINUX was removed",
    ),
    "another type": (
        lambda c: properties(c, "Meeting")["avRoomCid"].update(type="integer"),
        "Meeting.avRoomCid",
        "its type was str, now int",
    ),
    "a renamed operationId": (
        lambda c: post(c, "/v2/meeting/edit").update(operationId="changeMeeting"),
        "meetings.edit",
        "its operationId was editMeeting, now changeMeeting",
    ),
    "a deleted callback": (
        lambda c: c["webhooks"].pop("memberLeft"),
        "MemberLeft",
        "the callback was removed",
    ),
    "a shorter maxLength": (
        lambda c: properties(c, "CreateMeetingRequest")["subject"].update(maxLength=20),
        "CreateMeetingRequest.subject",
        "its maxLength was 30, now 20",
    ),
    "a deleted field of a callback": (
        lambda c: properties(c, "MeetingCallback").pop("reserveEndTime"),
        "MeetingCallback.reserveEndTime",
        "the field was removed",
    ),
    "a field of an answer made optional": (
        lambda c: schema(c, "Meeting")["required"].remove("status"),
        "Meeting.status",
        "it was required, now it is optional",
    ),
    "a grown enumeration of an answer": (
        lambda c: add_member(schema(c, "MeetingStatus"), 6),
        "MeetingStatus",
        "the value GROWN is new, and answers may have it",
    ),
    "a renamed schema": (
        lambda c: rename_schema(c, "MeetingScene", "MeetingRoles"),
        "MeetingScene",
        "the schema was renamed to MeetingRoles",
    ),
    "a removed error code": (lambda c: drop_code(c, 2001), "2001", "the code MEETING_FULL was removed"),
    "a renamed error code": (
        lambda c: code(c, 2001).update(name="ROOM_FULL"),
        "2001",
        "its name was MEETING_FULL, now ROOM_FULL",
    ),
    "another family": (
        lambda c: code(c, 2001).update(family="conflict"),
        "2001",
        "its exception was QuotaExceededError, now ConflictError",
    ),
    "another retry class of a code": (
        lambda c: code(c, 2001).update(retry="backoff"),
        "2001",
        "its retry class was never, now backoff",
    ),
    "another retry class of an operation": (
        lambda c: post(c, "/v2/meeting/edit").update({"x-retry": "never"}),
        "meetings.edit",
        "its retry class was set, now never",
    ),
    "a renamed method": (
        lambda c: post(c, "/v2/meeting/edit")["x-sdk"].update(method="change"),
        "meetings.change",
        "its method was meetings.edit, now meetings.change",
    ),
    "a signature more": (
        lambda c: post(c, "/v2/meeting/edit").update(security=[{"checkSum": [], "bodyDigest": []}]),
        "meetings.edit",
        "it needs the signature bodyDigest as well",
    ),
    "another signature": (
        lambda c: c["components"]["securitySchemes"]["checkSum"]["x-signature"].update(tolerance=30),
        "checkSum",
        "the signature is made differently",
    ),
    "a required header more": (
        lambda c: post(c, "/v1/meeting/anonymousJoinInfo")["parameters"].append(
            {"name": "X-Why", "in": "header", "required": True, "schema": {"type": "string"}, **described("Why.")}
        ),
        "meetings.anonymous_join_info.X-Why",
        "the field is new and required",
    ),
    "a delivery that is answered otherwise": (
        lambda c: c["x-delivery"].update(success=[200, 204]),
        "delivery",
        "what counts as a delivered callback changed",
    ),
    "a step that is gone": (
        lambda c: c["x-states"]["transitions"].pop(1),
        "states",
        "the step NOT_START → CANCELED by cancel was removed",
    ),
    "another gateway": (
        lambda c: c["servers"][0].update(url="https://elsewhere.example"),
        "base_url",
        "the default gateway changed",
    ),
}
COMPATIBLE: dict[str, tuple[Mutation, str, str]] = {
    "an optional input more": (
        lambda c: add_input(c, required=False),
        "CancelMeetingRequest.reason",
        "the field is new",
    ),
    "a signature less": (
        lambda c: post(c, "/v1/meeting/anonymousJoinInfo").update(security=[{"checkSum": []}]),
        "meetings.anonymous_join_info",
        "it no longer needs the signature bodyDigest",
    ),
    "a longer maxLength": (
        lambda c: properties(c, "CreateMeetingRequest")["subject"].update(maxLength=40),
        "CreateMeetingRequest.subject",
        "its maxLength was 30, now 40",
    ),
    "a grown enumeration of requests": (
        lambda c: add_member(schema(c, "ClientType"), 9),
        "ClientType",
        "the value GROWN is new",
    ),
    "a code that an operation lists": (
        lambda c: post(c, "/v2/meeting/edit")["x-errors"].append(2001),
        "meetings.edit",
        "the code 2001 is now listed for it",
    ),
}


@pytest.mark.parametrize("name", BREAKING)
def test_what_breaks_is_named(name: str, before: Api, tmp_path: Path) -> None:
    assert_found(BREAKING[name], Level.BREAKING, before, tmp_path)


@pytest.mark.parametrize("name", COMPATIBLE)
def test_what_does_not_break_is_told_apart(name: str, before: Api, tmp_path: Path) -> None:
    assert_found(COMPATIBLE[name], Level.ADDED, before, tmp_path)


def assert_found(case: tuple[Mutation, str, str], level: Level, before: Api, folder: Path) -> None:
    mutate, where, what = case
    contract = copy.deepcopy(CONTRACT)
    mutate(contract)
    changes = compare(before, built(contract, folder))
    assert (where, what) in [(change.where, change.what.en) for change in changes if change.level == level]
    assert max(change.level for change in changes) == level


def test_words_are_only_words(before: Api, tmp_path: Path) -> None:
    contract = copy.deepcopy(CONTRACT)
    post(contract, "/v2/meeting/edit")["description"] = "改得更好懂。"
    (change,) = compare(before, built(contract, tmp_path))
    assert change.level == Level.WORDS


def test_nothing_is_nothing(before: Api, tmp_path: Path) -> None:
    assert compare(before, built(CONTRACT, tmp_path)) == ()
