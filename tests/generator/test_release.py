"""`make release-check` in a repository with a tag."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from generator.changes import Level
from generator.release import next_version
from tests.conftest import ROOT
from tests.generator.contracts import copy_of_the_real_one


def run(repository: Path, *command: str) -> subprocess.CompletedProcess[str]:
    author = {
        f"GIT_{role}_{what}": "nobody@example.org" for role in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")
    }
    alone = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull, "PYTHONPATH": str(ROOT)}
    return subprocess.run(
        command, cwd=repository, env={**os.environ, **author, **alone}, text=True, capture_output=True, check=False
    )


def check(repository: Path, *options: str) -> subprocess.CompletedProcess[str]:
    return run(repository, sys.executable, "-m", "generator.release", *options)


def replace(file: Path, old: str, new: str) -> None:
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new), "utf-8")


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    copy_of_the_real_one(tmp_path)
    shutil.copytree(ROOT / "generated", tmp_path / "generated", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    replace(tmp_path / "pyproject.toml", f'version = "{version()}"', 'version = "0.5.0"')
    for command in (("init", "-q"), ("add", "."), ("commit", "-qm", "First")):
        assert run(tmp_path, "git", *command).returncode == 0
    return tmp_path


def version() -> str:
    line = next(
        line for line in (ROOT / "pyproject.toml").read_text("utf-8").splitlines() if line.startswith("version")
    )
    return line.split('"')[1]


def test_without_a_tag_the_first_release_is_due(repository: Path) -> None:
    done = check(repository)
    assert done.returncode == 0
    assert "the first release is due" in done.stdout


def test_breaking_changes_since_the_tag_are_named(repository: Path) -> None:
    run(repository, "git", "tag", "v0.5.0")
    assert check(repository).returncode == 0
    replace(repository / "spec/schemas/meetings.yaml", "MeetingScene", "MeetingRoles")
    replace(repository / "spec/paths/meetings.yaml", "method: cancel}", "method: call_off}")
    assert run(repository, sys.executable, "-m", "generator").returncode == 0
    done = check(repository)
    assert done.returncode == 1, done.stderr
    assert "MeetingScene: the schema was renamed to MeetingRoles" in done.stdout
    assert "netease_meeting.models.MeetingScene: public object was removed" in done.stdout
    assert "netease_meeting.meetings.AsyncMeetings.cancel: public object was removed" in done.stdout
    assert "Due: 0.6.0. Declared in pyproject.toml: 0.5.0." in done.stdout
    replace(repository / "pyproject.toml", 'version = "0.5.0"', 'version = "0.6.0"')
    assert check(repository).returncode == 0


def test_a_change_of_the_runtime_alone_is_named(repository: Path) -> None:
    run(repository, "git", "tag", "v0.5.0")
    replace(repository / "generated/netease_meeting/_runtime/errors.py", "hint_zh", "hint_cn")
    replace(repository / "generated/netease_meeting/meetings.py", "max_retries", "retries")
    done = check(repository)
    assert done.returncode == 1, done.stderr
    assert "MeetingError.hint_zh: public object was removed" in done.stdout
    assert "netease_meeting.meetings.Meetings.cancel(max_retries): parameter was removed" in done.stdout


def test_a_reference_that_is_not_there_is_told(repository: Path) -> None:
    done = check(repository, "--against", "v9.9.9")
    assert done.returncode == 2
    assert "v9.9.9 cannot be read" in done.stderr


@pytest.mark.parametrize(
    ("last", "level", "due"),
    [
        ((0, 5, 0), Level.BREAKING, (0, 6, 0)),
        ((0, 5, 0), Level.ADDED, (0, 5, 1)),
        ((0, 5, 3), Level.WORDS, (0, 5, 4)),
        ((0, 5, 0), None, (0, 5, 0)),
        ((1, 2, 3), Level.BREAKING, (2, 0, 0)),
        ((1, 2, 3), Level.ADDED, (1, 3, 0)),
    ],
)
def test_versions(last: tuple[int, ...], level: Level | None, due: tuple[int, ...]) -> None:
    assert next_version(last, level) == due
