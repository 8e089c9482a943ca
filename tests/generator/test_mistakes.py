"""What a maintainer gets wrong in YAML: each mistake is named with its file, its line and its cure."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

import pytest

from generator.__main__ import read
from generator.problems import ContractError
from tests.generator.contracts import copy_of_the_real_one


class Mistake(NamedTuple):
    """``old`` becomes ``new`` in ``file``; the report names a line of ``new`` and says this."""

    file: str
    old: str
    new: str
    says: str


MISTAKES = {
    "unknown key": Mistake(
        "paths/meetings.yaml", "  summary: 取消会议\n", "  sumary: 取消会议\n", "Did you mean 'summary'"
    ),
    "undeclared x- key": Mistake(
        "paths/meetings.yaml", "  x-retry: read\n", "  x-cache: read\n", "Declare it in generator/contract.schema.yaml"
    ),
    "duplicate key": Mistake("errors.yaml", "families:\n", "families: {}\nfamilies:\n", "twice"),
    "remote reference": Mistake(
        "openapi.yaml",
        "$ref: paths/meetings.yaml#/cancel",
        "$ref: https://example.org/evil.yaml#/cancel",
        "is not a file of this contract",
    ),
    "reference that leaves the folder": Mistake(
        "openapi.yaml", "$ref: paths/meetings.yaml#/cancel", "$ref: ../../../etc/passwd", "leaves the contract's folder"
    ),
    "reference to a missing file": Mistake(
        "openapi.yaml", "$ref: paths/meetings.yaml#/cancel", "$ref: paths/meeting.yaml#/cancel", "not there"
    ),
    "reference to nothing": Mistake(
        "openapi.yaml", "$ref: paths/meetings.yaml#/cancel", "$ref: paths/meetings.yaml#/cancle", "points at nothing"
    ),
    "reference into a schema": Mistake(
        "paths/meetings.yaml",
        "meetings.yaml#/CreateMeetingRequest}",
        "meetings.yaml#/CreateMeetingRequest/properties/subject}",
        "leads to something inside a schema",
    ),
    "required with a field that is not there": Mistake(
        "schemas/meetings.yaml",
        "      x-unit: ms\n      x-required-if: {type: [3]}\n      minimum: -1\n",
        "      x-unit: ms\n      x-required-if: {kind: [3]}\n      minimum: -1\n",
        "'kind' is no neighbour of 'endTime'",
    ),
    "an enumeration with a name too few": Mistake(
        "schemas/meetings.yaml",
        "x-enum-varnames: [INSTANT, PERSONAL, SCHEDULED]",
        "x-enum-varnames: [INSTANT, PERSONAL]",
        "2 entries of x-enum-varnames for 3 values",
    ),
    "an identifier that does not exist": Mistake(
        "schemas/meetings.yaml",
        "x-identity: [meetingUniqueId]",
        "x-identity: [meetingUniqueID]",
        "'meetingUniqueID' identifies Meeting, but is no property of it",
    ),
    "an identifier that may be missing": Mistake(
        "schemas/recordings.yaml",
        "x-identity: [url]",
        "x-identity: [url, md5]",
        "'md5' identifies RecordingFile, but is not required",
    ),
    "no identifiers": Mistake("schemas/accounts.yaml", "x-identity: [accountId]", "x-identity: []", "x-identity"),
    "an identity of an enumeration": Mistake(
        "schemas/meetings.yaml",
        "x-enum-varnames: [INSTANT, PERSONAL, SCHEDULED]",
        "x-enum-varnames: [INSTANT, PERSONAL, SCHEDULED]\n  x-identity: [type]",
        "'x-identity' is not known",
    ),
    "unknown code": Mistake(
        "paths/meetings.yaml", "  x-errors: [", "  x-errors: [4711, ", "4711 is not in x-error-codes"
    ),
    "a key of what an event does not have": Mistake(
        "webhooks.yaml", "fileInfo.md5,", "fileInfo.sha1,", "'sha1' is no required value of CallbackFile"
    ),
    "a key of what an event may lack": Mistake(
        "webhooks.yaml",
        "[meetingUniqueId, time]",
        "[shortId, time]",
        "'shortId' is no required value of MeetingCallback",
    ),
    "a key of a whole object": Mistake(
        "webhooks.yaml", "fileInfo.md5,", "fileInfo,", "'fileInfo' is no required value of RecordingCallback"
    ),
    "an order by what events do not have": Mistake(
        "webhooks.yaml", "by: time}", "by: moment}", "'moment' is no required value of MeetingCallback"
    ),
    "a code twice": Mistake("errors.yaml", "{code: 1014,", "{code: 1019,", "1019 stands in the table twice"),
    "a date that YAML would make": Mistake(
        "paths/meetings.yaml", "      example: 9", "      example: 2021-07-01 # 9", "quotes"
    ),
    "a tab": Mistake("errors.yaml", "families:\n", "families:\n\t", "this is not YAML"),
    "on and off": Mistake("openapi.yaml", "openapi: 3.1.1", "openapi: on", "quotes"),
    "octal": Mistake("errors.yaml", "{code: 1014,", "{code: 01014,", "quotes"),
    "an alias": Mistake("errors.yaml", "families:\n", "x: &a 1\ny: *a\nfamilies:\n", "an anchor (&a) stands here"),
    "a tag": Mistake("openapi.yaml", "openapi: 3.1.1", "openapi: !!python/name:os.system", "tag"),
    "operation keys out of order": Mistake(
        "paths/meetings.yaml",
        "  tags: [meetings]\n  summary: 取消会议\n",
        "  summary: 取消会议\n  tags: [meetings]\n",
        "out of order",
    ),
    "unknown security scheme": Mistake(
        "openapi.yaml", "security:\n  - checkSum", "security:\n  - checkSun", "checkSun"
    ),
}


@pytest.mark.parametrize("mistake", MISTAKES.values(), ids=MISTAKES.keys())
def test_a_mistake_is_named_with_file_line_and_cure(tmp_path: Path, mistake: Mistake) -> None:
    root = copy_of_the_real_one(tmp_path)
    path = root.parent / mistake.file
    text = path.read_text("utf-8")
    assert mistake.old in text, "the contract changed: mend this test"
    start = text.index(mistake.old)
    path.write_text(text.replace(mistake.old, mistake.new, 1), "utf-8")
    with pytest.raises(ContractError) as caught:
        read(root)
    problem = next((problem for problem in caught.value.problems if mistake.says in str(problem)), None)
    assert problem is not None, str(caught.value)
    assert problem.cure
    first = text[:start].count("\n") + 1
    file, _, line = problem.where.rpartition(":")
    assert file.endswith(mistake.file)
    assert first <= int(line) <= first + mistake.new.count("\n"), problem.where


def test_a_comma_of_the_wrong_width_cuts_a_flow_mapping_and_is_noticed(tmp_path: Path) -> None:
    root = copy_of_the_real_one(tmp_path)
    path = root.parent / "errors.yaml"
    text = path.read_text("utf-8")
    match = re.search(r"remedy: \{zh: ([^，,{}\"']+)，", text)
    assert match
    path.write_text(text.replace(match[0], match[0][:-1] + ", ", 1), "utf-8")
    line = text[: match.start()].count("\n") + 1
    with pytest.raises(ContractError, match=rf"errors\.yaml:{line}: .*comma") as caught:
        read(root)
    assert "quotes" in str(caught.value) or "，" in str(caught.value)


def test_all_mistakes_are_told_at_once_in_the_order_of_the_files(tmp_path: Path) -> None:
    root = copy_of_the_real_one(tmp_path)
    path = root.parent / "paths/meetings.yaml"
    path.write_text(path.read_text("utf-8").replace("  x-retry: ", "  x-rety: "), "utf-8")
    with pytest.raises(ContractError) as caught:
        read(root)
    lines = [int(problem.where.rpartition(":")[2]) for problem in caught.value.problems]
    assert len(lines) >= 9
    assert lines == sorted(lines)
