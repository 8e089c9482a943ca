"""The package as a user meets it: what importing costs, what it offers, how it type-checks, how it installs."""

from __future__ import annotations

import importlib
import json
import os
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import netease_meeting
import pytest
from netease_meeting.sandbox import Sandbox
from netease_meeting.sandbox.server import Server

from tests.conftest import ROOT

HEAVY = ("httpx", "httpcore", "ssl", "asyncio", "msgspec")

PROGRAM = '''
"""What a careful user writes."""

import asyncio
from datetime import datetime, timezone

from netease_meeting import AsyncMeetingClient, Meeting, MeetingClient, MeetingStatus, MeetingType, errors
from netease_meeting.webhooks import MeetingEnded, MeetingStarted, MemberJoined, UnknownEvent, Webhook


def schedule(client: MeetingClient, host: str, start: datetime, end: datetime) -> int:
    meeting: Meeting = client.meetings.create(
        host=host, type=MeetingType.SCHEDULED, subject="周会", start_time=start, end_time=end
    )
    started_at: datetime | None = meeting.start_at
    status: MeetingStatus = meeting.status
    print(started_at, status.name)
    return meeting.meeting_unique_id


def subjects(client: MeetingClient) -> list[str]:
    return [meeting.subject for meeting in client.meetings.list(status_list=[MeetingStatus.NOT_START])]


def find(client: MeetingClient, number: int) -> Meeting | None:
    try:
        return client.with_options(timeout=5).meetings.get(meeting_unique_id=number)
    except errors.NotFoundError as error:
        code: int | None = error.code
        hint: str = error.hint
        print(code, hint)
        return None


def raw(client: MeetingClient) -> Meeting:
    response = client.with_raw_response.meetings.get(meeting_unique_id=1)
    print(response.status, response.request_id)
    return response.parse()


async def count(client: AsyncMeetingClient) -> int:
    return len([meeting.subject async for meeting in client.meetings.list()])


def received(webhook: Webhook, body: bytes, headers: dict[str, str]) -> str:
    match webhook.parse(body, headers):
        case MeetingStarted(meeting_unique_id=number) | MeetingEnded(meeting_unique_id=number):
            return str(number)
        case MemberJoined() as event:
            return str(event.meeting_unique_id)
        case UnknownEvent(msg_type=kind):
            return f"kind {kind}"
        case _:
            return "another"


if __name__ == "__main__":
    with MeetingClient() as synchronous:
        schedule(synchronous, "host", datetime.now(timezone.utc), datetime.now(timezone.utc))

    async def main() -> None:
        async with AsyncMeetingClient() as asynchronous:
            print(await count(asynchronous))

    asyncio.run(main())
'''

WRONG = {
    "a misspelt argument": "client.meetings.get(meeting_uniqe_id=1)",
    "a positional argument": "client.meetings.get(1)",
    "a missing argument": "client.meetings.create(host='a', type=1)",
    "text for a number": "client.meetings.get(meeting_unique_id='1')",
    "a missing await": "asynchronous.meetings.get(meeting_unique_id=1).subject",
    "nothing is returned": "client.meetings.cancel(meeting_unique_id=1).subject",
    "an unknown field": "client.meetings.get(meeting_unique_id=1).sujbect",
    "an unknown member": "MeetingType.WEEKLY",
}


def loaded_by(statement: str) -> set[str]:
    script = f"import sys\n{statement}\nprint(*sorted(sys.modules))"
    done = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True)
    return set(done.stdout.split())


def test_importing_the_package_loads_nothing_heavy() -> None:
    assert not loaded_by("import netease_meeting").intersection(HEAVY)


def test_webhooks_never_load_an_http_library() -> None:
    loaded = loaded_by("from netease_meeting.webhooks import Webhook; Webhook(app_key='k', app_secret='s')")
    assert not loaded.intersection({"httpx", "httpcore", "h11", "ssl", "asyncio"})


def test_building_a_client_does_not_load_httpx() -> None:
    assert "httpx" not in loaded_by(
        "import netease_meeting; netease_meeting.MeetingClient(app_key='k', app_secret='s')"
    )


def test_every_public_name_is_there() -> None:
    for name in netease_meeting.__all__:
        assert getattr(netease_meeting, name) is not None
    assert set(netease_meeting.__all__) <= set(dir(netease_meeting))
    misspelt = "MeetingClent"
    with pytest.raises(AttributeError, match=misspelt):
        getattr(netease_meeting, misspelt)
    for module in ("accounts", "auth", "client", "enums", "errors", "meetings", "models", "recordings", "webhooks"):
        public = importlib.import_module(f"netease_meeting.{module}")
        assert all(hasattr(public, name) for name in public.__all__)


