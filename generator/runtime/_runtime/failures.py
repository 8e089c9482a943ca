"""Why no response came, in words: imported only when a call fails."""

from __future__ import annotations

import os
import re
import socket
import ssl
from collections.abc import Iterator
from typing import Any, NamedTuple

import msgspec

from .errors import (
    APIConnectionError,
    APIResponseError,
    APITimeoutError,
    MeetingError,
    OutcomeUnknownError,
    printable,
)
from .operation import Operation
from .transport import TransportError


class Hint(NamedTuple):
    """What to do about a failure, in both languages."""

    en: str
    zh: str


_NAME = Hint(
    "The name could not be resolved: check the host in base_url, or of the proxy, and this machine's DNS.",
    "域名无法解析：请检查 base_url（或代理）中的主机名与本机 DNS。",
)
_CERTIFICATE = Hint(
    "The certificate is not trusted. If a proxy or a gateway of your own has it, name its root with SSL_CERT_FILE.",
    "证书不受信任。如果它属于您自己的代理或网关，请用 SSL_CERT_FILE 指定其根证书。",
)
_TLS = Hint(
    "TLS could not be set up: check that base_url names a port that serves HTTPS.",
    "TLS 握手失败：请检查 base_url 的端口是否提供 HTTPS。",
)
_PROXY_LOGIN = Hint(
    "The proxy asks for a user name and a password: HTTPS_PROXY=http://user:password@host:port.",
    "代理要求用户名和密码：HTTPS_PROXY=http://用户名:密码@主机:端口。",
)
_PROXY = Hint(
    "Check the proxy: HTTPS_PROXY and ALL_PROXY name it, NO_PROXY names the hosts that are reached without it.",
    "请检查代理：HTTPS_PROXY 与 ALL_PROXY 指定代理，NO_PROXY 指定不经代理访问的主机。",
)
_REFUSED = Hint(
    "Nothing accepts connections there: check host and port of base_url, and firewalls in between.",
    "目标没有接受连接：请检查 base_url 的主机与端口，以及途中的防火墙。",
)
_UNREACHABLE = Hint(
    "Check that this machine reaches the gateway: host and port of base_url, routes, firewalls, proxies.",
    "请检查本机能否连接网关：base_url 的主机与端口、路由、防火墙与代理。",
)
_POOL = Hint(
    "All connections of this client are in use: make fewer calls at a time, or share the calls among several clients.",
    "该客户端的连接已全部占用：请减少并发调用，或分散到多个客户端。",
)
_SLOW = Hint(
    "Call again later, or allow more time with timeout=.",
    "请稍后重新调用，或用 timeout= 放宽时限。",
)
_BROKEN = Hint(
    "The connection broke before the response was complete: call again later.",
    "连接在收完响应之前断开：请稍后重新调用。",
)
_LOOK = Hint(OutcomeUnknownError.hint, OutcomeUnknownError.hint_zh)
_HARMLESS = Hint(
    "The request was sent and its response did not arrive. Making the same call again does no harm.",
    "请求已发出但未收到应答。再次发起相同的调用不会造成重复。",
)

_REDIRECTED = Hint(
    "Redirects are not followed, for they would hand the signature on. If the new address is the vendor's, make it "
    "the base_url.",
    "不跟随重定向，以免把签名交给他人。如果新地址属于网易，请将其设为 base_url。",
)
_NOT_THERE = Hint(
    "Nothing of the API is at this address: check base_url, its prefix included.",
    "该地址没有此接口：请检查 base_url 及其路径前缀。",
)
_FORBIDDEN = Hint(
    "Something in front of the API refuses the request: check gateways, proxies and networks that want a login.",
    "请求在到达接口之前被拒绝：请检查途中的网关、代理与需要登录的网络。",
)
_TOO_MANY = Hint(
    "Make fewer requests a second, and wait for `retry_after` seconds where it is given.",
    "请降低请求频率；如有 `retry_after`，请先等待相应秒数。",
)
_GATEWAY = Hint(
    "A gateway in front of the API failed: call again later.",
    "接口之前的网关出错：请稍后重新调用。",
)

