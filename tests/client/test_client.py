"""A client's configuration, options, life cycle and what it shows of itself."""

from __future__ import annotations

import asyncio
import copy
import pickle
import threading
import traceback
from collections.abc import Iterator
from typing import Any

import pytest
from netease_meeting import AsyncMeetingClient, MeetingClient, MeetingSettings, MeetingType, errors
from netease_meeting.sandbox import Sandbox
from netease_meeting.sandbox.server import Server

from tests.conftest import reply, rude_server


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with Server(Sandbox()) as running:
        yield running


@pytest.fixture
def client(server: Server) -> Iterator[MeetingClient]:
    with MeetingClient(app_key="sandbox-key", app_secret="sandbox-secret", base_url=server.url) as client:
        yield client


def test_configuration_comes_from_the_environment(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NETEASE_MEETING_APP_KEY", "sandbox-key")
    monkeypatch.setenv("NETEASE_MEETING_APP_SECRET", "sandbox-secret")
    monkeypatch.setenv("NETEASE_MEETING_BASE_URL", server.url)
    with MeetingClient() as client:
        assert client.accounts.create().account_id
    with MeetingClient(app_secret="wrong") as client, pytest.raises(errors.AuthenticationError):
        client.accounts.create()


@pytest.mark.parametrize(("missing", "present"), [("app_key", "app_secret"), ("app_secret", "app_key")])
def test_a_missing_key_is_named_with_its_variable(missing: str, present: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NETEASE_MEETING_APP_KEY", raising=False)
    monkeypatch.delenv("NETEASE_MEETING_APP_SECRET", raising=False)
    given = {present: "x"}
    with pytest.raises(errors.ConfigurationError, match=f"NETEASE_MEETING_{missing.upper()}"):
        MeetingClient(app_key=given.get("app_key"), app_secret=given.get("app_secret"))


@pytest.mark.parametrize("key", ["with space", "line\nbreak", "ключ", ""])
def test_a_key_that_cannot_be_sent_is_refused(key: str) -> None:
    with pytest.raises(errors.ConfigurationError, match="app_key"):
        MeetingClient(app_key=key, app_secret="secret")


@pytest.mark.parametrize("secret", ["s3cr3t\n", " s3cr3t", "\ud800s3cr3t"])
def test_a_secret_with_something_around_it_is_refused_without_being_shown(secret: str) -> None:
    with pytest.raises(errors.ConfigurationError, match="app_secret") as caught:
        MeetingClient(app_key="key", app_secret=secret)
    assert "s3cr3t" not in str(caught.value)


@pytest.mark.case(29, 53)
@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("http://api.example.com", "not encrypted"),
        ("http://127.0.0.1.example.com", "not encrypted"),
        ("http://localhost.example.com", "not encrypted"),
        ("ftp://localhost", "must look like"),
        ("api.example.com", "must look like"),
        ("https://api.example.com?x=1", "must look like"),
        ("https://user:word@api.example.com", "user name or password"),
        ("https://", "must look like"),
        ("https://user:word@api.example.com:99999", "is no address"),
        ("https://[::1", "is no address .*https"),
        ("", None),
    ],
)
def test_a_gateway_must_be_safe(url: str, says: str | None) -> None:
    if says is None:
        MeetingClient(app_key="k", app_secret="s", base_url=url).close()
        return
    with pytest.raises(errors.ConfigurationError, match=says) as caught:
        MeetingClient(app_key="k", app_secret="s", base_url=url)
    assert "word" not in str(caught.value).replace("password", "")


@pytest.mark.parametrize("url", ["http://127.0.0.1:1", "http://localhost:1/", "http://[::1]:1"])
def test_loopback_needs_no_encryption(url: str) -> None:
    MeetingClient(app_key="k", app_secret="s", base_url=url).close()
    MeetingClient(app_key="k", app_secret="s", base_url="http://intranet", insecure=True).close()


def test_with_options_shares_the_connections(server: Server, client: MeetingClient) -> None:
    number = client.meetings.create(
        host=client.accounts.create().account_id, type=MeetingType.INSTANT, subject="x"
    ).meeting_unique_id
    impatient = client.with_options(timeout=0.05, max_retries=0)
    server.sandbox.faults.add({"operation": "meetings.get", "delay": 0.5})
    with pytest.raises(errors.APITimeoutError, match=r"within 0\.05 s"):
        impatient.meetings.get(meeting_unique_id=number)
    assert client.meetings.get(meeting_unique_id=number).subject == "x"
    client.close()
    with pytest.raises(errors.ClientClosedError):
        impatient.meetings.get(meeting_unique_id=number)


