"""Callbacks signed by the rule of the vendor's document, written once more: the package cannot vouch for itself."""

from __future__ import annotations

import json
from hashlib import md5, sha1
from typing import Any

import msgspec
from netease_meeting.webhooks import Webhook

from tests.conftest import ROOT

KEY = "app-key"
SECRET = "app-secret-1f0c"
NOW = 1_760_000_000.0
MILLIS = str(int(NOW * 1000))


def examples() -> dict[str, dict[str, Any]]:
    """Return an example of each callback, as the contract has it, by event."""
    document = json.loads((ROOT / "generated/openapi.json").read_text("utf-8"))
    return {
        item["post"]["x-sdk"]["event"]: next(
            example["value"]
            for example in item["post"]["requestBody"]["content"]["application/json;charset=utf-8"]["examples"].values()
        )
        for item in document["webhooks"].values()
    }


EXAMPLES = examples()


def encoded(message: Any) -> bytes:
    return msgspec.json.encode(message)


def signed(
    body: bytes, *, key: str = KEY, secret: str = SECRET, nonce: str = "83470216", millis: str = MILLIS
) -> dict[str, str]:
    """Return the headers the vendor would send with *body*."""
    text = f"{secret}{nonce}{millis}{md5(body).hexdigest()}"
    return {"AppKey": key, "Nonce": nonce, "CurTime": millis, "CheckSum": sha1(text.encode()).hexdigest()}


def webhook(**options: Any) -> Webhook:
    return Webhook(**{"app_key": KEY, "app_secret": SECRET, "now": lambda: NOW, **options})


BODY = encoded(EXAMPLES["MeetingEnded"])
