"""The recipes against a real Redis, a real Celery, and the brokers that Kafka's own C library tests itself with."""

from __future__ import annotations

import importlib.util
import os
import shutil
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from confluent_kafka import Consumer, Producer
from netease_meeting._runtime.receiving import answer
from redis import ConnectionError as RedisConnectionError
from redis import Redis

from ..conftest import ROOT
from .callbacks import KEY, SECRET, Clock, callback, signed, told, webhook
from .conftest import need

RECIPES = ROOT / "docs/recipes"


class Server:
    """Redis as the recipe wants it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        with socket.create_server(("127.0.0.1", 0)) as probe:
            self.port = probe.getsockname()[1]
        self._process: subprocess.Popen[bytes] | None = None
        self.start()

    def start(self) -> None:
        options = {"port": self.port, "bind": "127.0.0.1", "dir": self._folder, "save": "", "appendonly": "yes"}
        options |= {"appendfsync": "always", "loglevel": "warning", "logfile": self._folder / "redis.log"}
        arguments = [str(part) for name, value in options.items() for part in (f"--{name}", value)]
        self._process = subprocess.Popen(["redis-server", *arguments])
        with closing(self.client()) as client:
            for _ in range(600):
                with suppress(RedisConnectionError):
                    client.ping()
                    return
                time.sleep(0.05)
        raise TimeoutError("Redis did not start within 30 s")

    def kill(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def client(self) -> Redis:
        return Redis(port=self.port)


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[Server]:
    need("redis-server", found=shutil.which("redis-server") is not None)
    server = Server(tmp_path)
    yield server
    server.kill()


def load(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, RECIPES / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_redis_streams(redis: Server) -> None:
    recipe = load("redis_streams")
    with closing(redis.client()) as client:
        callbacks = recipe.RedisCallbacks(webhook(Clock()), client)
        sent = [callback("MemberJoined", 1, time) for time in range(3)] + [callback("MemberJoined", 17, 9)]
        assert [callbacks.receive(*one) for one in sent + sent] == [True] * 4 + [False] * 4
    redis.kill()
    redis.start()
    handled: list[Any] = []

    def handler(event: Any) -> None:
        if len(handled) == 1:
            handled.append("crashed")
            raise KeyboardInterrupt
        handled.append(told(event))

    with closing(redis.client()) as client:
        callbacks = recipe.RedisCallbacks(webhook(Clock()), client)
        assert [callbacks.receive(*one) for one in sent] == [False] * 4, "it is known after the crash"
        with pytest.raises(KeyboardInterrupt):
            callbacks.work(1, handler)
        assert callbacks.work(1, handler) == 3, "what the crashed worker had comes first"
        assert callbacks.work(0, handler) == 0
    joins = [one for one in handled if one != "crashed"]
    assert [time for _, meeting, time in joins if meeting == 1] == [0, 1, 2]
    assert len(joins) == 4


def test_celery_dispatches(redis: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BROKER", f"redis://127.0.0.1:{redis.port}/0")
    monkeypatch.setenv("INBOX", str(tmp_path / "inbox.db"))
    monkeypatch.setenv("NETEASE_MEETING_APP_KEY", KEY)
    monkeypatch.setenv("NETEASE_MEETING_APP_SECRET", SECRET)
    recipe = load("celery_dispatcher")
    now = time.time()
    recipe.receive(*callback("MeetingStarted", 1, 1, at=now))
    recipe.receive(*callback("MeetingStarted", 1, 1, at=now + 2))
    recipe.receive(*callback("MeetingEnded", 1, 2, at=now))
    command = [
        sys.executable,
        "-m",
        "celery",
        "-A",
        "celery_dispatcher",
        "worker",
        "--pool",
        "solo",
        "--loglevel",
        "ERROR",
    ]
    worker = subprocess.Popen(
        command, cwd=RECIPES, env=os.environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        for _ in range(1200):
            assert worker.poll() is None, "Celery ended by itself"
            if recipe.inbox.stats().waiting == 0:
                break
            time.sleep(0.05)
    finally:
        worker.kill()
        worker.wait()
    with closing(sqlite3.connect(tmp_path / "inbox.db")) as connection:
        notes = [row[0] for row in connection.execute("SELECT kind FROM notes")]
    assert notes == ["MeetingStarted", "MeetingEnded"]


def test_celery_does_without_its_broker(redis: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BROKER", f"redis://127.0.0.1:{redis.port}/0")
    monkeypatch.setenv("INBOX", str(tmp_path / "inbox.db"))
    monkeypatch.setenv("NETEASE_MEETING_APP_KEY", KEY)
    monkeypatch.setenv("NETEASE_MEETING_APP_SECRET", SECRET)
    recipe = load("celery_dispatcher")
    redis.kill()
    recipe.receive(*callback("MeetingStarted", at=time.time()))
    assert recipe.inbox.stats().waiting == 1


@pytest.fixture
def kafka() -> Iterator[str]:
    """Three brokers inside a client, as librdkafka has them for tests: its protocol, on loopback, in memory."""
    holder = Producer({"test.mock.num.brokers": 3, "log_level": 0})
    brokers = holder.list_topics(timeout=30).brokers.values()
    yield ",".join(f"{broker.host}:{broker.port}" for broker in brokers)
    holder.flush()  # they live as long as it does


def test_kafka(kafka: str) -> None:
    recipe = load("kafka")
    at: dict[str, Any] = {"bootstrap.servers": kafka, "log_level": 0}
    callbacks = recipe.KafkaCallbacks(webhook(Clock()))
    producer = Producer({**recipe.PRODUCER, **at})
    callbacks.receive(producer, *signed(b"{}"))
    for meeting, moment in [(1, 0), (1, 1), (2, 9), (1, 2)]:
        callbacks.receive(producer, *callback("MemberJoined", meeting, moment))
    handled: list[Any] = []
    stop = threading.Event()

    def handler(event: Any) -> None:
        if len(handled) == 2:
            handled.append("crashed")
            raise KeyboardInterrupt
        handled.append(told(event))
        if len(handled) == 5:
            stop.set()

    first, second = (Consumer({**recipe.CONSUMER, **at}) for _ in range(2))
    timer = threading.Timer(120, stop.set)
    timer.start()
    with closing(first), pytest.raises(KeyboardInterrupt):
        callbacks.work(first, handler, stop)
    with closing(second):
        callbacks.work(second, handler, stop)
    timer.cancel()
    joins = [one for one in handled if one != "crashed"]
    assert [time for _, meeting, time in joins if meeting == 1] == [0, 1, 2], "what crashed is handed over again"
    assert len(joins) == 4


def test_kafka_without_brokers_keeps_nothing() -> None:
    recipe = load("kafka")
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    away = {"bootstrap.servers": f"127.0.0.1:{port}", "message.timeout.ms": 100, "log_level": 0}
    receive = partial(recipe.KafkaCallbacks(webhook(Clock())).receive, Producer({**recipe.PRODUCER, **away}))
    assert answer(receive, *callback("MemberJoined")) == 503
