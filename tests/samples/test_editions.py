"""The published contract in two languages."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
import yaml
from openapi_spec_validator import validate

from generator.ir import Api
from generator.publish import publish

CHINESE = re.compile(r"[\u3400-\u9fff]")
DATA = {"example", "examples", "x-codeSamples", "contact", "text"}
"""What is not translated: examples, samples, the vendor's name, and the messages that arrive with a code."""


def edition(api: Api, name: str) -> Any:
    return json.loads(publish(api)[name])


@pytest.mark.parametrize("name", ["openapi", "openapi.en"])
def test_it_is_valid_and_the_same_in_both_formats(api: Api, name: str) -> None:
    document = edition(api, f"{name}.json")
    validate(document)
    assert yaml.safe_load(publish(api)[f"{name}.yaml"]) == document
    for item in document["paths"].values():
        assert [sample["label"] for sample in item["post"]["x-codeSamples"]] == [
            "curl",
            "Python",
            "Python (async)",
            "Java",
        ]


def test_the_english_edition_is_english(api: Api) -> None:
    def walk(node: Any, path: tuple[str, ...]) -> None:
        if isinstance(node, dict):
            assert "x-i18n" not in node
            for key, value in node.items():
                if key not in DATA:
                    walk(value, (*path, key))
        elif isinstance(node, list):
            for value in node:
                walk(value, path)
        elif isinstance(node, str):
            assert not CHINESE.search(node), path

    walk(edition(api, "openapi.en.json"), ())


def test_the_editions_differ_in_nothing_but_words(api: Api) -> None:
    def words_out(node: Any) -> Any:
        if isinstance(node, dict):
            texts = {"x-i18n", "zh", "en", "title", "summary", "description", "x-enum-descriptions"}
            return {
                key: words_out(value)
                for key, value in node.items()
                if key not in texts or (isinstance(value, dict) and key != "x-i18n")
            }
        return [words_out(item) for item in node] if isinstance(node, list) else node

    assert words_out(edition(api, "openapi.json")) == words_out(edition(api, "openapi.en.json"))
