# Generated from spec/schemas by `make generate`. Do not edit.
"""What goes over the wire: results, the values inside them, and the bodies of requests.

All are immutable; ``msgspec.structs.replace`` makes a changed copy. ``None`` means that the server did not say.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from msgspec import field

from ._runtime.model import Int64, Model, UnixMillis, UnixSeconds
from ._runtime.times import from_millis, from_seconds
from .enums import (
    AttendeeOff,
    AudioAllMute,
    ControlState,
    ControlType,
    EndReason,
    MeetingStatus,
    MeetingType,
    RecordingFormat,
    RecordingMix,
    SceneRoleType,
)

__all__ = [
    "Account",
    "AnonymousJoinInfo",
    "AnonymousJoinInfoRequest",
    "CallbackFile",
    "CancelMeetingRequest",
    "CreateAccountRequest",
    "CreateMeetingRequest",
    "EditMeetingRequest",
    "EndMeetingByMeetingIdRequest",
    "EndMeetingByMeetingUniqueIdRequest",
    "EndMeetingByShortIdRequest",
    "GetAccountByAccountIdRequest",
    "GetAccountByImAccidRequest",
    "GetMeetingRequest",
    "ListMeetingsRequest",
    "ListRecordingsRequest",
    "Meeting",
    "MeetingCallback",
    "MeetingControl",
    "MeetingPage",
    "MeetingScene",
    "MeetingSettings",
    "MemberCallback",
    "RecordingCallback",
    "RecordingFile",
    "SceneRole",
    "UpdateAccountShortIdRequest",
    "UpdateAccountTokenRequest",
]


class Meeting(Model, frozen=True, kw_only=True, gc=False):
    """A meeting."""

    _sensitive = frozenset(["password"])

    _identity = frozenset(["meeting_unique_id"])

    meeting_unique_id: Int64
    """The unique id of the meeting. Other meetings never get it."""
    meeting_id: str
    """The meeting number: 9 digits if it is random, 10 if it is personal. Once a meeting is recycled, another may
    get its random number.
    """
    subject: str
    """The subject of the meeting."""
    start_time: UnixMillis | None = None
    """The scheduled start. Unix time in milliseconds."""
    end_time: UnixMillis | None = None
    """The scheduled end, or -1 if there is none. Unix time in milliseconds."""
    password: str | None = None
    """The password of the meeting, or an empty string if there is none."""
    settings: MeetingSettings | None = None
    """The settings of the meeting."""
    status: MeetingStatus
    """The state of the meeting."""
    short_id: str | None = None
    """The short number of the meeting."""
    valid: bool | None = None
    """Whether the meeting can be used. Only `meetings.get` returns it."""
    av_room_cid: str | None = None
    """The id of the meeting's audio and video room. Only `meetings.get` returns it."""

    @property
    def start_at(self) -> datetime | None:
        """``start_time`` in UTC; ``None`` where there is none."""
        return from_millis(self.start_time)

    @property
    def end_at(self) -> datetime | None:
        """``end_time`` in UTC; ``None`` where there is none."""
        return from_millis(self.end_time)


class MeetingSettings(Model, frozen=True, kw_only=True, gc=False):
    """The settings of a meeting."""

    controls: list[MeetingControl] | None = None
    """What members may do with their audio and video, one control for each."""
    scene: MeetingScene | None = None
    """The roles in the meeting and how many members each may have."""


class MeetingControl(Model, frozen=True, kw_only=True, gc=False):
    """A control over the audio or the video of all members."""

    type: ControlType
    """Whether audio or video is controlled."""
    state: ControlState | None = None
    """Whether it is turned off for everybody."""
    attendee_off: AttendeeOff | None = None
    """Whether it is turned off for members as they join. Left out: nothing is done."""
    allow_self_on: bool | None = None
    """Whether members may turn it on again themselves. The server's default is True."""


class MeetingScene(Model, frozen=True, kw_only=True, gc=False):
    """The roles in a meeting."""

    role_types: list[SceneRole] | None = None
    """The roles with their limits."""


