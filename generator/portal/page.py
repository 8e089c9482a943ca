"""What a page is before it is text, and how one page points to another."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass, field
from typing import Any

from generator.ir import Text

from .language import Language


@dataclass(frozen=True)
class Page:
    """One page, in both languages."""

    path: str
    """From the root of the Chinese edition; the English one has the same path below ``en/``."""
    template: str
    title: Text
    summary: Text
    context: dict[str, Any] = field(default_factory=dict)
    scripts: tuple[str, ...] = ()
    """The assets that make it live, beside those of every page."""

    def at(self, language: Language) -> str:
        return language.folder + self.path

    @property
    def twin(self) -> str:
        """Where the same page is as Markdown, beside itself."""
        return self.path.removesuffix(".html") + ".md"


@dataclass(frozen=True)
class Links:
    """Turns places of the site into links that work under any address, for one page in one language."""

    page: Page
    language: Language

    @property
    def root(self) -> str:
        """The way to the site's root, to put a path behind."""
        return "../" * self.page.at(self.language).count("/")

    def page_at(self, path: str) -> str:
        """Link to a page of the same language."""
        return self.file(self.language.folder + path)

    def file(self, path: str) -> str:
        """Link to a file by its path from the site's root; a fragment stays."""
        target, mark, fragment = path.partition("#")
        here = self.page.at(self.language)
        if target == here:
            return mark + fragment or posixpath.basename(here)
        return posixpath.relpath(target, posixpath.dirname(here) or ".") + mark + fragment
