"""What the site is made of beside the contract."""

from __future__ import annotations

from dataclasses import dataclass

from generator.release import Since

from .guides import Document
from .reference import Module


@dataclass(frozen=True)
class Sources:
    """Everything that is read before anything is written."""

    guides: tuple[Document, ...]
    changes: Document
    since: Since | None
    """How the contract differs from the last release, once there is one."""
    modules: tuple[Module, ...]
    contract: dict[str, bytes]
    """The published contract by file name."""
