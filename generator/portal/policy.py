"""What a host may forbid: the Content-Security-Policy under which every page works."""

from __future__ import annotations

import base64
import hashlib

PATH = "content-security-policy.txt"
_TEMPLATE = (
    "default-src 'self'; script-src 'self' {script}; style-src 'self' {style}; img-src 'self' data:; "
    "connect-src *; object-src 'none'; base-uri 'none'; form-action 'none'"
)
"""Requests may go anywhere, for a reader tries calls against the server of their choice."""


def policy(script: str, style: str) -> str:
    """Return the value of the header: what stands in every page is named by its digest, and nothing else may."""
    return _TEMPLATE.format(script=_digest(script), style=_digest(style)) + "\n"


def _digest(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
