# Generated from spec/errors.yaml by `make generate`. Do not edit.
"""Everything the client raises, and every business code of the API.

MeetingError
├── ConfigurationError, ArgumentError          nothing was sent
├── APIConnectionError                         no usable answer arrived
│   ├── APITimeoutError                        … before the deadline
│   ├── ClientClosedError                      … because the client had been closed
│   └── OutcomeUnknownError                    … and the work may have been done
├── APIResponseError                           an answer that is not the API's
├── APIError                                   the API answered with another code than success
│   ├── AuthenticationError
│   ├── PermissionDeniedError
│   ├── InvalidRequestError
│   ├── NotFoundError
│   ├── ConflictError
│   ├── RateLimitError
│   ├── ServiceBusyError
│   ├── QuotaExceededError
│   └── InternalServerError
└── WebhookError                               a callback was refused
    ├── WebhookSignatureError
    ├── WebhookTimestampError
    ├── WebhookTooLargeError
    └── WebhookPayloadError
"""

from __future__ import annotations

from ._runtime.enums import OpenIntEnum
from ._runtime.errors import (
    APIConnectionError,
    APIError,
    APIResponseError,
    APITimeoutError,
    ArgumentError,
    ClientClosedError,
    ConfigurationError,
    MeetingError,
    OutcomeUnknownError,
    Violation,
    WebhookError,
    WebhookPayloadError,
    WebhookSignatureError,
    WebhookTimestampError,
    WebhookTooLargeError,
)
from ._runtime.operation import CodeFacts

__all__ = [
    "CODES",
    "APIConnectionError",
    "APIError",
    "APIResponseError",
    "APITimeoutError",
    "ArgumentError",
    "AuthenticationError",
    "ClientClosedError",
    "ConfigurationError",
    "ConflictError",
    "ErrorCode",
    "InternalServerError",
    "InvalidRequestError",
    "MeetingError",
    "NotFoundError",
    "OutcomeUnknownError",
    "PermissionDeniedError",
    "QuotaExceededError",
    "RateLimitError",
    "ServiceBusyError",
    "Violation",
    "WebhookError",
    "WebhookPayloadError",
    "WebhookSignatureError",
    "WebhookTimestampError",
    "WebhookTooLargeError",
]


class AuthenticationError(APIError):
    """The request was not accepted as yours. The key, the signature or the clock is wrong, or a login has expired.

    Codes: 401 UNAUTHENTICATED, 1005 LOGIN_EXPIRED, 1006 WRONG_VERIFICATION_CODE, 1007 WRONG_ACCOUNT_PASSWORD,
    1008 WRONG_OLD_PASSWORD, 1012 VERIFICATION_CODE_EXPIRED, 2014 WRONG_MEETING_PASSWORD, 2018
    MEETING_PASSWORD_REQUIRED.
    """


class PermissionDeniedError(APIError):
    """The caller is known but may not do this.

    Codes: 402 SERVICE_NOT_ENABLED, 2007 MEETING_NUMBER_NOT_OWNED, 2100 NOT_HOST, 2103 VIDEO_CLOSED_BY_HOST, 2105
    PERMISSION_DENIED, 3003 FEATURE_NOT_SUPPORTED.
    """


class InvalidRequestError(APIError):
    """Something in the request is wrong. Sending it again unchanged fails again.

    Codes: 300 INVALID_PARAMETER, 301 EMPTY_PARAMETER, 302 INVALID_HEADER, 303 INVALID_CHARSET, 652
    INVALID_LIVE_SETTINGS, 1010 INVALID_PHONE_NUMBER, 2003 INVALID_NICKNAME, 2004 INVALID_VIDEO_STATE, 2005
    INVALID_AUDIO_STATE, 2017 INVALID_SUBJECT, 2023 INVALID_MEETING_TYPE, 2102 INVALID_CONTROL_CODE, 3001
    INVALID_CLIENT_TYPE.
    """


class NotFoundError(APIError):
    """The meeting, account or member does not exist.

    Codes: 1004 PHONE_NOT_REGISTERED, 1009 TV_ACCOUNT_NOT_FOUND, 1014 ACCOUNT_NOT_FOUND, 2000 MEETING_NOT_FOUND,
    2012 LIVE_CONFIG_NOT_FOUND, 2101 MEMBER_NOT_IN_MEETING.
    """


