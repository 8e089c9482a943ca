"""The navigation beside every page."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from generator.ir import Api, Text

from .language import chrome
from .page import Page
from .pages import CONSOLE, callback_path, operation_path

_START = ("index.html", "signing.html", "errors.html", "states.html")
_END = (CONSOLE, "changelog.html", "tools.html")


@dataclass(frozen=True)
class Section:
    """A group of links under a heading."""

    title: Text
    links: tuple[tuple[Text, str], ...]


def navigation(api: Api, pages: Iterable[Page]) -> tuple[Section, ...]:
    """Return the groups that have something in them."""
    titles = {page.path: page.title for page in pages}
    return tuple(section for section in _sections(api, titles) if section.links)


def _sections(api: Api, titles: dict[str, Text]) -> Iterator[Section]:
    texts = chrome()["navigation"]
    yield Section(texts["start"], _known(titles, _START))
    yield Section(texts["guides"], _below(titles, "guides/"))
    for resource in api.resources:
        yield Section(
            Text(resource.text.zh, resource.class_name), _known(titles, map(operation_path, resource.operations))
        )
    callbacks = ("callbacks.html", *map(callback_path, api.webhooks))
    yield Section(texts["callbacks"], _known(titles, callbacks))
    yield Section(texts["sdk"], tuple((_last(title), path) for title, path in _below(titles, "sdk/")))
    yield Section(texts["more"], _known(titles, _END))


def _known(titles: dict[str, Text], paths: Iterable[str]) -> tuple[tuple[Text, str], ...]:
    return tuple((titles[path], path) for path in paths if path in titles)


def _below(titles: dict[str, Text], folder: str) -> tuple[tuple[Text, str], ...]:
    return tuple((title, path) for path, title in titles.items() if path.startswith(folder))


def _last(title: Text) -> Text:
    """Return the last part of a module's name."""
    return Text(title.zh.rpartition(".")[2], title.en.rpartition(".")[2])
