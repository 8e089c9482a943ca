# Copied from generator/runtime/_runtime/times.py by `make generate`. Edit it there.
"""Moments: aware ``datetime`` in, integers on the wire, aware ``datetime`` out."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TypeVar

from .errors import ArgumentError

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)
_SECOND = timedelta(seconds=1)
_LAST = 253_402_300_799
"""The last second of the year 9999, beyond which there is no ``datetime``."""

Absent = TypeVar("Absent", bound=None)


def to_millis(name: str, moment: int | datetime | Absent) -> int | Absent:
    """Return *moment* as milliseconds since 1970-01-01 UTC; an integer passes unchanged.

    Raises ``ArgumentError`` for a ``datetime`` without time zone: nobody can tell which moment it means.
    """
    return _since_epoch(name, moment) // _MILLISECOND if isinstance(moment, datetime) else moment


def to_seconds(name: str, moment: int | datetime | Absent) -> int | Absent:
    """Return *moment* as seconds since 1970-01-01 UTC; otherwise as ``to_millis``."""
    return _since_epoch(name, moment) // _SECOND if isinstance(moment, datetime) else moment


def from_millis(moment: int | None) -> datetime | None:
    """Return the moment in UTC, or ``None`` where there is none: absent, -1 for "no end", or after 9999."""
    return _EPOCH + moment * _MILLISECOND if moment is not None and 0 <= moment // 1000 <= _LAST else None


def from_seconds(moment: int | None) -> datetime | None:
    """Return the moment in UTC, or ``None`` where there is none."""
    return _EPOCH + moment * _SECOND if moment is not None and 0 <= moment <= _LAST else None


def _since_epoch(name: str, moment: datetime) -> timedelta:
    if moment.tzinfo is None:
        raise ArgumentError(
            f"{name}: {moment.isoformat()} has no time zone. Give an aware datetime, for example "
            "datetime.now(timezone.utc), or an integer."
        )
    return moment - _EPOCH
