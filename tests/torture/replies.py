"""Figures 7, 9 and 14: replies and contracts made by an enemy, and what is shown of secrets on the way."""

from __future__ import annotations

import ast
import json
import logging
import pickle
import random
import resource
import shutil
import tempfile
import time
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from netease_meeting import MeetingClient, Reply, errors
from netease_meeting._runtime.transport import Header

from generator import emit, render
from generator.__main__ import read
from generator.problems import ContractError
from tests.figure import Figure
from tests.generator.contracts import described, small, write
from tests.generator.test_hostile import NASTY, assigned

CANARY = "canary-secret-7f3a"
JSON = (b"Content-Type", b"application/json;charset=utf-8")
MEETING = {
    "meetingUniqueId": 7,
    "meetingId": "123456789",
    "subject": "周会",
    "status": 2,
    "type": 1,
    "password": CANARY,
    "settings": {"controls": [{"type": "audio", "state": 1}], "scene": {"roleTypes": [{"roleType": 1, "maxCount": 2}]}},
}
ACCOUNT = {"accountId": "1", "accountToken": CANARY, "imAccid": "a", "imToken": CANARY, "personalMeetingId": 1}
PAGE = {"list": [MEETING, MEETING], "pageIndex": 0, "pageSize": 20, "totalNum": 2, "totalPages": 1}


class Fixed:
    """A transport that answers what it is told to."""

    def __init__(self) -> None:
        self.reply = Reply(200, [JSON], b"{}")
        self.headers: list[Header] = []

    def send(self, url: str, headers: Sequence[Header], body: bytes, deadline: float) -> Reply:
        self.headers = list(headers)
        return self.reply

    def close(self) -> None:
        pass


def mutate(data: bytes, chance: random.Random) -> bytes:
    """Return *data* after one to three of the things that happen to bytes."""
    for _ in range(chance.randint(1, 3)):
        start = chance.randrange(len(data) + 1)
        end = min(start + chance.randrange(1, 9), len(data))
        before, middle, after = data[:start], data[start:end], data[end:]
        data = chance.choice(
            [
                before,
                before + after,
                before + chance.randbytes(3) + after,
                before + middle * 3 + after,
                before + chance.choice(WORDS) + after,
                before + chance.choice(WORDS) + middle + after,
                data.replace(*chance.choice(SWAPS), 1),
            ]
        )
    return data


WORDS = [
    b"null", b"true", b"NaN", b"-1", b"1e400", b'""', b"[]", b"{}", b"9" * 5000, b"[" * 5000, b'{"a":' * 5000,
    b"\xef\xbb\xbf", b"\xff\xfe", b'"code":200,', b'"code":401,', b"\\ud800", b"<html>", b"\x00", "周".encode("gbk"),
]  # fmt: skip
SWAPS = [
    (b"200", b'"200"'), (b"200", b"200.0"), (b"200", b"true"), (b"200", b"500"), (b"{", b"["), (b'"ret"', b'"rte"'),
    (b"7", b"9223372036854775808"), (b":2", b":99"), (b'"code"', b'"Code"'), (b"}", b""), (b",", b""),
]  # fmt: skip


def mutated(seed: int) -> Figure:
    """100 000 replies, each spoilt; every one is a result or an exception of ours."""
    chance = random.Random(seed)
    transport = Fixed()
    client = MeetingClient(app_key="k", app_secret=CANARY, base_url="https://x", transport=transport, max_retries=0)
    calls: list[tuple[Callable[[], object], object]] = [
        (lambda: client.meetings.get(meeting_unique_id=7), MEETING),
        (lambda: client.accounts.create(im_accid="a"), ACCOUNT),
        (lambda: list(client.meetings.list().pages()), PAGE),
        (lambda: client.meetings.cancel(meeting_unique_id=7), None),
        (lambda: client.recordings.list(meeting_unique_id=7), []),
    ]
    undeclared: list[str] = []
    ended = {"results": 0, "refused": 0}
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    slowest = 0.0
    for _ in range(100_000):
        call, ret = calls[chance.randrange(len(calls))]
        body = {"code": 200, "msg": "", "requestId": "r", "costTime": "1ms", "ret": ret}
        status = chance.choice([200] * 8 + [204, 302, 404, 502])
        transport.reply = Reply(status, [JSON], mutate(json.dumps(body).encode(), chance))
        started = time.perf_counter()
        try:
            call()
            ended["results"] += 1
        except errors.MeetingError:
            ended["refused"] += 1
        except Exception as error:
            undeclared.append(f"{error!r} for {transport.reply.body[:200]!r}")
        slowest = max(slowest, time.perf_counter() - started)
    grown = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    values = {
        **ended,
        "undeclared": len(undeclared),
        "memory +MiB": round(grown, 1),
        "slowest ms": round(slowest * 1e3, 1),
    }
    for line in undeclared[:5]:
        print(line)
    return Figure("100 000 mutated replies", "0 undeclared, ≤ 32 MiB more", not undeclared and grown <= 32, values)


