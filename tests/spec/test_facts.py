"""Every fact of the vendor's document (tests/data/rest-api.md) stands in the published contract.

The document is cut into blocks, every block is turned into facts, every fact is a test. A line that no rule understands
is an error while collecting, so nothing is passed over. Where the contract departs from the document on purpose,
READINGS, ADDED and REQUIRED_IN_ANSWERS say how, each with its entry in spec/SOURCE.md.
"""

from __future__ import annotations

import itertools
import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

import pytest

from tests.conftest import ROOT

Json = dict[str, Any]

DOCUMENT = (ROOT / "tests/data/rest-api.md").read_text("utf-8")
PUBLISHED = (ROOT / "generated/openapi.json").read_text("utf-8")
SOURCE = (ROOT / "spec/SOURCE.md").read_text("utf-8")

MEDIA_TYPE = "application/json;charset=utf-8"

# --- Where the contract departs from the document ---------------------------------------------------------------------


class Reading(NamedTuple):
    """What the document says, what the contract says instead, and where spec/SOURCE.md explains it."""

    entry: str
    says: object
    read: object


STATUSES = {0: "无效", 1: "未开始", 2: "进行中", 3: "已终止", 4: "已取消", 5: "已回收"}
MEETING_TYPES = {1: "随机号即时会议", 2: "个人号即时会议", 3: "随机号预约会议"}
WHEN_SCHEDULED = "type=3: 是; type=1: 否"

READINGS: dict[tuple[str, str, str], Reading] = {
    # (table, row, aspect)
    ("创建会议 request", "type", "type"): Reading("T1", "String", "Integer"),
    ("查询可用的会议列表 request", "type", "type"): Reading("T1", "String", "Integer"),
    ("公共响应参数", "costTime", "unit"): Reading("T4", "ms", None),
    ("会议录像列表 answer", "fileInfo", "place"): Reading("T3", "ret.fileInfo", "ret"),
    ("会议录像列表 answer", "size", "unit"): Reading("T6", "characters", "bytes"),
    ("会议录制抄送", "size", "unit"): Reading("T6", "characters", "bytes"),
    ("创建会议 request", "startTime", "required"): Reading("V1", WHEN_SCHEDULED, "否"),
    ("创建会议 request", "endTime", "required"): Reading("V1", WHEN_SCHEDULED, "否"),
    ("创建会议 request", "endTime", "text"): Reading("V2", "预约结束时间，毫秒", "预约结束时间，毫秒，-1无限期"),
    ("查询可用的会议列表 request", "statusList", "values"): Reading("V4", {1: "未开始", 2: "进行中"}, STATUSES),
    ("会议抄送", "type", "values"): Reading("C1", {1: "快速会议", 2: "个人会议", 3: "预约会议"}, MEETING_TYPES),
    ("参数说明", "msgType", "text"): Reading("C2", "消息类型，3会议结束回调", "消息类型，"),
    ("用会议唯一id结束会议", "", "gateway"): Reading("N1", "https:/${domain}", "https://{host}"),
    ("用会议号结束会议", "", "gateway"): Reading("N1", "https:/${domain}", "https://{host}"),
    ("用会议短号结束会议", "", "gateway"): Reading("N1", "https:/${domain}", "https://{host}"),
    ("匿名入会获取会议信息", "clientType", "columns"): Reading("S5", "请求头 说明 必须", "参数 类型 必选 描述"),
    ("匿名入会获取会议信息", "deviceId", "columns"): Reading("S5", "请求头 说明 必须", "参数 类型 必选 描述"),
}

SCENE = {"settings.scene", "settings.scene.roleTypes"}
SETTINGS = SCENE | {"settings.scene.roleTypes.roleType", "settings.scene.roleTypes.maxCount", "settings.controls"}
LOOKED_UP = {"valid", "avRoomCid"}

ADDED: dict[str, tuple[str, set[str]]] = {
    # Properties that no row of the table names: place -> (entry of SOURCE.md, names)
    "创建会议 request": ("T5", SCENE),
    "创建会议 answer": ("T5", SETTINGS - {"settings.controls"} | LOOKED_UP),
    "查询会议（meetingUniqueId） answer": ("T5", SETTINGS),
    "修改会议 request": ("T5", SETTINGS),
    "查询可用的会议列表 answer": ("T2", {"list"} | {f"list.{name}" for name in SETTINGS | LOOKED_UP}),
}

# The document's tables of answers have no column for it.
REQUIRED_IN_ANSWERS = {
    "Envelope": {"code"},
    "Account": {"accountId"},
    "Meeting": {"meetingUniqueId", "meetingId", "subject", "status"},
    "MeetingPage": {"list"},
    "AnonymousJoinInfo": {"accountId"},
    "RecordingFile": {"filename", "url"},
}
REQUIRED_ENTRY = "G1"

# The state machine is a picture in the document (images/image.png); this is what it shows.
TRANSITIONS = """
3 NOT_START enter IN_MEETING
3 NOT_START cancel CANCELED
3 NOT_START endTimeReached RECYCLED
3 IN_MEETING empty NOT_START startPending
3 IN_MEETING end NOT_START startPending
3 IN_MEETING empty ENDED startReached
3 IN_MEETING end ENDED startReached
3 ENDED enter IN_MEETING
3 ENDED endTimeReached RECYCLED
1,2 IN_MEETING empty RECYCLED
1,2 IN_MEETING end RECYCLED
"""

_used: set[tuple[str, str, str]] = set()


def read(table: str, row: str, aspect: str, says: object) -> Any:
    """Return what the contract should say where the document says *says*."""
    reading = READINGS.get((table, row, aspect))
    if reading is None:
        return says
    assert reading.says == says, f"{table}, {row}: READINGS quotes {reading.says!r}, the document says {says!r}"
    _used.add((table, row, aspect))
    return reading.read


# --- The document -----------------------------------------------------------------------------------------------------

Kind = Literal["heading", "text", "code", "table"]


@dataclass(frozen=True)
class Block:
    """A heading, a line of prose, a fenced block or a table, and where it stands."""

    line: int
    chapter: str
    heading: str
    kind: Kind
    lines: tuple[str, ...]

    @property
    def text(self) -> str:
        return "\n".join(self.lines)


