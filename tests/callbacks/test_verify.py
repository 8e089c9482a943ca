"""Nobody but the vendor gets a callback past the verifier, and it says what was wrong."""

from __future__ import annotations

import json
import struct
from collections.abc import Iterable, Sequence
from datetime import timedelta
from hashlib import md5, sha1
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from netease_meeting import errors
from netease_meeting._runtime.signing import Material
from netease_meeting.webhooks import MeetingEnded, Webhook

from tests.conftest import ROOT

from .signed import BODY, KEY, MILLIS, NOW, SECRET, encoded, signed, webhook

VECTORS: list[dict[str, str]] = json.loads((ROOT / "tests/data/checksum.json").read_text("utf-8"))


def refusal(headers: Any, body: bytes = BODY, **options: Any) -> errors.WebhookError:
    with pytest.raises(errors.WebhookError) as caught:
        webhook(**options).verify(body, headers)
    assert SECRET not in str(caught.value) + repr(caught.value) + repr(vars(caught.value))
    assert caught.value.hint
    assert caught.value.hint_zh
    assert caught.value.status != 200
    return caught.value


# -- what is accepted


IN_MILLIS = [vector for vector in VECTORS if len(vector["cur_time"]) == 13]


@pytest.mark.parametrize("vector", IN_MILLIS, ids=range(len(IN_MILLIS)))
def test_the_sums_of_the_vendors_reference_are_accepted(vector: dict[str, str]) -> None:
    headers = {"AppKey": KEY, "Nonce": vector["nonce"], "CurTime": vector["cur_time"]}
    headers["CheckSum"] = vector["callback_checksum"]
    hook = webhook(app_secret=vector["app_secret"], now=lambda: int(vector["cur_time"]) / 1000)
    hook.verify(vector["body"].encode(), headers)


@pytest.mark.parametrize(
    "spell",
    [
        lambda name: name,
        str.lower,
        str.upper,
        str.title,
        str.swapcase,
    ],
)
def test_header_names_are_in_any_case(spell: Any) -> None:
    headers = {spell(name): value for name, value in signed(BODY).items()}
    webhook().verify(BODY, headers)
    webhook().verify(BODY, list(headers.items()))
    webhook().verify(BODY, [(name.encode(), value.encode()) for name, value in headers.items()])


def test_header_names_as_wsgi_and_django_write_them() -> None:
    meta = {f"HTTP_{name.upper()}": value for name, value in signed(BODY).items()}
    environ: dict[str, Any] = {"REQUEST_METHOD": "POST", "CONTENT_LENGTH": "5", "wsgi.input": None, **meta}
    webhook().verify(BODY, environ)
    assert "Nonce stands there twice" in str(refusal({**meta, "nonce": meta["HTTP_NONCE"]}))


def test_other_headers_do_not_matter() -> None:
    others = [("Host", "a"), ("Set-Cookie", "a"), ("Set-Cookie", "b"), ("X-Nonce", "1"), ("CurTimes", "2")]
    webhook().verify(BODY, [*others, *signed(BODY).items()])


@pytest.mark.case(121)
def test_old_and_new_secret_live_side_by_side_while_one_replaces_the_other() -> None:
    hook = webhook(app_secret=["new-secret", SECRET])
    hook.verify(BODY, signed(BODY))
    hook.verify(BODY, signed(BODY, secret="new-secret"))
    refusal(signed(BODY, secret="older-secret"), app_secret=["new-secret", SECRET])


# -- what is refused


@pytest.mark.case(103)
@pytest.mark.parametrize("sum_", ["0" * 40, sha1(b"").hexdigest(), md5(b"").hexdigest()])
def test_a_wrong_sum(sum_: str) -> None:
    error = refusal({**signed(BODY), "CheckSum": sum_})
    assert isinstance(error, errors.WebhookSignatureError)
    assert "another secret" in str(error)


