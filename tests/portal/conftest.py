"""The site, built once as a maintainer builds it, a server for it, and a browser."""

from __future__ import annotations

import functools
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from generator.__main__ import read
from generator.ir import Api
from tests.conftest import ROOT
from tests.generator.test_release import repository as repository  # a fixture
from tests.portal.check.browser import chromium
from tests.samples.programs import program

LANGUAGES = {"zh-CN": "", "en": "en/"}


def build(out: Path, *options: str) -> subprocess.CompletedProcess[str]:
    """Run the portal as a maintainer does."""
    command = [sys.executable, "-m", "generator.portal", "--out", str(out), *options]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


@pytest.fixture(scope="session")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that is published, with all versions."""
    out = tmp_path_factory.mktemp("published")
    done = build(out)
    assert done.returncode == 0, done.stderr
    return out


@pytest.fixture(scope="session")
def site(published: Path) -> Path:
    return published / "latest"


@pytest.fixture(scope="session")
def api() -> Api:
    return read(ROOT / "spec/openapi.yaml")


@pytest.fixture(scope="session")
def executable() -> str:
    return program("chromium", "chromium fonts-noto-cjk")


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture(scope="session")
def address(published: Path) -> Iterator[str]:
    """Where the site is served: under a path of its own, as on many hosts."""
    shutil.copytree(published, published.with_name("host") / "some/path")
    handler = functools.partial(_Quiet, directory=str(published.with_name("host")))
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}/some/path/latest/"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture(scope="module")  # a browser at hand keeps an event loop running, which other tests would trip over
def browser(executable: str) -> Iterator[Browser]:
    with chromium(executable) as running:
        yield running
