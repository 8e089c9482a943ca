"""The state machine read backwards: which events must have happened, given how a meeting stands."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from typing import Any

Told = tuple[str, ...]


def missing(machine: dict[str, Any], events: dict[str, str]) -> dict[str, dict[int, Told]]:
    """Return, for the last event known and a meeting's state, the fewest events that lead there, whatever its type.

    The key ``""`` is for no event known. *events* names the callbacks' events.
    """
    tells = [(row, _tells(machine, events, row)) for row in machine["transitions"]]
    table: dict[str, dict[int, Told]] = {}
    for type_ in sorted({type_ for row in machine["initial"] for type_ in row["types"]}):
        _keep_fewest(table.setdefault("", {}), _begun(machine, events, type_))
        for event in sorted({event for _, told in tells for event in told}):
            here = [
                (row["to"], told[told.index(event) + 1 :])
                for row, told in tells
                if event in told and type_ in row["types"]
            ]
            _keep_fewest(table.setdefault(event, {}), _reached(machine, events, type_, here))
    return table


def begun(machine: dict[str, Any], events: dict[str, str]) -> dict[int, dict[int, Told]]:
    """Return the same by type, where no event is known but the type is: for the types and states that tell anything."""
    listed = {state["status"] for state in machine["states"] if state.get("listed")}
    table = {type_: _begun(machine, events, type_) for row in machine["initial"] for type_ in row["types"]}
    telling = {
        type_: {status: told for status, told in reached.items() if told and status in listed}
        for type_, reached in table.items()
    }
    return {type_: told for type_, told in telling.items() if told}


def _begun(machine: dict[str, Any], events: dict[str, str], type_: int) -> dict[int, Told]:
    start = [(row["to"], ()) for row in machine["initial"] if type_ in row["types"]]
    return _reached(machine, events, type_, start)


def _reached(
    machine: dict[str, Any], events: dict[str, str], type_: int, start: Iterable[tuple[str, Told]]
) -> dict[int, Told]:
    fewest: dict[str, Told] = {}
    pending = deque(start)
    while pending:
        state, told = pending.popleft()
        if state in fewest and len(fewest[state]) <= len(told):
            continue
        fewest[state] = told
        pending.extend(
            (row["to"], told + _tells(machine, events, row))
            for row in machine["transitions"]
            if row["from"] == state and type_ in row["types"]
        )
    return {state["status"]: fewest[state["name"]] for state in machine["states"] if state["name"] in fewest}


def _keep_fewest(kept: dict[int, Told], found: dict[int, Told]) -> None:
    for status, told in found.items():
        if status not in kept or len(told) < len(kept[status]):
            kept[status] = told


def _tells(machine: dict[str, Any], events: dict[str, str], row: dict[str, Any]) -> Told:
    state = next(state for state in machine["states"] if state["name"] == row["to"])
    told = (source.get("tells") for source in (machine["events"][row["event"]], state))
    return tuple(events[name] for name in told if name in events)