@pytest.mark.case(104)
@pytest.mark.parametrize("name", ["AppKey", "Nonce", "CurTime", "CheckSum"])
def test_a_header_that_is_missing_or_doubled(name: str) -> None:
    headers = signed(BODY)
    assert f"{name} is missing" in str(refusal({key: value for key, value in headers.items() if key != name}))
    twice = [*headers.items(), (name.lower(), headers[name])]
    assert f"{name} stands there twice" in str(refusal(twice))
    assert f"{name} stands there twice" in str(refusal([(key.encode(), value.encode()) for key, value in twice]))
    refusal({**headers, name: f"{headers[name]},{headers[name]}"})
    refusal({**headers, name: f"{headers[name]}, {headers[name]}"})
    refusal({})


@pytest.mark.case(107)
@pytest.mark.parametrize("name", ["AppKey", "Nonce", "CurTime", "CheckSum"])
@pytest.mark.parametrize(
    "value", ["", " ", "é", "１", "\ud800", "a\nb", "\x00", "a" * 129, None, 5, ["1"], b"\xff", b"1"]
)
def test_a_header_that_is_not_what_it_should_be(name: str, value: Any) -> None:
    refusal({**signed(BODY), name: value})
    if isinstance(value, bytes):
        refusal([(key.encode(), value if key == name else other.encode()) for key, other in signed(BODY).items()])


@pytest.mark.case(18, 108)
@pytest.mark.parametrize(
    "millis", [MILLIS[:-3], "0" + MILLIS, MILLIS[:-1], MILLIS + ".0", "-" + MILLIS, "+" + MILLIS, "１" + MILLIS[1:]]
)
def test_a_time_that_is_no_time_in_milliseconds(millis: str) -> None:
    assert "13 digits" in str(refusal(signed(BODY, millis=millis)))


def test_a_sum_in_upper_case() -> None:
    headers = signed(BODY)
    assert "lower-case" in str(refusal({**headers, "CheckSum": headers["CheckSum"].upper()}))


@pytest.mark.case(109)
def test_too_old_and_from_the_future() -> None:
    def at(seconds: float, **options: Any) -> None:
        millis = str(int((NOW + seconds) * 1000))
        webhook(**options).verify(BODY, signed(BODY, millis=millis))

    for seconds in (-7500, -7212, 0, 300):
        at(seconds)
    for seconds, word in ((-7501, "old"), (301, "future")):
        with pytest.raises(errors.WebhookTimestampError, match=word):
            at(seconds)
    with pytest.raises(errors.WebhookTimestampError, match="10 s old, allowed are 5 s"):
        at(-10, tolerance=timedelta(seconds=5))
    with pytest.raises(errors.WebhookTimestampError, match="future"):
        at(10, future=timedelta(seconds=5))


def test_another_application_with_the_same_secret() -> None:
    assert "another application" in str(refusal(signed(BODY, key="another")))


@pytest.mark.case(117)
def test_a_body_that_is_too_large_is_not_even_hashed() -> None:
    error = refusal({}, body=b"x" * (1024 * 1024 + 1))
    assert isinstance(error, errors.WebhookTooLargeError)
    assert error.status == 413
    body = b"x" * 1024 * 1024
    webhook().verify(body, signed(body))


@pytest.mark.case(114)
@pytest.mark.parametrize("body", [{"msgType": 3}, '{"msgType": 3}', memoryview(BODY), None])
def test_only_the_bytes_as_received(body: Any) -> None:
    with pytest.raises(TypeError) as caught:
        webhook().parse(body, signed(BODY))
    for way in ("await request.body()", "request.get_data()", "request.body", "await request.read()"):
        assert way in str(caught.value)
    gathered: Any = bytearray(BODY)
    assert isinstance(webhook().parse(gathered, signed(BODY)), MeetingEnded)


def test_a_body_that_a_framework_wrote_anew() -> None:
    again = json.dumps(json.loads(BODY)).encode()
    assert "not JSON written anew" in refusal(signed(BODY), body=again).hint


@settings(deadline=None)
@given(body=st.binary(max_size=300), nonce=st.text("0123456789abcdefABCDEF-._~", min_size=1, max_size=128))
def test_whatever_is_signed_is_accepted(body: bytes, nonce: str) -> None:
    webhook().verify(body, signed(body, nonce=nonce))


