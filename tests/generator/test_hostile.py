"""Contracts written by an enemy: nothing runs, breaks or leaves the folder, and every value comes through."""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from generator import emit, render, reserved
from generator.__main__ import read
from generator.problems import ContractError
from tests.conftest import ROOT
from tests.generator.contracts import described, generate, small, text_property, write

NASTY = [
    '"""\nraise SystemExit("ran")\n"""',
    "'''; raise SystemExit",
    "ends with a backslash \\",
    'ends with a quote "',
    '""""""',
    "new\nline",
    "{{ 7 * 7 }} {% raise %} {# c #}",
    "${IFS}`id`$(id)",
    "\\N{BULLET} \\x41 \\u4e2d \\",
    "%s {0} {x!r}",
    "<script>alert(1)</script>",
    "会议，主题：“引号”",
    "🎉 emoji",
    "tab\there",
    "None",
    "-1",
    " leading and trailing ",
    "é e\u0301",
]
PRINTABLE = st.text(st.characters(blacklist_categories=("Cs", "Cc", "Cf", "Zl", "Zp")), min_size=1, max_size=40)
TEXTS = st.one_of(st.sampled_from(NASTY), PRINTABLE).filter(str.strip)


def rendered(contract: dict[str, Any], folder: Path) -> dict[str, ast.Module]:
    files = emit.format_python(render.render(read(write(contract, folder))))
    return {name: ast.parse(text) for name, text in files.items()}


def assigned(module: ast.Module, owner: str) -> dict[str, Any]:
    """Return the constants of a class body."""
    body = next(node.body for node in module.body if isinstance(node, ast.ClassDef) and node.name == owner)
    return {
        target.id: ast.literal_eval(node.value)
        for node in body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }


def facts(module: ast.Module) -> dict[str, Any]:
    """Return the keyword arguments of the first entry of CODES."""
    table = next(
        node.value for node in module.body if isinstance(node, ast.AnnAssign) and isinstance(node.value, ast.Dict)
    )
    call = table.values[0]
    assert isinstance(call, ast.Call)
    return {key.arg: ast.literal_eval(key.value) for key in call.keywords if key.arg and key.arg != "error"}


@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(first=TEXTS, second=TEXTS, third=TEXTS, fourth=TEXTS)
def test_every_value_comes_through_exactly(tmp_path: Path, first: str, second: str, third: str, fourth: str) -> None:
    if first == second:
        second += "2"
    contract = small()
    contract["components"]["schemas"]["Color"]["enum"] = [first, second]
    for code in contract["x-error-codes"]["codes"]:
        code |= {"text": third, "en": third, "remedy": {"zh": fourth, "en": first}}
    contract["components"]["schemas"]["Thing"] |= described(fourth)
    contract["components"]["schemas"]["Thing"]["properties"]["name"] |= described(second)
    operation = contract["paths"]["/v1/thing/get"]["post"]
    operation["summary"] = operation["x-i18n"]["en"]["summary"] = first
    operation["description"] = operation["x-i18n"]["en"]["description"] = second
    operation["requestBody"]["content"]["application/json"]["examples"]["contract"]["value"]["name"] = third
    modules = rendered(contract, tmp_path)
    assert assigned(modules["netease_meeting/enums.py"], "Color") == {"RED": first, "BLUE": second}
    table = facts(modules["netease_meeting/errors.py"])
    assert (table["text"], table["hint"], table["hint_zh"]) == (third, first, fourth)
    for module in modules.values():
        calls = {
            node.func.id for node in ast.walk(module) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
        }
        assert not calls & {"SystemExit", "exec", "eval", "__import__"}


@pytest.mark.parametrize("invisible", ["\0", "\x1b", "\u202e", "\u200b"])
def test_what_nobody_sees_is_refused_behind_an_escape_too(tmp_path: Path, invisible: str) -> None:
    contract = small()
    contract["components"]["schemas"]["Thing"] |= described(f"A {invisible} thing.")
    path = write(contract, tmp_path)
    path.write_text(json.dumps(contract, indent=1), "ascii")
    with pytest.raises(ContractError, match=r"openapi\.json:\d+: an invisible character"):
        read(path)


@pytest.mark.parametrize(
    "name",
    [
        "to_dict",
        "self",
        "class",
        "import",
        "None",
        "headers",
        "timeout",
        "__init__",
        "rename",
        "a-b",
        "1st",
        "名",
        'quo"te',
    ],
)
def test_odd_property_names_come_through_or_are_refused(tmp_path: Path, name: str) -> None:
    contract = small()
    for schema in ("Thing", "GetThingRequest"):
        contract["components"]["schemas"][schema]["properties"][name] = text_property()
    spec, out = write(contract, tmp_path), tmp_path / "out"
    done = generate(spec, out)
    if done.returncode:
        assert "x-sdk: {name:" in done.stderr or "Rename it" in done.stderr
        assert repr(name) in done.stderr
        assert not out.exists()
        return
    script = """if True:
        import sys, msgspec
        from netease_meeting.models import GetThingRequest, Thing
        value = {sys.argv[1]: "x", "name": "y"}
        for kind in (Thing, GetThingRequest):
            assert msgspec.to_builtins(msgspec.json.decode(msgspec.json.encode(value), type=kind)) == value
        from netease_meeting.things import Things
    """
    environment = {**os.environ, "PYTHONPATH": str(out)}
    subprocess.run([sys.executable, "-c", script, name], check=True, env=environment, cwd=tmp_path)


