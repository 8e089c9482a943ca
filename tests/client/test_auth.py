"""SigningAuth on an httpx client of one's own, against a gateway that verifies every signature by itself."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import httpx
import pytest
from netease_meeting import SigningAuth, errors
from netease_meeting.sandbox import Sandbox
from netease_meeting.sandbox.server import Server

JSON = {"content-type": "application/json;charset=utf-8"}


@pytest.fixture
def server() -> Iterator[Server]:
    with Server(Sandbox()) as running:
        yield running


def auth() -> SigningAuth:
    return SigningAuth("sandbox-key", "sandbox-secret")


@pytest.mark.case(21)
def test_it_signs_whatever_body_httpx_sends(server: Server) -> None:
    def pieces() -> Iterator[bytes]:
        yield b'{"imAccid":'
        yield b'"streamed"}'

    with httpx.Client(base_url=server.url, auth=auth()) as http:
        answers = [
            http.post("/v1/account/create", json={"imAccid": "as json"}),
            http.post("/v1/account/create", content='{"imAccid": "有空格" }'.encode(), headers=JSON),
            http.post("/v1/account/create", content=pieces(), headers=JSON),
        ]
    assert [answer.json()["code"] for answer in answers] == [200, 200, 200]


def test_it_signs_the_scheme_of_each_path(server: Server) -> None:
    """anonymousJoinInfo is signed over its body, the rest is not; a prefix of a private deployment changes nothing."""
    body = {"meetingId": "1", "nickName": "n", "video": 1, "audio": 1}
    with httpx.Client(base_url=server.url, auth=auth()) as http:
        answer = http.post("/v1/meeting/anonymousJoinInfo", json=body, headers={"clientType": "6", "deviceId": "d"})
        assert answer.json()["code"] not in (200, 401), "signed, and no such meeting"
        assert "authorization" in answer.request.headers
        other = http.post("/v1/account/create", json={})
        assert "authorization" not in other.request.headers
        assert other.json()["code"] == 200


def test_it_signs_asynchronous_clients_too(server: Server) -> None:
    async def main() -> list[int]:
        async with httpx.AsyncClient(base_url=server.url, auth=auth()) as http:
            answers = await asyncio.gather(*(http.post("/v1/account/create", json={}) for _ in range(20)))
        return [answer.json()["code"] for answer in answers]

    assert asyncio.run(main()) == [200] * 20


def test_every_attempt_is_signed_afresh(server: Server) -> None:
    with httpx.Client(base_url=server.url, auth=auth()) as http:
        sent = [http.post("/v1/account/create", json={}).request.headers for _ in range(50)]
    assert len({headers["nonce"] for headers in sent}) == 50
    assert len({headers["checksum"] for headers in sent}) == 50


def test_the_wrong_secret_is_refused_by_the_gateway_and_shown_nowhere(server: Server) -> None:
    wrong = SigningAuth("sandbox-key", "canary-secret")
    with httpx.Client(base_url=server.url, auth=wrong) as http:
        assert http.post("/v1/account/create", json={}).json()["code"] == 401
    assert "canary" not in repr(wrong) + repr(vars(wrong))


@pytest.mark.parametrize(("key", "secret"), [("", "s"), ("a b", "s"), ("k", ""), ("k", "s\n")])
def test_unusable_keys_are_refused(key: str, secret: str) -> None:
    with pytest.raises(errors.ConfigurationError):
        SigningAuth(key, secret)
