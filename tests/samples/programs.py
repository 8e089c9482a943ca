"""Programs of the system that a test needs."""

from __future__ import annotations

import os
import shutil

import pytest


def program(name: str, package: str) -> str:
    """Return where a program is; without it skip the test, or fail it where everything is to be run."""
    path = shutil.which(name)
    if path is not None:
        return path
    text = f"{name} is not installed (Debian: apt-get install {package})"
    if "CI" in os.environ:
        pytest.fail(text)
    pytest.skip(text)
