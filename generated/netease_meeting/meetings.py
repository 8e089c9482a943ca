# Generated from spec/paths/meetings.yaml by `make generate`. Do not edit.
"""Create, look up, change, cancel and end meetings."""

from __future__ import annotations

import builtins
from collections.abc import Sequence
from datetime import datetime

from ._runtime.errors import OutcomeUnknownError
from ._runtime.operation import Operation, Recovery
from ._runtime.paging import AsyncPager, Pager, Paging
from ._runtime.raw import RawResponse
from ._runtime.resource import AsyncResource, Resource
from ._runtime.search import agree, lost_request
from ._runtime.times import to_millis
from .enums import ClientType, DeviceState, JoinRoleType, MeetingStatus, MeetingType
from .models import (
    AnonymousJoinInfo,
    AnonymousJoinInfoRequest,
    CancelMeetingRequest,
    CreateMeetingRequest,
    EditMeetingRequest,
    EndMeetingByMeetingIdRequest,
    EndMeetingByMeetingUniqueIdRequest,
    EndMeetingByShortIdRequest,
    GetMeetingRequest,
    ListMeetingsRequest,
    Meeting,
    MeetingPage,
    MeetingSettings,
)
from .signing import BODY_DIGEST, CHECK_SUM

__all__ = ["AsyncMeetings", "AsyncRawMeetings", "Meetings", "RawMeetings"]

CREATE: Operation[Meeting] = Operation(
    name="meetings.create",
    path="/v2/meeting/create",
    result=Meeting,
    repeat="never",
    schemes=(CHECK_SUM,),
    request=CreateMeetingRequest,
    sensitive=frozenset(["password"]),
)
ANONYMOUS_JOIN_INFO: Operation[AnonymousJoinInfo] = Operation(
    name="meetings.anonymous_join_info",
    path="/v1/meeting/anonymousJoinInfo",
    result=AnonymousJoinInfo,
    repeat="never",
    schemes=(CHECK_SUM, BODY_DIGEST),
    request=AnonymousJoinInfoRequest,
    headers={"clientType": "client_type", "deviceId": "device_id"},
    sensitive=frozenset(["password"]),
)
GET: Operation[Meeting] = Operation(
    name="meetings.get",
    path="/v2/meeting/get",
    result=Meeting,
    repeat="read",
    schemes=(CHECK_SUM,),
    request=GetMeetingRequest,
)
EDIT: Operation[None] = Operation(
    name="meetings.edit",
    path="/v2/meeting/edit",
    result=None,
    repeat="set",
    schemes=(CHECK_SUM,),
    request=EditMeetingRequest,
    sensitive=frozenset(["password"]),
)
CANCEL: Operation[None] = Operation(
    name="meetings.cancel",
    path="/v2/meeting/cancel",
    result=None,
    repeat="verify",
    schemes=(CHECK_SUM,),
    request=CancelMeetingRequest,
    recovery=Recovery(
        codes=frozenset([2000, 2021, 2025]),
        read=lambda: GET,
        by=("meetingUniqueId",),
        attribute="status",
        values=frozenset([3, 4, 5]),
    ),
)
END_BY_MEETING_UNIQUE_ID: Operation[None] = Operation(
    name="meetings.end_by_meeting_unique_id",
    path="/v2/meeting/deleteByMeetingUniqueId",
    result=None,
    repeat="verify",
    schemes=(CHECK_SUM,),
    request=EndMeetingByMeetingUniqueIdRequest,
    recovery=Recovery(
        codes=frozenset([2000, 2021, 2025]),
        read=lambda: GET,
        by=("meetingUniqueId",),
        attribute="status",
        values=frozenset([3, 4, 5]),
    ),
)
END_BY_MEETING_ID: Operation[None] = Operation(
    name="meetings.end_by_meeting_id",
    path="/v2/meeting/deleteByMeetingId",
    result=None,
    repeat="never",
    schemes=(CHECK_SUM,),
    request=EndMeetingByMeetingIdRequest,
)
END_BY_SHORT_ID: Operation[None] = Operation(
    name="meetings.end_by_short_id",
    path="/v2/meeting/deleteByMeetingShortId",
    result=None,
    repeat="never",
    schemes=(CHECK_SUM,),
    request=EndMeetingByShortIdRequest,
)
LIST: Operation[MeetingPage] = Operation(
    name="meetings.list",
    path="/v2/meeting/list",
    result=MeetingPage,
    repeat="read",
    schemes=(CHECK_SUM,),
    request=ListMeetingsRequest,
)
LIST_PAGES: Paging[Meeting, MeetingPage] = Paging(
    index="page_index", rows=lambda page: page.rows, total_pages=lambda page: page.total_pages
)


