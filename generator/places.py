"""Where things stand in the contract's files. By identity: plain dicts and lists have no room for it."""

from __future__ import annotations

from dataclasses import dataclass

_SPAN = 1 << 24  # more lines than a file may have bytes


@dataclass(frozen=True, slots=True)
class Place:
    """A line of a file."""

    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


class Places:
    """Where containers begin and where their keys stand.

    There are a hundred thousand such lines and hardly one of them is asked for, so they are plain numbers: those of the
    first file begin at 0, those of the next a span further.
    """

    def __init__(self) -> None:
        self.starts: dict[int, int] = {}
        self.keys: dict[int, dict[str | int, int]] = {}
        self._files: list[str] = []

    def begin(self, file: str) -> int:
        """Return the number of the first line of a file."""
        self._files.append(file)
        return (len(self._files) - 1) * _SPAN

    def start(self, node: object) -> Place | None:
        """Return where a container begins."""
        return self._place(self.starts.get(id(node)))

    def of(self, node: object, key: str | int) -> Place | None:
        """Return where a key or element of a container stands."""
        return self._place(self.keys.get(id(node), {}).get(key))

    def _place(self, number: int | None) -> Place | None:
        return None if number is None else Place(self._files[number // _SPAN], number % _SPAN + 1)