class ConflictError(APIError):
    """The present state of the object does not allow this.

    Codes: 1003 PHONE_ALREADY_REGISTERED, 1013 IM_ACCOUNT_OFFLINE, 1016 REGISTRATION_TIMED_OUT, 1017
    PASSWORD_CHANGE_TIMED_OUT, 1019 ACCOUNT_ALREADY_EXISTS, 1021 IM_NOT_BOUND, 2002 MEETING_IN_PROGRESS, 2010
    MEETING_LOCKED, 2011 MEETING_ID_TAKEN, 2015 CONCURRENT_JOIN, 2021 MEETING_ENDED, 2022
    PERSONAL_MEETING_ID_NOT_SET, 2024 MEETING_ALREADY_EXISTS, 2025 MEETING_NOT_EDITABLE.
    """


class RateLimitError(APIError):
    """Too many requests in a short time.

    Codes: 510 TOO_MANY_REQUESTS, 1011 VERIFICATION_CODE_LIMIT_REACHED, 1015 VERIFICATION_CODE_TOO_FREQUENT.
    """


class ServiceBusyError(APIError):
    """The service is busy for the moment.

    Codes: 512 SERVICE_BUSY, 701 ANONYMOUS_ACCOUNT_UNAVAILABLE, 2104 MEMBER_CONNECTION_UNSTABLE.
    """


class QuotaExceededError(APIError):
    """A limit of the contract or of the meeting is reached.

    Codes: 2001 MEETING_FULL, 2009 SCREEN_SHARE_LIMIT_REACHED, 4000 ENTERPRISE_EXPIRED, 4001
    APP_CONCURRENCY_REACHED.
    """


class InternalServerError(APIError):
    """The vendor's service failed.

    Codes: 501 INTERNAL_ERROR, 1000 ACCOUNT_ALLOCATION_FAILED.
    """


class ErrorCode(OpenIntEnum):
    """The business codes of the API. ``error.code`` compares equal to its member."""

    INVALID_PARAMETER = 300
    """A parameter is invalid."""
    EMPTY_PARAMETER = 301
    """A parameter is empty."""
    INVALID_HEADER = 302
    """A header is invalid."""
    INVALID_CHARSET = 303
    """A parameter has characters that are not allowed."""
    UNAUTHENTICATED = 401
    """The request did not pass authentication."""
    SERVICE_NOT_ENABLED = 402
    """The service is not enabled."""
    INTERNAL_ERROR = 501
    """The server had an internal error."""
    TOO_MANY_REQUESTS = 510
    """Requests come too often."""
    SERVICE_BUSY = 512
    """The service is busy."""
    INVALID_LIVE_SETTINGS = 652
    """The live-streaming settings are wrong."""
    ANONYMOUS_ACCOUNT_UNAVAILABLE = 701
    """No anonymous account could be assigned; try again later."""
    ACCOUNT_ALLOCATION_FAILED = 1000
    """An account could not be assigned."""
    PHONE_ALREADY_REGISTERED = 1003
    """The phone number is already registered."""
    PHONE_NOT_REGISTERED = 1004
    """The phone number is not registered."""
    LOGIN_EXPIRED = 1005
    """The login is no longer valid; log in again."""
    WRONG_VERIFICATION_CODE = 1006
    """The verification code is wrong; enter it again."""
    WRONG_ACCOUNT_PASSWORD = 1007
    """The password is wrong; enter it again."""
    WRONG_OLD_PASSWORD = 1008
    """The old password is wrong; enter it again."""
    TV_ACCOUNT_NOT_FOUND = 1009
    """The TV account does not exist."""
    INVALID_PHONE_NUMBER = 1010
    """Enter a valid phone number."""
    VERIFICATION_CODE_LIMIT_REACHED = 1011
    """Verification codes were requested too many times."""
    VERIFICATION_CODE_EXPIRED = 1012
    """The verification code has expired; request another."""
    IM_ACCOUNT_OFFLINE = 1013
    """The IM account has gone offline."""
    ACCOUNT_NOT_FOUND = 1014
    """The account does not exist."""
    VERIFICATION_CODE_TOO_FREQUENT = 1015
    """Verification codes are requested too often; try again later."""
    REGISTRATION_TIMED_OUT = 1016
    """The registration timed out; start again."""
    PASSWORD_CHANGE_TIMED_OUT = 1017
    """The password change timed out; start again."""
    ACCOUNT_ALREADY_EXISTS = 1019
    """The meeting account has already been created."""
    IM_NOT_BOUND = 1021
    """No IM account is bound."""
    MEETING_NOT_FOUND = 2000
    """The meeting does not exist."""
    MEETING_FULL = 2001
    """The meeting has reached its number of members."""
    MEETING_IN_PROGRESS = 2002
    """The meeting is already in progress."""
    INVALID_NICKNAME = 2003
    """The nickname has the wrong format."""
    INVALID_VIDEO_STATE = 2004
    """The member's video state is wrong."""
    INVALID_AUDIO_STATE = 2005
    """The member's audio state is wrong."""
    MEETING_NUMBER_NOT_OWNED = 2007
    """The user does not own the meeting number."""
    SCREEN_SHARE_LIMIT_REACHED = 2009
    """The number of members sharing their screen is reached."""
    MEETING_LOCKED = 2010
    """The meeting is locked."""
    MEETING_ID_TAKEN = 2011
    """The meeting number is taken."""
    LIVE_CONFIG_NOT_FOUND = 2012
    """The meeting has no live-streaming configuration."""
    WRONG_MEETING_PASSWORD = 2014
    """The meeting password is wrong."""
    CONCURRENT_JOIN = 2015
    """The same account is joining at the same time."""
    INVALID_SUBJECT = 2017
    """The subject has the wrong format."""
    MEETING_PASSWORD_REQUIRED = 2018
    """The meeting asks for a password."""
    MEETING_ENDED = 2021
    """The meeting has ended."""
    PERSONAL_MEETING_ID_NOT_SET = 2022
    """The personal meeting number is not set."""
    INVALID_MEETING_TYPE = 2023
    """The meeting type is invalid."""
    MEETING_ALREADY_EXISTS = 2024
    """The meeting already exists."""
    MEETING_NOT_EDITABLE = 2025
    """The meeting can no longer be changed."""
    NOT_HOST = 2100
    """Only the host may do this."""
    MEMBER_NOT_IN_MEETING = 2101
    """The member is not in the meeting."""
    INVALID_CONTROL_CODE = 2102
    """The meeting-control code is wrong."""
    VIDEO_CLOSED_BY_HOST = 2103
    """The host has turned the video off; the member cannot turn it on."""
    MEMBER_CONNECTION_UNSTABLE = 2104
    """The member's connection is unstable; try again later."""
    PERMISSION_DENIED = 2105
    """The permission is missing."""
    INVALID_CLIENT_TYPE = 3001
    """The client type is wrong."""
    FEATURE_NOT_SUPPORTED = 3003
    """The feature is not supported."""
    ENTERPRISE_EXPIRED = 4000
    """The enterprise's meeting service has expired."""
    APP_CONCURRENCY_REACHED = 4001
    """The application has reached its number of concurrent meetings."""


