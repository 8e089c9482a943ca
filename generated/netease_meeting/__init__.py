# Generated from spec/openapi.yaml by `make generate`. Do not edit.
"""NetEase Meeting (网易会议) for Python: a typed client for the REST API, and its callbacks.

::

    from netease_meeting import MeetingClient, MeetingType

    with MeetingClient(app_key="…", app_secret="…") as client:
        meeting = client.meetings.create(host="…", type=MeetingType.INSTANT, subject="Stand-up")

Importing this package is cheap: each name below is loaded when it is first used.
"""

from __future__ import annotations

# False; True for type checkers, which know the name. Importing typing would take ten times as long as all else here,
# and editors that evaluate a plain False complete no name.
TYPE_CHECKING = bool("")
if TYPE_CHECKING:
    from typing import Any

    from . import errors
    from ._runtime.attempt import Attempt
    from ._runtime.model import OMIT
    from ._runtime.raw import RawResponse
    from ._runtime.transport import AsyncTransport, Reply, Transport, TransportError
    from .auth import SigningAuth
    from .client import AsyncMeetingClient, MeetingClient
    from .enums import (
        AttendeeOff,
        AudioAllMute,
        ClientType,
        ControlState,
        ControlType,
        DeviceState,
        EndReason,
        JoinRoleType,
        MeetingStatus,
        MeetingType,
        MessageType,
        RecordingFormat,
        RecordingMix,
        SceneRoleType,
    )
    from .errors import ErrorCode
    from .models import (
        Account,
        AnonymousJoinInfo,
        CallbackFile,
        Meeting,
        MeetingCallback,
        MeetingControl,
        MeetingPage,
        MeetingScene,
        MeetingSettings,
        MemberCallback,
        RecordingCallback,
        RecordingFile,
        SceneRole,
    )
    from .webhooks import Webhook

    __version__: str

__all__ = [
    "OMIT",
    "Account",
    "AnonymousJoinInfo",
    "AsyncMeetingClient",
    "AsyncTransport",
    "Attempt",
    "AttendeeOff",
    "AudioAllMute",
    "CallbackFile",
    "ClientType",
    "ControlState",
    "ControlType",
    "DeviceState",
    "EndReason",
    "ErrorCode",
    "JoinRoleType",
    "Meeting",
    "MeetingCallback",
    "MeetingClient",
    "MeetingControl",
    "MeetingPage",
    "MeetingScene",
    "MeetingSettings",
    "MeetingStatus",
    "MeetingType",
    "MemberCallback",
    "MessageType",
    "RawResponse",
    "RecordingCallback",
    "RecordingFile",
    "RecordingFormat",
    "RecordingMix",
    "Reply",
    "SceneRole",
    "SceneRoleType",
    "SigningAuth",
    "Transport",
    "TransportError",
    "Webhook",
    "errors",
]

_MODULES = {
    "MeetingClient": "client",
    "AsyncMeetingClient": "client",
    "SigningAuth": "auth",
    "Webhook": "webhooks",
    "ErrorCode": "errors",
    "errors": "errors",
    "Attempt": "_runtime.attempt",
    "OMIT": "_runtime.model",
    "AsyncTransport": "_runtime.transport",
    "RawResponse": "_runtime.raw",
    "Reply": "_runtime.transport",
    "Transport": "_runtime.transport",
    "TransportError": "_runtime.transport",
    "MeetingType": "enums",
    "MeetingStatus": "enums",
    "ControlType": "enums",
    "ControlState": "enums",
    "AttendeeOff": "enums",
    "SceneRoleType": "enums",
    "JoinRoleType": "enums",
    "DeviceState": "enums",
    "AudioAllMute": "enums",
    "ClientType": "enums",
    "RecordingFormat": "enums",
    "RecordingMix": "enums",
    "EndReason": "enums",
    "MessageType": "enums",
    "Meeting": "models",
    "MeetingSettings": "models",
    "MeetingControl": "models",
    "MeetingScene": "models",
    "SceneRole": "models",
    "MeetingPage": "models",
    "AnonymousJoinInfo": "models",
    "Account": "models",
    "RecordingFile": "models",
    "MeetingCallback": "models",
    "MemberCallback": "models",
    "RecordingCallback": "models",
    "CallbackFile": "models",
}


def __getattr__(name: str) -> Any:
    if name == "__version__":
        from importlib import metadata

        try:
            return metadata.version("netease-meeting")
        except metadata.PackageNotFoundError:  # the folder was copied, not installed
            return "0+unknown"
    from importlib import import_module

    module = _MODULES.get(name)
    if module is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    loaded = import_module(f"{__name__}.{module}")
    value = loaded if name == module else getattr(loaded, name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
