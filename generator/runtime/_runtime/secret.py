"""Values that never print themselves, whoever logs a traceback with its variables."""

from __future__ import annotations

from typing import NoReturn


class Secret:
    """Holds an AppSecret. ``repr`` and ``str`` show ``***``; pickling and copying into a file are refused."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value.encode()

    def reveal(self) -> bytes:
        """Return the UTF-8 bytes that are hashed. Call it where they are used and keep no copy."""
        return self._value

    def __repr__(self) -> str:
        return "***"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and self._value == other._value

    def __hash__(self) -> int:
        return hash((Secret, self._value))

    def __reduce__(self) -> NoReturn:
        raise TypeError("a Secret is not pickled: create the client in the process that uses it")


class Opaque(bytes):
    """A body: it may hold passwords and tokens."""

    def __repr__(self) -> str:
        return f"<{len(self)} bytes>"

    def __rich_repr__(self) -> tuple[int]:
        return (len(self),)  # it would show the beginning otherwise


class SignedHeaders(list[tuple[bytes, bytes]]):
    """Headers that let whoever reads them sign for a minute."""

    def __repr__(self) -> str:
        return f"<{len(self)} headers>"

    __sentry_repr__ = __repr__  # it would look into the list otherwise