CODES: dict[int, CodeFacts] = {
    300: CodeFacts(
        error=InvalidRequestError,
        repeat="never",
        text="非法的参数",
        hint="Compare type and range of every field with the operation's table.",
        hint_zh="对照该接口的参数表检查各字段的类型与取值范围。",
    ),
    301: CodeFacts(
        error=InvalidRequestError,
        repeat="never",
        text="参数为空",
        hint="Send every required field, and none of them empty.",
        hint_zh="补全必填字段，且不要传空串。",
    ),
    302: CodeFacts(
        error=InvalidRequestError,
        repeat="never",
        text="非法header",
        hint="Check the signature headers and the operation's own, such as clientType and deviceId.",
        hint_zh="检查签名请求头以及 clientType、deviceId 等接口专用请求头。",
    ),
    303: CodeFacts(
        error=InvalidRequestError,
        repeat="never",
        text="非法字符集参数",
        hint="Send UTF-8, and leave out emoji and control characters.",
        hint_zh="使用 UTF-8 编码，并去掉表情符号与控制字符后重试。",
    ),
    401: CodeFacts(
        error=AuthenticationError,
        repeat="clock",
        text="请求未通过验证",
        hint=(
            "Check that AppKey and AppSecret belong together, and that this machine's clock is right to "
            "within a minute."
        ),
        hint_zh="核对 AppKey 与 AppSecret 是否匹配，并校准本机时间（误差须小于 1 分钟）。",
    ),
    402: CodeFacts(
        error=PermissionDeniedError,
        repeat="never",
        text="服务未开通",
        hint="Ask the vendor to enable the service for this AppKey.",
        hint_zh="联系网易会议客服为该 AppKey 开通服务。",
    ),
    501: CodeFacts(
        error=InternalServerError,
        repeat="ambiguous",
        text="服务器内部异常",
        hint=("Look whether it took effect before you repeat it; if it persists, report the request id to the vendor."),
        hint_zh="先查询操作是否已生效再重试；持续出现时携带 requestId 联系客服。",
    ),
    510: CodeFacts(
        error=RateLimitError,
        repeat="refused",
        text="请求过于频繁",
        hint="Lower concurrency and rate, and repeat after a pause.",
        hint_zh="降低并发与调用频率，退避后重试。",
        throttled=True,
    ),
    512: CodeFacts(
        error=ServiceBusyError,
        repeat="busy",
        text="服务繁忙",
        hint="Repeat later; look first whether a write took effect.",
        hint_zh="稍后重试；写操作请先查询是否已生效。",
    ),
    652: CodeFacts(
        error=InvalidRequestError,
        repeat="never",
        text="直播设置错误",
        hint="Correct the meeting's live-streaming settings and send them again.",
        hint_zh="检查会议的直播设置后重新提交。",
    ),
    701: CodeFacts(
        error=ServiceBusyError,
        repeat="refused",
        text="匿名账号分配失败，稍后重试",
        hint="Repeat the anonymous join after a pause.",
        hint_zh="稍后重试匿名入会。",
    ),
    1000: CodeFacts(
        error=InternalServerError,
        repeat="never",
        text="分配帐号失败",
        hint=(
            "Look the account up by imAccid; create it again only if it is missing, and report a persistent failure."
        ),
        hint_zh="用 imAccid 查询帐号是否已创建，未创建再重试；持续失败请联系客服。",
    ),
    1003: CodeFacts(
        error=ConflictError,
        repeat="never",
        text="手机号已被注册",
        hint="Log in with this number, or register another.",
        hint_zh="直接登录该手机号，或更换手机号注册。",
    ),
    1004: CodeFacts(
        error=NotFoundError,
        repeat="never",
        text="该手机号未注册",
        hint="Register the number first.",
        hint_zh="先用该手机号注册。",
    ),
    1005: CodeFacts(
        error=AuthenticationError,
        repeat="never",
        text="登录验证失效,请重新登录",
        hint="Log in again and use the new token.",
        hint_zh="重新登录并使用新的令牌。",
    ),
    1006: CodeFacts(
        error=AuthenticationError,
        repeat="never",
        text="验证码错误，请重新输入",
        hint="Let the user enter the code from the message again.",
        hint_zh="请用户重新输入短信中的验证码。",
    ),
    1007: CodeFacts(
        error=AuthenticationError,
        repeat="never",
        text="密码错误，请重新输入",
        hint="Let the user enter the password again, or reset it.",
        hint_zh="请用户重新输入密码或找回密码。",
    ),
    1008: CodeFacts(
        error=AuthenticationError,
        repeat="never",
        text="原密码错误，请重新输入",
        hint="Let the user enter the old password again, or reset it.",
        hint_zh="请用户重新输入原密码，或走找回密码流程。",
    ),
    1009: CodeFacts(
        error=NotFoundError,
        repeat="never",
        text="TV帐号不存在",
        hint="Have a TV account set up for the room device first.",
        hint_zh="先为该会议室终端开通 TV 帐号。",
    ),
    1010: CodeFacts(
        error=InvalidRequestError,
        repeat="never",
        text="请输入正确的手机号",
        hint="Check the length and the country code of the number.",
        hint_zh="检查手机号位数与国家码。",
    ),
    1011: CodeFacts(
        error=RateLimitError,
        repeat="never",
        text="获取验证码次数超过限制",
        hint="The allowance is used up: try another day or verify in another way.",
        hint_zh="当日次数已用尽，请改日再试或更换验证方式。",
    ),
    1012: CodeFacts(
        error=AuthenticationError,
        repeat="never",
        text="验证码失效，请重新获取",
        hint="Request a new code and enter it soon.",
        hint_zh="重新获取验证码并尽快输入。",
    ),
    1013: CodeFacts(
        error=ConflictError,
        repeat="never",
        text="IM帐号已下线",
        hint="Have the IM account log in again, then repeat.",
        hint_zh="让该 IM 帐号重新登录后再操作。",
    ),
    1014: CodeFacts(
        error=NotFoundError,
        repeat="never",
        text="帐号不存在",
        hint=("Check accountId or imAccid and that it belongs to this AppKey; create the account if it is missing."),
        hint_zh="核对 accountId 或 imAccid，且属于同一 AppKey；不存在则先创建帐号。",
    ),
    1015: CodeFacts(
        error=RateLimitError,
        repeat="never",
        text="验证码获取频繁，请稍后再试",
        hint="Wait about a minute before requesting another code.",
        hint_zh="等待约一分钟后再获取验证码。",
    ),
    1016: CodeFacts(
        error=ConflictError,
        repeat="never",
        text="注册超时，请重新操作",
        hint="Start the registration again from its first step.",
        hint_zh="从第一步重新开始注册。",
    ),
    1017: CodeFacts(
        error=ConflictError,
        repeat="never",
        text="更改密码超时，请重新操作",
        hint="Start the password change again from its first step.",
        hint_zh="从第一步重新开始修改密码。",
    ),
    1019: CodeFacts(
        error=ConflictError,
        repeat="never",
        text="会议帐号已被创建",
        hint="Look the account up by imAccid and use the existing one.",
        hint_zh="用 imAccid 查询并直接使用已有帐号。",
    ),
    1021: CodeFacts(
        error=ConflictError,
        repeat="never",
        text="IM未绑定",
        hint="Bind an IM account to the application in the vendor's console first.",
        hint_zh="先在控制台为该应用绑定 IM。",
    ),
    2000: CodeFacts(
        error=NotFoundError,
        repeat="never",
        text="该会议不存在",
        hint=(
            "Check the identifier: a cancelled or recycled meeting disappears, and its number may belong "
            "to another by now."
        ),
        hint_zh="核对会议标识；会议取消或回收后会消失，会议号可能已被重新分配。",
    ),
    2001: CodeFacts(
        error=QuotaExceededError,
        repeat="never",
        text="会议已达人数上限",
        hint="Have somebody leave or the limit raised, then join again.",
        hint_zh="请成员退出，或提高会议人数上限后再加入。",
    ),
    2002: CodeFacts(
        error=ConflictError,
        repeat="never",
        text="该会议已在进行中",
        hint="Join the running meeting, or end it first.",
        hint_zh="直接加入该会议，或先结束它。",
    ),
    2003: CodeFacts(
        error=InvalidRequestError,
        repeat="never",
        text="昵称格式不正确",
        hint="Use at most 10 Chinese characters, letters or digits.",
        hint_zh="昵称须为 10 位以内的汉字、字母或数字。",
    ),
    2004: CodeFacts(
        error=InvalidRequestError,
        repeat="never",
        text="成员视频状态错误",
        hint="Send 1 (on) or 2 (off) as video.",
        hint_zh="video 只能为 1（打开）或 2（关闭）。",
    ),
    2005: CodeFacts(
        error=InvalidRequestError,
        repeat="never",
        text="成员音频状态错误",
        hint="Send 1 (on) or 2 (off) as audio.",
        hint_zh="audio 只能为 1（打开）或 2（关闭）。",
    ),
    2007: CodeFacts(
        error=PermissionDeniedError,
        repeat="never",
        text="该用户未拥有会议码",
        hint="Use the user's own personal number, or a meeting with a random number.",
        hint_zh="使用该用户自己的个人会议号，或改用随机号会议。",
    ),
    2009: CodeFacts(
        error=QuotaExceededError,
        repeat="never",
        text="已达屏幕共享人数上限",
        hint="Wait until another member stops sharing.",
        hint_zh="等待其他成员停止共享后再试。",
    ),
    2010: CodeFacts(
        error=ConflictError,
        repeat="never",
        text="会议被锁定",
        hint="Ask the host to unlock the meeting, then join again.",
        hint_zh="请主持人解除锁定后再加入。",
    ),
    2011: CodeFacts(
        error=ConflictError,
        repeat="never",
        text="会议id已被占用",
        hint="Choose another number, or end and recycle the meeting that has it.",
        hint_zh="换一个会议号，或先结束并回收占用它的会议。",
    ),
    2012: CodeFacts(
        error=NotFoundError,
        repeat="never",
        text="会议直播配置不存在",
        hint="Configure live streaming for the meeting first.",
        hint_zh="先为会议配置直播。",
    ),
    2014: CodeFacts(
        error=AuthenticationError,
        repeat="never",
        text="会议密码错误",
        hint="Check the password with the host and try again.",
        hint_zh="向主持人核对会议密码后重试。",
    ),
    2015: CodeFacts(
        error=ConflictError,
        repeat="never",
        text="同一账号并发入会错误",
        hint="Let the first join finish before the account joins again.",
        hint_zh="等前一次入会结束后再用该帐号入会。",
    ),
    2017: CodeFacts(
        error=InvalidRequestError,
        repeat="never",
        text="会议主题格式错误",
        hint="Use a subject of 1 to 30 characters.",
        hint_zh="会议主题须在 30 字符以内且不为空。",
    ),
    2018: CodeFacts(
        error=AuthenticationError,
        repeat="never",
        text="请输入会议密码",
        hint="Pass the meeting's password when joining.",
        hint_zh="入会时传入 password。",
    ),
    2021: CodeFacts(
        error=ConflictError,
        repeat="never",
        text="会议已结束",
        hint="Create another meeting, or have the scheduled one entered again.",
        hint_zh="创建新的会议，或等待预约会议重新开始。",
    ),
    2022: CodeFacts(
        error=ConflictError,
        repeat="never",
        text="个人会议号未设置",
        hint="Use a meeting with a random number, or have the vendor assign a personal number.",
        hint_zh="改用随机号会议，或联系客服为该帐号分配个人会议号。",
    ),
    2023: CodeFacts(
        error=InvalidRequestError,
        repeat="never",
        text="非法会议类型",
        hint="Send 1 (instant), 2 (personal) or 3 (scheduled) as type.",
        hint_zh="type 只能为 1（随机号即时）、2（个人号即时）或 3（随机号预约）。",
    ),
    2024: CodeFacts(
        error=ConflictError,
        repeat="never",
        text="会议已存在",
        hint="Look the existing meeting up and use it, or end it first.",
        hint_zh="查询并使用已有会议，或先结束它。",
    ),
    2025: CodeFacts(
        error=ConflictError,
        repeat="never",
        text="会议信息不能被修改",
        hint=("Only a scheduled meeting that has not started can be changed or cancelled; look at its status first."),
        hint_zh="只有未开始的预约会议可以修改或取消，请先查询会议状态。",
    ),
    2100: CodeFacts(
        error=PermissionDeniedError,
        repeat="never",
        text="没有主持人权限",
        hint="Have the host do it, or hand the host's role over first.",
        hint_zh="由主持人操作，或先移交主持人。",
    ),
    2101: CodeFacts(
        error=NotFoundError,
        repeat="never",
        text="该成员未在会议中",
        hint="Make sure that the member has joined, then repeat.",
        hint_zh="确认成员已入会后再操作。",
    ),
    2102: CodeFacts(
        error=InvalidRequestError,
        repeat="never",
        text="会控码错误",
        hint="Send one of the documented control codes.",
        hint_zh="检查会控操作码是否为文档所列取值。",
    ),
    2103: CodeFacts(
        error=PermissionDeniedError,
        repeat="never",
        text="已被主持人关闭画面，无法自行打开",
        hint="Ask the host to allow the video.",
        hint_zh="请主持人允许打开画面。",
    ),
    2104: CodeFacts(
        error=ServiceBusyError,
        repeat="never",
        text="该成员连接不稳定，请稍后再试",
        hint="Let the user try again once the member's network has recovered.",
        hint_zh="待该成员网络恢复后由用户再次操作。",
    ),
    2105: CodeFacts(
        error=PermissionDeniedError,
        repeat="never",
        text="没有权限",
        hint="Use an account that has the permission.",
        hint_zh="使用拥有该权限的帐号操作。",
    ),
    3001: CodeFacts(
        error=InvalidRequestError,
        repeat="never",
        text="客户端类型错误",
        hint="Send a clientType from 1 to 8.",
        hint_zh="clientType 只能为 1 到 8。",
    ),
    3003: CodeFacts(
        error=PermissionDeniedError,
        repeat="never",
        text="功能不支持",
        hint="Check that the client type and your contract include the feature.",
        hint_zh="确认该客户端类型与合同支持此功能。",
    ),
    4000: CodeFacts(
        error=QuotaExceededError,
        repeat="never",
        text="企业会议服务已到期",
        hint="Renew the contract with the vendor.",
        hint_zh="联系客服续费。",
    ),
    4001: CodeFacts(
        error=QuotaExceededError,
        repeat="never",
        text="该应用已达并发上限",
        hint="End meetings that are no longer used, or have the vendor raise the limit.",
        hint_zh="结束不再使用的会议，或联系客服提升并发上限。",
    ),
}
"""What the contract says about each code."""