class SceneRole(Model, frozen=True, kw_only=True, gc=False):
    """How many members of a meeting may have a role."""

    role_type: SceneRoleType | None = None
    """The role."""
    max_count: Int64 | None = None
    """How many members may have the role."""


class MeetingPage(Model, frozen=True, kw_only=True, gc=False):
    """A page of meetings."""

    page_index: Int64 | None = None
    """The number of this page, counted from 0."""
    page_size: Int64 | None = None
    """How many meetings a page holds at most. 1 to 100."""
    total_num: Int64 | None = None
    """How many meetings there are on all pages."""
    total_pages: Int64 | None = None
    """How many pages there are."""
    rows: list[Meeting] = field(name="list")
    """The meetings on this page. The vendor's document does not name this field, its Java SDK does."""


class AnonymousJoinInfo(Model, frozen=True, kw_only=True, gc=False):
    """What an anonymous member needs to join a meeting."""

    _sensitive = frozenset(["account_token", "im_token", "av_room_check_sum", "push_url"])

    _identity = frozenset(["account_id"])

    code: Int64 | None = None
    """The status code. The vendor's table lists it among the data as well as in the outer object."""
    msg: str | None = None
    """The error message. The vendor's table lists it among the data as well as in the outer object."""
    app_key: str | None = None
    """The AppKey of NetEase Meeting."""
    im_app_key: str | None = None
    """The AppKey of the IM service, going by its name: the vendor does not describe it."""
    nrtc_app_key: str | None = None
    """The AppKey of the audio and video service, going by its name: the vendor does not describe it."""
    account_id: str
    """The id of the anonymous meeting account."""
    account_token: str | None = None
    """The token with which the anonymous account logs in."""
    im_accid: str | None = None
    """The id of the anonymous account in the IM service."""
    im_token: str | None = None
    """The token of the anonymous account in the IM service."""
    av_room_check_sum: str | None = None
    """The token for requests to the audio and video servers."""
    av_room_c_name: str | None = None
    """The name of the audio and video room."""
    av_room_cid: str | None = None
    """The id of the audio and video room."""
    av_room_uid: Int64 | None = None
    """The id of the member in the audio and video room."""
    duration: Int64 | None = None
    """The duration of the meeting. In seconds."""
    create_time: UnixSeconds | None = None
    """When the meeting was created. Unix time in seconds."""
    audio_all_mute: AudioAllMute | None = None
    """Whether everybody is muted."""
    chat_room_id: Int64 | None = None
    """The id of the chat room. Present if the meeting was created with `chatRoom=1`."""
    push_url: str | None = None
    """Where to push the live stream. Empty if live streaming is not enabled for the meeting."""
    meeting_key: str | None = None
    """The unique key of the meeting, with which the live-streaming parameters can be fetched."""
    meeting_id: str | None = None
    """The meeting number."""
    short_id: str | None = None
    """The short number of the meeting."""
    meeting_unique_id: Int64 | None = None
    """The unique id of the meeting."""
    sip_cid: str | None = None
    """The number under which SIP devices reach the meeting."""

    @property
    def create_at(self) -> datetime | None:
        """``create_time`` in UTC; ``None`` where there is none."""
        return from_seconds(self.create_time)


class Account(Model, frozen=True, kw_only=True, gc=False):
    """A meeting account."""

    _sensitive = frozenset(["account_token"])

    _identity = frozenset(["account_id"])

    account_id: str
    """The id of the account."""
    account_token: str | None = None
    """The token with which the account logs in."""
    personal_meeting_id: Int64 | None = None
    """The number of the account's personal meeting. It has 10 digits."""
    short_id: str | None = None
    """The short number of the personal meeting."""


