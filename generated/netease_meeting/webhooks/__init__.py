# Generated from spec/webhooks.yaml by `make generate`. Do not edit.
"""Callbacks: verify that they come from the vendor, and read them as typed events. Imports no HTTP library."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from .._runtime.events import Probe, UnknownEvent, event_key
from .._runtime.rebuild import Rebuild
from .._runtime.webhook import BaseWebhook
from ..models import MeetingCallback, MemberCallback, RecordingCallback
from ..signing import CALLBACK_CHECK_SUM

__all__ = [
    "Event",
    "MeetingCanceled",
    "MeetingEnded",
    "MeetingRecycled",
    "MeetingStarted",
    "MemberJoined",
    "MemberLeft",
    "Probe",
    "RecordingReady",
    "UnknownEvent",
    "Webhook",
]


class MeetingStarted(MeetingCallback, frozen=True, kw_only=True, gc=False):
    """A meeting's room was opened.

    An audio and video room was opened for a meeting that still exists. It can happen again: a scheduled meeting
    that has ended may be entered once more.
    """

    app_key: str = ""
    """The application it is of."""

    @property
    def key(self) -> str:
        """Equal in every delivery of this event, and in no other event."""
        return event_key(self.app_key, 1, self.meeting_unique_id, self.time)


class MeetingCanceled(MeetingCallback, frozen=True, kw_only=True, gc=False):
    """A meeting was cancelled.

    The meeting was cancelled and its random number recycled. It disappears, and no room can be opened for it any
    more. Personal numbers are never recycled.
    """

    app_key: str = ""
    """The application it is of."""

    @property
    def key(self) -> str:
        """Equal in every delivery of this event, and in no other event."""
        return event_key(self.app_key, 2, self.meeting_unique_id, self.time)


class MeetingEnded(MeetingCallback, frozen=True, kw_only=True, gc=False):
    """A meeting's room was closed.

    The audio and video room of a meeting was closed. This need not be the last word: the room of a meeting that
    still exists can be opened again.
    """

    app_key: str = ""
    """The application it is of."""

    @property
    def key(self) -> str:
        """Equal in every delivery of this event, and in no other event."""
        return event_key(self.app_key, 3, self.meeting_unique_id, self.time)


class MeetingRecycled(MeetingCallback, frozen=True, kw_only=True, gc=False):
    """A meeting was recycled.

    The meeting was recycled together with its random number. It disappears, and no room can be opened for it any
    more.
    """

    app_key: str = ""
    """The application it is of."""

    @property
    def key(self) -> str:
        """Equal in every delivery of this event, and in no other event."""
        return event_key(self.app_key, 4, self.meeting_unique_id, self.time)


class MemberJoined(MemberCallback, frozen=True, kw_only=True, gc=False):
    """A member joined.

    A member entered the audio and video room.
    """

    app_key: str = ""
    """The application it is of."""

    @property
    def key(self) -> str:
        """Equal in every delivery of this event, and in no other event."""
        return event_key(
            self.app_key, 5, self.meeting_unique_id, self.time, self.account_id, self.device_id, self.room_uid
        )


class MemberLeft(MemberCallback, frozen=True, kw_only=True, gc=False):
    """A member left.

    A member left the audio and video room.
    """

    app_key: str = ""
    """The application it is of."""

    @property
    def key(self) -> str:
        """Equal in every delivery of this event, and in no other event."""
        return event_key(
            self.app_key, 6, self.meeting_unique_id, self.time, self.account_id, self.device_id, self.room_uid
        )


class RecordingReady(RecordingCallback, frozen=True, kw_only=True, gc=False):
    """A recording is ready.

    A recorded file can be downloaded. Where recording is enabled, files are made when the meeting ends or
    exceeds a fixed length, 2 hours by default.
    """

    app_key: str = ""
    """The application it is of."""

    @property
    def key(self) -> str:
        """Equal in every delivery of this event, and in no other event."""
        return event_key(
            self.app_key,
            7,
            self.meeting_unique_id,
            self.time,
            self.file_info.md5,
            self.file_info.filename,
            self.file_info.piece_index,
        )


Event = (
    MeetingStarted
    | MeetingCanceled
    | MeetingEnded
    | MeetingRecycled
    | MemberJoined
    | MemberLeft
    | RecordingReady
    | UnknownEvent
    | Probe
)
"""Everything ``Webhook.parse`` returns; made for ``match``."""


class Webhook(BaseWebhook[Event]):
    """Verifies callbacks, returns them as events, and calls what handles them.

    Example::

        hook = Webhook(app_key="…", app_secret="…")
        match hook.parse(body, headers):
            case MeetingStarted() as event:
                ...

    Or with ``hook.on``, ``hook.otherwise`` and ``hook.handle(body, headers)``; a web framework's adapter is in
    ``webhooks.asgi``, ``.wsgi``, ``.django`` and ``.aiohttp``.
    """

    _scheme = CALLBACK_CHECK_SUM
    _tag = "msgType"
    _body = "msgBody"
    _order = ("meetingUniqueId", "time")
    _probe: ClassVar[Mapping[str, Any] | None] = {}
    _events: ClassVar[Mapping[int, Any]] = {
        1: MeetingStarted,
        2: MeetingCanceled,
        3: MeetingEnded,
        4: MeetingRecycled,
        5: MemberJoined,
        6: MemberLeft,
        7: RecordingReady,
    }

    schedule: ClassVar[tuple[float, ...]] = (2, 4, 6, 3600, 3600)
    """Seconds from each attempt to the next, as long as the receiver does not accept the callback."""
    rebuild: ClassVar[Rebuild] = Rebuild(
        message=("msgType", "msgBody"),
        order=("meetingUniqueId", "time"),
        numbers={
            "MeetingStarted": 1,
            "MeetingCanceled": 2,
            "MeetingEnded": 3,
            "MeetingRecycled": 4,
            "MemberJoined": 5,
            "MemberLeft": 6,
            "RecordingReady": 7,
        },
        state=("meetings.get", "meeting_unique_id", "status"),
        fields={
            "meetingId": "meetingId",
            "shortId": "shortId",
            "subject": "subject",
            "reserveStartTime": "startTime",
            "reserveEndTime": "endTime",
        },
        unknown={"type": 0},
        listed=("meetings.list", "type", "type"),
        items=("recordings.list", "RecordingReady", "fileInfo"),
        identity=("file_info.md5", "file_info.filename", "file_info.piece_index"),
        missing={
            "": {2: (), 5: ("MeetingRecycled",), 1: (), 3: ("MeetingStarted", "MeetingEnded"), 4: ("MeetingCanceled",)},
            "MeetingCanceled": {4: ()},
            "MeetingEnded": {5: ("MeetingRecycled",), 1: (), 2: ("MeetingStarted",), 3: (), 4: ("MeetingCanceled",)},
            "MeetingRecycled": {5: ()},
            "MeetingStarted": {
                1: ("MeetingEnded",),
                2: (),
                3: ("MeetingEnded",),
                4: ("MeetingEnded", "MeetingCanceled"),
                5: ("MeetingEnded", "MeetingRecycled"),
            },
        },
        begun={3: {2: ("MeetingStarted",), 3: ("MeetingStarted", "MeetingEnded")}},
    )
    """What the API tells about callbacks that were lost; see ``netease_meeting.inbox``."""
