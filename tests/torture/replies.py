"""Figures 7, 9 and 14: replies and contracts made by an enemy, and what is shown of secrets on the way."""

from __future__ import annotations

import ast
import gzip
import importlib
import json
import logging
import multiprocessing
import os
import pickle
import random
import re
import shutil
import socket
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from netease_meeting import MeetingClient, Reply, errors
from netease_meeting._runtime.transport import Header

from generator import emit, render
from generator.__main__ import read
from generator.problems import ContractError
from tests.conftest import ROOT, Answer, rude_server
from tests.conftest import reply as http_reply
from tests.figure import Figure
from tests.generator.contracts import described, small, write
from tests.generator.test_bombs import bombs
from tests.generator.test_hostile import NASTY, assigned, facts

CANARY = "canary-secret-7f3a"
SUM = re.compile(r"(?<![0-9a-f])[0-9a-f]{40}(?![0-9a-f])")
TIMEOUT = 2.0
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
    """Return something other than *data*, after one to three of the things that happen to bytes."""
    spoilt = data
    while spoilt == data:  # some of them may happen to change nothing
        spoilt = spoil(data, chance)
    return spoilt


def spoil(data: bytes, chance: random.Random) -> bytes:
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
    """100 000 spoilt bodies, 2 000 spoilt HTTP messages: each is a result or an exception of ours, in time."""
    # In a process of its own: memory that another figure has left free would hide what this one takes.
    with multiprocessing.get_context("spawn").Pool(1) as alone:
        return alone.apply(_mutated, (seed,))


def _mutated(seed: int) -> Figure:
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
    ended = Counter[str]()
    before = fresh_peak()
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
    grown = peak() - before
    longest = _messages(chance, ended, undeclared)
    values = {
        "results": ended["results"],
        "refused": ended["refused"],
        "undeclared": len(undeclared),
        "memory +MiB": round(grown, 1),
        "slowest body ms": round(slowest * 1e3, 1),
        f"longest of the calls with timeout={TIMEOUT:g}, s": round(longest, 2),
    }
    for line in undeclared[:5]:
        print(line)
    assert ended.total() + len(undeclared) == 102_000
    met = not undeclared and grown <= 32 and longest <= TIMEOUT * 1.1
    return Figure("102 000 mutated replies", "0 undeclared, ≤ 32 MiB more, none 10 % past its deadline", met, values)


def _messages(chance: random.Random, ended: Counter[str], undeclared: list[str]) -> float:
    """Call a server of spoilt HTTP messages, headers and all; return how long the longest call took."""

    def answer(message: bytes) -> Callable[[socket.socket], None]:
        return lambda connection: (
            connection.sendall(message) if chance.random() < 0.95 else dribbled(connection, message)
        )

    good = http_reply(json.dumps({"code": 200, "ret": MEETING}).encode())
    zipped = http_reply(gzip.compress(good), b"200 OK", b"application/json", b"Content-Encoding: gzip")
    answers: list[Answer] = [answer(mutate(chance.choice([good, good, zipped]), chance)) for _ in range(2000)]
    with (
        rude_server(*answers) as server,
        MeetingClient(app_key="k", app_secret=CANARY, base_url=server.url, timeout=TIMEOUT, max_retries=0) as client,
        ThreadPoolExecutor(8) as pool,
    ):

        def one(_: int) -> tuple[float, str]:
            started = time.perf_counter()
            end = "results"
            try:
                client.meetings.get(meeting_unique_id=7)
            except errors.MeetingError:
                end = "refused"
            except Exception as error:
                end = repr(error)
            return time.perf_counter() - started, end

        longest = 0.0
        for seconds, end in pool.map(one, range(2000)):
            longest = max(longest, seconds)
            if end in ("results", "refused"):
                ended[end] += 1
            else:
                undeclared.append(end)
        return longest


def dribbled(connection: socket.socket, message: bytes) -> None:
    for byte in message:
        connection.sendall(bytes([byte]))
        time.sleep(0.01)


class Kept(logging.Handler):
    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))


