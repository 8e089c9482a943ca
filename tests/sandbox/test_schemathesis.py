"""Schemathesis against the served contract, requests signed on their way out.

Failures carry an HTTP status of their own here, so that its checks can tell what was refused. One check is left out:
`positive_data_acceptance`, because some rules of the document are between fields (the end lies behind the start) or
about the state of things (a meeting that has ended), which a schema cannot say.
"""

from __future__ import annotations

import hashlib
import itertools
import os
import time
from collections.abc import Iterator
from typing import Any

import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, settings
from netease_meeting.sandbox import Sandbox
from netease_meeting.sandbox.server import Server
from schemathesis.checks import CHECKS, load_all_checks
from schemathesis.generation import GenerationMode

from tests.conftest import ROOT

from .conftest import JOIN, http_call, signed

load_all_checks()
EXCLUDED = CHECKS.get_by_names(["positive_data_acceptance"])
EXAMPLES = int(os.environ.get("NETEASE_MEETING_EXAMPLES", "10"))

PATIENT = [HealthCheck.too_slow, HealthCheck.filter_too_much]
schema = schemathesis.openapi.from_path(str(ROOT / "generated/openapi.json"))
schema.config.generation.update(modes=[GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
KNOWN: dict[str, dict[str, Any]] = {}
"""By path: fields with values that exist in the sandbox, so that more than "not found" is seen."""
TURN = itertools.count()


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with Server(Sandbox(http_errors=True)) as server:
        account = http_call(server.url, "/v1/account/create", {"imAccid": "alice", "shortId": "1000"}).json["ret"]
        host, start = account["accountId"], round(time.time() * 1000) + 3_600_000
        body = {"host": host, "type": 3, "subject": "x", "startTime": start, "endTime": start * 2}
        http_call(server.url, "/v2/meeting/create", {**body, "type": 2})
        for path in server.sandbox.document.routes:
            meeting = http_call(server.url, "/v2/meeting/create", body).json["ret"]
            KNOWN[path] = {"host": host, "owner": host, "accountId": host, "imAccid": "alice", "shortId": "1000"}
            KNOWN[path] |= {name: meeting[name] for name in ("meetingUniqueId", "meetingId")}
        other = http_call(server.url, "/v1/account/create", {}).json["ret"]
        KNOWN["/v1/account/updateShortId"] = {"accountId": other["accountId"]}
        del KNOWN["/v1/account/create"]
        yield server.url


@schema.hook
def map_case(context: Any, case: Any) -> Any:
    """Have every other request that is meant to be right ask for what exists, in a way that can succeed."""
    right = case.meta is None or case.meta.generation.mode == GenerationMode.POSITIVE
    if right and case.path in KNOWN and isinstance(case.body, dict) and next(TURN) % 2:
        free = {name: value for name, value in case.body.items() if name not in ("startTime", "endTime", "type")}
        case.body = {name: KNOWN[case.path].get(name, value) for name, value in free.items()}
        if case.path == "/v2/meeting/create":
            case.body["type"] = 1
    return case


def sign(case: Any) -> None:
    """Sign the very bytes that are sent."""
    sent = {**case.as_transport_kwargs(base_url="http://127.0.0.1"), "headers": None, "cookies": None}
    body: Any = requests.Request(**sent).prepare().body or b""
    case.headers.update(signed(time.time()))
    if case.path == JOIN:
        content = body.encode() if isinstance(body, str) else body
        case.headers["authorization"] = hashlib.md5(content + b"@163").hexdigest()


@schema.auth()
class Signed:
    """Tells schemathesis that the signature is the credential: it checks what comes of a request without it."""

    def get(self, case: Any, context: Any) -> str:
        return "signed"

    def set(self, case: Any, data: str, context: Any) -> None:
        sign(case)


ANSWERED: set[tuple[str, int]] = set()


@schema.parametrize()
@settings(max_examples=EXAMPLES, deadline=None, derandomize=True, suppress_health_check=PATIENT)
def test_every_operation_keeps_to_the_contract(case: Any, url: str) -> None:
    sign(case)  # once more: the body may have been changed since
    response = case.call(base_url=url)
    ANSWERED.add((case.path, response.status_code))
    case.validate_response(response, excluded_checks=EXCLUDED)


def test_requests_were_accepted_and_refused() -> None:
    paths = {path for path, _ in ANSWERED}
    assert len(paths) == 15
    assert {path for path, status in ANSWERED if status == 200} == paths, "each was carried out at least once"
    assert {path for path, status in ANSWERED if status in (400, 404)} == paths, "and refused"
