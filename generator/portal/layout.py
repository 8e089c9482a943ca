"""The folder that is published: one folder for each version, ``latest``, and a root that leads there."""

from __future__ import annotations

import shutil
from pathlib import Path

LATEST = "latest"


def write(files: dict[str, bytes], version: str, out: Path) -> int:
    """Write one version below *out* and make it the latest; other versions stay. Return how many files it has."""
    for name in (folder(version), LATEST):
        shutil.rmtree(out / name, ignore_errors=True)
        for path, content in files.items():
            target = out / name / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)
    (out / "index.html").write_text(_ROOT, "utf-8")
    (out / ".nojekyll").write_bytes(b"")
    return len(files)


def folder(version: str) -> str:
    """Return the folder of a version; corrections do not get one of their own."""
    return "v" + ".".join(version.split(".")[:2])


_ROOT = f"""\
<!doctype html>
<html lang="zh-CN">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="refresh" content="0; url={LATEST}/index.html">
<title>网易会议 Rest API</title>
<main>
<h1><a href="{LATEST}/index.html">网易会议 Rest API</a></h1>
<p lang="en"><a href="{LATEST}/en/index.html">NetEase Meeting REST API</a></p>
</main>
</html>
"""
