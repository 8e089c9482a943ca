"""Seeded harm to a signed request. Standard library only: the peers run it in an environment of their own."""

from __future__ import annotations

import random

Headers = list[tuple[bytes, bytes]]

_ODD = (
    b"\0",
    b"\x80",
    b"\xff",
    b"\n",
    b"\r\n",
    b" ",
    b"\t",
    b",",
    b"\xef\xbc\x91",
    b"\xed\xa0\x80",
    b'"',
    b"{",
    b"[" * 2000,
)
"""Bytes that parsers stumble over: ends, line breaks, full-width digits, surrogates, openers."""


def mutate(body: bytes, headers: Headers, chance: random.Random) -> tuple[bytes, Headers]:
    """Return the request with one to three changes, never one that means the same."""
    changed_body, changed = body, headers
    while changed_body == body and _meant(changed) == _meant(headers):
        changed_body, changed = body, headers
        for _ in range(chance.choice((1, 1, 1, 2, 3))):
            if chance.random() < 0.3:
                changed_body = bitten(changed_body, chance)
            else:
                changed = _headers(changed, chance)
    return changed_body, changed


def _meant(headers: Headers) -> Headers:
    """Headers have no order and their names no case."""
    return sorted((name.lower(), value) for name, value in headers)


def bitten(data: bytes, chance: random.Random) -> bytes:
    """Return *data* with a byte changed, a piece lost, doubled or moved, or something odd put in."""
    at, to = sorted((chance.randrange(len(data) + 1), chance.randrange(len(data) + 1)))
    kind = chance.randrange(6)
    if kind == 0:
        return data[:at] + bytes([chance.randrange(256)]) + data[at + 1 :]
    if kind == 1:
        return data[:at] + data[min(to, at + 9) :]
    if kind == 2:
        return data[:to] + data[at:]
    if kind == 3:
        return data[:at] + chance.choice(_ODD) + data[at:]
    if kind == 4:
        return data.swapcase()
    return data[to:] + data[:to]


def _headers(headers: Headers, chance: random.Random) -> Headers:
    if not headers:
        return headers
    at = chance.randrange(len(headers))
    name, value = headers[at]
    kind = chance.randrange(8)
    if kind == 0:
        return headers[:at] + headers[at + 1 :]
    if kind == 1:  # there twice, in either order, in any case
        twin = (chance.choice((name, name.lower(), name.upper())), chance.choice((value, bitten(value, chance))))
        place = chance.randrange(len(headers) + 1)
        return [*headers[:place], twin, *headers[place:]]
    if kind == 2:
        value = value + chance.choice((b",", b", ", b";")) + chance.choice((value, bitten(value, chance)))
    elif kind == 3:  # a value under another name
        value = chance.choice(headers)[1]
    elif kind == 4:  # digits moved over the border to the next value
        return _moved(headers, at, chance.randrange(-9, 10))
    elif kind == 5:
        value = chance.choice((b" ", b"0", b"\t", b"+")) + value + chance.choice((b"", b" ", b"0"))
    else:
        value = bitten(value, chance)
    return [*headers[:at], (name, value), *headers[at + 1 :]]


def _moved(headers: Headers, at: int, by: int) -> Headers:
    other = (at + 1) % len(headers)
    joined = headers[at][1] + headers[other][1]
    border = len(headers[at][1]) + by
    moved = dict(enumerate(headers))
    moved[at] = (headers[at][0], joined[: max(border, 0)])
    moved[other] = (headers[other][0], joined[max(border, 0) :])
    return list(moved.values())
