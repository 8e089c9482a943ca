"""What a handler does to the connection it is lent harms neither the store nor exactly once. Both stores."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import psycopg
import pytest
from netease_meeting.inbox import Delivery, Inbox, PostgresStore, SQLiteStore, TransactionError
from netease_meeting.webhooks import Event
from psycopg import sql
from psycopg.rows import dict_row
from psycopg.types.string import TextBinaryLoader

from .callbacks import Clock, callback, webhook
from .conftest import MakeStore

Deed = Callable[[Any], object]


class World:
    """An inbox with a table for effects, and what came of its handlers."""

    def __init__(self, make: MakeStore) -> None:
        self.clock = Clock()
        self.store = make()
        self.inbox: Inbox[Event] = Inbox(webhook(self.clock), self.store, now=self.clock)
        self.raised: list[Exception] = []
        self.calls = 0
        self.receive(0)
        self.inbox.work(lambda delivery: delivery.connection.execute("CREATE TABLE effects (n integer)") and None)

    def receive(self, *times: int) -> None:
        for time in times:
            self.inbox.receive(*callback("MeetingEnded", time=time))

    def work(self, *deeds: Deed, swallow: bool = False, times: int = 1) -> None:
        """Handle each event with an effect, then the deeds, then an effect, however often it takes within *times*."""

        def handler(delivery: Delivery[Event]) -> None:
            self.calls += 1
            connection = delivery.connection
            connection.execute("INSERT INTO effects VALUES (1)")
            for deed in deeds:
                try:
                    deed(connection)
                except Exception as error:
                    self.raised.append(error)
                    if not swallow:
                        raise
            if not deeds:
                connection.execute("INSERT INTO effects VALUES (2)")

        for _ in range(times):
            self.inbox.work(handler)
            self.clock.now += 301

    def effects(self) -> int:
        """Return how many effects there are, as another connection sees them."""
        if isinstance(self.store, SQLiteStore):
            connection: Any = sqlite3.connect(self.store._path)
        else:
            assert isinstance(self.store, PostgresStore)
            connection = psycopg.connect(self.store._conninfo)
        try:
            return int(connection.execute("SELECT count(*) FROM effects").fetchone()[0])
        finally:
            connection.close()


def enter(connection: Any) -> None:
    with connection as inner:
        inner.execute("INSERT INTO effects VALUES (3)")


def set_attribute(name: str, value: object) -> Deed:
    return lambda connection: setattr(connection, name, value)


def run(*statements: Any) -> Deed:
    def deed(connection: Any) -> None:
        for statement in statements:
            connection.execute(statement)

    return deed


def another_cursor(connection: Any) -> None:
    connection.cursor_factory = psycopg.ClientCursor
    connection.execute("COMMIT")


ENDING_IN_BOTH: dict[str, Deed] = {
    "with": enter,
    "commit()": lambda connection: connection.commit(),
    "rollback()": lambda connection: connection.rollback(),
    "close()": lambda connection: connection.close(),
    "COMMIT": run("COMMIT"),
    "end with a comment": run("-- done\n /* now */ eNd"),
    "ROLLBACK": run("ROLLBACK"),
    "BEGIN": run("BEGIN"),
    "in a cursor": lambda connection: connection.cursor().execute("COMMIT"),
}
ENDING_IN_SQLITE: dict[str, Deed] = {
    "executescript": lambda connection: connection.executescript("INSERT INTO effects VALUES (3)"),
    "executescript of a cursor": lambda connection: connection.cursor().executescript("SELECT 1"),
    "isolation_level": set_attribute("isolation_level", None),
    "autocommit": set_attribute("autocommit", True),
    "an authorizer of its own": lambda connection: (connection.set_authorizer(None), connection.execute("COMMIT")),
}
ENDING_IN_POSTGRESQL: dict[str, Deed] = {
    "two statements": run("INSERT INTO effects VALUES (3); COMMIT"),
    "a text with a semicolon": run("INSERT INTO effects VALUES (length('; it''s')); COMMIT AND CHAIN"),
    "bytes": run(b"COMMIT"),
    "composed": run(sql.SQL("{}").format(sql.SQL("COMMIT"))),
    "many": lambda connection: connection.cursor().executemany("COMMIT", [()]),
    "another kind of cursor": another_cursor,
    "in a pipeline": lambda connection: connection.pipeline().__enter__() and connection.execute("COMMIT"),
    "in two phases": run("PREPARE TRANSACTION 'x'"),
    "tpc": lambda connection: connection.tpc_begin(connection.xid(1, "a", "b")),
    "START": run("START TRANSACTION"),
}


def params(**kinds: dict[str, Deed]) -> list[Any]:
    return [
        pytest.param(store, deed, id=f"{store}-{name}")
        for store in ("sqlite", "postgresql")
        for name, deed in {**kinds["both"], **kinds[store]}.items()
    ]


ENDING = params(both=ENDING_IN_BOTH, sqlite=ENDING_IN_SQLITE, postgresql=ENDING_IN_POSTGRESQL)


@pytest.mark.parametrize(("place", "deed"), ENDING)
def test_ending_the_transaction_is_denied_before_it_happens(
    place: str, deed: Deed, request: pytest.FixtureRequest
) -> None:
    world = World(request.getfixturevalue(place))
    world.receive(1)
    world.work(deed, times=3)
    assert (world.calls, world.effects()) == (3, 0), "no effect of an attempt that failed"
    assert {type(error) for error in world.raised} == {TransactionError}
    assert "leave the rest to the inbox" in str(world.raised[0])
    world.work()
    assert world.effects() == 2
    assert (world.inbox.stats().waiting, world.inbox.stats().parked) == (0, 0)


@pytest.mark.parametrize(("place", "deed"), ENDING)
def test_a_denied_commit_that_the_handler_swallows_has_done_nothing(
    place: str, deed: Deed, request: pytest.FixtureRequest
) -> None:
    world = World(request.getfixturevalue(place))
    world.receive(1, 2)
    world.work(deed, swallow=True, times=3)
    stats = world.inbox.stats()
    assert (world.calls, world.effects(), stats.waiting, stats.parked) == (2, 2, 0, 0)


CHANGING_SQLITE: dict[str, Deed] = {
    "row_factory": set_attribute("row_factory", sqlite3.Row),
    "a row_factory that fails": set_attribute("row_factory", lambda cursor, row: 1 / 0),
    "text_factory": set_attribute("text_factory", bytes),
    "pragma": run("PRAGMA query_only = ON"),
    "a temporary table": run("CREATE TEMP TABLE netease_meeting_inbox (seq, holder, state)"),
    "a function": lambda connection: connection.create_function("min", 1, lambda value: 1 / 0),
    "a collation": lambda connection: connection.create_collation("BINARY", lambda one, two: 0),
    "an authorizer": lambda connection: connection.set_authorizer(lambda *arguments: sqlite3.SQLITE_DENY),
    "a progress handler": lambda connection: connection.set_progress_handler(lambda: 0, 1),
    "attach": run("ATTACH ':memory:' AS other"),
    "a limit": lambda connection: connection.setlimit(sqlite3.SQLITE_LIMIT_SQL_LENGTH, 10),
    "rows left unread": lambda connection: kept.append(connection.execute("SELECT 1 UNION ALL SELECT 2")),
    "a row returned": lambda connection: kept.append(connection.execute("UPDATE effects SET n = 4 RETURNING n")),
    "a savepoint": run("SAVEPOINT one", "DELETE FROM effects", "ROLLBACK TO one"),
}
CHANGING_POSTGRESQL: dict[str, Deed] = {
    "row_factory": set_attribute("row_factory", dict_row),
    "cursor_factory": set_attribute("cursor_factory", psycopg.RawCursor),
    "adapters": lambda connection: connection.adapters.register_loader("float8", TextBinaryLoader),
    "search_path": run("SET search_path TO pg_catalog"),
    "search_path, local": run("SET LOCAL search_path TO pg_catalog"),
    "search_path, by function": run("SELECT set_config('search_path', 'pg_catalog', false)"),
    "timezone": run("SET TIME ZONE 'Asia/Shanghai'"),
    "client_encoding": run("SET client_encoding TO 'LATIN1'"),
    "role": run("SET ROLE pg_monitor"),
    "role, local": run("SET LOCAL ROLE pg_monitor"),
    "session authorization": run("SET SESSION AUTHORIZATION pg_monitor"),
    "statement_timeout": run("SET statement_timeout TO 1"),
    "read only, later": run("SET default_transaction_read_only TO on"),
    "isolation, later": run("SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL SERIALIZABLE"),
    "a temporary table": run("CREATE TEMP TABLE netease_meeting_inbox (seq bigint, state int)"),
    "prepare": run("PREPARE mine AS SELECT 1"),
    "prepared statements": lambda connection: [connection.execute("SELECT 1", prepare=True) for _ in range(9)],
    "prepare_threshold": set_attribute("prepare_threshold", 0),
    "deallocate": run("DEALLOCATE ALL"),
    "listen": run("LISTEN news"),
    "advisory lock": run("SELECT pg_advisory_lock(1)"),
    "advisory locks released": run("SELECT pg_advisory_unlock_all()"),
    "many": lambda connection: connection.cursor().executemany("INSERT INTO effects SELECT 1 WHERE %s", [(False,)] * 9),
    "a transaction inside": lambda connection: connection.transaction().__enter__(),
    "a cursor": run("DECLARE c CURSOR WITH HOLD FOR SELECT 1"),
    "a notice handler": lambda connection: connection.add_notice_handler(lambda notice: 1 / 0),
    "a pipeline": lambda connection: connection.pipeline().__enter__(),
}
kept: list[Any] = []
"""What handlers do not let go of."""


@pytest.mark.parametrize(("place", "deed"), params(both={}, sqlite=CHANGING_SQLITE, postgresql=CHANGING_POSTGRESQL))
def test_what_a_handler_sets_ends_with_the_handler(place: str, deed: Deed, request: pytest.FixtureRequest) -> None:
    world = World(request.getfixturevalue(place))
    world.receive(1, 2, 3)
    world.work(deed, times=4)
    assert world.raised == []
    stats = world.inbox.stats()
    assert (world.calls, world.effects(), stats.waiting, stats.parked) == (3, 3, 0, 0)


def test_a_statement_that_undoes_the_transaction_is_no_success(sqlite: MakeStore) -> None:
    world = World(sqlite)
    world.receive(1)

    def undo(connection: Any) -> None:
        connection.execute("CREATE TABLE once (n UNIQUE)")
        connection.execute("INSERT INTO once VALUES (1)")
        with suppress(sqlite3.IntegrityError):
            connection.execute("INSERT OR ROLLBACK INTO once VALUES (1)")
        connection.execute("INSERT INTO effects VALUES (3)")

    world.work(undo, times=2)
    assert "OR ROLLBACK" in str(world.raised[0])
    world.raised.clear()
    world.work(undo, swallow=True, times=2)
    assert world.effects() == 0
    assert world.inbox.stats().waiting == 1


def test_a_commit_past_every_guard_happens_once(postgresql: MakeStore) -> None:
    """By libpq itself: what was committed is not done again, but parked, and says why."""
    world = World(postgresql)
    world.receive(1)
    world.work(lambda connection: connection.pgconn.exec_(b"COMMIT"), times=5)
    assert (world.calls, world.effects()) == (1, 1)
    (parked,) = world.inbox.parked()
    assert "ended the transaction" in parked.error


def test_a_connection_that_was_kept_is_of_no_use_after_the_handler(make: MakeStore) -> None:
    world = World(make)
    world.receive(1, 2)
    taken: list[Any] = []
    world.work(lambda connection: taken.extend((connection, connection.cursor())))
    for connection_or_cursor in taken:
        with pytest.raises((TransactionError, sqlite3.ProgrammingError), match=r"lent|closed"):
            connection_or_cursor.execute("INSERT INTO effects VALUES (3)")
    assert world.effects() == 2


def test_asynchronous_handlers_are_lent_the_same(make: MakeStore) -> None:
    world = World(make)
    world.receive(1)
    raised: list[Exception] = []

    async def handler(delivery: Delivery[Event]) -> None:
        connection = delivery.connection
        await asyncio.to_thread(connection.execute, "INSERT INTO effects VALUES (1)")
        try:
            connection.commit()
        except TransactionError as error:
            raised.append(error)

    world.inbox.work(handler)
    assert (len(raised), world.effects()) == (1, 1)


def test_what_a_program_registers_for_its_own_does_not_reach_the_store(
    postgresql: MakeStore, request: pytest.FixtureRequest
) -> None:
    world = World(postgresql)
    before = psycopg.adapters.get_loader(25, psycopg.pq.Format.TEXT)
    assert before is not None
    request.addfinalizer(lambda: psycopg.adapters.register_loader("text", before))
    psycopg.adapters.register_loader("text", type("Shouting", (TextBinaryLoader,), {"load": lambda self, data: "?"}))
    world.receive(1)
    seen: list[str] = []
    world.inbox.work(lambda delivery: seen.append(delivery.event.app_key))
    assert seen == ["sandbox-key"]