class Meetings(Resource):
    """``client.meetings``"""

    def create(
        self,
        *,
        host: str,
        type: MeetingType | int,
        subject: str,
        owner: str | None = None,
        password: str | None = None,
        settings: MeetingSettings | None = None,
        start_time: int | datetime | None = None,
        end_time: int | datetime | None = None,
        timeout: float | None = None,
        max_retries: int | None = None,
    ) -> Meeting:
        """Create a meeting.

        Creates an instant or a scheduled meeting. An instant meeting is in progress from the start; a scheduled
        one has not started.

        Never repeat it blindly, for that may create a second meeting. If the answer was lost, look for the
        meeting with `meetings.list` first.

        ``POST /v2/meeting/create``, 创建会议 in the vendor's document.

        Args:
            host: The account that hosts the meeting.
            type: Whether the meeting starts now or later and what kind of number it has.
            subject: The subject of the meeting. At most 30 characters.
            owner: The account that owns the meeting. Left out: the host.
            password: The password of the meeting. An empty string stands for none.
            settings: What members may do, and how many there may be of each role.
            start_time: The scheduled start. Required when `type` is SCHEDULED, not when it is INSTANT. Unix time
                in milliseconds.
            end_time: The scheduled end, or -1 for none. Required when `type` is SCHEDULED, not when it is
                INSTANT. Unix time in milliseconds.
            timeout: Seconds for the whole call, retries included. Left out: the client's.
            max_retries: How often to try again where that is safe. Left out: the client's.

        Raises:
            InvalidRequestError: A parameter is invalid (300); A parameter is empty (301); A header is invalid
                (302); A parameter has characters that are not allowed (303); The subject has the wrong format
                (2017); The meeting type is invalid (2023).
            AuthenticationError: The request did not pass authentication (401).
            PermissionDeniedError: The service is not enabled (402); The user does not own the meeting number
                (2007).
            InternalServerError: The server had an internal error (501).
            RateLimitError: Requests come too often (510).
            ServiceBusyError: The service is busy (512).
            NotFoundError: The account does not exist (1014).
            ConflictError: The meeting is already in progress (2002); The meeting number is taken (2011); The
                personal meeting number is not set (2022); The meeting already exists (2024).
            QuotaExceededError: The enterprise's meeting service has expired (4000); The application has reached
                its number of concurrent meetings (4001).
        """
        body = CreateMeetingRequest(
            host=host,
            owner=owner,
            type=type,
            password=password,
            settings=settings,
            subject=subject,
            start_time=to_millis("start_time", start_time),
            end_time=to_millis("end_time", end_time),
        )
        return self._request(CREATE, body, timeout, max_retries).parse()

    def find_created(
        self, error: OutcomeUnknownError, *, timeout: float | None = None, max_retries: int | None = None
    ) -> builtins.list[Meeting]:
        """Return what a call that ended in ``OutcomeUnknownError`` may have made.

        Looks through `meetings.list` for rows that agree with what was sent in `subject`, `startTime`,
        `endTime`. Several may: only a text that you use once, such as a number at the end of the subject, makes
        sure.

        Args:
            error: What the call raised.
            timeout: Seconds for the whole call, retries included. Left out: the client's.
            max_retries: How often to try again where that is safe. Left out: the client's.
        """
        sent = lost_request(CREATE, error)
        body = ListMeetingsRequest(
            type=sent.get("type"), min_start_time=sent.get("startTime"), max_start_time=sent.get("startTime")
        )
        rows = self._list(LIST, body, LIST_PAGES, timeout, max_retries)
        return [row for row in rows if agree(row, sent, ("subject", "startTime", "endTime"))]

    def anonymous_join_info(
        self,
        *,
        meeting_id: str,
        nick_name: str,
        video: DeviceState | int,
        audio: DeviceState | int,
        client_type: ClientType | int,
        device_id: str,
        password: str | None = None,
        role_type: JoinRoleType | int | None = None,
        timeout: float | None = None,
        max_retries: int | None = None,
    ) -> AnonymousJoinInfo:
        """Get what an anonymous member needs to join.

        Assigns an anonymous account and returns the tokens with which it joins the meeting. Every call assigns
        another account. Besides the usual signature, the request carries a digest of its body in
        `authorization`.

        ``POST /v1/meeting/anonymousJoinInfo``, 匿名入会获取会议信息 in the vendor's document.

        Args:
            meeting_id: The meeting number, not the unique id.
            nick_name: The name the member shows in the meeting: Chinese characters, letters and digits only. At
                most 10 characters.
            video: Whether the member joins with the camera on or off.
            audio: Whether the member joins with the microphone on or off.
            client_type: The kind of client the member joins with.
            device_id: The id of the device the member joins with.
            password: The password of the meeting. Needed if the meeting has one.
            role_type: The role in which the member joins.
            timeout: Seconds for the whole call, retries included. Left out: the client's.
            max_retries: How often to try again where that is safe. Left out: the client's.

        Raises:
            InvalidRequestError: A parameter is invalid (300); A parameter is empty (301); A header is invalid
                (302); A parameter has characters that are not allowed (303); The nickname has the wrong format
                (2003); The member's video state is wrong (2004); The member's audio state is wrong (2005); The
                client type is wrong (3001).
            AuthenticationError: The request did not pass authentication (401); The meeting password is wrong
                (2014); The meeting asks for a password (2018).
            PermissionDeniedError: The service is not enabled (402); The feature is not supported (3003).
            InternalServerError: The server had an internal error (501).
            RateLimitError: Requests come too often (510).
            ServiceBusyError: The service is busy (512); No anonymous account could be assigned; try again later
                (701).
            NotFoundError: The meeting does not exist (2000).
            QuotaExceededError: The meeting has reached its number of members (2001); The enterprise's meeting
                service has expired (4000); The application has reached its number of concurrent meetings (4001).
            ConflictError: The meeting is locked (2010); The same account is joining at the same time (2015); The
                meeting has ended (2021).
        """
        body = AnonymousJoinInfoRequest(
            meeting_id=meeting_id, nick_name=nick_name, video=video, audio=audio, password=password, role_type=role_type
        )
        return self._request(
            ANONYMOUS_JOIN_INFO, body, timeout, max_retries, headers={"clientType": client_type, "deviceId": device_id}
        ).parse()

    def get(self, *, meeting_unique_id: int, timeout: float | None = None, max_retries: int | None = None) -> Meeting:
        """Get a meeting by its unique id.

        Looks up a meeting. This is the only call that also tells whether it can be used and which audio and
        video room it has.

        ``POST /v2/meeting/get``, 查询会议（meetingUniqueId） in the vendor's document.

        Args:
            meeting_unique_id: The unique id of the meeting.
            timeout: Seconds for the whole call, retries included. Left out: the client's.
            max_retries: How often to try again where that is safe. Left out: the client's.

        Raises:
            InvalidRequestError: A parameter is invalid (300); A parameter is empty (301); A header is invalid
                (302); A parameter has characters that are not allowed (303).
            AuthenticationError: The request did not pass authentication (401).
            PermissionDeniedError: The service is not enabled (402).
            InternalServerError: The server had an internal error (501).
            RateLimitError: Requests come too often (510).
            ServiceBusyError: The service is busy (512).
            NotFoundError: The meeting does not exist (2000).
        """
        body = GetMeetingRequest(meeting_unique_id=meeting_unique_id)
        return self._request(GET, body, timeout, max_retries).parse()

    def edit(
        self,
        *,
        meeting_unique_id: int,
        subject: str,
        start_time: int | datetime | None = None,
        end_time: int | datetime | None = None,
        password: str | None = None,
        settings: MeetingSettings | None = None,
        timeout: float | None = None,
        max_retries: int | None = None,
    ) -> None:
        """Edit a scheduled meeting.

        Changes a scheduled meeting.

        The subject has to be sent every time. `settings` replaces all settings, and an empty `password` removes
        the password.

        ``POST /v2/meeting/edit``, 修改会议 in the vendor's document.

        Args:
            meeting_unique_id: The unique id of the meeting.
            subject: The subject of the meeting. Required, even if it stays the same. At most 30 characters.
            start_time: The new start. Unix time in milliseconds.
            end_time: The new end, or -1 for none. Unix time in milliseconds.
            password: The new password. An empty string removes the password.
            settings: The new settings. Replaces all settings: send the unchanged ones too.
            timeout: Seconds for the whole call, retries included. Left out: the client's.
            max_retries: How often to try again where that is safe. Left out: the client's.

        Raises:
            InvalidRequestError: A parameter is invalid (300); A parameter is empty (301); A header is invalid
                (302); A parameter has characters that are not allowed (303); The subject has the wrong format
                (2017).
            AuthenticationError: The request did not pass authentication (401).
            PermissionDeniedError: The service is not enabled (402).
            InternalServerError: The server had an internal error (501).
            RateLimitError: Requests come too often (510).
            ServiceBusyError: The service is busy (512).
            NotFoundError: The meeting does not exist (2000).
            ConflictError: The meeting is already in progress (2002); The meeting has ended (2021); The meeting
                can no longer be changed (2025).
        """
        body = EditMeetingRequest(
            meeting_unique_id=meeting_unique_id,
            subject=subject,
            start_time=to_millis("start_time", start_time),
            end_time=to_millis("end_time", end_time),
            password=password,
            settings=settings,
        )
        self._request(EDIT, body, timeout, max_retries).parse()

    def cancel(self, *, meeting_unique_id: int, timeout: float | None = None, max_retries: int | None = None) -> None:
        """Cancel a scheduled meeting.

        Cancels a scheduled meeting that has not started. The meeting disappears, its number is recycled and no
        room can be opened for it any more.

        ``POST /v2/meeting/cancel``, 取消会议 in the vendor's document.

        Args:
            meeting_unique_id: The unique id of the meeting.
            timeout: Seconds for the whole call, retries included. Left out: the client's.
            max_retries: How often to try again where that is safe. Left out: the client's.

        Raises:
            InvalidRequestError: A parameter is invalid (300); A parameter is empty (301); A header is invalid
                (302); A parameter has characters that are not allowed (303).
            AuthenticationError: The request did not pass authentication (401).
            PermissionDeniedError: The service is not enabled (402).
            InternalServerError: The server had an internal error (501).
            RateLimitError: Requests come too often (510).
            ServiceBusyError: The service is busy (512).
            NotFoundError: The meeting does not exist (2000).
            ConflictError: The meeting is already in progress (2002); The meeting has ended (2021); The meeting
                can no longer be changed (2025).
        """
        body = CancelMeetingRequest(meeting_unique_id=meeting_unique_id)
        self._request(CANCEL, body, timeout, max_retries).parse()

    def end_by_meeting_unique_id(
        self,
        *,
        meeting_unique_id: int,
        recycle: bool | None = None,
        timeout: float | None = None,
        max_retries: int | None = None,
    ) -> None:
        """End a meeting by its unique id.

        Ends a meeting for everybody.

        With `recycle`, the meeting and its random number are recycled at once and the meeting disappears. A
        personal number is never recycled.

        ``POST /v2/meeting/deleteByMeetingUniqueId``, 用会议唯一id结束会议 in the vendor's document.

        Args:
            meeting_unique_id: The unique id of the meeting.
            recycle: Whether to recycle the meeting and its random number at once. The server's default is False.
            timeout: Seconds for the whole call, retries included. Left out: the client's.
            max_retries: How often to try again where that is safe. Left out: the client's.

        Raises:
            InvalidRequestError: A parameter is invalid (300); A parameter is empty (301); A header is invalid
                (302); A parameter has characters that are not allowed (303).
            AuthenticationError: The request did not pass authentication (401).
            PermissionDeniedError: The service is not enabled (402).
            InternalServerError: The server had an internal error (501).
            RateLimitError: Requests come too often (510).
            ServiceBusyError: The service is busy (512).
            NotFoundError: The meeting does not exist (2000).
            ConflictError: The meeting has ended (2021).
        """
        body = EndMeetingByMeetingUniqueIdRequest(meeting_unique_id=meeting_unique_id, recycle=recycle)
        self._request(END_BY_MEETING_UNIQUE_ID, body, timeout, max_retries).parse()

    def end_by_meeting_id(
        self,
        *,
        meeting_id: str,
        recycle: bool | None = None,
        timeout: float | None = None,
        max_retries: int | None = None,
    ) -> None:
        """End a meeting by its number.

        Ends a meeting for everybody. Numbers are used again: prefer `meetings.end_by_meeting_unique_id`, which
        cannot end a later meeting by mistake.

        With `recycle`, the meeting and its random number are recycled at once and the meeting disappears. A
        personal number is never recycled.

        ``POST /v2/meeting/deleteByMeetingId``, 用会议号结束会议 in the vendor's document.

        Args:
            meeting_id: The meeting number.
            recycle: Whether to recycle the meeting and its random number at once. The server's default is False.
            timeout: Seconds for the whole call, retries included. Left out: the client's.
            max_retries: How often to try again where that is safe. Left out: the client's.

        Raises:
            InvalidRequestError: A parameter is invalid (300); A parameter is empty (301); A header is invalid
                (302); A parameter has characters that are not allowed (303).
            AuthenticationError: The request did not pass authentication (401).
            PermissionDeniedError: The service is not enabled (402).
            InternalServerError: The server had an internal error (501).
            RateLimitError: Requests come too often (510).
            ServiceBusyError: The service is busy (512).
            NotFoundError: The meeting does not exist (2000).
            ConflictError: The meeting has ended (2021).
        """
        body = EndMeetingByMeetingIdRequest(meeting_id=meeting_id, recycle=recycle)
        self._request(END_BY_MEETING_ID, body, timeout, max_retries).parse()

    def end_by_short_id(
        self,
        *,
        short_id: str,
        recycle: bool | None = None,
        timeout: float | None = None,
        max_retries: int | None = None,
    ) -> None:
        """End a meeting by its short number.

        Ends a meeting for everybody. Short numbers are used again: prefer `meetings.end_by_meeting_unique_id`,
        which cannot end a later meeting by mistake.

        With `recycle`, the meeting and its random number are recycled at once and the meeting disappears. A
        personal number is never recycled.

        ``POST /v2/meeting/deleteByMeetingShortId``, 用会议短号结束会议 in the vendor's document.

        Args:
            short_id: The short number of the meeting.
            recycle: Whether to recycle the meeting and its random number at once. The server's default is False.
            timeout: Seconds for the whole call, retries included. Left out: the client's.
            max_retries: How often to try again where that is safe. Left out: the client's.

        Raises:
            InvalidRequestError: A parameter is invalid (300); A parameter is empty (301); A header is invalid
                (302); A parameter has characters that are not allowed (303).
            AuthenticationError: The request did not pass authentication (401).
            PermissionDeniedError: The service is not enabled (402).
            InternalServerError: The server had an internal error (501).
            RateLimitError: Requests come too often (510).
            ServiceBusyError: The service is busy (512).
            NotFoundError: The meeting does not exist (2000).
            ConflictError: The meeting has ended (2021).
        """
        body = EndMeetingByShortIdRequest(short_id=short_id, recycle=recycle)
        self._request(END_BY_SHORT_ID, body, timeout, max_retries).parse()

    def list(
        self,
        *,
        meeting_unique_id: int | None = None,
        meeting_id: str | None = None,
        min_start_time: int | datetime | None = None,
        max_start_time: int | datetime | None = None,
        status_list: Sequence[MeetingStatus | int] | None = None,
        type: MeetingType | int | None = None,
        page_index: int | None = None,
        page_size: int | None = None,
        timeout: float | None = None,
        max_retries: int | None = None,
    ) -> Pager[Meeting, MeetingPage]:
        """List the meetings that can be used.

        Returns the meetings that can be used, page by page. Every argument is optional and narrows the list; the
        meetings of all pages can be iterated over.

        ``POST /v2/meeting/list``, 查询可用的会议列表 in the vendor's document.

        Args:
            meeting_unique_id: Only the meeting with this unique id.
            meeting_id: Only meetings with this number.
            min_start_time: The earliest start. Unix time in milliseconds.
            max_start_time: The latest start. Unix time in milliseconds.
            status_list: Only meetings in one of these states. The vendor's document names NOT_START and
                IN_MEETING.
            type: Only meetings of this type.
            page_index: The page to fetch first, counted from 0. The server's default is 0.
            page_size: How many meetings a page holds at most. 1 to 100. The server's default is 20.
            timeout: Seconds for the whole call, retries included. Left out: the client's.
            max_retries: How often to try again where that is safe. Left out: the client's.

        Raises:
            InvalidRequestError: A parameter is invalid (300); A parameter is empty (301); A header is invalid
                (302); A parameter has characters that are not allowed (303); The meeting type is invalid (2023).
            AuthenticationError: The request did not pass authentication (401).
            PermissionDeniedError: The service is not enabled (402).
            InternalServerError: The server had an internal error (501).
            RateLimitError: Requests come too often (510).
            ServiceBusyError: The service is busy (512).
        """
        body = ListMeetingsRequest(
            meeting_unique_id=meeting_unique_id,
            meeting_id=meeting_id,
            min_start_time=to_millis("min_start_time", min_start_time),
            max_start_time=to_millis("max_start_time", max_start_time),
            status_list=status_list,
            type=type,
            page_index=page_index,
            page_size=page_size,
        )
        return self._list(LIST, body, LIST_PAGES, timeout, max_retries)


