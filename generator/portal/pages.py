"""Which pages there are: one for each operation, callback, guide and module of the client, and one for each subject."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from generator.ir import Api, ErrorCode, Operation, Text, Webhook
from generator.samples import samples

from . import prose, signature, snippets
from .fields import rows
from .language import chrome
from .page import Page
from .sources import Sources

CONSOLE = "console/index.html"


def operation_path(operation: Operation) -> str:
    """Return where the page of an operation is."""
    return f"operations/{operation.id}.html"


def callback_path(webhook: Webhook) -> str:
    """Return where the page of a callback is."""
    return f"callbacks/{webhook.id}.html"


def pages(api: Api, sources: Sources) -> Iterator[Page]:
    """Yield every page, in the order of the navigation."""
    titles, summaries = chrome()["title"], chrome()["summary"]

    def subject(name: str, *scripts: str, **context: Any) -> Page:
        return Page(f"{name}.html", f"{name}.html.jinja", titles[name], summaries[name], context, scripts)

    schemes = signature.worked(api)
    yield Page("index.html", "index.html.jinja", titles["index"], api.summary, {"first_sample": _first_sample(api)})
    if schemes:
        yield subject(
            "signing",
            "calculator.js",
            worked_schemes=schemes,
            scheme_facts=signature.facts(api.schemes),
            examples=signature.calculator(schemes),
        )
    if api.webhooks:
        yield subject(
            "callbacks",
            verification=snippets.verification(api.webhooks[0]),
            worked=signature.of_callback(api, api.webhooks[0]),
        )
    yield subject("errors", "errors.js", raised=_raised(api))
    if api.states is not None:
        yield subject("states")
    for operation in api.operations:
        yield _operation(api, operation)
    for webhook in api.webhooks:
        yield _callback(api, webhook)
    for guide in sources.guides:
        yield Page(f"guides/{guide.name}.html", "document.html.jinja", guide.title, guide.lead, {"document": guide})
    for module in sources.modules:
        name = Text(module.name, module.name)
        lead = _first_paragraph(module.text)
        yield Page(f"sdk/{module.name}.html", "module.html.jinja", name, lead, {"module": module})
    yield subject("changelog", document=sources.changes, since=sources.since)
    yield _console(api)
    yield subject("tools", catalogue=snippets.catalogue(api))


def _operation(api: Api, operation: Operation) -> Page:
    envelope = [field for field in operation.answer if field.wire != api.envelope.data]
    data = [field for field in operation.answer if field.wire == api.envelope.data]
    return Page(
        operation_path(operation),
        "operation.html.jinja",
        operation.summary,
        _first_paragraph(operation.text),
        {
            "operation": operation,
            "headers": rows(api, operation.parameters),
            "request": rows(api, operation.request.fields),
            "answer": rows(api, [*envelope, *data]),
            "samples": samples(api, operation),
            "used_schemes": signature.facts(operation.schemes),
        },
        ("try.js",),
    )


def _callback(api: Api, webhook: Webhook) -> Page:
    return Page(
        callback_path(webhook),
        "callback.html.jinja",
        webhook.summary,
        _first_paragraph(webhook.text),
        {
            "webhook": webhook,
            "fields": rows(api, webhook.body.fields),
            "verification": snippets.verification(webhook),
            "worked": signature.of_callback(api, webhook),
        },
    )


def _console(api: Api) -> Page:
    operations = {operation.path: [scheme.name for scheme in operation.schemes] for operation in api.operations}
    context = {"operations": operations, "schemes": signature.facts(api.schemes)}
    titles, summaries = chrome()["title"], chrome()["summary"]
    return Page(CONSOLE, "console.html.jinja", titles["console"], summaries["console"], context, ("console.js",))


def _first_sample(api: Api) -> str:
    """Return what a newcomer can run first: an operation that needs nothing to be there."""
    easy = (operation for operation in api.operations if not any(field.required for field in operation.arguments))
    return snippets.python(api, next(easy, api.operations[0]))


def _raised(api: Api) -> dict[int, tuple[Operation, ...]]:
    """Return the operations that raise each code."""

    def raises(operation: Operation, code: ErrorCode) -> bool:
        return code in operation.errors or any(code.code in field.codes for field in operation.arguments)

    return {
        code.code: tuple(operation for operation in api.operations if raises(operation, code)) for code in api.codes
    }


def _first_paragraph(text: Text) -> Text:
    return Text(prose.lead(text.zh), prose.lead(text.en))
