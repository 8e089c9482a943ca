"""Mutants that no test can tell from the original, each with the reason. An entry that fits no mutant fails the run."""

from __future__ import annotations

EQUIVALENT: dict[tuple[str, str, str], str] = {}
"""Module, line and change, as the report shows them."""