def parse(markdown: str) -> list[Block]:
    """Cut a Markdown document into blocks."""
    blocks: list[Block] = []
    chapter = heading = ""
    lines = [line.strip() for line in markdown.splitlines()]
    index = 0
    while index < len(lines):
        start, line = index, lines[index]
        index += 1
        if not line:
            continue
        if line.startswith("```"):
            index = lines.index("```", index) + 1
            blocks.append(Block(start + 1, chapter, heading, "code", tuple(lines[start + 1 : index - 1])))
        elif line.startswith("|"):
            while index < len(lines) and lines[index].startswith("|"):
                index += 1
            blocks.append(Block(start + 1, chapter, heading, "table", tuple(lines[start:index])))
        elif match := re.fullmatch(r"(#{2,6})\s*(.*)", line):
            heading = match[2]
            chapter = heading if match[1] == "##" else chapter
            blocks.append(Block(start + 1, chapter, heading, "heading", (heading,)))
        else:
            blocks.append(Block(start + 1, chapter, heading, "text", (_plain(line),)))
    return blocks


def _plain(text: str) -> str:
    """Return *text* without the markup: line breaks, links that lead to other places of the document, back-ticks."""
    return re.sub(r"</br>|\[[^\]]*\]\(#\w+\)|^`|`$", "", text).strip()


@dataclass(frozen=True)
class Row:
    """One row of a table of parameters; ``required`` is empty where the table has no such column."""

    table: str
    name: str
    type: str
    required: str
    text: str

    def read(self, aspect: str, says: object) -> Any:
        return read(self.table, self.name, aspect, says)


COLUMNS = {"参数": "name", "请求体参数": "name", "请求头": "name", "消息体属性": "name"} | {
    "类型": "type",
    "必选": "required",
    "必须": "required",
    "描述": "text",
    "说明": "text",
}


def cells(table: Block) -> list[list[str]]:
    """Return the header and the rows of a table."""
    for line in table.lines:
        assert line.endswith("|"), f"line {table.line}: a row without an end"
    head, rule, *rows = [[cell.strip() for cell in line[1:-1].split("|")] for line in table.lines]
    assert all(re.fullmatch(r":?-+:?", cell) for cell in rule), f"line {table.line}: not a table"
    return [head, *rows]


def rows(table: Block, name: str = "") -> Iterator[Row]:
    """Yield the parameters of a table, which is known by its heading unless it has a *name*."""
    name = name or table.heading
    head, *body = cells(table)
    for row in body:
        titles = head
        if len(row) != len(head):
            titles = read(name, row[0], "columns", " ".join(head)).split()
        named = {COLUMNS[title]: _plain(cell) for title, cell in zip(titles, row, strict=True)}
        yield Row(name, named["name"], named.get("type", ""), named.get("required", ""), named["text"])


# --- The contract -----------------------------------------------------------------------------------------------------


class Contract:
    """The published contract, with references followed."""

    def __init__(self, document: Json) -> None:
        self.document = document
        self._resolved: dict[int, tuple[Json, Json]] = {}

    def resolve(self, node: Json) -> Json:
        """Return a schema with its reference followed and its parts joined."""
        if id(node) not in self._resolved:
            self._resolved[id(node)] = (node, self._resolve(node))  # with the node, lest its id be used again
        return self._resolved[id(node)][1]

    def _resolve(self, node: Json) -> Json:
        merged: Json = {}
        parts = list(node.get("allOf", []))
        if "$ref" in node:
            parts.insert(0, self.target(node["$ref"]))
        for part in [self.resolve(part) for part in parts] + [node]:
            properties = {**merged.get("properties", {}), **part.get("properties", {})}
            required = [*merged.get("required", []), *part.get("required", [])]
            merged = {**merged, **part, "properties": properties, "required": required}
        return {key: value for key, value in merged.items() if key not in ("$ref", "allOf")}

    def target(self, reference: str) -> Json:
        """Return what a reference points to."""
        node: Any = self.document
        for step in reference.removeprefix("#/").split("/"):
            node = node[step]
        assert isinstance(node, dict)
        return node

    def schema(self, name: str) -> Json:
        return self.resolve(self.document["components"]["schemas"][name])

    def descend(self, schema: Json, path: str) -> Json:
        """Return the schema at a dotted *path*; arrays are stepped into."""
        node = self.inside(schema)
        for step in filter(None, path.split(".")):
            assert step in node["properties"], f"{step} of {path} is missing"
            node = self.inside(node["properties"][step])
        return node

    def inside(self, schema: Json) -> Json:
        node = self.resolve(schema)
        return self.inside(node["items"]) if "items" in node else node

    def names(self, schema: Json) -> Iterator[str]:
        """Yield the dotted path of every property."""
        for name, value in self.inside(schema)["properties"].items():
            yield name
            yield from (f"{name}.{inner}" for inner in self.names(value))

    def operation(self, path: str) -> Json:
        item = self.document["paths"][path]
        assert set(item) == {"post"}
        operation: Json = item["post"]
        return operation

    def request(self, operation: Json) -> Json:
        """Return the media type object of a request's body."""
        assert operation["requestBody"]["required"] is True
        content: Json = operation["requestBody"]["content"]
        assert set(content) == {MEDIA_TYPE}
        media: Json = content[MEDIA_TYPE]
        return media

    def answer(self, operation: Json) -> Json:
        """Return the media type object of a successful answer."""
        content: Json = operation["responses"]["200"]["content"]
        assert set(content) == {MEDIA_TYPE}
        media: Json = content[MEDIA_TYPE]
        return media

    def ret(self, operation: Json) -> Json | None:
        """Return the schema of an answer's data."""
        found: Json | None = self.resolve(self.answer(operation)["schema"])["properties"].get("ret")
        return found

    def webhook(self, number: int) -> Json:
        """Return the callback with a message type."""
        found = [
            item["post"]
            for item in self.document["webhooks"].values()
            if self.descend(self.request(item["post"])["schema"], "msgType").get("const") == number
        ]
        assert len(found) == 1, f"{len(found)} callbacks with msgType {number}"
        operation: Json = found[0]
        return operation

    def scheme(self, name: str) -> Json:
        found: Json = self.document["components"]["securitySchemes"][name]
        return found

    def signature(self, scheme: str, header: str) -> Json:
        """Return what is said about a header of a signature."""
        found: Json = self.scheme(scheme)["x-signature"]["headers"][header]
        return found


# --- Facts ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Fact:
    """One test: *check* raises where the contract does not say it."""

    group: str
    id: str
    check: Callable[[Contract], None] = field(repr=False)


