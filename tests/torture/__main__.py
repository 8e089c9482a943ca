"""The scoreboard of docs/decisions.md's catalogue: ``python -m tests.torture [--seed 1] [--only 1 2 7]``.

Each figure is measured through the real client; the whole takes less than ten minutes on two cores. Prints a table
and writes ``build/torture.json``. Exits with 1 if a figure misses its target.
"""

from __future__ import annotations

import argparse
import json
import logging
import sys
import time
from collections.abc import Callable
from pathlib import Path

from tests.figure import Figure

from . import concurrency, faults, replies, signing

FIGURES: dict[int, Callable[[int], Figure]] = {
    1: faults.mixed_calls,
    2: faults.duplicates,
    3: faults.outage,
    4: signing.vectors,
    5: signing.nonces,
    6: signing.skew,
    7: replies.mutated,
    9: replies.hygiene,
    10: concurrency.cancellation,
    11: concurrency.threads_and_forks,
    14: replies.hostile_contracts,
}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", type=int, nargs="*", default=sorted(FIGURES), choices=sorted(FIGURES))
    options = parser.parse_args()
    logging.getLogger("netease_meeting").propagate = False  # half a million warnings about clocks are meant
    logging.getLogger("netease_meeting").addHandler(logging.NullHandler())
    results: dict[str, dict[str, object]] = {}
    print(f"seed {options.seed}\n\n| # | figure | target | measured | | s |\n|---|---|---|---|---|---|")
    for number in options.only:
        started = time.perf_counter()
        figure = FIGURES[number](options.seed)
        seconds = time.perf_counter() - started
        print(
            f"| {number} | {figure.name} | {figure.target} | {figure.measured} "
            f"| {'ok' if figure.met else '**missed**'} | {seconds:.0f} |",
            flush=True,
        )
        results[str(number)] = {**figure.values, "name": figure.name, "met": figure.met, "seconds": round(seconds, 1)}
    path = Path("build/torture.json")
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps({"seed": options.seed, "figures": results}, indent=1) + "\n")
    return 0 if all(result["met"] for result in results.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
