"""The same harm done to the callbacks of others: stripe, svix and standardwebhooks, as they are published today."""

from __future__ import annotations

import json
import subprocess
import sys
import venv
from pathlib import Path

from tests.torture.figure import Figure

HOME = Path("build/peers-callbacks")
PACKAGES = ("stripe", "svix", "standardwebhooks")


def beside_ours(seed: int) -> Figure:
    """Run ``peer.py`` in an environment that holds nothing but the peers."""
    python = HOME / "bin/python"
    if not python.exists():
        venv.create(HOME, with_pip=True, clear=True)
    install = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *PACKAGES]
    subprocess.run(install, check=True)
    run = [str(python), "-m", "tests.torture_callbacks.peer", str(seed)]
    done = subprocess.run(run, check=True, capture_output=True, text=True)
    results = json.loads(done.stdout)
    python_here = ".".join(map(str, sys.version_info[:2]))
    return Figure(
        f"the same to 20 000 callbacks of others (Python {python_here})", "none: for comparison", True, results
    )
