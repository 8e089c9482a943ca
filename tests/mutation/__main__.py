"""Mutation testing of signing, retries and the envelope: ``python -m tests.mutation [module …]``.

Each mutant is a module with one small mistake. A forked child imports it in the module's place and runs the tests
that reach the mistaken line; a mutant that fails no test survives. A test that fails alone where nothing was mutated
kills nothing: in the end every test that killed is run so. Prints the survivors, writes ``build/mutation.json`` and
exits with 1 below the target.

mutmut and cosmic-ray were tried first: see docs/decisions.md.
"""

from __future__ import annotations

import argparse
import importlib.abc
import importlib.machinery
import importlib.util
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from types import CodeType, ModuleType

import coverage
import httpx
import hypothesis
import pytest

from .mutants import Mutant, mutants

RUNTIME = Path("generated/netease_meeting/_runtime")
MODULES = ("signing", "retry", "flow", "codec", "lenient")
TESTS = (
    "tests/runtime",
    "tests/client/test_replies.py",
    "tests/client/test_recovery.py",
    "tests/client/test_arguments.py",
    "tests/client/test_client.py",
    "tests/client/test_observability.py",
)
TARGET = 0.95
PATIENCE = 60  # seconds after which a mutant that goes on for ever counts as found; it is printed
WARM = (httpx, hypothesis)  # what takes longest to import: once, before any child


class Mutated(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Imports the mutant in its module's place."""

    def __init__(self, name: str, code: CodeType) -> None:
        self._name = name
        self._code = code

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        return importlib.util.spec_from_loader(fullname, self) if fullname == self._name else None

    def exec_module(self, module: ModuleType) -> None:
        exec(self._code, module.__dict__)


def reaching() -> dict[str, dict[int, list[str]]]:
    """Run the tests once, unspoilt, and return which of them reach each line of each module."""
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "coverage"
        options = ["--cov=netease_meeting._runtime", "--cov-context=test", "--cov-report=", "-q", "--no-header", *TESTS]
        environment = {**os.environ, "COVERAGE_FILE": str(data)}
        done = subprocess.run([sys.executable, "-m", "pytest", *options], env=environment, check=False)
        if done.returncode:
            sys.exit("the tests fail without any mutant")
        found = coverage.CoverageData(str(data))
        found.read()
        lines: dict[str, dict[int, list[str]]] = defaultdict(dict)
        for file in found.measured_files():
            for line, contexts in found.contexts_by_lineno(file).items():
                tests = {context.partition("|")[0] for context in contexts if context}
                lines[Path(file).stem][line] = sorted(tests)
        return lines


class Killer:
    """Writes down the first test that failed."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / str(os.getpid())

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed and not self._file.exists():
            self._file.write_text(report.nodeid, "utf-8")


def start(mutant: Mutant, tests: Sequence[str], folder: Path) -> int:
    """Begin a child that ends with 0 if the mutant survives; return its process id.

    The test that failed is then in a file of the folder, named after the process.
    """
    name = f"netease_meeting._runtime.{mutant.module}"
    code = compile(mutant.source, f"{mutant.module}.py", "exec")
    pid = os.fork()
    if pid:
        return pid
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    sys.meta_path.insert(0, Mutated(name, code))
    status: int = pytest.ExitCode.INTERNAL_ERROR
    try:
        status = pytest.main(["-x", "-q", "--assert=plain", "-p", "no:cacheprovider", *tests], [Killer(folder)])
    finally:
        os._exit(int(status))


def stages(tests: Sequence[str]) -> list[Sequence[str]]:
    """Return the tests in the order to run them in: those that take no time first, for most mutants end there."""
    driven = [test for test in tests if test.startswith(TESTS[0])]
    replies = [test for test in tests if test.startswith(TESTS[1])]
    others = [test for test in tests if not test.startswith(TESTS[:2])]
    return [stage for stage in (driven, replies, others) if stage]


def killer(folder: Path, pid: int) -> str:
    file = folder / str(pid)
    if not file.exists():
        return ""  # it could not be imported, or ended the process
    test = file.read_text("utf-8")
    file.unlink()  # process ids come again
    return test


def fails(module: str, source: str, tests: Sequence[str], folder: Path) -> str:
    """Return what fails of the tests where nothing is mutated, or nothing."""
    pid = start(Mutant(module, 0, "", source), tests, folder)
    status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    return f"{killer(folder, pid) or 'pytest'} ends with {status}" if status else ""


def run(waiting: Sequence[Mutant], reached: dict[str, dict[int, list[str]]], folder: Path) -> dict[Mutant, str | None]:
    """Return which test killed each mutant: ``None`` where it survived."""
    killed: dict[Mutant, str | None] = {}
    left = [(mutant, stages(reached[mutant.module].get(mutant.line) or TESTS)) for mutant in waiting]
    running: dict[int, tuple[Mutant, list[Sequence[str]], float]] = {}
    while left or running:
        while left and len(running) < (os.cpu_count() or 2):
            mutant, (tests, *others) = left.pop(0)
            running[start(mutant, tests, folder)] = mutant, others, time.monotonic() + PATIENCE
        for pid, (mutant, others, until) in list(running.items()):
            done, status = os.waitpid(pid, os.WNOHANG)
            what = f"{mutant.module}.py:{mutant.line}: {mutant.what}"
            if done:
                del running[pid]
                code = os.waitstatus_to_exitcode(status)
                if code in (pytest.ExitCode.INTERNAL_ERROR, pytest.ExitCode.NO_TESTS_COLLECTED):
                    sys.exit(f"{what}: pytest itself failed")
                if code == 0 and others:
                    left.insert(0, (mutant, others))
                    continue
                killed[mutant] = killer(folder, pid) if code else None
                if code == 0:
                    print(f"survived: {what}", flush=True)
            elif time.monotonic() > until:
                print(f"goes on for ever: {what}", flush=True)
                os.kill(pid, signal.SIGKILL)
                running[pid] = mutant, others, float("inf")
        time.sleep(0.005)
    return killed


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("modules", nargs="*", default=MODULES)
    options = parser.parse_args()
    started = time.monotonic()
    reached = reaching()
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    sys.dont_write_bytecode = False  # children import what the first of them has compiled
    print("\n| module | mutants | killed | |\n|---|---|---|---|", flush=True)
    results: dict[str, object] = {}
    met = True
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for module in options.modules:
            source = (RUNTIME / f"{module}.py").read_text("utf-8")
            if why := fails(module, source, sorted({t for tests in reached[module].values() for t in tests}), folder):
                sys.exit(f"{module}: nothing was mutated, and {why}")
            killed = run(list(mutants(module, source)), reached, folder)
            alone = {test for test in killed.values() if test and fails(module, source, [test], folder)}
            for test in sorted(alone):
                print(f"fails alone without any mutant, so it kills none: {test}", flush=True)
            alive = [mutant for mutant, test in killed.items() if test is None or test in alone]
            score = 1 - len(alive) / len(killed)
            met = met and score >= TARGET
            print(f"| {module} | {len(killed)} | {len(killed) - len(alive)} | {score:.1%} |", flush=True)
            results[module] = {
                "mutants": len(killed),
                "survivors": [f"{mutant.line}: {mutant.what}" for mutant in alive],
            }
    print(f"\n{time.monotonic() - started:.0f} s")
    Path("build").mkdir(exist_ok=True)
    Path("build/mutation.json").write_text(json.dumps(results, indent=1, ensure_ascii=False) + "\n", "utf-8")
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
