"""Names with several addresses, some of which lead nowhere (RFC 8305)."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from netease_meeting import AsyncMeetingClient, MeetingClient, errors
from netease_meeting._runtime import addresses
from netease_meeting._runtime.addresses import MOST_AVOIDED, Address, Avoided, Race

from tests.client.places import found
from tests.conftest import RudeServer, rude_server

KEYS: dict[str, Any] = {"app_key": "key", "app_secret": "secret", "insecure": True, "max_retries": 0}
Call = Callable[..., Any]


def get(server: RudeServer | int, **options: Any) -> Any:
    with MeetingClient(**KEYS, base_url=url_of(server), **options) as client:
        return client.meetings.get(meeting_unique_id=7)


def get_async(server: RudeServer | int, **options: Any) -> Any:
    async def main() -> Any:
        async with AsyncMeetingClient(**KEYS, base_url=url_of(server), **options) as client:
            return await client.meetings.get(meeting_unique_id=7)

    return asyncio.run(main())


BOTH = pytest.mark.parametrize("get", [get, get_async])


def url_of(server: RudeServer | int) -> str:
    return f"http://gateway.test:{server if isinstance(server, int) else port_of(server)}"


def port_of(server: RudeServer) -> int:
    return int(server.url.rpartition(":")[2])


@pytest.fixture(autouse=True)
def nothing_avoided(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(addresses, "avoided", Avoided())


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Give ``gateway.test`` these addresses."""
    known = socket.getaddrinfo

    def resolving(*hosts: str) -> None:
        def resolve(host: Any, port: Any, *rest: Any, **more: Any) -> Any:
            if host != "gateway.test":
                return known(host, port, *rest, **more)
            return [known(one, port, type=socket.SOCK_STREAM)[0] for one in hosts]

        monkeypatch.setattr(socket, "getaddrinfo", resolve)

    return resolving


@contextmanager
def swallowing(port: int, *hosts: str) -> Iterator[None]:
    """Let packets to *hosts* vanish: Linux drops them when the queue of a listener is full."""
    opened: list[socket.socket] = []
    try:
        for host in hosts:
            family = socket.AF_INET6 if ":" in host else socket.AF_INET
            hole = socket.socket(family)
            opened.append(hole)
            hole.bind((host, port))
            hole.listen(0)
            for _ in range(4):
                waiting = socket.socket(family)
                opened.append(waiting)
                waiting.setblocking(False)
                waiting.connect_ex((host, port))
        yield
    finally:
        for each in opened:
            each.close()


