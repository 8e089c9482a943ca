"""Code that the pages show beside the samples of the operations."""

from __future__ import annotations

from generator.ir import Api, Operation, Webhook
from generator.samples import samples

from .signature import DEMO_KEY, DEMO_SECRET


def python(api: Api, operation: Operation) -> str:
    """Return the synchronous Python sample of an operation."""
    return next(sample["source"] for sample in samples(api, operation) if sample["label"] == "Python")


def verification(webhook: Webhook) -> str:
    """Return how a callback is verified and read with the client."""
    return _VERIFICATION.format(
        event=webhook.event, field=webhook.body.arguments[0].name, key=DEMO_KEY, secret=DEMO_SECRET
    )


def catalogue(api: Api) -> str:
    """Return the Backstage entity of the API."""
    return _CATALOGUE.format(title=api.title.en)


_VERIFICATION = """\
from netease_meeting.webhooks import {event}, Webhook

webhook = Webhook(app_key="{key}", app_secret="{secret}")


def receive(body: bytes, headers: dict[str, str]) -> None:
    event = webhook.parse(body, headers)  # WebhookError: not genuine, answer 4xx
    if isinstance(event, {event}):
        print(event.{field})
"""

_CATALOGUE = """\
apiVersion: backstage.io/v1alpha1
kind: API
metadata:
  name: netease-meeting
  title: {title}
spec:
  type: openapi
  lifecycle: production
  owner: meetings
  definition:
    $text: ./openapi.yaml
"""
