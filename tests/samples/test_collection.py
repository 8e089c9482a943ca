"""The collection has every operation, and no secret."""

from __future__ import annotations

import json
from typing import Any

import pytest

from generator.ir import Api
from generator.postman import collection


def requests(made: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Return each request by its path."""
    return {"/" + "/".join(item["request"]["url"]["path"]): item for folder in made["item"] for item in folder["item"]}


@pytest.mark.parametrize("language", ["zh", "en"])
def test_it_has_every_operation_and_no_secret(api: Api, language: str) -> None:
    made = collection(api, language)
    assert set(requests(made)) == {operation.path for operation in api.operations}
    assert {variable["key"]: variable["value"] for variable in made["variable"]} == {
        "baseUrl": api.base_url,
        "appKey": "",
        "appSecret": "",
    }
    for operation in api.operations:
        item = requests(made)[operation.path]
        assert json.loads(item["request"]["body"]["raw"]) == operation.example
        assert item["name"] == (operation.summary.zh if language == "zh" else operation.summary.en)
