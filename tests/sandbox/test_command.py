"""``python -m netease_meeting.sandbox``, the pytest plugin, and the clients in process."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest
from netease_meeting import AsyncMeetingClient, MeetingClient, errors
from netease_meeting.sandbox import Sandbox
from netease_meeting.sandbox.server import Server

from tests.conftest import ROOT

from .conftest import control, http_request


@contextmanager
def running(*arguments: str) -> Iterator[str]:
    """Start the command; yield what it printed."""
    command = [sys.executable, "-m", "netease_meeting.sandbox", *arguments]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stderr is not None
    printed = ""
    try:
        for line in process.stdout:
            printed += line
            if "Ctrl-C" in line:
                break
        yield printed
        process.send_signal(signal.SIGINT)
        assert process.wait(10) == 0
        assert process.stderr.read() == ""
    finally:
        process.kill()
        process.communicate()


def test_it_prints_what_one_needs_and_the_client_works_with_that() -> None:
    with running() as printed:
        settings = dict(re.findall(r"export (\w+)=(\S+)", printed))
        assert set(settings) == {f"NETEASE_MEETING_{name}" for name in ("BASE_URL", "APP_KEY", "APP_SECRET")}
        url = settings["NETEASE_MEETING_BASE_URL"]
        assert f"{url}/_sandbox/" in printed
        (example,) = re.findall(r"python -c '(.*)'", printed)
        environment = {**os.environ, **settings}
        done = subprocess.run(
            [sys.executable, "-c", example], env=environment, capture_output=True, text=True, check=True
        )
        assert "account_id" in done.stdout
        assert control(url, "GET", "state")["accounts"][0]["imAccid"] == "alice"
        assert http_request(url, "GET", "/_sandbox/").status == 200


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "example.com", ""])
def test_other_machines_are_let_in_only_if_that_is_meant(host: str) -> None:
    command = [sys.executable, "-m", "netease_meeting.sandbox", "--host", host]
    done = subprocess.run(command, capture_output=True, text=True, timeout=20)
    assert done.returncode == 2
    assert "add --expose if you mean it" in done.stderr


def test_exposed_it_listens_everywhere() -> None:
    with running("--host", "0.0.0.0", "--expose") as printed:
        port = int(re.findall(r"0\.0\.0\.0:(\d+)", printed)[0])
        assert http_request(f"http://127.0.0.1:{port}", "GET", "/_sandbox/state").status == 200


@pytest.mark.parametrize("port", ["taken", "65536"])
def test_a_port_that_cannot_be_had_is_told_in_one_line(port: str, server: Server) -> None:
    port = server.url.rpartition(":")[2] if port == "taken" else port
    command = [sys.executable, "-m", "netease_meeting.sandbox", "--port", port]
    done = subprocess.run(command, capture_output=True, text=True, timeout=20)
    assert (done.returncode, done.stderr.count("\n")) == (2, 1)
    assert done.stderr.startswith("The sandbox cannot start: ")


def test_a_callback_elsewhere_needs_to_be_meant_too() -> None:
    command = [sys.executable, "-m", "netease_meeting.sandbox", "--callback", "http://example.com/"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=20)
    assert (done.returncode, "--expose" in done.stderr) == (2, True)


def test_options_reach_the_sandbox() -> None:
    options = ("--seed", "7", "--forget-ended", "--http-errors", "--callback", "http://127.0.0.1:9/cb")
    with running(*options) as printed:
        url = re.findall(r"BASE_URL=(\S+)", printed)[0]
        assert control(url, "GET", "state")["callback"]["url"] == "http://127.0.0.1:9/cb"
        assert http_request(url, "POST", "/v2/meeting/list", {}).status == 401


# -- in process


def test_the_fixtures(
    meeting_sandbox: Sandbox, meeting_client: MeetingClient, async_meeting_client: AsyncMeetingClient
) -> None:
    account = meeting_client.accounts.create(im_accid="alice")
    found = asyncio.run(async_meeting_client.accounts.get_by_im_accid(im_accid="alice"))
    assert found == account
    assert len(meeting_sandbox.state()["accounts"]) == 1


def test_the_plugin_costs_nothing_until_a_fixture_is_used(tmp_path: Path) -> None:
    (tmp_path / "test_it.py").write_text(
        "import sys\ndef test_it():\n    assert 'netease_meeting.sandbox' not in sys.modules\n"
        "    assert not {'httpx', 'msgspec', 'asyncio'} & set(sys.modules)\n"
        "def test_use(meeting_client):\n    meeting_client.accounts.create()\n"
    )
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "netease_meeting.pytest_plugin",
        "-p",
        "no:cacheprovider",
        ".",
    ]
    environment = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


KEPT = """
import asyncio
import pytest
from netease_meeting import errors

kept = []

