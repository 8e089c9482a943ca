"""What each peer does: the same signed calls, written as its users write them. Runs inside the peer's environment.

Whoever has no models returns what its user would read from a dict; whoever has, decodes into them. The generated peers
know nothing of signatures, so their user signs in whatever hook they offer.
"""

from __future__ import annotations

import hashlib
import secrets
import ssl
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any

Call = Callable[[], object]
AsyncCall = Callable[[], Awaitable[object]]

KEY, SECRET = "0123456789abcdef0123456789abcdef", "0123456789ab"
NUMBER = 1234567890
GET, LIST = "/v2/meeting/get", "/v2/meeting/list"
GET_BODY, LIST_BODY = {"meetingUniqueId": NUMBER}, {"pageIndex": 0, "pageSize": 100}


@dataclass(frozen=True)
class Peer:
    calls: dict[str, Call] = field(default_factory=dict)
    async_calls: dict[str, AsyncCall] = field(default_factory=dict)
    close: AsyncCall | None = None

    async def aclose(self) -> None:
        if self.close is not None:
            await self.close()


def headers() -> dict[str, str]:
    """Return the signature as somebody writes it by hand."""
    nonce, now = secrets.token_hex(8), str(int(time.time()))
    digest = hashlib.sha1((SECRET + nonce + now).encode()).hexdigest()
    return {"AppKey": KEY, "Nonce": nonce, "CurTime": now, "CheckSum": digest}


def netease_meeting(url: str, authority: str | None) -> Peer:
    from netease_meeting import AsyncMeetingClient, MeetingClient

    client = MeetingClient(app_key=KEY, app_secret=SECRET, base_url=url)
    aclient = AsyncMeetingClient(app_key=KEY, app_secret=SECRET, base_url=url)
    return _ours(client, aclient)


def netease_meeting_turbo(url: str, authority: str | None) -> Peer:
    from netease_meeting import AsyncMeetingClient, MeetingClient
    from netease_meeting.turbo import AsyncTurboTransport, TurboTransport

    client = MeetingClient(app_key=KEY, app_secret=SECRET, base_url=url, transport=TurboTransport())
    aclient = AsyncMeetingClient(app_key=KEY, app_secret=SECRET, base_url=url, transport=AsyncTurboTransport())
    return _ours(client, aclient)


def _ours(client: Any, aclient: Any) -> Peer:
    async def get() -> object:
        return (await aclient.meetings.get(meeting_unique_id=NUMBER)).subject

    return Peer(
        {
            "get": lambda: client.meetings.get(meeting_unique_id=NUMBER).subject,
            "list100": lambda: list(client.meetings.list(page_size=100)),
        },
        {"get": get},
        aclient.aclose,
    )


def httpx(url: str, authority: str | None) -> Peer:
    return _httpx(import_module("httpx"), url)


def httpx2(url: str, authority: str | None) -> Peer:
    return _httpx(import_module("httpx2"), url)


def _httpx(library: Any, url: str) -> Peer:
    client, aclient = library.Client(base_url=url), library.AsyncClient(base_url=url)

    async def get() -> object:
        return (await aclient.post(GET, json=GET_BODY, headers=headers())).json()["ret"]["subject"]

    return Peer(
        {
            "get": lambda: client.post(GET, json=GET_BODY, headers=headers()).json()["ret"]["subject"],
            "list100": lambda: client.post(LIST, json=LIST_BODY, headers=headers()).json()["ret"]["list"],
        },
        {"get": get},
        aclient.aclose,
    )


def requests(url: str, authority: str | None) -> Peer:
    session = import_module("requests").Session()
    session.verify = authority or True
    return Peer(
        {
            "get": lambda: session.post(url + GET, json=GET_BODY, headers=headers()).json()["ret"]["subject"],
            "list100": lambda: session.post(url + LIST, json=LIST_BODY, headers=headers()).json()["ret"]["list"],
        }
    )


def aiohttp(url: str, authority: str | None) -> Peer:
    library: Any = import_module("aiohttp")
    session: Any = None

    async def get() -> object:
        nonlocal session
        if session is None:
            context = ssl.create_default_context(cafile=authority) if authority else True
            session = library.ClientSession(url, connector=library.TCPConnector(ssl=context))
        async with session.post(GET, json=GET_BODY, headers=headers()) as response:
            return (await response.json())["ret"]["subject"]

    async def close() -> None:
        if session is not None:
            await session.close()

    return Peer({}, {"get": get}, close)


