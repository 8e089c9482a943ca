"""The portal with JavaScript off: everything there is to know can be read."""

from __future__ import annotations

from collections.abc import Iterator

from playwright.sync_api import Browser

from generator.ir import Api, Field, Model
from generator.samples import samples
from tests.figure import Figure

from .browser import opened
from .site import Site


def without_script(browser: Browser, site: Site, url: str, api: Api) -> Figure:
    """Read, as a person would see them, the pages of every operation, callback and code in both languages."""
    missing: list[str] = []
    counts = {"operations": 0, "callbacks": 0, "codes": 0}
    with opened(browser, script=False) as (page, _):

        def read(path: str) -> str:
            page.goto(f"{url}/{path}")
            return " ".join(page.inner_text("main").split())

        def expect(path: str, shown: str, *texts: str) -> None:
            missing.extend(f"{path}: {text}" for text in texts if " ".join(text.split()) not in shown)

        for folder in ("", "en/"):
            for operation in api.operations:
                path = f"{folder}operations/{operation.id}.html"
                shown = read(path)
                fields = [*operation.parameters, *operation.request.fields, *operation.answer]
                expect(path, shown, operation.path, *(field.wire for field in _deep(api, fields)))
                expect(path, shown, *(sample["source"] for sample in samples(api, operation)))
                expect(path, shown, *(f"{code.code} {code.name}" for code in operation.errors))
                counts["operations"] += 1
            for webhook in api.webhooks:
                path = f"{folder}callbacks/{webhook.id}.html"
                expect(path, read(path), *(field.wire for field in _deep(api, webhook.body.fields)))
                counts["callbacks"] += 1
            path = f"{folder}errors.html"
            shown = read(path)
            for code in api.codes:
                remedy = code.remedy.en if folder else code.remedy.zh
                expect(path, shown, str(code.code), code.name, remedy)
                counts["codes"] += 1
    return Figure(
        "what cannot be read with JavaScript off",
        "0",
        not missing,
        {"found": len(missing), **counts, **({"first": missing[:5]} if missing else {})},
    )


def _deep(api: Api, fields: list[Field] | tuple[Field, ...]) -> Iterator[Field]:
    """Yield fields and the fields of what they hold."""
    models: dict[str, Model] = {model.name: model for model in api.models}
    waiting, seen = list(fields), set[str]()
    while waiting:
        field = waiting.pop()
        yield field
        for leaf in field.type.leaves():
            if leaf.name in models and leaf.name not in seen:
                seen.add(leaf.name)
                waiting.extend(models[leaf.name].fields)
