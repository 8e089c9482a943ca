# Copied from generator/runtime/webhooks/django.py by `make generate`. Edit it there.
"""Django, under WSGI or ASGI.

Example::

    urlpatterns = [path("callbacks", callback_view(hook.handle))]
"""

from __future__ import annotations

import inspect
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from .._runtime.receiving import Receive, answer, async_answer


def callback_view(receive: Receive) -> Any:
    """Return a view that answers callbacks with 200 once *receive* has returned; async if *receive* is."""

    def view(request: HttpRequest) -> HttpResponse:
        body = _body(request)
        return HttpResponse(status=413 if body is None else answer(receive, body, request.headers))

    async def async_view(request: HttpRequest) -> HttpResponse:
        body = _body(request)
        return HttpResponse(status=413 if body is None else await async_answer(receive, body, request.headers))

    return csrf_exempt(require_POST(async_view if inspect.iscoroutinefunction(receive) else view))


def _body(request: HttpRequest) -> bytes | None:
    try:
        return request.body
    except RequestDataTooBig:
        return None
