"""Figures to Markdown: the targets first, then every peer."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from .measure import Results, Task

Row = Sequence[str | int | float]


@dataclass(frozen=True)
class Target:
    """A promise: *value* against *bound*, from below or above."""

    figure: str
    value: float | None
    bound: float
    at_least: bool = False

    @property
    def met(self) -> bool:
        if self.value is None:
            return False
        return self.value >= self.bound if self.at_least else self.value <= self.bound

    def row(self) -> Row:
        sign = "≥" if self.at_least else "≤"
        value = "failed" if self.value is None else f"{self.value:.3f}" if self.value < 0.1 else f"{self.value:.2f}"
        return self.figure, value, f"{sign} {self.bound:.2f}", "met" if self.met else "**missed**"


def ratio(results: Results, task: Task, ours: str, theirs: str) -> float | None:
    """Return the ratio of CPU medians, or ``None`` where one of the two failed."""
    pair = results[ours, task], results[theirs, task]
    return None if any(samples.error for samples in pair) else pair[0].cpu_median / pair[1].cpu_median


def speed(results: Results, peer: str, task: Task) -> float | None:
    """Return the calls a second, or ``None`` where the peer failed."""
    samples = results[peer, task]
    return None if samples.error else 1e6 / samples.wall_median


def quotient(part: float | None, whole: float | None) -> float | None:
    return None if part is None or whole is None else part / whole


def table(head: Sequence[str], rows: Iterable[Row]) -> str:
    lines = ["| " + " | ".join(head) + " |", "|---" * len(head) + "|"]
    lines += ["| " + " | ".join(map(str, row)) + " |" for row in rows]
    return "\n".join(lines) + "\n"


def calls(results: Results, task: Task, base: str) -> str:
    """Return the table of one task: CPU and wall time of every peer beside *base*."""
    unit = results[base, task]
    rows: list[Row] = []
    for (peer, done), samples in sorted(results.items(), key=lambda item: item[1].cpu_median if item[1].cpu else 1e9):
        if done != task:
            continue
        if samples.error:
            rows.append((peer, f"failed: {samples.error.partition(':')[0]}", "", "", ""))
        elif unit.error:
            rows.append((peer, "–", f"{samples.cpu_median:.0f}", "–", f"{1e6 / samples.wall_median:.0f}"))
        else:
            cpu, wall = samples.cpu_median / unit.cpu_median, samples.wall_median / unit.wall_median
            rows.append(
                (peer, f"{cpu:.2f}", f"{samples.cpu_median:.0f}", f"{wall:.2f}", f"{1e6 / samples.wall_median:.0f}")
            )
    return table(("client", f"CPU / {base}", "CPU, µs", f"time / {base}", "calls a second"), rows)


def imports(times: Mapping[str, float], base: str) -> str:
    rows = [
        (f"`{program}`", f"{milliseconds / times[base]:.3f}", f"{milliseconds:.1f}")
        for program, milliseconds in sorted(times.items(), key=lambda item: item[1])
    ]
    return table(("program", f"CPU / `{base}`", "CPU, ms"), rows)


def circumstances(command: str) -> str:
    """Return when, where and how: what a reader needs to judge the figures or to repeat them."""
    model = next(
        (line.partition(":")[2].strip() for line in _cpuinfo() if line.startswith("model name")), platform.processor()
    )
    return (
        f"{date.today().isoformat()} · `{command}` · {model}, {os.cpu_count()} cores · {platform.system()} "
        f"{platform.release().partition('-')[0]} · Python {platform.python_version()} · "
        f"load at the end {os.getloadavg()[0]:.1f}\n"
    )


def _cpuinfo() -> list[str]:
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as file:
            return file.read().splitlines()
    except OSError:
        return []
