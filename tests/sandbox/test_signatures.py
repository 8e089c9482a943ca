"""Signatures: the vendor's vectors, what is refused, and how it is explained."""

from __future__ import annotations

import hashlib
import json

import pytest
from netease_meeting.sandbox import Request, Sandbox
from netease_meeting.sandbox.document import shipped
from netease_meeting.sandbox.signatures import Parts, sign

from tests.conftest import ROOT

from .conftest import JOIN, Api, joining, signed

VECTORS = json.loads((ROOT / "tests/data/checksum.json").read_text("utf-8"))


@pytest.mark.parametrize("number", range(len(VECTORS)))
def test_the_vendors_vectors(number: int) -> None:
    vector = VECTORS[number]
    parts = Parts(
        app_key="key",
        app_secret=vector["app_secret"],
        nonce=vector["nonce"],
        unix_seconds=vector["cur_time"],
        unix_millis=vector["cur_time"],
        body=vector["body"].encode(),
    )
    schemes = shipped().signatures
    made = {name: sign(scheme["headers"], parts) for name, scheme in schemes.items()}
    assert made["checkSum"]["CheckSum"] == vector["request_checksum"]
    assert made["callbackCheckSum"]["CheckSum"] == vector["callback_checksum"]
    assert made["bodyDigest"]["authorization"] == vector["anonymous_authorization"]


@pytest.mark.parametrize("header", ["AppKey", "Nonce", "CurTime", "CheckSum"])
@pytest.mark.parametrize("damage", ["missing", "empty", "wrong"])
def test_every_header_counts(api: Api, header: str, damage: str) -> None:
    headers = signed(api.now())
    if damage == "missing":
        del headers[header]
    else:
        headers[header] = "" if damage == "empty" else headers[header][:-1] + "x"
    assert api.code("/v2/meeting/list", {}, headers) == 401


@pytest.mark.parametrize(("ahead", "code"), [(-61, 401), (-60, 200), (0, 200), (60, 200), (61, 401)])
def test_clocks_may_differ_by_a_minute(api: Api, ahead: int, code: int) -> None:
    assert api.code("/v2/meeting/list", {}, signed(api.now() + ahead)) == code


@pytest.mark.parametrize("moment", ["1700000000000", "-170000000", "１７００００００００", "1.7e9     "])
def test_the_time_is_ten_digits(api: Api, moment: str) -> None:
    total = hashlib.sha1(f"sandbox-secret1{moment}".encode()).hexdigest()
    headers = {"AppKey": "sandbox-key", "Nonce": "1", "CurTime": moment, "CheckSum": total}
    assert api.code("/v2/meeting/list", {}, headers) == 401


@pytest.mark.parametrize(("length", "code"), [(128, 200), (129, 401)])
def test_a_nonce_has_128_characters_at_most(api: Api, length: int, code: int) -> None:
    assert api.code("/v2/meeting/list", {}, signed(api.now(), nonce="7" * length)) == code


def test_a_sum_in_capitals_is_refused(api: Api) -> None:
    headers = signed(api.now())
    assert api.code("/v2/meeting/list", {}, {**headers, "CheckSum": headers["CheckSum"].upper()}) == 401


def test_the_anonymous_join_wants_both_signatures_over_the_bytes_that_came(api: Api) -> None:
    meeting = api.meeting()
    body = json.dumps({"meetingId": meeting["meetingId"], "nickName": "访客", "video": 1, "audio": 2}).encode()
    assert api.send(JOIN, body)["code"] == 200
    assert api.send(JOIN, body, joining(body))["code"] == 401
    assert api.send(JOIN, body, {**signed(api.now()), **joining(body + b" ")})["code"] == 401


def test_a_refused_signature_is_explained_and_the_secret_is_not_told(api: Api) -> None:
    headers = signed(api.now(), secret="not-the-secret")
    api.code("/v2/meeting/list", {}, headers)
    entry = api.sandbox.log()[-1]
    right = signed(api.now())
    assert entry["signature"] == {
        "scheme": "checkSum",
        "header": "CheckSum",
        "hashed": f"sha1(*** + {right['Nonce']} + {right['CurTime']})",
        "expected": right["CheckSum"],
        "came": headers["CheckSum"],
    }
    assert "sandbox-secret" not in json.dumps(api.sandbox.log())


def test_the_sandboxes_clock_does_not_age_signatures(api: Api) -> None:
    api.sandbox.advance(86_400)
    assert api.code("/v2/meeting/list", {}) == 200


def test_a_failure_can_carry_a_status_of_its_own() -> None:
    def status(sandbox: Sandbox) -> int:
        return sandbox.handle(Request("POST", "/v2/meeting/list", {}, b"{}")).status

    assert status(Sandbox()) == 200
    assert status(Sandbox(http_errors=True)) == 401