class AsyncMeetings(AsyncResource):
    """``client.meetings``"""

    async def create(
        self,
        *,
        host: str,
        type: MeetingType | int,
        subject: str,
        owner: str | None = None,
        password: str | None = None,
        settings: MeetingSettings | None = None,
        start_time: int | datetime | None = None,
        end_time: int | datetime | None = None,
        timeout: float | None = None,
        max_retries: int | None = None,
    ) -> Meeting:
        """Create a meeting.

        Creates an instant or a scheduled meeting. An instant meeting is in progress from the start; a scheduled
        one has not started.

        Never repeat it blindly, for that may create a second meeting. If the answer was lost, look for the
        meeting with `meetings.list` first.

        ``POST /v2/meeting/create``, 创建会议 in the vendor's document.

        Args:
            host: The account that hosts the meeting.
            type: Whether the meeting starts now or later and what kind of number it has.
            subject: The subject of the meeting. At most 30 characters.
            owner: The account that owns the meeting. Left out: the host.
            password: The password of the meeting. An empty string stands for none.
            settings: What members may do, and how many there may be of each role.
            start_time: The scheduled start. Required when `type` is SCHEDULED, not when it is INSTANT. Unix time
                in milliseconds.
            end_time: The scheduled end, or -1 for none. Required when `type` is SCHEDULED, not when it is
                INSTANT. Unix time in milliseconds.
            timeout: Seconds for the whole call, retries included. Left out: the client's.
            max_retries: How often to try again where that is safe. Left out: the client's.

        Raises:
            InvalidRequestError: A parameter is invalid (300); A parameter is empty (301); A header is invalid
                (302); A parameter has characters that are not allowed (303); The subject has the wrong format
                (2017); The meeting type is invalid (2023).
            AuthenticationError: The request did not pass authentication (401).
            PermissionDeniedError: The service is not enabled (402); The user does not own the meeting number
                (2007).
            InternalServerError: The server had an internal error (501).
            RateLimitError: Requests come too often (510).
            ServiceBusyError: The service is busy (512).
            NotFoundError: The account does not exist (1014).
            ConflictError: The meeting is already in progress (2002); The meeting number is taken (2011); The
                personal meeting number is not set (2022); The meeting already exists (2024).
            QuotaExceededError: The enterprise's meeting service has expired (4000); The application has reached
                its number of concurrent meetings (4001).
        """
        body = CreateMeetingRequest(
            host=host,
            owner=owner,
            type=type,
            password=password,
            settings=settings,
            subject=subject,
            start_time=to_millis("start_time", start_time),
            end_time=to_millis("end_time", end_time),
        )
        return (await self._request(CREATE, body, timeout, max_retries)).parse()

    async def find_created(
        self, error: OutcomeUnknownError, *, timeout: float | None = None, max_retries: int | None = None
    ) -> builtins.list[Meeting]:
        """Return what a call that ended in ``OutcomeUnknownError`` may have made.

        Looks through `meetings.list` for rows that agree with what was sent in `subject`, `startTime`,
        `endTime`. Several may: only a text that you use once, such as a number at the end of the subject, makes
        sure.

        Args:
            error: What the call raised.
            timeout: Seconds for the whole call, retries included. Left out: the client's.
            max_retries: How often to try again where that is safe. Left out: the client's.
        """
        sent = lost_request(CREATE, error)
        body = ListMeetingsRequest(
            type=sent.get("type"), min_start_time=sent.get("startTime"), max_start_time=sent.get("startTime")
        )
        rows = self._list(LIST, body, LIST_PAGES, timeout, max_retries)
        return [row async for row in rows if agree(row, sent, ("subject", "startTime", "endTime"))]

    async def anonymous_join_info(
        self,
        *,
        meeting_id: str,
        nick_name: str,
        video: DeviceState | int,
        audio: DeviceState | int,
        client_type: ClientType | int,
        device_id: str,
        password: str | None = None,
        role_type: JoinRoleType | int | None = None,
        timeout: float | None = None,
        max_retries: int | None = None,
    ) -> AnonymousJoinInfo:
        """Get what an anonymous member needs to join.

        Assigns an anonymous account and returns the tokens with which it joins the meeting. Every call assigns
        another account. Besides the usual signature, the request carries a digest of its body in
        `authorization`.

        ``POST /v1/meeting/anonymousJoinInfo``, 匿名入会获取会议信息 in the vendor's document.

        Args:
            meeting_id: The meeting number, not the unique id.
            nick_name: The name the member shows in the meeting: Chinese characters, letters and digits only. At
                most 10 characters.
            video: Whether the member joins with the camera on or off.
            audio: Whether the member joins with the microphone on or off.
            client_type: The kind of client the member joins with.
            device_id: The id of the device the member joins with.
            password: The password of the meeting. Needed if the meeting has one.
            role_type: The role in which the member joins.
            timeout: Seconds for the whole call, retries included. Left out: the client's.
            max_retries: How often to try again where that is safe. Left out: the client's.

        Raises:
            InvalidRequestError: A parameter is invalid (300); A parameter is empty (301); A header is invalid
                (302); A parameter has characters that are not allowed (303); The nickname has the wrong format
                (2003); The member's video state is wrong (2004); The member's audio state is wrong (2005); The
                client type is wrong (3001).
            AuthenticationError: The request did not pass authentication (401); The meeting password is wrong
                (2014); The meeting asks for a password (2018).
            PermissionDeniedError: The service is not enabled (402); The feature is not supported (3003).
            InternalServerError: The server had an internal error (501).
            RateLimitError: Requests come too often (510).
            ServiceBusyError: The service is busy (512); No anonymous account could be assigned; try again later
                (701).
            NotFoundError: The meeting does not exist (2000).
            QuotaExceededError: The meeting has reached its number of members (2001); The enterprise's meeting
                service has expired (4000); The application has reached its number of concurrent meetings (4001).
            ConflictError: The meeting is locked (2010); The same account is joining at the same time (2015); The
                meeting has ended (2021).
        """
        body = AnonymousJoinInfoRequest(
            meeting_id=meeting_id, nick_name=nick_name, video=video, audio=audio, password=password, role_type=role_type
        )
        return (
            await self._request(
                ANONYMOUS_JOIN_INFO,
                body,
                timeout,
                max_retries,
                headers={"clientType": client_type, "deviceId": device_id},
            )
        ).parse()

    async def get(
        self, *, meeting_unique_id: int, timeout: float | None = None, max_retries: int | None = None
    ) -> Meeting:
        """Get a meeting by its unique id.

        Looks up a meeting. This is the only call that also tells whether it can be used and which audio and
        video room it has.

        ``POST /v2/meeting/get``, 查询会议（meetingUniqueId） in the vendor's document.

        Args:
            meeting_unique_id: The unique id of the meeting.
            timeout: Seconds for the whole call, retries included. Left out: the client's.
            max_retries: How often to try again where that is safe. Left out: the client's.

        Raises:
            InvalidRequestError: A parameter is invalid (300); A parameter is empty (301); A header is invalid
                (302); A parameter has characters that are not allowed (303).
            AuthenticationError: The request did not pass authentication (401).
            PermissionDeniedError: The service is not enabled (402).
            InternalServerError: The server had an internal error (501).
            RateLimitError: Requests come too often (510).
            ServiceBusyError: The service is busy (512).
            NotFoundError: The meeting does not exist (2000).
        """
        body = GetMeetingRequest(meeting_unique_id=meeting_unique_id)
        return (await self._request(GET, body, timeout, max_retries)).parse()

    async def edit(
        self,
        *,
        meeting_unique_id: int,
        subject: str,
        start_time: int | datetime | None = None,
        end_time: int | datetime | None = None,
        password: str | None = None,
        settings: MeetingSettings | None = None,
        timeout: float | None = None,
        max_retries: int | None = None,
    ) -> None:
        """Edit a scheduled meeting.

        Changes a scheduled meeting.

        The subject has to be sent every time. `settings` replaces all settings, and an empty `password` removes
        the password.

        ``POST /v2/meeting/edit``, 修改会议 in the vendor's document.

        Args:
            meeting_unique_id: The unique id of the meeting.
            subject: The subject of the meeting. Required, even if it stays the same. At most 30 characters.
            start_time: The new start. Unix time in milliseconds.
            end_time: The new end, or -1 for none. Unix time in milliseconds.
            password: The new password. An empty string removes the password.
            settings: The new settings. Replaces all settings: send the unchanged ones too.
            timeout: Seconds for the whole call, retries included. Left out: the client's.
            max_retries: How often to try again where that is safe. Left out: the client's.

        Raises:
            InvalidRequestError: A parameter is invalid (300); A parameter is empty (301); A header is invalid
                (302); A parameter has characters that are not allowed (303); The subject has the wrong format
                (2017).
            AuthenticationError: The request did not pass authentication (401).
            PermissionDeniedError: The service is not enabled (402).
            InternalServerError: The server had an internal error (501).
            RateLimitError: Requests come too often (510).
            ServiceBusyError: The service is busy (512).
            NotFoundError: The meeting does not exist (2000).
            ConflictError: The meeting is already in progress (2002); The meeting has ended (2021); The meeting
                can no longer be changed (2025).
        """
        body = EditMeetingRequest(
            meeting_unique_id=meeting_unique_id,
            subject=subject,
            start_time=to_millis("start_time", start_time),
            end_time=to_millis("end_time", end_time),
            password=password,
            settings=settings,
        )
        (await self._request(EDIT, body, timeout, max_retries)).parse()

    async def cancel(
        self, *, meeting_unique_id: int, timeout: float | None = None, max_retries: int | None = None
    ) -> None:
        """Cancel a scheduled meeting.

        Cancels a scheduled meeting that has not started. The meeting disappears, its number is recycled and no
        room can be opened for it any more.

        ``POST /v2/meeting/cancel``, 取消会议 in the vendor's document.

        Args:
            meeting_unique_id: The unique id of the meeting.
            timeout: Seconds for the whole call, retries included. Left out: the client's.
            max_retries: How often to try again where that is safe. Left out: the client's.

        Raises:
            InvalidRequestError: A parameter is invalid (300); A parameter is empty (301); A header is invalid
                (302); A parameter has characters that are not allowed (303).
            AuthenticationError: The request did not pass authentication (401).
            PermissionDeniedError: The service is not enabled (402).
            InternalServerError: The server had an internal error (501).
            RateLimitError: Requests come too often (510).
            ServiceBusyError: The service is busy (512).
            NotFoundError: The meeting does not exist (2000).
            ConflictError: The meeting is already in progress (2002); The meeting has ended (2021); The meeting
                can no longer be changed (2025).
        """
        body = CancelMeetingRequest(meeting_unique_id=meeting_unique_id)
        (await self._request(CANCEL, body, timeout, max_retries)).parse()

    async def end_by_meeting_unique_id(
        self,
        *,
        meeting_unique_id: int,
        recycle: bool | None = None,
        timeout: float | None = None,
        max_retries: int | None = None,
    ) -> None:
        """End a meeting by its unique id.

        Ends a meeting for everybody.

        With `recycle`, the meeting and its random number are recycled at once and the meeting disappears. A
        personal number is never recycled.

        ``POST /v2/meeting/deleteByMeetingUniqueId``, 用会议唯一id结束会议 in the vendor's document.

        Args:
            meeting_unique_id: The unique id of the meeting.
            recycle: Whether to recycle the meeting and its random number at once. The server's default is False.
            timeout: Seconds for the whole call, retries included. Left out: the client's.
            max_retries: How often to try again where that is safe. Left out: the client's.

        Raises:
            InvalidRequestError: A parameter is invalid (300); A parameter is empty (301); A header is invalid
                (302); A parameter has characters that are not allowed (303).
            AuthenticationError: The request did not pass authentication (401).
            PermissionDeniedError: The service is not enabled (402).
            InternalServerError: The server had an internal error (501).
            RateLimitError: Requests come too often (510).
            ServiceBusyError: The service is busy (512).
            NotFoundError: The meeting does not exist (2000).
            ConflictError: The meeting has ended (2021).
        """
        body = EndMeetingByMeetingUniqueIdRequest(meeting_unique_id=meeting_unique_id, recycle=recycle)
        (await self._request(END_BY_MEETING_UNIQUE_ID, body, timeout, max_retries)).parse()

    async def end_by_meeting_id(
        self,
        *,
        meeting_id: str,
        recycle: bool | None = None,
        timeout: float | None = None,
        max_retries: int | None = None,
    ) -> None:
        """End a meeting by its number.

        Ends a meeting for everybody. Numbers are used again: prefer `meetings.end_by_meeting_unique_id`, which
        cannot end a later meeting by mistake.

        With `recycle`, the meeting and its random number are recycled at once and the meeting disappears. A
        personal number is never recycled.

        ``POST /v2/meeting/deleteByMeetingId``, 用会议号结束会议 in the vendor's document.

        Args:
            meeting_id: The meeting number.
            recycle: Whether to recycle the meeting and its random number at once. The server's default is False.
            timeout: Seconds for the whole call, retries included. Left out: the client's.
            max_retries: How often to try again where that is safe. Left out: the client's.

        Raises:
            InvalidRequestError: A parameter is invalid (300); A parameter is empty (301); A header is invalid
                (302); A parameter has characters that are not allowed (303).
            AuthenticationError: The request did not pass authentication (401).
            PermissionDeniedError: The service is not enabled (402).
            InternalServerError: The server had an internal error (501).
            RateLimitError: Requests come too often (510).
            ServiceBusyError: The service is busy (512).
            NotFoundError: The meeting does not exist (2000).
            ConflictError: The meeting has ended (2021).
        """
        body = EndMeetingByMeetingIdRequest(meeting_id=meeting_id, recycle=recycle)
        (await self._request(END_BY_MEETING_ID, body, timeout, max_retries)).parse()

    async def end_by_short_id(
        self,
        *,
        short_id: str,
        recycle: bool | None = None,
        timeout: float | None = None,
        max_retries: int | None = None,
    ) -> None:
        """End a meeting by its short number.

        Ends a meeting for everybody. Short numbers are used again: prefer `meetings.end_by_meeting_unique_id`,
        which cannot end a later meeting by mistake.

        With `recycle`, the meeting and its random number are recycled at once and the meeting disappears. A
        personal number is never recycled.

        ``POST /v2/meeting/deleteByMeetingShortId``, 用会议短号结束会议 in the vendor's document.

        Args:
            short_id: The short number of the meeting.
            recycle: Whether to recycle the meeting and its random number at once. The server's default is False.
            timeout: Seconds for the whole call, retries included. Left out: the client's.
            max_retries: How often to try again where that is safe. Left out: the client's.

        Raises:
            InvalidRequestError: A parameter is invalid (300); A parameter is empty (301); A header is invalid
                (302); A parameter has characters that are not allowed (303).
            AuthenticationError: The request did not pass authentication (401).
            PermissionDeniedError: The service is not enabled (402).
            InternalServerError: The server had an internal error (501).
            RateLimitError: Requests come too often (510).
            ServiceBusyError: The service is busy (512).
            NotFoundError: The meeting does not exist (2000).
            ConflictError: The meeting has ended (2021).
        """
        body = EndMeetingByShortIdRequest(short_id=short_id, recycle=recycle)
        (await self._request(END_BY_SHORT_ID, body, timeout, max_retries)).parse()

    def list(
        self,
        *,
        meeting_unique_id: int | None = None,
        meeting_id: str | None = None,
        min_start_time: int | datetime | None = None,
        max_start_time: int | datetime | None = None,
        status_list: Sequence[MeetingStatus | int] | None = None,
        type: MeetingType | int | None = None,
        page_index: int | None = None,
        page_size: int | None = None,
        timeout: float | None = None,
        max_retries: int | None = None,
    ) -> AsyncPager[Meeting, MeetingPage]:
        """List the meetings that can be used.

        Returns the meetings that can be used, page by page. Every argument is optional and narrows the list; the
        meetings of all pages can be iterated over.

        ``POST /v2/meeting/list``, 查询可用的会议列表 in the vendor's document.

        Args:
            meeting_unique_id: Only the meeting with this unique id.
            meeting_id: Only meetings with this number.
            min_start_time: The earliest start. Unix time in milliseconds.
            max_start_time: The latest start. Unix time in milliseconds.
            status_list: Only meetings in one of these states. The vendor's document names NOT_START and
                IN_MEETING.
            type: Only meetings of this type.
            page_index: The page to fetch first, counted from 0. The server's default is 0.
            page_size: How many meetings a page holds at most. 1 to 100. The server's default is 20.
            timeout: Seconds for the whole call, retries included. Left out: the client's.
            max_retries: How often to try again where that is safe. Left out: the client's.

        Raises:
            InvalidRequestError: A parameter is invalid (300); A parameter is empty (301); A header is invalid
                (302); A parameter has characters that are not allowed (303); The meeting type is invalid (2023).
            AuthenticationError: The request did not pass authentication (401).
            PermissionDeniedError: The service is not enabled (402).
            InternalServerError: The server had an internal error (501).
            RateLimitError: Requests come too often (510).
            ServiceBusyError: The service is busy (512).
        """
        body = ListMeetingsRequest(
            meeting_unique_id=meeting_unique_id,
            meeting_id=meeting_id,
            min_start_time=to_millis("min_start_time", min_start_time),
            max_start_time=to_millis("max_start_time", max_start_time),
            status_list=status_list,
            type=type,
            page_index=page_index,
            page_size=page_size,
        )
        return self._list(LIST, body, LIST_PAGES, timeout, max_retries)


