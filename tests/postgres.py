"""A PostgreSQL server of one's own, for as long as a test run takes: Debian's, in a folder that is thrown away."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import psycopg

DEBIAN = Path("/usr/lib/postgresql")


def binaries() -> Path | None:
    """Return the folder of ``initdb`` and ``postgres``, the newest version there is."""
    found = sorted(DEBIAN.glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]), reverse=True)
    on_path = shutil.which("initdb")
    return found[0].parent if found else Path(on_path).parent if on_path else None


@contextmanager
def postgres(binaries: Path) -> Iterator[str]:
    """Yield the address of a fresh server with fsync on, as a conninfo string; stop the server at the end."""
    with tempfile.TemporaryDirectory(prefix="inbox-pg-") as temporary:
        home = Path(temporary)
        as_user = unprivileged(home)
        data = home / "data"
        subprocess.run(
            [*as_user, binaries / "initdb", "-D", data, "-U", "test", "--auth", "trust", "--encoding", "UTF8"],
            check=True,
            stdout=subprocess.DEVNULL,
            cwd=home,
        )
        with socket.create_server(("127.0.0.1", 0)) as probe:
            port = probe.getsockname()[1]
        settings = ("listen_addresses=127.0.0.1", "fsync=on", "max_connections=200", "log_min_messages=fatal")
        server = subprocess.Popen(
            [
                *as_user,
                binaries / "postgres",
                "-D",
                data,
                "-p",
                str(port),
                "-k",
                home,
                *(f"-c{setting}" for setting in settings),
            ],
            cwd=home,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            conninfo = f"host={home} port={port} user=test dbname=postgres"
            wait_until_ready(conninfo, server)
            yield conninfo
        finally:
            server.send_signal(signal.SIGINT)  # does not wait for clients
            server.wait(timeout=60)


def unprivileged(home: Path) -> list[str | Path]:
    """Return what to put before a command so that it ends with us, and is not run by root, which PostgreSQL refuses."""
    command: list[str | Path] = ["setpriv", "--pdeathsig", "INT"]
    if os.getuid() == 0:
        user = next(user for user in pwd.getpwall() if user.pw_name in ("postgres", "nobody"))
        os.chown(home, user.pw_uid, user.pw_gid)
        command += [f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"]
    return [*command, "--"]


def wait_until_ready(conninfo: str, server: subprocess.Popen[bytes]) -> None:
    for _ in range(600):
        try:
            psycopg.connect(conninfo).close()
        except psycopg.OperationalError:
            try:
                server.wait(0.05)
            except subprocess.TimeoutExpired:
                continue
            raise RuntimeError(f"PostgreSQL ended with status {server.returncode}") from None
        else:
            return
    raise RuntimeError("PostgreSQL did not start within 30 s")


def schema(conninfo: str) -> str:
    """Return the address of an empty schema of its own: much faster to make and to drop than a database."""
    name = f"s{uuid.uuid4().hex}"
    with closing(psycopg.connect(conninfo, autocommit=True)) as connection:
        connection.execute(f"CREATE SCHEMA {name}".encode())
    return f"{conninfo} options=-csearch_path={name}"
