"""The generator through its front door: what it writes, what it refuses, what it leaves alone."""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from generator.emit import format_python
from generator.problems import ContractError
from tests.conftest import ROOT
from tests.generator.contracts import copy_of_the_real_one, generate, small, write


def contents(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_generated_is_what_the_contract_gives() -> None:
    done = generate(Path("spec/openapi.yaml"), Path("generated"), "--check")
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr
    assert done.stdout == ""


def test_it_says_what_it_did_and_does_nothing_twice(tmp_path: Path) -> None:
    spec, out = Path("spec/openapi.yaml"), tmp_path / "out"
    first, second = generate(spec, out), generate(spec, out)
    assert "15 operations" in first.stdout
    assert "59 codes" in first.stdout
    assert "7 callbacks" in first.stdout
    assert " 0 unchanged, 0 removed" in first.stdout
    assert "0 files written" in second.stdout


def test_same_input_same_bytes_whatever_the_hash_seed(tmp_path: Path) -> None:
    results = []
    for seed in ("1", "2"):
        out = tmp_path / seed
        command = [sys.executable, "-m", "generator", "--out", str(out)]
        subprocess.run(command, cwd=ROOT, check=True, capture_output=True, env={**os.environ, "PYTHONHASHSEED": seed})
        results.append(contents(out))
    assert results[0] == results[1]
    assert results[0] == {
        name: data for name, data in contents(ROOT / "generated").items() if "__pycache__" not in name
    }


def test_output_carries_no_path_date_or_version(tmp_path: Path) -> None:
    out = tmp_path / "out"
    generate(Path("spec/openapi.yaml"), out)
    for name, data in contents(out).items():
        for trace in (str(ROOT).encode(), str(tmp_path).encode(), b"0.29.1", b"site-packages"):
            assert trace not in data, f"{name} holds {trace!r}"


def test_a_mistake_is_reported_with_its_place_and_nothing_changes(tmp_path: Path) -> None:
    spec, out = copy_of_the_real_one(tmp_path), tmp_path / "out"
    assert generate(spec, out).returncode == 0
    before = contents(out)
    path = spec.parent / "paths/meetings.yaml"
    text = path.read_text("utf-8")
    path.write_text(text.replace("  x-retry: read\n", "  x-rety: read\n", 1), "utf-8")
    line = text[: text.index("  x-retry: read\n")].count("\n") + 1
    done = generate(spec, out)
    assert done.returncode == 1
    assert f"paths/meetings.yaml:{line}: 'x-rety' is not known" in done.stderr
    assert "Did you mean 'x-retry'" in done.stderr
    assert "untouched" in done.stderr
    assert contents(out) == before


def test_check_prints_a_diff_and_writes_nothing(tmp_path: Path) -> None:
    spec, out = write(small(), tmp_path), tmp_path / "out"
    generate(spec, out)
    changed = small()
    changed["x-error-codes"]["codes"][0]["remedy"]["en"] = "Wait longer."
    write(changed, tmp_path)
    before = contents(out)
    done = generate(spec, out, "--check")
    assert done.returncode == 1
    removed = [line for line in done.stdout.splitlines() if line.startswith("-") and 'hint="Wait."' in line]
    added = [line for line in done.stdout.splitlines() if line.startswith("+") and 'hint="Wait longer."' in line]
    assert len(removed) == len(added) == 1
    assert contents(out) == before


def test_what_is_no_longer_generated_is_removed(tmp_path: Path) -> None:
    contract = small()
    spec, out = write(contract, tmp_path), tmp_path / "out"
    generate(spec, out)
    contract["paths"]["/v1/thing/get"]["post"]["x-sdk"]["resource"] = "objects"
    write(contract, tmp_path)
    done = generate(spec, out)
    assert "1 removed" in done.stdout
    assert (out / "netease_meeting/objects.py").exists()
    assert not (out / "netease_meeting/things.py").exists()


def test_files_of_others_are_never_removed(tmp_path: Path) -> None:
    spec, out = write(small(), tmp_path), tmp_path / "out"
    out.mkdir()
    (out / "thesis.txt").write_text("years of work")
    done = generate(spec, out)
    assert done.returncode == 1
    assert "thesis.txt: this file was not generated" in done.stderr
    assert contents(out) == {"thesis.txt": b"years of work"}


@pytest.mark.parametrize("spec", ["missing.yaml", "."])
def test_a_spec_that_cannot_be_read_is_one_line(tmp_path: Path, spec: str) -> None:
    done = generate(tmp_path / spec, tmp_path / "out")
    assert done.returncode == 1
    assert "cannot be read" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "out").exists()


class Things(BaseHTTPRequestHandler):
    """Answers like the API of the small contract."""

    def do_POST(self) -> None:
        answer = b'{"code": 200, "ret": {"name": "a", "color": "blue"}}'
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, format: str, *arguments: object) -> None: ...


USE = """
import importlib, pkgutil, sys
import netease_meeting

for name in netease_meeting.__all__:
    getattr(netease_meeting, name)
for module in pkgutil.walk_packages(netease_meeting.__path__, "netease_meeting."):
    if not module.name.endswith("__main__"):
        importlib.import_module(module.name)
with netease_meeting.MeetingClient(app_key="k", app_secret="s", base_url=sys.argv[1]) as client:
    print(repr(client.things.get(name="a").color))
"""


def test_a_contract_without_callbacks_gives_a_client_without_them(tmp_path: Path) -> None:
    """Every name it offers can be had, every module imported, and a call goes through."""
    out = tmp_path / "out"
    assert generate(write(small(), tmp_path), out).returncode == 0
    with HTTPServer(("127.0.0.1", 0), Things) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            done = subprocess.run(
                [sys.executable, "-c", USE, f"http://127.0.0.1:{server.server_port}"],
                cwd=tmp_path,
                env={**os.environ, "PYTHONPATH": str(out)},
                capture_output=True,
                text=True,
                check=False,
            )
        finally:
            server.shutdown()
            thread.join()
    assert done.stderr == ""
    assert done.stdout == "<Color.BLUE: 'blue'>\n"


@pytest.mark.parametrize("text", ["def f(\n", "def f(a, a): ...\n", "class class: ...\n"])
def test_what_is_not_python_is_a_defect_of_the_generator(text: str) -> None:
    with pytest.raises(ContractError, match=r"broken\.py:.*This is a defect of the generator"):
        format_python({"netease_meeting/broken.py": text})


def test_identifiers_reach_the_models_and_the_published_contract(tmp_path: Path) -> None:
    spec, out = copy_of_the_real_one(tmp_path), tmp_path / "out"
    assert generate(spec, out).returncode == 0
    program = (
        "from netease_meeting import models\n"
        "print([(kind.__name__, *kind._identity) for kind in vars(models).values() if getattr(kind, '_identity', ())])"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        check=True,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(out)},
        cwd=out,
    )
    told = dict(ast.literal_eval(done.stdout))
    assert told == {
        "Meeting": "meeting_unique_id",
        "AnonymousJoinInfo": "account_id",
        "Account": "account_id",
        "RecordingFile": "url",
        "CallbackFile": "url",  # composed of RecordingFile
    }
    for edition in ("openapi.json", "openapi.en.json", "netease_meeting/openapi.json"):
        schemas = json.loads((out / edition).read_text("utf-8"))["components"]["schemas"]
        assert schemas["Meeting"]["x-identity"] == ["meetingUniqueId"]