@settings(deadline=None)
@given(data=st.data())
def test_whatever_is_changed_is_refused(data: st.DataObject) -> None:
    headers = signed(BODY)
    name = data.draw(st.sampled_from(["body", *headers]))
    old = BODY if name == "body" else headers[name].encode()
    at = data.draw(st.integers(0, len(old) - 1))
    new = old[:at] + bytes([data.draw(st.integers(0, 255).filter(lambda byte: byte != old[at]))]) + old[at + 1 :]
    came = [(key.encode(), value.encode()) for key, value in headers.items()]
    if name == "body":
        refusal(came, body=new)
    else:
        refusal([(key, new if key == name.encode() else value) for key, value in came])


# -- forgeries that a naive verifier accepts


def naive(body: bytes, nonce: bytes, cur_time: bytes, sum_: str) -> bool:
    """The rule of the vendor's document and nothing else."""
    int(cur_time)
    return sha1(SECRET.encode() + nonce + cur_time + md5(body).hexdigest().encode()).hexdigest() == sum_


def padding(length: int) -> bytes:
    """What SHA-1 puts behind a message of so many bytes."""
    return b"\x80" + b"\0" * ((55 - length) % 64) + struct.pack(">Q", length * 8)


def extended(sum_: str, length: int, suffix: bytes) -> str:
    """Return the SHA-1 of a message of *length* bytes, its padding, and *suffix*, from the message's SHA-1 alone."""
    state = struct.unpack(">5I", bytes.fromhex(sum_))
    length += len(padding(length))
    data = suffix + padding(length + len(suffix))
    for at in range(0, len(data), 64):
        state = compressed(state, struct.unpack(">16I", data[at : at + 64]))
    return struct.pack(">5I", *state).hex()


