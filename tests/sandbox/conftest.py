"""Raw, signed requests to a sandbox, written without the client: its mistakes must not hide the sandbox's."""

from __future__ import annotations

import hashlib
import http.client
import json
import time
from collections.abc import Iterator, Mapping
from contextlib import closing
from typing import Any
from urllib.parse import urlsplit

import pytest
from netease_meeting.sandbox import Request, Sandbox
from netease_meeting.sandbox.server import Server

KEY, SECRET = "sandbox-key", "sandbox-secret"
JOIN = "/v1/meeting/anonymousJoinInfo"
HOUR = 3_600_000


class FrozenTime:
    """A machine's clock that stands still unless it is told otherwise."""

    def __init__(self) -> None:
        self.now = 1_700_000_000.0

    def __call__(self) -> float:
        return self.now

    @property
    def millis(self) -> int:
        return round(self.now * 1000)


def signed(now: float, secret: str = SECRET, nonce: str = "12345678") -> dict[str, str]:
    moment = str(int(now))
    total = hashlib.sha1(f"{secret}{nonce}{moment}".encode()).hexdigest()
    return {"AppKey": KEY, "Nonce": nonce, "CurTime": moment, "CheckSum": total}


def joining(body: bytes) -> dict[str, str]:
    """The headers that only the anonymous join has."""
    return {"authorization": hashlib.md5(body + b"@163").hexdigest(), "clientType": "6", "deviceId": "device-1"}


class Api:
    """Calls the API of a sandbox in process."""

    def __init__(self, sandbox: Sandbox, now: FrozenTime) -> None:
        self.sandbox = sandbox
        self.now = now

    def send(self, path: str, body: bytes, headers: Mapping[str, str] | None = None, method: str = "POST") -> Any:
        if headers is None:
            headers = signed(self.now()) | (joining(body) if path == JOIN else {})
        lower = {name.lower(): value for name, value in headers.items()}
        response = self.sandbox.handle(Request(method, path, lower, body))
        return json.loads(response.body)

    def call(self, path: str, body: Mapping[str, Any], headers: Mapping[str, str] | None = None) -> Any:
        return self.send(path, json.dumps(body, ensure_ascii=False).encode(), headers)

    def ok(self, path: str, body: Mapping[str, Any]) -> Any:
        reply = self.call(path, body)
        assert reply["code"] == 200, (reply, self.sandbox.log()[-1])
        return reply.get("ret")

    def code(self, path: str, body: Mapping[str, Any], headers: Mapping[str, str] | None = None) -> int:
        return int(self.call(path, body, headers)["code"])

    # -- what most tests begin with

    def account(self, **body: Any) -> Any:
        return self.ok("/v1/account/create", body)

    def meeting(self, host: str | None = None, **body: Any) -> Any:
        host = host or self.account()["accountId"]
        return self.ok("/v2/meeting/create", {"host": host, "type": 1, "subject": "x", **body})

    def scheduled(self, starts_in: int = HOUR, lasts: int = HOUR, **body: Any) -> Any:
        start = round(self.sandbox.clock.seconds() * 1000) + starts_in
        return self.meeting(**{"type": 3, "startTime": start, "endTime": start + lasts, **body})

    def status(self, meeting: Mapping[str, Any]) -> int:
        return int(self.ok("/v2/meeting/get", {"meetingUniqueId": meeting["meetingUniqueId"]})["status"])

    def events(self) -> list[str]:
        return [callback["event"] for callback in self.sandbox.state()["callbacks"]]


@pytest.fixture
def now() -> FrozenTime:
    return FrozenTime()


@pytest.fixture
def sandbox(now: FrozenTime) -> Sandbox:
    return Sandbox(now=now)


@pytest.fixture
def api(sandbox: Sandbox, now: FrozenTime) -> Api:
    return Api(sandbox, now)


@pytest.fixture
def server() -> Iterator[Server]:
    with Server(Sandbox()) as server:
        yield server


class Reply:
    """An answer over HTTP."""

    def __init__(self, status: int, headers: Mapping[str, str], body: bytes) -> None:
        self.status = status
        self.headers = headers
        self.body = body

    @property
    def json(self) -> Any:
        return json.loads(self.body)


def http_request(
    url: str, method: str, path: str, body: Any = None, headers: Mapping[str, str] | None = None, timeout: float = 20
) -> Reply:
    parts = urlsplit(url)
    content = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
    with closing(http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=timeout)) as connection:
        connection.request(method, path, content, dict(headers or {}))
        response = connection.getresponse()
        return Reply(response.status, {k.lower(): v for k, v in response.getheaders()}, response.read())


def http_call(url: str, path: str, body: Mapping[str, Any], timeout: float = 20) -> Reply:
    return http_request(url, "POST", path, dict(body), signed(time.time()), timeout)


def control(url: str, method: str, path: str, body: Any = None, status: int = 200) -> Any:
    reply = http_request(url, method, f"/_sandbox/{path}", body)
    assert reply.status == status, reply.body
    return reply.json