class RawMeetings(Resource):
    """``client.with_raw_response.meetings``: the same methods; each returns a ``RawResponse``."""

    def create(
        self,
        *,
        host: str,
        type: MeetingType | int,
        subject: str,
        owner: str | None = None,
        password: str | None = None,
        settings: MeetingSettings | None = None,
        start_time: int | datetime | None = None,
        end_time: int | datetime | None = None,
        timeout: float | None = None,
        max_retries: int | None = None,
    ) -> RawResponse[Meeting]:
        """Create a meeting.

        Takes and raises what ``meetings.create`` does; ``parse()`` returns what that returns.
        """
        body = CreateMeetingRequest(
            host=host,
            owner=owner,
            type=type,
            password=password,
            settings=settings,
            subject=subject,
            start_time=to_millis("start_time", start_time),
            end_time=to_millis("end_time", end_time),
        )
        return self._request(CREATE, body, timeout, max_retries)

    def anonymous_join_info(
        self,
        *,
        meeting_id: str,
        nick_name: str,
        video: DeviceState | int,
        audio: DeviceState | int,
        client_type: ClientType | int,
        device_id: str,
        password: str | None = None,
        role_type: JoinRoleType | int | None = None,
        timeout: float | None = None,
        max_retries: int | None = None,
    ) -> RawResponse[AnonymousJoinInfo]:
        """Get what an anonymous member needs to join.

        Takes and raises what ``meetings.anonymous_join_info`` does; ``parse()`` returns what that returns.
        """
        body = AnonymousJoinInfoRequest(
            meeting_id=meeting_id, nick_name=nick_name, video=video, audio=audio, password=password, role_type=role_type
        )
        return self._request(
            ANONYMOUS_JOIN_INFO, body, timeout, max_retries, headers={"clientType": client_type, "deviceId": device_id}
        )

    def get(
        self, *, meeting_unique_id: int, timeout: float | None = None, max_retries: int | None = None
    ) -> RawResponse[Meeting]:
        """Get a meeting by its unique id.

        Takes and raises what ``meetings.get`` does; ``parse()`` returns what that returns.
        """
        body = GetMeetingRequest(meeting_unique_id=meeting_unique_id)
        return self._request(GET, body, timeout, max_retries)

    def edit(
        self,
        *,
        meeting_unique_id: int,
        subject: str,
        start_time: int | datetime | None = None,
        end_time: int | datetime | None = None,
        password: str | None = None,
        settings: MeetingSettings | None = None,
        timeout: float | None = None,
        max_retries: int | None = None,
    ) -> RawResponse[None]:
        """Edit a scheduled meeting.

        Takes and raises what ``meetings.edit`` does; ``parse()`` returns what that returns.
        """
        body = EditMeetingRequest(
            meeting_unique_id=meeting_unique_id,
            subject=subject,
            start_time=to_millis("start_time", start_time),
            end_time=to_millis("end_time", end_time),
            password=password,
            settings=settings,
        )
        return self._request(EDIT, body, timeout, max_retries)

    def cancel(
        self, *, meeting_unique_id: int, timeout: float | None = None, max_retries: int | None = None
    ) -> RawResponse[None]:
        """Cancel a scheduled meeting.

        Takes and raises what ``meetings.cancel`` does; ``parse()`` returns what that returns.
        """
        body = CancelMeetingRequest(meeting_unique_id=meeting_unique_id)
        return self._request(CANCEL, body, timeout, max_retries)

    def end_by_meeting_unique_id(
        self,
        *,
        meeting_unique_id: int,
        recycle: bool | None = None,
        timeout: float | None = None,
        max_retries: int | None = None,
    ) -> RawResponse[None]:
        """End a meeting by its unique id.

        Takes and raises what ``meetings.end_by_meeting_unique_id`` does; ``parse()`` returns what that returns.
        """
        body = EndMeetingByMeetingUniqueIdRequest(meeting_unique_id=meeting_unique_id, recycle=recycle)
        return self._request(END_BY_MEETING_UNIQUE_ID, body, timeout, max_retries)

    def end_by_meeting_id(
        self,
        *,
        meeting_id: str,
        recycle: bool | None = None,
        timeout: float | None = None,
        max_retries: int | None = None,
    ) -> RawResponse[None]:
        """End a meeting by its number.

        Takes and raises what ``meetings.end_by_meeting_id`` does; ``parse()`` returns what that returns.
        """
        body = EndMeetingByMeetingIdRequest(meeting_id=meeting_id, recycle=recycle)
        return self._request(END_BY_MEETING_ID, body, timeout, max_retries)

    def end_by_short_id(
        self,
        *,
        short_id: str,
        recycle: bool | None = None,
        timeout: float | None = None,
        max_retries: int | None = None,
    ) -> RawResponse[None]:
        """End a meeting by its short number.

        Takes and raises what ``meetings.end_by_short_id`` does; ``parse()`` returns what that returns.
        """
        body = EndMeetingByShortIdRequest(short_id=short_id, recycle=recycle)
        return self._request(END_BY_SHORT_ID, body, timeout, max_retries)

    def list(
        self,
        *,
        meeting_unique_id: int | None = None,
        meeting_id: str | None = None,
        min_start_time: int | datetime | None = None,
        max_start_time: int | datetime | None = None,
        status_list: Sequence[MeetingStatus | int] | None = None,
        type: MeetingType | int | None = None,
        page_index: int | None = None,
        page_size: int | None = None,
        timeout: float | None = None,
        max_retries: int | None = None,
    ) -> RawResponse[MeetingPage]:
        """List the meetings that can be used.

        Takes and raises what ``meetings.list`` does; ``parse()`` returns the page that the arguments name.
        """
        body = ListMeetingsRequest(
            meeting_unique_id=meeting_unique_id,
            meeting_id=meeting_id,
            min_start_time=to_millis("min_start_time", min_start_time),
            max_start_time=to_millis("max_start_time", max_start_time),
            status_list=status_list,
            type=type,
            page_index=page_index,
            page_size=page_size,
        )
        return self._request(LIST, body, timeout, max_retries)


