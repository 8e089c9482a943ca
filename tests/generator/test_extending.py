"""What is added to the contract is in the client after `make generate`, with no Python edit."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

from tests.conftest import reply, rude_server
from tests.generator.contracts import copy_of_the_real_one, generate

OPERATION = """
transfer:
  operationId: transferMeeting
  x-sdk: {resource: meetings, method: transfer}
  x-retry: never
  tags: [meetings]
  summary: 移交会议
  description: 将会议移交给另一个帐号。
  x-i18n: {en: {summary: Hand a meeting over, description: Hands a meeting over to another account.}}
  parameters:
    - name: X-Reason
      in: header
      required: true
      description: 原因
      x-i18n: {en: {description: Why.}}
      x-sdk: {name: reason}
      schema: {$ref: ../schemas/meetings.yaml#/TransferReason}
  requestBody:
    required: true
    content:
      application/json;charset=utf-8:
        schema: {$ref: ../schemas/meetings.yaml#/TransferMeetingRequest}
        examples:
          contract: {value: {meetingUniqueId: 1, to: abc}}
  responses:
    "200":
      description: 移交结果
      x-i18n: {en: {description: The outcome.}}
      content:
        application/json;charset=utf-8:
          schema: {$ref: ../schemas/meetings.yaml#/TransferMeetingResponse}
          examples:
            contract: {value: {code: 200, ret: {acceptedTime: 1600782488572}}}
  x-errors: [2999]
"""
SCHEMAS = """
TransferMeetingRequest:
  type: object
  description: 移交会议的参数
  x-i18n: {en: {description: The body of `meetings.transfer`.}}
  required: [meetingUniqueId, to]
  properties:
    meetingUniqueId:
      type: integer
      format: int64
      description: 会议唯一id
      x-i18n: {en: {description: The unique id of the meeting.}}
    to:
      type: string
      description: 接收者
      x-i18n: {en: {description: Who receives it.}}

TransferReason:
  type: string
  description: 原因
  x-i18n: {en: {description: Why a meeting changes hands., x-enum-descriptions: [Somebody is ill., Somebody left.]}}
  enum: [illness, departure]
  x-enum-varnames: [ILLNESS, DEPARTURE]
  x-enum-descriptions: [生病, 离职]

Transfer:
  type: object
  description: 移交
  x-i18n: {en: {description: A transfer.}}
  required: [acceptedTime]
  properties:
    acceptedTime:
      type: integer
      format: unix-time
      x-unit: ms
      description: 接收时间
      x-i18n: {en: {description: When it was accepted.}}

TransferMeetingResponse:
  description: 移交会议的响应
  x-i18n: {en: {description: An answer with a transfer.}}
  allOf:
    - $ref: envelope.yaml#/Envelope
    - type: object
      properties:
        ret: {$ref: "#/Transfer"}
"""
CODE = """
  - {code: 2999, name: NOT_TRANSFERABLE, family: conflict, retry: never, text: 不可移交, en: It cannot change hands.,
     remedy: {zh: 请联系管理员。, en: "Ask the administrator."}}
"""
PROGRAM = """
import asyncio
import sys
from datetime import datetime

from netease_meeting import AsyncMeetingClient, ErrorCode, MeetingClient, Transfer, TransferReason, errors

with MeetingClient(app_key="key", app_secret="secret", base_url=sys.argv[1]) as client:
    transfer: Transfer = client.meetings.transfer(meeting_unique_id=1, to="abc", reason=TransferReason.ILLNESS)
    accepted: datetime | None = transfer.accepted_at
    assert accepted is not None and accepted.year == 2020
    try:
        client.meetings.transfer(meeting_unique_id=1, to="abc", reason="departure")
    except errors.ConflictError as error:
        assert error.code == ErrorCode.NOT_TRANSFERABLE and error.hint == "Ask the administrator."
    else:
        raise AssertionError("no error")


async def main() -> None:
    async with AsyncMeetingClient(app_key="key", app_secret="secret", base_url=sys.argv[1]) as client:
        transfer = await client.with_raw_response.meetings.transfer(meeting_unique_id=1, to="abc", reason="illness")
        number: int = transfer.parse().accepted_time
        assert number == 1600782488572


asyncio.run(main())
"""


def append(path: Path, text: str) -> None:
    path.write_text(path.read_text("utf-8") + text, "utf-8")


def replace(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")


def run(out: Path, program: str, *arguments: str) -> None:
    environment = {**os.environ, "PYTHONPATH": str(out)}
    subprocess.run([sys.executable, "-c", program, *arguments], check=True, env=environment, cwd=out)


def test_a_new_operation_with_schema_enumeration_header_and_code(tmp_path: Path) -> None:
    spec, out = copy_of_the_real_one(tmp_path), tmp_path / "out"
    append(spec.parent / "paths/meetings.yaml", OPERATION)
    append(spec.parent / "schemas/meetings.yaml", SCHEMAS)
    append(spec.parent / "errors.yaml", CODE)
    line = "  /v2/meeting/transfer: {post: {$ref: paths/meetings.yaml#/transfer}}\n"
    replace(spec, "webhooks:\n", line + "webhooks:\n")
    done = generate(spec, out)
    assert done.returncode == 0, done.stderr
    assert "16 operations" in done.stdout
    program = tmp_path / "program.py"
    program.write_text(PROGRAM, "utf-8")
    checked = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--cache-dir", str(tmp_path / "cache"), str(program)],
        env={**os.environ, "MYPYPATH": str(out)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert checked.returncode == 0, checked.stdout
    good = reply(b'{"code":200,"ret":{"acceptedTime":1600782488572}}')
    bad = reply('{"code":2999,"msg":"不可移交"}'.encode())
    with rude_server(good, bad, good) as server:
        run(out, PROGRAM, server.url)
    assert [request.lower().split(b"x-reason: ")[1].split(b"\r\n")[0] for request in server.requests] == [
        b"illness",
        b"departure",
        b"illness",
    ]
    assert server.requests[0].endswith(b'{"meetingUniqueId":1,"to":"abc"}')


def test_a_changed_signature_changes_the_client(tmp_path: Path) -> None:
    spec, out = copy_of_the_real_one(tmp_path), tmp_path / "out"
    signing = spec.parent / "signing.yaml"
    text = signing.read_text("utf-8")
    head, tail = text.split("bodyDigest:", 1)
    head = head.replace("      CheckSum:\n", "      X-Sum:\n").replace(
        "{sha1: [appSecret, nonce, unixSeconds]}", "{sha256: [nonce, {text: '|'}, appSecret]}"
    )
    head = head.replace("      Nonce:\n", "      X-Nonce:\n")
    signing.write_text(head + "bodyDigest:" + tail, "utf-8")
    done = generate(spec, out)
    assert done.returncode == 0, done.stderr
    program = """if True:
        import sys
        import httpx
        from netease_meeting import MeetingClient, SigningAuth
        with MeetingClient(app_key="key", app_secret="secret", base_url=sys.argv[1]) as client:
            client.meetings.cancel(meeting_unique_id=1)
        with httpx.Client(auth=SigningAuth("key", "secret")) as client:
            client.post(sys.argv[1] + "/v2/meeting/cancel", json={"meetingUniqueId": 1})
    """
    with rude_server(reply(b'{"code":200}')) as server:
        run(out, program, server.url)
    assert len(server.requests) == 2
    for request in server.requests:
        headers = dict(line.lower().split(b": ", 1) for line in request.split(b"\r\n\r\n")[0].split(b"\r\n")[1:])
        assert b"checksum" not in headers
        assert b"nonce" not in headers
        expected = hashlib.sha256(headers[b"x-nonce"] + b"|secret").hexdigest()
        assert headers[b"x-sum"].decode() == expected
