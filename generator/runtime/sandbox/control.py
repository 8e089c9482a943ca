"""The control plane: ``/_sandbox/…`` in JSON, the same as the methods of ``Sandbox``, and the page."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from .core import APP_KEY, APP_SECRET, LOOPBACK, Sandbox
from .messages import Request, Response
from .shapes import is_object, read

PREFIX = "/_sandbox/"
_JSON = ("Content-Type", "application/json; charset=utf-8")
_HTML = ("Content-Type", "text/html; charset=utf-8")
_POLICY = (
    "Content-Security-Policy",
    "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; connect-src 'self'; img-src data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
)
_FRESH = ("Cache-Control", "no-store")

Wish = dict[str, Any]
Handler = Callable[[Sandbox, Wish, int], Any]


def control(sandbox: Sandbox, request: Request, *, exposed: bool = False) -> Response:
    """Answer one request of the control plane.

    Only this machine may steer the sandbox: a page from elsewhere that is open in the developer's browser is refused
    by its ``Origin``, and one whose name was made to point here (DNS rebinding) by ``Host``. Pages that this machine
    serves may. With *exposed*, names other than loopback are let in, other origins still are not.
    """
    origin = request.headers.get("origin", "")
    if not exposed and _host(f"//{request.headers.get('host', '')}") not in LOOPBACK:
        return _json(403, {"error": "the control plane answers to 127.0.0.1, localhost and ::1 only"})
    if origin and _host(origin) not in LOOPBACK and origin.partition("://")[2] != request.headers.get("host"):
        return _json(403, {"error": f"pages from {origin} may not steer the sandbox"})
    response = _preflight() if request.method == "OPTIONS" else _route(sandbox, request)
    allowed = [("Access-Control-Allow-Origin", origin), ("Vary", "Origin")] if origin else []
    return Response(response.status, [*response.headers, *allowed], response.body)


def _host(url: str) -> str | None:
    try:
        return urlsplit(url).hostname
    except ValueError:
        return None


def _preflight() -> Response:
    methods = ("Access-Control-Allow-Methods", "GET, POST, PUT")
    return Response(204, (methods, ("Access-Control-Allow-Headers", "Content-Type")), b"")


def _route(sandbox: Sandbox, request: Request) -> Response:
    path = request.path.removeprefix(PREFIX)
    allowed: list[str] = []
    for method, pattern, handler in _ROUTES:
        match = re.fullmatch(pattern, path)
        if match and method == request.method:
            return _run(handler, sandbox, request, int(match[1]) if match.groups() else 0)
        if match:
            allowed.append(method)
    if path == "" and request.method == "GET":
        return Response(200, (_HTML, _FRESH, _POLICY), _page())
    if allowed:
        return _json(405, {"error": f"{request.path} wants {' or '.join(allowed)}"}, ("Allow", ", ".join(allowed)))
    known = ", ".join(f"{method} {PREFIX}{pattern}" for method, pattern, _ in _ROUTES)
    return _json(404, {"error": f"there is no {request.method} {request.path}. Known: {known}"})


def _run(handler: Handler, sandbox: Sandbox, request: Request, number: int) -> Response:
    try:
        wish = read(request.body.decode() or "{}")
        if not is_object(wish):
            raise ValueError("the body must be a JSON object")
        return _json(200, handler(sandbox, wish, number))
    except LookupError as error:
        return _json(404, {"error": str(error.args[0])})
    except (ValueError, RecursionError) as error:
        return _json(400, {"error": str(error)})


def _json(status: int, value: Any, *headers: tuple[str, str]) -> Response:
    content = json.dumps({} if value is None else value, ensure_ascii=False).encode()
    return Response(status, (_JSON, _FRESH, *headers), content)


@cache
def _page() -> bytes:
    return Path(__file__).with_name("page.html").read_bytes()


# -- one function for each route


def _state(sandbox: Sandbox, wish: Wish, number: int) -> Any:
    return sandbox.state()


def _contract(sandbox: Sandbox, wish: Wish, number: int) -> Any:
    document = sandbox.document
    return {
        "states": document.states,
        "operations": sorted(route.name for route in document.routes.values()),
        "events": document.events,
        "codes": document.root["x-error-codes"]["codes"],
        "credentials": {"appKey": APP_KEY, "appSecret": APP_SECRET},
    }


def _requests(sandbox: Sandbox, wish: Wish, number: int) -> Any:
    return sandbox.log()


def _reset(sandbox: Sandbox, wish: Wish, number: int) -> None:
    _take(wish, {})
    sandbox.reset()


def _clock(sandbox: Sandbox, wish: Wish, number: int) -> Any:
    sandbox.advance(_take(wish, {"advance_seconds": float})["advance_seconds"])
    return {"clock": sandbox.clock.seconds()}


def _callback(sandbox: Sandbox, wish: Wish, number: int) -> None:
    known = {"restamp": bool, "duplicate": bool, "shuffle": bool}
    if "url" in wish and wish["url"] is None:
        sandbox.set_callback(None, **_take({key: wish[key] for key in wish if key != "url"}, {}, known))
    else:
        given = _take(wish, {"url": str}, known)
        sandbox.set_callback(given.pop("url"), **given)


def _join(sandbox: Sandbox, wish: Wish, number: int) -> None:
    given = _take(wish, {"accountId": str, "deviceId": str})
    sandbox.join(number, given["accountId"], given["deviceId"])


def _leave(sandbox: Sandbox, wish: Wish, number: int) -> None:
    given = _take(wish, {"accountId": str, "deviceId": str})
    sandbox.leave(number, given["accountId"], given["deviceId"])


def _end(sandbox: Sandbox, wish: Wish, number: int) -> None:
    _take(wish, {})
    sandbox.end(number)


def _lock(sandbox: Sandbox, wish: Wish, number: int) -> None:
    sandbox.lock(number, _take(wish, {}, {"locked": bool}).get("locked", True))


def _record(sandbox: Sandbox, wish: Wish, number: int) -> Any:
    return sandbox.record(number, wish)


def _faults(sandbox: Sandbox, wish: Wish, number: int) -> None:
    sandbox.add_fault(wish)


_ROUTES: tuple[tuple[str, str, Handler], ...] = (
    ("GET", "state", _state),
    ("GET", "contract", _contract),
    ("GET", "requests", _requests),
    ("POST", "reset", _reset),
    ("POST", "clock", _clock),
    ("PUT", "callback", _callback),
    ("POST", r"meetings/([0-9]{1,19})/join", _join),
    ("POST", r"meetings/([0-9]{1,19})/leave", _leave),
    ("POST", r"meetings/([0-9]{1,19})/end", _end),
    ("POST", r"meetings/([0-9]{1,19})/lock", _lock),
    ("POST", r"meetings/([0-9]{1,19})/recordings", _record),
    ("POST", "faults", _faults),
)

_WORDS: Mapping[type, str] = {str: "a text that is not empty", float: "a number", bool: "true or false"}


def _take(wish: Wish, required: Mapping[str, type], optional: Mapping[str, type] | None = None) -> Wish:
    """Return the fields of a body, or raise ``ValueError`` that says what is wrong with them."""
    known = {**required, **(optional or {})}
    for key, value in wish.items():
        if key not in known:
            raise ValueError(f"unknown: {key}. Known: {', '.join(known) or 'nothing'}")
        kinds = (int, float) if known[key] is float else (known[key],)
        if not isinstance(value, kinds) or (isinstance(value, bool) and known[key] is not bool) or value == "":
            raise ValueError(f"{key} must be {_WORDS[known[key]]}, not {value!r}")
    for key in required:
        if key not in wish:
            raise ValueError(f"{key} is missing")
    return wish
