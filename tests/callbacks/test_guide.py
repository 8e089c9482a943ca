"""The guide's code runs, in both languages the same, and does what the guide says."""

from __future__ import annotations

import re
import time
from typing import Any

import pytest
from django.core.wsgi import get_wsgi_application
from django.test import override_settings
from netease_meeting import errors
from werkzeug.serving import make_server

from tests.conftest import ROOT

from .signed import BODY, signed
from .test_adapters import QuietFlask, post, running, under_aiohttp, under_uvicorn, under_wsgiref, urlpatterns

GUIDES = ROOT / "docs/guides"


def blocks(name: str) -> list[tuple[str, str]]:
    """Return the Python of a guide: what stands behind ``python``, and the code."""
    return re.findall(r"^```python ?(\w*)\n(.*?)^```$", (GUIDES / name).read_text("utf-8"), re.MULTILINE | re.DOTALL)


@pytest.fixture
def guide() -> dict[str, dict[str, Any]]:
    """Run every block after those without a name before it; return the names each defined."""
    shared: dict[str, Any] = {"__name__": "guide"}
    results: dict[str, dict[str, Any]] = {"": shared}
    for label, code in blocks("webhooks.md"):
        namespace = dict(shared) if label else shared
        exec(compile(code, f"webhooks.md {label}", "exec"), namespace)
        results[label] = namespace
    return results


def now_signed(body: bytes, key: str = "your-app-key", secret: str = "your-app-secret") -> dict[str, str]:
    return signed(body, key=key, secret=secret, millis=str(int(time.time() * 1000)))


def test_both_languages_show_the_same_code_and_headings() -> None:
    assert len(blocks("webhooks.md")) == 9
    assert blocks("webhooks.md") == blocks("webhooks.zh-CN.md")
    english, chinese = ((GUIDES / name).read_text("utf-8") for name in ("webhooks.md", "webhooks.zh-CN.md"))
    assert [len(line.split()[0]) for line in re.findall("^#+ .*", english, re.MULTILINE)] == [
        len(line.split()[0]) for line in re.findall("^#+ .*", chinese, re.MULTILINE)
    ]


def test_the_function_without_an_adapter(guide: dict[str, dict[str, Any]], capsys: pytest.CaptureFixture[str]) -> None:
    receive = guide[""]["receive"]
    assert receive(BODY, now_signed(BODY)) == 200
    assert "26775 has ended" in capsys.readouterr().out
    assert receive(BODY, {}) == 401
    assert "AppKey is missing" in capsys.readouterr().out


def test_several_applications(guide: dict[str, dict[str, Any]]) -> None:
    verify = guide[""]["tenants"].verify
    for key, secret in (("first", "its-app-secret"), ("second", "old"), ("second", "new")):
        verify(BODY, now_signed(BODY, f"{key}-app-key", secret))
    with pytest.raises(errors.WebhookSignatureError):
        verify(BODY, now_signed(BODY, "first-app-key", "old"))


def test_the_applications_of_the_guide_answer(
    guide: dict[str, dict[str, Any]], capfd: pytest.CaptureFixture[str]
) -> None:
    with under_uvicorn(guide["fastapi"]["app"]) as port:
        assert post(port, BODY, now_signed(BODY)) == 200
    server = make_server("127.0.0.1", 0, guide["flask"]["app"], threaded=True, request_handler=QuietFlask)
    with running(server):
        assert post(server.server_port, BODY, now_signed(BODY)) == 200
    urlpatterns[:] = guide["django"]["urlpatterns"]
    with under_wsgiref(get_wsgi_application()) as port:
        assert post(port, BODY, now_signed(BODY)) == 200
    with under_aiohttp(guide["aiohttp"]["app"]) as port:
        assert post(port, BODY, now_signed(BODY)) == 200
    assert capfd.readouterr().out.count("26775 1 2020-09-22") == 4


def test_the_applications_whose_hooks_read_the_body(
    guide: dict[str, dict[str, Any]], capfd: pytest.CaptureFixture[str]
) -> None:
    server = make_server("127.0.0.1", 0, guide["flask_read"]["app"], threaded=True, request_handler=QuietFlask)
    with running(server):
        assert post(server.server_port, BODY, now_signed(BODY)) == 200
    urlpatterns[:] = guide["django"]["urlpatterns"]
    globals()["log"] = guide["django_read"]["log"]
    with override_settings(MIDDLEWARE=[f"{__name__}.log"]), under_wsgiref(get_wsgi_application()) as port:
        assert post(port, BODY, now_signed(BODY)) == 200
    printed = capfd.readouterr().out
    assert printed.count(f"{len(BODY)} bytes for /callbacks") == 2
    assert printed.count("26775 1 2020-09-22") == 2