@pytest.mark.parametrize("name", ["list", "str", "_private"])
def test_names_that_hide_types_are_refused(tmp_path: Path, name: str) -> None:
    contract = small()
    contract["components"]["schemas"]["Thing"]["properties"][name] = text_property()
    if name == "_private":
        contract["components"]["schemas"]["Thing"]["properties"][name]["x-sdk"] = {"name": "private"}
        assert rendered(contract, tmp_path)
        return
    with pytest.raises(ContractError, match="hides the built-in type") as caught:
        rendered(contract, tmp_path)
    assert "openapi.json:" in str(caught.value)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("resource", "../../evil"),
        ("resource", "Things"),
        ("resource", "a/b"),
        ("method", "get; import os"),
        ("method", "__init__"),
        ("method", "class"),
        ("resource", "class"),
        *(("resource", name) for name in ("client", "errors", "models", "sandbox", "telemetry", "webhooks")),
        *(("resource", name) for name in ("aclose", "clock_offset", "post", "with_options", "with_raw_response")),
    ],
)
def test_names_that_become_files_and_methods_are_plain(tmp_path: Path, key: str, value: str) -> None:
    contract = small()
    contract["paths"]["/v1/thing/get"]["post"]["x-sdk"][key] = value
    with pytest.raises(ContractError, match=r"openapi\.json:\d+"):
        rendered(contract, tmp_path)


@pytest.mark.parametrize("char", ["\u202e", "\u2066", "\u200b", "\ufeff", "\x00", "\x1b", "\u2028"])
def test_invisible_characters_are_refused(tmp_path: Path, char: str) -> None:
    contract = small()
    contract["components"]["schemas"]["Thing"] |= described(f"harm{char}less")
    path = tmp_path / "openapi.yaml"
    path.write_text(
        json.dumps(contract, ensure_ascii=False).replace("\\u0000", "\x00").replace("\\u001b", "\x1b"), "utf-8"
    )
    with pytest.raises(ContractError):
        read(path)


def test_colliding_names_are_refused(tmp_path: Path) -> None:
    contract = small()
    contract["components"]["schemas"]["Thing"]["properties"] |= {"fooBar": text_property(), "foo_bar": text_property()}
    with pytest.raises(ContractError, match="'foo_bar' would be the name of more than one field of Thing"):
        rendered(contract, tmp_path)


def test_a_helper_for_a_moment_collides_with_nothing(tmp_path: Path) -> None:
    contract = small()
    moment = {"type": "integer", "format": "unix-time", "x-unit": "ms", **described("When.")}
    contract["components"]["schemas"]["Thing"]["properties"] |= {"startTime": moment, "startAt": text_property()}
    with pytest.raises(ContractError, match="'start_at' would be the name of more than one field of Thing"):
        rendered(contract, tmp_path)


NAMES_OF_THE_CLIENT = """
    APIError AsyncThings Attempt ErrorCode MeetingClient Model Operation Pager RawThings Resource Sequence Things
    UnknownEvent Webhook
"""


@pytest.mark.parametrize("name", NAMES_OF_THE_CLIENT.split())
def test_a_schema_hides_nothing_of_the_clients_own(tmp_path: Path, name: str) -> None:
    text = json.dumps(small()).replace('"Thing"', f'"{name}"').replace('schemas/Thing"', f'schemas/{name}"')
    with pytest.raises(ContractError, match=rf"openapi\.json:\d+: .*'{name}'"):
        rendered(json.loads(text), tmp_path)


def test_what_generated_modules_define_and_import_is_reserved() -> None:
    """Besides what they take from the contract: everything imported from the runtime, and every class."""
    api = read(ROOT / "spec/openapi.yaml")
    contracts = {model.name for model in api.models} | {enum.name for enum in api.enums}
    contracts |= {webhook.event for webhook in api.webhooks} | {family.class_name for family in api.families}
    contracts |= {f"{p}{resource.class_name}" for resource in api.resources for p in ("", "Async", "Raw", "AsyncRaw")}
    bound: set[str] = set()
    for path, text in render.render(api).items():
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.ImportFrom):
                bound |= {alias.asname or alias.name for alias in node.names}
            elif isinstance(node, ast.ClassDef) and "errors" not in path:
                bound.add(node.name)
    assert {name for name in bound - contracts if name[0].isupper() and not name.isupper()} <= reserved.classes()
