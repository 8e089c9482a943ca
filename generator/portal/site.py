"""One version of the site: the pages in both languages, their Markdown twins, the search index and the contract."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from generator.ir import Api

from . import machines, policy, search
from .language import LANGUAGES
from .navigation import navigation
from .pages import pages
from .rendering import Renderer, included
from .sources import Sources
from .twins import main_part, twin

_HERE = Path(__file__).parent
_ASSETS, _VENDOR = _HERE / "assets", _HERE / "vendor"


def build(api: Api, sources: Sources) -> dict[str, bytes]:
    """Return every file of one version by its path."""
    every = tuple(pages(api, sources))
    sections = navigation(api, every)
    html: dict[str, str] = {}
    for language in LANGUAGES:
        renderer = Renderer(api, language, sections, every, tuple(sources.contract))
        html.update((page.at(language), renderer.page(page)) for page in every)
    mains = {path: main_part(text) for path, text in html.items()}
    twins = {path.removesuffix(".html") + ".md": twin(main) for path, main in mains.items()}
    texts = {
        **html,
        **twins,
        "search.json": search.index(every, mains),
        policy.PATH: policy.policy(included("early.js"), included("portal.css")),
        **machines.llms(api, every, sections),
    }
    return {
        **{path: text.encode() for path, text in texts.items()},
        **{path.relative_to(_HERE).as_posix(): path.read_bytes() for path in _files(_ASSETS, _VENDOR)},
        **sources.contract,
    }


def _files(*folders: Path) -> Iterable[Path]:
    return sorted(path for folder in folders for path in folder.rglob("*") if path.is_file())
