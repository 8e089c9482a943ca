"""The command for the desk, as a process of its own."""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection

import pytest
from netease_meeting.sandbox import Sandbox
from netease_meeting.webhooks import Webhook
from netease_meeting.webhooks.listen import Listener

from tests.conftest import reply, rude_server

from .signed import BODY, KEY, SECRET, signed

COMMAND = [sys.executable, "-m", "netease_meeting.webhooks", "listen"]


def environment(key: str = "sandbox-key", secret: str = "sandbox-secret", **others: str) -> dict[str, str]:
    return {**os.environ, "NETEASE_MEETING_APP_KEY": key, "NETEASE_MEETING_APP_SECRET": secret, **others}


class Listening:
    """A running command: its address and what it prints."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        assert process.stdout is not None
        self._output = process.stdout
        self.greeting = self._output.readline()
        found = re.search(r"http://127\.0\.0\.1:(\d+)/", self.greeting)
        assert found is not None, self.greeting
        self.url, self.port = found[0], int(found[1])

    def line(self) -> str:
        return self._output.readline().rstrip("\n")

    def post(self, body: bytes, headers: dict[str, str]) -> int:
        connection = HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request("POST", "/", body, headers)
            return connection.getresponse().status
        finally:
            connection.close()


@contextmanager
def listening(*arguments: str, **variables: str) -> Iterator[Listening]:
    process = subprocess.Popen(
        [*COMMAND, *arguments], stdout=subprocess.PIPE, env=environment(**variables), text=True, encoding="utf-8"
    )
    try:
        yield Listening(process)
    finally:
        process.terminate()
        process.communicate()


def life_of_a_meeting(url: str) -> Sandbox:
    sandbox = Sandbox()
    sandbox.set_callback(url)
    client = sandbox.client()
    host = client.accounts.create(im_accid="host").account_id
    meeting = client.meetings.create(host=host, type=1, subject="周\x1b[31m会").meeting_unique_id
    sandbox.join(meeting, host, "phone")
    sandbox.record(meeting, {})
    sandbox.end(meeting)
    return sandbox


@pytest.mark.case(130)
def test_each_callback_is_one_line() -> None:
    with listening() as listener:
        sent = life_of_a_meeting(listener.url).callbacks.log()
        lines = [listener.line() for _ in sent]
    for line, callback in zip(lines, sent, strict=True):
        meeting = json.loads(callback.body)["msgBody"]["meetingUniqueId"]
        assert re.fullmatch(rf"\d\d:\d\d:\d\d  {callback.event} +{meeting} .* 200", line), line
        assert callback.accepted
    assert "type=INSTANT subject='周\\x1b[31m会'" in lines[0]
    assert "filename='" in lines[2]
    assert "\x1b" not in "".join(lines), "no colours in a pipe, no control characters ever"


def test_bodies_can_be_shown() -> None:
    with listening("--body") as listener:
        sent = life_of_a_meeting(listener.url).callbacks.log()
        listener.line()
        shown = json.loads(sent[0].body)
        expected = json.dumps(shown, ensure_ascii=False, indent=2).splitlines()
        assert [listener.line() for _ in expected] == expected


def test_what_is_not_genuine_is_shown_and_refused() -> None:
    with listening() as listener:
        assert listener.post(BODY, signed(BODY)) == 401
        assert re.fullmatch(r"\d\d:\d\d:\d\d  refused .*the signature is wrong.* 401", listener.line())


@pytest.mark.parametrize(("status", "seen"), [(b"200 OK", 200), (b"503 Busy", 503), (b"302 Found", 302)])
def test_bytes_and_headers_are_passed_on_and_the_answer_back(status: bytes, seen: int) -> None:
    with (
        rude_server(reply(b"", status)) as application,
        listening("--forward", f"{application.url}/a?b=1") as listener,
    ):
        sent = life_of_a_meeting(listener.url).callbacks.log()
        assert f"passed on to {application.url}/a?b=1" in listener.greeting
        assert re.search(rf"{seen} \d+ ms$", listener.line())
    assert [callback.attempts[0]["status"] for callback in sent] == [seen] * len(sent)
    for callback, received in zip(sent, application.requests, strict=True):
        head, _, body = received.partition(b"\r\n\r\n")
        assert body == callback.body
        assert head.startswith(b"POST /a?b=1 HTTP/1.1\r\n")
        names = [line.split(b":")[0].lower() for line in head.split(b"\r\n")[1:]]
        assert len(names) == len(set(names))
        assert {b"appkey", b"nonce", b"curtime", b"checksum", b"content-type", b"host"} <= set(names)


def test_an_application_that_is_down_is_said() -> None:
    with rude_server(b"") as application, listening("--forward", application.url) as listener:
        sent = life_of_a_meeting(listener.url).callbacks.log()
        assert re.search(r"not passed on: RemoteDisconnected.* 502 \d+ ms$", listener.line())
    assert sent[0].attempts[0]["status"] == 502


def test_large_and_endless_bodies() -> None:
    with listening() as listener:
        connection = HTTPConnection("127.0.0.1", listener.port, timeout=10)
        connection.putrequest("POST", "/")
        connection.putheader("Content-Length", str(2**40))
        connection.endheaders()
        assert connection.getresponse().status == 413
        connection.close()
        connection.putrequest("POST", "/")
        connection.endheaders()
        assert connection.getresponse().status == 411
        connection.close()


def complaint(*arguments: str, **variables: str) -> str:
    done = subprocess.run(
        [*COMMAND, *arguments], env=environment(**variables), capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 2
    return done.stderr


@pytest.mark.case(101)
def test_the_secret_comes_from_the_environment_only() -> None:
    shown = subprocess.run([*COMMAND, "--help"], env=environment(), capture_output=True, text=True, check=True).stdout
    assert "--secret" not in shown
    assert "NETEASE_MEETING_APP_SECRET" in shown
    assert "NETEASE_MEETING_APP_SECRET" in complaint(secret="")
    assert "unrecognized arguments" in complaint("--app-secret", "s")
    assert SECRET not in complaint("--host", "0.0.0.0", secret=SECRET)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--host", "0.0.0.0"), "add --expose if you mean it"),
        (("--forward", "localhost:80"), "must begin with http:// or https://"),
        (("--forward", "http://localhost:x"), "Cannot listen"),
        (("--forward", "http://[::1"), "Cannot listen"),
        (("--forward", "ftp://a"), "must begin with http:// or https://"),
        (("--forward", "http://a/\u4e2d"), "must be percent-encoded"),
        (("--forward", "http://a/a b"), "must be percent-encoded"),
        (("--forward", "http://user:pass@a/"), "must not carry a user name or password"),
        (("--port", "99999"), "Cannot listen: --port is 0 to 65535, not 99999"),
        (("--port", "-1"), "Cannot listen: --port is 0 to 65535, not -1"),
        (("--expose", "--host", "no.such.host.invalid"), "is no address and no known name"),
        (("--expose", "--host", "a..b"), "is no address and no known name"),
        (("--expose", "--host", "192.0.2.1"), "is not an address of this machine"),
    ],
)
def test_what_cannot_work_is_said_at_once(arguments: tuple[str, ...], said: str) -> None:
    assert said in complaint(*arguments)


def test_the_key_is_the_one_of_the_environment() -> None:
    with listening(key=KEY, secret=SECRET) as listener:
        assert listener.post(b"{}", signed_now(b"{}")) == 200
        assert re.fullmatch(r"\d\d:\d\d:\d\d  Probe .* 200", listener.line())


def signed_now(body: bytes) -> dict[str, str]:
    import time

    return signed(body, millis=str(int(time.time() * 1000)))


def test_a_port_that_is_taken_is_said_in_one_line() -> None:
    with listening() as listener:
        said = complaint("--port", str(listener.port))
    assert said == (
        f"Cannot listen: port {listener.port} is in use: choose another with --port, or leave it out for a free one\n"
    )


def test_what_was_forwarded_too_slowly_is_a_timeout(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("netease_meeting.webhooks.listen._PATIENCE", 0.05)
    webhook = Webhook(app_key=KEY, app_secret=SECRET)
    with (
        socket.create_server(("127.0.0.1", 0)) as silent,
        Listener(webhook, "127.0.0.1", 0, f"http://127.0.0.1:{silent.getsockname()[1]}/", False) as listener,
    ):
        status, show = listener.receive(b"{}", list(signed_now(b"{}").items()))
        assert status == 504
        show()


@pytest.mark.parametrize("value", ["a\r\n b", "a\nb"])
def test_a_header_that_cannot_be_passed_on_is_a_refusal(value: str) -> None:
    webhook = Webhook(app_key=KEY, app_secret=SECRET)
    with Listener(webhook, "127.0.0.1", 0, "http://127.0.0.1:9/", False) as listener:
        assert listener.receive(b"{}", [*signed_now(b"{}").items(), ("X-Folded", value)])[0] == 502


def test_the_response_does_not_wait_for_the_console() -> None:
    """A pipe nobody reads from is full at some time; callbacks are acknowledged all the same."""
    with listening("--body", key=KEY, secret=SECRET) as listener:
        body = json.dumps({"filler": "x" * 500_000}).encode()
        for _ in range(4):
            assert listener.post(body, signed_now(body)) == 200


def test_bodies_that_only_the_verifier_reads_are_shown_as_they_came(capsys: pytest.CaptureFixture[str]) -> None:
    webhook = Webhook(app_key=KEY, app_secret=SECRET)
    body = b'{"msgType":99,"msgBody":' + b"[" * 3000 + b"]" * 3000 + b"}"
    with Listener(webhook, "127.0.0.1", 0, None, True) as listener:
        status, show = listener.receive(body, list(signed_now(body).items()))
        show()
    assert f" {status}" in capsys.readouterr().out
