"""A body that somebody read before, or that did not arrive whole: handled all the same, or a 503 that says so."""

from __future__ import annotations

import asyncio
import io
import socket
from collections.abc import Callable, Iterator, MutableMapping, Sequence
from contextlib import contextmanager
from http.client import HTTPConnection
from typing import Any

import pytest
from aiohttp import web
from django.conf import settings
from django.core.asgi import get_asgi_application
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse
from django.test import override_settings
from django.urls import path
from fastapi import FastAPI, Request
from flask import Flask, request
from netease_meeting.webhooks import Event, aiohttp, asgi, wsgi
from netease_meeting.webhooks.django import callback_view
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.base import BaseHTTPMiddleware
from starlette.routing import Mount, Route
from werkzeug import Response
from werkzeug.serving import make_server

from .signed import BODY, signed, webhook
from .test_adapters import (
    ASYNC,
    PATH,
    SYNC,
    QuietFlask,
    Serve,
    bare_asgi,
    bare_wsgi,
    post,
    running,
    under_aiohttp,
    under_uvicorn,
    under_wsgiref,
    urlpatterns,
)

Read = Callable[[Any], Any]
SAYS_SO = "read the body before this adapter could"


@pytest.fixture
def seen() -> list[Event]:
    return []


@pytest.fixture
def receive(seen: list[Event]) -> Any:
    hook = webhook()
    hook.otherwise(seen.append)
    return hook.handle


def posted(port: int, body: bytes = BODY, content_type: str = "application/json;charset=utf-8") -> tuple[int, str]:
    """Return status and text of the answer to a genuine callback."""
    connection = HTTPConnection("127.0.0.1", port, timeout=10)
    connection.request("POST", PATH, body, {**signed(body), "Content-Type": content_type})
    response = connection.getresponse()
    text = response.read().decode()
    connection.close()
    return response.status, text


def handled(outcome: tuple[int, str], seen: list[Event]) -> None:
    assert outcome == (200, "")
    assert len(seen) == 1


def told(outcome: tuple[int, str], seen: list[Event], log: str) -> None:
    """Neither acknowledged nor blamed on the secret: the answer and the log say what happened."""
    status, text = outcome
    assert status == 503
    assert seen == []
    assert SAYS_SO in text
    assert SAYS_SO in log
    assert "signature is wrong" not in log


# -- Flask


@contextmanager
def flask_with(read: Read, receive: Any) -> Iterator[int]:
    """A Flask application that reads the request before the view, as loggers do."""
    application, callbacks = Flask("receiver"), wsgi.CallbackApp(receive)

    @application.before_request
    def before() -> None:
        read(request)

    @application.post(PATH)
    def receiver() -> Response:
        return Response.from_app(callbacks, request.environ)

    server = make_server("127.0.0.1", 0, application, threaded=True, request_handler=QuietFlask)
    with running(server):
        yield server.server_port


@pytest.mark.parametrize(
    "read",
    [
        lambda request: request.get_data(),
        lambda request: request.data,
        lambda request: request.json,
        lambda request: request.form,
        lambda request: (request.form, request.get_data()),
        lambda request: request.get_data(as_text=True),
    ],
)
def test_flask_keeps_what_a_hook_has_read(read: Read, receive: Any, seen: list[Event]) -> None:
    with flask_with(read, receive) as port:
        handled(posted(port), seen)


@pytest.mark.parametrize(
    "read",
    [
        lambda request: request.get_data(cache=False),
        lambda request: request.stream.read(),
        lambda request: request.stream.read(10),
    ],
)
def test_flask_without_a_copy(read: Read, receive: Any, seen: list[Event], caplog: pytest.LogCaptureFixture) -> None:
    with flask_with(read, receive) as port:
        told(posted(port), seen, caplog.text)


def test_flask_parses_forms_from_what_it_kept(receive: Any, seen: list[Event]) -> None:
    with flask_with(lambda request: (request.get_data(), request.form), receive) as port:
        handled(posted(port, content_type="application/x-www-form-urlencoded"), seen)


# -- Django


@contextmanager
def django_with(read: Read, receive: Any, serve: Any) -> Iterator[int]:
    """A Django site with a middleware that reads the request before the view."""

    def middleware(get_response: Any) -> Any:
        def before(request: HttpRequest) -> HttpResponse:
            read(request)
            response: HttpResponse = get_response(request)
            return response

        return before

    global reader
    reader = middleware
    urlpatterns[:] = [path(PATH[1:], callback_view(receive))]
    with override_settings(MIDDLEWARE=[f"{__name__}.reader"]), serve() as port:
        yield port


reader: Any = None
SITES = pytest.mark.parametrize(
    "site", [lambda: under_wsgiref(get_wsgi_application()), lambda: under_uvicorn(get_asgi_application())]
)


@SITES
@pytest.mark.parametrize("read", [lambda request: request.body, lambda request: request.POST])
def test_django_keeps_what_a_middleware_has_read(site: Any, read: Read, receive: Any, seen: list[Event]) -> None:
    with django_with(read, receive, site) as port:
        handled(posted(port), seen)


