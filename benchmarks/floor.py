"""The floor: the least that decoding a page and checking a callback cost with msgspec and hashlib and nothing else."""

from __future__ import annotations

import hmac
import json
import time
from hashlib import md5, sha1

import msgspec

from .cases import KEY, SECRET
from .server import LIST_100, meeting

PAGE = LIST_100.partition(b"\r\n\r\n")[2]


class Control(msgspec.Struct, gc=False, rename="camel"):
    type: str
    state: int | None = None
    attendee_off: int | None = None
    allow_self_on: bool | None = None


class Role(msgspec.Struct, gc=False, rename="camel"):
    role_type: int
    max_count: int | None = None
    members: list[str] | None = None


class Scene(msgspec.Struct, gc=False, rename="camel"):
    code: str | None = None
    role_types: list[Role] | None = None


class Settings(msgspec.Struct, gc=False, rename="camel"):
    controls: list[Control] | None = None
    scene: Scene | None = None


class Meeting(msgspec.Struct, gc=False, rename="camel"):
    meeting_unique_id: int
    meeting_id: str
    subject: str
    status: int
    start_time: int | None = None
    end_time: int | None = None
    password: str | None = None
    settings: Settings | None = None
    short_id: str | None = None
    valid: bool | None = None
    av_room_cid: str | None = None


class Page(msgspec.Struct, gc=False):
    rows: list[Meeting] = msgspec.field(name="list")


class Envelope(msgspec.Struct, gc=False):
    code: int
    ret: Page


_page = msgspec.json.Decoder(Envelope)


def page() -> object:
    return _page.decode(PAGE).ret.rows


class Event(msgspec.Struct, gc=False, rename="camel"):
    meeting_unique_id: int
    meeting_id: str
    time: int
    type: int
    subject: str
    short_id: str | None = None
    reserve_start_time: int | None = None
    reserve_end_time: int | None = None
    room_create_time: int | None = None
    reason: int | None = None


class Message(msgspec.Struct, gc=False, rename="camel"):
    msg_type: int
    msg_body: Event


BODY = json.dumps(
    {
        "msgType": 3,
        "msgBody": {
            **{name: meeting(0)[name] for name in ("meetingUniqueId", "meetingId", "shortId", "subject")},
            "time": 1600786088572,
            "type": 3,
            "reserveStartTime": 1600782488572,
            "reserveEndTime": 1600786088572,
            "roomCreateTime": 1600782488572,
            "reason": 1,
        },
    },
    ensure_ascii=False,
    separators=(",", ":"),
).encode()
_NOW = str(int(time.time() * 1000))
HEADERS = {
    "Host": "example.com",
    "User-Agent": "okhttp/3.14.4",
    "Content-Type": "application/json;charset=utf-8",
    "Content-Length": str(len(BODY)),
    "AppKey": KEY,
    "Nonce": "73128946501",
    "CurTime": _NOW,
    "CheckSum": sha1((SECRET + "73128946501" + _NOW + md5(BODY).hexdigest()).encode()).hexdigest(),
}

_message = msgspec.json.Decoder(Message)


def callback() -> object:
    signed = SECRET + HEADERS["Nonce"] + HEADERS["CurTime"] + md5(BODY).hexdigest()
    if not hmac.compare_digest(sha1(signed.encode()).hexdigest(), HEADERS["CheckSum"]):
        raise ValueError("forged")
    return _message.decode(BODY).msg_body
