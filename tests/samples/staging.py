"""Brings a sandbox to a state in which the contract's examples succeed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from netease_meeting import MeetingType
from netease_meeting.sandbox import Sandbox

from generator.ir import Operation

START, END = 4_000_000_000_000, 4_000_003_600_000
"""Milliseconds in the year 2096: the meeting lies ahead."""


def stage(sandbox: Sandbox, operation: Operation) -> Callable[[str], str]:
    """Make what the operation's example speaks of; return what writes its real numbers into a sample."""
    sandbox.reset()
    example: dict[str, Any] = operation.example
    if operation.id == "createAccount":
        return lambda text: text
    with sandbox.client() as client:
        account = client.accounts.create(im_accid=example.get("imAccid", "somebody"))
        if operation.id == "endMeetingByShortId":
            client.accounts.update_short_id(account_id=account.account_id, short_id=example["shortId"])
            meeting = client.meetings.create(host=account.account_id, type=MeetingType.PERSONAL, subject="Personal")
        else:
            meeting = client.meetings.create(
                host=account.account_id,
                type=MeetingType.SCHEDULED,
                subject="Planned",
                start_time=START,
                end_time=END,
            )
    sandbox.record(meeting.meeting_unique_id, {})
    real = {
        "host": account.account_id,
        "accountId": account.account_id,
        "meetingUniqueId": str(meeting.meeting_unique_id),
        "meetingId": meeting.meeting_id,
    }
    told = {str(example[field]): value for field, value in real.items() if field in example}

    def written(text: str) -> str:
        for old, new in told.items():
            assert old in text
            text = text.replace(old, new)
        return text

    return written
