# Copied from generator/runtime/inbox/__init__.py by `make generate`. Edit it there.
"""An inbox for callbacks: kept before they are acknowledged, handled once, in order per meeting.

::

    from netease_meeting.inbox import Inbox, SQLiteStore
    from netease_meeting.webhooks import Webhook

    inbox = Inbox(Webhook(app_key="…", app_secret="…"), SQLiteStore("callbacks.db"))
    inbox.receive(body, headers)  # in the web server; then answer 200
    inbox.run(handle)  # in a worker

At least once after our 200. Exactly once for what the handler writes through ``delivery.connection``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .handlers import Delivery, Handler
from .inbox import Inbox, Stats
from .reconcile import Rebuilt, Report
from .sqlite import SQLiteStore
from .store import Depth, Entry, Lease, LeaseLostError, Parked, Past, Store, StoreMovedError, TransactionError

if TYPE_CHECKING:
    from .postgres import PostgresStore

__all__ = [
    "Delivery",
    "Depth",
    "Entry",
    "Handler",
    "Inbox",
    "Lease",
    "LeaseLostError",
    "Parked",
    "Past",
    "PostgresStore",
    "Rebuilt",
    "Report",
    "SQLiteStore",
    "Stats",
    "Store",
    "StoreMovedError",
    "TransactionError",
]


def __getattr__(name: str) -> Any:
    if name == "PostgresStore":  # psycopg is an extra
        from .postgres import PostgresStore

        return PostgresStore
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
