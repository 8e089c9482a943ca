"""Code samples: how an operation is called, in several languages, from the contract's own example of its body.

Each is a whole program that reads the same three environment variables, which the sandbox prints when it starts.
"""

from __future__ import annotations

from ..ir import Api, Operation
from .curl import curl
from .java import java
from .python import python, python_async


def samples(api: Api, operation: Operation) -> list[dict[str, str]]:
    """Return the ``x-codeSamples`` of one operation."""
    return [
        {"lang": "Shell", "label": "curl", "source": curl(api, operation)},
        {"lang": "Python", "label": "Python", "source": python(api, operation)},
        {"lang": "Python", "label": "Python (async)", "source": python_async(api, operation)},
        {"lang": "Java", "label": "Java", "source": java(api, operation)},
    ]
