"""What the list of meetings is read from: sorted by start, apart for each type and state."""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections.abc import Collection
from typing import NamedTuple

_BITS = 64


def _place(start: int, unique_id: int) -> int:
    """Return where a meeting stands in the list, which goes by start time, then by age: both in one number."""
    return (start << _BITS) + unique_id


class _Run(NamedTuple):
    """A stretch of a sorted list of places."""

    places: list[int]
    low: int
    high: int

    def ahead_of(self, place: int) -> int:
        """Return the index of the first that is not ahead of *place*."""
        return bisect_left(self.places, place, self.low, self.high)


class Found:
    """The meetings that were asked for. Nothing is copied before a page of them is wanted."""

    def __init__(self, runs: list[_Run]) -> None:
        self._runs = [run for run in runs if run.low < run.high]

    def __len__(self) -> int:
        return sum(run.high - run.low for run in self._runs)

    def has(self, start: int, unique_id: int) -> bool:
        """Whether a meeting is among them."""
        place = _place(start, unique_id)
        indexes = ((run, run.ahead_of(place)) for run in self._runs)
        return any(at < run.high and run.places[at] == place for run, at in indexes)

    def page(self, first: int, size: int) -> list[int]:
        """Return the unique ids of *size* of them, beginning with number *first*."""
        if first >= len(self):
            return []
        lowest = min(run.places[run.low] for run in self._runs)
        highest = max(run.places[run.high - 1] for run in self._runs)
        while lowest < highest:  # bisect for the place that *first* others are ahead of
            middle = (lowest + highest) // 2
            if sum(bisect_right(run.places, middle, run.low, run.high) - run.low for run in self._runs) > first:
                highest = middle
            else:
                lowest = middle + 1
        heads: list[int] = []
        for run in self._runs:
            at = run.ahead_of(lowest)
            heads += run.places[at : min(at + size, run.high)]
        return [place % (1 << _BITS) for place in sorted(heads)[:size]]


class Listing:
    """Finds a page among a hundred thousand meetings without looking at each."""

    def __init__(self) -> None:
        self._groups: dict[tuple[int, str], list[int]] = {}
        self._filed: dict[int, tuple[list[int], int]] = {}

    def put(self, unique_id: int, type_: int, state: str, start: int) -> None:
        """File a meeting, or file it anew."""
        self.drop(unique_id)
        group, place = self._groups.setdefault((type_, state), []), _place(start, unique_id)
        insort(group, place)
        self._filed[unique_id] = (group, place)

    def drop(self, unique_id: int) -> None:
        """Take a meeting out."""
        if unique_id in self._filed:
            group, place = self._filed.pop(unique_id)
            del group[bisect_left(group, place)]

    def find(self, type_: int | None, states: Collection[str], lowest: int | None, highest: int | None) -> Found:
        """Return the meetings of a type, in some states, that start in a span of time."""
        runs: list[_Run] = []
        for (own, state), group in self._groups.items():
            if type_ in (None, own) and state in states:
                low = 0 if lowest is None else bisect_left(group, _place(lowest, 0))
                high = len(group) if highest is None else bisect_left(group, _place(highest + 1, 0))
                runs.append(_Run(group, low, high))
        return Found(runs)
