"""ir + templates -> {path: text}. Pure: reads templates and runtime, writes nothing."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jinja2

from . import docstrings
from .ir import Api, Resource

PACKAGE = "netease_meeting"

_HERE = Path(__file__).parent
_RUNTIME = _HERE / "runtime"
_LONGEST = 96
"""Columns of a literal before it is broken into parts."""
_ROOTS = [
    "APIConnectionError",
    "APIError",
    "APIResponseError",
    "APITimeoutError",
    "ArgumentError",
    "ClientClosedError",
    "ConfigurationError",
    "MeetingError",
    "OutcomeUnknownError",
    "Violation",
    "WebhookError",
    "WebhookPayloadError",
    "WebhookSignatureError",
    "WebhookTimestampError",
    "WebhookTooLargeError",
]
"""What of the runtime ``netease_meeting.errors`` offers beside the generated families."""


def render(api: Api) -> dict[str, str]:
    """Return every generated Python file by its path below ``generated/``."""
    environment = _environment()
    context = {
        "api": api,
        "package": PACKAGE,
        "distribution": PACKAGE.replace("_", "-"),
        "environment": PACKAGE.upper(),
        "user_agent": f"{PACKAGE.replace('_', '-')}-python/{api.version}",
        "modes": _MODES,
        "roots": _ROOTS,
        "exports": _exports(api),
        "public": sorted(_exports(api), key=lambda name: (not name.isupper(), name)),
    }
    files = {
        f"{PACKAGE}/{name}": environment.get_template(f"{name}.jinja").render(context)
        for name in (
            "__init__.py",
            "auth.py",
            "client.py",
            "enums.py",
            "errors.py",
            "models.py",
            "signing.py",
            *(["webhooks/__init__.py"] if api.message is not None else []),
        )
    }
    template = environment.get_template("resource.py.jinja")
    for resource in api.resources:
        files[f"{PACKAGE}/{resource.name}.py"] = template.render(context, resource=resource)
    return files


def runtime(api: Api) -> dict[str, bytes]:
    """Return the hand-written files of the client by their path below ``generated/``, each under a header line.

    Without callbacks in the contract there is nothing to receive.
    """
    files: dict[str, bytes] = {}
    for path in sorted(_RUNTIME.rglob("*")):
        relative = path.relative_to(_RUNTIME).as_posix()
        if relative.startswith(_RECEIVING) and api.message is None:
            continue
        if path.is_file() and "__pycache__" not in relative:
            header = _HEADERS.get(path.suffix, "").format(source=f"generator/runtime/{relative}")
            files[f"{PACKAGE}/{relative}"] = header.encode() + path.read_bytes()
    return files


_RECEIVING = ("inbox/", "webhooks/")
_COPIED = "Copied from {source} by `make generate`. Edit it there."
_HEADERS = {".py": f"# {_COPIED}\n", ".html": f"<!-- {_COPIED} -->\n", ".md": f"<!-- {_COPIED} -->\n"}


def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_HERE / "templates"),
        undefined=jinja2.StrictUndefined,
        finalize=_only_text,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,
    )
    filters: dict[str, Any] = environment.filters
    filters.update(
        literal=literal,
        doc=docstrings.sentence,
        operation_doc=docstrings.operation,
        raw_doc=docstrings.raw,
        family_doc=docstrings.family,
        webhook_doc=docstrings.webhook,
        search_doc=docstrings.search,
        shadowed=_shadowed,
    )
    return environment


def literal(value: Any) -> str:
    """Return the Python literal of a value of the contract; ``ast.literal_eval`` gives the value back."""
    text = repr(value)
    if not isinstance(value, str) or _columns(text) <= _LONGEST:
        return text
    parts: list[str] = [""]
    for word in re.findall(r"\S*\s*|.", value) if " " in value else value:
        if parts[-1] and _columns(repr(parts[-1] + word)) > _LONGEST:
            parts.append("")
        parts[-1] += word
    return f"({' '.join(map(repr, parts))})"


def _columns(text: str) -> int:
    """Return how wide *text* is on a screen: Chinese characters take two columns."""
    if text.isascii():
        return len(text)
    return sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text)


def _only_text(value: Any) -> Any:
    # The parser wraps untrusted text in objects without __str__: one that slipped through would print its address.
    if not isinstance(value, (str, int)):
        raise TypeError(f"a template tried to print {value!r}, which is neither text nor an integer")
    return value


def _exports(api: Api) -> dict[str, str]:
    """Return the public names of the package, each with its module."""
    return {
        "MeetingClient": "client",
        "AsyncMeetingClient": "client",
        "SigningAuth": "auth",
        **({"Webhook": "webhooks"} if api.message is not None else {}),
        "ErrorCode": "errors",
        "errors": "errors",
        "Attempt": "_runtime.attempt",
        "OMIT": "_runtime.model",
        "AsyncTransport": "_runtime.transport",
        "RawResponse": "_runtime.raw",
        "Reply": "_runtime.transport",
        "Transport": "_runtime.transport",
        "TransportError": "_runtime.transport",
        **{enum.name: "enums" for enum in api.enums},
        **{model.name: "models" for model in api.values},
    }


@dataclass(frozen=True)
class Mode:
    """In what the two clients differ."""

    name: str
    prefix: str
    keyword: str
    awaiting: str
    entering: str
    serves: str

    def awaited(self, expression: str) -> str:
        """Return the value of *expression*, for a call of one of its methods."""
        return f"({self.awaiting}{expression})" if self.awaiting else expression


_MODES = (
    Mode("synchronous", "", "", "", "with", "any number of threads"),
    Mode("asynchronous", "Async", "async ", "await ", "async with", "any number of tasks of one event loop"),
)


def _shadowed(annotation: str, resource: Resource) -> str:
    """Return *annotation* such that a method called ``list`` in the same class does not hide the built-in type."""
    hidden = any(operation.method == "list" for operation in resource.operations)
    return re.sub(r"\blist\[", "builtins.list[", annotation) if hidden else annotation
