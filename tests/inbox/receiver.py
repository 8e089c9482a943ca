"""A receiver and worker as a user would run one; tests kill it: ``python -m tests.inbox.receiver KIND PLACE PORT``."""

from __future__ import annotations

import sys
import threading
from datetime import timedelta
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, make_server

from netease_meeting.inbox import Delivery, Inbox, PostgresStore, SQLiteStore
from netease_meeting.webhooks import Webhook
from netease_meeting.webhooks.wsgi import CallbackApp

from .callbacks import KEY, SECRET


class Quiet(WSGIRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:
        pass


def main(kind: str, place: str, port: str) -> None:
    store = SQLiteStore(place, lease=timedelta(seconds=1)) if kind == "sqlite" else PostgresStore(place)
    inbox = Inbox(Webhook(app_key=KEY, app_secret=SECRET, future=timedelta(hours=3)), store)
    mark = "?" if kind == "sqlite" else "%s"

    def handle(delivery: Delivery[Any]) -> None:
        values = (type(delivery.event).__name__, int(delivery.late))
        delivery.connection.execute(f"INSERT INTO effects (kind, late) VALUES ({mark}, {mark})", values)

    threading.Thread(target=inbox.run, args=(handle,), daemon=True).start()
    make_server("127.0.0.1", int(port), CallbackApp(inbox.receive), handler_class=Quiet).serve_forever()


if __name__ == "__main__":
    main(*sys.argv[1:])