class RecordingFile(Model, frozen=True, kw_only=True, gc=False):
    """A recorded file."""

    _identity = frozenset(["url"])

    account_id: str | None = None
    """The id of the recorded account. The vendor's examples give it only for files of a single member."""
    filename: str
    """The name of the file."""
    md5: str | None = None
    """The MD5 of the file's content."""
    size: Int64 | None = None
    """The size of the file (characters, in the vendor's words). In bytes."""
    type: RecordingFormat | None = None
    """The kind of file, given as its extension."""
    url: str
    """Where the file can be downloaded."""
    mix: RecordingMix | None = None
    """Whether the file mixes all members or holds a single one."""
    piece_index: Int64 | None = None
    """The index of this slice; the examples count from 0. A recording that is longer than a slice is cut into
    several files.
    """


class MeetingCallback(Model, frozen=True, kw_only=True, gc=False):
    """An event of a whole meeting."""

    meeting_unique_id: Int64
    """The meeting's unique id."""
    meeting_id: str
    """The meeting number: the personal number of 10 digits, or the random one that was assigned."""
    short_id: str | None = None
    """The meeting's short number."""
    time: UnixMillis
    """When the event happened. Unix time in milliseconds."""
    type: MeetingType
    """The meeting's type."""
    subject: str
    """The meeting's subject."""
    reserve_start_time: UnixMillis | None = None
    """The scheduled start. Unix time in milliseconds."""
    reserve_end_time: UnixMillis | None = None
    """The scheduled end. Unix time in milliseconds."""
    room_create_time: UnixMillis | None = None
    """When the room was opened. Unix time in milliseconds."""
    reason: EndReason | None = None
    """Why the meeting ended or was recycled."""

    @property
    def time_at(self) -> datetime | None:
        """``time`` in UTC; ``None`` where there is none."""
        return from_millis(self.time)

    @property
    def reserve_start_at(self) -> datetime | None:
        """``reserve_start_time`` in UTC; ``None`` where there is none."""
        return from_millis(self.reserve_start_time)

    @property
    def reserve_end_at(self) -> datetime | None:
        """``reserve_end_time`` in UTC; ``None`` where there is none."""
        return from_millis(self.reserve_end_time)

    @property
    def room_create_at(self) -> datetime | None:
        """``room_create_time`` in UTC; ``None`` where there is none."""
        return from_millis(self.room_create_time)


class MemberCallback(Model, frozen=True, kw_only=True, gc=False):
    """A member's joining or leaving."""

    meeting_unique_id: Int64
    """The meeting's unique id."""
    meeting_id: str
    """The meeting number: the personal number of 10 digits, or the random one that was assigned."""
    short_id: str | None = None
    """The meeting's short number."""
    time: UnixMillis
    """When the event happened. Unix time in milliseconds."""
    account_id: str
    """The member's account."""
    device_id: str
    """The device the member uses."""
    room_uid: Int64
    """The member's number in the audio and video room."""

    @property
    def time_at(self) -> datetime | None:
        """``time`` in UTC; ``None`` where there is none."""
        return from_millis(self.time)


class RecordingCallback(Model, frozen=True, kw_only=True, gc=False):
    """A recorded file that is ready."""

    meeting_unique_id: Int64
    """The meeting's unique id."""
    meeting_id: str
    """The meeting number: the personal number of 10 digits, or the random one that was assigned."""
    short_id: str | None = None
    """The meeting's short number."""
    time: UnixMillis
    """When the event happened. Unix time in milliseconds."""
    file_info: CallbackFile
    """The file of a recording callback."""

    @property
    def time_at(self) -> datetime | None:
        """``time`` in UTC; ``None`` where there is none."""
        return from_millis(self.time)


class CallbackFile(Model, frozen=True, kw_only=True, gc=False):
    """The file of a recording callback."""

    _identity = frozenset(["url"])

    account_id: str | None = None
    """The id of the recorded account. The vendor's examples give it only for files of a single member."""
    filename: str
    """The name of the file."""
    md5: str
    """The MD5 of the file's content."""
    size: Int64
    """The size of the file (characters, in the vendor's words). In bytes."""
    type: RecordingFormat
    """The kind of file, given as its extension."""
    url: str
    """Where the file can be downloaded."""
    mix: RecordingMix
    """Whether the file mixes all members or holds a single one."""
    piece_index: Int64
    """The index of this slice; the examples count from 0. A recording that is longer than a slice is cut into
    several files.
    """


