"""What a gateway's address may look like, and what each form of it means."""

from __future__ import annotations

from typing import Any

import httpx
import httpx2
import pytest
from netease_meeting import AsyncMeetingClient, MeetingClient, errors

from tests.client.places import found
from tests.conftest import rude_server

KEYS: dict[str, Any] = {"app_key": "key", "app_secret": "canary"}


def normal(base_url: Any) -> str:
    """Return what the client shows as its gateways."""
    with MeetingClient(**KEYS, base_url=base_url) as client:
        return repr(client).partition("base_url='")[2].partition("'")[0]


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ("https://API.Example.com", "https://api.example.com"),
        ("HTTPS://api.example.com", "https://api.example.com"),
        ("https://api.example.com:443", "https://api.example.com"),
        ("https://api.example.com:", "https://api.example.com"),
        ("https://api.example.com:8443", "https://api.example.com:8443"),
        ("http://localhost:80", "http://localhost"),
        ("http://LOCALHOST.:8080", "http://localhost:8080"),
        ("https://api.example.com.", "https://api.example.com"),
        ("https://api.example.com//", "https://api.example.com"),
        (" https://api.example.com\n", "https://api.example.com"),
        ("https://api.example.com/Prefix/", "https://api.example.com/Prefix"),
        ("https://api.example.com/前缀", "https://api.example.com/%E5%89%8D%E7%BC%80"),
        ("https://会议.Example", "https://xn--6oqu09l.example"),
        ("https://faß.example", "https://xn--fa-hia.example"),
        ("https://[2001:DB8:0::1]:443", "https://[2001:db8::1]"),
        ("https://[fe80::1%25eth0]:8443", "https://[fe80::1%eth0]:8443"),
        ("http://[0:0::1]:8080/", "http://[::1]:8080"),
        (httpx.URL("https://api.example.com/"), "https://api.example.com"),
        (httpx2.URL("https://api.example.com/v"), "https://api.example.com/v"),
        (["https://a.example/", "https://A.example:443"], "https://a.example"),
        (("https://a.example/", "https://b.example"), "https://a.example, https://b.example"),
        ((url for url in ["https://a.example/"]), "https://a.example"),
    ],
)
def test_addresses_have_one_form(given: Any, meant: str) -> None:
    assert normal(given) == meant


@pytest.mark.parametrize("client", [MeetingClient, AsyncMeetingClient])
@pytest.mark.parametrize(
    ("given", "says"),
    [
        ("api.example.com", "has no scheme"),
        ("api.example.com:8443", "has no scheme"),
        ("//api.example.com", "has no scheme"),
        ("ftp://api.example.com", "has the scheme 'ftp'"),
        ("https://", "no valid host name"),
        ("https://a..example", "no valid host name"),
        (f"https://{'a' * 64}.example", "no valid host name"),
        ("https://a%2fb.example", "no valid host name"),
        ("https://[v1.x]", "is no address|no valid host name"),
        ("https://api.example.com?", "query or a fragment"),
        ("https://api.example.com/#", "query or a fragment"),
        ("https://api.example.com/?a=b", "query or a fragment"),
        ("https://api example.com", "contains a space"),
        ("https://api.exam\nple.com", "contains a space"),
        ("https://api.example.com\\v2", "a backslash"),
        ("https://api.example.com/a/../b", r"'\.' or '\.\.' in its path"),
        ("https://api.example.com:0", "invalid port"),
        ("https://api.example.com:port", "is no address"),
        ("https://user@api.example.com", "user name or password"),
        ("https://@api.example.com", "user name or password"),
        ("https://user:canary@api.example.com/?", "user name or password"),
        (" ", "is blank"),
        (b"https://api.example.com", "not bytes"),
        (7, "not int"),
        ([], "empty list"),
        (["https://a.example", None], "not NoneType"),
    ],
)
def test_what_is_wrong_with_an_address_is_said(client: Any, given: Any, says: str) -> None:
    with pytest.raises(errors.ConfigurationError, match=f"base_url.*({says})") as caught:
        client(**KEYS, base_url=given)
    assert "canary" not in str(caught.value)


def test_the_environment_is_held_to_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NETEASE_MEETING_BASE_URL", "https://API.example.com:443/")
    assert normal(None) == "https://api.example.com"
    monkeypatch.setenv("NETEASE_MEETING_BASE_URL", "api.example.com")
    with pytest.raises(errors.ConfigurationError, match="has no scheme"):
        MeetingClient(**KEYS)


def test_the_prefix_stands_in_front_of_every_path() -> None:
    with rude_server(found(7)) as server, MeetingClient(**KEYS, base_url=f"{server.url}/a/前/") as client:
        client.meetings.get(meeting_unique_id=7)
    assert server.requests[0].startswith(b"POST /a/%E5%89%8D/v2/meeting/get HTTP/1.1\r\n")
