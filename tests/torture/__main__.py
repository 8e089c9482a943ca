"""The scoreboard of docs/decisions.md's catalogue: ``python -m tests.torture [--seed 1] [--only 1 2 7]``.

Each figure is measured through the real client; the whole takes less than ten minutes on two cores. Prints a table
and writes ``build/torture.json``. Exits with 1 if a figure misses its target.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable
from pathlib import Path

from tests import board
from tests.figure import Figure

from . import concurrency, faults, pacing, replies, signing

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
    15: pacing.pacing,
}


def main() -> int:
    logging.getLogger("netease_meeting").propagate = False  # half a million warnings about clocks are meant
    logging.getLogger("netease_meeting").addHandler(logging.NullHandler())
    return board.run(__doc__, {str(number): figure for number, figure in FIGURES.items()}, Path("build/torture.json"))


if __name__ == "__main__":
    sys.exit(main())
