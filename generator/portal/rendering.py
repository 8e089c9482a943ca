"""Pages + templates -> HTML. Templates are loops and holes; what they may ask is put together here."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup

from generator.ir import Api

from . import code, diagram, prose, signature
from .guides import Document
from .language import LANGUAGES, Language, group, other
from .layout import LATEST
from .navigation import Section
from .page import Links, Page
from .pages import callback_path, operation_path

_TEMPLATES = Path(__file__).with_name("templates")
_ASSETS = Path(__file__).with_name("assets")
"""What a page may hold instead of loading it."""


class Renderer:
    """Renders the pages of one language."""

    def __init__(
        self,
        api: Api,
        language: Language,
        sections: tuple[Section, ...],
        pages: tuple[Page, ...],
        files: tuple[str, ...],
    ) -> None:
        self._api = api
        self._language = language
        self._known = frozenset(page.path for page in pages)
        self._environment = _environment()
        filters: dict[str, Any] = self._environment.filters
        filters.update(
            say=language.of,
            prose=lambda text: prose.block(language.of(text)),
            inline=lambda text: prose.inline(language.of(text)),
            highlight=code.highlight,
            pretty=code.pretty,
            formula=signature.formula,
            sentence=self._sentence,
            duration=self._duration,
            script=_script,
        )
        self._environment.globals.update(
            api=api,
            language=language,
            other=other(language),
            navigation=sections,
            files=files,
            text=lambda name: group(name, language),
            operation_path=operation_path,
            callback_path=callback_path,
            demo={
                "key": signature.DEMO_KEY,
                "secret": signature.DEMO_SECRET,
                "server": signature.DEMO_SERVER,
                "command": signature.DEMO_COMMAND,
            },
            drawing=self._drawing,
        )

    def page(self, page: Page) -> str:
        """Return the HTML of *page*."""
        links = Links(page, self._language)
        template = self._environment.get_template(page.template)
        return template.render(
            page=page,
            link=links.page_at,
            file=links.file,
            root=links.root,
            guide=lambda document: self._guide(document, links),
            **page.context,
        )

    def _sentence(self, text: str) -> str:
        return (
            text if text.endswith((".", "。", "!", "?", "！", "？")) else text + group("page", self._language)["stop"]
        )

    def _duration(self, seconds: float) -> str:
        hours, rest = divmod(seconds, 3600)
        unit, number = ("hours", hours) if hours and not rest else ("seconds", seconds)
        return group("duration", self._language)[unit].replace("{n}", f"{number:g}")

    def _drawing(self) -> diagram.Diagram | None:
        conditions = group("condition", self._language)
        return diagram.draw(self._api.states, self._language, conditions) if self._api.states is not None else None

    def _guide(self, document: Document, links: Links) -> Markup:
        return prose.guide(self._language.of(document.source), lambda target: self._resolve(target, links))

    def _resolve(self, target: str, links: Links) -> str | None:
        """Return where a link of a guide leads: other guides are pages here, other files of the repository are not."""
        if target.startswith(("https://", "#")):
            return target
        path, mark, fragment = target.partition("#")
        page = f"guides/{path.rpartition('/')[2].removesuffix('.md').removesuffix('.zh-CN')}.html"
        return links.page_at(page) + mark + fragment if path.endswith(".md") and page in self._known else None


def root(api: Api) -> str:
    """Return the page at the top of all versions, which leads to the latest without any script."""
    return _environment().get_template("root.html.jinja").render(api=api, latest=LATEST, languages=LANGUAGES)


def included(name: str) -> str:
    """Return a file as it stands in every page."""
    return _environment().get_template(name).render()


def _environment() -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader([_TEMPLATES, _ASSETS]),
        undefined=jinja2.StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _script(value: Any) -> Markup:
    """Return *value* as JSON that cannot end the element it stands in."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return Markup(text.replace("<", "\\u003c"))
