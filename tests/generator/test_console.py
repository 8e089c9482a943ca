"""The generator's commands on consoles that cannot show Chinese, and before readers that go away."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT

ENCODINGS = ["ascii", "cp1252", "shift_jis"]


def environment(encoding: str = "utf-8") -> dict[str, str]:
    return {**os.environ, "PYTHONUTF8": "0", "PYTHONIOENCODING": encoding}


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_a_difference_is_shown_on_any_console(tmp_path: Path, encoding: str) -> None:
    """All of it is missing: the difference holds every Chinese text of the contract."""
    done = subprocess.run(
        [sys.executable, "-X", "warn_default_encoding", "-m", "generator", "--check", "--out", tmp_path],
        cwd=ROOT,
        env=environment(encoding),
        capture_output=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr.count(b"\n") == 1, done.stderr
    assert b"is not what the contract gives" in done.stderr
    assert b"\\u8bae" in done.stdout


def test_a_reader_that_goes_away_ends_it_quietly(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "generator", "--check", "--out", tmp_path],
        cwd=ROOT,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 1


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_the_demo_runs_on_any_console(encoding: str) -> None:
    done = subprocess.run(
        [sys.executable, "docs/examples/demo.py"],
        cwd=ROOT,
        env=environment(encoding),
        capture_output=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert b"Everything above went over HTTP" in done.stdout
