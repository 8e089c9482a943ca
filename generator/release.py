"""``python -m generator.release``: what changed since the last release, and which version is due."""

from __future__ import annotations

import argparse
import io
import re
import subprocess
import sys
import tempfile
import tomllib
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import griffe

from .build import build
from .changes import Change, Level, compare
from .console import run
from .ir import Api
from .load import load
from .parse import parse
from .problems import ContractError
from .render import PACKAGE

_TITLES = {Level.BREAKING: "Breaking", Level.ADDED: "Compatible", Level.WORDS: "Words only"}


class ReleaseError(Exception):
    """The comparison cannot be made."""


@dataclass(frozen=True)
class Since:
    """How the contract differs from that of a release."""

    reference: str
    changes: tuple[Change, ...]


def since_last_release(api: Api) -> Since | None:
    """Return what changed since the last tag, or nothing where there is no tag. Raises ``ReleaseError``."""
    reference = _last_tag()
    if reference is None:
        return None
    with tempfile.TemporaryDirectory() as folder:
        _extract(reference, Path(folder))
        return Since(reference, compare(_contract(Path(folder)), api))


def main(arguments: list[str] | None = None) -> int:
    """Compare, print, and return 1 if the version that is declared is lower than the one that is due."""
    options = _options(arguments)
    try:
        reference = options.against or _last_tag()
        if reference is None:
            print("There is no tag yet: the first release is due. Nothing to compare with.")
            return 0
        with tempfile.TemporaryDirectory() as folder:
            _extract(reference, Path(folder))
            changes = compare(_contract(Path(folder)), _contract(Path()))
            names = sorted(_broken_names(Path(folder), Path()))
            last, declared = _version(Path(folder)), _version(Path())
    except (ReleaseError, ContractError) as error:
        print(error, file=sys.stderr)
        return 2
    levels = [change.level for change in changes] + [Level.BREAKING for _ in names]
    due = next_version(last, max(levels, default=None))
    print(f"Since {reference}, which is version {_written(last)}:")
    for level, title in _TITLES.items():
        _print(title, [_line(change) for change in changes if change.level == level])
    _print("Breaking in Python", names)
    if not levels:
        print("\nNothing changed in the contract or in the public names.")
    print(f"\nDue: {_written(due)}. Declared in pyproject.toml: {_written(declared)}.")
    if declared < due:
        print(f"Set the version to {_written(due)} or higher before the release.", file=sys.stderr)
        return 1
    return 0


def next_version(last: tuple[int, ...], level: Level | None) -> tuple[int, ...]:
    """Return the lowest version that may follow *last*: before 1.0 the second number stands for the first."""
    major, minor, patch = last
    if level is None:
        return last
    if level == Level.BREAKING:
        return (major + 1, 0, 0) if major else (0, minor + 1, 0)
    if level == Level.ADDED and major:
        return (major, minor + 1, 0)
    return (major, minor, patch + 1)


def _last_tag() -> str | None:
    done = _git("describe", "--tags", "--abbrev=0", "--match", "v[0-9]*")
    return done.stdout.decode().strip() if done.returncode == 0 else None


def _extract(reference: str, folder: Path) -> None:
    """Put the contract, the client and the version of a release into a folder."""
    done = _git("archive", "--format=zip", reference, "--", "spec", f"generated/{PACKAGE}", "pyproject.toml")
    if done.returncode:
        raise ReleaseError(f"{reference} cannot be read: {done.stderr.decode().strip()}. Name a tag or a commit.")
    with zipfile.ZipFile(io.BytesIO(done.stdout)) as archive:
        archive.extractall(folder)


def _git(*arguments: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(["git", *arguments], capture_output=True, check=False)


def _contract(folder: Path) -> Api:
    # Not linted: an older contract need not keep the house rules of today.
    document = load(folder / "spec/openapi.yaml")
    return build(document, parse(document))


def _broken_names(old: Path, new: Path) -> Iterator[str]:
    """Yield what breaks a program that imports the client: names, parameters, base classes."""
    packages = [
        griffe.load(PACKAGE, search_paths=[folder / "generated"], allow_inspection=False, resolve_aliases=True)
        for folder in (old, new)
    ]
    for breakage in griffe.find_breaking_changes(*packages):
        if breakage.obj.is_alias and breakage.obj.inherited:
            continue  # told of the class it is inherited from
        parameter = breakage.old_value or breakage.new_value
        argument = f"({parameter.name})" if isinstance(parameter, griffe.Parameter) else ""
        yield f"{breakage.obj.path}{argument}: {breakage.kind.value.lower()}"


def _version(folder: Path) -> tuple[int, ...]:
    text = tomllib.loads((folder / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    if not re.fullmatch(r"\d+\.\d+\.\d+", text):
        raise ReleaseError(f"The version {text!r} of pyproject.toml is not three numbers. Write it like 0.6.0.")
    return tuple(int(part) for part in text.split("."))


def _written(version: tuple[int, ...]) -> str:
    return ".".join(map(str, version))


def _line(change: Change) -> str:
    return f"{change.where}: {change.what.en}" if change.where else change.what.en


def _print(title: str, lines: list[str]) -> None:
    if lines:
        print("", title, *(f"  {line}" for line in lines), sep="\n")


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m generator.release", description=__doc__)
    parser.add_argument("--against", metavar="REF", help="a tag or commit (default: the last tag like v0.5.0)")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(run(main))
