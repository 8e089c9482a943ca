# Generated from spec/schemas by `make generate`. Do not edit.
"""The enumerations of the API. A value the server learns later survives as a member named ``UNKNOWN…``."""

from __future__ import annotations

from ._runtime.enums import OpenIntEnum, OpenStrEnum

__all__ = [
    "AttendeeOff",
    "AudioAllMute",
    "ClientType",
    "ControlState",
    "ControlType",
    "DeviceState",
    "EndReason",
    "JoinRoleType",
    "MeetingStatus",
    "MeetingType",
    "MessageType",
    "RecordingFormat",
    "RecordingMix",
    "SceneRoleType",
]


class MeetingType(OpenIntEnum):
    """The type of a meeting."""

    INSTANT = 1
    """An instant meeting with a random number."""
    PERSONAL = 2
    """An instant meeting with a personal number."""
    SCHEDULED = 3
    """A scheduled meeting with a random number."""


class MeetingStatus(OpenIntEnum):
    """The state of a meeting."""

    INVALID = 0
    """Invalid."""
    NOT_START = 1
    """Not started."""
    IN_MEETING = 2
    """In progress."""
    ENDED = 3
    """Ended. A scheduled meeting can be entered again until its end time."""
    CANCELED = 4
    """Cancelled."""
    RECYCLED = 5
    """Recycled. The meeting is gone and another may get its random number."""


class ControlType(OpenStrEnum):
    """What a control is about."""

    AUDIO = "audio"
    """Audio."""
    VIDEO = "video"
    """Video."""


class ControlState(OpenIntEnum):
    """Whether audio or video is turned off for everybody."""

    RELEASED = 0
    """No longer turned off for everybody."""
    CLOSED = 1
    """Turned off for everybody."""


class AttendeeOff(OpenIntEnum):
    """What happens to a member's audio or video on joining."""

    NONE = 0
    """Nothing."""
    OFF = 1
    """It is turned off."""
    OFF_LOCKED = 2
    """It is turned off and the member cannot turn it on."""


class SceneRoleType(OpenIntEnum):
    """A role in a meeting."""

    MEMBER = 1
    """A member."""
    HOST = 2
    """The host."""


class JoinRoleType(OpenIntEnum):
    """The role in which an anonymous member joins."""

    MEMBER = 1
    """A member."""
    SHADOW = 4
    """A shadow."""


class DeviceState(OpenIntEnum):
    """Whether a camera or microphone is on."""

    ON = 1
    """It is on."""
    OFF = 2
    """It is off."""


class AudioAllMute(OpenIntEnum):
    """Whether everybody is muted."""

    NO = 0
    """Not everybody is muted."""
    YES = 1
    """Everybody is muted."""


class ClientType(OpenIntEnum):
    """The kind of client a member joins with."""

    TV = 1
    """TV."""
    IOS = 2
    """iOS."""
    AOS = 3
    """Android."""
    PC = 4
    """PC."""
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
