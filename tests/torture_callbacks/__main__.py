"""The scoreboard of callbacks: ``python -m tests.torture_callbacks [--seed 1] [--only forgery speed]``.

Prints a table and writes ``build/torture-callbacks.json``. Exits with 1 if a figure misses its target.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

from tests.torture import board
from tests.torture.figure import Figure

from . import forgery, kills, peers, speed

FIGURES: dict[str, Callable[[int], Figure]] = {
    "forgery": forgery.mutants,
    "peers": peers.beside_ours,
    "speed": speed.ratio,
    **kills.FIGURES,
}

if __name__ == "__main__":
    sys.exit(board.run(__doc__, FIGURES, Path("build/torture-callbacks.json")))
