"""What a host may forbid: the Content-Security-Policy under which every page works."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterable

PATH = "content-security-policy.txt"
_INLINE = re.compile(r"<(script|style)(?: data-modules[^>]*)?>(.*?)</\1>", re.DOTALL)
"""The script and the styles that stand in a page; data for scripts has a type."""
_TEMPLATE = (
    "default-src 'self'; script-src 'self' {script}; style-src 'self' {style}; img-src 'self' data:; "
    "connect-src *; object-src 'none'; base-uri 'none'; form-action 'none'"
)
"""Requests may go anywhere, for a reader tries calls against the server of their choice."""


def policy(pages: Iterable[str]) -> str:
    """Return the value of the header for *pages*, given as HTML: what stands in them is named by its digest."""
    digests: dict[str, set[str]] = {"script": set(), "style": set()}
    for page in pages:
        for kind, text in _INLINE.findall(page):
            digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
            digests[kind].add(f"'sha256-{digest}'")
    return _TEMPLATE.format(**{kind: " ".join(sorted(found)) for kind, found in digests.items()}) + "\n"
