# Copied from generator/runtime/sandbox/listing.py by `make generate`. Edit it there.
"""What the list of meetings is read from: sorted by start, apart for each type and state."""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections.abc import Collection
from itertools import chain
from typing import NamedTuple


class Place(NamedTuple):
    """Where a meeting stands: the list goes by start time, then by age."""

    start: int
    unique_id: int


class Listing:
    """Finds a page among a hundred thousand meetings without looking at each."""

    def __init__(self) -> None:
        self._groups: dict[tuple[int, str], list[Place]] = {}
        self._filed: dict[int, tuple[tuple[int, str], Place]] = {}

    def put(self, unique_id: int, type_: int, state: str, start: int) -> None:
        """File a meeting, or file it anew."""
        self.drop(unique_id)
        place = Place(start, unique_id)
        insort(self._groups.setdefault((type_, state), []), place)
        self._filed[unique_id] = ((type_, state), place)

    def drop(self, unique_id: int) -> None:
        """Take a meeting out."""
        if unique_id in self._filed:
            key, place = self._filed.pop(unique_id)
            group = self._groups[key]
            del group[bisect_left(group, place)]

    def find(self, type_: int | None, states: Collection[str], lowest: int | None, highest: int | None) -> list[Place]:
        """Return where the meetings of a type, in some states, that start in a span of time stand, in order."""
        runs = [
            _within(group, lowest, highest)
            for (own, state), group in self._groups.items()
            if type_ in (None, own) and state in states
        ]
        return runs[0] if len(runs) == 1 else sorted(chain.from_iterable(runs))


def _within(group: list[Place], lowest: int | None, highest: int | None) -> list[Place]:
    first = 0 if lowest is None else bisect_left(group, lowest, key=_start)
    last = len(group) if highest is None else bisect_right(group, highest, key=_start)
    return group[first:last]


def _start(place: Place) -> int:
    return place.start