def test_options_of_a_call_win(server: Server, client: MeetingClient) -> None:
    client.accounts.create()  # a first request reads certificates, which may take longer than the timeout below
    server.sandbox.faults.add({"operation": "accounts.create", "delay": 0.5})
    with pytest.raises(errors.OutcomeUnknownError):
        client.accounts.create(timeout=0.05)


def test_raw_responses_show_everything_around_the_result(client: MeetingClient) -> None:
    made = client.with_raw_response.accounts.create(im_accid="raw")
    assert made.status == 200
    assert ("content-type", "application/json;charset=utf-8") in [(name.lower(), value) for name, value in made.headers]
    assert made.request_id
    assert made.cost_time
    assert b'"ret"' in made.body
    assert made.parse().account_id.encode() in made.body
    token = made.parse().account_token
    assert token
    assert token not in repr(made) + str(made)
    page = client.with_raw_response.meetings.list(page_size=1)
    assert page.parse().page_index == 0
    with pytest.raises(errors.NotFoundError):
        client.with_raw_response.meetings.get(meeting_unique_id=1)


def test_raw_responses_asynchronously() -> None:
    async def main() -> None:
        async with Sandbox().async_client() as client:
            made = await client.with_raw_response.accounts.create()
            assert made.parse().account_id
            assert (await client.with_raw_response.meetings.list()).parse().total_num == 0

    asyncio.run(main())


def test_the_escape_hatch_signs_any_path(server: Server, client: MeetingClient) -> None:
    result = client.post("/v1/account/create", {"imAccid": "hatch"})
    assert client.accounts.get_by_im_accid(im_accid="hatch").account_id == result["accountId"]
    with pytest.raises(errors.ConflictError):
        client.post("/v1/account/create", {"imAccid": "hatch"})

    async def main() -> None:
        async with AsyncMeetingClient(app_key="sandbox-key", app_secret="sandbox-secret", base_url=server.url) as other:
            assert (await other.post("/v1/account/create", {}))["accountId"]

    asyncio.run(main())


@pytest.mark.parametrize(
    "path", ["v2/meeting/get", "/v2/../admin", "/v2/.", "/v2/a?b=c", "/v2/a b", "//evil.example/x", ""]
)
def test_the_escape_hatch_takes_plain_paths_only(client: MeetingClient, path: str) -> None:
    with pytest.raises(errors.ArgumentError, match="path must look like"):
        client.post(path, {})


@pytest.mark.case(25, 26)
@pytest.mark.parametrize(
    "body",
    [
        {"x": object()},
        {"x": "\ud800"},
        {"x": {object()}},
        {1: 2, "x": {1, object}},
        {True: 1},
        {None: 1},
        {"x": [float("nan")]},
        {"x": float("inf")},
    ],
)
def test_the_escape_hatch_refuses_what_is_not_json(client: MeetingClient, body: dict[str, object]) -> None:
    with pytest.raises(errors.ArgumentError, match="cannot be written as JSON"):
        client.post("/v2/meeting/get", body)


def test_the_escape_hatch_takes_models_and_writes_compact_utf_8() -> None:
    numbered: Any = {7: {1.5: MeetingType.INSTANT}}
    with (
        rude_server(reply(b'{"code":200,"ret":[1]}')) as server,
        MeetingClient(app_key="key", app_secret="secret", base_url=server.url) as client,
    ):
        assert client.post("/v2/new", {"name": "周会", "settings": MeetingSettings(), "none": None}) == [1]
        assert client.post("/v2/new", numbered) == [1]
    bodies = [request.partition(b"\r\n\r\n")[2] for request in server.requests]
    assert bodies == ['{"name":"周会","settings":{},"none":null}'.encode(), b'{"7":{"1.5":1}}']


