"""A signature goes to the gateway it was made for, and nowhere else, whatever redirects and whoever follows."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, cast

import httpx
import httpx2
import pytest
from netease_meeting import AsyncMeetingClient, MeetingClient, SigningAuth, errors
from netease_meeting.turbo import AsyncTurboTransport, TurboTransport

SIGNATURE = {"appkey", "nonce", "curtime", "checksum", "authorization"}
SIGNED = SIGNATURE - {"authorization"}
OPTIONS: dict[str, Any] = {"app_key": "key", "app_secret": "secret"}
LIBRARIES: list[Any] = [httpx, httpx2]
STATUSES = [301, 302, 303, 307, 308]


class Host(ThreadingHTTPServer):
    """Keeps what it received; redirects the paths it was told to."""

    daemon_threads = True

    def __init__(self, address: str) -> None:
        super().__init__((address, 0), _Handler)
        self.url = f"http://{address}:{self.server_port}"
        self.redirects: dict[str, tuple[int, str]] = {}
        self.received: list[tuple[str, str, set[str], bytes]] = []
        """Method, path, which headers of the signature, and body of each request."""


class _Handler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        host = cast(Host, self.server)
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if self.headers.get("Transfer-Encoding") == "chunked":
            while size := int(self.rfile.readline(), 16):
                body += self.rfile.read(size)
                self.rfile.readline()
            self.rfile.readline()
        names = (SIGNATURE | {"cookie"}) & {name.lower() for name in self.headers}
        host.received.append((self.command, self.path, names, body))
        status, location = host.redirects.get(self.path, (200, ""))
        answer = b'{"code":200,"ret":{}}'
        self.send_response(status)
        if location:
            self.send_header("Location", location)
        if self.path == "/v2/new":
            self.send_header("Set-Cookie", "session=canary; Path=/")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def __getattr__(self, name: str) -> Any:
        return self.do_POST if name == "do_GET" else super().__getattribute__(name)

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


@contextmanager
def hosts() -> Iterator[tuple[Host, Host]]:
    """Serve two hosts; the first redirects ``/v1/account/create`` to the second."""
    first, other = Host("127.0.0.1"), Host("127.0.0.2")
    threads = [threading.Thread(target=host.serve_forever, kwargs={"poll_interval": 0.01}) for host in (first, other)]
    for thread in threads:
        thread.start()
    try:
        yield first, other
    finally:
        for host in (first, other):
            host.shutdown()
            host.server_close()
        for thread in threads:
            thread.join()


def posting(library: Any, asynchronous: bool, url: str, **options: Any) -> Any:
    """Return the response to a signed POST."""
    auth = SigningAuth(**OPTIONS)
    settings = {"auth": auth, "follow_redirects": True, "trust_env": False}
    if not asynchronous:
        with library.Client(**settings) as http:
            return http.post(url, **options)

    async def main() -> Any:
        async with library.AsyncClient(**settings) as http:
            return await http.post(url, **options)

    return asyncio.run(main())


@pytest.mark.parametrize("asynchronous", [False, True], ids=["sync", "async"])
@pytest.mark.parametrize("library", LIBRARIES, ids=["httpx", "httpx2"])
@pytest.mark.parametrize("status", STATUSES)
def test_another_host_gets_no_signature(status: int, library: Any, asynchronous: bool) -> None:
    with hosts() as (first, other):
        first.redirects["/v1/account/create"] = status, f"{other.url}/v1/account/create"
        response = posting(library, asynchronous, f"{first.url}/v1/account/create", json={})
    assert response.status_code == 200
    assert [names for _, _, names, _ in first.received] == [SIGNED]
    assert [names for _, _, names, _ in other.received] == [set()]


@pytest.mark.parametrize("library", LIBRARIES, ids=["httpx", "httpx2"])
def test_another_host_gets_no_signature_over_the_body_either(library: Any) -> None:
    path = "/prefix/v1/meeting/anonymousJoinInfo"
    with hosts() as (first, other):
        first.redirects[path] = 307, f"{other.url}{path}"
        posting(library, False, first.url + path, json={})
    assert first.received[0][2] == SIGNATURE
    assert other.received[0][2] == set()


@pytest.mark.parametrize("library", LIBRARIES, ids=["httpx", "httpx2"])
def test_a_redirect_goes_there_and_back(library: Any) -> None:
    """The way back begins at another origin: nothing vouches for it."""
    with hosts() as (first, other):
        first.redirects["/a"] = 307, f"{other.url}/b"
        other.redirects["/b"] = 307, f"{first.url}/c"
        posting(library, False, f"{first.url}/a", json={})
    assert first.received[0][2] == SIGNED
    assert other.received[0][2] == set()


@pytest.mark.parametrize("asynchronous", [False, True], ids=["sync", "async"])
@pytest.mark.parametrize("library", LIBRARIES, ids=["httpx", "httpx2"])
@pytest.mark.parametrize("status", [307, 308])
def test_a_redirect_within_the_origin_is_signed_anew(status: int, library: Any, asynchronous: bool) -> None:
    def pieces() -> Iterator[bytes]:
        yield b'{"imAccid":'
        yield b'"streamed"}'

    async def async_pieces() -> Any:
        for piece in pieces():
            yield piece

    with hosts() as (first, _):
        first.redirects["/v1/account/create"] = status, "/moved/v1/account/create"
        content = async_pieces() if asynchronous else pieces()
        posting(library, asynchronous, f"{first.url}/v1/account/create", content=content)
        last = first.received[-1]
        assert last == ("POST", "/moved/v1/account/create", SIGNED, b'{"imAccid":"streamed"}')


@pytest.mark.parametrize("library", LIBRARIES, ids=["httpx", "httpx2"])
def test_a_loop_of_redirects_ends(library: Any) -> None:
    with hosts() as (first, _):
        first.redirects["/a"] = 307, "/a"
        with pytest.raises(library.TooManyRedirects):
            posting(library, False, f"{first.url}/a", json={})


@pytest.mark.parametrize("library", LIBRARIES, ids=["httpx", "httpx2"])
def test_a_redirect_followed_by_hand_is_not_signed_for_another_host(library: Any) -> None:
    with hosts() as (first, other), library.Client(auth=SigningAuth(**OPTIONS), trust_env=False) as http:
        first.redirects["/a"] = 307, f"{other.url}/a"
        first.redirects["/b"] = 307, "/c"
        response = http.post(f"{first.url}/a", json={})
        assert response.status_code == 307
        with pytest.raises(errors.ConfigurationError, match=r"127\.0\.0\.2.*redirected"):
            http.send(response.next_request)
        assert http.send(http.post(f"{first.url}/b", json={}).next_request).status_code == 200
        assert other.received == []
        assert first.received[-1][1:3] == ("/c", SIGNED)


@pytest.mark.parametrize("library", LIBRARIES, ids=["httpx", "httpx2"])
@pytest.mark.parametrize("asynchronous", [False, True], ids=["sync", "async"])
def test_it_does_not_sign_what_travels_in_clear(asynchronous: bool, library: Any) -> None:
    for url in ("http://meeting.example/v1/account/create", "http://10.0.0.1/", "http://localhost.example/"):
        with pytest.raises(errors.ConfigurationError, match="not encrypted"):
            posting(library, asynchronous, url, json={})


def test_it_signs_what_travels_in_clear_where_that_is_wanted() -> None:
    seen: list[httpx.Request] = []

    def handle(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(200)

    auth = SigningAuth(**OPTIONS, insecure=True)
    httpx.Client(auth=auth, transport=httpx.MockTransport(handle)).post("http://intranet/v1/account/create", json={})
    assert "checksum" in seen[0].headers


def test_the_downgrade_of_a_redirect_gets_no_signature() -> None:
    seen: list[tuple[str, bool]] = []

    def handle(request: httpx.Request) -> httpx.Response:
        seen.append((str(request.url), "checksum" in request.headers))
        location = {"location": "http://meeting.example/a"}
        return httpx.Response(307, headers=location) if request.url.scheme == "https" else httpx.Response(200)

    for insecure in (False, True):
        auth = SigningAuth(**OPTIONS, insecure=insecure)
        http = httpx.Client(auth=auth, transport=httpx.MockTransport(handle), follow_redirects=True)
        http.post("https://meeting.example/a", json={})
    assert seen == [("https://meeting.example/a", True), ("http://meeting.example/a", False)] * 2


@pytest.mark.parametrize("library", LIBRARIES, ids=["httpx", "httpx2"])
def test_headers_of_a_signed_request_can_be_read_and_written_but_not_shown(library: Any) -> None:
    """By event hooks, for example."""
    seen: list[Any] = []

    def hook(request: Any) -> None:
        request.headers["x-trace"] = "1"
        request.headers.update({"X-Other": "2", "accept": "*/*"})
        del request.headers["user-agent"]
        seen.append(request.headers)

    with hosts() as (first, _):
        with library.Client(auth=SigningAuth(**OPTIONS), event_hooks={"request": [hook]}, trust_env=False) as http:
            response = http.post(first.url, json={})
        headers = response.request.headers
    assert first.received[0][2] == SIGNED
    assert headers is seen[0]
    assert (headers["X-Trace"], headers.get("x-other"), "user-agent" in headers) == ("1", "2", False)
    assert {name.lower() for name in headers} >= SIGNED | {"x-trace", "x-other"}
    assert len(headers) == len(headers.raw) == len(headers.multi_items()) == len(headers.keys())
    assert headers["checksum"] not in repr(headers) + str(headers)
    copied = library.Headers(headers)
    assert "x-trace" in copied
    assert not SIGNED & set(copied)


def test_what_would_copy_a_signature_is_not_given_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """A future httpx may copy headers in another way: then nothing is signed, rather than signed for anybody."""
    original = httpx.Headers.__init__

    def copying(self: httpx.Headers, headers: Any = None, encoding: str | None = None) -> None:
        original(self, headers.raw if isinstance(headers, httpx.Headers) else headers, encoding)

    monkeypatch.setattr(httpx.Headers, "__init__", copying)
    with pytest.raises(errors.ConfigurationError, match="version of httpx"):
        httpx.Client(auth=SigningAuth(**OPTIONS)).post("https://meeting.example/", json={})


# -- the client itself


def through(door: str, url: str) -> Callable[[], object]:
    """Return a call through a client that follows redirects wherever that can be set."""

    def synchronous(client: MeetingClient) -> object:
        with client:
            return client.accounts.create()

    def asynchronous(make: Callable[[], AsyncMeetingClient]) -> object:
        async def main() -> object:
            async with make() as client:
                return await client.accounts.create()

        return asyncio.run(main())

    options: dict[str, Any] = {**OPTIONS, "base_url": url, "max_retries": 0}
    follow: dict[str, Any] = {"follow_redirects": True, "trust_env": False}
    return {
        "default": lambda: synchronous(MeetingClient(**options)),
        "async default": lambda: asynchronous(lambda: AsyncMeetingClient(**options)),
        "turbo": lambda: synchronous(MeetingClient(**options, transport=TurboTransport())),
        "async turbo": lambda: asynchronous(lambda: AsyncMeetingClient(**options, transport=AsyncTurboTransport())),
        "httpx": lambda: synchronous(MeetingClient(**options, http_client=httpx.Client(**follow))),
        "httpx2": lambda: synchronous(MeetingClient(**options, http_client=httpx2.Client(**follow))),
        "async httpx": lambda: asynchronous(
            lambda: AsyncMeetingClient(**options, http_client=httpx.AsyncClient(**follow))
        ),
        "async httpx2": lambda: asynchronous(
            lambda: AsyncMeetingClient(**options, http_client=httpx2.AsyncClient(**follow))
        ),
    }[door]


DOORS = ["default", "async default", "turbo", "async turbo", "httpx", "httpx2", "async httpx", "async httpx2"]


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("status", [302, 307, 308])
def test_the_client_follows_no_redirect(status: int, door: str) -> None:
    with hosts() as (first, other):
        first.redirects["/v1/account/create"] = status, f"{other.url}/v1/account/create"
        with pytest.raises(errors.APIResponseError) as caught:
            through(door, first.url)()
        assert len(first.received) == 1
        assert other.received == []
    assert "canary" not in str(caught.value) + repr(vars(caught.value))


@pytest.mark.parametrize("transport", [None, TurboTransport], ids=["default", "turbo"])
def test_the_client_keeps_no_cookies(transport: Callable[[], Any] | None) -> None:
    with hosts() as (first, _):
        with MeetingClient(**OPTIONS, base_url=first.url, transport=transport and transport()) as client:
            for _ in range(2):
                client.post("/v2/new", {})
        assert [names for _, _, names, _ in first.received] == [SIGNED] * 2


def test_the_cookies_of_one_host_do_not_reach_another() -> None:
    with hosts() as (first, other), httpx.Client(trust_env=False) as http:
        for host in (first, other):
            MeetingClient(**OPTIONS, base_url=host.url, http_client=http).post("/v2/new", {})
        assert [names & {"cookie"} for _, _, names, _ in other.received] == [set()]


def test_httpx_alone_is_enough() -> None:
    program = (
        "import sys; sys.modules['httpx2'] = None; import httpx; from netease_meeting import SigningAuth; "
        "transport = httpx.MockTransport(lambda request: httpx.Response(200, text=request.headers['checksum'])); "
        "http = httpx.Client(auth=SigningAuth('key', 'secret'), transport=transport); "
        "print(len(http.post('https://meeting.example/', json={}).text))"
    )
    done = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    assert done.stdout == "40\n"
