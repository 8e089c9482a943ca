"""Mutants that no test can tell from the original, each with the reason. An entry that fits no mutant fails the run."""

from __future__ import annotations

EQUIVALENT = {
    ("retry", "FINAL = auto()", "FINAL = auto()  →  FINAL = None"): "members are told apart by what they are",
    (
        "retry",
        "if self._tokens < self.CAPACITY:",
        "self._tokens < self.CAPACITY  →  self._tokens <= self.CAPACITY",
    ): "spares a full bucket the lock; adding to it leaves it full",
    (
        "codec",
        '"Envelope", fields, namespace=namespace, rename=rename, kw_only=True, omit_defaults=True',
        "'Envelope'  →  'EnvelopeXX'",
    ): "the name of a type that nobody sees",
    (
        "codec",
        '"Data", [("data", msgspec.Raw, msgspec.Raw())], rename={"data": contract.envelope.data}',
        "'Data'  →  'DataXX'",
    ): "the name of a type that nobody sees",
    (
        "codec",
        "_BEGINNING = 64",
        "64  →  65",
    ): "what begins alike is compared in full, however much of it was looked for",
}
"""Module, line and change, as the report shows them."""
