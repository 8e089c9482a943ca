"""``x-states`` -> the state machine."""

from __future__ import annotations

from ..ir import State, StateMachine, Text, Transition
from .contract import Contract
from .schemas import Schemas


def state_machine(contract: Contract, schemas: Schemas) -> StateMachine | None:
    """Return the meeting's states and what leads from one to another, where the contract has them."""
    raw = contract.root.get("x-states")
    if raw is None:
        return None
    kinds = raw.get("kinds")
    if kinds is not None and kinds not in contract.parsed.enums:
        contract.problem(("x-states", "kinds"), f"{kinds!r} is no enumeration", "Name the one of the meeting's type")
    return StateMachine(
        states=tuple(
            State(
                name=state["name"],
                status=state["status"],
                text=Text(state["zh"], state["en"]),
                listed=state.get("listed", False),
                final=state.get("final", False),
            )
            for state in raw["states"]
        ),
        transitions=tuple(
            Transition(tuple(step["types"]), step.get("from"), step["event"], step.get("when"), step["to"])
            for step in (*raw["initial"], *raw["transitions"])
        ),
        events={name: Text(text["zh"], text["en"]) for name, text in raw["events"].items()},
        kinds=schemas.enum(kinds) if kinds in contract.parsed.enums else None,
        numbers=Text(raw["numbers"]["zh"], raw["numbers"]["en"]) if "numbers" in raw else None,
    )
