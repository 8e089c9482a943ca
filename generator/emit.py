"""Format, compare or write. Nothing is touched before everything is ready."""

from __future__ import annotations

import difflib
import os
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from ruff import find_ruff_bin

from .problems import ContractError, Problem

MANIFEST = "MANIFEST.txt"
"""Lists the generated files, so that one that is no longer generated can be told from one that somebody put there."""

_IMPORTS = ("--fix", "--output-format=concise", "--select=F401,I", "--config=lint.isort.split-on-trailing-comma=false")
_LAYOUT = ("--config=format.skip-magic-trailing-comma=true",)
_OPTIONS = ("--isolated", "--no-cache", "--quiet", "--line-length=120", "--target-version=py311")


@dataclass(frozen=True)
class Change:
    """What emitting did, or in a check would do."""

    written: tuple[str, ...]
    unchanged: tuple[str, ...]
    removed: tuple[str, ...]


def format_python(files: Mapping[str, str]) -> dict[str, bytes]:
    """Return rendered Python formatted, its imports sorted and those that are not used dropped."""
    with tempfile.TemporaryDirectory() as folder:
        for path, text in files.items():
            _write(Path(folder, path), text.encode())
        _ruff(folder, "check", *_IMPORTS)
        _ruff(folder, "format", *_LAYOUT)
        return {path: Path(folder, path).read_bytes() for path in files}


def _ruff(folder: str, *arguments: str) -> None:
    command = [find_ruff_bin(), *arguments, *_OPTIONS, "."]
    done = subprocess.run(command, cwd=folder, capture_output=True, encoding="utf-8", check=False)
    if done.returncode != 0:
        first, _, _ = (done.stdout or done.stderr).partition("\n")
        raise ContractError([Problem("generated", f"it is not Python: {first}", "This is a defect of the generator")])


def emit(files: Mapping[str, bytes], out: Path) -> Change:
    """Bring *out* in line with *files*: each written whole or not at all, what is no longer generated removed last."""
    files = _with_manifest(files)
    change = compare(files, out)
    foreign = sorted(set(change.removed) - _listed(out))
    if foreign:
        raise ContractError(
            [
                Problem(
                    f"{out}/{path}", "this file was not generated", "Move it elsewhere: the folder holds output only"
                )
                for path in foreign
            ]
        )
    for path in change.written:
        _write(out / path, files[path])
    for path in change.removed:
        (out / path).unlink()
        _remove_empty(out, (out / path).parent)
    return change


def compare(files: Mapping[str, bytes], out: Path) -> Change:
    """Return what differs between *files* and *out*."""
    present = {path.relative_to(out).as_posix(): path for path in _present(out)}
    written = tuple(
        path for path, content in files.items() if path not in present or present[path].read_bytes() != content
    )
    unchanged = tuple(path for path in files if path not in written)
    return Change(written, unchanged, tuple(sorted(set(present) - set(files))))


def diff(files: Mapping[str, bytes], out: Path) -> str:
    """Return a unified diff from *out* to what would be generated; empty if there is no difference."""
    files = _with_manifest(files)
    change = compare(files, out)
    return "".join(
        line
        for path in (*change.written, *change.removed)
        for line in _file_diff(
            f"{out}/{path}", _lines(out / path), files.get(path, b"").decode().splitlines(keepends=True)
        )
    )


def _file_diff(path: str, old: list[str], new: list[str]) -> Iterator[str]:
    for line in difflib.unified_diff(old, new, path, f"{path} (generated)"):
        yield line if line.endswith("\n") else f"{line}\n"


def _lines(path: Path) -> list[str]:
    return path.read_text(errors="replace").splitlines(keepends=True) if path.is_file() else []


def _with_manifest(files: Mapping[str, bytes]) -> dict[str, bytes]:
    listing = "".join(f"{path}\n" for path in sorted([*files, MANIFEST]))
    return {**files, MANIFEST: listing.encode()}


def _listed(out: Path) -> set[str]:
    manifest = out / MANIFEST
    return set(manifest.read_text("utf-8").splitlines()) if manifest.is_file() else set()


def _present(out: Path) -> Iterator[Path]:
    return (path for path in sorted(out.rglob("*")) if path.is_file() and "__pycache__" not in path.parts)


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=".")
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
        os.chmod(temporary, 0o644)
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise


def _remove_empty(out: Path, folder: Path) -> None:
    while folder != out and not any(folder.iterdir()):
        folder.rmdir()
        folder = folder.parent
