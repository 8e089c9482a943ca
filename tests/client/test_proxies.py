"""The environment's proxies mean what they mean to curl, requests and httpx."""

from __future__ import annotations

import asyncio
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import pytest
import trustme
from netease_meeting import AsyncMeetingClient, MeetingClient, errors
from netease_meeting._runtime.connections import ssl_context
from netease_meeting.turbo import AsyncTurboTransport, TurboTransport

from tests.client.places import found
from tests.conftest import RudeServer, receive, rude_server

KEYS: dict[str, Any] = {"app_key": "key", "app_secret": "secret", "insecure": True, "max_retries": 0, "timeout": 5}
VARIABLES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY")


@pytest.fixture(autouse=True)
def no_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in VARIABLES:
        monkeypatch.delenv(variable, raising=False)
        monkeypatch.delenv(variable.lower(), raising=False)


@pytest.fixture(autouse=True)
def loopback_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give other hosts no address, so that no packet leaves this machine."""
    known = socket.getaddrinfo

    def resolve(host: Any, *rest: Any, **more: Any) -> Any:
        return known(host, *rest, **more) if str(host) in ("::1", "127.0.0.1") else []

    monkeypatch.setattr(socket, "getaddrinfo", resolve)


def get(base_url: str) -> Any:
    with MeetingClient(**KEYS, base_url=base_url) as client:
        return client.meetings.get(meeting_unique_id=7)


def get_async(base_url: str) -> Any:
    async def main() -> Any:
        async with AsyncMeetingClient(**KEYS, base_url=base_url) as client:
            return await client.meetings.get(meeting_unique_id=7)

    return asyncio.run(main())


def get_turbo(base_url: str) -> Any:
    with MeetingClient(**KEYS, base_url=base_url, transport=TurboTransport()) as client:
        return client.meetings.get(meeting_unique_id=7)


def get_async_turbo(base_url: str) -> Any:
    async def main() -> Any:
        async with AsyncMeetingClient(**KEYS, base_url=base_url, transport=AsyncTurboTransport()) as client:
            return await client.meetings.get(meeting_unique_id=7)

    return asyncio.run(main())


DOORS = [get, get_async, get_turbo, get_async_turbo]


def uses_proxy(proxy: RudeServer, base_url: str) -> bool:
    before = len(proxy.requests)
    with suppress(errors.APIConnectionError):
        get(base_url)
    return len(proxy.requests) > before


@pytest.mark.parametrize(
    ("exceptions", "direct", "proxied"),
    [
        ("*", ["http://a.test"], []),
        ("a.test", ["http://a.test", "http://x.a.test", "http://A.TEST."], ["http://xa.test", "http://a.test.b"]),
        (".a.test", ["http://a.test", "http://x.a.test"], ["http://xa.test"]),
        ("*.a.test", ["http://x.a.test"], ["http://b.test"]),
        ("A.Test.", ["http://a.test"], ["http://b.test"]),
        ("a.test:8443", ["http://a.test:8443", "http://x.a.test:8443"], ["http://a.test", "http://a.test:8444"]),
        ("a.test:80", ["http://a.test"], ["http://a.test:81"]),
        (" b.test ,\ta.test ", ["http://a.test", "http://b.test"], ["http://c.test"]),
        ("b.test a.test", ["http://a.test", "http://b.test"], ["http://c.test"]),
        ("http://a.test", ["http://a.test"], ["http://b.test"]),
        ("https://a.test", [], ["http://a.test"]),
        ("all://a.test:8443", ["http://a.test:8443"], ["http://a.test"]),
        ("192.0.2.7", ["http://192.0.2.7"], ["http://192.0.2.8"]),
        ("192.0.2.7:81", ["http://192.0.2.7:81"], ["http://192.0.2.7"]),
        ("192.0.2.0/24", ["http://192.0.2.7:9"], ["http://192.0.3.7", "http://a.test"]),
        ("192.0.2.77/24", ["http://192.0.2.7"], ["http://192.0.3.7"]),
        ("2001:db8::1", ["http://[2001:db8::1]:9"], ["http://[2001:db8::2]"]),
        ("[2001:DB8:0::1]", ["http://[2001:db8::1]"], ["http://[2001:db8::2]"]),
        ("[2001:db8::1]:8443", ["http://[2001:db8::1]:8443"], ["http://[2001:db8::1]"]),
        ("fd00::/8", ["http://[fd00::7]"], ["http://[fe00::7]"]),
        ("[fd00::]/8", ["http://[fd00::7]"], ["http://[fe00::7]"]),
        ("会议.test", ["http://会议.test"], ["http://b.test"]),
        (",, ,", [], ["http://a.test"]),
        ("300.0.0.0/8,a..b,[,a.test:port,:80", [], ["http://a.test", "http://10.0.0.1"]),
    ],
)
def test_exceptions(exceptions: str, direct: list[str], proxied: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    with rude_server(found(7)) as proxy:
        monkeypatch.setenv("HTTP_PROXY", proxy.url)
        monkeypatch.setenv("no_proxy", exceptions)
        assert [url for url in direct if uses_proxy(proxy, url)] == []
        assert [url for url in proxied if not uses_proxy(proxy, url)] == []


@pytest.mark.parametrize("get", DOORS)
@pytest.mark.parametrize("variable", ["HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"])
def test_either_spelling_and_all(get: Callable[[str], Any], variable: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with rude_server(found(7)) as proxy:
        monkeypatch.setenv(variable, proxy.url.removeprefix("http://"))
        assert get("http://gateway.test").subject == "7"
        assert len(proxy.requests) == 1


def test_lower_case_wins(monkeypatch: pytest.MonkeyPatch) -> None:
    with rude_server(found(7)) as proxy:
        monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
        monkeypatch.setenv("http_proxy", proxy.url)
        assert get("http://gateway.test").subject == "7"


@pytest.mark.parametrize("get", [get, get_async])
@pytest.mark.parametrize(
    ("value", "says"),
    [
        ("http://user:canary@proxy.test:port", "HTTP_PROXY has an invalid port"),
        ("http://canary:port", "HTTP_PROXY has an invalid port"),
        ("http://proxy.test:99999", "HTTP_PROXY has an invalid port"),
        ("http://proxy.test:0", "HTTP_PROXY has an invalid port"),
        ("http://[::1", "HTTP_PROXY is not an address"),
        ("http://user:canary@", "HTTP_PROXY names no host"),
        ("http://:3128", "HTTP_PROXY names no host"),
        ("socks4://user:canary@proxy.test", "HTTP_PROXY names a proxy of the kind 'socks4'"),
    ],
)
def test_what_is_wrong_with_a_proxy_is_said(
    get: Callable[[str], Any], value: str, says: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", value)
    with pytest.raises(errors.ConfigurationError, match=says) as caught:
        get("http://gateway.test")
    assert "canary" not in str(caught.value)


@pytest.mark.parametrize("get", [get, get_async])
def test_an_error_names_the_proxy_without_its_password(
    get: Callable[[str], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        port = closed.getsockname()[1]
        monkeypatch.setenv("HTTP_PROXY", f"http://user:canary@127.0.0.1:{port}")
        with pytest.raises(errors.APIConnectionError, match=rf"via proxy http://127\.0\.0\.1:{port}: ") as caught:
            get("http://gateway.test")
    assert "canary" not in str(caught.value)


@pytest.mark.parametrize("get", [get, get_async])
def test_a_proxy_that_refuses_leaves_no_doubt(get: Callable[[str], Any], monkeypatch: pytest.MonkeyPatch) -> None:
    refusal = b"HTTP/1.1 407 Proxy Authentication Required\r\ncontent-length: 0\r\n\r\n"

    def refuse(connection: socket.socket) -> None:
        connection.recv(4096)
        connection.sendall(refusal)

    with rude_server() as proxy:
        proxy.on_connect = refuse
        monkeypatch.setenv("HTTPS_PROXY", proxy.url.replace("http://", "http://user:canary@"))
        with pytest.raises(errors.APIConnectionError, match=r"via proxy http://127\.0\.0\.1.*: 407") as caught:
            get("https://gateway.test")
    assert not isinstance(caught.value, errors.OutcomeUnknownError)
    assert "canary" not in str(caught.value)


@contextmanager
def listening(family: int, host: str, serve: Callable[[socket.socket], None]) -> Iterator[int]:
    """Serve each connection; yield the port."""
    with socket.socket(family) as listener:
        listener.bind((host, 0))
        listener.listen(8)

        def run() -> None:
            with suppress(OSError):
                while True:
                    serve(listener.accept()[0])

        thread = threading.Thread(target=run)
        thread.start()
        yield listener.getsockname()[1]
        listener.shutdown(socket.SHUT_RDWR)
        thread.join()


@pytest.mark.parametrize("get", DOORS)
def test_a_proxy_with_an_ipv6_address(get: Callable[[str], Any], monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[bytes] = []

    def serve(connection: socket.socket) -> None:
        with connection:
            seen.append(receive(connection))
            connection.sendall(found(7).replace(b"\r\n\r\n", b"\r\nconnection: close\r\n\r\n", 1))

    with listening(socket.AF_INET6, "::1", serve) as port:
        monkeypatch.setenv("HTTP_PROXY", f"http://[::1]:{port}")
        assert get("http://gateway.test").subject == "7"
    assert seen[0].startswith(b"POST http://gateway.test/v2/meeting/get HTTP/1.1\r\n")


@pytest.mark.parametrize("get", [get, get_async])
@pytest.mark.parametrize("secure_proxy", [False, True], ids=["http proxy", "https proxy"])
@pytest.mark.parametrize("host", ["gateway.test", "[2001:db8::1]"])
def test_a_tunnel(
    get: Callable[[str], Any], secure_proxy: bool, host: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    """TLS inside of a tunnel, whose proxy may speak TLS itself; an IPv6 address has brackets in CONNECT."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("gateway.test", "2001:db8::1", "127.0.0.1").configure_cert(context)
    asked: list[bytes] = []

    def proxied(plain: socket.socket) -> None:
        outer: Any = context.wrap_socket(plain, server_side=True) if secure_proxy else plain
        with outer:
            asked.append(outer.recv(4096))
            outer.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
            incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
            inner = context.wrap_bio(incoming, outgoing, server_side=True)

            def exchange(step: Callable[[], Any]) -> Any:
                while True:
                    try:
                        return step()
                    except ssl.SSLWantReadError:
                        outer.sendall(outgoing.read())
                        incoming.write(outer.recv(65536))
                    finally:
                        outer.sendall(outgoing.read())

            exchange(inner.do_handshake)
            request = b""
            while not request.endswith(b'"meetingUniqueId":7}'):
                request += exchange(lambda: inner.read(65536))
            asked.append(request)
            exchange(lambda: inner.write(found(7)))
            outer.recv(1)

    ssl_context.cache_clear()
    try:
        with listening(socket.AF_INET, "127.0.0.1", proxied) as port:
            monkeypatch.setenv("HTTPS_PROXY", f"http{'s' * secure_proxy}://user:w%C3%B6rd@127.0.0.1:{port}")
            assert get(f"https://{host}:8443").subject == "7"
    finally:
        ssl_context.cache_clear()
    connect = asked[0].decode().lower().split("\r\n")
    assert connect[0] == f"connect {host}:8443 http/1.1"
    assert "proxy-authorization: basic dxnlcjp3w7zyza==" in connect, "UTF-8, percent-encoding undone"
    assert f"host: {host}:8443" in asked[1].decode().lower().split("\r\n")
