"""Mutation testing of signing, retries and the envelope: ``python -m tests.mutation [module …]``.

Each mutant is a module with one small mistake. A forked child imports it in the module's place and runs the tests
that reach the mistaken line; a mutant that fails no test survives. Prints the survivors, writes
``build/mutation.json`` and exits with 1 below the target.

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
PATIENCE = 60  # seconds after which a mutant that goes on for ever counts as found
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
                lines[Path(file).stem][line] = sorted(tests, key=lambda test: (TESTS[0] not in test, test))
        return lines


def start(mutant: Mutant, tests: Sequence[str]) -> int:
    """Begin a child that ends with 0 if the mutant survives; return its process id."""
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
        status = pytest.main(["-x", "-q", "--assert=plain", "-p", "no:cacheprovider", *tests])
    finally:
        os._exit(int(status))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("modules", nargs="*", default=MODULES)
    options = parser.parse_args()
    started = time.monotonic()
    reached = reaching()
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    waiting: list[Mutant] = []
    for module in options.modules:
        source = (RUNTIME / f"{module}.py").read_text("utf-8")
        named = sorted({test for tests in reached[module].values() for test in tests})
        if status := os.waitstatus_to_exitcode(os.waitpid(start(Mutant(module, 0, "", source), named), 0)[1]):
            sys.exit(f"{module}: the tests end with {status} although nothing was mutated")
        waiting += mutants(module, source)
    total: dict[str, int] = defaultdict(int)
    survivors: list[Mutant] = []
    running: dict[int, tuple[Mutant, float]] = {}
    for mutant in waiting:
        total[mutant.module] += 1
    while waiting or running:
        while waiting and len(running) < (os.cpu_count() or 2):
            mutant = waiting.pop()
            running[start(mutant, reached[mutant.module].get(mutant.line) or TESTS)] = mutant, time.monotonic()
        for pid, (mutant, since) in list(running.items()):
            done, status = os.waitpid(pid, os.WNOHANG)
            if done:
                del running[pid]
                if os.waitstatus_to_exitcode(status) in (
                    pytest.ExitCode.INTERNAL_ERROR,
                    pytest.ExitCode.NO_TESTS_COLLECTED,
                ):
                    sys.exit(f"{mutant.module}.py:{mutant.line}: {mutant.what}: pytest itself failed")
                if status == 0:
                    survivors.append(mutant)
                    print(f"survived: {mutant.module}.py:{mutant.line}: {mutant.what}", flush=True)
            elif time.monotonic() - since > PATIENCE:
                os.kill(pid, signal.SIGKILL)
        time.sleep(0.005)
    print("\n| module | mutants | killed | |\n|---|---|---|---|")
    results: dict[str, object] = {}
    met = True
    for module, count in total.items():
        alive = [mutant for mutant in survivors if mutant.module == module]
        score = 1 - len(alive) / count
        met = met and score >= TARGET
        print(f"| {module} | {count} | {count - len(alive)} | {score:.1%} |")
        results[module] = {"mutants": count, "survivors": [f"{mutant.line}: {mutant.what}" for mutant in alive]}
    print(f"\n{time.monotonic() - started:.0f} s")
    Path("build").mkdir(exist_ok=True)
    Path("build/mutation.json").write_text(json.dumps(results, indent=1, ensure_ascii=False) + "\n", "utf-8")
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
