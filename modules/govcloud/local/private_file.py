"""Files that only their owner may read: keys, certificates, kubeconfigs, configuration with secrets."""

from __future__ import annotations

import contextlib
import os
import re
import secrets
from pathlib import Path

__all__ = ["folder", "kept_secret", "remove_begun", "write"]

_BEGUN = re.compile(r"\..+\.(\d+)\.new")


def write(file: Path, content: str | bytes) -> bool:
    """Put `content` into `file` with mode 0600, whole or not at all; return whether that changed anything.

    The folder above is made with mode 0700. An unchanged file keeps its time, so that watchers are not woken.
    """
    data = content.encode() if isinstance(content, str) else content
    with contextlib.suppress(OSError):
        if file.read_bytes() == data and file.stat().st_mode & 0o077 == 0:
            return False
    folder(file.parent)
    temporary = file.with_name(f".{file.name}.{os.getpid()}.new")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())  # a key lost to a power cut is data lost
        temporary.replace(file)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    return True


def remove_begun(path: Path, depth: int) -> None:
    """Remove what writers that were killed left in a folder and `depth` levels below it; living writers go on."""
    for level in range(depth + 1):
        for file in path.glob("*/" * level + ".*.new"):
            begun = _BEGUN.fullmatch(file.name)
            if begun and not Path("/proc", begun[1]).exists():
                file.unlink(missing_ok=True)


def folder(path: Path) -> Path:
    """Make a folder (and what is missing above it) that only its owner may enter; return it."""
    if not path.is_dir():
        missing = [p for p in (path, *path.parents) if not p.exists()]
        for parent in reversed(missing):
            parent.mkdir(mode=0o700, exist_ok=True)
    return path


def kept_secret(file: Path, size: int = 32) -> str:
    """Return the secret in `file` as lower-case hexadecimal, drawn once (`size` random bytes) and kept."""
    with contextlib.suppress(FileNotFoundError):
        return file.read_text().strip()
    write(file, secrets.token_hex(size) + "\n")
    return file.read_text().strip()
