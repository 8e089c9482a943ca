# Copied from generator/runtime/_runtime/paging.py by `make generate`. Edit it there.
"""Lists that fetch their next page when it is needed."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from typing import Any, Generic, TypeVar

import msgspec

from .raw import RawResponse

Row = TypeVar("Row")
Page = TypeVar("Page")


class Paging(msgspec.Struct, Generic[Row, Page], frozen=True):
    """Where a page keeps its rows and totals: the contract's ``x-pagination`` in Python names."""

    index: str
    rows: Callable[[Page], Sequence[Row]]
    total_pages: Callable[[Page], int | None]


class Pager(Generic[Row, Page]):
    """Iterate it for the rows of all pages; ``pages()`` for the pages; ``page`` is the one the last row came from."""

    def __init__(self, fetch: Callable[[int], RawResponse[Page]], first: int, paging: Paging[Row, Page]) -> None:
        self._fetch = fetch
        self._first = first
        self._paging = paging
        self.page: Page | None = None
        """The page fetched last, with its totals; ``None`` before the first row."""

    def __iter__(self) -> Iterator[Row]:
        for page in self.pages():
            yield from self._paging.rows(page)

    def pages(self) -> Iterator[Page]:
        """Yield the pages, each fetched when it is asked for. The first is yielded even if it is empty."""
        index = self._first
        before: Page | None = None
        damaged = 0
        while True:
            response = self._fetch(index)
            self.page = page = response.parse()
            if before is not None and _repeats(before, page, self._paging):
                return
            yield page
            index += 1
            damaged = damaged + 1 if response.left_out else 0
            if _is_last(page, index, self._paging, damaged):
                return
            before = page


class AsyncPager(Generic[Row, Page]):
    """``async for`` over the rows of all pages; ``pages()`` for the pages; ``page`` is the one fetched last."""

    def __init__(
        self, fetch: Callable[[int], Awaitable[RawResponse[Page]]], first: int, paging: Paging[Row, Page]
    ) -> None:
        self._fetch = fetch
        self._first = first
        self._paging = paging
        self.page: Page | None = None
        """The page fetched last, with its totals; ``None`` before the first row."""

    async def __aiter__(self) -> AsyncIterator[Row]:
        async for page in self.pages():
            for row in self._paging.rows(page):
                yield row

    async def pages(self) -> AsyncIterator[Page]:
        """Yield the pages, each fetched when it is asked for. The first is yielded even if it is empty."""
        index = self._first
        before: Page | None = None
        damaged = 0
        while True:
            response = await self._fetch(index)
            self.page = page = response.parse()
            if before is not None and _repeats(before, page, self._paging):
                return
            yield page
            index += 1
            damaged = damaged + 1 if response.left_out else 0
            if _is_last(page, index, self._paging, damaged):
                return
            before = page


_MOST_DAMAGED = 100
"""Pages in a row that lack rows. A server that sends nothing else, and a total without end, is not asked for ever."""


def _is_last(page: Any, next_index: int, paging: Paging[Any, Any], damaged: int) -> bool:
    total = paging.total_pages(page)
    if total is not None and next_index >= total:
        return True
    # An empty page ends the list whatever the totals say: meetings move between pages while we read. One that is empty
    # because its rows could not be read does not, as long as a total does.
    return not paging.rows(page) and (total is None or not 0 < damaged <= _MOST_DAMAGED)


def _repeats(before: Any, page: Any, paging: Paging[Any, Any]) -> bool:
    # A server or a cache that ignores the index would be asked for ever.
    rows = paging.rows(page)
    return bool(rows) and bool(rows == paging.rows(before))
