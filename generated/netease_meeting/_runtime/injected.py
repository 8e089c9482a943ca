# Copied from generator/runtime/_runtime/injected.py by `make generate`. Edit it there.
"""Checks of the HTTP clients and transports that a caller passes in: of the wrong kind, they would fail at a call."""

from __future__ import annotations

import inspect
from typing import Any, NoReturn

from .errors import ConfigurationError


def check_transport(transport: Any, asynchronous: bool) -> None:
    """Raise ``ConfigurationError`` unless *transport* is one for the client that it is passed to."""
    wanted = "AsyncTransport" if asynchronous else "Transport"
    close = "aclose" if asynchronous else "close"
    _check_instance("transport", transport)
    if hasattr(transport, "build_request"):
        _refuse("transport", transport, "an HTTP client: pass it as http_client=")
    _check_methods("transport", transport, ("send", close), wanted)
    _check_kind("transport", transport, asynchronous)
    try:
        inspect.signature(transport.send).bind("", (), b"", 0.0)
    except ValueError:
        pass  # written in another language: it does not tell
    except TypeError as error:
        raise ConfigurationError(
            f"transport: send() of {_name(transport)} has to take url, headers, body and deadline ({error}): "
            f"see netease_meeting.{wanted}."
        ) from None


def check_http_client(client: Any, asynchronous: bool) -> None:
    """Raise ``ConfigurationError`` unless *client* is an HTTP client for the client that it is passed to."""
    wanted = "httpx.AsyncClient or httpx2.AsyncClient" if asynchronous else "httpx.Client or httpx2.Client"
    _check_instance("http_client", client)
    _check_methods("http_client", client, ("send", "build_request"), wanted)
    if not hasattr(client, "is_closed"):
        _refuse("http_client", client, f"without `is_closed`: pass an {wanted}")
    _check_kind("http_client", client, asynchronous)


def _check_instance(argument: str, value: Any) -> None:
    if isinstance(value, type):
        raise ConfigurationError(f"{argument}: {value.__name__} is a class. Pass an instance: {value.__name__}(…).")


def _check_methods(argument: str, value: Any, methods: tuple[str, ...], wanted: str) -> None:
    for name in methods:
        if not callable(getattr(value, name, None)):
            _refuse(argument, value, f"without a method {name}(): pass an {wanted}")


def _check_kind(argument: str, value: Any, asynchronous: bool) -> None:
    # A plain function may return what another one's `async def` made, so only what cannot be right is refused.
    returns_awaitable = inspect.iscoroutinefunction(inspect.unwrap(value.send))
    if returns_awaitable and not asynchronous:
        _refuse(argument, value, "asynchronous: pass it to AsyncMeetingClient, or a synchronous one here")
    if asynchronous and not returns_awaitable and not hasattr(value, "aclose"):
        _refuse(argument, value, "synchronous: pass it to MeetingClient, or an asynchronous one here")


def _refuse(argument: str, value: Any, what: str) -> NoReturn:
    raise ConfigurationError(f"{argument}: {_name(value)} is {what}.")


def _name(value: Any) -> str:
    return f"an object of {type(value).__module__}.{type(value).__qualname__}"
