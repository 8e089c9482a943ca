"""Figures 4 to 6: vectors, nonces, clocks."""

from __future__ import annotations

import multiprocessing
import re
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from netease_meeting import Attempt, MeetingClient, Reply, TransportError, Webhook, errors
from netease_meeting._runtime.signing import Scheme, new_nonce
from netease_meeting._runtime.transport import Header
from netease_meeting.sandbox import Sandbox
from netease_meeting.sandbox.document import shipped
from netease_meeting.sandbox.signatures import Parts, sign
from netease_meeting.sandbox.wire import SandboxTransport
from netease_meeting.signing import BODY_DIGEST, CALLBACK_CHECK_SUM, CHECK_SUM

from tests.figure import Figure
from tests.runtime.test_signing import VECTORS, digest

DOCUMENT = shipped()
MILLIS = re.compile("[1-9][0-9]{12}")


def vectors(seed: int) -> Figure:
    """Signatures of the vendor's Java reference: made by the client, and recognised by it in callbacks."""
    columns = {
        "request_checksum": CHECK_SUM,
        "callback_checksum": CALLBACK_CHECK_SUM,
        "anonymous_authorization": BODY_DIGEST,
    }
    total = len(VECTORS) * 3
    client = sum(digest(scheme, vector) == vector[column] for vector in VECTORS for column, scheme in columns.items())
    sandbox = sum(
        recomputed(scheme, vector) == vector[column] for vector in VECTORS for column, scheme in columns.items()
    )
    callbacks = [vector for vector in VECTORS if MILLIS.fullmatch(vector["cur_time"])]
    verified = sum(accepts(vector, "") for vector in callbacks)
    spoilt = sum(accepts(vector, " ") for vector in callbacks)
    values = {
        "signed by the client": f"{client}/{total}",
        "by the sandbox's own code": f"{sandbox}/{total}",
        "callbacks verified": f"{verified}/{len(callbacks)}",
        "of them spoilt": spoilt,
    }
    met = client == sandbox == total and verified == len(callbacks) > 0 and not spoilt
    return Figure("signatures of the Java reference, both directions", "all, 0 spoilt", met, values)


def recomputed(scheme: Scheme, vector: dict[str, str]) -> str:
    """Return the digest as the sandbox computes it, from the contract's data and with none of the client's code."""
    time = vector["cur_time"]
    parts = Parts("key", vector["app_secret"], vector["nonce"], time, time, vector["body"].encode())
    return sign(DOCUMENT.signatures[scheme.name]["headers"], parts)[next(iter(scheme.digests))]


def accepts(vector: dict[str, str], added: str) -> bool:
    """Whether a receiver takes the vendor's callback with something *added* to its body."""
    moment = int(vector["cur_time"]) / 1000
    receiver = Webhook(app_key="key", app_secret=vector["app_secret"], now=lambda: moment)
    headers = {
        "AppKey": "key",
        "Nonce": vector["nonce"],
        "CurTime": vector["cur_time"],
        "CheckSum": vector["callback_checksum"],
    }
    try:
        receiver.verify((vector["body"] + added).encode(), headers)
    except errors.WebhookError:
        return False
    return True


def batch(count: int) -> list[bytes]:
    with ThreadPoolExecutor(100) as threads:
        parts = threads.map(lambda size: [new_nonce() for _ in range(size)], [count // 100] * 100)
        return [nonce for part in parts for nonce in part]


def nonces(seed: int) -> Figure:
    """10 000 000 nonces of 8 forks with 100 threads each."""
    seen: set[bytes] = set()
    total = 0
    with multiprocessing.get_context("fork").Pool(8) as pool:
        for part in pool.imap_unordered(batch, [125_000] * 80):
            seen.update(part)
            total += len(part)
    unreachable = Unreachable()
    urls = [f"https://gateway{number}.example" for number in range(10)]
    client = MeetingClient(app_key="k", app_secret="s", base_url=urls, transport=unreachable, max_retries=0)
    for _ in range(1000):
        works(client)
    signed = unreachable.signed
    late = sum(abs(int(time) - at) > 1 for _, time, at in signed)
    stale = len(signed) - len({nonce for nonce, _, _ in signed})
    values = {
        "made": total,
        "duplicates": total - len(seen),
        "attempts signed": len(signed),
        "with an old nonce": stale,
        "with an old time": late,
    }
    met = total == len(seen) == 10_000_000 and len(signed) == 10_000 and stale == late == 0
    return Figure("nonces of 8 forks × 100 threads; every attempt signed afresh", "0 duplicates, 0 old", met, values)


class Unreachable:
    """A network on which no gateway answers; keeps what each attempt was signed with, and when."""

    def __init__(self) -> None:
        self.signed: list[tuple[bytes, bytes, float]] = []

    def send(self, url: str, headers: Sequence[Header], body: bytes, deadline: float) -> Reply:
        found = dict(headers)
        self.signed.append((found[b"Nonce"], found[b"CurTime"], time.time()))
        raise TransportError("refused", sent=False)

    def close(self) -> None:
        pass


class Watched:
    """A sandbox whose clock is ahead, and how many requests reached it."""

    def __init__(self, ahead: float) -> None:
        self.ahead = ahead
        self.step = 0.0
        self.sandbox = Sandbox(now=lambda: time.time() + self.ahead)
        self.client = self.sandbox.client(on_attempt=self._move)

    def _move(self, attempt: Attempt) -> None:
        """Move the clock by a step that is due, once the first attempt is over."""
        self.ahead += self.step
        self.step = 0.0

    @property
    def requests(self) -> int:
        return len(self.sandbox.requests)


def skew(seed: int) -> Figure:
    """Clocks from half an hour behind to half an hour ahead, a step between two attempts, and a key that is wrong."""
    recovered = extra = most = steps = stepped = 0
    offsets = range(-1800, 1801, 15)
    for ahead in offsets:
        watched = Watched(ahead)
        recovered += works(watched.client)
        most = max(most, watched.requests - 1)
        if ahead % 60:
            continue
        steps += 1
        watched.sandbox.faults.add({"operation": "accounts.create", "status": 429})
        watched.step = 600 if ahead < 0 else -600
        before = watched.requests
        stepped += works(watched.client)
        most = max(most, watched.requests - before - 2)  # the one that was throttled, and its retry
    for ahead in (0, 900, -900):
        watched = Watched(ahead)
        wrong = MeetingClient(
            app_key="sandbox-key",
            app_secret="not-the-secret",
            base_url="http://127.0.0.1",
            transport=SandboxTransport(watched.sandbox),
        )
        assert not works(wrong)
        extra = max(extra, watched.requests - 1)
    values = {
        "recovered": f"{recovered}/{len(offsets)}",
        "after a step in mid-retry": f"{stepped}/{steps}",
        "most extra requests": most,
        "for a wrong key": extra,
    }
    met = recovered == len(offsets) and stepped == steps and most <= 1 and extra == 1
    return Figure("clocks from −30 to +30 min", "all recover with ≤ 1 extra request; wrong key: exactly 1", met, values)


def works(client: MeetingClient) -> bool:
    try:
        client.accounts.create()
    except errors.MeetingError:
        return False
    return True