class Kept(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))


def hygiene(seed: int) -> Figure:
    """Every error of 20 000 spoilt replies: its texts, its pickle, its traceback with variables, and the log."""
    chance = random.Random(seed)
    transport = Fixed()
    client = MeetingClient(app_key="k", app_secret=CANARY, base_url="https://x", transport=transport, max_retries=0)
    log, logger = Kept(), logging.getLogger("netease_meeting")
    logger.addHandler(log)
    level = logger.level
    logger.setLevel(logging.DEBUG)
    shown = hits = 0
    for _ in range(20_000):
        body = {"code": chance.choice([200, 401, 512, 2000]), "msg": "", "ret": {**MEETING, **ACCOUNT}}
        transport.reply = Reply(chance.choice([200, 502]), [JSON], mutate(json.dumps(body).encode(), chance))
        try:
            result: Any = client.meetings.get(meeting_unique_id=7)
            texts = [repr(result), str(result)]
        except errors.MeetingError as error:
            told = traceback.TracebackException.from_exception(error, capture_locals=True)
            frames = [
                line for frame in told.stack if "_runtime" in frame.filename for line in (frame.locals or {}).values()
            ]
            texts = [str(error), repr(error), repr(vars(error)), repr(pickle.dumps(error)), *frames]
        sums = [value.decode() for name, value in transport.headers if name == b"CheckSum"]
        shown += len(texts)
        hits += sum(canary in text for text in texts for canary in (CANARY, *sums))
    logger.removeHandler(log)
    logger.setLevel(level)
    hits += sum(CANARY in line for line in log.lines)
    values = {"texts searched": shown + len(log.lines), "hits": hits}
    met = hits == 0 and min(shown, len(log.lines)) > 20_000
    return Figure("secrets in texts, pickles, tracebacks, logs", "0 hits", met, values)


def hostile_contracts(seed: int) -> Figure:
    """Nasty strings in every place a contract has: nothing runs or breaks, every value comes through exactly."""
    sinks = ("enum", "description", "code text", "remedy", "summary", "example", "property", "tag", "schema name")
    tried = refused = unfaithful = broken = 0
    folder = Path(tempfile.mkdtemp())
    try:
        for text in NASTY:
            for sink in sinks:
                tried += 1
                try:
                    files = emit.format_python(render.render(read(write(poisoned(sink, text), folder))))
                except ContractError:
                    refused += 1
                    continue
                modules: dict[str, ast.Module] = {}
                try:
                    modules = {name: ast.parse(content) for name, content in files.items()}
                except SyntaxError:
                    broken += 1
                if sink == "enum" and modules:
                    unfaithful += assigned(modules["netease_meeting/enums.py"], "Color")["RED"] != text
                broken += any(".." in name or name.startswith("/") for name in files)
    finally:
        shutil.rmtree(folder)
    values = {"tried": tried, "refused": refused, "broken": broken, "unfaithful": unfaithful}
    return Figure(
        "hostile strings × places in a contract", "0 broken, 0 unfaithful", not broken and not unfaithful, values
    )


def poisoned(sink: str, text: str) -> dict[str, Any]:
    contract = small()
    schemas = contract["components"]["schemas"]
    operation = contract["paths"]["/v1/thing/get"]["post"]
    code = contract["x-error-codes"]["codes"][0]
    if sink == "enum":
        schemas["Color"]["enum"] = [text, "other"]
    elif sink == "description":
        schemas["Thing"] |= described(text)
    elif sink == "code text":
        code |= {"text": text, "en": text}
    elif sink == "remedy":
        code["remedy"] = {"zh": text, "en": text}
    elif sink == "summary":
        operation |= {"summary": text, "description": text}
        operation["x-i18n"]["en"] |= {"summary": text, "description": text}
    elif sink == "example":
        operation["requestBody"]["content"]["application/json"]["examples"]["contract"]["value"]["name"] = text
    elif sink == "property":
        schemas["Thing"]["properties"][text] = {"type": "string", **described("A text.")}
    elif sink == "tag":
        operation["tags"] = [text]
    else:
        schemas[text] = schemas.pop("Color")
        schemas["Thing"]["properties"]["color"]["$ref"] = f"#/components/schemas/{text}"
    return contract
