"""What a program pays before its first call: CPU of fresh processes, without the interpreter's own start."""

from __future__ import annotations

import random
import statistics
import subprocess

from .environments import PEERS, python, variables

HTTPX = "import httpx"
CLIENT = "import httpx; httpx.Client()"
OURS = "import netease_meeting"
HTTPX_FIRST = "import httpx; httpx.Client().post({url!r} + '/v2/meeting/get', json={{'meetingUniqueId': 1}}).json()"
FIRST = (
    "from netease_meeting import MeetingClient; "
    "client = MeetingClient(app_key='key', app_secret='secret', base_url={url!r}); "
    "client.meetings.get(meeting_unique_id=1)"
)
"""Until the first call is answered: from outside, nothing else shows that nothing is left to load."""
WEBHOOKS = "import netease_meeting.webhooks"

PROGRAMS = {
    HTTPX: "httpx",
    CLIENT: "httpx",
    HTTPX_FIRST: "httpx",
    OURS: "netease-meeting",
    FIRST: "netease-meeting",
    WEBHOOKS: "netease-meeting",
    "import httpx2": "httpx2",
    "import requests": "requests",
    "import aiohttp": "aiohttp",
    "import pyreqwest.client": "pyreqwest",
    "from openapi_python_client_peer.api.meetings import get_meeting": "openapi-python-client",
    "import openapi_generator_peer": "openapi-generator",
    "import wemeet_openapi": "wemeet",
}
"""Each program and its environment."""


def measure(url: str, rounds: int) -> dict[str, float]:
    """Return the median milliseconds of CPU of each program; a round before the first fills the disk's cache."""
    shuffle = random.Random(5)
    programs = list(PROGRAMS)
    times: dict[str, list[float]] = {program: [] for program in programs}
    for number in range(rounds + 1):
        shuffle.shuffle(programs)
        for program in programs:
            milliseconds = once(PROGRAMS[program], program.format(url=url))
            if number > 0:
                times[program].append(milliseconds)
    return {program: statistics.median(samples) for program, samples in times.items()}


def once(environment: str, program: str) -> float:
    code = f"import time; start = time.process_time(); {program}; print(time.process_time() - start)"
    command = [str(python(environment)), "-c", code]
    environ = variables(PYTHONPATH=str(PEERS))
    done = subprocess.run(command, env=environ, check=True, capture_output=True, text=True)
    return float(done.stdout) * 1000
