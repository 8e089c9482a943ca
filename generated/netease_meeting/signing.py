# Generated from spec/signing.yaml by `make generate`. Do not edit.
"""The signatures of the API: which headers prove who sent which bytes."""

from __future__ import annotations

from hashlib import md5, sha1

from ._runtime.signing import Headers, Material, Scheme

__all__ = ["BODY_DIGEST", "CALLBACK_CHECK_SUM", "CHECK_SUM"]


def _check_sum_check_sum(m: Material) -> bytes:
    return sha1(m.app_secret + m.nonce + m.unix_seconds).hexdigest().encode()


def _check_sum(m: Material) -> Headers:
    """Proves who sent a request. Every request is authenticated, and one that fails cannot call the API. Nonce,
    time and sum are made anew for each request. The sum covers neither body, method nor path, hence HTTPS is a
    must.
    """
    return (
        (b"AppKey", m.app_key),
        (b"Nonce", m.nonce),
        (b"CurTime", m.unix_seconds),
        (b"CheckSum", _check_sum_check_sum(m)),
    )


def _body_digest_authorization(m: Material) -> bytes:
    return md5(m.body + b"@163").hexdigest().encode()


def _body_digest(m: Material) -> Headers:
    """Ties a request to its body: MD5 over the JSON text that is sent with @163 behind it. It contains no secret
    and proves nothing by itself.
    """
    return ((b"authorization", _body_digest_authorization(m)),)


def _callback_check_sum_check_sum(m: Material) -> bytes:
    return sha1(m.app_secret + m.nonce + m.unix_millis + md5(m.body).hexdigest().encode()).hexdigest().encode()


def _callback_check_sum(m: Material) -> Headers:
    """Proves that a callback comes from the vendor. SHA-1 over AppSecret, Nonce, CurTime and the lower-case MD5 of
    the body as it was received, all joined, in lower-case hexadecimal.
    """
    return (
        (b"AppKey", m.app_key),
        (b"Nonce", m.nonce),
        (b"CurTime", m.unix_millis),
        (b"CheckSum", _callback_check_sum_check_sum(m)),
    )


CHECK_SUM = Scheme(
    name="checkSum",
    sign=_check_sum,
    literals={"appKey": "AppKey", "nonce": "Nonce", "unixSeconds": "CurTime"},
    digests={"CheckSum": _check_sum_check_sum},
)
BODY_DIGEST = Scheme(
    name="bodyDigest", sign=_body_digest, literals={}, digests={"authorization": _body_digest_authorization}
)
CALLBACK_CHECK_SUM = Scheme(
    name="callbackCheckSum",
    sign=_callback_check_sum,
    literals={"appKey": "AppKey", "nonce": "Nonce", "unixMillis": "CurTime"},
    digests={"CheckSum": _callback_check_sum_check_sum},
)