TYPES = {
    "String": "string",
    "Integer": "integer",
    "int": "integer",
    "Int": "integer",
    "Long": "integer",
    "long": "integer",
    "Boolean": "boolean",
    "JsonObject": "object",
    "JsonArray": "array",
    "List<Integer>": "array",
}
LIMITS = ("minLength", "maxLength", "minimum", "maximum")
DEFAULTS = {"默认允许": True, "默认不回收": False, "默认不操作": None}
UNITS = {"毫秒": "ms", "单位：s": "s", "单位为字符": "characters"}


def limits(text: str) -> dict[str, int]:
    """Return the limits that a description puts into words."""
    found: dict[str, int] = {}
    if match := re.search(r"(\d+)-(\d+)位", text):
        found |= {"minLength": int(match[1]), "maxLength": int(match[2])}
    if match := re.search(r"(\d+)(?:字符|位)以内|最大长度(\d+)个字符", text):
        found |= {"maxLength": int(match[1] or match[2])}
    if match := re.search(r"(\d+)-(\d+)，最大\2", text):
        found |= {"minimum": int(match[1]), "maximum": int(match[2])}
    if match := re.search(r"从(\d+)开始|(-1)无限期", text):
        found |= {"minimum": int(match[1] or match[2])}
    return found


def values(text: str) -> dict[Any, str]:
    """Return the values with their meanings that a description lists: ``1：成员``, ``audio音频``, ``音频(aac)``."""
    numbers = {int(number): meaning for number, meaning in re.findall(r"(?<!\d)(\d)[.： ]\s*([^，；;]+)", text)}
    words = re.findall(r"(?:^|，)([a-z]+)([\u4e00-\u9fff]+)", text)
    extensions = [(word, meaning) for meaning, word in re.findall(r"([\u4e00-\u9fff]+)\(([a-z0-9]+)\)", text)]
    return numbers or next((dict(pairs) for pairs in (words, extensions) if len(pairs) > 1), {})


def default(text: str) -> object:
    """Return the default that a description names."""
    if match := re.search(r"默认(\d+)", text):
        return int(match[1])
    return next((value for words, value in DEFAULTS.items() if words in text), None)


def check_value(contract: Contract, row: Row, schema: Json, description: str) -> None:
    """Check everything a row says about a value except where it stands and whether it is required."""
    found = contract.resolve(schema)
    text = row.read("text", row.text)
    assert description.startswith(text)
    kind = row.read("type", row.type)
    assert found["type"] == TYPES[kind]
    unit = row.read("unit", next((unit for words, unit in UNITS.items() if words in text), None))
    assert found.get("x-unit") == unit
    moment = unit in ("ms", "s") and "时间" in text
    assert found.get("format") == ("unix-time" if moment else "int64" if kind in ("Long", "long") else None)
    assert {key: found[key] for key in LIMITS if key in found} == limits(text)
    assert ("pattern" in found) == ("汉字、字母、数字" in text)
    if "pattern" in found:
        assert all(re.search(found["pattern"], good) for good in ("张三", "Bob", "7"))
        assert not any(re.search(found["pattern"], bad) for bad in ("a b", "a-b", "😀", ""))
    assert found.get("default") == default(text)
    one = contract.resolve(found["items"]) if kind == "List<Integer>" else found
    assert kind != "List<Integer>" or one["type"] == "integer"
    listed = dict(zip(one.get("enum", []), one.get("x-enum-descriptions", []), strict=True))
    assert listed == row.read("values", values(text))
    assert len(one.get("x-enum-varnames", [])) == len(listed)


def check_property(contract: Contract, row: Row, root: Json, path: str) -> None:
    """Check that the property at *path* says what the row says."""
    parent, _, name = path.rpartition(".")
    owner = contract.descend(root, parent)
    assert name in owner["properties"], f"{path} is missing"
    found = contract.resolve(owner["properties"][name])
    check_value(contract, row, found, found["description"])
    if row.required:
        required = row.read("required", row.required)
        assert (name in owner["required"]) == {"是": True, "否": False}[required]
        if required != row.required:
            assert row.required in found["description"]


def same(one: object, other: object) -> bool:
    """Compare as JSON: to Python 1, 1.0 and True are equal."""
    return json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)


def has_example(media: Json, wanted: object) -> bool:
    return any(same(example["value"], wanted) for example in media["examples"].values())


class UnclearError(Exception):
    """A block of the document that no rule understands."""

    def __init__(self, block: Block) -> None:
        super().__init__(f"rest-api.md line {block.line}, below {block.heading!r}: {block.text[:80]!r}")


# --- Facts of the chapters --------------------------------------------------------------------------------------------


def prose(group: str, block: Block, where: Callable[[Contract], str]) -> Fact:
    """Return the fact that a sentence stands in a text of the contract."""

    def check(contract: Contract) -> None:
        assert block.text.rstrip("。") in where(contract)

    return Fact(group, f"{group} line {block.line}", check)


def introduction(blocks: Sequence[Block]) -> Iterator[Fact]:
    for block in blocks:
        if block.kind == "text":
            yield prose("introduction", block, lambda contract: contract.document["info"]["description"])
        elif block.kind == "table":  # the history: 日期, 版本, 变更内容

            def check(contract: Contract, table: Block = block) -> None:
                (entry,) = cells(table)[1:]
                assert contract.document["info"]["version"] == entry[1]
                assert all(word in contract.document["info"]["description"] for word in entry)

            yield Fact("introduction", f"introduction line {block.line}", check)
        elif block.kind != "heading":
            raise UnclearError(block)


def gateway(blocks: Sequence[Block]) -> Iterator[Fact]:
    _, line = blocks
    match = re.fullmatch(r"网关地址：(\S+)", line.text)
    assert match

    def check(contract: Contract) -> None:
        assert [server["url"] for server in contract.document["servers"]] == [match[1]]

    yield Fact("gateway", "the gateway's address", check)


def formula(text: str, time: str) -> Any:
    """Return a signature in the contract's words: ``appSecret + nonce + curTime + md5_hex_lowercase(msgStr)``."""
    words: dict[str, Any] = {"appSecret": "appSecret", "nonce": "nonce", "curTime": time}
    words |= {"md5_hex_lowercase(msgStr)": {"md5": ["body"]}, "data": {"md5": ["body"]}}
    return [words[part[0].lower() + part[1:]] for part in text.split(" + ")]


