"""The commands on consoles that are not like the developer's: other encodings, closed pipes, none at all, IPv6."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from typing import IO

import pytest
from netease_meeting import MeetingClient
from netease_meeting.sandbox import Sandbox

from tests.callbacks.signed import BODY, signed
from tests.conftest import reply, rude_server

SANDBOX = ("-m", "netease_meeting.sandbox")
LISTEN = ("-m", "netease_meeting.webhooks", "listen")
ENCODINGS = ["ascii", "ascii:strict", "cp1252", "shift_jis", "gbk", "utf-8"]
COMMANDS = [SANDBOX, LISTEN]


@contextmanager
def running(*arguments: str, encoding: str = "utf-8", **variables: str) -> Iterator[subprocess.Popen[bytes]]:
    environment = {
        **os.environ,
        "PYTHONIOENCODING": encoding,
        "PYTHONUTF8": "0",
        "NETEASE_MEETING_APP_KEY": "sandbox-key",
        "NETEASE_MEETING_APP_SECRET": "sandbox-secret",
        **variables,
    }
    process = subprocess.Popen(
        [sys.executable, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def output(process: subprocess.Popen[bytes]) -> IO[bytes]:
    assert process.stdout is not None
    return process.stdout


def address(process: subprocess.Popen[bytes]) -> tuple[str, int]:
    """Read what the command prints up to its address."""
    for line in output(process):
        found = re.search(rb"http://(\[::1\]|127\.0\.0\.1):(\d+)", line)
        if found is not None:
            return found[1].decode().strip("[]"), int(found[2])
    raise AssertionError("no address was printed")


def interrupt(process: subprocess.Popen[bytes]) -> tuple[int, bytes]:
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate(timeout=10)
    return process.returncode, errors


def post(host: str, port: int, body: bytes, headers: dict[str, str]) -> int:
    connection = HTTPConnection(host, port, timeout=10)
    try:
        connection.request("POST", "/", body, headers)
        return connection.getresponse().status
    finally:
        connection.close()


def genuine() -> tuple[bytes, dict[str, str]]:
    return BODY, signed(BODY, key="sandbox-key", secret="sandbox-secret", millis=str(int(time.time() * 1000)))


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_the_sandbox_serves_whatever_its_console_can_show(encoding: str) -> None:
    with running(*SANDBOX, encoding=encoding) as process:
        host, port = address(process)
        with MeetingClient(
            app_key="sandbox-key", app_secret="sandbox-secret", base_url=f"http://{host}:{port}"
        ) as client:
            assert client.accounts.create(im_accid="alice").account_id
        assert interrupt(process) == (0, b"")


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_callbacks_are_shown_whatever_the_console_can_show(encoding: str) -> None:
    with running(*LISTEN, "--body", encoding=encoding) as process:
        body, headers = genuine()
        assert post(*address(process), body, headers) == 200
        line = output(process).readline()
        assert b"MeetingEnded" in line
        assert interrupt(process) == (0, b"")


@pytest.mark.parametrize(("status", "answered"), [(b"200 OK", 200), (b"503 Busy", 503)])
def test_a_closed_pipe_does_not_decide_what_is_acknowledged(status: bytes, answered: int) -> None:
    with (
        rude_server(*[reply(b"", status)] * 2) as application,
        running(*LISTEN, "--forward", application.url) as process,
    ):
        where = address(process)
        output(process).close()
        for _ in range(2):  # the first finds the pipe closed, the second that there is none
            assert post(*where, *genuine()) == answered
        assert len(application.requests) == 2
        process.stdout = None
        assert interrupt(process) == (0, b"")


def test_without_any_console_the_commands_serve() -> None:
    """As under pythonw, where standard output and error are None."""
    script = (
        "import sys, threading, urllib.request, urllib.error, time\n"
        "sys.stdout = sys.stderr = None\n"
        "from netease_meeting.webhooks import Webhook\n"
        "from netease_meeting.webhooks.listen import Listener\n"
        "with Listener(Webhook(app_key='k', app_secret='s'), '127.0.0.1', 0, None, False) as listener:\n"
        "    threading.Thread(target=listener.run, daemon=True).start()\n"
        "    try:\n"
        "        urllib.request.urlopen(listener.url, b'{}', 10)\n"
        "    except urllib.error.HTTPError as error:\n"
        "        listener.shutdown()\n"
        "        sys.exit(0 if error.code == 401 else 1)\n"
    )
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("target", ["closed", "/dev/full"])
def test_output_that_goes_nowhere_is_no_reason_to_stop(command: tuple[str, ...], target: str) -> None:
    """Started with ``>&-`` by a shell, or onto a disk that is full. The port is found by its being taken."""
    with socket.create_server(("127.0.0.1", 0)) as reserved:
        port = reserved.getsockname()[1]
    redirection = ">&-" if target == "closed" else f">{target}"
    script = f'exec "$0" -X dev -W error {" ".join(command)} --port {port} {redirection}'
    names = {"NETEASE_MEETING_APP_KEY": "sandbox-key", "NETEASE_MEETING_APP_SECRET": "sandbox-secret"}
    with subprocess.Popen(
        ["sh", "-c", script, sys.executable], stderr=subprocess.PIPE, env={**os.environ, **names}
    ) as process:
        try:
            status = until_answered(port, process)
            assert status == (401 if command is LISTEN else 405)
            assert interrupt(process) == (0, b"")
        finally:
            process.kill()


def until_answered(port: int, process: subprocess.Popen[bytes]) -> int:
    while process.poll() is None:
        connection = HTTPConnection("127.0.0.1", port, timeout=10)
        try:
            connection.request("POST" if "listen" in str(process.args) else "PUT", "/v2/meeting/get", b"{}")
            return connection.getresponse().status
        except ConnectionRefusedError:
            pass
        finally:
            connection.close()
    assert process.stderr is not None
    raise AssertionError(process.stderr.read())


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--port", "65536"), "--port is 0 to 65535, not 65536"),
        (("--port", "-1"), "--port is 0 to 65535, not -1"),
        (("--expose", "--host", "no.such.host.invalid"), "--host no.such.host.invalid is no address and no known name"),
        (("--expose", "--host", "a..b"), "--host a..b is no address and no known name"),
        (("--expose", "--host", "192.0.2.1"), "--host 192.0.2.1 is not an address of this machine"),
    ],
)
def test_where_nothing_can_listen_is_said_in_one_line(
    command: tuple[str, ...], arguments: tuple[str, ...], said: str
) -> None:
    with running(*command, *arguments, encoding="ascii") as process:
        written, errors = process.communicate(timeout=60)
    assert (process.returncode, written, errors.count(b"\n")) == (2, b"", 1)
    assert said in errors.decode()


@pytest.mark.parametrize("command", COMMANDS)
def test_a_port_that_is_taken_is_named(command: tuple[str, ...]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with running("-X", "dev", "-W", "error", *command, "--port", str(port)) as process:
            _, errors = process.communicate(timeout=60)
    assert (process.returncode, errors.count(b"\n")) == (2, 1)
    assert f"port {port} is in use: choose another with --port" in errors.decode()


def has_ipv6() -> bool:
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        return False
    return True


@pytest.mark.skipif(not has_ipv6() and "CI" not in os.environ, reason="no IPv6 on loopback")
@pytest.mark.parametrize("command", COMMANDS)
def test_they_listen_on_ipv6(command: tuple[str, ...]) -> None:
    with running(*command, "--host", "::1") as process:
        host, port = address(process)
        assert host == "::1"
        if command is LISTEN:
            assert post(host, port, *genuine()) == 200
        else:
            with MeetingClient(
                app_key="sandbox-key", app_secret="sandbox-secret", base_url=f"http://[::1]:{port}"
            ) as client:
                assert client.accounts.create(im_accid="alice").account_id


def test_the_sandbox_sends_its_callbacks_to_a_listener_on_ipv6() -> None:
    with running(*LISTEN, "--host", "::1") as process:
        host, port = address(process)
        sandbox = Sandbox()
        sandbox.set_callback(f"http://[{host}]:{port}/")
        client = sandbox.client()
        account = client.accounts.create(im_accid="alice").account_id
        meeting = client.meetings.create(host=account, type=1, subject="会议")
        sandbox.join(meeting.meeting_unique_id, account, "phone")
        assert sandbox.state()["callbacks"][0]["accepted"] is True
        assert b"MeetingStarted" in output(process).readline()
