"""What is written for programs that read: ``llms.txt`` in both languages."""

from __future__ import annotations

from collections.abc import Iterable

from generator.ir import Api

from .language import LANGUAGES, Language, group
from .navigation import Section
from .page import Page


def llms(api: Api, pages: Iterable[Page], sections: Iterable[Section]) -> dict[str, str]:
    """Return ``llms.txt`` of each language: what this is, and every page's Markdown twin with a sentence."""
    summaries = {page.path: page for page in pages}
    return {f"{language.folder}llms.txt": _llms(api, summaries, tuple(sections), language) for language in LANGUAGES}


def _llms(api: Api, pages: dict[str, Page], sections: tuple[Section, ...], language: Language) -> str:
    lines = [f"# {language.of(api.title)} {api.version}", "", f"> {language.of(api.summary)}", ""]
    lines += [group("page", language)["llms"], ""]
    for section in sections:
        lines += [f"## {language.of(section.title)}", ""]
        for title, path in section.links:
            summary = " ".join(language.of(pages[path].summary).split())
            lines.append(f"- [{language.of(title)}]({pages[path].twin})" + (f": {summary}" if summary else ""))
        lines.append("")
    return "\n".join(lines)
