"""The contract, and a sandbox that is really served."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from netease_meeting.sandbox import Sandbox
from netease_meeting.sandbox.server import Server

from generator.__main__ import read
from generator.ir import Api
from tests.conftest import ROOT

NEWMAN = ROOT / "tests/spec/lint/node_modules/.bin/newman"
collect_ignore = [] if NEWMAN.exists() else ["test_newman.py"]


@pytest.fixture(scope="session")
def api() -> Api:
    return read(ROOT / "spec/openapi.yaml")


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with Server(Sandbox()) as server:
        yield server