@SITES
@pytest.mark.parametrize("read", [lambda request: request.read(), lambda request: request.read(10)])
def test_django_without_a_copy(
    site: Any, read: Read, receive: Any, seen: list[Event], caplog: pytest.LogCaptureFixture
) -> None:
    with django_with(read, receive, site) as port:
        told(posted(port), seen, caplog.text)


@SITES
def test_djangos_own_limit_is_in_the_log(
    site: Any, receive: Any, seen: list[Event], caplog: pytest.LogCaptureFixture
) -> None:
    with (
        override_settings(DATA_UPLOAD_MAX_MEMORY_SIZE=100),
        django_with(lambda request: None, receive, site) as port,
    ):
        assert posted(port)[0] == 413
    assert "DATA_UPLOAD_MAX_MEMORY_SIZE" in caplog.text
    assert settings.DATA_UPLOAD_MAX_MEMORY_SIZE > 2000


# -- aiohttp


@contextmanager
def aiohttp_with(read: Read, receive: Any, **options: Any) -> Iterator[int]:
    @web.middleware
    async def before(request: web.Request, handler: Any) -> Any:
        await read(request)
        return await handler(request)

    application = web.Application(middlewares=[before], **options)
    application.router.add_post(PATH, aiohttp.callback_handler(receive))
    with under_aiohttp(application) as port:
        yield port


@pytest.mark.parametrize(
    "read", [lambda request: request.read(), lambda request: request.json(), lambda request: request.post()]
)
def test_aiohttp_keeps_what_a_middleware_has_read(read: Read, receive: Any, seen: list[Event]) -> None:
    with aiohttp_with(read, receive) as port:
        handled(posted(port), seen)


@pytest.mark.parametrize(
    "read", [lambda request: request.content.read(), lambda request: request.content.readexactly(10)]
)
def test_aiohttp_without_a_copy(read: Read, receive: Any, seen: list[Event], caplog: pytest.LogCaptureFixture) -> None:
    with aiohttp_with(read, receive) as port:
        told(posted(port), seen, caplog.text)


def test_aiohttps_own_limit_is_in_the_log(receive: Any, seen: list[Event], caplog: pytest.LogCaptureFixture) -> None:
    with aiohttp_with(lambda request: asyncio.sleep(0), receive, client_max_size=100) as port:
        assert posted(port)[0] == 413
    assert "client_max_size" in caplog.text


# -- ASGI


async def through_body(request: Request) -> None:
    await request.body()


async def through_json(request: Request) -> None:
    await request.json()


async def through_stream(request: Request) -> None:
    async for _ in request.stream():
        pass


def starlette_with(read: Read, receive: Any, application: Any = Starlette) -> Any:
    async def before(request: Request, call_next: Any) -> Any:
        await read(request)
        return await call_next(request)

    route = Route(PATH, asgi.CallbackApp(receive), methods=["POST"])
    made = application(middleware=[Middleware(BaseHTTPMiddleware, dispatch=before)])
    made.router.routes.append(route)
    return made


@pytest.mark.parametrize("application", [Starlette, FastAPI])
@pytest.mark.parametrize("read", [through_body, through_json])
def test_starlette_keeps_what_a_middleware_has_read(
    application: Any, read: Read, receive: Any, seen: list[Event]
) -> None:
    with under_uvicorn(starlette_with(read, receive, application)) as port:
        handled(posted(port), seen)


def test_starlette_without_a_copy(receive: Any, seen: list[Event], caplog: pytest.LogCaptureFixture) -> None:
    with under_uvicorn(starlette_with(through_stream, receive)) as port:
        told(posted(port), seen, caplog.text)


