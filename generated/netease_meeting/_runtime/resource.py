# Copied from generator/runtime/_runtime/resource.py by `make generate`. Edit it there.
"""What the generated resources call through."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, ParamSpec, TypeVar, cast

import msgspec
from msgspec import UNSET, UnsetType

from . import codec
from .core import Core, run, run_async
from .errors import ArgumentError
from .operation import Operation
from .paging import AsyncPager, Pager, Paging
from .raw import RawResponse
from .signing import check_header
from .transport import AsyncTransport, Transport

Params = ParamSpec("Params")
Result = TypeVar("Result")
Row = TypeVar("Row")
Page = TypeVar("Page")


class Resource:
    """A group of operations of the synchronous client."""

    def __init__(self, core: Core[Transport]) -> None:
        self._core = core

    def _call(
        self,
        operation: Operation[Result],
        body: msgspec.Struct,
        timeout: float | None,
        max_retries: int | None,
        headers: dict[str, str | int] | None = None,
    ) -> Result:
        core = self._core
        encoded = codec.encode(operation.name, body)
        answer = run(
            core.transport, core.flow(operation, encoded, _headers(operation.name, headers), timeout, max_retries)
        )
        # with_raw_response hands out resources whose declared results are wrapped: see raw() below.
        return cast(Result, answer) if core.raw else answer.parse()

    def _list(
        self,
        operation: Operation[Page],
        body: msgspec.Struct,
        paging: Paging[Row, Page],
        timeout: float | None,
        max_retries: int | None,
    ) -> Pager[Row, Page]:
        def fetch(index: int) -> Page:
            return self._call(operation, msgspec.structs.replace(body, **{paging.index: index}), timeout, max_retries)

        if self._core.raw:
            return cast("Pager[Row, Page]", self._call(operation, body, timeout, max_retries))
        return Pager(fetch, _first(body, paging), paging)


class AsyncResource:
    """A group of operations of the asynchronous client."""

    def __init__(self, core: Core[AsyncTransport]) -> None:
        self._core = core

    async def _call(
        self,
        operation: Operation[Result],
        body: msgspec.Struct,
        timeout: float | None,
        max_retries: int | None,
        headers: dict[str, str | int] | None = None,
    ) -> Result:
        core = self._core
        encoded = codec.encode(operation.name, body)
        answer = await run_async(
            core.transport, core.flow(operation, encoded, _headers(operation.name, headers), timeout, max_retries)
        )
        return cast(Result, answer) if core.raw else answer.parse()

    def _list(
        self,
        operation: Operation[Page],
        body: msgspec.Struct,
        paging: Paging[Row, Page],
        timeout: float | None,
        max_retries: int | None,
    ) -> AsyncPager[Row, Page]:
        def fetch(index: int) -> Awaitable[Page]:
            return self._call(operation, msgspec.structs.replace(body, **{paging.index: index}), timeout, max_retries)

        if self._core.raw:
            return cast("AsyncPager[Row, Page]", self._call(operation, body, timeout, max_retries))
        return AsyncPager(fetch, _first(body, paging), paging)


def raw(method: Callable[Params, Result]) -> Callable[Params, RawResponse[Result]]:
    """Declare that *method*, of a resource in raw mode, returns its result wrapped."""
    return cast("Callable[Params, RawResponse[Result]]", method)


def raw_page(method: Callable[Params, Pager[Row, Page]]) -> Callable[Params, RawResponse[Page]]:
    """The same for a list: the wrapped page the arguments name."""
    return cast("Callable[Params, RawResponse[Page]]", method)


def async_raw(method: Callable[Params, Awaitable[Result]]) -> Callable[Params, Awaitable[RawResponse[Result]]]:
    """``raw`` for the asynchronous client."""
    return cast("Callable[Params, Awaitable[RawResponse[Result]]]", method)


def async_raw_page(method: Callable[Params, AsyncPager[Row, Page]]) -> Callable[Params, Awaitable[RawResponse[Page]]]:
    """``raw_page`` for the asynchronous client."""
    return cast("Callable[Params, Awaitable[RawResponse[Page]]]", method)


def _first(body: msgspec.Struct, paging: Paging[Any, Any]) -> int:
    index: int | UnsetType = getattr(body, paging.index)
    return 0 if index is UNSET else index


def _headers(operation: str, headers: dict[str, str | int] | None) -> Sequence[tuple[bytes, bytes]]:
    if not headers:
        return ()
    return [(name.encode(), _header(operation, name, value)) for name, value in headers.items()]


def _header(operation: str, name: str, value: object) -> bytes:
    if isinstance(value, bool) or not isinstance(value, (str, int)):
        raise ArgumentError(f"{operation}: {name} must be text or an integer, not {value!r}.", operation=operation)
    try:
        return check_header(name, str(value))
    except ValueError as error:
        raise ArgumentError(f"{operation}: {error}", operation=operation) from None