@pytest.mark.parametrize("checker", ["mypy", "pyright"])
def test_a_users_program_type_checks_strictly(tmp_path: Path, checker: str) -> None:
    (tmp_path / "program.py").write_text(PROGRAM, "utf-8")
    wrong = ["from netease_meeting import AsyncMeetingClient, MeetingClient, MeetingType"]
    wrong += ["client = MeetingClient()", "asynchronous = AsyncMeetingClient()", *WRONG.values()]
    (tmp_path / "wrong.py").write_text("\n".join(wrong), "utf-8")
    (tmp_path / "pyrightconfig.json").write_text(json.dumps({"typeCheckingMode": "strict"}), "utf-8")
    tool = str(Path(sys.executable).with_name(checker))
    options = ["--strict"] if checker == "mypy" else ["--pythonpath", sys.executable]
    right = subprocess.run([tool, *options, "program.py"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert right.returncode == 0, right.stdout
    mistakes = subprocess.run([tool, *options, "wrong.py"], cwd=tmp_path, capture_output=True, text=True, check=False)
    told = {int(line) for line in re.findall(r"wrong\.py:(\d+).*error", mistakes.stdout)}
    assert told == set(range(4, 4 + len(WRONG))), mistakes.stdout


def first_example(readme: str) -> str:
    found = re.search(r"```python\n(.*?)```", (ROOT / readme).read_text("utf-8"), re.DOTALL)
    assert found
    return found[1]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    pip = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation"]
    subprocess.run([*pip, "--wheel-dir", str(folder), str(ROOT)], check=True)
    return next(folder.glob("*.whl"))


def test_the_wheel_holds_the_package_and_nothing_else(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    assert all(name.startswith(("netease_meeting/", "netease_meeting-")) for name in names)
    assert "netease_meeting/py.typed" in names
    assert "netease_meeting/openapi.json" in names
    assert any(name.endswith("licenses/LICENSE") for name in names)
    assert not [name for name in names if "__pycache__" in name or name.endswith("MANIFEST.txt")]


def test_the_sdist_builds_the_same_wheel(tmp_path: Path, wheel: Path) -> None:
    build = [sys.executable, "-m", "hatchling", "build", "--target", "sdist", "--directory", str(tmp_path)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    source = next(tmp_path.glob("*.tar.gz"))
    pip = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation"]
    subprocess.run([*pip, "--wheel-dir", str(tmp_path), str(source)], check=True)
    again = next(tmp_path.glob("*.whl"))
    first, second = ({item.filename: item.CRC for item in zipfile.ZipFile(path).infolist()} for path in (wheel, again))
    assert first == second


@pytest.mark.parametrize("readme", ["README.md", "README.zh-CN.md"])
def test_the_key_and_secret_in_the_first_example_have_a_form_that_the_client_takes(readme: str) -> None:
    found = re.search(r'app_key="([^"]*)", app_secret="([^"]*)"', first_example(readme))
    assert found
    with netease_meeting.MeetingClient(app_key=found[1], app_secret=found[2]) as client:
        assert client.meetings


@pytest.mark.parametrize("readme", ["README.md", "README.zh-CN.md"])
def test_the_first_example_runs_from_the_wheel_alone(tmp_path: Path, wheel: Path, readme: str) -> None:
    subprocess.run([sys.executable, "-m", "venv", str(tmp_path / "venv")], check=True)
    python = tmp_path / "venv/bin/python"
    subprocess.run([python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", str(wheel)], check=True)
    example = first_example(readme)
    assert example.count('app_key="') == 1
    program = re.sub(r'app_key="[^"]*", app_secret="[^"]*"', "", example)
    with Server(Sandbox()) as server:
        environment = {
            "PATH": os.environ["PATH"],
            "NETEASE_MEETING_APP_KEY": "sandbox-key",
            "NETEASE_MEETING_APP_SECRET": "sandbox-secret",
            "NETEASE_MEETING_BASE_URL": server.url,
            "PYTHONIOENCODING": "utf-8",
        }
        done = subprocess.run(
            [python, "-W", "error", "-c", program],
            env=environment,
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        assert [entry["code"] for entry in server.sandbox.requests][:2] == [200, 200]
    lines = done.stdout.splitlines()
    assert re.fullmatch(r"\d{9} NOT_START|\d{9} [A-Z_]+", lines[0])
    assert lines[1].startswith("2000 "), "the meeting that does not exist, with its remedy"
