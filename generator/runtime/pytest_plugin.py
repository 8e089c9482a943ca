"""Fixtures for tests of code that uses this package. pytest finds them; the sandbox loads with their first use."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from .client import AsyncMeetingClient, MeetingClient
    from .sandbox import Sandbox


@pytest.fixture
def meeting_sandbox() -> Iterator[Sandbox]:
    """A sandbox of the NetEase Meeting API for one test: stateful, signed, with time you control."""
    from .sandbox import Sandbox

    with Sandbox() as sandbox:
        yield sandbox


@pytest.fixture
def meeting_client(meeting_sandbox: Sandbox) -> Iterator[MeetingClient]:
    """A real client wired to `meeting_sandbox` without a socket."""
    with meeting_sandbox.client() as client:
        yield client


@pytest.fixture
def async_meeting_client(meeting_sandbox: Sandbox) -> AsyncMeetingClient:
    """The same, asynchronous. It is closed with its sandbox, and holds nothing else."""
    return meeting_sandbox.async_client()
