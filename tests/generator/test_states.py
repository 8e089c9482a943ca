"""Which events must have happened, read off the contract's state machine."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from generator.load import load
from generator.parts.states import begun, missing
from tests.conftest import ROOT

STATUS = {"NOT_START": 1, "IN_MEETING": 2, "ENDED": 3, "CANCELED": 4, "RECYCLED": 5}


@pytest.fixture(scope="module")
def machine() -> tuple[dict[str, object], dict[str, str]]:
    root = load(ROOT / "spec/openapi.yaml").root
    events = {name: item["post"]["x-sdk"]["event"] for name, item in root["webhooks"].items()}
    return root["x-states"], events


@pytest.mark.parametrize(
    ("last", "state", "told"),
    [
        ("MeetingStarted", "IN_MEETING", ()),
        ("MeetingStarted", "ENDED", ("MeetingEnded",)),
        ("MeetingStarted", "NOT_START", ("MeetingEnded",)),
        ("MeetingStarted", "RECYCLED", ("MeetingEnded", "MeetingRecycled")),
        ("MeetingEnded", "IN_MEETING", ("MeetingStarted",)),
        ("MeetingEnded", "RECYCLED", ("MeetingRecycled",)),
        ("MeetingEnded", "CANCELED", ("MeetingCanceled",)),
        ("MeetingRecycled", "RECYCLED", ()),
        ("", "NOT_START", ()),
        ("", "IN_MEETING", ()),  # an instant meeting is, before anybody enters
        ("", "ENDED", ("MeetingStarted", "MeetingEnded")),
        ("", "CANCELED", ("MeetingCanceled",)),
        ("", "RECYCLED", ("MeetingRecycled",)),
    ],
)
def test_the_fewest_events(
    machine: tuple[dict[str, object], dict[str, str]], last: str, state: str, told: tuple[str, ...]
) -> None:
    assert missing(*machine)[last][STATUS[state]] == told


def test_what_is_over_leads_nowhere(machine: tuple[dict[str, object], dict[str, str]]) -> None:
    assert missing(*machine)["MeetingCanceled"] == {STATUS["CANCELED"]: ()}


def test_a_scheduled_meeting_in_progress_was_started(machine: tuple[dict[str, object], dict[str, str]]) -> None:
    assert begun(*machine) == {
        3: {STATUS["IN_MEETING"]: ("MeetingStarted",), STATUS["ENDED"]: ("MeetingStarted", "MeetingEnded")}
    }


@pytest.mark.parametrize(
    ("file", "old", "new", "complaint"),
    [
        ("states.yaml", "tells: meetingStarted", "tells: meetingBegun", "there is no callback 'meetingBegun'"),
        ("webhooks.yaml", "callback: recordingReady", "callback: filmReady", "there is no filmReady"),
        ("webhooks.yaml", "read: listMeetings, type: type", "read: listMeetings, type: kind", "there is no kind"),
    ],
)
def test_names_that_are_not_there_are_refused(tmp_path: Path, file: str, old: str, new: str, complaint: str) -> None:
    for source in (ROOT / "spec").rglob("*.yaml"):
        copy = tmp_path / "spec" / source.relative_to(ROOT / "spec")
        copy.parent.mkdir(parents=True, exist_ok=True)
        copy.write_text(source.read_text("utf-8"), "utf-8")
    edited = tmp_path / "spec" / file
    text = edited.read_text("utf-8")
    assert old in text
    edited.write_text(text.replace(old, new, 1), "utf-8")
    ended = subprocess.run(
        [sys.executable, "-m", "generator", "--spec", tmp_path / "spec/openapi.yaml", "--out", tmp_path / "out"],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert ended.returncode == 1
    assert complaint in ended.stderr
    assert file in ended.stderr
