"""Runs the cases of one peer inside its environment: python -m benchmarks.worker PEER URL [CA FILE]

Reads one order a line from standard input, such as ``{"do": "get", "calls": 100}`` or ``{"do": "get", "calls": 500,
"tasks": 100}``, and answers with the seconds of CPU, of all threads, and of wall time that each call took.
"""

from __future__ import annotations

import asyncio
import gc
import json
import sys
import time
import tracemalloc
from collections.abc import Callable
from typing import Any

from .cases import PEERS, AsyncCall, Call, Peer

LONGEST_WAVE = 15.0
"""Seconds. Whoever needs more for one wave of concurrent calls has collapsed."""


def main() -> None:
    name, url, *authority = sys.argv[1:]
    peer = PEERS[name](url, authority[0] if authority else None)
    with asyncio.Runner() as runner:
        for line in sys.stdin:
            order = json.loads(line)
            try:
                answer = carry_out(peer, runner, **order)
            except Exception as error:
                answer = {"error": f"{type(error).__name__}: {error}"[:200]}
            print(json.dumps(answer), flush=True)
        runner.run(peer.aclose())


def carry_out(peer: Peer, runner: asyncio.Runner, do: str, calls: int, tasks: int | None = None) -> dict[str, Any]:
    if do == "cases":
        return {"sync": list(peer.calls), "async": list(peer.async_calls)}
    if do == "memory":
        return {"bytes": memory(peer.calls["list100"], calls)}
    if tasks is not None:
        call = peer.async_calls[do]
        return timed(lambda: runner.run(wave(call, calls, tasks)), calls)
    return timed(lambda: repeat(peer.calls[do], calls), calls)


def timed(run: Callable[[], Any], calls: int) -> dict[str, Any]:
    gc.collect()
    cpu, wall = time.process_time(), time.perf_counter()
    run()
    return {"cpu": (time.process_time() - cpu) / calls, "wall": (time.perf_counter() - wall) / calls}


def repeat(call: Call, calls: int) -> None:
    for _ in range(calls):
        call()


async def wave(call: AsyncCall, calls: int, tasks: int) -> None:
    left = iter(range(calls))

    async def work() -> None:
        for _ in left:
            await call()

    async with asyncio.timeout(LONGEST_WAVE), asyncio.TaskGroup() as group:
        for _ in range(tasks):
            group.create_task(work())


def memory(page: Call, pages: int) -> float:
    """Return the bytes that stay for each of the 100 meetings of a decoded page."""
    page()
    gc.collect()
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    kept = [page() for _ in range(pages)]
    after = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    return (after - before) / (100 * len(kept))


if __name__ == "__main__":
    main()
