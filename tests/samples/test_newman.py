"""The collection signs and succeeds in newman, Postman's own runner. Collected where `make lint-spec` installed it."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

from netease_meeting.sandbox.core import APP_KEY, APP_SECRET
from netease_meeting.sandbox.server import Server

from generator.ir import Api
from generator.postman import collection
from tests.samples.conftest import NEWMAN
from tests.samples.staging import stage
from tests.samples.test_collection import requests


def test_newman_runs_it(api: Api, server: Server, tmp_path: Path) -> None:
    made = collection(api, "zh")
    for operation in api.operations:
        file = tmp_path / f"{operation.id}.json"
        written = stage(server.sandbox, operation)
        one = {**made, "item": [requests(made)[operation.path]]}
        file.write_text(written(json.dumps(one, ensure_ascii=False)), "utf-8")
        settings = {"baseUrl": server.url, "appKey": APP_KEY, "appSecret": APP_SECRET}
        options = [part for name, value in settings.items() for part in ("--env-var", f"{name}={value}")]
        before = len(server.sandbox.requests)
        done = subprocess.run([NEWMAN, "run", file, *options], text=True, capture_output=True, check=False, timeout=60)
        assert done.returncode == 0, done.stdout
        (request,) = list(server.sandbox.requests)[before:]
        assert (request["operation"], request["code"]) == (operation.name, api.envelope.success)


def test_newman_says_what_is_missing(api: Api, server: Server, tmp_path: Path) -> None:
    file = tmp_path / "collection.json"
    file.write_text(json.dumps(collection(api, "en")), "utf-8")
    done = subprocess.run(
        [NEWMAN, "run", file, "--env-var", f"baseUrl={server.url}", "--bail"],
        text=True,
        capture_output=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 1
    assert "Set appKey and appSecret" in done.stdout
