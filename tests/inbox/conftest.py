"""The places an inbox can be kept in, fresh for each test."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from netease_meeting.inbox import PostgresStore, SQLiteStore, Store

from ..postgres import binaries, postgres, schema

MakeStore = Callable[[], Store]


def need(program: str, *, found: bool) -> None:
    """Skip without a system program; fail where it must be there."""
    if not found:
        (pytest.fail if os.environ.get("CI") else pytest.skip)(f"{program} is not installed")


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    folder = binaries()
    need("PostgreSQL (Debian: postgresql)", found=folder is not None)
    assert folder is not None
    with postgres(folder) as conninfo:
        yield conninfo


@pytest.fixture
def database(server: str) -> str:
    """A place of its own on the server."""
    return schema(server)


@pytest.fixture
def sqlite(tmp_path: Path) -> Iterator[MakeStore]:
    opened: list[SQLiteStore] = []

    def make() -> Store:
        opened.append(SQLiteStore(tmp_path / "inbox.db"))
        return opened[-1]

    yield make
    for store in opened:
        store.close()


@pytest.fixture
def postgresql(database: str) -> Iterator[MakeStore]:
    opened: list[PostgresStore] = []

    def make() -> Store:
        store = PostgresStore(database)
        store.create()
        opened.append(store)
        return store

    yield make
    for store in opened:
        store.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def make(request: pytest.FixtureRequest) -> MakeStore:
    """One place that every call opens."""
    made: MakeStore = request.getfixturevalue(request.param)
    return made
