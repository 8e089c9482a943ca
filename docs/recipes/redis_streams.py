"""Callbacks in Redis Streams, for a house that runs Redis for keeps and has its workers on streams already.

Redis must write before it answers: ``appendonly yes`` and ``appendfsync always``. Anything less, and a crash loses
callbacks that were acknowledged. Not for Redis Cluster, where one script may not touch both the key and the stream.
What it does not do that an ``Inbox`` does: order by the time of the events (here it is that of arrival), retries with
backoff, parking, effects in the same transaction. Handlers must do no harm if they see an ``event.key`` twice.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any

from netease_meeting.webhooks import Event, Probe, Webhook
from redis import Redis, ResponseError

STREAMS = 16
"""Each has one worker, and each meeting one stream: that keeps the order."""
REMEMBERED = 7 * 24 * 3600
"""Seconds; at least twice as long as the vendor repeats a callback."""

# Known and queued become true together, or a crash between the two loses the event.
PUT = """
if not redis.call('SET', KEYS[1], '', 'NX', 'EX', ARGV[1]) then return 0 end
redis.call('XADD', KEYS[2], '*', 'body', ARGV[2])
return 1
"""


class RedisCallbacks:
    """``receive`` in the web server; ``work`` in a worker per stream."""

    def __init__(self, webhook: Webhook, redis: Redis) -> None:
        self._webhook = webhook
        self._redis = redis
        self._put = redis.register_script(PUT)

    def receive(self, body: bytes, headers: Any) -> bool:
        """Verify, keep, return; then answer 200. An error of Redis must become a 503."""
        event = self._webhook.parse(body, headers)
        if isinstance(event, Probe):
            return False
        stream = f"callbacks:{(event.meeting_unique_id or 0) % STREAMS}"
        return bool(self._put(keys=[f"callbacks:known:{event.key}", stream], args=[REMEMBERED, body]))

    def work(self, number: int, handler: Callable[[Event], None]) -> int:
        """Handle what is in one stream; return how many events that were. What the handler raises ends it."""
        stream, handled = f"callbacks:{number}", 0
        with suppress(ResponseError):  # it is there
            self._redis.xgroup_create(stream, "workers", "0", mkstream=True)
        while found := self._next(stream):
            identity, fields = found
            handler(self._webhook.read(fields[b"body"]))
            with self._redis.pipeline() as pipeline:
                pipeline.xack(stream, "workers", identity)
                pipeline.xdel(stream, identity)
                pipeline.execute()
            handled += 1
        return handled

    def _next(self, stream: str) -> tuple[bytes, dict[bytes, bytes]] | None:
        """Return what a worker that crashed had not finished, else what is new: always one, always in order."""
        for start in ("0", ">"):
            answer: Any = self._redis.xreadgroup("workers", "worker", {stream: start}, count=1)
            entries = answer[0][1] if answer else []
            if entries:
                identity, fields = entries[0]
                return identity, fields
        return None
