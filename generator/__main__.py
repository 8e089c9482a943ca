"""``python -m generator``: contract in, client and published contract out."""

from __future__ import annotations

import argparse
import gc
import os
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from .console import run
from .load import load
from .problems import ContractError

if TYPE_CHECKING:
    from .ir import Api


def main(arguments: list[str] | None = None) -> int:
    """Generate, or check; return the exit status."""
    options = _options(arguments)
    started = time.perf_counter()
    try:
        api = read(options.spec)
        from . import emit, publish, render

        files = {**emit.format_python(render.render(api)), **render.runtime(api), **publish.publish(api)}
        if options.check:
            return _check(files, options.out)
        change = emit.emit(files, options.out)
    except ContractError as error:
        print(error, file=sys.stderr)
        print(f"{len(error.problems)} problem(s); {options.out} is untouched.", file=sys.stderr)
        return 1
    print(_summary(api))
    print(
        f"{options.out}: {len(change.written)} files written, {len(change.unchanged)} unchanged, "
        f"{len(change.removed)} removed in {time.perf_counter() - started:.2f} s"
    )
    return 0


def read(spec: Path) -> Api:
    """Return the contract at *spec*, checked. Raises ``ContractError``."""
    document = load(spec)
    # Imported this late because they take long, and a hostile document is to be refused before that.
    from .lean import parser_alone
    from .lint import lint

    with parser_alone():
        from .build import build
        from .parse import parse

    lint(document)
    return build(document, parse(document))


def _check(files: dict[str, bytes], out: Path) -> int:
    from . import emit

    difference = emit.diff(files, out)
    print(difference, end="")
    if difference:
        print(f"{out} is not what the contract gives: run `make generate`.", file=sys.stderr)
    return 1 if difference else 0


def _summary(api: Api) -> str:
    counts = {
        "operations": api.operations,
        "models": api.models,
        "enumerations": api.enums,
        "codes": api.codes,
        "callbacks": api.webhooks,
        "signatures": api.schemes,
    }
    return ", ".join(f"{len(items)} {name}" for name, items in counts.items())


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m generator", description=__doc__)
    parser.add_argument(
        "--spec", type=Path, default=Path("spec/openapi.yaml"), help="the contract's root (default: %(default)s)"
    )
    parser.add_argument(
        "--out", type=Path, default=Path("generated"), help="the folder to write (default: %(default)s)"
    )
    parser.add_argument(
        "--check", action="store_true", help="write nothing; print a diff and exit 1 if the folder is out of date"
    )
    return parser.parse_args(arguments)


if __name__ == "__main__":
    gc.disable()  # a short life, and nothing of it is garbage: looking for some took a quarter of the time
    os._exit(run(main))  # taking all of it apart again, object by object, would be the twentieth part of the time
