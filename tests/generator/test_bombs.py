"""Documents made to exhaust the machine: refused before they can."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.generator.contracts import small

ALIASES = "\n".join(["a0: &a0 [x, x]"] + [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 40)])
MERGES = "a: &a {x: 1}\n" + "\n".join(f"k{n}: {{<<: *a}}" for n in range(1000))
LIMIT = 100 * 2**20


def bombs() -> dict[str, str]:
    contract = json.dumps(small())
    long_key = "k" * 1_000_000
    return {
        "aliases": ALIASES,
        "merge keys": MERGES,
        "deep lists": "a: " + "[" * 200_000,
        "deep mappings": '{"a":' * 200_000,
        "deep blocks": "\n".join(" " * n + "a:" for n in range(3_000)),
        "a million elements": "a: [" + "1," * 1_000_000 + "]",
        "seven million characters": "a: " + "x" * 7_000_000,
        "nine million characters": "a: " + "x" * 9_000_000,
        "a long key": contract[:-1] + f', "{long_key}": 1}}',
        "a number of a million digits": "a: " + "9" * 1_000_000,
        "binary": "\x00\x01\x02",
    }


@pytest.mark.parametrize("name", bombs())
def test_a_bomb_is_refused(tmp_path: Path, name: str) -> None:
    """One line with the place, no traceback, within a memory limit the kernel enforces."""
    path = tmp_path / "openapi.yaml"
    path.write_text(bombs()[name], "utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "generator", "--spec", str(path), "--out", str(tmp_path / "out")],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_DATA, (LIMIT, LIMIT)),
    )
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert "openapi.yaml:" in done.stderr
    assert len(done.stderr) < 2_000
    assert not (tmp_path / "out").exists()


def test_a_bomb_in_a_file_that_is_referred_to_is_refused_too(tmp_path: Path) -> None:
    contract = small()
    contract["paths"]["/v1/thing/get"] = {"$ref": "more.yaml#/thing"}
    (tmp_path / "openapi.yaml").write_text(json.dumps(contract), "utf-8")
    (tmp_path / "more.yaml").write_text(ALIASES, "utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "generator", "--spec", str(tmp_path / "openapi.yaml"), "--out", str(tmp_path / "out")],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "more.yaml:2: " in done.stderr or "more.yaml:1: " in done.stderr
