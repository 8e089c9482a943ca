"""Whether a path is that of a file in which SQLite can keep something."""

from __future__ import annotations

import os
import stat

from .._runtime.errors import ConfigurationError

_REMOTE = frozenset(
    {
        "afs",
        "ceph",
        "cifs",
        "fuse.glusterfs",
        "fuse.sshfs",
        "glusterfs",
        "lustre",
        "ncpfs",
        "nfs",
        "nfs4",
        "smb3",
        "smbfs",
    }
)


def checked(path: str | os.PathLike[str]) -> str:
    """Return the absolute path, or raise if it is that of no file on a disk."""
    text = os.fsdecode(os.fspath(path))
    if not text or text.startswith((":memory:", "file:")) or "\0" in text:
        raise ConfigurationError(
            f"SQLiteStore wants the path of a file, which {text!r} is not: what is kept must outlast the process. "
            'Give for example "callbacks.db".'
        )
    full = os.path.abspath(text)
    try:
        mode = os.stat(full).st_mode
    except FileNotFoundError:
        mode = None
    except OSError as error:
        raise ConfigurationError(f"SQLiteStore cannot use {full}: {error.strerror}.") from None
    folder = os.path.dirname(full)
    problem = (
        f"there is no folder {folder}" if not os.path.isdir(folder)
        else f"the folder {folder} is not writable, and SQLite keeps files beside the database"
        if not os.access(folder, os.W_OK)
        else "it is a folder" if mode is not None and stat.S_ISDIR(mode)
        else "it is not a regular file" if mode is not None and not stat.S_ISREG(mode)
        else "it is not writable" if mode is not None and not os.access(full, os.R_OK | os.W_OK)
        else "it is on a network file system, where SQLite's locks do not hold" if is_remote(folder)
        else ""
    )  # fmt: skip
    if problem:
        raise ConfigurationError(f"SQLiteStore cannot use {full}: {problem}. Give the path of a writable file.")
    return full


def quoted(path: str) -> str:
    """Return a path as SQLite's addresses spell it."""
    from urllib.parse import quote  # only where a file is opened

    return quote(path if os.sep == "/" else "/" + path.replace(os.sep, "/"), safe="/:")


def identity(path: str) -> tuple[int, int] | None:
    """Return what tells a file from another of the same name; ``None`` if there is none."""
    try:
        found = os.stat(path)
    except FileNotFoundError:
        return None
    return found.st_dev, found.st_ino


def is_remote(folder: str, mounts: str = "/proc/self/mounts") -> bool:
    """Whether a folder is on a network file system; ``False`` where that cannot be found out."""
    try:
        with open(mounts, encoding="utf-8", errors="surrogateescape") as lines:
            fields = [line.split(" ") for line in lines]
    except OSError:
        return folder.startswith("\\\\")
    real, kind, length = os.path.realpath(folder) + "/", "", 0
    for _, escaped, found, *_ in fields:
        place = escaped.replace("\\040", " ").rstrip("/") + "/"
        if real.startswith(place) and len(place) >= length:
            kind, length = found, len(place)
    return kind in _REMOTE
