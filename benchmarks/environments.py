"""A clean environment for each peer under build/bench/, and the peers that are generated from the contract."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BUILD = ROOT / "build" / "bench"
PEERS = BUILD / "peers"
CONTRACT = ROOT / "generated" / "openapi.yaml"

PACKAGES = {
    "tools": ["matplotlib==3.10.*", "trustme==1.2.1", "uvloop==0.22.*"],
    "generators": ["openapi-python-client==0.29.1", "openapi-generator-cli==7.26.0"],
    "netease-meeting": [f"{ROOT}[turbo]"],
    "httpx": ["httpx==0.28.1"],
    "httpx2": ["httpx2==2.16.2"],
    "requests": ["requests==2.34.2"],
    "aiohttp": ["aiohttp==3.14.5"],
    "pyreqwest": ["pyreqwest==0.15.1"],
    "openapi-python-client": ["httpx==0.28.1", "attrs>=25", "python-dateutil>=2.8"],
    "openapi-generator": ["urllib3>=2.7,<3", "python-dateutil>=2.8", "pydantic>=2.11,<3", "typing-extensions"],
    "wemeet": ["wemeet-openapi-sdk-python==1.0.10", "requests-toolbelt"],  # imports it without declaring it
}
"""What each environment holds and nothing else: the newest releases when this was written."""


def build() -> None:
    """Build what is missing; ours is always installed anew, and generated peers whenever the contract changed."""
    for name, packages in PACKAGES.items():
        ready = BUILD / name / ".ready"
        if name == "netease-meeting" or not ready.exists() or ready.read_text() != repr(packages):
            print(f"environment {name}", file=sys.stderr, flush=True)
            shutil.rmtree(BUILD / name, ignore_errors=True)
            _run(_tool("uv"), "--quiet", "venv", "--python", sys.executable, str(BUILD / name))
            install = ["--compile-bytecode", "--python", str(python(name)), *packages]
            _run(_tool("uv"), "--quiet", "pip", "install", *install)
            ready.write_text(repr(packages))
    used = PEERS / "contract.yaml"
    if not used.exists() or used.read_bytes() != CONTRACT.read_bytes():
        print("peers generated from the contract", file=sys.stderr, flush=True)
        shutil.rmtree(PEERS, ignore_errors=True)
        PEERS.mkdir(parents=True)
        client = [str(BUILD / "generators" / "bin" / "openapi-python-client"), "generate", "--meta", "none"]
        _run(*client, "--path", str(CONTRACT), "--output-path", str(PEERS / "openapi_python_client_peer"))
        options = ["-g", "python", "--package-name", "openapi_generator_peer", "--skip-validate-spec"]
        generator = str(BUILD / "generators" / "bin" / "openapi-generator-cli")
        _run(generator, "generate", *options, "-i", str(CONTRACT), "-o", str(PEERS))
        shutil.copyfile(CONTRACT, used)


def variables(**more: str) -> dict[str, str]:
    """Return this process's environment without what changes how Python runs, such as writing no bytecode."""
    return {**{name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}, **more}


def python(name: str) -> Path:
    return BUILD / name / "bin" / "python"


def _tool(name: str) -> str:
    return str(Path(sys.executable).parent / name)


def _run(*command: str) -> None:
    # Stock openapi-python-client looks for ruff on the path, and silently leaves it out where there is none.
    path = f"{BUILD / 'generators' / 'bin'}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(command, cwd=ROOT, env=variables(PATH=path), capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{' '.join(command)} failed:\n{done.stdout}{done.stderr}")