@pytest.mark.case(51)
@pytest.mark.parametrize("timeout", [0, -1, float("nan"), float("inf"), 1e9])
def test_a_timeout_that_bounds_nothing_is_refused(client: MeetingClient, timeout: float) -> None:
    before = client.with_options(timeout=5)
    for build in (
        lambda: before.meetings.get(meeting_unique_id=1, timeout=timeout),
        lambda: client.with_options(timeout=timeout),
        lambda: MeetingClient(app_key="k", app_secret="s", timeout=timeout),
    ):
        with pytest.raises(errors.ArgumentError, match="timeout is seconds for a whole call"):
            build()


@pytest.mark.case(99)
@pytest.mark.parametrize("kind", [MeetingClient, AsyncMeetingClient])
@pytest.mark.parametrize(
    "wrong",
    [{"app_key": "a b"}, {"base_url": "http://example.com"}, {"app_secret": "canary-secret\n"}, {"app_key": ""}],
    ids=["key", "address", "secret", "no key"],
)
def test_a_client_that_cannot_be_built_shows_no_secret_in_the_variables_of_its_frames(
    kind: type[MeetingClient] | type[AsyncMeetingClient], wrong: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NETEASE_MEETING_APP_SECRET", wrong.get("app_secret", "canary-secret"))
    given = {"app_key": "key", "app_secret": wrong.get("app_secret", "canary-secret"), **wrong}
    for options in (given, {name: value for name, value in given.items() if name != "app_secret"}):
        with pytest.raises(errors.ConfigurationError) as caught:
            kind(app_key=given["app_key"], app_secret=options.get("app_secret"), base_url=given.get("base_url"))
        told = traceback.TracebackException.from_exception(caught.value, capture_locals=True)
        ours = [frame for frame in told.stack if "_runtime" in frame.filename]
        assert ours
        assert "canary" not in repr([frame.locals for frame in ours]) + "".join(told.format_exception_only())


@pytest.mark.case(95, 98)
def test_nothing_shows_the_secret(client: MeetingClient) -> None:
    async def close() -> None:
        await asynchronous.aclose()

    asynchronous = AsyncMeetingClient(app_key="sandbox-key", app_secret="sandbox-secret")
    shown = repr(client) + str(client) + repr(asynchronous) + repr(client.meetings) + repr(vars(client))
    asyncio.run(close())
    assert "sandbox-secret" not in shown
    assert "app_secret=***" in shown
    for copying in (pickle.dumps, copy.copy, copy.deepcopy):
        with pytest.raises(TypeError, match="holds a secret"):
            copying(client)


def test_a_closed_client_says_so(server: Server) -> None:
    client = MeetingClient(app_key="sandbox-key", app_secret="sandbox-secret", base_url=server.url)
    client.accounts.create()
    client.close()
    client.close()
    with pytest.raises(errors.ClientClosedError, match="create another one"):
        client.accounts.create()


def test_one_client_serves_many_threads(client: MeetingClient) -> None:
    found: list[str] = []

    def work() -> None:
        found.extend(client.accounts.create().account_id for _ in range(10))

    threads = [threading.Thread(target=work) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(found)) == 200


@pytest.mark.case(23, 24)
def test_what_goes_over_the_wire() -> None:
    """Compact UTF-8 in the contract's order, absent arguments left out, and no header nobody asked for."""
    answer = reply(
        b'{"code":200,"msg":"","ret":{"meetingUniqueId":1,"meetingId":"2","type":1,"subject":"x","status":1}}'
    )
    with (
        rude_server(answer) as server,
        MeetingClient(app_key="key", app_secret="secret", base_url=server.url + "/prefix/") as client,
    ):
        client.meetings.create(subject="周会", type=1, host="abc")
    head, _, body = server.requests[0].partition(b"\r\n\r\n")
    assert body == '{"host":"abc","type":1,"subject":"周会"}'.encode()
    request, *lines = head.split(b"\r\n")
    assert request == b"POST /prefix/v2/meeting/create HTTP/1.1"
    headers = {name.lower(): value for name, value in (line.split(b": ", 1) for line in lines)}
    assert sorted(headers) == [
        b"accept",
        b"accept-encoding",
        b"appkey",
        b"checksum",
        b"content-length",
        b"content-type",
        b"curtime",
        b"host",
        b"nonce",
        b"user-agent",
    ]
    assert headers[b"content-type"] == b"application/json;charset=utf-8"