_WORDS = {
    "ConnectError": "the connection could not be made",
    "ConnectTimeout": "the connection was not made in time",
    "PoolTimeout": "no connection became free in time",
    "ReadError": "the connection broke",
    "ReadTimeout": "the response did not arrive in time",
    "RemoteProtocolError": "the response is not valid HTTP",
    "WriteError": "the connection broke",
    "WriteTimeout": "the request could not be sent in time",
}
"""For exceptions without a text, by the names that httpx and httpcore share."""

_LOGIN = re.compile(r"\b407\b|proxy auth")
_ERRNO = re.compile(r"^\[Errno -?[0-9]+\] ")
_CALL = re.compile(r"\[Errno ([0-9]+)\] Connect call failed")
"""What asyncio says in place of the operating system's words."""
_USERINFO = re.compile(r"(?<=//)[^/?#\s]*@")
_QUERY = re.compile(r"(://[^\s?#]*)[?#]\S*")


def reason(error: BaseException) -> str:
    """Return what *error* says, and what the operating system said; never empty, one line, without credentials."""
    chain = [cause for cause in causes(error) if isinstance(cause, Exception)]  # a cancellation is asyncio's own affair
    text = next((text for cause in chain if (text := clean(str(cause)))), "")
    system = next((said for cause in reversed(chain) if isinstance(cause, OSError) and (said := clean(str(cause)))), "")
    if system and system not in text:
        text = f"{text}: {system}"
    return text or _WORDS.get(type(error).__name__, type(error).__name__)


def clean(text: str) -> str:
    """Return foreign *text* on one line, without the user, the password and the query of addresses in it."""
    text = _CALL.sub(lambda match: os.strerror(int(match[1])), text.strip())
    return printable(_QUERY.sub(r"\1", _USERINFO.sub("", _ERRNO.sub("", text))), 200)


def causes(error: BaseException) -> Iterator[BaseException]:
    """Yield *error* and what it was raised from, outermost first."""
    seen: set[int] = set()
    cause: BaseException | None = error
    while cause is not None and id(cause) not in seen:
        seen.add(id(cause))
        yield cause
        # A group holds the failure of each address: the first stands for all.
        several: tuple[BaseException, ...] = getattr(cause, "exceptions", ())
        cause = several[0] if several else cause.__cause__ or cause.__context__


def hint_for(error: BaseException, text: str, *, sent: bool, timed_out: bool, queued: bool, proxied: bool) -> Hint:
    """Return what to do about *error* of a transport; *text* is its reason."""
    chain = list(causes(error))
    words = text.lower()
    if queued:
        return _POOL
    if any(isinstance(cause, socket.gaierror) for cause in chain) or "failed to lookup" in words:
        return _NAME
    if any(isinstance(cause, ssl.SSLCertVerificationError) for cause in chain) or "certificate" in words:
        return _CERTIFICATE
    if any(isinstance(cause, ssl.SSLError) for cause in chain) or "[ssl" in words or "corrupt message" in words:
        return _TLS
    if proxied or type(error).__name__ == "ProxyError":
        if _LOGIN.search(words):
            return _PROXY_LOGIN
        if not sent:
            return _PROXY
    if timed_out:
        return _SLOW if sent else _UNREACHABLE
    if any(isinstance(cause, ConnectionRefusedError) for cause in chain) or "refused" in words:
        return _REFUSED
    return _BROKEN if sent else _UNREACHABLE


def failure(
    error: BaseException,
    text: str,
    *,
    sent: bool,
    timed_out: bool,
    queued: bool = False,
    retryable: bool = True,
    address: str = "",
    proxy: str = "",
) -> TransportError:
    """Return the ``TransportError`` for *error* of an HTTP library, with what to do about it."""
    hint = hint_for(error, text, sent=sent, timed_out=timed_out, queued=queued, proxied=bool(proxy))
    return TransportError(
        text,
        sent=sent,
        timed_out=timed_out,
        queued=queued,
        retryable=retryable,
        address=address,
        proxy=proxy,
        hint=hint.en,
        hint_zh=hint.zh,
    )


