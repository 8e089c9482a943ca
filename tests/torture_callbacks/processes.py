"""Receivers and workers as processes that are killed and started again."""

from __future__ import annotations

import multiprocessing
import random
import socket
import time
from collections.abc import Callable
from datetime import timedelta
from http.client import HTTPConnection, HTTPException
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from multiprocessing.process import BaseProcess
from typing import Any

from netease_meeting._runtime.receiving import answer
from netease_meeting.inbox import Delivery, Inbox, Lease, Store
from netease_meeting.webhooks import Event, Webhook

from .places import Place

# Forked from a process that has imported everything: starting one takes milliseconds, not half a second.
CONTEXT = multiprocessing.get_context("forkserver")
CONTEXT.set_forkserver_preload([__name__])

KEY, SECRET = "sandbox-key", "sandbox-secret"
SURE = 3.0
"""Seconds after which an event that was received has certainly been committed."""


def webhook() -> Webhook:
    """Return a verifier for callbacks whose clock the sandbox moves ahead."""
    return Webhook(app_key=KEY, app_secret=SECRET, future=timedelta(hours=3))


def receiver(listener: socket.socket, place: Place) -> None:
    """Serve callbacks from a socket that outlives this process."""
    inbox: Inbox[Event] = Inbox(webhook(), place.open())

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:  # the name that http.server looks for
            body = self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(answer(inbox.receive, body, self.headers.items()))
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler, bind_and_activate=False)
    server.socket = listener
    server.daemon_threads = True
    server.serve_forever()


class Noting:
    """A store that knows when its last lease was asked for."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.asked = 0.0

    def lease(self, now: float) -> Lease | None:
        self.asked = now
        return self._store.lease(now)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)


def worker(place: Place) -> None:
    """Write the effect of each event in its transaction, and how many waited that should have come first."""
    store: Any = Noting(place.open())
    inbox: Inbox[Event] = Inbox(webhook(), store, attempts=1000)
    mark = "?" if place.kind == "sqlite" else "%s"
    effect = (
        "INSERT INTO effects (key, meeting, time, late, overtaken) VALUES (?, ?, ?, ?, (SELECT count(*) FROM "
        "netease_meeting_inbox WHERE state = 0 AND meeting = ? AND time < ? AND received_at < ?))"
    ).replace("?", mark)

    def handle(delivery: Delivery[Any]) -> None:
        event = delivery.event
        meeting, moment = event.meeting_unique_id, event.time
        values = (event.key, meeting, moment, int(delivery.late), meeting, moment, store.asked - SURE)
        delivery.connection.execute(effect, values)

    inbox.run(handle, poll=timedelta(seconds=0.1))


class Crew:
    """Processes, each of which is replaced as soon as it was killed."""

    def __init__(self, jobs: list[tuple[Callable[..., None], tuple[Any, ...]]], chance: random.Random) -> None:
        self._jobs = jobs
        self._chance = chance
        self._processes = [self._start(job) for job in jobs]
        self.killed = 0

    def _start(self, job: tuple[Callable[..., None], tuple[Any, ...]]) -> BaseProcess:
        process = CONTEXT.Process(target=job[0], args=job[1], daemon=True)
        process.start()
        return process

    def kill_one(self) -> None:
        """SIGKILL one at random, at whatever it is doing, and start another in its place."""
        number = self._chance.randrange(len(self._jobs))
        self._processes[number].kill()
        self._processes[number].join()
        self._processes[number] = self._start(self._jobs[number])
        self.killed += 1

    def stop(self) -> None:
        for process in self._processes:
            process.kill()
            process.join()


class Sender:
    """Posts like the vendor: no more than one answer is waited for, for as long as the contract says."""

    def __init__(self, port: int, timeout: float) -> None:
        self._connection = HTTPConnection("127.0.0.1", port, timeout=timeout)
        self.waits: list[float] = []
        """Seconds until each 200."""
        self.unanswered = 0

    def __call__(self, body: bytes, headers: Any) -> int:
        started = time.perf_counter()
        try:
            self._connection.request("POST", "/", body, headers)
            answered = self._connection.getresponse()
            answered.read()
        except (OSError, HTTPException):
            self._connection.close()
            self.unanswered += 1
            return 0
        if answered.status == 200:
            self.waits.append(time.perf_counter() - started)
        return answered.status