def check_signature_row(contract: Contract, row: Row, scheme: str) -> None:
    assert row.required == "是"
    found = contract.signature(scheme, row.name)
    assert found["description"].startswith(row.text)
    if "例如" in row.text:
        match = re.search(r"例如(\d+)", row.text)
        assert match
        assert found["example"] == match[1]
    if limits(row.text):
        assert {key: found[key] for key in LIMITS if key in found} == limits(row.text)
    if row.name == "CurTime":
        unit = "unixMillis" if "单位毫秒" in row.text else "unixSeconds" if "单位为秒" in row.text else "?"
        assert found["value"] == [unit]
        if match := re.search(r"超过(\d+)分钟", row.text):
            tolerance = contract.scheme(scheme)["x-signature"]["tolerance"]
            assert tolerance == int(match[1]) * 60
    elif match := re.match(r"SHA1\((.+?)\)", row.text):
        assert "小写" in row.text
        assert found["value"] == {"sha1": formula(match[1], "unixSeconds")}
    elif match := re.match(r"body加密值，md5\(body.toJsonString\(\)(@\d+)\)", row.text):
        assert found["value"] == {"md5": ["body", {"text": match[1]}]}
    elif row.name != "CheckSum":  # that of callbacks has its rule in prose
        assert found["value"] == [{"AppKey": "appKey", "Nonce": "nonce"}[row.name]]


def signing(blocks: Sequence[Block]) -> Iterator[Fact]:
    def everywhere(contract: Contract) -> None:
        assert contract.document["security"] == [{"checkSum": []}]
        for path in contract.document["paths"]:
            assert all("checkSum" in one for one in contract.operation(path).get("security", [{"checkSum": []}]))
        assert set(contract.document["components"]["securitySchemes"]) == {"checkSum", "bodyDigest", "callbackCheckSum"}

    yield Fact("signing", "every request is signed; there are three schemes", everywhere)
    for block in blocks:
        if block.kind == "table":
            for row in rows(block):
                assert row.type == "String"
                check = bind(check_signature_row, row, "checkSum")
                yield Fact("signing", f"request header {row.name}", check)
        elif block.kind == "text" and block.text != "签名用的请求头参数":
            yield prose("signing", block, lambda contract: contract.scheme("checkSum")["description"])
        elif block.kind == "code":
            raise UnclearError(block)


def bind(check: Callable[..., None], *facts: object) -> Callable[[Contract], None]:
    """Return *check* with the facts it is about."""
    return lambda contract: check(contract, *facts)


def check_envelope_row(contract: Contract, row: Row) -> None:
    places = contract.document["x-envelope"]
    assert row.name in places.values()
    envelope = contract.schema("Envelope")
    if row.name != "ret":
        check_property(contract, row, envelope, row.name)
        if match := re.search(r"(\d+)：表示请求处理成功", row.text):
            assert places["success"] == int(match[1])
        return
    assert row.type == "Object"
    assert row.text in envelope["description"]
    for path in contract.document["paths"]:
        ret = contract.ret(contract.operation(path))
        if ret is not None and contract.resolve(ret)["type"] == "object":
            assert ret["description"] == row.text
        elif ret is not None:  # the one array: T3 in SOURCE.md
            assert path == "/v2/meeting/record/list"
            assert ret["description"].startswith(row.text.split("，")[0])


def check_required_in_answers(contract: Contract, name: str) -> None:
    assert set(contract.schema(name)["required"]) == REQUIRED_IN_ANSWERS[name]


def envelope(blocks: Sequence[Block]) -> Iterator[Fact]:
    _, table = blocks
    for row in rows(table):
        yield Fact("envelope", f"envelope {row.name}", bind(check_envelope_row, row))
    for name in REQUIRED_IN_ANSWERS:
        yield Fact("required in answers", f"required in {name}", bind(check_required_in_answers, name))


def codes(blocks: Sequence[Block]) -> Iterator[Fact]:
    _, table = blocks
    _, *body = cells(table)
    order = [int(code) for code, _ in body]

    def check_code(contract: Contract, code: int, text: str) -> None:
        found = [entry["text"] for entry in contract.document["x-error-codes"]["codes"] if entry["code"] == code]
        assert found == [text]

    def check_order(contract: Contract) -> None:
        assert [entry["code"] for entry in contract.document["x-error-codes"]["codes"]] == order

    for code, text in body:
        yield Fact("error codes", f"error {code}", bind(check_code, int(code), text))
    yield Fact("error codes, order", "error codes in the vendor's order, and no others", check_order)


def constants(java: Block) -> list[tuple[str, int, str]]:
    """Return the members of a Java enumeration."""
    return [(name, int(value), text) for name, value, text in re.findall(r'(\w+)\((\d+), "(.+?)"\)', java.text)]


def check_constant(contract: Contract, schema: str, name: str, value: int, text: str) -> None:
    found = contract.schema(schema)
    position = found["enum"].index(value)
    assert (found["x-enum-varnames"][position], found["x-enum-descriptions"][position]) == (name, text)


def states(blocks: Sequence[Block]) -> Iterator[Fact]:
    def check_state(contract: Contract, name: str, value: int, text: str) -> None:
        found = [state for state in contract.document["x-states"]["states"] if state["status"] == value]
        assert [(state["name"], state["zh"]) for state in found] == [(name, text)]

    def check_transitions(contract: Contract) -> None:
        found = {
            (",".join(map(str, one["types"])), one["from"], one["event"], one["to"], *filter(None, [one.get("when")]))
            for one in contract.document["x-states"]["transitions"]
        }
        assert found == {tuple(line.split()) for line in TRANSITIONS.strip().splitlines()}
        starts = {(tuple(one["types"]), one["to"]) for one in contract.document["x-states"]["initial"]}
        assert starts == {((1, 2), "IN_MEETING"), ((3,), "NOT_START")}

    for block in blocks:
        if block.kind == "code":
            # The enumeration leaves out 0, which the tables of answers have: V3 in SOURCE.md.
            for name, value, text in [("INVALID", 0, "无效"), *constants(block)]:
                yield Fact("statuses", f"status {value}", bind(check_constant, "MeetingStatus", name, value, text))
                yield Fact("statuses", f"status {value} as a state", bind(check_state, name, value, text))
        elif block.kind == "text":
            assert block.text == "![会议状态机](images/image.png)"
            yield Fact("state machine", "state machine", check_transitions)
        elif block.kind != "heading":
            raise UnclearError(block)


# --- Operations -------------------------------------------------------------------------------------------------------

