"""What lets a page of another origin, such as the portal's console, call the API from a browser."""

from __future__ import annotations

from .document import Document
from .messages import Response

_ANYONE = ("Access-Control-Allow-Origin", "*")


def preflight(document: Document) -> Response:
    """Answer a browser that asks whether it may send a request: any page may, with every header of the contract."""
    signed = {header for scheme in document.signatures.values() for header in scheme["headers"]}
    own = {field.name for route in document.routes.values() for field in route.headers}
    headers = (
        _ANYONE,
        ("Access-Control-Allow-Methods", "POST"),
        ("Access-Control-Allow-Headers", ", ".join(["Content-Type", *sorted(signed | own)])),
        ("Access-Control-Allow-Private-Network", "true"),
        ("Access-Control-Max-Age", "600"),
    )
    return Response(204, headers, b"")


def allow(response: Response) -> Response:
    """Let any page read an answer of the API."""
    return Response(
        response.status, (*response.headers, _ANYONE), response.body, harm=response.harm, delay=response.delay
    )
