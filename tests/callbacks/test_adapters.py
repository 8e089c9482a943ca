"""Every adapter with its real framework behind a real socket: 200 only for what is safe."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from http.client import HTTPConnection
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

import django
import pytest
import uvicorn
from aiohttp import web
from django.conf import settings
from django.core.asgi import get_asgi_application
from django.core.wsgi import get_wsgi_application
from django.urls import path
from fastapi import FastAPI
from flask import Flask, request
from netease_meeting.sandbox import Sandbox
from netease_meeting.webhooks import Event, Webhook, aiohttp, asgi, wsgi
from netease_meeting.webhooks.django import callback_view
from starlette.applications import Starlette
from starlette.routing import Route
from werkzeug import Response
from werkzeug.serving import WSGIRequestHandler as WerkzeugRequestHandler
from werkzeug.serving import make_server

from .signed import BODY, KEY, SECRET, signed, webhook

PATH = "/callbacks"
Receive = Callable[[bytes, Any], Any]
Serve = Callable[[Receive], Any]

settings.configure(ALLOWED_HOSTS=["*"], ROOT_URLCONF=__name__, SECRET_KEY="x", LOGGING_CONFIG=None)
django.setup()
urlpatterns: list[Any] = []


# -- servers


@contextmanager
def under_uvicorn(application: Any) -> Iterator[int]:
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(application, log_level="critical", lifespan="off"))
    thread = threading.Thread(target=lambda: asyncio.run(server.serve([listener])))
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        server.should_exit = True
        thread.join()
        listener.close()


class Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: Any) -> None: ...


class QuietFlask(WerkzeugRequestHandler):
    def log(self, type: str, message: str, *args: Any) -> None: ...


@contextmanager
def under_wsgiref(application: Any) -> Iterator[int]:
    server = WSGIServer(("127.0.0.1", 0), Quiet)
    server.set_app(application)
    with running(server):
        yield server.server_address[1]


@contextmanager
def running(server: Any) -> Iterator[None]:
    thread = threading.Thread(target=lambda: server.serve_forever(0.01))
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def bare_asgi(receive: Receive) -> Iterator[int]:
    with under_uvicorn(asgi.CallbackApp(receive)) as port:
        yield port


@contextmanager
def starlette(receive: Receive) -> Iterator[int]:
    route = Route(PATH, asgi.CallbackApp(receive), methods=["POST"])
    with under_uvicorn(Starlette(routes=[route])) as port:
        yield port


@contextmanager
def fastapi(receive: Receive) -> Iterator[int]:
    application = FastAPI()
    application.router.routes.append(Route(PATH, asgi.CallbackApp(receive), methods=["POST"]))
    with under_uvicorn(application) as port:
        yield port


@contextmanager
def bare_wsgi(receive: Receive) -> Iterator[int]:
    with under_wsgiref(wsgi.CallbackApp(receive)) as port:
        yield port


@contextmanager
def flask(receive: Receive) -> Iterator[int]:
    application, callbacks = Flask("receiver"), wsgi.CallbackApp(receive)

    @application.post(PATH)
    def receiver() -> Response:
        return Response.from_app(callbacks, request.environ)

    server = make_server("127.0.0.1", 0, application, threaded=True, request_handler=QuietFlask)
    with running(server):
        yield server.server_port


@contextmanager
def django_wsgi(receive: Receive) -> Iterator[int]:
    urlpatterns[:] = [path(PATH[1:], callback_view(receive))]
    with under_wsgiref(get_wsgi_application()) as port:
        yield port


@contextmanager
def django_asgi(receive: Receive) -> Iterator[int]:
    urlpatterns[:] = [path(PATH[1:], callback_view(receive))]
    with under_uvicorn(get_asgi_application()) as port:
        yield port


@contextmanager
def aiohttp_server(receive: Receive) -> Iterator[int]:
    application = web.Application()
    application.router.add_post(PATH, aiohttp.callback_handler(receive))
    with under_aiohttp(application) as port:
        yield port


@contextmanager
def under_aiohttp(application: web.Application) -> Iterator[int]:
    loop = asyncio.new_event_loop()
    runner = web.AppRunner(application)
    loop.run_until_complete(runner.setup())
    site = web.TCPSite(runner, "127.0.0.1", 0)
    loop.run_until_complete(site.start())
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        yield runner.addresses[0][1]
    finally:
        asyncio.run_coroutine_threadsafe(runner.cleanup(), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


ASYNC: list[Serve] = [bare_asgi, starlette, fastapi, django_asgi, aiohttp_server]
SYNC: list[Serve] = [bare_wsgi, flask, django_wsgi]
EVERY = pytest.mark.parametrize(
    ("serve", "awaited"),
    [*((serve, awaited) for serve in ASYNC for awaited in (True, False)), *((serve, False) for serve in SYNC)],
    ids=lambda value: getattr(value, "__name__", "async" if value is True else "sync"),
)


def post(port: int, body: bytes, headers: Any, method: str = "POST") -> int:
    connection = HTTPConnection("127.0.0.1", port, timeout=10)
    connection.putrequest(method, PATH, skip_accept_encoding=True)
    for name, value in [*(headers.items() if isinstance(headers, Mapping) else headers)]:
        connection.putheader(name, value)
    connection.putheader("Content-Type", "application/json;charset=utf-8")
    if body:
        connection.putheader("Content-Length", str(len(body)))
    try:
        connection.endheaders(body)
        return connection.getresponse().status
    finally:
        connection.close()


def chosen(hook: Webhook, awaited: bool) -> Receive:
    return hook.ahandle if awaited else hook.handle


# -- what they answer


@EVERY
@pytest.mark.case(104, 105, 117, 126)
def test_status_of_every_adapter(serve: Serve, awaited: bool) -> None:
    hook, handled = webhook(), list[Event]()
    hook.otherwise(handled.append)
    headers = signed(BODY)
    with serve(chosen(hook, awaited)) as port:
        assert post(port, BODY, headers) == 200
        assert post(port, BODY, {name.upper(): value for name, value in headers.items()}) == 200, "a duplicate"
        assert post(port, b"{}", signed(b"{}")) == 200, "a probe"
        assert len(handled) == 2
        assert handled[0].key == handled[1].key
        assert post(port, BODY + b" ", headers) == 401
        assert post(port, BODY, {**headers, "CheckSum": "0" * 40}) == 401
        assert post(port, BODY, {**headers, "Nonce": "12345678\x80"}) in (400, 401)
        assert post(port, BODY, [*headers.items(), ("nonce", headers["Nonce"])]) == 401
        assert post(port, BODY, {}) == 401
        assert post(port, b"[]", signed(b"[]")) == 400
        assert post(port, b"", headers, method="GET") == 405
        assert len(handled) == 2


@EVERY
@pytest.mark.case(117)
def test_large_bodies_are_refused(serve: Serve, awaited: bool) -> None:
    hook, handled = webhook(), list[Event]()
    hook.otherwise(handled.append)
    for size in (1024 * 1024 + 1, 3 * 1024 * 1024):
        large = b" " * size
        with serve(chosen(hook, awaited)) as port:
            with suppress(BrokenPipeError, ConnectionResetError):  # refused before all of it was sent
                assert post(port, large, signed(large)) == 413
            assert post(port, BODY, signed(BODY)) == 200
    assert len(handled) == 2


@EVERY
@pytest.mark.case(122)
def test_what_could_not_be_done_is_asked_for_again(serve: Serve, awaited: bool) -> None:
    working = False

    def secret(app_key: str) -> str:
        if not working:
            raise ConnectionError("no database")
        return SECRET

    hook = webhook(app_key=None, app_secret=secret)

    @hook.otherwise
    def handle(event: Event) -> None:
        if broken:
            raise OSError("disk full")

    broken = False
    with serve(chosen(hook, awaited)) as port:
        assert post(port, BODY, signed(BODY)) == 503
        working = True
        assert post(port, BODY, signed(BODY)) == 200
        broken = True
        assert post(port, BODY, signed(BODY)) == 503


@EVERY
def test_without_a_fallback_nothing_is_accepted(serve: Serve, awaited: bool) -> None:
    with serve(chosen(webhook(), awaited)) as port:
        assert post(port, BODY, signed(BODY)) == 503


@pytest.mark.parametrize("serve", [serve for serve in SYNC if serve is not django_wsgi])
def test_a_coroutine_function_is_refused_where_nobody_awaits(serve: Serve) -> None:
    with pytest.raises(TypeError, match=r"Webhook\.ahandle is a coroutine function"), serve(webhook().ahandle):
        pass


def test_django_awaits_under_wsgi_too() -> None:
    hook, handled = webhook(), list[Event]()
    hook.otherwise(handled.append)
    with django_wsgi(hook.ahandle) as port:
        assert post(port, BODY, signed(BODY)) == 200
    assert len(handled) == 1


@pytest.mark.case(118)
@pytest.mark.parametrize("serve", [*ASYNC, *SYNC])
def test_a_body_in_chunks(serve: Serve) -> None:
    hook, handled = webhook(), list[Event]()
    hook.otherwise(handled.append)
    status = 0
    with serve(hook.handle) as port:
        connection = HTTPConnection("127.0.0.1", port, timeout=10)
        headers = {**signed(BODY), "Content-Type": "application/json"}
        with suppress(BrokenPipeError, ConnectionResetError):  # refused before all of it was sent
            connection.request("POST", PATH, iter([BODY[:50], BODY[50:]]), headers, encode_chunked=True)
            status = connection.getresponse().status
        connection.close()
    if serve in (bare_wsgi, django_wsgi):  # wsgiref does not read chunks
        assert (status == 200, len(handled)) == (False, 0)
    else:
        assert (status, len(handled)) == (200, 1)


@pytest.mark.parametrize("serve", [*ASYNC, *SYNC])
def test_a_meetings_life_arrives_over_http(serve: Serve) -> None:
    sandbox, handled = Sandbox(), list[Event]()
    hook = Webhook(app_key="sandbox-key", app_secret="sandbox-secret", now=sandbox.clock.seconds)
    hook.otherwise(handled.append)
    client = sandbox.client()
    host = client.accounts.create(im_accid="host").account_id
    with serve(hook.handle) as port:
        sandbox.set_callback(f"http://127.0.0.1:{port}{PATH}", duplicate=True)
        meeting = client.meetings.create(host=host, type=1, subject="会议").meeting_unique_id
        sandbox.join(meeting, host, "phone")
        sandbox.record(meeting, {})
        sandbox.end(meeting)
    sent = sandbox.callbacks.log()
    assert [attempt.get("status") for callback in sent for attempt in callback.attempts] == [200] * len(sent) * 2
    assert [type(event).__name__ for event in handled[::2]] == [callback.event for callback in sent]
    assert len({event.key for event in handled}) == len(sent) == len(handled) // 2


def test_importing_callbacks_imports_no_framework() -> None:
    from tests.client.test_package import loaded_by

    heavy = {"httpx", "httpcore", "ssl", "asyncio", "django", "flask", "starlette", "fastapi", "aiohttp", "logging"}
    assert not loaded_by("import netease_meeting.webhooks").intersection(heavy)
    for adapter in ("asgi", "wsgi"):
        frameworks = {"django", "flask", "starlette", "fastapi", "aiohttp", "httpx"}
        assert not loaded_by(f"import netease_meeting.webhooks.{adapter}").intersection(frameworks)


@pytest.mark.case(130)
def test_no_control_character_reaches_the_log(caplog: pytest.LogCaptureFixture) -> None:
    hook = webhook()
    hook.otherwise(lambda event: None)
    with bare_asgi(hook.handle) as port:
        assert post(port, BODY, {**signed(BODY), "AppKey": "\x1b[31m"}) in (400, 401)
        body = b'"\\u001b[31m'
        assert post(port, body, signed(body)) == 400
    assert "callback refused" in caplog.text
    assert "\x1b" not in caplog.text
    assert KEY not in caplog.text