STEPS = {"1. 接口描述": 1, "2. 接口请求地址": 2, "3. 输入参数": 3, "4. 输出参数": 4}
CAPTIONS = {"Request Body示例", "controls结构", "调用请求头", "请求参数"}
WITH_DATA = "以下是公共响应参数的ret属性内包含的参数"
WITHOUT_DATA = {"公共响应", "无"}
# The rows of the list's answer that are about the page; the others are about its meetings.
PAGE = {"pageIndex", "pageSize", "totalNum", "totalPages"}


def operations(blocks: Sequence[Block]) -> Iterator[Fact]:
    title, *rest = blocks
    assert title.kind == "heading"
    for heading, group in itertools.groupby(rest, key=lambda block: block.heading):
        yield from operation(heading, list(group))


def operation(heading: str, blocks: Sequence[Block]) -> Iterator[Fact]:
    address = next(block for block in blocks if block.kind == "code")
    match = re.match(r"POST (\S+?)(/v\d/\S+) HTTP/1.1\nContent-Type: (\S+)$", address.text)
    assert match, address.text
    assert read(heading, "", "gateway", match[1]) == "https://{host}"
    assert match[3] == MEDIA_TYPE
    path = match[2]
    yield Fact("operations", f"{path} is there", bind(check_operation, path, heading))
    step, caption = 0, ""
    named: dict[str, list[str]] = {"header": [], "request": [], "answer": []}
    for block in blocks[1:]:
        if block.kind == "text" and block.text in STEPS:
            step, caption = STEPS[block.text], ""
        elif block.kind == "text" and block.text in CAPTIONS:
            caption = block.text
        elif step == 1 and block.kind == "text":
            yield Fact("operations", f"{path} description", bind(check_description, path, block.text))
        elif block is address:
            assert step == 2
        elif block.kind == "table" and caption == "调用请求头":
            for row in rows(block):
                named["header"] += [row.name] if row.type else []  # the other is a signature's
                yield Fact("header rows", f"{path} header {row.name}", bind(check_header, path, row))
        elif block.kind == "table":
            side = {3: "request", 4: "answer"}[step]
            for row in rows(block, f"{heading} {side} {caption.removeprefix('请求参数')}".strip()):
                assert bool(row.required) == (step == 3)
                place = place_of(heading, side, row, caption)
                named[side].append(place)
                check = bind(check_row, path, side, place, row)
                yield Fact(f"{side} rows", f"{path} {side} {place or row.name}", check)
        elif block.kind == "code" and step == 3:
            assert caption == "Request Body示例"
            yield Fact("examples", f"{path} request example", bind(check_example, path, json.loads(block.text)))
        elif block.kind == "code" and step == 4:
            yield from answer_examples(path, block)
        elif block.kind == "text" and step == 4 and block.text in {WITH_DATA, *WITHOUT_DATA}:
            data = block.text == WITH_DATA
            yield Fact("operations", f"{path} with{'' if data else 'out'} data", bind(check_data, path, data))
        else:
            raise UnclearError(block)
    for side, names in named.items():
        check = bind(check_names, path, side, names, ADDED.get(f"{heading} {side}", ("", set[str]()))[1])
        yield Fact("nothing invented", f"{path} {side} has no more", check)


def place_of(heading: str, side: str, row: Row, caption: str) -> str:
    """Return the dotted path, below the body or ``ret``, of the property a row is about."""
    place = f"settings.controls.{row.name}" if caption == "controls结构" else row.name
    if side == "answer" and heading == "查询可用的会议列表" and row.name not in PAGE:
        return f"list.{place}"  # T2 in SOURCE.md
    if side == "answer" and heading == "会议录像列表" and row.name == "fileInfo":
        reading: str = row.read("place", "ret.fileInfo")
        return reading.removeprefix("ret")
    return place


def check_row(contract: Contract, path: str, side: str, place: str, row: Row) -> None:
    root = body_of(contract, path, side)
    if place:
        check_property(contract, row, root, place)
    else:  # fileInfo, which the list has not: its description is that of the rows themselves
        assert root["type"] == "array"
        assert contract.inside(root)["description"].startswith(row.text)


def body_of(contract: Contract, path: str, side: str) -> Json:
    found = contract.operation(path)
    body = contract.request(found)["schema"] if side == "request" else contract.ret(found)
    assert body is not None, "the answer has no ret"
    return contract.resolve(body)


def check_operation(contract: Contract, path: str, summary: str) -> None:
    found = contract.operation(path)
    assert found["summary"] == summary
    contract.request(found)


def check_description(contract: Contract, path: str, text: str) -> None:
    assert contract.operation(path)["description"].startswith(text.rstrip("。"))


def check_names(contract: Contract, path: str, side: str, named: Sequence[str], added: set[str]) -> None:
    if side == "header":
        assert [one["name"] for one in contract.operation(path).get("parameters", [])] == list(named)
        return
    if side == "answer" and not named:
        assert contract.ret(contract.operation(path)) is None
        return
    found = Counter(contract.names(body_of(contract, path, side)))
    assert found == Counter({*filter(None, named), *added})


def check_data(contract: Contract, path: str, expected: bool) -> None:
    assert (contract.ret(contract.operation(path)) is not None) == expected


def check_header(contract: Contract, path: str, row: Row) -> None:
    """Check a header of one operation: a part of a signature, or a parameter."""
    found = contract.operation(path)
    if not row.type:
        check_signature_row(contract, row, "bodyDigest")
        assert found["security"] == [{"checkSum": [], "bodyDigest": []}]
        assert contract.scheme("bodyDigest")["name"] == row.name
        return
    (parameter,) = [one for one in found["parameters"] if one["name"] == row.name]
    assert (parameter["in"], parameter["required"]) == ("header", row.required == "是")
    check_value(contract, row, parameter["schema"], parameter["description"])


def check_example(contract: Contract, path: str, wanted: object) -> None:
    assert has_example(contract.request(contract.operation(path)), wanted)


def answer_examples(path: str, block: Block) -> Iterator[Fact]:
    samples = re.findall(r"//(成功|失败)结果示例\n((?:(?!//).+|\n)+)", block.text)
    assert [outcome for outcome, _ in samples] == ["成功", "失败"]
    for outcome, text in samples:
        media_type, brace, body = text.partition("{")
        # Written with a space here: N3 in SOURCE.md.
        assert media_type.replace(" ", "").strip() in ("", f'"Content-Type":"{MEDIA_TYPE}"')
        good = outcome == "成功"
        check = bind(check_answer_example, path, json.loads(brace + body), good)
        yield Fact("examples", f"{path} example of {'success' if good else 'failure'}", check)


