# Generated from spec/paths/recordings.yaml by `make generate`. Do not edit.
"""The recorded files of meetings."""

from __future__ import annotations

import builtins

from ._runtime.operation import Operation
from ._runtime.raw import RawResponse
from ._runtime.resource import AsyncResource, Resource
from .models import ListRecordingsRequest, RecordingFile
from .signing import CHECK_SUM

__all__ = ["AsyncRawRecordings", "AsyncRecordings", "RawRecordings", "Recordings"]

LIST: Operation[list[RecordingFile]] = Operation(
    name="recordings.list",
    path="/v2/meeting/record/list",
    result=list[RecordingFile],
    repeat="read",
    schemes=(CHECK_SUM,),
    request=ListRecordingsRequest,
)


class Recordings(Resource):
    """``client.recordings``"""

    def list(
        self, *, meeting_unique_id: int, timeout: float | None = None, max_retries: int | None = None
    ) -> builtins.list[RecordingFile]:
        """List the recordings of a meeting.

        Returns the recorded files of a meeting. They are made once the meeting has ended or has exceeded a fixed
        length, by default 2 hours. A callback tells when a file is ready.

        ``POST /v2/meeting/record/list``, 会议录像列表 in the vendor's document.

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
        body = ListRecordingsRequest(meeting_unique_id=meeting_unique_id)
        return self._request(LIST, body, timeout, max_retries).parse()


class AsyncRecordings(AsyncResource):
    """``client.recordings``"""

    async def list(
        self, *, meeting_unique_id: int, timeout: float | None = None, max_retries: int | None = None
    ) -> builtins.list[RecordingFile]:
        """List the recordings of a meeting.

        Returns the recorded files of a meeting. They are made once the meeting has ended or has exceeded a fixed
        length, by default 2 hours. A callback tells when a file is ready.

        ``POST /v2/meeting/record/list``, 会议录像列表 in the vendor's document.

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
        body = ListRecordingsRequest(meeting_unique_id=meeting_unique_id)
        return (await self._request(LIST, body, timeout, max_retries)).parse()


class RawRecordings(Resource):
    """``client.with_raw_response.recordings``: the same methods; each returns a ``RawResponse``."""

    def list(
        self, *, meeting_unique_id: int, timeout: float | None = None, max_retries: int | None = None
    ) -> RawResponse[builtins.list[RecordingFile]]:
        """List the recordings of a meeting.

        Takes and raises what ``recordings.list`` does; ``parse()`` returns what that returns.
        """
        body = ListRecordingsRequest(meeting_unique_id=meeting_unique_id)
        return self._request(LIST, body, timeout, max_retries)


class AsyncRawRecordings(AsyncResource):
    """``client.with_raw_response.recordings``: the same methods; each returns a ``RawResponse``."""

    async def list(
        self, *, meeting_unique_id: int, timeout: float | None = None, max_retries: int | None = None
    ) -> RawResponse[builtins.list[RecordingFile]]:
        """List the recordings of a meeting.

        Takes and raises what ``recordings.list`` does; ``parse()`` returns what that returns.
        """
        body = ListRecordingsRequest(meeting_unique_id=meeting_unique_id)
        return await self._request(LIST, body, timeout, max_retries)
