"""The document, what the parser made of it, and the problems found on the way to the ir."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

from ..load import Document
from ..naming import Flaw
from ..parse import Parsed
from ..problems import Problem

Path = tuple[str | int, ...]


class Contract:
    """What every part of the ir is built from."""

    def __init__(self, document: Document, parsed: Parsed) -> None:
        self.root = document.root
        self.schemas: dict[str, Any] = self.root["components"]["schemas"]
        self.parsed = parsed
        self.problems: list[Problem] = []
        self._document = document

    def source(self, *path: str | int) -> str:
        """Return the file of what stands at *path*."""
        return self._document.where(*path).rpartition(":")[0]

    def check(self, flaw: Flaw | None, path: Path) -> None:
        """Note what is wrong with a name, if anything."""
        if flaw is not None:
            self.problem(path, *flaw)

    def problem(self, path: Path, what: str, cure: str) -> None:
        """Note a problem of what stands at *path*."""
        self.problems.append(Problem(self._document.where(*path), what, cure))

    def check_unique(self, names: Iterable[str], what: str, path: Path) -> None:
        """Note each name that would be that of more than one thing."""
        for name, count in Counter(names).items():
            if count > 1:
                self.problem(
                    path,
                    f"{name!r} would be the name of more than one {what}",
                    "Rename one of them; `x-sdk` gives a property another Python name",
                )
