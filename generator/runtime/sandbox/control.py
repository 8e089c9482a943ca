"""The control plane: ``/_sandbox/…`` in JSON, the same as the methods of ``Sandbox``."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from .core import Sandbox
from .messages import Request, Response
from .shapes import is_object

PREFIX = "/_sandbox/"

Handler = Callable[[Sandbox, dict[str, Any], int], Any]


def control(sandbox: Sandbox, request: Request) -> Response:
    """Answer one request of the control plane."""
    if request.path == PREFIX and request.method == "GET":
        page = Path(__file__).with_name("page.html").read_bytes()
        return Response(200, (("Content-Type", "text/html; charset=utf-8"),), page)
    for method, pattern, handler in _ROUTES:
        match = re.fullmatch(pattern, request.path.removeprefix(PREFIX))
        if match and method == request.method:
            return _run(handler, sandbox, request, int(match[1]) if match.groups() else 0)
    known = ", ".join(f"{method} {PREFIX}{pattern}" for method, pattern, _ in _ROUTES)
    return _json(404, {"error": f"there is no {request.method} {request.path}. Known: {known}"})


def _run(handler: Handler, sandbox: Sandbox, request: Request, number: int) -> Response:
    try:
        wish = json.loads(request.body or b"{}")
        if not is_object(wish):
            raise ValueError("the body must be a JSON object")
        return _json(200, handler(sandbox, wish, number))
    except KeyError as error:
        return _json(400, {"error": f"{error.args[0]!r} is missing"})
    except (ValueError, TypeError) as error:
        return _json(400, {"error": str(error)})


def _json(status: int, value: Any) -> Response:
    content = json.dumps({} if value is None else value, ensure_ascii=False).encode()
    return Response(
        status, (("Content-Type", "application/json; charset=utf-8"), ("Cache-Control", "no-store")), content
    )


def _state(sandbox: Sandbox, wish: dict[str, Any], number: int) -> Any:
    return sandbox.state()


def _reset(sandbox: Sandbox, wish: dict[str, Any], number: int) -> None:
    sandbox.reset()


def _clock(sandbox: Sandbox, wish: dict[str, Any], number: int) -> Any:
    sandbox.advance(float(wish["advance_seconds"]))
    return {"clock": sandbox.clock.now()}


def _callback(sandbox: Sandbox, wish: dict[str, Any], number: int) -> None:
    sandbox.set_callback(wish["url"])
    sandbox.callbacks.restamp = bool(wish.get("restamp", sandbox.callbacks.restamp))
    sandbox.callbacks.duplicate = bool(wish.get("duplicate", sandbox.callbacks.duplicate))
    sandbox.callbacks.shuffle = bool(wish.get("shuffle", sandbox.callbacks.shuffle))


def _join(sandbox: Sandbox, wish: dict[str, Any], number: int) -> None:
    sandbox.join(number, str(wish["accountId"]), str(wish["deviceId"]))


def _leave(sandbox: Sandbox, wish: dict[str, Any], number: int) -> None:
    sandbox.leave(number, str(wish["accountId"]), str(wish["deviceId"]))


def _end(sandbox: Sandbox, wish: dict[str, Any], number: int) -> None:
    sandbox.end(number)


def _record(sandbox: Sandbox, wish: dict[str, Any], number: int) -> Any:
    return sandbox.record(number, wish)


def _faults(sandbox: Sandbox, wish: dict[str, Any], number: int) -> None:
    sandbox.faults.add(wish)


def _requests(sandbox: Sandbox, wish: dict[str, Any], number: int) -> Any:
    return list(sandbox.requests)


_ROUTES: tuple[tuple[str, str, Handler], ...] = (
    ("GET", "state", _state),
    ("POST", "reset", _reset),
    ("POST", "clock", _clock),
    ("PUT", "callback", _callback),
    ("POST", r"meetings/(\d{1,19})/join", _join),
    ("POST", r"meetings/(\d{1,19})/leave", _leave),
    ("POST", r"meetings/(\d{1,19})/end", _end),
    ("POST", r"meetings/(\d{1,19})/recordings", _record),
    ("POST", "faults", _faults),
    ("GET", "requests", _requests),
)
