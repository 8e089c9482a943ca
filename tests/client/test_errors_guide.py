"""The guide to errors says what happens: its examples run, and print what they say they print."""

from __future__ import annotations

import json
import logging
import re
from typing import Any

import pytest
from netease_meeting.sandbox import Sandbox
from netease_meeting.sandbox.server import Server

from tests.conftest import ROOT

ENGLISH, CHINESE = (ROOT / f"docs/guides/errors{language}.md" for language in ("", ".zh-CN"))
BLOCK = re.compile(r"(?:<!-- sandbox: (?P<fault>.*?) -->\n)?```python\n(?P<code>.*?)```", re.DOTALL)


def test_the_examples_of_the_errors_guide_do_what_they_say(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    level = logging.getLogger("netease_meeting").level
    with Server(Sandbox()) as server:
        monkeypatch.setenv("NETEASE_MEETING_APP_KEY", "sandbox-key")
        monkeypatch.setenv("NETEASE_MEETING_APP_SECRET", "sandbox-secret")
        monkeypatch.setenv("NETEASE_MEETING_BASE_URL", server.url)
        names: dict[str, Any] = {}
        blocks = list(BLOCK.finditer(ENGLISH.read_text("utf-8")))
        assert len(blocks) >= 8
        for block in blocks:
            if block["fault"]:
                # A clock that is wrong stays wrong: for both attempts.
                fault = json.loads(block["fault"])
                server.sandbox.faults.add({"times": 2 if "skew" in fault else 1, **fault})
            exec(compile(block["code"], str(ENGLISH), "exec"), names)
            said = re.findall(r"print\(.*\)  # (.*)", block["code"])
            assert capsys.readouterr().out.splitlines() == said
    logging.getLogger("netease_meeting").setLevel(level)


def test_the_errors_guide_has_the_same_examples_in_both_languages() -> None:
    english, chinese = (path.read_text("utf-8") for path in (ENGLISH, CHINESE))
    assert [block[0] for block in BLOCK.finditer(english)] == [block[0] for block in BLOCK.finditer(chinese)]
    assert len(re.findall("(?m)^## ", english)) == len(re.findall("(?m)^## ", chinese))
