"""curl, signed by the shell: POSIX sh, coreutils and curl."""

from __future__ import annotations

import json
from typing import Any

from ..ir import Api, Operation
from ..spelling import Spelling
from .example import APP_KEY, APP_SECRET, BASE_URL, compact, headers

_WIDTH = 76
_PARTS = {
    "appKey": "$APP_KEY",
    "appSecret": "$APP_SECRET",
    "nonce": "$NONCE",
    "unixSeconds": "$CUR_TIME",
    "unixMillis": "${CUR_TIME}000",
    "body": "$BODY",
}


def curl(api: Api, operation: Operation) -> str:
    """Return the call as a shell script."""
    signed = [header for scheme in operation.schemes for header in scheme.headers]
    sums = [f"{_variable(header.name)}={_SPELLING.of(header.value)}" for header in signed if header.is_digest]
    sent = [
        f"{header.name}: {f'${_variable(header.name)}' if header.is_digest else _SPELLING.of(header.value)}"
        for header in signed
    ]
    sent += [f"{name}: {value}" for name, value in headers(api, operation).items()]
    return "\n".join(
        [
            f"APP_KEY=${{{APP_KEY}:?}}",
            f"APP_SECRET=${{{APP_SECRET}:?}}",
            f"BASE_URL=${{{BASE_URL}:-{api.base_url}}}",
            "",
            f"BODY='{_body(operation.example)}'",
            "NONCE=$(od -An -N8 -tu8 /dev/urandom | tr -d ' ')",
            "CUR_TIME=$(date +%s)",
            *sums,
            "",
            f'curl -sS "$BASE_URL{operation.path}" \\',
            f'  -H "Content-Type: {api.media_type}" \\',
            *(f'  -H "{header}" \\' for header in sent),
            '  --data-binary "$BODY"',
            "",
        ]
    )


def _body(example: Any) -> str:
    text = compact(example)
    if len(text) > _WIDTH:
        text = json.dumps(example, ensure_ascii=False, indent=2)
    return text.replace("'", "'\\''")


def _variable(header: str) -> str:
    return "".join(f"_{char}" if char.isupper() and index else char for index, char in enumerate(header)).upper()


_SPELLING = Spelling(
    part=_PARTS.__getitem__,
    text=str,
    digest=lambda name, joined: f"$(printf %s \"{joined}\" | {name}sum | cut -d' ' -f1)",
    plus="",
)
"""A signature's value as the inside of a double-quoted string."""
