# Copied from generator/runtime/_runtime/resource.py by `make generate`. Edit it there.
"""What the generated resources call through."""

from __future__ import annotations

from collections.abc import Awaitable, Sequence
from typing import Any, TypeVar

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
        encoded = codec.encode(operation.name, body)
        return run(
            core.transport, core.flow(operation, encoded, _headers(operation.name, headers), timeout, max_retries)
        )

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
        encoded = codec.encode(operation.name, body)
        return await run_async(
            core.transport, core.flow(operation, encoded, _headers(operation.name, headers), timeout, max_retries)
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
