"""Run by peers.py with the peers' Python: mutated callbacks against each of them, JSON on standard output.

An exception is declared if it is one that the library's documentation tells its users to catch.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import random
import sys
import time
from collections import Counter
from collections.abc import Callable
from importlib import import_module
from importlib.metadata import version
from typing import Any

from .mutants import Headers, mutate

TIMES = 20_000
KEY = b"peer-secret-0123456789abcdef"
BODY = b'{"type":"meeting.ended","data":{"id":112211,"subject":"DEMO","time":1600782498147,"reason":2}}'

Verify = Callable[[bytes, dict[str, str]], object]


def stripe() -> tuple[Headers, Verify, tuple[type[Exception], ...]]:
    stripe: Any = import_module("stripe")
    now = str(int(time.time()))
    sum_ = hmac.new(KEY, f"{now}.".encode() + BODY, hashlib.sha256).hexdigest()

    def verify(body: bytes, headers: dict[str, str]) -> object:
        return stripe.Webhook.construct_event(body, headers.get("stripe-signature", ""), KEY.decode())

    headers = [(b"stripe-signature", f"t={now},v1={sum_}".encode())]
    return headers, verify, (ValueError, stripe.SignatureVerificationError)


def standard(prefix: str, library: Any) -> tuple[Headers, Verify, tuple[type[Exception], ...]]:
    now = str(int(time.time()))
    sum_ = base64.b64encode(hmac.new(KEY, f"msg_1.{now}.".encode() + BODY, hashlib.sha256).digest())
    hook = library.Webhook(base64.b64encode(KEY).decode())
    headers = [
        (f"{prefix}-id", b"msg_1"),
        (f"{prefix}-timestamp", now.encode()),
        (f"{prefix}-signature", b"v1," + sum_),
    ]
    return [(name.encode(), value) for name, value in headers], hook.verify, (library.WebhookVerificationError,)


def svix() -> tuple[Headers, Verify, tuple[type[Exception], ...]]:
    return standard("svix", import_module("svix.webhooks"))


def standardwebhooks() -> tuple[Headers, Verify, tuple[type[Exception], ...]]:
    return standard("webhook", import_module("standardwebhooks.webhooks"))


def measured(name: str, seed: int) -> str:
    headers, verify, declared = {"stripe": stripe, "svix": svix, "standardwebhooks": standardwebhooks}[name]()
    genuine = {key.decode(): value.decode() for key, value in headers}
    verify(BODY, genuine)
    chance, ends = random.Random(seed), Counter[str]()
    while ends.total() < TIMES:
        body, changed = mutate(BODY, headers, chance)
        given = {key.decode("latin-1").lower(): value.decode("latin-1") for key, value in changed}
        if body == BODY and given == genuine:
            continue  # what was doubled is one again in a dictionary, which is what these libraries take
        try:
            verify(body, given)
        except declared:
            ends["declared"] += 1
        except Exception as error:
            ends[type(error).__name__] += 1
        else:
            ends["accepted" if body == BODY else "accepted with another body"] += 1
    share = ends.pop("declared") / TIMES
    return f"{share:.0%} declared, " + ", ".join(f"{count} {kind}" for kind, count in ends.most_common())


if __name__ == "__main__":
    seed = int(sys.argv[1])
    print(
        json.dumps({f"{name} {version(name)}": measured(name, seed) for name in ("stripe", "svix", "standardwebhooks")})
    )