def check_answer_example(contract: Contract, path: str, wanted: object, good: bool) -> None:
    found = contract.operation(path)
    assert has_example(contract.answer(found), wanted)
    failure = contract.target(found["responses"]["4XX"]["$ref"])["content"][MEDIA_TYPE]
    assert good or has_example(failure, wanted)


# --- Callbacks --------------------------------------------------------------------------------------------------------

TARGETS = {  # whose body a table or a paragraph is about
    "会议号回收": (2, 4),
    "会议取消/回收": (2, 4),
    "成员加入会议": (5,),
    "成员离开会议": (6,),
    "会议录制": (7,),
    "公共字段": (1, 2, 3, 4, 5, 6, 7),
    "会议抄送": (1, 2, 3, 4),
    "成员加入会议抄送": (5,),
    "成员离开会议抄送": (6,),
    "会议录制抄送": (7,),
}
SUM_RULE = r"CheckSum生成规则： checkSum = sha1_hex_lowercase\((.+)\)$"
SCHEDULE = {"秒": 1, "小时": 3600}


def callbacks(blocks: Sequence[Block]) -> Iterator[Fact]:
    named: dict[int, list[str]] = {number: [] for number in range(1, 8)}
    for block in blocks:
        if block.kind == "heading":
            yield from delivery(block)
        elif block.kind == "table" and block.heading == "请求说明":
            for row in rows(block):
                yield Fact("callback headers", f"callback header {row.name}", bind(check_callback_header, row))
        elif block.kind == "table" and block.heading == "参数说明":
            for row, number in itertools.product(rows(block), named):
                yield Fact("callback message rows", f"callback {number} {row.name}", bind(check_message, row, number))
        elif block.kind == "table":
            for row in rows(block):
                inside = block.heading == "会议录制抄送" and row.name != "fileInfo"
                place = f"fileInfo.{row.name}" if inside else row.name
                for number in TARGETS[block.heading]:
                    named[number].append(place)
                    check = bind(check_callback_row, row, number, place)
                    yield Fact("callback rows", f"callback {number} msgBody.{place}", check)
        elif block.kind == "code" and block.text.startswith("POST {callbackUrl}"):
            yield Fact("callbacks", "callbacks are JSON", bind(check_callback_request, block.lines[1]))
        elif block.kind == "code" and "enum MsgTypeEnum" in block.text:
            for name, number, text in constants(block):
                yield Fact(
                    "message types", f"callback {number} is {name}", bind(check_message_type, name, number, text)
                )
        elif block.kind == "code" and block.heading.endswith("示例"):
            message = json.loads(block.text)
            yield Fact(
                "callback examples", f"callback {message['msgType']} example", bind(check_callback_example, message)
            )
        elif block.kind == "text" and (match := re.match(SUM_RULE, block.text)):
            yield Fact("callbacks", "the rule of a callback's sum", bind(check_callback_sum, block.text, match[1]))
        elif block.kind == "text":
            numbers = TARGETS.get(block.heading) or {"会议房间开始": (1,), "会议房间结束": (3,)}[block.text[:6]]
            for number in numbers:
                check = bind(check_callback_text, block.text.rstrip("。"), number)
                yield Fact("callback texts", f"callback {number} line {block.line}", check)
        else:
            raise UnclearError(block)
    for number, names in named.items():
        yield Fact("nothing invented", f"callback {number} has no more", bind(check_callback_names, number, names))


def delivery(heading: Block) -> Iterator[Fact]:
    """Yield the rules of delivery, which are headings: their text is at the end of their line."""

    def check(contract: Contract) -> None:
        found = contract.document["x-delivery"]
        assert heading.text in found["description"]
        name, _, rule = heading.text.partition("：")
        if name == "重发条件":
            assert rule == f"httpStatusCode != {found['success'][0]}"
            assert len(found["success"]) == 1
        else:
            waits = [(int(number), unit) for number, unit in re.findall(r"(\d+)(秒|小时)", rule)]
            assert found["schedule"] == [number * SCHEDULE[unit] for number, unit in waits]

    if heading.text.startswith("重发"):
        name = "resend condition" if heading.text.startswith("重发条件") else "resend schedule"
        yield Fact("callbacks", name, check)


def check_callback_request(contract: Contract, content_type: str) -> None:
    assert content_type == f"Content-Type: {MEDIA_TYPE}"
    for item in contract.document["webhooks"].values():
        assert set(item) == {"post"}
        contract.request(item["post"])


def check_callback_header(contract: Contract, row: Row) -> None:
    check_signature_row(contract, row, "callbackCheckSum")
    for item in contract.document["webhooks"].values():
        assert item["post"]["security"] == [{"callbackCheckSum": []}]


def check_callback_sum(contract: Contract, text: str, rule: str) -> None:
    assert text in contract.scheme("callbackCheckSum")["description"]
    assert contract.signature("callbackCheckSum", "CheckSum")["value"] == {"sha1": formula(rule, "unixMillis")}


def check_message(contract: Contract, row: Row, number: int) -> None:
    root = contract.request(contract.webhook(number))["schema"]
    owner = contract.descend(root, "")
    found = contract.resolve(owner["properties"][row.name])
    assert set(owner["properties"]) == {"msgType", "msgBody"}
    assert (row.name in owner["required"]) == (row.required == "是")
    assert found["type"] == TYPES[row.type]
    assert found["description"].startswith(row.read("text", row.text))


def check_message_type(contract: Contract, name: str, number: int, text: str) -> None:
    check_constant(contract, "MessageType", name, number, text)
    found = contract.webhook(number)
    assert found["summary"] == text
    kind = contract.descend(contract.request(found)["schema"], "msgType")
    assert kind["description"] == f"消息类型，{number}：{text}"
    assert len(kind["enum"]) == len(contract.document["webhooks"])


def check_callback_text(contract: Contract, text: str, number: int) -> None:
    assert text in contract.webhook(number)["description"]


def check_callback_row(contract: Contract, row: Row, number: int, place: str) -> None:
    body = contract.descend(contract.request(contract.webhook(number))["schema"], "msgBody")
    if row.name != "fileInfo":
        check_property(contract, row, body, place)
        return
    assert row.required == "是"
    assert "fileInfo" in body["required"]
    found = contract.descend(body, "fileInfo")
    assert found["type"] == TYPES[row.type]
    assert found["description"].startswith(row.text)