def pyreqwest(url: str, authority: str | None) -> Peer:
    library: Any = import_module("pyreqwest.client")
    builders = library.SyncClientBuilder().base_url(url), library.ClientBuilder().base_url(url)
    if authority:
        with open(authority, "rb") as file:
            pem = file.read()
        builders = builders[0].add_root_certificate_pem(pem), builders[1].add_root_certificate_pem(pem)
    client, aclient = builders[0].build(), builders[1].build()

    def post(client: Any, path: str, body: Any) -> Any:
        return client.post(path).headers(headers()).body_json(body).build().send()

    async def get() -> object:
        return (await (await post(aclient, GET, GET_BODY)).json())["ret"]["subject"]

    return Peer(
        {
            "get": lambda: post(client, GET, GET_BODY).json()["ret"]["subject"],
            "list100": lambda: post(client, LIST, LIST_BODY).json()["ret"]["list"],
        },
        {"get": get},
        aclient.close,
    )


def openapi_python_client(url: str, authority: str | None) -> Peer:
    library: Any = import_module("openapi_python_client_peer")
    models: Any = import_module("openapi_python_client_peer.models")
    get_meeting: Any = import_module("openapi_python_client_peer.api.meetings.get_meeting")
    list_meetings: Any = import_module("openapi_python_client_peer.api.meetings.list_meetings")

    def sign(request: Any) -> None:
        request.headers.update(headers())

    async def sign_async(request: Any) -> None:
        sign(request)

    client = library.Client(base_url=url, httpx_args={"event_hooks": {"request": [sign]}})
    aclient = library.Client(base_url=url, httpx_args={"event_hooks": {"request": [sign_async]}})

    async def get() -> object:
        return (await get_meeting.asyncio(client=aclient, body=models.GetMeetingRequest(NUMBER))).ret.subject

    page = models.ListMeetingsRequest(page_index=0, page_size=100)
    return Peer(
        {
            "get": lambda: get_meeting.sync(client=client, body=models.GetMeetingRequest(NUMBER)).ret.subject,
            "list100": lambda: list_meetings.sync(client=client, body=page).ret.list_,
        },
        {"get": get},
        lambda: aclient.get_async_httpx_client().aclose(),
    )


def openapi_generator(url: str, authority: str | None) -> Peer:
    library: Any = import_module("openapi_generator_peer")
    api = library.MeetingsApi(library.ApiClient(library.Configuration(host=url, ssl_ca_cert=authority)))

    def get() -> object:
        return api.get_meeting(library.GetMeetingRequest(meetingUniqueId=NUMBER), _headers=headers()).ret.subject

    def list100() -> object:
        body = library.ListMeetingsRequest(pageIndex=0, pageSize=100)
        return api.list_meetings(body, _headers=headers()).ret.list

    return Peer({"get": get, "list100": list100})


def wemeet(url: str, authority: str | None) -> Peer:
    library: Any = import_module("wemeet_openapi")
    transport: Any = import_module("wemeet_openapi.core.xhttp")
    service: Any = import_module("wemeet_openapi.service.meetings.api")
    json: Any = import_module("wemeet_openapi.core.constants").DEFAULT_SERIALIZER
    scheme, _, host = url.partition("://")
    session = import_module("requests").Session()
    session.verify = authority or True
    http = transport.Client(host=host, protocol=scheme, session=session, serializer=json)
    client = library.Client(app_id=KEY, sdk_id=KEY, secret_id=KEY, secret_key=SECRET, clt=http)

    def get() -> object:
        request = service.ApiV1MeetingsMeetingIdGetRequest(str(NUMBER), "user", "1", "1")
        signature = library.JWTAuthenticator().options_build()
        answer = client.meetings_api.v1_meetings_meeting_id_get(request, authenticator_options=[signature])
        return answer.data.meeting_info_list[0].subject

    return Peer({"get": get})


def floor(url: str, authority: str | None) -> Peer:
    """The least that work can cost in Python: msgspec and hashlib, with nothing around them."""
    from .floor import callback, page

    return Peer({"list100": page, "callback": callback})


def callbacks(url: str, authority: str | None) -> Peer:
    from netease_meeting.webhooks import Webhook

    from .floor import BODY, HEADERS

    webhook = Webhook(app_key=KEY, app_secret=SECRET)
    return Peer({"callback": lambda: webhook.parse(BODY, HEADERS)})


PEERS: dict[str, Callable[[str, str | None], Peer]] = {
    "netease-meeting": netease_meeting,
    "netease-meeting[turbo]": netease_meeting_turbo,
    "httpx": httpx,
    "httpx2": httpx2,
    "requests": requests,
    "aiohttp": aiohttp,
    "pyreqwest": pyreqwest,
    "openapi-python-client": openapi_python_client,
    "openapi-generator": openapi_generator,
    "wemeet": wemeet,
    "floor": floor,
    "callbacks": callbacks,
}
