"""The two languages of the portal, and what its pages say in them around the contract's own words."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from generator.ir import Text

_CHROME = Path(__file__).with_name("chrome.yaml")


@dataclass(frozen=True)
class Language:
    """One of the languages, and where its pages are."""

    code: str
    name: str
    key: str
    """Under which a text is kept: ``zh`` or ``en``."""
    folder: str

    def of(self, text: Text) -> str:
        return text.zh if self.key == "zh" else text.en


CHINESE = Language("zh-CN", "中文", "zh", "")
ENGLISH = Language("en", "English", "en", "en/")
LANGUAGES = (CHINESE, ENGLISH)


def other(language: Language) -> Language:
    """Return the language a reader of *language* can switch to."""
    return ENGLISH if language is CHINESE else CHINESE


@cache
def chrome() -> dict[str, dict[str, Text]]:
    """Return the texts of ``chrome.yaml`` by group and name."""
    groups: dict[str, dict[str, Any]] = yaml.safe_load(_CHROME.read_text("utf-8"))
    return {
        group: {name: Text(text["zh"], text["en"]) for name, text in texts.items()} for group, texts in groups.items()
    }


def group(name: str, language: Language) -> dict[str, str]:
    """Return one group of texts in one language."""
    return {key: language.of(text) for key, text in chrome()[name].items()}
