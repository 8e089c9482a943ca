"""What is told to maintainers agrees with what is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.conftest import ROOT


def read(path: str) -> str:
    return (ROOT / path).read_text("utf-8")


def test_every_key_of_the_vocabulary_has_a_line_in_contributing() -> None:
    declared = set(re.findall(r"(?m)^\s+(x-[A-Za-z0-9-]+):", read("generator/contract.schema.yaml")))
    explained = set(re.findall(r"(?m)^\| `(x-[A-Za-z0-9-]+)`", read("CONTRIBUTING.md")))
    explained |= set(re.findall(r"(?m)^\| `x-[^|]*`(x-[A-Za-z0-9-]+)` \|", read("CONTRIBUTING.md")))
    assert declared - explained == set()


def test_every_target_of_the_makefile_has_a_help_line() -> None:
    makefile = read("Makefile")
    declared = re.search(r"(?m)^\.PHONY: (.*)$", makefile)
    assert declared
    explained = set(re.findall(r"(?m)^([a-z-]+):.*## \S", makefile))
    assert set(declared[1].split()) == explained


@pytest.mark.parametrize("page", sorted(path.relative_to(ROOT).as_posix() for path in ROOT.glob("*.md")))
def test_links_between_the_pages_lead_somewhere(page: str) -> None:
    links = [link for link in re.findall(r"\]\(([^)#]+)[^)]*\)", read(page)) if "://" not in link]
    assert [link for link in links if not Path(ROOT, page).parent.joinpath(link).exists()] == []


@pytest.mark.parametrize("pattern", ["README*.md", "docs/guides/*.md"])
def test_every_page_is_there_in_english_and_chinese(pattern: str) -> None:
    pages = {path.name for path in ROOT.glob(pattern)}
    english = {page for page in pages if not page.endswith(".zh-CN.md")}
    assert pages - english == {page.replace(".md", ".zh-CN.md") for page in english}