def hygiene(seed: int) -> Figure:
    """Every end of 20 000 calls over sockets: its texts, its pickle, its traceback with variables, every log."""
    chance = random.Random(seed)
    log, logger = Kept(), logging.getLogger()
    levels = {name: logging.getLogger(name).level for name in ("", "netease_meeting")}
    logger.addHandler(log)
    for name in levels:
        logging.getLogger(name).setLevel(logging.DEBUG)
    logging.getLogger("netease_meeting").propagate = True
    calls = 20_000
    answers: list[Answer] = []
    for _ in range(calls):
        body = {"code": chance.choice([200, 401, 512, 2000]), "msg": "", "ret": {**MEETING, **ACCOUNT}}
        status = chance.choice([b"200 OK", b"502 Bad Gateway"])
        answers.append(http_reply(mutate(json.dumps(body).encode(), chance), status))
    shown = hits = 0
    with (
        rude_server(*answers) as server,
        MeetingClient(app_key="k", app_secret=CANARY, base_url=server.url, max_retries=0) as client,
    ):
        for _ in range(calls):
            texts = ends(client)
            shown += len(texts)
            hits += sum(CANARY in text or SUM.search(text) is not None for text in texts)
    logger.removeHandler(log)
    logging.getLogger("netease_meeting").propagate = False
    for name, level in levels.items():
        logging.getLogger(name).setLevel(level)
    hits += sum(CANARY in line or SUM.search(line) is not None for line in log.lines)
    values = {"texts searched": shown + len(log.lines), "of them in logs": len(log.lines), "hits": hits}
    met = hits == 0 and shown > calls and len(log.lines) > 5 * calls
    return Figure("secrets in texts, pickles, tracebacks, logs of all libraries", "0 hits", met, values)


def ends(client: MeetingClient) -> list[str]:
    """Return everything that a call shows, however it ends."""
    try:
        result: Any = client.meetings.create(host="1", type=1, subject="x", password=CANARY)
        return [repr(result), str(result)]
    except errors.MeetingError as error:
        told = traceback.TracebackException.from_exception(error, capture_locals=True)
        frames = [
            line for frame in told.stack if "_runtime" in frame.filename for line in (frame.locals or {}).values()
        ]
        return [str(error), repr(error), repr(vars(error)), repr(pickle.dumps(error)), *frames]


def hostile_contracts(seed: int) -> Figure:
    """Nasty strings in every place a contract has: nothing runs or breaks, every value comes through; and bombs."""
    texts = [*NASTY, *NASTIER]
    count = dict.fromkeys(("tried", "refused", "executed", "broken", "unfaithful", "outside"), 0)
    folder = Path(tempfile.mkdtemp())
    try:
        for text in texts:
            places = [VALUES, *((name,) for name in NAMES)]
            while places:
                sinks = places.pop()
                try:
                    files = emit.format_python(render.render(read(write(poisoned(sinks, text), folder))))
                except ContractError:
                    if len(sinks) > 1:
                        places += [(sink,) for sink in sinks]  # one of them will do
                    else:
                        count["tried"] += 1
                        count["refused"] += 1
                    continue
                count["tried"] += len(sinks)
                count["outside"] += any(".." in name or name.startswith("/") for name in files)
                status = imported(files, folder / "out")
                count["executed"] += status == RAN
                count["broken"] += status not in (0, RAN)
                count["unfaithful"] += sum(not faithful(sink, text, files) for sink in sinks)
        slowest, largest, refused = exploded(folder)
    finally:
        shutil.rmtree(folder)
    values = {
        "strings": len(texts),
        **count,
        "bombs refused": f"{refused}/{len(bombs())}",
        "slowest s": round(slowest, 2),
        "largest +MiB": round(largest),
    }
    harmless = count["executed"] == count["broken"] == count["unfaithful"] == count["outside"] == 0
    met = harmless and len(texts) >= 40 and refused == len(bombs()) and slowest < 1 and largest < 100
    name = f"{len(texts)} hostile strings × {len(VALUES + NAMES)} places; bombs"
    return Figure(name, "0 executed, broken, unfaithful, outside; bombs < 1 s, < 100 MB", met, values)


VALUES: tuple[str, ...] = ("enum", "description", "code text", "remedy", "summary", "example")
NAMES = ("property", "tag", "schema name")
RAN = 99
RUNS = f'__import__("os")._exit({RAN})'
NASTIER = [
    "\\", '"', "'", '\\"', "\\" + "'" * 3, f'"""; {RUNS}; """', f"'; {RUNS}; '", f"\n{RUNS}\n", f"}}}}{{{{ {RUNS} }}}}",
    "{% for x in range(9) %}", f"f'{{{RUNS}}}'", "#{", "*/", "<!-- ]]>", "../../../etc/passwd", "C:\\Users",
    "r" + "'" * 3,
    "\\u0022", "yes", "0o17", "1e5", "2024-01-01", "~", "!!python/object:os.system", "&a *a", "True",
]  # fmt: skip