def test_a_middleware_that_keeps_the_body_for_itself(
    receive: Any, seen: list[Event], caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Asked again, a server waits until the sender is gone: it is asked for a limited time."""
    monkeypatch.setattr(asgi, "_PATIENCE", 0.05)
    callbacks = asgi.CallbackApp(receive)

    async def application(scope: Any, receive: Any, send: Any) -> None:
        while (await receive()).get("more_body"):
            pass
        await callbacks(scope, receive, send)

    with under_uvicorn(application) as port:
        told(posted(port), seen, caplog.text)


Message = MutableMapping[str, Any]


def run_asgi(
    receive: Any, *messages: Message, headers: Sequence[tuple[bytes, bytes]] = (), **scope: Any
) -> list[Message]:
    """Return what the adapter sends when it receives *messages* and then nothing for ever."""
    left, sent = list(messages), list[Message]()

    async def receive_next() -> Message:
        return left.pop(0) if left else await asyncio.Future[Message]()

    async def send(message: Message) -> None:
        sent.append(message)

    signature = [(name.lower().encode(), value.encode()) for name, value in signed(BODY).items()]
    request = {"type": "http", "method": "POST", "http_version": "1.1", "headers": [*signature, *headers], **scope}
    asyncio.run(asgi.CallbackApp(receive)(request, receive_next, send))
    return sent


def test_a_sender_that_goes_away_in_the_middle(
    receive: Any, seen: list[Event], caplog: pytest.LogCaptureFixture
) -> None:
    first = {"type": "http.request", "body": BODY[:50], "more_body": True}
    sent = run_asgi(receive, first, {"type": "http.disconnect"})
    told((sent[0]["status"], sent[1]["body"].decode()), seen, caplog.text)


@pytest.mark.parametrize(
    ("headers", "scope"),
    [
        ([(b"content-length", str(len(BODY)).encode())], {}),
        ([(b"transfer-encoding", b"chunked")], {}),
        ([], {"http_version": "2"}),
    ],
)
def test_an_empty_body_where_one_was_announced(
    headers: Any, scope: Any, receive: Any, seen: list[Event], caplog: pytest.LogCaptureFixture
) -> None:
    sent = run_asgi(receive, {"type": "http.request", "body": b""}, headers=headers, **scope)
    told((sent[0]["status"], sent[1]["body"].decode()), seen, caplog.text)


def test_http_2_with_and_without_a_length(receive: Any, seen: list[Event]) -> None:
    for headers in ([], [(b"content-length", str(len(BODY)).encode())]):
        sent = run_asgi(receive, {"type": "http.request", "body": BODY}, headers=headers, http_version="2")
        assert sent[0]["status"] == 200
    assert len(seen) == 2


def test_a_request_without_any_body_is_a_forgery(receive: Any, seen: list[Event]) -> None:
    assert run_asgi(receive, {"type": "http.request"})[0]["status"] == 401


def test_a_mounted_application(receive: Any, seen: list[Event]) -> None:
    application = Starlette(routes=[Mount("/", asgi.CallbackApp(receive))])
    with under_uvicorn(application) as port:
        handled(posted(port), seen)


# -- WSGI


def run_wsgi(receive: Any, stream: Any, **environ: Any) -> tuple[int, str]:
    started: list[str] = []
    request = {
        "REQUEST_METHOD": "POST",
        "wsgi.input": stream,
        **{f"HTTP_{name.upper()}": value for name, value in signed(BODY).items()},
        **environ,
    }
    content = b"".join(wsgi.CallbackApp(receive)(request, lambda status, headers: started.append(status)))
    return int(started[0][:3]), content.decode()


class Stream:
    """A stream that cannot be read again; it gives a few bytes at a time, as sockets do."""

    def __init__(self, body: bytes) -> None:
        self._body = io.BytesIO(body)

    def read(self, size: int) -> bytes:
        return self._body.read(min(size, 7))


def test_a_stream_that_gives_a_little_at_a_time(receive: Any, seen: list[Event]) -> None:
    handled(run_wsgi(receive, Stream(BODY), CONTENT_LENGTH=str(len(BODY))), seen)


@pytest.mark.parametrize("body", [b"", BODY[:-1]])
def test_a_body_shorter_than_its_length(
    body: bytes, receive: Any, seen: list[Event], caplog: pytest.LogCaptureFixture
) -> None:
    told(run_wsgi(receive, Stream(body), CONTENT_LENGTH=str(len(BODY))), seen, caplog.text)


def test_chunks_without_a_length(receive: Any, seen: list[Event], caplog: pytest.LogCaptureFixture) -> None:
    options = {"wsgi.input_terminated": True, "HTTP_TRANSFER_ENCODING": "chunked"}
    handled(run_wsgi(receive, Stream(BODY), **options), seen)
    seen.clear()
    told(run_wsgi(receive, Stream(b""), **options), seen, caplog.text)


def test_a_kept_stream_is_read_again(receive: Any, seen: list[Event]) -> None:
    stream = io.BytesIO(BODY)
    stream.read()
    handled(run_wsgi(receive, stream, CONTENT_LENGTH=str(len(BODY))), seen)


def test_a_stream_that_breaks(receive: Any, seen: list[Event], caplog: pytest.LogCaptureFixture) -> None:
    class Broken(Stream):
        def read(self, size: int) -> bytes:
            raise OSError("connection reset")

    told(run_wsgi(receive, Broken(b""), CONTENT_LENGTH="5"), seen, caplog.text)
    assert "connection reset" in caplog.text


# -- everywhere


@pytest.mark.parametrize("serve", [*ASYNC, *SYNC])
def test_an_upload_that_is_cut_off_calls_nobody(serve: Serve, seen: list[Event], receive: Any) -> None:
    with serve(receive) as port:
        with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
            head = [f"POST {PATH} HTTP/1.1", "Host: x", f"Content-Length: {len(BODY)}"]
            head += [f"{name}: {value}" for name, value in signed(BODY).items()]
            connection.sendall("\r\n".join([*head, "", ""]).encode() + BODY[:-10])
            connection.shutdown(socket.SHUT_WR)
            status = connection.recv(65536)[9:12]
        assert status not in (b"200", b"401")
        assert seen == []
        assert post(port, BODY, signed(BODY)) == 200
    assert len(seen) == 1


@pytest.mark.parametrize("serve", [bare_asgi, bare_wsgi])
def test_other_methods_are_no_callbacks(serve: Serve, receive: Any) -> None:
    with serve(receive) as port:
        for method in ("GET", "HEAD", "PUT", "OPTIONS"):
            assert post(port, b"", {}, method=method) == 405