def check_callback_names(contract: Contract, number: int, named: Iterable[str]) -> None:
    body = contract.descend(contract.request(contract.webhook(number))["schema"], "msgBody")
    assert Counter(contract.names(body)) == Counter(named)


def check_callback_example(contract: Contract, message: Json) -> None:
    assert has_example(contract.request(contract.webhook(message["msgType"])), message)


def reference(blocks: Sequence[Block]) -> Iterator[Fact]:
    """The vendor's Java code, which settles order, encoding and case."""
    (code,) = [block for block in blocks if block.kind == "code"]
    for block in blocks:
        if block.kind == "table" or (block.kind == "text" and block.text != '<span id="sign_code" />'):
            raise UnclearError(block)
    sums = re.findall(r"String plaintext = (.+);", code.text)
    assert len(sums) == 2
    assert re.findall(r'encode\(\w+, "(\w+)"\)', code.text) == ["SHA1", "SHA1", "md5"]
    assert "StandardCharsets.UTF_8" in code.text
    assert "'0', '1', '2', '3', '4', '5',\n'6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'" in code.text

    def check(contract: Contract, scheme: str, text: str, time: str) -> None:
        assert contract.signature(scheme, "CheckSum")["value"] == {"sha1": formula(text, time)}

    yield Fact("signing", "reference of a request's sum", bind(check, "checkSum", sums[0], "unixSeconds"))
    yield Fact("signing", "reference of a callback's sum", bind(check, "callbackCheckSum", sums[1], "unixMillis"))


CHAPTERS: dict[str, Callable[[Sequence[Block]], Iterator[Fact]]] = {
    "概述": introduction,
    "变更记录": introduction,
    "准备工作": introduction,
    "API 网关": gateway,
    "签名验证": signing,
    "公共响应参数": envelope,
    "Rest APIs": operations,
    "错误码": codes,
    "会议状态机": states,
    "消息抄送": callbacks,
    "签名代码Demo": reference,
}


def facts(markdown: str) -> Iterator[Fact]:
    """Yield every fact of the document."""
    for chapter, blocks in itertools.groupby(parse(markdown), key=lambda block: block.chapter):
        yield from CHAPTERS[chapter](list(blocks))


FACTS = list(facts(DOCUMENT))
CONTRACT = Contract(json.loads(PUBLISHED))

# --- Tests ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("fact", FACTS, ids=[fact.id for fact in FACTS])
def test_the_contract_says(fact: Fact) -> None:
    fact.check(CONTRACT)


def test_no_fact_was_passed_over() -> None:
    assert len({fact.id for fact in FACTS}) == len(FACTS)
    assert Counter(fact.group for fact in FACTS) == {
        "introduction": 4,
        "gateway": 1,
        "signing": 4 + 1 + 1 + 2,  # headers, the sentence above them, the schemes, the Java reference
        "envelope": 5,
        "required in answers": 6,
        "operations": 15 * 3,  # address, description, with or without data
        "header rows": 3,
        "request rows": 57,
        "answer rows": 90,
        "examples": 14 + 2 * 6,  # requests (updateShortId has none); success and failure of six operations
        "nothing invented": 3 * 15 + 7,
        "error codes": 59,
        "error codes, order": 1,
        "statuses": 2 * 6,
        "state machine": 1,
        "callbacks": 4,
        "callback headers": 4,
        "callback message rows": 7 * 2,
        "callback rows": 7 * 4 + 4 * 6 + 2 * 3 + 9,
        "callback examples": 4,
        "callback texts": 9,
        "message types": 7,
    }


def test_every_row_was_seen() -> None:
    lines = [line for line in DOCUMENT.splitlines() if line.strip().startswith("|")]
    tables = [block for block in parse(DOCUMENT) if block.kind == "table"]
    heads = sum(bool(re.fullmatch(r"[\s|:-]+", line)) for line in lines)
    assert len(tables) == heads == 40
    assert sum(len(cells(table)) - 1 for table in tables) == len(lines) - 2 * heads == 250
    parameters = [table for table in tables if set(cells(table)[0]) <= set(COLUMNS)]
    assert len(tables) - len(parameters) == 2  # the history and the error codes
    listed = [values(row.text) for table in parameters for row in rows(table)]
    assert len(listed) == 250 - 1 - 59
    assert sum(map(bool, listed)) == 33  # rows that list values
    assert sum(map(len, listed)) == 98  # and the values


def test_the_numbers() -> None:
    document = CONTRACT.document
    resources = Counter(item["post"]["x-sdk"]["resource"] for item in document["paths"].values())
    assert resources == {"accounts": 5, "meetings": 9, "recordings": 1}
    assert len(document["webhooks"]) == 7
    assert len(document["x-error-codes"]["codes"]) == 59
    assert len(document["components"]["securitySchemes"]) == 3
    assert {
        name: len(schema["enum"]) for name, schema in document["components"]["schemas"].items() if "enum" in schema
    } == {
        "MeetingType": 3,
        "MeetingStatus": 6,
        "ControlType": 2,
        "ControlState": 2,
        "AttendeeOff": 3,
        "SceneRoleType": 2,
        "JoinRoleType": 2,
        "DeviceState": 2,
        "AudioAllMute": 2,
        "ClientType": 8,
        "RecordingFormat": 4,
        "RecordingMix": 2,
        "EndReason": 4,
        "MessageType": 7,
    }


def test_every_departure_is_used_and_explained() -> None:
    _used.clear()
    for fact in facts(DOCUMENT):
        fact.check(CONTRACT)
    assert _used == set(READINGS)
    entries = set(re.findall(r"^### ([A-Z]\d+) · ", SOURCE, re.MULTILINE))
    assert {reading.entry for reading in READINGS.values()} <= entries
    assert {entry for entry, _ in ADDED.values()} | {REQUIRED_ENTRY} <= entries
    mentioned = set(re.findall(r"\b([A-Z]\d) in SOURCE.md", (ROOT / "tests/spec/test_facts.py").read_text("utf-8")))
    assert mentioned <= entries


# --- The tests can fail -----------------------------------------------------------------------------------------------

GONE = object()


@dataclass(frozen=True)
class Change:
    """A value of the published contract and what stands there instead."""

    path: tuple[str | int, ...]
    value: object = GONE

    def __str__(self) -> str:
        return "/".join(map(str, self.path)) + (" gone" if self.value is GONE else "")

    def apply(self) -> Contract:
        document = json.loads(PUBLISHED)
        node: Any = document
        for step in self.path[:-1]:
            node = node[step]
        last: Any = self.path[-1]
        assert self.value is GONE or isinstance(node, dict) or 0 <= last < len(node)
        if self.value is GONE:
            del node[last]
        else:
            node[last] = self.value
        return Contract(document)


