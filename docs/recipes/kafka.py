"""Callbacks in Kafka, for a house that has it already.

The topic must be replicated, with ``min.insync.replicas`` above one: what one broker alone has written is lost with it.
What it does not do that an ``Inbox`` does: duplicates are kept as well, so handlers must do no harm if they see an
``event.key`` twice; order is that of arrival; no retries with backoff, no parking, no effects in the same transaction.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from confluent_kafka import Consumer, KafkaException, Producer
from netease_meeting.webhooks import Event, Probe, Webhook

TOPIC = "callbacks"
PRODUCER = {"acks": "all", "enable.idempotence": True}
"""All replicas have it before it counts as written, and it is written once and in order though the producer retries."""
CONSUMER = {"group.id": "callbacks", "enable.auto.commit": False, "auto.offset.reset": "earliest"}
PATIENCE = 4.0
"""Seconds to wait for the replicas: the vendor waits 5 for an answer."""


class KafkaCallbacks:
    """``receive`` in the web server; ``work`` in as many workers as the topic has partitions."""

    def __init__(self, webhook: Webhook) -> None:
        self._webhook = webhook

    def receive(self, producer: Producer, body: bytes, headers: Any) -> None:
        """Verify, keep, return; then answer 200. An exception must become a 503."""
        event = self._webhook.parse(body, headers)
        if isinstance(event, Probe):
            return
        ends: list[Any] = []
        # One partition has all events of a meeting: that keeps the order.
        meeting = str(event.meeting_unique_id)
        producer.produce(TOPIC, body, key=meeting, on_delivery=lambda error, _: ends.append(error))
        producer.flush(PATIENCE)
        if ends != [None]:
            raise RuntimeError(f"Kafka did not keep it: {ends or 'no answer'}")

    def work(self, consumer: Consumer, handler: Callable[[Event], None], stop: threading.Event) -> None:
        """Handle events until *stop* is set. If the handler raises, close the consumer: another has the event again."""
        consumer.subscribe([TOPIC])
        while not stop.is_set():
            message = consumer.poll(1.0)
            if message is None:
                continue
            body = message.value()
            if message.error() is not None or body is None:
                raise KafkaException(message.error())
            handler(self._webhook.read(body))
            consumer.commit(message=message, asynchronous=False)
