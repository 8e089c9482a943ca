# Copied from generator/runtime/sandbox/actions.py by `make generate`. Edit it there.
"""What each operation does: one function per operationId."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from .accounts import Accounts
from .clock import VirtualClock
from .document import Document
from .meetings import Meeting, Meetings
from .messages import BusinessError

Body = dict[str, Any]


@dataclass(slots=True)
class World:
    """The state the operations work on."""

    document: Document
    clock: VirtualClock
    chance: random.Random
    accounts: Accounts
    meetings: Meetings
    app_key: str
    forget_ended: bool
    """Whether a cancelled or recycled meeting can no longer be looked up (the document leaves it open)."""
    meeting_types: dict[str, int]
    join_roles: dict[str, int]

    def refuse(self, name: str, note: str = "") -> BusinessError:
        """Return the refusal for a code by its name in the contract."""
        return BusinessError(self.document.codes[name], [note] if note else [])

    def meeting(self, unique_id: int) -> Meeting:
        """Return a meeting or refuse."""
        return self.found(self.meetings.get(unique_id))

    def found(self, meeting: Meeting | None) -> Meeting:
        """Return the meeting or refuse."""
        if meeting is None or (self.forget_ended and self.meetings.is_final(meeting)):
            raise self.refuse("MEETING_NOT_FOUND")
        return meeting


def create_account(world: World, body: Body, headers: Body) -> Any:
    """Create account."""
    return world.accounts.create(body.get("imAccid"), body.get("imToken"), body.get("shortId")).answer()


def get_account_by_im_accid(world: World, body: Body, headers: Body) -> Any:
    """Get account by IM id."""
    return world.accounts.get_by_im_accid(body["imAccid"]).answer()


def get_account_by_account_id(world: World, body: Body, headers: Body) -> Any:
    """Get account by account id."""
    return world.accounts.get(body["accountId"]).answer()


def update_account_token(world: World, body: Body, headers: Body) -> None:
    """Update account token."""
    world.accounts.get(body["accountId"]).token = body["accountToken"]


def update_account_short_id(world: World, body: Body, headers: Body) -> None:
    """Update account short id."""
    account = world.accounts.get(body["accountId"])
    world.accounts.rename(account, body.get("shortId"))
    running = world.meetings.by_number(str(account.personal_meeting_id))
    if running is not None and not world.meetings.is_final(running):
        running.short_id = account.short_id


def create_meeting(world: World, body: Body, headers: Body) -> Any:
    """Create meeting."""
    host = world.accounts.get(body["host"])
    owner = world.accounts.get(body.get("owner") or body["host"])
    facts: Body = {"type": body["type"], "subject": body["subject"], "host": host.account_id, "owner": owner.account_id}
    facts |= {"password": body.get("password", ""), "settings": body.get("settings", {})}
    personal = None
    if body["type"] == world.meeting_types["SCHEDULED"]:
        _check_times(world, body["startTime"], body["endTime"])
        facts |= {"start_time": body["startTime"], "end_time": body["endTime"]}
    elif body["type"] == world.meeting_types["PERSONAL"]:
        personal = str(host.personal_meeting_id)
        running = world.meetings.by_number(personal)
        if running is not None and not world.meetings.is_final(running):
            raise world.refuse("MEETING_IN_PROGRESS", "the personal room is open")
        facts["short_id"] = host.short_id
    return world.meetings.answer(world.meetings.create(personal, **facts))


def get_meeting(world: World, body: Body, headers: Body) -> Any:
    """Get meeting."""
    meeting = world.meeting(body["meetingUniqueId"])
    usable = not world.meetings.is_final(meeting)
    return {**world.meetings.answer(meeting), "valid": usable, "avRoomCid": meeting.av_room_cid}


def edit_meeting(world: World, body: Body, headers: Body) -> None:
    """Edit meeting."""
    meeting = _editable(world, body)
    start, end = body.get("startTime", meeting.start_time), body.get("endTime", meeting.end_time)
    _check_times(world, start, end)
    meeting.subject = body["subject"]
    meeting.password = body.get("password", meeting.password)
    meeting.settings = body.get("settings", meeting.settings)
    meeting.start_time, meeting.end_time = start, end
    world.meetings.reschedule(meeting)


def cancel_meeting(world: World, body: Body, headers: Body) -> None:
    """Cancel meeting."""
    world.meetings.happen("cancel", _editable(world, body))


def end_meeting_by_meeting_unique_id(world: World, body: Body, headers: Body) -> None:
    """End meeting by meeting unique id."""
    _end(world, world.meetings.get(body["meetingUniqueId"]), body)


def end_meeting_by_meeting_id(world: World, body: Body, headers: Body) -> None:
    """End meeting by meeting id."""
    _end(world, world.meetings.by_number(body["meetingId"]), body)


def end_meeting_by_short_id(world: World, body: Body, headers: Body) -> None:
    """End meeting by short id."""
    account = world.accounts.by_short_id(body["shortId"])
    _end(world, world.meetings.by_number(str(account.personal_meeting_id)) if account else None, body)


def list_meetings(world: World, body: Body, headers: Body) -> Any:
    """List meetings."""
    size, index = body["pageSize"], body["pageIndex"]
    found = world.meetings.find(
        body.get("type"), body.get("statusList"), body.get("minStartTime"), body.get("maxStartTime")
    )
    if "meetingUniqueId" in body or "meetingId" in body:
        named = _named(world, body)
        ids = [named.unique_id] if named is not None and found.has(named.begins, named.unique_id) else []
        total, page = len(ids), ids[index * size : (index + 1) * size]
    else:
        total, page = len(found), found.page(index * size, size)
    return {
        "pageIndex": index,
        "pageSize": size,
        "totalNum": total,
        "totalPages": (total + size - 1) // size,
        "list": [world.meetings.answer(world.meeting(unique_id)) for unique_id in page],
    }


def list_recordings(world: World, body: Body, headers: Body) -> Any:
    """List recordings."""
    return world.meeting(body["meetingUniqueId"]).recordings


def get_anonymous_join_info(world: World, body: Body, headers: Body) -> Any:
    """Get anonymous join info."""
    meeting = world.found(world.meetings.by_number(body["meetingId"]))
    if world.meetings.is_final(meeting):
        raise world.refuse("MEETING_ENDED")
    if meeting.password and not body.get("password"):
        raise world.refuse("MEETING_PASSWORD_REQUIRED")
    if meeting.password and body["password"] != meeting.password:
        raise world.refuse("WRONG_MEETING_PASSWORD")
    if meeting.locked:
        raise world.refuse("MEETING_LOCKED")
    if body.get("roleType") != world.join_roles["SHADOW"] and world.meetings.is_full(meeting):
        raise world.refuse("MEETING_FULL")
    account = world.accounts.create(None, None, None)
    seconds = world.clock.millis() // 1000
    token = f"{world.chance.getrandbits(128):032x}"
    return {
        "code": world.document.envelope["success"],
        "msg": "success",
        "appKey": world.app_key,
        "imAppKey": f"im-{world.app_key}",
        "nrtcAppKey": f"nrtc-{world.app_key}",
        "accountId": account.account_id,
        "accountToken": account.token,
        "imAccid": account.im_accid,
        "imToken": token,
        "avRoomCheckSum": token[:16],
        "avRoomCName": f"room-{meeting.unique_id}",
        "avRoomCid": meeting.av_room_cid,
        "avRoomUid": world.chance.randrange(10**14, 10**15),
        "duration": max(seconds - (meeting.room_create_time or seconds * 1000) // 1000, 0),
        "createTime": meeting.create_time // 1000,
        "audioAllMute": int(any(control.get("state") == 1 for control in meeting.settings.get("controls", ()))),
        "chatRoomId": meeting.unique_id,
        "pushUrl": "",
        "meetingKey": token[16:],
        "meetingId": meeting.meeting_id,
        "shortId": meeting.short_id or "",
        "meetingUniqueId": meeting.unique_id,
        "sipCid": f"9{meeting.meeting_id}",
    }


def _editable(world: World, body: Body) -> Meeting:
    meeting = world.meeting(body["meetingUniqueId"])
    if world.meetings.is_final(meeting):
        raise world.refuse("MEETING_ENDED")
    if not world.meetings.can("cancel", meeting):
        raise world.refuse("MEETING_NOT_EDITABLE", f"it is {meeting.state}")
    return meeting


def _end(world: World, found: Meeting | None, body: Body) -> None:
    meeting = world.found(found)
    if world.meetings.is_final(meeting):
        raise world.refuse("MEETING_ENDED")
    world.meetings.end(meeting, "API_ENDED")
    if body["recycle"]:
        world.meetings.recycle(meeting, "API_ENDED")


def _check_times(world: World, start: int | None, end: int | None) -> None:
    if start is not None and end is not None and end != -1 and not world.clock.millis() < end > start:
        raise world.refuse("INVALID_PARAMETER", "endTime must lie behind startTime and ahead of now, or be -1")


def _named(world: World, body: Body) -> Meeting | None:
    """Return the one meeting that a list is narrowed to by its unique id, its number, or both."""
    if "meetingUniqueId" in body:
        named = world.meetings.get(body["meetingUniqueId"])
    else:
        named = world.meetings.by_number(body["meetingId"])
    matches = named is not None and body.get("meetingId", named.meeting_id) == named.meeting_id
    return named if matches else None


Action = Callable[[World, Body, Body], Any]

ACTIONS: dict[str, Action] = {
    "createAccount": create_account,
    "getAccountByImAccid": get_account_by_im_accid,
    "getAccountByAccountId": get_account_by_account_id,
    "updateAccountToken": update_account_token,
    "updateAccountShortId": update_account_short_id,
    "createMeeting": create_meeting,
    "getAnonymousJoinInfo": get_anonymous_join_info,
    "getMeeting": get_meeting,
    "editMeeting": edit_meeting,
    "cancelMeeting": cancel_meeting,
    "endMeetingByMeetingUniqueId": end_meeting_by_meeting_unique_id,
    "endMeetingByMeetingId": end_meeting_by_meeting_id,
    "endMeetingByShortId": end_meeting_by_short_id,
    "listRecordings": list_recordings,
    "listMeetings": list_meetings,
}