class AsyncRawMeetings(AsyncResource):
    """``client.with_raw_response.meetings``: the same methods; each returns a ``RawResponse``."""

    async def create(
        self,
        *,
        host: str,
        type: MeetingType | int,
        subject: str,
        owner: str | None = None,
        password: str | None = None,
        settings: MeetingSettings | None = None,
        start_time: int | datetime | None = None,
        end_time: int | datetime | None = None,
        timeout: float | None = None,
        max_retries: int | None = None,
    ) -> RawResponse[Meeting]:
        """Create a meeting.

        Takes and raises what ``meetings.create`` does; ``parse()`` returns what that returns.
        """
        body = CreateMeetingRequest(
            host=host,
            owner=owner,
            type=type,
            password=password,
            settings=settings,
            subject=subject,
            start_time=to_millis("start_time", start_time),
            end_time=to_millis("end_time", end_time),
        )
        return await self._request(CREATE, body, timeout, max_retries)

    async def anonymous_join_info(
        self,
        *,
        meeting_id: str,
        nick_name: str,
        video: DeviceState | int,
        audio: DeviceState | int,
        client_type: ClientType | int,
        device_id: str,
        password: str | None = None,
        role_type: JoinRoleType | int | None = None,
        timeout: float | None = None,
        max_retries: int | None = None,
    ) -> RawResponse[AnonymousJoinInfo]:
        """Get what an anonymous member needs to join.

        Takes and raises what ``meetings.anonymous_join_info`` does; ``parse()`` returns what that returns.
        """
        body = AnonymousJoinInfoRequest(
            meeting_id=meeting_id, nick_name=nick_name, video=video, audio=audio, password=password, role_type=role_type
        )
        return await self._request(
            ANONYMOUS_JOIN_INFO, body, timeout, max_retries, headers={"clientType": client_type, "deviceId": device_id}
        )

    async def get(
        self, *, meeting_unique_id: int, timeout: float | None = None, max_retries: int | None = None
    ) -> RawResponse[Meeting]:
        """Get a meeting by its unique id.

        Takes and raises what ``meetings.get`` does; ``parse()`` returns what that returns.
        """
        body = GetMeetingRequest(meeting_unique_id=meeting_unique_id)
        return await self._request(GET, body, timeout, max_retries)

    async def edit(
        self,
        *,
        meeting_unique_id: int,
        subject: str,
        start_time: int | datetime | None = None,
        end_time: int | datetime | None = None,
        password: str | None = None,
        settings: MeetingSettings | None = None,
        timeout: float | None = None,
        max_retries: int | None = None,
    ) -> RawResponse[None]:
        """Edit a scheduled meeting.

        Takes and raises what ``meetings.edit`` does; ``parse()`` returns what that returns.
        """
        body = EditMeetingRequest(
            meeting_unique_id=meeting_unique_id,
            subject=subject,
            start_time=to_millis("start_time", start_time),
            end_time=to_millis("end_time", end_time),
            password=password,
            settings=settings,
        )
        return await self._request(EDIT, body, timeout, max_retries)

    async def cancel(
        self, *, meeting_unique_id: int, timeout: float | None = None, max_retries: int | None = None
    ) -> RawResponse[None]:
        """Cancel a scheduled meeting.

        Takes and raises what ``meetings.cancel`` does; ``parse()`` returns what that returns.
        """
        body = CancelMeetingRequest(meeting_unique_id=meeting_unique_id)
        return await self._request(CANCEL, body, timeout, max_retries)

    async def end_by_meeting_unique_id(
        self,
        *,
        meeting_unique_id: int,
        recycle: bool | None = None,
        timeout: float | None = None,
        max_retries: int | None = None,
    ) -> RawResponse[None]:
        """End a meeting by its unique id.

        Takes and raises what ``meetings.end_by_meeting_unique_id`` does; ``parse()`` returns what that returns.
        """
        body = EndMeetingByMeetingUniqueIdRequest(meeting_unique_id=meeting_unique_id, recycle=recycle)
        return await self._request(END_BY_MEETING_UNIQUE_ID, body, timeout, max_retries)

    async def end_by_meeting_id(
        self,
        *,
        meeting_id: str,
        recycle: bool | None = None,
        timeout: float | None = None,
        max_retries: int | None = None,
    ) -> RawResponse[None]:
        """End a meeting by its number.

        Takes and raises what ``meetings.end_by_meeting_id`` does; ``parse()`` returns what that returns.
        """
        body = EndMeetingByMeetingIdRequest(meeting_id=meeting_id, recycle=recycle)
        return await self._request(END_BY_MEETING_ID, body, timeout, max_retries)

    async def end_by_short_id(
        self,
        *,
        short_id: str,
        recycle: bool | None = None,
        timeout: float | None = None,
        max_retries: int | None = None,
    ) -> RawResponse[None]:
        """End a meeting by its short number.

        Takes and raises what ``meetings.end_by_short_id`` does; ``parse()`` returns what that returns.
        """
        body = EndMeetingByShortIdRequest(short_id=short_id, recycle=recycle)
        return await self._request(END_BY_SHORT_ID, body, timeout, max_retries)

    async def list(
        self,
        *,
        meeting_unique_id: int | None = None,
        meeting_id: str | None = None,
        min_start_time: int | datetime | None = None,
        max_start_time: int | datetime | None = None,
        status_list: Sequence[MeetingStatus | int] | None = None,
        type: MeetingType | int | None = None,
        page_index: int | None = None,
        page_size: int | None = None,
        timeout: float | None = None,
        max_retries: int | None = None,
    ) -> RawResponse[MeetingPage]:
        """List the meetings that can be used.

        Takes and raises what ``meetings.list`` does; ``parse()`` returns the page that the arguments name.
        """
        body = ListMeetingsRequest(
            meeting_unique_id=meeting_unique_id,
            meeting_id=meeting_id,
            min_start_time=to_millis("min_start_time", min_start_time),
            max_start_time=to_millis("max_start_time", max_start_time),
            status_list=status_list,
            type=type,
            page_index=page_index,
            page_size=page_size,
        )
        return await self._request(LIST, body, timeout, max_retries)
