"""``python -m generator.portal``: contract in, published portal out."""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

from generator.__main__ import read
from generator.console import run
from generator.problems import ContractError
from generator.publish import publish
from generator.release import ReleaseError, since_last_release

from .guides import read_document, read_guides
from .layout import folder, write
from .reference import modules, untranslated
from .rendering import root
from .site import build
from .sources import Sources


def main(arguments: list[str] | None = None) -> int:
    """Build the site; return the exit status."""
    options = _options(arguments)
    started = time.perf_counter()
    try:
        api = read(options.spec)
        sources = Sources(
            guides=read_guides(options.docs / "guides"),
            changes=read_document(Path("CHANGELOG.md")),
            since=since_last_release(api),
            modules=modules(options.package, api),
            contract={name: content for name, content in publish(api).items() if "/" not in name},
        )
    except ContractError as error:
        print(error, file=sys.stderr)
        print(f"{len(error.problems)} problem(s); {options.out} is untouched.", file=sys.stderr)
        return 1
    except (FileNotFoundError, ReleaseError) as error:
        print(f"{error}; {options.out} is untouched.", file=sys.stderr)
        return 1
    files = build(api, sources)
    write(files, root(api), api.version, options.out)
    print(f"{options.out}/{folder(api.version)}: {len(files)} files in {time.perf_counter() - started:.2f} s")
    missing = untranslated(sources.modules)
    if missing:
        print(f"No Chinese in generator/portal/docstrings.zh-CN.yaml for: {', '.join(missing)}")
    return 0


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m generator.portal", description=__doc__)
    parser.add_argument(
        "--spec", type=Path, default=Path("spec/openapi.yaml"), help="the contract's root (default: %(default)s)"
    )
    parser.add_argument("--docs", type=Path, default=Path("docs"), help="where guides/ is (default: %(default)s)")
    parser.add_argument(
        "--package",
        type=Path,
        default=Path("generated/netease_meeting"),
        help="the client to describe (default: %(default)s)",
    )
    parser.add_argument("--out", type=Path, default=Path("site"), help="the folder to write (default: %(default)s)")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(run(main))
