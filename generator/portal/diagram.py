"""The state machine as a drawing: where each state stands and how each change runs. The template only places it.

States that something leads out of stand in a column in the contract's order; final ones stand beside it, level with
what leads to them. A change between neighbours runs straight, one to a final state as a curve, any other around the
column in a lane of its own.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from generator.ir import State, StateMachine, Transition

from .language import Language

_WIDTH, _HEIGHT = 176, 54
_STEP = 176
"""From the top of one state to the top of the next."""
_LABELS, _BETWEEN, _LANE = 216, 290, 30
_TOP = 84
_LINE = 17
_LONGEST = 34
"""Columns of a line of a label."""


@dataclass(frozen=True)
class Node:
    """A state, drawn."""

    state: State
    x: float
    y: float

    width = _WIDTH
    height = _HEIGHT

    @property
    def centre(self) -> float:
        return self.x + _WIDTH / 2

    @property
    def middle(self) -> float:
        return self.y + _HEIGHT / 2

    @property
    def right(self) -> float:
        return self.x + _WIDTH

    @property
    def bottom(self) -> float:
        return self.y + _HEIGHT


@dataclass(frozen=True)
class Line:
    """One line of a label."""

    text: str
    x: float
    y: float
    anchor: str


@dataclass(frozen=True)
class Edge:
    """A change of state, drawn."""

    path: str
    label: tuple[Line, ...]
    style: int
    """Which kinds of meeting it belongs to: the place in ``Diagram.styles``."""


@dataclass(frozen=True)
class Diagram:
    """The whole drawing."""

    width: float
    height: float
    start: tuple[float, float]
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    styles: tuple[str, ...]
    """What each style of line stands for."""


def draw(machine: StateMachine, language: Language, conditions: Mapping[str, str]) -> Diagram:
    """Return the drawing of *machine*, labelled in *language*; *conditions* says what each ``when`` means."""
    return _Drawing(machine, language, conditions).diagram()


@dataclass(frozen=True)
class _Arrow:
    """Changes that look alike: same ends, same kinds of meeting."""

    source: str | None
    target: str
    types: tuple[int, ...]
    steps: tuple[Transition, ...]


@dataclass
class _Drawing:
    machine: StateMachine
    language: Language
    conditions: Mapping[str, str]
    lanes: int = 0
    nodes: dict[str, Node] = field(default_factory=dict)

    def diagram(self) -> Diagram:
        arrows = tuple(_arrows(self.machine.transitions))
        reached = {step.target for step in self.machine.transitions}
        left = {step.source for step in self.machine.transitions}
        drawn = [state for state in self.machine.states if state.name in reached | left]
        column = [state for state in drawn if state.name in left or not state.final]
        final = [state for state in drawn if state not in column]
        self.column = [state.name for state in column]
        self.left = _LABELS + _LANE * sum(1 for arrow in arrows if self._goes_around(arrow))
        for index, state in enumerate(column):
            self.nodes[state.name] = Node(state, self.left, _TOP + index * _STEP)
        self._place_final(final, arrows)
        styles = tuple(dict.fromkeys(arrow.types for arrow in arrows))
        edges = tuple(
            Edge(path, label, styles.index(arrow.types))
            for arrow in arrows
            for path, label in (self._run(arrow, arrows),)
        )
        return Diagram(
            width=max((node.right for node in self.nodes.values()), default=self.left) + 12,
            height=max((node.bottom for node in self.nodes.values()), default=_TOP) + 28,
            start=(self.left + _WIDTH / 2, 20),
            nodes=tuple(self.nodes.values()),
            edges=edges,
            styles=tuple(map(self._kinds, styles)),
        )

    def _place_final(self, final: list[State], arrows: tuple[_Arrow, ...]) -> None:
        lowest = float(_TOP - _STEP)
        wanted = {state.name: self._level(state, arrows) for state in final}
        for state in sorted(final, key=lambda state: wanted[state.name]):
            lowest = max(wanted[state.name], lowest + _STEP * 0.75)
            self.nodes[state.name] = Node(state, self.left + _WIDTH + _BETWEEN, lowest)

    def _level(self, state: State, arrows: tuple[_Arrow, ...]) -> float:
        sources = [
            self.nodes[arrow.source].y for arrow in arrows if arrow.target == state.name and arrow.source in self.nodes
        ]
        return sum(sources) / len(sources) if sources else _TOP

    def _goes_around(self, arrow: _Arrow) -> bool:
        if arrow.target not in self.column or arrow.source not in (None, *self.column):
            return False
        source = self.column.index(arrow.source) if arrow.source is not None else -1
        return abs(self.column.index(arrow.target) - source) != 1

    def _run(self, arrow: _Arrow, arrows: tuple[_Arrow, ...]) -> tuple[str, tuple[Line, ...]]:
        if self._goes_around(arrow):
            return self._around(arrow)
        if arrow.source is None:
            return self._down_from_start(arrow)
        if arrow.source in self.column and arrow.target in self.column:
            return self._straight(arrow)
        return self._curve(arrow, arrows)

    def _down_from_start(self, arrow: _Arrow) -> tuple[str, tuple[Line, ...]]:
        target = self.nodes[arrow.target]
        label = self._label(arrow, target.centre + 12, 20 + (target.y - 20) / 2 + 4, "start")
        return f"M{target.centre:g} 28V{target.y - 3:g}", label

    def _straight(self, arrow: _Arrow) -> tuple[str, tuple[Line, ...]]:
        source, target = self.nodes[str(arrow.source)], self.nodes[arrow.target]
        if source.y < target.y:
            x, start, end, anchor, shift = source.centre + 22, source.bottom, target.y - 3, "start", 12
        else:
            x, start, end, anchor, shift = source.centre - 22, source.y, target.bottom + 3, "end", -12
        return f"M{x:g} {start:g}V{end:g}", self._label(arrow, x + shift, (start + end) / 2, anchor)

    def _around(self, arrow: _Arrow) -> tuple[str, tuple[Line, ...]]:
        x = 16 + self.lanes * _LANE
        self.lanes += 1
        target = self.nodes[arrow.target]
        if arrow.source is None:
            start_x, start_y = self.left + _WIDTH / 2 - 8, 20.0
        else:
            start_x, start_y = self.nodes[arrow.source].x, self.nodes[arrow.source].middle - 10
        end_y = target.middle + (10 if arrow.source is not None else 0)
        turn = 12 if end_y > start_y else -12
        path = (
            f"M{start_x:g} {start_y:g}H{x + 12:g}Q{x:g} {start_y:g} {x:g} {start_y + turn:g}"
            f"V{end_y - turn:g}Q{x:g} {end_y:g} {x + 12:g} {end_y:g}H{target.x - 3:g}"
        )
        return path, self._label(arrow, x + 18, start_y + 20, "start", hanging=True)

    def _curve(self, arrow: _Arrow, arrows: tuple[_Arrow, ...]) -> tuple[str, tuple[Line, ...]]:
        source, target = self.nodes[str(arrow.source)], self.nodes[arrow.target]
        leaving = sorted(
            (other for other in arrows if other.source == arrow.source and other.target not in self.column),
            key=lambda other: self.nodes[other.target].y,
        )
        arriving = sorted(
            (other for other in arrows if other.target == arrow.target and other.source is not None),
            key=lambda other: self.nodes[str(other.source)].y,
        )
        y1 = source.middle + _spread(leaving.index(arrow), len(leaving))
        y2 = target.middle + _spread(arriving.index(arrow), len(arriving))
        if len(arriving) == 1 and abs(y2 - y1) < _HEIGHT / 2 - 4:
            y2 = y1
        bend = (target.x - source.right) / 2
        start, end = f"{source.right:g} {y1:g}", f"{target.x - 3:g} {y2:g}"
        path = f"M{start}C{source.right + bend:g} {y1:g} {target.x - bend:g} {y2:g} {end}"
        rising = y2 < y1 - 20
        y = y1 + 18 if rising else y1 - 8
        return path, self._label(arrow, source.right + 12, y, "start", hanging=rising, standing=not rising)

    def _label(
        self, arrow: _Arrow, x: float, y: float, anchor: str, *, hanging: bool = False, standing: bool = False
    ) -> tuple[Line, ...]:
        """Return the label's lines, centred on *y*, or below it, or above it."""
        lines = [line for text in self._texts(arrow) for line in _wrap(text)]
        top = y if hanging else y - (len(lines) - 1) * _LINE if standing else y - (len(lines) - 1) * _LINE / 2 + 4
        return tuple(Line(text, x, top + index * _LINE, anchor) for index, text in enumerate(lines))

    def _texts(self, arrow: _Arrow) -> Iterator[str]:
        conditions = list(dict.fromkeys(step.when for step in arrow.steps))
        for when in conditions:
            for step in arrow.steps:
                if step.when == when:
                    yield self.language.of(self.machine.events[step.event]).rstrip(".。")
            if when is not None:
                yield f"[{self.conditions[when]}]"

    def _kinds(self, types: tuple[int, ...]) -> str:
        members = self.machine.kinds.members if self.machine.kinds is not None else ()
        names: dict[int | str, str] = {member.value: self.language.of(member.text) for member in members}
        return " / ".join(names.get(kind, str(kind)).rstrip(".。") for kind in types)


def _arrows(transitions: Iterable[Transition]) -> Iterator[_Arrow]:
    groups: dict[tuple[str | None, str, tuple[int, ...]], list[Transition]] = {}
    for step in transitions:
        groups.setdefault((step.source, step.target, step.types), []).append(step)
    for (source, target, types), steps in groups.items():
        yield _Arrow(source, target, types, tuple(steps))


def _spread(index: int, count: int) -> float:
    return (index - (count - 1) / 2) * 34 if count < 3 else (index - (count - 1) / 2) * 16


def _wrap(text: str) -> Iterator[str]:
    """Break a label into lines, at spaces where it has some."""
    line = ""
    for word in text.split(" "):
        if line and _columns(f"{line} {word}") > _LONGEST:
            yield line
            line = word
        else:
            line = f"{line} {word}".lstrip()
    yield line


def _columns(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)
