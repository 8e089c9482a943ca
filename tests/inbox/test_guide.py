"""The guide's code runs, block after block, in both languages the same."""

from __future__ import annotations

import re
import threading
import time
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from netease_meeting.sandbox import Sandbox

from ..conftest import ROOT
from .callbacks import KEY, SECRET, callback

GUIDES = ROOT / "docs/guides"


def blocks(name: str) -> list[str]:
    return re.findall(r"^```python\n(.*?)^```$", (GUIDES / name).read_text("utf-8"), re.MULTILINE | re.DOTALL)


def test_both_languages_show_the_same_code() -> None:
    assert blocks("callbacks.md") == blocks("callbacks.zh-CN.md")
    english, chinese = ((GUIDES / name).read_text("utf-8") for name in ("callbacks.md", "callbacks.zh-CN.md"))
    assert english.count("\n## ") == chinese.count("\n## ")
    assert english.count("\n| ") == chinese.count("\n| ")


def test_the_code_of_the_guide_does_what_it_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, database: str, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NETEASE_MEETING_APP_KEY", KEY)
    monkeypatch.setenv("NETEASE_MEETING_APP_SECRET", SECRET)
    monkeypatch.setenv("DATABASE", database)
    names: dict[str, Any] = {"__name__": "guide", "client": Sandbox().client()}
    machine, web, worker, *rest = [compile(code, "callbacks.md", "exec") for code in blocks("callbacks.md")]
    for code in (machine, web):
        exec(code, names)
    now = time.time()
    body, headers = callback("MeetingStarted", 7, at=now)
    client = TestClient(names["app"])
    assert client.post("/callbacks", content=body, headers=dict(headers)).status_code == 200
    assert client.post("/callbacks", content=body, headers={**headers, "CheckSum": "0" * 40}).status_code == 401
    exec(worker, names)
    try:
        wait_until(lambda: names["inbox"].stats().waiting == 0)
    finally:
        names["stop"].set()
        names["worker"].join()
    with names["sqlite3"].connect("callbacks.db") as connection:
        assert connection.execute("SELECT * FROM rooms").fetchall() == [(7, 1)]
    connection.close()
    names["connection"].close()
    for code in rest:
        exec(code, names)
    assert type(names["store"]).__name__ == "PostgresStore"
    assert "0 None 0 0" in capsys.readouterr().out
    assert names["report"].lost == ["MemberJoined", "MemberLeft"]
    names["store"].close()


def wait_until(condition: Any) -> None:
    pause = threading.Event()
    for _ in range(600):
        if condition():
            return
        pause.wait(0.05)
    raise TimeoutError("nothing was handled within 30 s")
