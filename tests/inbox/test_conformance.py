"""Both stores keep what an inbox expects of a store."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from netease_meeting.inbox.conformance import CHECKS

from .conftest import MakeStore


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_conformance(check: Callable[[MakeStore], None], make: MakeStore) -> None:
    check(make)
