"""What every generated model has in common."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar

import msgspec

Int64 = Annotated[int, msgspec.Meta(ge=-(2**63), le=2**63 - 1)]
"""The vendor's ``Long``."""

UnixMillis = Annotated[int, msgspec.Meta(ge=-(2**63), le=2**63 - 1)]
"""A moment in milliseconds since 1970-01-01 UTC."""

UnixSeconds = Annotated[int, msgspec.Meta(ge=-(2**63), le=2**63 - 1)]
"""A moment in seconds since 1970-01-01 UTC."""


class Model(msgspec.Struct, frozen=True, kw_only=True, gc=False, omit_defaults=True, rename="camel"):
    """An immutable value of the contract. ``repr`` masks what the contract marks as sensitive."""

    _sensitive: ClassVar[frozenset[str]] = frozenset()
    _identity: ClassVar[frozenset[str]] = frozenset()
    """The fields without which a response says nothing that can be used: see ``x-identity`` in CONTRIBUTING.md."""

    def __rich_repr__(self) -> list[tuple[str, Any]]:
        present = ((name, getattr(self, name)) for name in self.__struct_fields__)
        return [
            (name, _MASK if name in self._sensitive and value else value)
            for name, value in present
            if value is not None and value is not msgspec.UNSET
        ]

    def __repr__(self) -> str:
        fields = ", ".join(f"{name}={value!r}" for name, value in self.__rich_repr__())
        return f"{type(self).__name__}({fields})"


class _Mask:
    def __repr__(self) -> str:
        return "***"


_MASK = _Mask()
