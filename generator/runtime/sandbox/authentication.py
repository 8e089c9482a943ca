"""Who sent a request: the contract's signature schemes, held against the headers that came."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .document import Document, Route
from .messages import BusinessError, Request
from .shapes import is_array
from .signatures import Parts, compute, equal, explain

_DIGITS = 10
"""Of Unix seconds, until the year 2286."""


class Authenticator:
    """Refuses what is not signed as the contract says, and can tell why."""

    def __init__(self, document: Document, app_key: str, app_secret: str) -> None:
        self._signatures = document.signatures
        self.code = document.codes["UNAUTHENTICATED"]
        self._app_key = app_key
        self._app_secret = app_secret

    def check(self, route: Route, request: Request, now: float) -> None:
        """Raise ``BusinessError`` unless *request* bears every signature of its operation."""
        for name in route.schemes:
            signature = self._signatures[name]
            facts: Mapping[str, Mapping[str, Any]] = signature["headers"]
            came = {header: request.headers.get(header.lower(), "") for header in facts}
            for header, fact in facts.items():
                if not came[header]:
                    raise self._refuse(f"the header {header} is missing or empty")
                if len(came[header]) > fact.get("maxLength", len(came[header])):
                    raise self._refuse(f"the header {header} is longer than {fact['maxLength']} characters")
            parts = self._parts(facts, came, request.body)
            if "tolerance" in signature:
                self._check_time(parts.unix_seconds, now, signature["tolerance"])
            for header, fact in facts.items():
                self._compare(name, header, fact["value"], parts, came[header])

    def _parts(self, facts: Mapping[str, Mapping[str, Any]], came: Mapping[str, str], body: bytes) -> Parts:
        given = {
            fact["value"][0]: came[header]
            for header, fact in facts.items()
            if is_array(fact["value"]) and len(fact["value"]) == 1
        }
        return Parts(
            app_key=self._app_key,
            app_secret=self._app_secret,
            nonce=given.get("nonce", ""),
            unix_seconds=given.get("unixSeconds", ""),
            unix_millis=given.get("unixMillis", ""),
            body=body,
        )

    def _check_time(self, text: str, now: float, tolerance: float) -> None:
        if not (text.isascii() and text.isdigit() and len(text) == _DIGITS):
            raise self._refuse(f"the time {text!r} is not Unix seconds, {_DIGITS} digits")
        difference = int(text) - now
        if abs(difference) > tolerance:
            raise self._refuse(f"the time differs from the server's by {difference:+.0f} s, allowed are {tolerance} s")

    def _compare(self, scheme: str, header: str, value: Any, parts: Parts, came: str) -> None:
        expected = compute(value, parts).decode("utf-8", "replace")
        if equal(expected, came):
            return
        hashed = explain(value, parts)
        raise BusinessError(
            self.code,
            [f"{header} should be {hashed} = {expected}", f"{header} came as {came}"],
            {"scheme": scheme, "header": header, "hashed": hashed, "expected": expected, "came": came},
        )

    def _refuse(self, note: str) -> BusinessError:
        return BusinessError(self.code, [note])
