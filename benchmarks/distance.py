"""The same calls as users make them: over TLS, with a round trip of 20 ms."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path

from .environments import python
from .measure import Results, Task, interleave, stub_server, workers

LATENCY = 0.02
TASKS = [Task("get", 20), Task("list100", 20), Task("get", 200, 10), Task("get", 800, 100)]
REMAINS = """\
What remains: one call after the other takes as long as the network does, with any client; the CPU stays lower by about
the same factor. With many asyncio tasks the client's CPU is the limit again, and the gain in calls a second comes back.
"""


def title(task: Task) -> str:
    return f"`{task.do}`, " + ("one after the other" if task.tasks is None else f"{task.tasks} asyncio tasks")


def measure(environments: Mapping[str, str], rounds: int) -> Results:
    with tempfile.TemporaryDirectory() as folder:
        options = ["-m", "trustme", "--identities", "127.0.0.1", "--dir", folder, "--quiet"]
        subprocess.run([str(python("tools")), *options], check=True)
        server, authority = Path(folder, "server.pem"), Path(folder, "client.pem")
        certificate = Path(folder, "both.pem")
        certificate.write_bytes(Path(folder, "server.key").read_bytes() + server.read_bytes())
        with stub_server("--latency", str(LATENCY), "--certificate", str(certificate)) as port:
            url = f"https://127.0.0.1:{port}"
            with workers(environments, url, authority) as running:
                return interleave(running, TASKS, rounds)
