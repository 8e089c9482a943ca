# Copied from generator/runtime/sandbox/__init__.py by `make generate`. Edit it there.
"""The API on your own machine: stateful, signed, with time you control.

``python -m netease_meeting.sandbox`` serves it.

What it does not imitate stands in README.md beside this file.
"""

from __future__ import annotations

from .core import Sandbox
from .messages import Request, Response

__all__ = ["Request", "Response", "Sandbox"]
