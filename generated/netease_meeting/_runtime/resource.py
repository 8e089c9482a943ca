# Copied from generator/runtime/_runtime/resource.py by `make generate`. Edit it there.
"""What the generated resources call through."""

from __future__ import annotations

from collections.abc import Awaitable, Sequence
from typing import Any, TypeVar

import msgspec
from msgspec import UNSET

from . import encoding
from .core import Core, run, run_async
from .errors import ArgumentError
from .operation import Operation
from .paging import AsyncPager, Pager, Paging
from .raw import RawResponse
from .signing import check_header
from .transport import AsyncTransport, Header, Transport

Result = TypeVar("Result")
Row = TypeVar("Row")
Page = TypeVar("Page")


class Resource:
    """A group of operations of the synchronous client."""

    def __init__(self, core: Core[Transport]) -> None:
        self._core = core

    def _request(
        self,
        operation: Operation[Result],
        body: msgspec.Struct,
        timeout: float | None,
        max_retries: int | None,
        headers: dict[str, str | int] | None = None,
    ) -> RawResponse[Result]:
        core = self._core
        encoded = encoding.encode(operation.name, body)
        return run(core.transport, core.flow(operation, encoded, _headers(operation, headers), timeout, max_retries))

    def _list(
        self,
        operation: Operation[Page],
        body: msgspec.Struct,
        paging: Paging[Row, Page],
        timeout: float | None,
        max_retries: int | None,
    ) -> Pager[Row, Page]:
        def fetch(index: int) -> RawResponse[Page]:
            page = msgspec.structs.replace(body, **{paging.index: index})
            return self._request(operation, page, timeout, max_retries)

        return Pager(fetch, _first(body, paging), paging)


class AsyncResource:
    """A group of operations of the asynchronous client."""

    def __init__(self, core: Core[AsyncTransport]) -> None:
        self._core = core

    async def _request(
        self,
        operation: Operation[Result],
        body: msgspec.Struct,
        timeout: float | None,
        max_retries: int | None,
        headers: dict[str, str | int] | None = None,
    ) -> RawResponse[Result]:
        core = self._core
        encoded = encoding.encode(operation.name, body)
        return await run_async(
            core.transport, core.flow(operation, encoded, _headers(operation, headers), timeout, max_retries)
        )

    def _list(
        self,
        operation: Operation[Page],
        body: msgspec.Struct,
        paging: Paging[Row, Page],
        timeout: float | None,
        max_retries: int | None,
    ) -> AsyncPager[Row, Page]:
        def fetch(index: int) -> Awaitable[RawResponse[Page]]:
            page = msgspec.structs.replace(body, **{paging.index: index})
            return self._request(operation, page, timeout, max_retries)

        return AsyncPager(fetch, _first(body, paging), paging)


def _first(body: msgspec.Struct, paging: Paging[Any, Any]) -> int:
    index: Any = getattr(body, paging.index)
    return 0 if index is None or index is UNSET else index


def _headers(operation: Operation[Any], headers: dict[str, str | int] | None) -> Sequence[Header]:
    if not headers:
        return ()
    return [(wire.encode(), _header(operation, wire, value)) for wire, value in headers.items()]


def _header(operation: Operation[Any], wire: str, value: object) -> bytes:
    name = operation.headers.get(wire, wire)
    text = encoding.header_text(operation.name, name, value)
    try:
        return check_header(name, text)
    except ValueError as error:
        raise ArgumentError(f"{operation.name}: {error}", operation=operation.name) from None