@pytest.fixture
def tried(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The addresses tried, in order."""
    seen: list[str] = []
    original = Race.next

    def watched(race: Race) -> Address | None:
        address = original(race)
        if address is not None:
            seen.append(str(address).rpartition(":")[0])
        return address

    monkeypatch.setattr(Race, "next", watched)
    return seen


@BOTH
@pytest.mark.parametrize("dead", ["127.0.0.2", "::1"])
def test_an_address_that_swallows_packets_is_overtaken_and_avoided(
    get: Call, dead: str, names: Any, tried: list[str]
) -> None:
    with rude_server(found(7)) as server, swallowing(port_of(server), dead):
        names(dead, "127.0.0.1")
        shown = f"[{dead}]" if ":" in dead else dead
        assert get(server, timeout=30).subject == "7"
        assert tried == [shown, "127.0.0.1"]
        tried.clear()
        assert get(server, timeout=30).subject == "7"
        assert tried == ["127.0.0.1"], "the next connection begins with the good one"


@BOTH
def test_an_address_that_refuses_is_left_at_once(get: Call, names: Any, tried: list[str]) -> None:
    with rude_server(found(7)) as server:
        names("127.0.0.3", "127.0.0.4", "127.0.0.1")
        assert get(server, timeout=30).subject == "7"
        assert tried == ["127.0.0.3", "127.0.0.4", "127.0.0.1"]


@BOTH
def test_families_take_turns(get: Call, names: Any, tried: list[str]) -> None:
    with rude_server(found(7)) as server:
        names("127.0.0.5", "127.0.0.6", "::1", "127.0.0.1")
        assert get(server, timeout=30).subject == "7"
        assert tried == ["127.0.0.5", "[::1]", "127.0.0.6", "127.0.0.1"]


@BOTH
def test_an_error_names_every_address(get: Call, names: Any) -> None:
    with rude_server() as server:
        port = port_of(server)
    names("127.0.0.2", "::1")
    with pytest.raises(errors.APIConnectionError) as caught:
        get(port, timeout=30)
    assert f"127.0.0.2:{port}: Connection refused" in str(caught.value)
    assert f"[::1]:{port}: Connection refused" in str(caught.value)
    assert not isinstance(caught.value, errors.OutcomeUnknownError)


@BOTH
def test_addresses_that_all_swallow_packets_are_a_timeout_without_doubt(get: Call, names: Any) -> None:
    with rude_server() as server:
        port = port_of(server)
    with swallowing(port, "127.0.0.2", "127.0.0.3"):
        names("127.0.0.2", "127.0.0.3")
        with pytest.raises(errors.APITimeoutError) as caught:
            get(port, timeout=0.6)
    assert not isinstance(caught.value, errors.OutcomeUnknownError)
    for host in ("127.0.0.2", "127.0.0.3"):
        assert f"{host}:{port}: no connection in time" in str(caught.value)


@BOTH
def test_a_slow_name_server_does_not_outlast_the_deadline(get: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nor does the end of the event loop wait for it."""
    release = threading.Event()

    def resolve(*_: Any, **__: Any) -> Any:
        release.wait(60)
        return []

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    try:
        with pytest.raises(errors.APITimeoutError, match=r"gateway\.test: no answer from the name server"):
            get(1, timeout=0.3)
        assert not release.is_set()
    finally:
        release.set()


def test_a_signal_ends_looking_up_a_name_and_the_client_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    release = threading.Event()
    known = socket.getaddrinfo

    def resolve(*_: Any, **__: Any) -> Any:
        os.kill(os.getpid(), signal.SIGINT)
        release.wait(60)
        return []

    with rude_server(found(7)) as server, MeetingClient(**KEYS, base_url=url_of(server), timeout=60) as client:
        monkeypatch.setattr(socket, "getaddrinfo", resolve)
        try:
            with pytest.raises(KeyboardInterrupt):
                client.meetings.get(meeting_unique_id=7)
            assert not release.is_set()
        finally:
            release.set()
        monkeypatch.setattr(socket, "getaddrinfo", lambda host, *rest, **more: known("127.0.0.1", *rest, **more))
        assert client.meetings.get(meeting_unique_id=7).subject == "7"


@BOTH
@pytest.mark.parametrize("answer", [OSError("canary"), socket.gaierror(-2, "Name or service not known"), []])
def test_a_name_without_an_address(get: Call, answer: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def resolve(*_: Any, **__: Any) -> Any:
        if isinstance(answer, OSError):
            raise answer
        return answer

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    with pytest.raises(errors.APIConnectionError, match=r"gateway\.test has no address: .+") as caught:
        get(1, timeout=30)
    assert not isinstance(caught.value, errors.APITimeoutError)


def descriptors() -> int:
    return len(os.listdir("/proc/self/fd"))


def test_losers_are_closed(names: Any) -> None:
    with rude_server(found(7)) as server, swallowing(port_of(server), "127.0.0.2", "127.0.0.3"):
        names("127.0.0.2", "127.0.0.3", "127.0.0.1")
        before = descriptors()
        with MeetingClient(**KEYS, base_url=url_of(server), timeout=30) as client:
            client.meetings.get(meeting_unique_id=7)
            assert descriptors() - before <= 2, "one connection, and its other end, which is in this process too"

        async def main() -> None:
            before = descriptors()
            async with AsyncMeetingClient(**KEYS, base_url=url_of(server), timeout=30) as client:
                await client.meetings.get(meeting_unique_id=7)
                assert descriptors() - before <= 2

        for host in ("127.0.0.2", "127.0.0.3"):
            addresses.avoided.discard(Address(socket.AF_INET, 6, (host, port_of(server))))
        asyncio.run(main())


def test_a_race_may_be_cancelled_at_every_turn_of_the_loop(names: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    async def cancelled_after(turns: int, url: str) -> bool:
        monkeypatch.setattr(addresses, "avoided", Avoided())
        async with AsyncMeetingClient(**KEYS, base_url=url, timeout=30) as client:
            call = asyncio.create_task(client.meetings.get(meeting_unique_id=7))
            for _ in range(turns):
                await asyncio.sleep(0 if turns < 40 else 0.01)
            if call.done():
                return False
            call.cancel()
            with pytest.raises(asyncio.CancelledError):
                await call
            return True

    with rude_server(found(7)) as server, swallowing(port_of(server), "127.0.0.2"):
        names("127.0.0.2", "127.0.0.1")
        before = descriptors()
        turns = 0
        while asyncio.run(cancelled_after(turns, url_of(server))):
            turns += 1
    assert turns > 3
    assert descriptors() <= before


def test_what_is_avoided_is_bounded_and_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 0.0
    monkeypatch.setattr(addresses, "monotonic", lambda: now)
    avoided = Avoided()
    many = [Address(socket.AF_INET, 6, ("192.0.2.1", port)) for port in range(MOST_AVOIDED + 1)]
    avoided.add(many)
    assert many[0] not in avoided
    assert many[-1] in avoided
    now = addresses.AVOIDED_FOR
    assert many[-1] not in avoided
