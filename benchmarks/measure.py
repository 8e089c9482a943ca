"""Taking figures: one worker process per peer, asked in shuffled order, round by round."""

from __future__ import annotations

import json
import random
import statistics
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any

from .environments import PEERS, ROOT, python, variables


@dataclass(frozen=True)
class Task:
    """What a worker is asked for: so many calls of a case, from so many asyncio tasks where *tasks* is given."""

    do: str
    calls: int
    tasks: int | None = None


@dataclass
class Samples:
    """What every round gave for one peer and task, in microseconds a call."""

    cpu: list[float] = field(default_factory=list)
    wall: list[float] = field(default_factory=list)
    error: str | None = None

    @property
    def cpu_median(self) -> float:
        return statistics.median(self.cpu)

    @property
    def wall_median(self) -> float:
        return statistics.median(self.wall)


Results = dict[tuple[str, Task], Samples]


class Worker:
    """A process in a peer's environment."""

    def __init__(self, environment: str, peer: str, url: str, authority: Path | None = None) -> None:
        self._peer = peer
        environ = variables(PYTHONPATH=str(PEERS), PYTHONHASHSEED="0")
        command = [str(python(environment)), "-m", "benchmarks.worker", peer, url]
        if authority is not None:
            command.append(str(authority))
            environ["SSL_CERT_FILE"] = str(authority)
        self._process = subprocess.Popen(
            command, cwd=ROOT, env=environ, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def ask(self, **order: Any) -> Any:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        try:
            self._process.stdin.write(json.dumps(order) + "\n")
            self._process.stdin.flush()
            return json.loads(self._process.stdout.readline())
        except (OSError, ValueError):
            raise SystemExit(f"the worker of {self._peer} ended") from None

    def __enter__(self) -> Worker:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        assert self._process.stdin is not None
        with suppress(OSError):
            self._process.stdin.close()
        try:
            self._process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


@contextmanager
def stub_server(*options: str) -> Iterator[int]:
    """Run the stub server and give its port."""
    process = subprocess.Popen(
        [str(python("tools")), "-m", "benchmarks.server", *options], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    try:
        assert process.stdout is not None
        yield int(process.stdout.readline())
    finally:
        process.terminate()
        process.wait()


@contextmanager
def workers(environments: Mapping[str, str], url: str, authority: Path | None = None) -> Iterator[dict[str, Worker]]:
    """Start a worker for each peer of *environments*."""
    with ExitStack() as stack:
        yield {
            peer: stack.enter_context(Worker(environment, peer, url, authority))
            for peer, environment in environments.items()
        }


def interleave(running: Mapping[str, Worker], tasks: Sequence[Task], rounds: int) -> Results:
    """Ask every worker for every task it knows, in a new order each round; the first round only warms up.

    A peer that fails at a task is not asked for it again.
    """
    shuffle = random.Random(5)
    known = {peer: worker.ask(do="cases", calls=0) for peer, worker in running.items()}
    pairs = [
        (peer, task)
        for task in tasks
        for peer in running
        if task.do in known[peer]["sync" if task.tasks is None else "async"]
    ]
    results: Results = {pair: Samples() for pair in pairs}
    for number in range(rounds + 1):
        shuffle.shuffle(pairs)
        for peer, task in pairs:
            samples = results[peer, task]
            if samples.error is not None:
                continue
            order = {"do": task.do, "calls": task.calls, **({} if task.tasks is None else {"tasks": task.tasks})}
            answer = running[peer].ask(**order)
            if "error" in answer:
                samples.error = answer["error"]
                print(f"{peer}: {task.do}, {task.tasks} tasks: {samples.error}", file=sys.stderr, flush=True)
            elif number > 0:
                samples.cpu.append(answer["cpu"] * 1e6)
                samples.wall.append(answer["wall"] * 1e6)
    return results
