"""Measure everything and write benchmarks/results/: ``make bench``, or ``python -m benchmarks [--quick]``."""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from . import distance, environments, generate, imports, plot
from .measure import Results, Task, interleave, stub_server, workers
from .report import Target, calls, circumstances, quotient, ratio, speed, table
from .report import imports as imports_table

HERE = Path(__file__).resolve().parent
RESULTS = HERE / "results"

OURS, TURBO, NAIVE = "netease-meeting", "netease-meeting[turbo]", "httpx"
STOCK = "openapi-python-client"
SYNC = {
    OURS: OURS,
    TURBO: OURS,
    **{name: name for name in ("httpx", "httpx2", "requests", "pyreqwest", STOCK, "openapi-generator", "wemeet")},
}
ASYNC = {OURS: OURS, TURBO: OURS, **{name: name for name in ("httpx", "httpx2", "aiohttp", "pyreqwest", STOCK)}}
FLOOR = {OURS: OURS, "floor": OURS, "callbacks": OURS}
"""Each peer and its environment."""

GET, LIST_100, CALLBACK = Task("get", 150), Task("list100", 50), Task("callback", 3000)
WAVES = [Task("get", calls, tasks) for tasks, calls in ((1, 100), (10, 200), (100, 300), (250, 500), (500, 1000))]
AT_100, AT_500 = WAVES[2], WAVES[4]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="few rounds: does it work, not how fast is it")
    quick: bool = parser.parse_args().quick
    environments.build()

    with stub_server() as port:
        url = f"http://127.0.0.1:{port}"
        with stage("sync"), workers(SYNC, url) as running:
            sync = interleave(running, [GET, LIST_100], 2 if quick else 25)
        waves: Results = {}
        with stage("async"):
            for task in WAVES:  # each with new workers: whoever collapses in one wave may begin the next one afresh
                with workers(ASYNC, url) as running:
                    waves |= interleave(running, [task], 1 if quick else 5)
        with stage("memory, callbacks"), workers(FLOOR, url) as running:
            floor = interleave(running, [CALLBACK], 2 if quick else 25)
            memory = [running[peer].ask(do="memory", calls=50)["bytes"] for peer in (OURS, "floor")]
        with stage("imports"):
            started = imports.measure(url, 1 if quick else 11)
    with stage("generators"):
        sizes = {15: 1} if quick else {15: 5, 1000: 1}
        generated = {size: generate.compare(size, rounds) for size, rounds in sizes.items()}
    with stage("TLS and 20 ms"):
        far = distance.measure({OURS: OURS, TURBO: OURS, NAIVE: NAIVE}, 1 if quick else 5)

    targets = [
        Target("sync `get` / naive httpx", ratio(sync, GET, OURS, NAIVE), 0.60),
        Target("sync `list` of 100 / naive httpx", ratio(sync, LIST_100, OURS, NAIVE), 0.50),
        Target("the same / stock openapi-python-client", ratio(sync, LIST_100, OURS, STOCK), 0.16),
        Target("async `get`, 100 tasks / httpx", ratio(waves, AT_100, OURS, NAIVE), 0.20),
        Target(
            "async `get`, calls a second: 500 tasks / 100 tasks",
            quotient(speed(waves, OURS, AT_500), speed(waves, OURS, AT_100)),
            0.70,
            at_least=True,
        ),
        Target("turbo: sync `get` / naive httpx", ratio(sync, GET, TURBO, NAIVE), 0.25),
        Target(
            "turbo: async `get`, 100 tasks, calls a second / aiohttp",
            quotient(speed(waves, TURBO, AT_100), speed(waves, "aiohttp", AT_100)),
            1.0,
            at_least=True,
        ),
        Target("`import netease_meeting` / `import httpx`", started[imports.OURS] / started[imports.HTTPX], 0.15),
        Target(
            "first call answered / the same with httpx", started[imports.FIRST] / started[imports.HTTPX_FIRST], 1.05
        ),
        Target(
            "`import netease_meeting.webhooks` / `import httpx`",
            started[imports.WEBHOOKS] / started[imports.HTTPX],
            0.45,
        ),
        Target("memory of a decoded Meeting / msgspec Struct", memory[0] / memory[1], 1.10),
        Target("verify and parse a callback / hashlib + msgspec", ratio(floor, CALLBACK, "callbacks", "floor"), 1.20),
        *(
            Target(
                f"`make generate` / openapi-python-client, {size} operations", ours / stock, {15: 0.7, 1000: 0.25}[size]
            )
            for size, (ours, stock) in generated.items()
        ),
    ]
    sections = [
        "# Benchmarks\n",
        circumstances("make bench" if not quick else "python -m benchmarks --quick"),
        "Every client in an environment and a process of its own, all against one stub server process on loopback, "
        "asked in shuffled order, round by round; medians. CPU is that of the client's process, all threads. The "
        "microseconds are this machine's: only ratios within one table mean anything. Each call is signed; ours also "
        "checks the arguments, the code and the envelope and returns typed objects; naive httpx is "
        "`client.post(json=…).json()`.\n",
        "![CPU per call, and calls per second over concurrency](benchmarks.svg)\n",
        "## Targets\n",
        table(("figure", "measured", "target", ""), [target.row() for target in targets]),
        "## A single call: `get`, 547 bytes\n",
        calls(sync, GET, NAIVE),
        "wemeet is another vendor's client and calls another API: its meeting, with the same facts.\n",
        "## A page: `list` of 100, 46.7 kB\n",
        calls(sync, LIST_100, NAIVE),
        *(part for task in WAVES for part in (f"## asyncio, {task.tasks} tasks: `get`\n", calls(waves, task, NAIVE))),
        "## Until the first call\n",
        imports_table(started, imports.HTTPX),
        "## Generating\n",
        table(
            ("operations", "ours, CPU s", "openapi-python-client, CPU s", "ratio"),
            [(size, f"{a:.2f}", f"{b:.2f}", f"{a / b:.2f}") for size, (a, b) in generated.items()],
        ),
        "## What remains at a distance\n",
        "The same over TLS with 20 ms between a request and its answer, on connections that are kept open.\n",
        *(part for task in distance.TASKS for part in (f"### {distance.title(task)}\n", calls(far, task, NAIVE))),
        distance.REMAINS,
    ]
    folder = HERE.parent / "build" / "bench" / "quick" if quick else RESULTS
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "results.md").write_text("\n".join(sections), encoding="utf-8")
    draw(folder / "benchmarks.svg", sync, waves)
    print((folder / "results.md").read_text(encoding="utf-8").partition("## A single call")[0])
    print(f"written to {folder}")


@contextmanager
def stage(name: str) -> Iterator[None]:
    started = time.monotonic()
    yield
    print(f"{name}: {time.monotonic() - started:.0f} s", file=sys.stderr, flush=True)


def draw(path: Path, sync: Results, waves: Results) -> None:
    data: plot.Data = {
        "bars": {
            title: {
                peer: samples.cpu_median
                for (peer, task), samples in sync.items()
                if task == wanted and samples.error is None
            }
            for title, wanted in (("get", GET), ("list of 100", LIST_100))
        },
        "lines": {
            peer: {str(task.tasks): calls for task in WAVES if (calls := speed(waves, peer, task)) is not None}
            for peer in ASYNC
        },
    }
    with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
        json.dump(data, file)
        file.flush()
        subprocess.run([str(environments.python("tools")), str(HERE / "plot.py"), file.name, str(path)], check=True)


if __name__ == "__main__":
    main()
