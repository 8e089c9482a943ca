"""Brings a sandbox to a state in which the contract's examples succeed."""

from __future__ import annotations

from typing import Any

from netease_meeting import MeetingType
from netease_meeting.sandbox import Sandbox

from generator.ir import Operation

START, END = 4_000_000_000_000, 4_000_003_600_000
"""Milliseconds in the year 2096: an example's meeting lies ahead."""


class Stage:
    """What one operation's example speaks of, really there, and the numbers it has."""

    def __init__(self, sandbox: Sandbox, operation: Operation) -> None:
        self._sandbox = sandbox
        self._client = sandbox.client()
        self._example: dict[str, Any] = operation.example
        self._real: dict[str, str] = {}
        """What the example has -> what the sandbox has."""
        sandbox.reset()
        if operation.id == "createAccount":
            return
        made = self._client.accounts.create(
            im_accid=self._example.get("imAccid"), short_id=self._short_id(operation)
        ) if "imAccid" in self._example else self._client.accounts.create()
