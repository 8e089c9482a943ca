# Copied from generator/runtime/webhooks/django.py by `make generate`. Edit it there.
"""Django, under WSGI or ASGI.

Example::

    urlpatterns = [path("callbacks", callback_view(hook.handle))]
"""

from __future__ import annotations

from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, RawPostDataException, UnreadablePostError
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from .._runtime.receiving import (
    MOST,
    PLAIN,
    UNAVAILABLE,
    Receive,
    answer,
    async_answer,
    incomplete,
    missing,
    too_large,
    usable,
)
from .._runtime.results import is_async


def callback_view(receive: Receive) -> Any:
    """Return a view that answers callbacks with 200 once *receive* has returned; async if *receive* is."""
    usable(receive)

    def view(request: HttpRequest) -> HttpResponse:
        body = _body(request)
        return HttpResponse(status=answer(receive, body, request.headers)) if isinstance(body, bytes) else body

    async def async_view(request: HttpRequest) -> HttpResponse:
        body = _body(request)
        if not isinstance(body, bytes):
            return body
        return HttpResponse(status=await async_answer(receive, body, request.headers))

    return csrf_exempt(require_POST(async_view if is_async(receive) else view))


def _body(request: HttpRequest) -> bytes | HttpResponse:
    """Return the body, or how to answer where it cannot be had."""
    length, streamed = request.META.get("CONTENT_LENGTH"), "HTTP_TRANSFER_ENCODING" in request.META
    try:
        body = request.body
        if not body and not length and request.META.get("wsgi.input_terminated"):  # Django reads none without a length
            body = bytes(request.META["wsgi.input"].read(MOST))
    except RequestDataTooBig:
        return HttpResponse(status=too_large("the setting DATA_UPLOAD_MAX_MEMORY_SIZE"))
    except (RawPostDataException, UnreadablePostError) as error:
        return _incomplete("the body could not be read", error)
    problem = missing(len(body), length, streamed=streamed)
    return body if problem is None else _incomplete(problem)


def _incomplete(problem: str, cause: Exception | None = None) -> HttpResponse:
    return HttpResponse(incomplete(problem, cause), status=UNAVAILABLE, content_type=PLAIN)
