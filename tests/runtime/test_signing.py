"""The signatures, held to what the vendor's Java reference computes."""

import json
import multiprocessing
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from netease_meeting import errors
from netease_meeting._runtime.secret import Secret
from netease_meeting._runtime.signing import Material, Scheme, Signer, new_nonce
from netease_meeting.signing import BODY_DIGEST, CALLBACK_CHECK_SUM, CHECK_SUM

VECTORS: list[dict[str, str]] = json.loads((Path(__file__).parent.parent / "data/checksum.json").read_text("utf-8"))


def material(vector: dict[str, str], **others: Any) -> Material:
    return Material(
        app_key=b"key",
        app_secret=vector["app_secret"].encode(),
        nonce=vector["nonce"].encode(),
        body=vector["body"].encode(),
        unix_seconds=vector["cur_time"].encode(),
        unix_millis=vector["cur_time"].encode(),
    )


def digest(scheme: Scheme, vector: dict[str, str]) -> str:
    (made,) = scheme.digests.values()
    assert made(material(vector)) in dict(scheme.sign(material(vector))).values()
    return made(material(vector)).decode()


def test_there_are_64_vectors() -> None:
    assert len(VECTORS) == 64


@pytest.mark.case(1, 20, 21)
@pytest.mark.parametrize("vector", VECTORS, ids=range(len(VECTORS)))
def test_signatures_equal_the_vendors(vector: dict[str, str]) -> None:
    assert digest(CHECK_SUM, vector) == vector["request_checksum"]
    assert digest(CALLBACK_CHECK_SUM, vector) == vector["callback_checksum"]
    assert digest(BODY_DIGEST, vector) == vector["anonymous_authorization"]


@pytest.mark.case(9)
def test_nonce_is_decimal_and_long_and_shifts_no_digit() -> None:
    for _ in range(2000):
        nonce = new_nonce()
        assert nonce.isdigit()
        assert len(nonce) == 24
        assert not nonce.startswith(b"0")
        assert not nonce.endswith(b"0")


@pytest.mark.case(9)
@pytest.mark.parametrize(("drawn", "nonce"), [(0, b"1" + b"0" * 22 + b"1"), (81 * 10**22 - 1, b"9" * 24)])
def test_nonces_fill_their_range(drawn: int, nonce: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []

    def urandom(size: int) -> bytes:
        asked.append(size)
        return (81 * 10**22 + drawn).to_bytes(size, "big")

    monkeypatch.setattr("os.urandom", urandom)
    assert new_nonce() == nonce
    assert asked == [16], "enough for every nonce to be as likely as any other"


def nonces(count: int) -> list[bytes]:
    return [new_nonce() for _ in range(count)]


@pytest.mark.case(8)
def test_nonces_are_unique_across_threads_and_forks() -> None:
    with multiprocessing.get_context("fork").Pool(4) as pool, ThreadPoolExecutor(8) as threads:
        forked = pool.map(nonces, [5000] * 4)
        threaded = list(threads.map(nonces, [5000] * 8))
    made = [nonce for batch in (*forked, *threaded) for nonce in batch]
    assert len(set(made)) == len(made) == 60_000


@pytest.mark.case(10, 17)
def test_each_signature_is_fresh_and_of_its_time() -> None:
    signer = Signer("key", "secret")
    first, second = (dict(signer.sign([CHECK_SUM], b"{}", time)) for time in (1594639036.9, 1594639037.0))
    assert first[b"CurTime"] == b"1594639036"
    assert second[b"CurTime"] == b"1594639037"
    assert first[b"Nonce"] != second[b"Nonce"]
    assert first[b"CheckSum"] != second[b"CheckSum"]


@pytest.mark.case(1, 10)
def test_everything_a_signature_may_be_made_of_is_there() -> None:
    seen: list[Material] = []

    def sign(material: Material) -> tuple[tuple[bytes, bytes], ...]:
        seen.append(material)
        return ((b"A", b"%d" % len(seen)),)

    scheme = Scheme("s", sign, {}, {})
    assert Signer("key", "secret").sign([scheme, scheme], b"{}", 12.3456) == [(b"A", b"1"), (b"A", b"2")]
    for found in seen:
        assert (found.app_key, found.app_secret, found.body) == (b"key", b"secret", b"{}")
        assert (found.unix_seconds, found.unix_millis) == (b"12", b"12345")
    assert seen[0].nonce == seen[1].nonce, "one request carries one nonce"


@pytest.mark.case(95)
def test_what_signatures_are_made_of_shows_nothing() -> None:
    assert repr(material(VECTORS[0])) == "<Material>"
    assert repr(Secret("canary")) == str(Secret("canary")) == "***"


@pytest.mark.case(2, 4)
@pytest.mark.parametrize("secret", ["", "secret\n", " secret", "secret\t", "\ud800"])
def test_a_secret_that_cannot_be_meant_is_refused(secret: str) -> None:
    with pytest.raises(errors.ConfigurationError, match="app_secret"):
        Signer("key", secret)


@pytest.mark.case(4, 5, 6)
@pytest.mark.parametrize("key", ["", "ke y", "key\r\nX: y", "ключ", "key\x7f", "key\t"])
def test_a_key_that_cannot_be_a_header_is_refused(key: str) -> None:
    with pytest.raises(errors.ConfigurationError, match=r"^app_key must"):
        Signer(key, "secret")


@pytest.mark.case(3)
def test_secrets_are_used_as_given_without_normalisation() -> None:
    composed, decomposed = "é", "e\u0301"
    sums = {dict(Signer("k", secret).sign([CHECK_SUM], b"", 1.0))[b"CheckSum"] for secret in (composed, decomposed)}
    assert len(sums) == 2
