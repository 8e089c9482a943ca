"""The folder that is published: one folder for each version, ``latest``, and a root that leads there."""

from __future__ import annotations

import shutil
from pathlib import Path

LATEST = "latest"


def write(files: dict[str, bytes], root: str, version: str, out: Path) -> None:
    """Write one version below *out* and make it the latest, which *root* leads to; other versions stay."""
    for name in (folder(version), LATEST):
        shutil.rmtree(out / name, ignore_errors=True)
        for path, content in files.items():
            target = out / name / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
    (out / "index.html").write_text(root, "utf-8")


def folder(version: str) -> str:
    """Return the folder of a version; corrections do not get one of their own."""
    return "v" + ".".join(version.split(".")[:2])
