"""openapi-python-client's parser without its program.

What the program imports (httpx, click, rich, an SSL stack) would be a fifth of the time of a small contract.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from importlib.util import find_spec, module_from_spec

_PACKAGE = "openapi_python_client"


@contextmanager
def parser_alone() -> Iterator[None]:
    """Let imports of the parser find its package not executed, but for the one name that the parser takes from it."""
    spec = find_spec(_PACKAGE)
    if spec is None or _PACKAGE in sys.modules:
        yield
        return
    package = sys.modules[_PACKAGE] = module_from_spec(spec)
    try:
        vars(package)["Config"] = import_module(f"{_PACKAGE}.config").Config
        yield
    finally:
        del sys.modules[_PACKAGE]
