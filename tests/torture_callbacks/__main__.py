"""The callbacks' scoreboard: ``python -m tests.torture_callbacks [--seed 1] [--only kills-sqlite …]``.

Prints a table and writes ``build/torture-callbacks.json``. Exits with 1 if a figure misses its target.
"""

from __future__ import annotations

import argparse
import json
import logging
import sys
import time
from collections.abc import Callable
from pathlib import Path

from ..torture.figure import Figure
from . import kills

FIGURES: dict[str, Callable[[int], Figure]] = {**kills.FIGURES}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", nargs="*", default=list(FIGURES), choices=list(FIGURES))
    options = parser.parse_args()
    logging.getLogger("netease_meeting").addHandler(logging.NullHandler())
    logging.getLogger("netease_meeting").propagate = False
    results: dict[str, dict[str, object]] = {}
    print(f"seed {options.seed}\n\n| | figure | target | measured | | s |\n|---|---|---|---|---|---|")
    for name in options.only:
        started = time.perf_counter()
        figure = FIGURES[name](options.seed)
        seconds = time.perf_counter() - started
        verdict = "ok" if figure.met else "**missed**"
        print(
            f"| {name} | {figure.name} | {figure.target} | {figure.measured} | {verdict} | {seconds:.0f} |", flush=True
        )
        results[name] = {**figure.values, "name": figure.name, "met": figure.met, "seconds": round(seconds, 1)}
    path = Path("build/torture-callbacks.json")
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps({"seed": options.seed, "figures": results}, indent=1) + "\n")
    return 0 if all(result["met"] for result in results.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
