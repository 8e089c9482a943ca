"""Transports that keep a time of their own, as the sandbox's does."""

from __future__ import annotations

from abc import ABC, abstractmethod

from .clock import Clock


class Timed(ABC):
    """A base for such a transport: calls through it read ``clock`` and wait with the methods below."""

    clock: Clock

    @abstractmethod
    def sleep(self, seconds: float) -> None:
        """Wait between two attempts of a synchronous call."""
        ...

    @abstractmethod
    async def sleep_async(self, seconds: float) -> None:
        """Wait between two attempts of an asynchronous call."""
        ...