def no_response(operation: str, error: TransportError, timeout: float, gateway: str) -> APIConnectionError:
    """Return the public error for a request without a response: what, where to, and through what."""
    where = clean(gateway)
    if error.proxy:
        where += f" via proxy {clean(error.proxy)}"
    if error.address:
        where += f" ({clean(error.address)})"
    if error.queued:
        what = f"no connection to {where} became free"
    elif not error.sent:
        what = f"could not connect to {where}"
    elif error.timed_out:
        what = f"no response from {where} within {timeout:g} s"
    else:
        what = f"no usable response from {where}"
    kind = APITimeoutError if error.timed_out else APIConnectionError
    hint = Hint(error.hint, error.hint_zh) if "hint" in vars(error) else _default(error)
    text = f"{operation}: {what}: {clean(str(error)) or 'no reason was given'}"
    return kind(text, operation=operation, hint=hint.en, hint_zh=hint.zh)


def _default(error: TransportError) -> Hint:
    if error.queued:
        return _POOL
    if error.timed_out:
        return _SLOW
    return _BROKEN if error.sent else _UNREACHABLE


def explain_response(error: APIResponseError) -> None:
    """Say in *error* what to do about a response that something else than the API has sent."""
    status = 0 if error.code is not None else error.status or 0
    if 300 <= status < 400:
        hint = _REDIRECTED
    elif status in (404, 405, 410):
        hint = _NOT_THERE
    elif status == 407:
        hint = _PROXY_LOGIN
    elif status in (401, 403, 511):
        hint = _FORBIDDEN
    elif status == 429:
        hint = _TOO_MANY
    elif status >= 500:
        hint = _GATEWAY
    else:
        return
    error.hint, error.hint_zh = hint


def outcome_unknown(
    operation: Operation[Any], cause: MeetingError, sent_at: float, sent: dict[str, Any], harmless: bool
) -> OutcomeUnknownError:
    """Return the error for a call that may have been carried out."""
    hint = _HARMLESS if harmless else _LOOK
    return OutcomeUnknownError(
        f"{operation.name} may or may not have been carried out: {cause}",
        operation=operation.name,
        sent_at=sent_at,
        sent=sent,
        code=cause.code,
        msg=cause.msg,
        request_id=cause.request_id,
        status=cause.status,
        retry_after=cause.retry_after,
        data=cause.data,
        hint=hint.en,
        hint_zh=hint.zh,
    )


class NoRetry(msgspec.Struct, frozen=True):
    """Why a call that may be repeated was not."""

    en: str
    zh: str


BUDGET = NoRetry(
    "the retry budget of this client is used up: too many of its calls failed lately",
    "该客户端的重试预算已用尽：近期失败的调用过多",
)


def too_late(wait: float) -> NoRetry:
    """Return the reason for a wait that would end after the deadline."""
    return NoRetry(
        f"the next attempt, {wait:.1f} s later, would begin after the deadline of the call",
        f"下一次尝试需再等 {wait:.1f} 秒，已超过调用的时限",
    )


def too_long(asked: float, longest: float) -> NoRetry:
    """Return the reason for a server that asks to wait too long."""
    return NoRetry(
        f"the server asks to wait {asked:g} s, and at most {longest:g} s are waited",
        f"服务器要求等待 {asked:g} 秒，而最多等待 {longest:g} 秒",
    )


def not_repeated(error: MeetingError, why: NoRetry) -> None:
    """Say in *error* why there is no further attempt."""
    error.args = (f"{error} · no retry: {why.en}",)
    error.hint = f"{error.hint} No retry: {why.en}.".strip()
    error.hint_zh = f"{error.hint_zh}未重试：{why.zh}。"
