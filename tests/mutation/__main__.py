"""Mutation testing of signing, retries and the envelope: ``python -m tests.mutation [module …]``.

Each mutant is a module with one small mistake. A forked child imports it in the module's place and runs the tests
that reach the mistaken line, those first that have found most; a mutant that fails no test survives. What such a test
is worth is looked at too: each that found something is run alone where nothing is mutated, and must pass.

Prints the survivors and two ratios, of all mutants and of those that differ from the original at all (the others are
listed with reasons in ``equivalent.py``). Writes ``build/mutation.json``, with the test and the reason that killed each
mutant, and exits with 1 below the target.

mutmut and cosmic-ray were tried first: see docs/decisions.md.
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import coverage

from .child import ENDLESS, Failure, outcome, start, watched
from .equivalent import EQUIVALENT
from .mutants import Mutant, mutants

PACKAGE = "netease_meeting._runtime"
RUNTIME = Path("generated/netease_meeting/_runtime")
MODULES = ("signing", "retry", "lenient", "codec", "flow")
TESTS = (
    "tests/runtime",
    "tests/client/test_replies.py",
    "tests/client/test_recovery.py",
    "tests/client/test_arguments.py",
    "tests/client/test_client.py",
)
TARGET = 0.95
WARM = ("asyncio", "email.utils", "h11", "http.server", "httpx", "hypothesis", "msgspec", "multiprocessing.pool")
"""What takes longest to import: once, before any child."""


class Tests:
    """The tests: which reach a line, in what order to run them, and whether what they find is worth anything."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        data = folder / "coverage"
        self._seconds = watched(TESTS, PACKAGE, data)
        found = coverage.CoverageData(str(data))
        found.read()
        self._found = Counter[str]()
        self._alone: dict[str, bool] = {}
        self._reaching: dict[tuple[str, int], set[str]] = defaultdict(set)
        for file in found.measured_files():
            for line, contexts in found.contexts_by_lineno(file).items():
                tests = (context.rpartition("|")[0] for context in contexts)
                self._reaching[Path(file).stem, line].update(filter(None, tests))

    def check(self, sources: Mapping[str, str]) -> None:
        """Run all of them with untouched sources in the place of modules, as mutants will be."""
        if failure := self._run(sources, [*self._seconds]):
            sys.exit(f"nothing was mutated, and {failure.test} fails: {failure.reason}")

    def find(self, mutants: Iterable[Mutant]) -> Iterator[tuple[Mutant, Failure | None]]:
        """Yield what each mutant failed; ``None`` where it survived."""
        left = iter(mutants)
        running: dict[int, Mutant] = {}
        while True:
            while len(running) < (os.cpu_count() or 2) and (mutant := next(left, None)):
                sources = {f"{PACKAGE}.{mutant.module}": mutant.source}
                running[start(sources, self._reach(mutant), self._folder)] = mutant
            if not running:
                return
            pid, status = os.wait()
            if failure := outcome(pid, status, self._folder):
                self._found[failure.test] += 1
            yield running.pop(pid), failure

    def _reach(self, mutant: Mutant) -> list[str]:
        """Return those that reach the line, or all for one that runs at the import; the likeliest to fail first."""
        tests = self._reaching.get((mutant.module, mutant.line)) or self._seconds
        return sorted(tests, key=lambda test: (-self._found[test], self._seconds[test]))

    def passes_alone(self, test: str) -> bool:
        """Whether *test* passes by itself where nothing is mutated. One that does not finds nothing."""
        if "::" not in test:
            return True  # no test failed: the mutant cannot be imported, or ended the process
        if test not in self._alone:
            failure = self._run({}, [test])
            self._alone[test] = failure is None
            if failure:
                print(f"fails alone without any mutant, so it kills none: {test}: {failure.reason}")
        return self._alone[test]

    def _run(self, sources: Mapping[str, str], tests: Sequence[str]) -> Failure | None:
        return outcome(*os.waitpid(start(sources, tests, self._folder), 0), self._folder)


def measure(made: Sequence[Mutant], tests: Tests) -> dict[str, Any]:
    """Return the figures of a module, with what killed each mutant."""
    ended = dict(tests.find(made))
    alive = [mutant for mutant, failure in ended.items() if not failure or not tests.passes_alone(failure.test)]
    same = [mutant for mutant in alive if mutant.key in EQUIVALENT]
    killed = len(made) - len(alive)
    return {
        "mutants": len(made),
        "killed": killed,
        "raw": killed / len(made),
        "of those that differ": killed / (len(made) - len(same)),
        "equivalent": {str(mutant): EQUIVALENT[mutant.key] for mutant in same},
        "survivors": [str(mutant) for mutant in alive if mutant not in same],
        "endless": [str(mutant) for mutant, failure in ended.items() if failure and failure.reason == ENDLESS],
        "killers": {str(mutant): failure for mutant, failure in ended.items() if mutant not in alive},
    }


def misfits(made: Sequence[Mutant], figures: dict[str, Any]) -> list[str]:
    """Return the entries of the list of equivalent mutants that are none: it must not grow stale."""
    module = made[0].module
    fitting = Counter(mutant.key for mutant in made)
    wrong = [f"fits {fitting[key]} mutants: {key}" for key in EQUIVALENT if key[0] == module and fitting[key] != 1]
    caught = [mutant for mutant in made if mutant.key in EQUIVALENT and str(mutant) in figures["killers"]]
    return wrong + [f"is killed by {figures['killers'][str(mutant)]}: {mutant}" for mutant in caught]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("modules", nargs="*", default=MODULES)
    modules = parser.parse_args().modules
    started = time.monotonic()
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    for name in WARM:
        importlib.import_module(name)
    sources = {module: (RUNTIME / f"{module}.py").read_text("utf-8") for module in modules}
    results: dict[str, dict[str, Any]] = {}
    met = True
    with tempfile.TemporaryDirectory() as folder:
        tests = Tests(Path(folder))
        tests.check({f"{PACKAGE}.{module}": source for module, source in sources.items()})
        print("\n| module | mutants | killed | of all | equivalent by reading | of the others |")
        print("|---|---|---|---|---|---|", flush=True)
        for module, source in sources.items():
            made = list(mutants(module, source))
            found = results[module] = measure(made, tests)
            print(
                f"| {module} | {found['mutants']} | {found['killed']} | {found['raw']:.1%} "
                f"| {len(found['equivalent'])} | {found['of those that differ']:.1%} |",
                *(f"survived: {mutant}" for mutant in found["survivors"]),
                *(f"killed for want of an end: {mutant}" for mutant in found["endless"]),
                *(f"equivalent: {mutant} ({why})" for mutant, why in found["equivalent"].items()),
                *(wrong := [f"the list of equivalent mutants is wrong: {what}" for what in misfits(made, found)]),
                sep="\n",
                flush=True,
            )
            met = met and found["of those that differ"] >= TARGET and not wrong
    print(f"\n{time.monotonic() - started:.0f} s")
    Path("build").mkdir(exist_ok=True)
    Path("build/mutation.json").write_text(json.dumps(results, indent=1, ensure_ascii=False) + "\n", "utf-8")
    return 0 if met else 1


if __name__ == "__main__":
    sys.exit(main())
