"""Figures 4 to 6: vectors, nonces, clocks."""

from __future__ import annotations

import multiprocessing
import time
from concurrent.futures import ThreadPoolExecutor

from netease_meeting import MeetingClient, errors
from netease_meeting._runtime.signing import new_nonce
from netease_meeting.sandbox import Sandbox
from netease_meeting.sandbox.wire import SandboxTransport
from netease_meeting.signing import BODY_DIGEST, CALLBACK_CHECK_SUM, CHECK_SUM

from tests.figure import Figure
from tests.runtime.test_signing import VECTORS, digest


def vectors(seed: int) -> Figure:
    """Signatures of the vendor's Java reference: made by the client, and recognised by it in callbacks."""
    columns = {
        "request_checksum": CHECK_SUM,
        "callback_checksum": CALLBACK_CHECK_SUM,
        "anonymous_authorization": BODY_DIGEST,
    }
    equal = sum(digest(scheme, vector) == vector[column] for vector in VECTORS for column, scheme in columns.items())
    values = {"equal": f"{equal}/{len(VECTORS) * 3}"}
    return Figure("signatures of the Java reference", "all", equal == len(VECTORS) * 3, values)


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
    values = {"made": total, "duplicates": total - len(seen)}
    return Figure("nonces of 8 forks × 100 threads", "0 duplicates", total == len(seen) == 10_000_000, values)


class Watched:
    """A sandbox whose clock is ahead, and how many requests reached it."""

    def __init__(self, ahead: float) -> None:
        self.ahead = ahead
        self.sandbox = Sandbox(now=lambda: time.time() + self.ahead)
        self.client = self.sandbox.client()

    @property
    def requests(self) -> int:
        return len(self.sandbox.requests)


def skew(seed: int) -> Figure:
    """Clocks from half an hour behind to half an hour ahead, a step in between, and a key that is wrong."""
    recovered = extra = most = 0
    offsets = range(-1800, 1801, 15)
    for ahead in offsets:
        watched = Watched(ahead)
        recovered += works(watched.client)
        most = max(most, watched.requests - 1)
        watched.ahead += 600 if ahead < 0 else -600
        before = watched.requests
        recovered += works(watched.client)
        most = max(most, watched.requests - before - 1)
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
    values = {"recovered": f"{recovered}/{len(offsets) * 2}", "most extra requests": most, "for a wrong key": extra}
    met = recovered == len(offsets) * 2 and most <= 1 and extra == 1
    return Figure("clocks from −30 to +30 min", "all recover with ≤ 1 extra request; wrong key: exactly 1", met, values)


def works(client: MeetingClient) -> bool:
    try:
        client.accounts.create()
    except errors.MeetingError:
        return False
    return True
