"""Pages that people wrote: the guides and the list of changes, each in both languages."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from generator.ir import Text

from . import prose

_CHINESE = ".zh-CN"


@dataclass(frozen=True)
class Document:
    """A Markdown file and its translation."""

    name: str
    source: Text

    @property
    def title(self) -> Text:
        return Text(prose.title(self.source.zh), prose.title(self.source.en))

    @property
    def lead(self) -> Text:
        return Text(prose.lead(self.source.zh), prose.lead(self.source.en))


def read_guides(folder: Path) -> tuple[Document, ...]:
    """Return the guides in *folder*: each ``name.md`` that has its ``name.zh-CN.md``."""
    return tuple(_guides(folder))


def _guides(folder: Path) -> Iterator[Document]:
    for path in sorted(folder.glob("*.md")):
        if not path.stem.endswith(_CHINESE):
            yield read_document(path)


def read_document(path: Path) -> Document:
    """Return the document at *path*. Raises ``FileNotFoundError`` if it or its translation is missing."""
    translated = path.with_name(f"{path.stem}{_CHINESE}.md")
    if not translated.exists():
        raise FileNotFoundError(f"{path} has no Chinese edition: write {translated.name} beside it")
    return Document(path.stem, Text(translated.read_text("utf-8"), path.read_text("utf-8")))
