"""The addresses of an API that runs in several places."""

from __future__ import annotations

from collections.abc import Collection, Sequence

COOLDOWN = 30.0
"""Seconds a gateway that could not be reached is passed over while another one is there."""


class Gateways:
    """Which address to try next. The order given is the order preferred."""

    def __init__(self, urls: Sequence[str]) -> None:
        self.urls = tuple(urls)
        self._broken_until = dict.fromkeys(self.urls, 0.0)

    def choose(self, now: float, tried: Collection[str] = ()) -> str | None:
        """Return the best address that was not *tried*, or ``None``. One that is broken is better than none."""
        if not tried and self._broken_until[self.urls[0]] <= now:
            return self.urls[0]
        left = [url for url in self.urls if url not in tried]
        return next((url for url in left if self._broken_until[url] <= now), left[0] if left else None)

    def failed(self, url: str, now: float) -> None:
        """Remember that *url* could not be reached."""
        self._broken_until[url] = now + COOLDOWN

    def worked(self, url: str) -> None:
        """Remember that *url* answered."""
        self._broken_until[url] = 0.0
