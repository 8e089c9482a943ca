"""Figure 15: 5 000 creates against a gateway that allows 100 a second, from threads and from tasks."""

from __future__ import annotations

import asyncio
import json
import socketserver
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import count
from typing import Any

from netease_meeting import AsyncMeetingClient, MeetingClient

from tests.conftest import receive, reply
from tests.figure import Figure

ALLOWED = 100
CALLS = 5_000
THREADS, TASKS = 20, 200
RATES: list[Any] = [ALLOWED, "adaptive"]


class Limited(socketserver.ThreadingTCPServer):
    """Creates accounts; answers 510 when its bucket, which holds a second's worth, is empty."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.url = f"http://127.0.0.1:{self.server_address[1]}"
        self.created = self.refused = 0
        self._tokens, self._at = float(ALLOWED), time.monotonic()
        self._numbers = count(1)
        self._lock = threading.Lock()

    def answer(self) -> bytes:
        with self._lock:
            now = time.monotonic()
            self._tokens = min(self._tokens + (now - self._at) * ALLOWED, ALLOWED)
            self._at = now
            if self._tokens < 1:
                self.refused += 1
                return reply(b'{"code":510,"msg":""}')
            self._tokens -= 1
            self.created += 1
        account = {"accountId": str(next(self._numbers)), "accountToken": "t", "imAccid": "a", "imToken": "t"}
        return reply(json.dumps({"code": 200, "ret": account}).encode())


class _Handler(socketserver.BaseRequestHandler):
    def handle(self) -> None:
        server = self.server
        assert isinstance(server, Limited)
        while receive(self.request):
            self.request.sendall(server.answer())


@contextmanager
def limited() -> Iterator[Limited]:
    server = Limited()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def from_threads(rate: Any, url: str) -> int:
    """Return how many calls succeeded."""
    with (
        MeetingClient(app_key="k", app_secret="s", base_url=url, rate=rate) as client,
        ThreadPoolExecutor(THREADS) as pool,
    ):
        return sum(bool(account) for account in pool.map(lambda _: client.accounts.create(), range(CALLS)))


def from_tasks(rate: Any, url: str) -> int:
    """Return how many calls succeeded."""

    async def main() -> int:
        calls = iter(range(CALLS))
        async with AsyncMeetingClient(app_key="k", app_secret="s", base_url=url, rate=rate) as client:

            async def work() -> int:
                return sum([bool(await client.accounts.create()) for _ in calls])

            return sum(await asyncio.gather(*(work() for _ in range(TASKS))))

    return asyncio.run(main())


def pacing(_: int) -> Figure:
    """Each rate from threads and, at the same time on another gateway, from tasks."""
    values: dict[str, object] = {}
    met = True

    def run(kind: str, rate: Any) -> tuple[str, int, float, float]:
        with limited() as server:
            begun = time.monotonic()
            succeeded = (from_threads if kind == "threads" else from_tasks)(rate, server.url)
            used = server.created / (time.monotonic() - begun) / ALLOWED
            return kind, succeeded, used, server.refused / (server.refused + server.created)

    for rate in RATES:
        with ThreadPoolExecutor(2) as pool:
            for kind, succeeded, used, refused in pool.map(run, ("threads", "tasks"), (rate, rate)):
                values[f"rate={rate!r}, {kind}"] = (
                    f"{succeeded} succeeded, {used:.1%} of the rate, {refused:.2%} refused"
                )
                met = met and succeeded == CALLS and used >= 0.9 and refused <= 0.03
    name = f"{CALLS} creates from {THREADS} threads, {TASKS} tasks, gateway allows {ALLOWED} a second"
    return Figure(name, "all succeed, at least 90 % of the rate, at most 3 % refused", met, values)
