"""What is published as YAML reads back as it was."""

from __future__ import annotations

from typing import Any

import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from generator import yamlfile

SCALARS = st.none() | st.booleans() | st.integers() | st.text(st.characters(exclude_categories=["Cs", "Cc"]))
AMBIGUOUS = st.sampled_from(
    ["", "null", "~", "yes", "off", "1", "0x1F", "1e3", "2021-07-01", "- a", "a: b", "#", "=", "a\nb\n"]
)
VALUES = st.recursive(
    SCALARS | AMBIGUOUS,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text("ab1: ", max_size=5) | AMBIGUOUS, inner, max_size=4)
    ),
    max_leaves=12,
)


@settings(max_examples=300, deadline=None)
@given(VALUES)
def test_it_reads_back(value: Any) -> None:
    assert yaml.safe_load(yamlfile.dump(value)) == value


def test_what_is_shared_is_written_twice() -> None:
    shared = {"a": [1]}
    assert yamlfile.dump({"x": shared, "y": shared}) == "x:\n  a:\n  - 1\ny:\n  a:\n  - 1\n"