def holds(fact: Fact, contract: Contract) -> bool:
    try:
        fact.check(contract)
    except (AssertionError, LookupError, TypeError, ValueError):
        return False
    return True


SCHEMAS = ("components", "schemas")
SIGNATURES = ("components", "securitySchemes")
CREATE = "/v2/meeting/create"


BROKEN: list[tuple[Change, set[str]]] = [
    (
        Change((*SCHEMAS, "CreateMeetingRequest", "properties", "owner")),
        {f"{CREATE} request owner", f"{CREATE} request has no more"},
    ),
    (
        Change((*SCHEMAS, "CreateMeetingRequest", "properties", "chatRoom"), {"type": "integer"}),
        {f"{CREATE} request has no more"},
    ),
    (Change((*SCHEMAS, "CreateMeetingRequest", "required"), ["host", "type"]), {f"{CREATE} request subject"}),
    (
        Change((*SCHEMAS, "CreateMeetingRequest", "properties", "startTime", "x-unit"), "s"),
        {f"{CREATE} request startTime"},
    ),
    (
        Change((*SCHEMAS, "CreateAccountRequest", "properties", "shortId", "maxLength"), 9),
        {"/v1/account/create request shortId"},
    ),
    (
        Change((*SCHEMAS, "ListMeetingsRequest", "properties", "pageSize", "default"), 50),
        {"/v2/meeting/list request pageSize"},
    ),
    (
        Change((*SCHEMAS, "AnonymousJoinInfoRequest", "properties", "nickName", "pattern"), ".*"),
        {"/v1/meeting/anonymousJoinInfo request nickName"},
    ),
    (
        Change((*SCHEMAS, "AnonymousJoinInfo", "properties", "duration", "description"), "会议时长"),
        {"/v1/meeting/anonymousJoinInfo answer duration"},
    ),
    (
        Change((*SCHEMAS, "EndReason", "x-enum-descriptions", 1), "全部退出"),
        {f"callback {n} msgBody.reason" for n in (1, 2, 3, 4)},
    ),
    (Change(("x-error-codes", "codes", 5, "text"), "服务未开通。"), {"error 402"}),
    (Change(("x-error-codes", "codes", 58)), {"error 4001", "error codes in the vendor's order, and no others"}),
    (Change(("servers", 0, "url"), "https://meeting-api.netease.com"), {"the gateway's address"}),
    (Change(("x-delivery", "schedule", 3), 60), {"resend schedule"}),
    (Change(("x-delivery", "success"), [200, 204]), {"resend condition"}),
    (Change((*SIGNATURES, "checkSum", "x-signature", "tolerance"), 300), {"request header CurTime"}),
    (
        Change(
            (*SIGNATURES, "checkSum", "x-signature", "headers", "CheckSum", "value", "sha1"), ["nonce", "appSecret"]
        ),
        {"request header CheckSum", "reference of a request's sum"},
    ),
    (
        Change((*SIGNATURES, "callbackCheckSum", "x-signature", "headers", "CurTime", "value"), ["unixSeconds"]),
        {"callback header CurTime"},
    ),
    (
        Change(("paths", "/v1/meeting/anonymousJoinInfo", "post", "parameters", 0, "required"), False),
        {"/v1/meeting/anonymousJoinInfo header clientType"},
    ),
    (
        Change(("paths", "/v1/meeting/anonymousJoinInfo", "post", "security"), [{"bodyDigest": []}]),
        {"every request is signed; there are three schemes", "/v1/meeting/anonymousJoinInfo header authorization"},
    ),
    (Change(("x-states", "transitions", 0)), {"state machine"}),
]


@pytest.mark.parametrize(("change", "broken"), BROKEN, ids=[str(change) for change, _ in BROKEN])
def test_a_change_breaks_its_facts(change: Change, broken: set[str]) -> None:
    contract = change.apply()
    assert {fact.id for fact in FACTS if not holds(fact, contract)} == broken


OURS = {"MeetingSettings.scene", "MeetingScene.roleTypes", "MeetingPage.list"}
"""The document has no row for these: T2 in SOURCE.md, T5 in SOURCE.md."""

UNDESCRIBED = {"AnonymousJoinInfo.imAppKey", "AnonymousJoinInfo.nrtcAppKey"}
"""The document has a row for these, without a text: N4 in SOURCE.md."""


def changes() -> Iterator[Change]:
    """Yield, for everything the vendor's document says, a change that takes it away or makes it something else."""
    document = CONTRACT.document
    for name, schema in document["components"]["schemas"].items():
        for place, part in [((), schema), *(((("allOf", i)), part) for i, part in enumerate(schema.get("allOf", [])))]:
            for key in part.get("properties", {}):
                where = (*SCHEMAS, name, *place, "properties", key)
                yield Change(where)
                if f"{name}.{key}" not in OURS:
                    yield Change((*where, "type"), "null")
                if f"{name}.{key}" not in OURS | UNDESCRIBED:
                    yield Change((*where, "description"), "…")
        for index in range(len(schema.get("enum", []))):
            yield Change((*SCHEMAS, name, "enum", index), 99)
            yield Change((*SCHEMAS, name, "x-enum-descriptions", index), "…")
    yield from (Change(("paths", path)) for path in document["paths"])
    yield from (Change(("webhooks", name)) for name in document["webhooks"])
    for scheme, facts_of_scheme in document["components"]["securitySchemes"].items():
        for name in facts_of_scheme["x-signature"]["headers"]:
            where = (*SIGNATURES, scheme, "x-signature", "headers", name)
            yield Change(where)
            yield Change((*where, "value"), ["body"])
    for path, item in document["paths"].items():
        for place in (("requestBody",), ("responses", "200")):
            node: Any = item["post"]
            for step in (*place, "content", MEDIA_TYPE):
                node = node[step]
            for name in node["examples"]:
                if name.startswith("vendor"):
                    yield Change(("paths", path, "post", *place, "content", MEDIA_TYPE, "examples", name, "value"), {})


def test_every_fact_is_held() -> None:
    tried = list(changes())
    assert len(tried) > 500
    unnoticed = []
    for change in tried:
        contract = change.apply()
        if all(holds(fact, contract) for fact in FACTS):
            unnoticed.append(str(change))
    assert unnoticed == []
