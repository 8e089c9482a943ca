"""Every sample that is published is run, as it stands but for the ids of the example, and its call succeeds."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from netease_meeting.sandbox.core import APP_KEY, APP_SECRET
from netease_meeting.sandbox.server import Server

from generator.ir import Api, Operation
from generator.samples import samples
from tests.conftest import ROOT
from tests.samples.programs import program
from tests.samples.staging import stage

Run = Callable[[str], str]
"""Runs a program; returns what it printed."""

LONGEST_LINE = 100


def environment(server: Server) -> dict[str, str]:
    return {
        "PATH": os.environ["PATH"],
        "LANG": "C.UTF-8",
        "NETEASE_MEETING_BASE_URL": server.url,
        "NETEASE_MEETING_APP_KEY": APP_KEY,
        "NETEASE_MEETING_APP_SECRET": APP_SECRET,
    }


def source(api: Api, operation: Operation, label: str) -> str:
    return next(sample["source"] for sample in samples(api, operation) if sample["label"] == label)


def succeed(api: Api, server: Server, label: str, run: Run) -> dict[str, str]:
    """Run the sample of every operation; return what each printed."""
    printed: dict[str, str] = {}
    for operation in api.operations:
        text = source(api, operation, label)
        written = stage(server.sandbox, operation)
        before = len(server.sandbox.requests)
        printed[operation.id] = run(written(text))
        (request,) = list(server.sandbox.requests)[before:]
        assert request["operation"] == operation.name
        assert request["code"] == api.envelope.success, request
    return printed


def answers(api: Api, printed: dict[str, str]) -> None:
    """Check that what was printed is the answer of a success."""
    for operation in api.operations:
        answer = json.loads(printed[operation.id])
        assert answer["code"] == api.envelope.success
        assert (operation.result is not None) == ("ret" in answer)


def test_curl(api: Api, server: Server) -> None:
    shell = program("sh", "dash")
    program("curl", "curl")

    def run(text: str) -> str:
        return subprocess.run(
            [shell], input=text, env=environment(server), text=True, capture_output=True, check=True, timeout=60
        ).stdout

    answers(api, succeed(api, server, "curl", run))


@pytest.mark.parametrize("label", ["Python", "Python (async)"])
def test_python(api: Api, server: Server, label: str) -> None:
    def run(text: str) -> str:
        return subprocess.run(
            [sys.executable, "-W", "error", "-"],
            input=text,
            env=environment(server),
            text=True,
            capture_output=True,
            check=True,
            timeout=60,
        ).stdout

    printed = succeed(api, server, label, run)
    for operation in api.operations:
        rows = operation.row or operation.returns.removeprefix("list[").removesuffix("]")
        assert (rows in printed[operation.id]) == (operation.result is not None)


def test_java(api: Api, server: Server, tmp_path: Path) -> None:
    with java_runner(server, tmp_path) as run:
        answers(api, succeed(api, server, "Java", run))


def test_java_needs_no_build(api: Api, server: Server, tmp_path: Path) -> None:
    operation = next(operation for operation in api.operations if len(operation.schemes) > 1)
    file = tmp_path / "Sample.java"
    file.write_text(stage(server.sandbox, operation)(source(api, operation, "Java")), "utf-8")
    done = subprocess.run(
        [program("java", "default-jdk-headless"), file],
        env=environment(server),
        text=True,
        capture_output=True,
        check=True,
        timeout=120,
    )
    assert json.loads(done.stdout)["code"] == api.envelope.success


def test_samples_are_set_for_reading(api: Api, tmp_path: Path) -> None:
    for operation in api.operations:
        for sample in samples(api, operation):
            for line in sample["source"].splitlines():
                assert len(line) <= LONGEST_LINE, line
            if sample["lang"] == "Python":
                file = tmp_path / f"{operation.id}_{sample['label'].count('async')}.py"
                file.write_text(sample["source"], "utf-8")
    subprocess.run([sys.executable, "-m", "ruff", "format", "--isolated", "--check", "--diff", tmp_path], check=True)
    subprocess.run([sys.executable, "-m", "ruff", "check", "--isolated", "--select=E4,E7,F,I", tmp_path], check=True)


@contextmanager
def java_runner(server: Server, folder: Path) -> Iterator[Run]:
    """One JVM for all samples: starting one for each takes a second apiece."""
    program("javac", "default-jdk-headless")
    runner = ROOT / "tests/samples/java/Runner.java"
    jvm = subprocess.Popen(
        [program("java", "default-jdk-headless"), runner],
        env=environment(server),
        text=True,
        encoding="utf-8",
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert jvm.stdin is not None
    assert jvm.stdout is not None
    count = iter(range(1000))

    def run(text: str) -> str:
        sample = folder / str(next(count)) / "Sample.java"
        sample.parent.mkdir()
        sample.write_text(text, "utf-8")
        print(sample.parent, file=jvm.stdin, flush=True)
        assert jvm.stdout is not None
        return jvm.stdout.readline()

    try:
        yield run
    finally:
        jvm.stdin.close()
        jvm.wait(timeout=60)
        jvm.stdout.close()
