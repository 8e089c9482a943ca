"""Celery starts the work, the inbox keeps the events: for a house whose workers are Celery's.

A task carries nothing, so it does not matter whether the broker loses one or delivers it twice: whichever runs next
hands over whatever is due, in order. Run ``celery -A celery_dispatcher worker --beat``.
"""

from __future__ import annotations

import logging
import os
from typing import Any

from celery import Celery
from netease_meeting.inbox import Delivery, Inbox, SQLiteStore
from netease_meeting.webhooks import Event, Webhook

app: Any = Celery("callbacks", broker=os.environ["BROKER"])
app.conf.task_ignore_result = True
app.conf.beat_schedule = {"work": {"task": "work", "schedule": 60.0}}  # for retries, and what the broker lost

inbox = Inbox(
    Webhook(app_key=os.environ["NETEASE_MEETING_APP_KEY"], app_secret=os.environ["NETEASE_MEETING_APP_SECRET"]),
    SQLiteStore(os.environ["INBOX"]),  # on several machines: PostgresStore
)


def handle(delivery: Delivery[Event]) -> None:
    """Do your work; here, note it down in the same transaction."""
    values = (type(delivery.event).__name__, delivery.event.key)
    delivery.connection.execute("CREATE TABLE IF NOT EXISTS notes (kind TEXT, key TEXT)")
    delivery.connection.execute("INSERT INTO notes VALUES (?, ?)", values)


def work() -> None:
    """Hand over what is due."""
    inbox.work(handle)


task = app.task(name="work", acks_late=True)(work)


def receive(body: bytes, headers: Any) -> None:
    """Keep a callback, then ask for a worker. The event is safe without the broker, so its failures are not ours."""
    inbox.receive(body, headers)
    try:
        task.apply_async(retry=False)
    except Exception:
        logging.getLogger(__name__).warning("no task was sent; the next one finds the event", exc_info=True)