def test_use(meeting_client, async_meeting_client):
    kept.extend([meeting_client, async_meeting_client])
    meeting_client.accounts.create(im_accid="alice")

def test_afterwards(meeting_client):
    assert meeting_client.accounts.create(im_accid="alice").account_id, "another sandbox"
    with pytest.raises(errors.ClientClosedError):
        kept[0].accounts.create()
    with pytest.raises(errors.ClientClosedError):
        asyncio.run(kept[1].accounts.create())
"""


def test_the_clients_of_the_fixtures_close_with_their_test(tmp_path: Path) -> None:
    (tmp_path / "test_it.py").write_text(KEPT)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "netease_meeting.pytest_plugin", "."]
    environment = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


SHOP = """
from netease_meeting import errors

def close_if_empty(client, number):
    assert client.meetings.get(meeting_unique_id=number).status.name == "IN_MEETING"
    client.meetings.end_by_meeting_unique_id(meeting_unique_id=number)
"""


@pytest.mark.parametrize(
    "page", ["docs/guides/sandbox.md", "docs/guides/sandbox.zh-CN.md", "generator/runtime/sandbox/README.md"]
)
def test_the_examples_of_the_guides_run(tmp_path: Path, page: str) -> None:
    blocks = re.findall(r"```python\n(.*?)```", (ROOT / page).read_text("utf-8"), re.DOTALL)
    tests = [block for block in blocks if "def test_" in block]
    assert tests
    (tmp_path / "shop.py").write_text(SHOP)
    for number, block in enumerate(tests):
        (tmp_path / f"test_{number}.py").write_text(block, "utf-8")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "netease_meeting.pytest_plugin", "."]
    environment = {**os.environ, "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTHONPATH": str(tmp_path)}
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


def test_an_asynchronous_client_whose_receiver_runs_on_the_same_loop() -> None:
    async def main() -> list[bytes]:
        sandbox = Sandbox()
        came: list[bytes] = []

        async def receive(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            came.append(await reader.readuntil(b"\r\n\r\n"))
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
            writer.close()

        async with await asyncio.start_server(receive, "127.0.0.1", 0) as receiver:
            port = receiver.sockets[0].getsockname()[1]
            sandbox.set_callback(f"http://127.0.0.1:{port}/")
            client = sandbox.async_client()
            account = await client.accounts.create()
            meeting = await client.meetings.create(host=account.account_id, type=1, subject="x")
            await client.meetings.end_by_meeting_unique_id(meeting_unique_id=meeting.meeting_unique_id)
        assert all(callback["accepted"] for callback in sandbox.state()["callbacks"])
        return came

    assert len(asyncio.run(main())) == 2


def test_many_threads_share_one_sandbox() -> None:
    sandbox = Sandbox()
    sent: list[bytes] = []

    def receive(body: bytes, headers: Mapping[str, str]) -> int:
        sent.append(body)
        return 200

    sandbox.set_callback(receive)
    client = sandbox.client()
    host = client.accounts.create().account_id

    def work(index: int) -> str:
        meeting = client.meetings.create(host=host, type=1, subject=str(index))
        sandbox.join(meeting.meeting_unique_id, "a", "d")
        client.meetings.end_by_meeting_unique_id(meeting_unique_id=meeting.meeting_unique_id)
        return meeting.meeting_id

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(work, range(200)))
    sandbox.settle()
    assert len(sent) == len(set(sent)) == 200 * 5
    state = sandbox.state()
    assert {meeting["state"] for meeting in state["meetings"]} == {"RECYCLED"}


def test_a_closed_client_is_closed_as_a_real_one_is() -> None:
    sandbox = Sandbox()
    client, other = sandbox.client(), sandbox.client()
    client.close()
    with pytest.raises(errors.ClientClosedError):
        client.accounts.create(im_accid="alice")
    assert other.accounts.create(im_accid="alice").account_id, "each client has its own end"

    async def closed() -> None:
        client = sandbox.async_client()
        await client.aclose()
        with pytest.raises(errors.ClientClosedError):
            await client.accounts.create(im_accid="bob")

    asyncio.run(closed())
    assert [account["imAccid"] for account in sandbox.state()["accounts"]] == ["alice"]


def test_an_asynchronous_client_survives_a_reset_of_the_sandbox() -> None:
    sandbox = Sandbox()
    sandbox.set_callback(lambda body, headers: 200)

    async def use() -> None:
        client = sandbox.async_client()
        sandbox.reset()
        host = (await client.accounts.create(im_accid="alice")).account_id
        start = round(sandbox.clock.seconds() * 1000) + 60_000
        meeting = await client.meetings.create(
            host=host, type=3, subject="s", start_time=start, end_time=start + 60_000
        )
        await client.meetings.cancel(meeting_unique_id=meeting.meeting_unique_id)

    asyncio.run(use())
    assert [callback.accepted for callback in sandbox.callbacks.log()] == [True]
