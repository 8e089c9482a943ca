"""A million forged callbacks, and genuine ones with bodies that a broken sender could sign."""

from __future__ import annotations

import random
from collections import Counter
from hashlib import md5, sha1

from netease_meeting.errors import WebhookError

from tests.callbacks.signed import EXAMPLES, KEY, MILLIS, SECRET, encoded, signed, webhook
from tests.callbacks.test_verify import extended, padding
from tests.torture.figure import Figure

from .mutants import Headers, bitten, mutate

FORGED = 1_000_000
MANGLED = 200_000
BODIES = [encoded(message) for message in EXAMPLES.values()]


def mutants(seed: int) -> Figure:
    """Hand every one to ``parse``, as text and as bytes, and count what comes back."""
    chance = random.Random(seed)
    hook = webhook(app_secret=["another-secret", SECRET])
    ends: Counter[str] = Counter()
    for _ in range(FORGED):
        body, headers = forged(chance)
        text = [(name.decode("latin-1"), value.decode("latin-1")) for name, value in headers]
        try:
            hook.parse(body, headers if chance.random() < 0.5 else text)
        except WebhookError:
            ends["refused"] += 1
        except Exception:
            ends["undeclared"] += 1
        else:
            ends["accepted"] += 1
    for _ in range(MANGLED):
        body = bitten(bitten(chance.choice(BODIES), chance), chance)
        try:
            hook.parse(body, signed(body))
        except WebhookError:
            ends["signed, no message"] += 1
        except Exception:
            ends["undeclared"] += 1
        else:
            ends["signed, an event"] += 1
    values = {
        "forged": FORGED,
        "accepted": ends["accepted"],
        "signed but mangled": MANGLED,
        "of these events": ends["signed, an event"],
        "undeclared exceptions": ends["undeclared"],
    }
    met = ends["refused"] == FORGED and ends["undeclared"] == 0
    return Figure("mutated callbacks", "0 accepted, 0 undeclared exceptions", met, values)


def forged(chance: random.Random) -> tuple[bytes, Headers]:
    """Return a request that was not signed with the secret for this body, these headers and this time."""
    body = chance.choice(BODIES)
    kind = chance.random()
    if kind < 0.80:
        return mutate(body, raw(signed(body, nonce=str(chance.randrange(10**7, 10**8)))), chance)
    if kind < 0.85:  # SHA-1 extended from a request that was seen
        nonce, time = str(chance.randrange(10**7, 10**8)).encode(), MILLIS[:-3].encode()
        length = chance.randrange(1, 65) + len(nonce) + len(time)
        seen = sha1(SECRET.encode() + nonce + time).hexdigest()
        sum_ = extended(seen, length, MILLIS.encode() + md5(body).hexdigest().encode())
        longer = nonce + time + padding(length)
        return body, [
            (b"AppKey", KEY.encode()),
            (b"Nonce", longer),
            (b"CurTime", MILLIS.encode()),
            (b"CheckSum", sum_.encode()),
        ]
    if kind < 0.90:  # zeros moved from the nonce to the time
        zeros = "0" * chance.randrange(1, 9)
        headers = signed(body, nonce=f"12345678{zeros}")
        return body, raw({**headers, "Nonce": "12345678", "CurTime": zeros + MILLIS})
    if kind < 0.95:  # too old, too early, in seconds
        age = chance.choice((7501, 86400, 10**8, -301, -86400)) * 1000
        millis = chance.choice((str(int(MILLIS) - age), MILLIS[:-3]))
        return body, raw(signed(body, millis=millis))
    return body, raw(signed(body, secret=f"{chance.getrandbits(64):x}", key=chance.choice((KEY, "another-key"))))


def raw(headers: dict[str, str]) -> Headers:
    return [(name.encode(), value.encode()) for name, value in headers.items()]