class CreateMeetingRequest(Model, frozen=True, kw_only=True, gc=False):
    """The body of `meetings.create`."""

    _sensitive = frozenset(["password"])

    host: str
    owner: str | None = None
    type: Int64
    password: str | None = None
    settings: MeetingSettings | None = None
    subject: str
    start_time: UnixMillis | None = None
    end_time: UnixMillis | None = None


class AnonymousJoinInfoRequest(Model, frozen=True, kw_only=True, gc=False):
    """The body of `meetings.anonymous_join_info`."""

    _sensitive = frozenset(["password"])

    meeting_id: str
    nick_name: str
    video: Int64
    audio: Int64
    password: str | None = None
    role_type: Int64 | None = None


class GetMeetingRequest(Model, frozen=True, kw_only=True, gc=False):
    """The body of `meetings.get`."""

    meeting_unique_id: Int64


class EditMeetingRequest(Model, frozen=True, kw_only=True, gc=False):
    """The body of `meetings.edit`."""

    _sensitive = frozenset(["password"])

    meeting_unique_id: Int64
    subject: str
    start_time: UnixMillis | None = None
    end_time: UnixMillis | None = None
    password: str | None = None
    settings: MeetingSettings | None = None


class CancelMeetingRequest(Model, frozen=True, kw_only=True, gc=False):
    """The body of `meetings.cancel`."""

    meeting_unique_id: Int64


class EndMeetingByMeetingUniqueIdRequest(Model, frozen=True, kw_only=True, gc=False):
    """The body of `meetings.end_by_meeting_unique_id`."""

    meeting_unique_id: Int64
    recycle: bool | None = None


class EndMeetingByMeetingIdRequest(Model, frozen=True, kw_only=True, gc=False):
    """The body of `meetings.end_by_meeting_id`."""

    meeting_id: str
    recycle: bool | None = None


class EndMeetingByShortIdRequest(Model, frozen=True, kw_only=True, gc=False):
    """The body of `meetings.end_by_short_id`."""

    short_id: str
    recycle: bool | None = None


class ListMeetingsRequest(Model, frozen=True, kw_only=True, gc=False):
    """The body of `meetings.list`."""

    meeting_unique_id: Int64 | None = None
    meeting_id: str | None = None
    min_start_time: UnixMillis | None = None
    max_start_time: UnixMillis | None = None
    status_list: Sequence[Int64] | None = None
    type: Int64 | None = None
    page_index: Int64 | None = None
    page_size: Int64 | None = None


class CreateAccountRequest(Model, frozen=True, kw_only=True, gc=False):
    """The body of `accounts.create`."""

    _sensitive = frozenset(["im_token"])

    im_accid: str | None = None
    im_token: str | None = None
    short_id: str | None = None


class GetAccountByImAccidRequest(Model, frozen=True, kw_only=True, gc=False):
    """The body of `accounts.get_by_im_accid`."""

    im_accid: str


class GetAccountByAccountIdRequest(Model, frozen=True, kw_only=True, gc=False):
    """The body of `accounts.get_by_account_id`."""

    account_id: str


class UpdateAccountTokenRequest(Model, frozen=True, kw_only=True, gc=False):
    """The body of `accounts.update_token`."""

    _sensitive = frozenset(["account_token"])

    account_id: str
    account_token: str


class UpdateAccountShortIdRequest(Model, frozen=True, kw_only=True, gc=False):
    """The body of `accounts.update_short_id`."""

    account_id: str
    short_id: str | None = None


class ListRecordingsRequest(Model, frozen=True, kw_only=True, gc=False):
    """The body of `recordings.list`."""

    meeting_unique_id: Int64
