# Generated from spec/openapi.yaml by `make generate`. Do not edit.
"""The clients: ``MeetingClient`` and, for asyncio, ``AsyncMeetingClient``."""

from __future__ import annotations

from functools import cached_property

from ._runtime.client import AsyncClient, Client
from ._runtime.core import Core
from ._runtime.operation import Contract, Envelope
from ._runtime.transport import AsyncTransport, Transport
from .accounts import Accounts, AsyncAccounts, AsyncRawAccounts, RawAccounts
from .errors import CODES
from .meetings import AsyncMeetings, AsyncRawMeetings, Meetings, RawMeetings
from .recordings import AsyncRawRecordings, AsyncRecordings, RawRecordings, Recordings
from .signing import CHECK_SUM

__all__ = ["AsyncMeetingClient", "AsyncRawMeetingClient", "MeetingClient", "RawMeetingClient"]

CONTRACT = Contract(
    base_url="https://meeting-api.netease.im",
    environment="NETEASE_MEETING",
    user_agent="netease-meeting-python/0.5.0",
    media_type="application/json;charset=utf-8",
    envelope=Envelope(code="code", message="msg", request_id="requestId", cost="costTime", data="ret", success=200),
    codes=CODES,
    schemes=(CHECK_SUM,),
    sensitive=frozenset(["accountToken", "avRoomCheckSum", "imToken", "password", "pushUrl"]),
)


class MeetingClient(Client):
    """The synchronous client. Close it when done, or use ``with``.

    One instance serves any number of threads.

    Example::

        with MeetingClient(app_key="…", app_secret="…") as client:
            meeting = client.meetings.get(meeting_unique_id=1234567890)
    """

    _contract = CONTRACT

    @cached_property
    def accounts(self) -> Accounts:
        """Meeting accounts and their personal numbers."""
        return Accounts(self._core)

    @cached_property
    def meetings(self) -> Meetings:
        """Create, look up, change, cancel and end meetings."""
        return Meetings(self._core)

    @cached_property
    def recordings(self) -> Recordings:
        """The recorded files of meetings."""
        return Recordings(self._core)

    @cached_property
    def with_raw_response(self) -> RawMeetingClient:
        """The same resources; their methods return a ``RawResponse`` with status, headers, body and ``parse()``."""
        return RawMeetingClient(self._core)


class RawMeetingClient:
    """``client.with_raw_response``"""

    def __init__(self, core: Core[Transport]) -> None:
        self.accounts = RawAccounts(core)
        self.meetings = RawMeetings(core)
        self.recordings = RawRecordings(core)


class AsyncMeetingClient(AsyncClient):
    """The asynchronous client. Close it when done, or use ``async with``.

    One instance serves any number of tasks of one event loop.

    Example::

        async with AsyncMeetingClient(app_key="…", app_secret="…") as client:
            meeting = await client.meetings.get(meeting_unique_id=1234567890)
    """

    _contract = CONTRACT

    @cached_property
    def accounts(self) -> AsyncAccounts:
        """Meeting accounts and their personal numbers."""
        return AsyncAccounts(self._core)

    @cached_property
    def meetings(self) -> AsyncMeetings:
        """Create, look up, change, cancel and end meetings."""
        return AsyncMeetings(self._core)

    @cached_property
    def recordings(self) -> AsyncRecordings:
        """The recorded files of meetings."""
        return AsyncRecordings(self._core)

    @cached_property
    def with_raw_response(self) -> AsyncRawMeetingClient:
        """The same resources; their methods return a ``RawResponse`` with status, headers, body and ``parse()``."""
        return AsyncRawMeetingClient(self._core)


class AsyncRawMeetingClient:
    """``client.with_raw_response``"""

    def __init__(self, core: Core[AsyncTransport]) -> None:
        self.accounts = AsyncRawAccounts(core)
        self.meetings = AsyncRawMeetings(core)
        self.recordings = AsyncRawRecordings(core)
