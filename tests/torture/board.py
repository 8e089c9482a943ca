"""Runs figures, prints them as a table, and writes them as JSON."""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from .figure import Figure


def run(description: str | None, figures: Mapping[str, Callable[[int], Figure]], path: Path) -> int:
    """Run what the command line asks for; return 1 if a figure misses its target."""
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", nargs="*", default=list(figures), choices=list(figures))
    options = parser.parse_args()
    results: dict[str, dict[str, object]] = {}
    print(f"seed {options.seed}\n\n| # | figure | target | measured | | s |\n|---|---|---|---|---|---|")
    for name in options.only:
        started = time.perf_counter()
        figure = figures[name](options.seed)
        seconds = time.perf_counter() - started
        print(
            f"| {name} | {figure.name} | {figure.target} | {figure.measured} "
            f"| {'ok' if figure.met else '**missed**'} | {seconds:.0f} |",
            flush=True,
        )
        results[name] = {**figure.values, "name": figure.name, "met": figure.met, "seconds": round(seconds, 1)}
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps({"seed": options.seed, "figures": results}, indent=1) + "\n")
    return 0 if all(result["met"] for result in results.values()) else 1