def compressed(state: Sequence[int], block: Iterable[int]) -> tuple[int, ...]:
    words = list(block)
    for t in range(16, 80):
        words.append(rotated(words[t - 3] ^ words[t - 8] ^ words[t - 14] ^ words[t - 16], 1))
    a, b, c, d, e = state
    for t, word in enumerate(words):
        mixed, constant = (
            ((b & c) | (~b & d), 0x5A827999),
            (b ^ c ^ d, 0x6ED9EBA1),
            ((b & c) | (b & d) | (c & d), 0x8F1BBCDC),
            (b ^ c ^ d, 0xCA62C1D6),
        )[t // 20]
        a, b, c, d, e = (rotated(a, 5) + mixed + e + constant + word) & 0xFFFFFFFF, a, rotated(b, 30), c, d
    return tuple((old + new) & 0xFFFFFFFF for old, new in zip(state, (a, b, c, d, e), strict=True))


def rotated(word: int, by: int) -> int:
    return ((word << by) | (word >> (32 - by))) & 0xFFFFFFFF


@pytest.mark.case(105)
def test_a_seen_request_cannot_be_extended_into_a_callback() -> None:
    """SHA-1 of secret-then-message: whoever saw one signed request can sign a callback without the secret."""
    seen = {"nonce": b"12345678", "time": MILLIS[:-3].encode()}
    sum_ = sha1(SECRET.encode() + seen["nonce"] + seen["time"]).hexdigest()
    forged = encoded(
        {"msgType": 3, "msgBody": {"meetingUniqueId": 1, "meetingId": "1", "time": 1, "type": 1, "subject": ""}}
    )
    suffix = MILLIS.encode() + md5(forged).hexdigest().encode()
    accepted = 0
    for guess in range(1, 65):
        length = guess + len(seen["nonce"]) + len(seen["time"])
        nonce = seen["nonce"] + seen["time"] + padding(length)
        forgery = extended(sum_, length, suffix)
        accepted += naive(forged, nonce, MILLIS.encode(), forgery)
        headers = {"AppKey": KEY, "CurTime": MILLIS, "CheckSum": forgery}
        assert "Nonce is not" in str(refusal({**headers, "Nonce": nonce.decode("latin-1")}, body=forged))
        raw = [(name.encode(), value.encode()) for name, value in headers.items()]
        assert "Nonce is not" in str(refusal([*raw, (b"Nonce", nonce)], body=forged))
    assert accepted == 1, "the attack itself works: of all lengths of the secret, the right one"


@pytest.mark.case(106)
@pytest.mark.parametrize("by", [1, 2, 7])
def test_no_digit_can_be_moved_between_nonce_and_time(by: int) -> None:
    headers = signed(BODY, nonce="12345678" + "0" * by)
    shifted = {**headers, "Nonce": "12345678", "CurTime": "0" * by + MILLIS}
    assert naive(BODY, shifted["Nonce"].encode(), shifted["CurTime"].encode(), shifted["CheckSum"])
    assert "13 digits" in str(refusal(shifted))
    back = {**headers, "Nonce": headers["Nonce"] + MILLIS[:by], "CurTime": MILLIS[by:]}
    assert "13 digits" in str(refusal(back))


# -- several applications


class Tenants:
    def __init__(self, secrets: dict[str, str]) -> None:
        self.secrets = secrets
        self.asked: list[str] = []

    def __call__(self, app_key: str) -> str | None:
        self.asked.append(app_key)
        return self.secrets.get(app_key)


@pytest.mark.case(120)
def test_each_application_has_its_secret() -> None:
    tenants = Tenants({"one": "secret-1", "two": "secret-2"})
    hook = Webhook(app_secret=tenants, now=lambda: NOW)
    events = [hook.parse(BODY, signed(BODY, key=key, secret=tenants.secrets[key])) for key in ("one", "two")]
    assert [event.app_key for event in events] == ["one", "two"]
    assert events[0].key != events[1].key, "the same meeting number in two applications is two meetings"
    for key, secret in (("one", "secret-2"), ("three", "secret-1")):
        with pytest.raises(errors.WebhookSignatureError, match="signature is wrong"):
            hook.verify(BODY, signed(BODY, key=key, secret=secret))
    assert tenants.asked == ["one", "two", "one", "three"]
    with pytest.raises(errors.WebhookSignatureError, match="AppKey is not"):
        hook.verify(BODY, {**signed(BODY), "AppKey": "'; drop\n"})
    assert len(tenants.asked) == 4, "the function sees nothing but visible ASCII"


@pytest.mark.case(120)
def test_an_unknown_application_costs_as_many_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    hook = Webhook(app_secret=Tenants({"one": "secret-1"}), now=lambda: NOW)
    digest, counted = hook._verifier._digest, list[bytes]()  # what is hashed has no public door

    def counting(material: Material) -> bytes:
        counted.append(material.app_key)
        return digest(material)

    monkeypatch.setattr(hook._verifier, "_digest", counting)
    for key in ("one", "unknown"):
        with pytest.raises(errors.WebhookSignatureError):
            hook.verify(BODY, signed(BODY, key=key, secret="wrong"))
    assert counted == [b"one", b"unknown"]


@pytest.mark.case(122)
def test_what_the_function_raises_is_passed_on() -> None:
    def unreachable(app_key: str) -> str:
        raise ConnectionError("no database")

    with pytest.raises(ConnectionError):
        Webhook(app_secret=unreachable).verify(BODY, signed(BODY))
    with pytest.raises(errors.ConfigurationError, match="line break"):
        Webhook(app_secret=lambda key: "secret\n").verify(BODY, signed(BODY))


@pytest.mark.parametrize(
    "options",
    [
        {"app_key": "", "app_secret": "s"},
        {"app_key": "k", "app_secret": ""},
        {"app_key": "k", "app_secret": []},
        {"app_key": "k", "app_secret": ["s", "s\n"]},
        {"app_key": "k k", "app_secret": "s"},
        {"app_secret": "s"},
    ],
)
def test_what_cannot_work_is_said_at_once(options: Any) -> None:
    with pytest.raises(errors.ConfigurationError):
        Webhook(**options)
