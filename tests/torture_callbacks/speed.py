"""Verify and parse against the least there is to do: take four headers, hash, compare, decode."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from hashlib import md5, sha1
from hmac import compare_digest

import msgspec
from netease_meeting.webhooks import MeetingEnded

from tests.callbacks.signed import EXAMPLES, SECRET, encoded, signed, webhook
from tests.torture.figure import Figure

ROUNDS, CALLS = 25, 4000
LIMIT = 1.5


class Message(msgspec.Struct, tag_field="msgType", tag=3, rename="camel"):
    msg_body: MeetingEnded


def ratio(seed: int) -> Figure:
    """Interleave both and compare medians of CPU time, for a request of nine headers as an ASGI server gives it."""
    hook, body = webhook(), encoded(EXAMPLES["MeetingEnded"])
    others = {"Host": "example.com", "User-Agent": "okhttp", "Accept": "*/*", "Content-Length": str(len(body))}
    sent = {**others, "Content-Type": "application/json;charset=utf-8", **signed(body)}
    headers = [(name.lower().encode(), value.encode()) for name, value in sent.items()]
    decode = msgspec.json.Decoder(Message).decode
    secret = SECRET.encode()

    def floor() -> MeetingEnded:
        found = dict(headers)
        digest = md5(body).hexdigest().encode()
        made = sha1(secret + found[b"nonce"] + found[b"curtime"] + digest).hexdigest().encode()
        assert compare_digest(made, found[b"checksum"])
        return decode(body).msg_body

    def ours() -> MeetingEnded:
        event = hook.parse(body, headers)
        assert isinstance(event, MeetingEnded)
        return event

    assert msgspec.structs.replace(ours(), app_key="") == floor()
    rounds = [(spent(floor), spent(ours)) for _ in range(ROUNDS)]
    least, most = (statistics.median(column) for column in zip(*rounds, strict=True))
    measured = statistics.median(mine / theirs for theirs, mine in rounds)
    values = {"times the floor": round(measured, 2), "µs": round(most, 2), "floor µs": round(least, 2)}
    return Figure("verify + parse", f"≤ {LIMIT} × hashlib + msgspec", measured <= LIMIT, values)


def spent(call: Callable[[], object]) -> float:
    started = time.process_time()
    for _ in range(CALLS):
        call()
    return (time.process_time() - started) / CALLS * 1e6
