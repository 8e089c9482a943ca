# Generated from spec/schemas by `make generate`. Do not edit.
"""The enumerations of the API. Values the server learns later survive as members named ``UNKNOWN…``; see ``is_known``."""

from __future__ import annotations

from ._runtime.enums import OpenIntEnum, OpenStrEnum

__all__ = [
    "MeetingType",
    "MeetingStatus",
    "ControlType",
    "ControlState",
    "AttendeeOff",
    "SceneRoleType",
    "JoinRoleType",
    "DeviceState",
    "AudioAllMute",
    "ClientType",
    "RecordingFormat",
    "RecordingMix",
    "EndReason",
    "MessageType",
]


class MeetingType(OpenIntEnum):
    """What kind of meeting it is."""

    INSTANT = 1
    """An instant meeting with a random number. Callbacks call it a quick meeting."""
    PERSONAL = 2
    """An instant meeting with the host's personal number."""
    SCHEDULED = 3
    """A scheduled meeting with a random number."""


class MeetingStatus(OpenIntEnum):
    """Where a meeting is in its life."""

    INVALID = 0
    """Invalid."""
    NOT_START = 1
    """Not started."""
    IN_MEETING = 2
    """In progress."""
    ENDED = 3
    """Ended. A scheduled meeting can be entered again before its end time."""
    CANCELED = 4
    """Cancelled."""
    RECYCLED = 5
    """Recycled. Its random number may be assigned anew."""


class ControlType(OpenStrEnum):
    """What a control is about."""

    AUDIO = "audio"
    """Audio."""
    VIDEO = "video"
    """Video."""


class ControlState(OpenIntEnum):
    """Whether something is closed for everybody."""

    RELEASED = 0
    """No longer closed for everybody."""
    CLOSED = 1
    """Closed for everybody."""


class AttendeeOff(OpenIntEnum):
    """What happens to a member's audio or video on joining."""

    NONE = 0
    """Nothing."""
    OFF = 1
    """It is turned off."""
    OFF_LOCKED = 2
    """It is turned off and the member cannot turn it on."""


class SceneRoleType(OpenIntEnum):
    """A role whose number can be limited."""

    MEMBER = 1
    """A member."""
    HOST = 2
    """The host."""


class JoinRoleType(OpenIntEnum):
    """The role in which somebody joins."""

    MEMBER = 1
    """A member."""
    SHADOW = 4
    """A shadow member."""


class DeviceState(OpenIntEnum):
    """Whether audio or video is on."""

    ON = 1
    """On."""
    OFF = 2
    """Off."""


class AudioAllMute(OpenIntEnum):
    """Whether everybody is muted."""

    NO = 0
    """Nobody is muted by rule."""
    YES = 1
    """Everybody is muted."""


class ClientType(OpenIntEnum):
    """What a member joins with."""

    TV = 1
    """TV."""
    IOS = 2
    """iOS."""
    AOS = 3
    """Android."""
    PC = 4
    """Windows PC."""
    MAC = 5
    """Mac."""
    WEB = 6
    """Web."""
    SIP = 7
    """SIP."""
    LINUX = 8
    """Linux."""


class RecordingFormat(OpenStrEnum):
    """The kind of a recorded file."""

    AAC = "aac"
    """Real-time audio."""
    GZ = "gz"
    """A whiteboard."""
    MP4 = "mp4"
    """Real-time video."""
    FLV = "flv"
    """Interactive live video."""


class RecordingMix(OpenIntEnum):
    """Whether a recorded file mixes all members."""

    MIXED = 1
    """All members are mixed."""
    SINGLE = 2
    """A single member."""


class EndReason(OpenIntEnum):
    """Why a meeting ended or was recycled."""

    HOST_ENDED = 1
    """The host ended it."""
    ALL_LEFT = 2
    """Everybody left."""
    TIME_EXCEEDED = 3
    """It exceeded the time a single meeting may take."""
    API_ENDED = 4
    """It was ended through the server API."""


class MessageType(OpenIntEnum):
    """What a callback tells."""

    MEETING_ROOM_START = 1
    """The meeting's room was opened."""
    MEETING_CANCEL = 2
    """The meeting was cancelled and its number recycled."""
    MEETING_ROOM_END = 3
    """The meeting's room was closed."""
    MEETING_RECYCLE = 4
    """The meeting and its number were recycled."""
    MEETING_JOIN = 5
    """A member joined."""
    MEETING_LEAVE = 6
    """A member left."""
    MEETING_RECORDING = 7
    """A recording is ready."""
