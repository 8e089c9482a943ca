"""Forked children that run tests: all of them, watched by coverage, or some, with a mutant in a module's place."""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import importlib.util
import json
import os
import signal
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from types import ModuleType
from typing import NamedTuple

import pytest

PATIENCE = 20
"""Seconds for one test. The longest takes two; a mutant that goes on for ever is ended, and thereby found."""
ENDLESS = f"no end within {PATIENCE} s"
BARE = ("-x", "-q", "--no-header", "-p", "no:cacheprovider")


class Failure(NamedTuple):
    """The first test that failed, and why."""

    test: str
    reason: str


class Replaced(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Imports other sources in the place of some modules."""

    def __init__(self, sources: Mapping[str, str]) -> None:
        self._code = {name: compile(source, name, "exec") for name, source in sources.items()}

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        return importlib.util.spec_from_loader(fullname, self) if fullname in self._code else None

    def exec_module(self, module: ModuleType) -> None:
        exec(self._code[module.__name__], module.__dict__)


class Stopwatch:
    """Writes down how long each test took."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._seconds: dict[str, float] = {}

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self._seconds[report.nodeid] = self._seconds.get(report.nodeid, 0.0) + report.duration

    def pytest_sessionfinish(self) -> None:
        self._file.write_text(json.dumps(self._seconds), "utf-8")


class Watcher:
    """Runs tests in the order given and writes down the first that fails, or has no end."""

    def __init__(self, tests: Sequence[str], file: Path) -> None:
        self._rank = {test: number for number, test in enumerate(tests)}
        self._file = file
        self._failed = False

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        items[:] = [item for item in items if item.nodeid in self._rank]
        items.sort(key=lambda item: self._rank[item.nodeid])
        if len(items) < len(self._rank):
            self._fail("", f"{len(self._rank) - len(items)} of the tests are not there")

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            self._fail(report.nodeid, report.longreprtext)

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        self._write(Failure(nodeid, ENDLESS))
        signal.alarm(PATIENCE)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            self._fail(report.nodeid, report.longreprtext)

    def pytest_sessionfinish(self) -> None:
        signal.alarm(0)
        if not self._failed:
            self._file.unlink(missing_ok=True)

    def _fail(self, test: str, text: str) -> None:
        if not self._failed:
            self._failed = True
            told = [line[1:].strip() for line in text.splitlines() if line.startswith("E ")]
            self._write(Failure(test, (told or text.splitlines() or [""])[0][:200]))

    def _write(self, failure: Failure) -> None:
        self._file.write_text(json.dumps(failure), "utf-8")


def start(sources: Mapping[str, str], tests: Sequence[str], folder: Path) -> int:
    """Begin to run *tests* with *sources* in the place of modules; return the id of the process, for ``outcome``."""
    replaced = Replaced(sources)
    pid = os.fork()
    if pid == 0:
        os.setpgid(0, 0)  # so that what it starts can be ended with it
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, 1)
        os.dup2(nowhere, 2)
        sys.meta_path.insert(0, replaced)
        files = dict.fromkeys(test.partition("::")[0] for test in tests)
        _test([*BARE, "--assert=plain", *files], Watcher(tests, folder / str(os.getpid())))
    return pid


def outcome(pid: int, status: int, folder: Path) -> Failure | None:
    """Return what failed in a child that has ended, or ``None`` where all tests passed."""
    with suppress(ProcessLookupError):
        os.killpg(pid, signal.SIGKILL)
    file = folder / str(pid)
    code = os.waitstatus_to_exitcode(status)
    if file.exists():
        failure = Failure(*json.loads(file.read_text("utf-8")))
        file.unlink()  # process ids come again
        return failure
    return Failure("", f"pytest ended with {code}") if code else None


def watched(tests: Sequence[str], package: str, data: Path) -> dict[str, float]:
    """Run the tests unspoilt, let coverage write *data*, and return how long each took."""
    seconds = data.with_suffix(".json")
    pid = os.fork()
    if pid == 0:
        os.environ["COVERAGE_FILE"] = str(data)
        options = ["-p", "pytest_cov", f"--cov={package}", "--cov-context=test", "--cov-report=", *BARE, *tests]
        _test(options, Stopwatch(seconds))
    if os.waitpid(pid, 0)[1]:
        sys.exit("the tests fail without any mutant")
    return {test: float(taken) for test, taken in json.loads(seconds.read_text("utf-8")).items()}


def _test(options: list[str], plugin: object) -> None:
    status: int = pytest.ExitCode.INTERNAL_ERROR
    try:
        status = pytest.main(options, [plugin])
    finally:
        os._exit(int(status))