def imported(files: Mapping[str, bytes], out: Path) -> int:
    """Import every generated module in a child; return how it ended: ``RAN`` where a string was executed."""
    shutil.rmtree(out, ignore_errors=True)
    shutil.copytree(ROOT / "generator/runtime/_runtime", out / "netease_meeting/_runtime")
    for name, content in files.items():
        path = out / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    pid = os.fork()
    if pid == 0:
        status = 1
        try:
            for name in [name for name in sys.modules if name.partition(".")[0] == "netease_meeting"]:
                del sys.modules[name]
            sys.path.insert(0, str(out))
            for path in sorted((out / "netease_meeting").glob("*.py")):
                importlib.import_module(
                    "netease_meeting" if path.stem == "__init__" else f"netease_meeting.{path.stem}"
                )
            status = 0
        finally:
            os._exit(status)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def faithful(sink: str, text: str, files: Mapping[str, bytes]) -> bool:
    """Whether *text* reads back from the generated code as it stood in the contract."""
    if sink == "enum":
        return bool(assigned(ast.parse(files["netease_meeting/enums.py"]), "Color")["RED"] == text)
    table = facts(ast.parse(files["netease_meeting/errors.py"]))
    if sink == "code text":
        return bool(table["text"] == text)
    return sink != "remedy" or (table["hint"], table["hint_zh"]) == (text, text)


def exploded(folder: Path) -> tuple[float, float, int]:
    """Read each bomb in a child; return the longest time, the largest growth, and how many were refused."""
    slowest = largest = refused = 0.0
    for content in bombs().values():
        path = folder / "bomb.yaml"
        path.write_text(content, "utf-8")
        reading, writing = os.pipe()
        pid = os.fork()
        if pid == 0:
            before, started, caught = fresh_peak(), time.perf_counter(), 0
            try:
                read(path)
            except ContractError:
                caught = 1
            finally:
                told = json.dumps([time.perf_counter() - started, peak() - before, caught])
                os.write(writing, told.encode())
                os._exit(0)
        os.close(writing)
        os.waitpid(pid, 0)
        seconds, growth, caught = json.loads(os.read(reading, 200))
        os.close(reading)
        slowest, largest, refused = max(slowest, seconds), max(largest, growth), refused + caught
    return slowest, largest, int(refused)


def peak() -> float:
    """Return the most memory held since ``fresh_peak``, in MiB. What ``getrusage`` says outlives even an exec."""
    lines = Path("/proc/self/status").read_text("ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:")) / 1024


def fresh_peak() -> float:
    """Forget the peak so far and return what is held now."""
    Path("/proc/self/clear_refs").write_text("5", "ascii")
    return peak()


def poisoned(sinks: Sequence[str], text: str) -> dict[str, Any]:
    contract = small()
    schemas = contract["components"]["schemas"]
    operation = contract["paths"]["/v1/thing/get"]["post"]
    code = contract["x-error-codes"]["codes"][0]
    if "enum" in sinks:
        schemas["Color"]["enum"] = [text, "other"]
    if "description" in sinks:
        schemas["Thing"] |= described(text)
    if "code text" in sinks:
        code |= {"text": text, "en": text}
    if "remedy" in sinks:
        code["remedy"] = {"zh": text, "en": text}
    if "summary" in sinks:
        operation |= {"summary": text, "description": text}
        operation["x-i18n"]["en"] |= {"summary": text, "description": text}
    if "example" in sinks:
        operation["requestBody"]["content"]["application/json"]["examples"]["contract"]["value"]["name"] = text
    if "property" in sinks:
        schemas["Thing"]["properties"][text] = {"type": "string", **described("A text.")}
    if "tag" in sinks:
        operation["tags"] = [text]
    if "schema name" in sinks:
        schemas[text] = schemas.pop("Color")
        schemas["Thing"]["properties"]["color"]["$ref"] = f"#/components/schemas/{text}"
    return contract
