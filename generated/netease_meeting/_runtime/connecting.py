# Copied from generator/runtime/_runtime/connecting.py by `make generate`. Edit it there.
"""The time limit and the failures of opening a connection, in httpcore's words."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager

import anyio
import httpcore


@contextmanager
def connecting(seconds: float) -> Generator[None, None, None]:
    """Let what is inside take *seconds* at most."""
    try:
        with anyio.fail_after(seconds):
            yield
    except TimeoutError:
        raise httpcore.ConnectTimeout("connecting took too long") from None
    except (OSError, TypeError) as error:  # TypeError: TLS inside of a proxy's TLS, before Python 3.11
        raise httpcore.ConnectError(str(error)) from error
