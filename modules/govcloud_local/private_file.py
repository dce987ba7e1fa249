"""Files that only their owner may read: keys, certificates, kubeconfigs, configuration with secrets."""

from __future__ import annotations

import contextlib
import os
import secrets
import stat
from pathlib import Path

from govcloud_base.errors import EnvironmentProblem, Problem, Text
from govcloud_base.replacement import replacement

__all__ = ["damaged", "folder", "kept_secret", "write"]


def write(file: Path, content: str | bytes, mode: int = 0o600) -> bool:
    """Put `content` into `file` with exactly that mode, whole or not at all; return whether that changed anything.

    The folder above is made with mode 0700. An unchanged file keeps its time, so that watchers are not woken.
    """
    data = content.encode() if isinstance(content, str) else content
    with contextlib.suppress(OSError):
        if stat.S_IMODE(file.lstat().st_mode) == mode and file.read_bytes() == data:
            return False
    folder(file.parent)
    with replacement(file) as begun:
        descriptor = os.open(begun, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, mode)
        with os.fdopen(descriptor, "wb") as stream:
            os.fchmod(descriptor, mode)  # what the shell takes from new files it takes from none of these
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())  # a key lost to a power cut is data lost
    return True


def folder(path: Path) -> Path:
    """Make a folder (and what is missing above it) that only its owner may enter; return it."""
    if not path.is_dir():
        missing = [p for p in (path, *path.parents) if not p.exists()]
        for parent in reversed(missing):
            parent.mkdir(mode=0o700, exist_ok=True)
    return path


def kept_secret(file: Path, size: int = 32) -> str:
    """Return the secret in `file` as lower-case hexadecimal, drawn once (`size` random bytes) and kept.

    Raises EnvironmentProblem where the file holds none: it would seal what nobody can open again.
    """
    if not file.exists():
        write(file, secrets.token_hex(size) + "\n")
    kept = file.read_bytes().strip()
    if not kept or b"\0" in kept:
        raise damaged(file)
    return kept.decode()


def damaged(file: Path) -> EnvironmentProblem:
    """Return the error for a file of this cloud that does not hold what was written into it."""
    return EnvironmentProblem(
        Problem(
            code="GC-LOCAL-019",
            message=Text(f"{file} is damaged", f"tệp {file} bị hỏng"),
            fix=Text(
                "put it back from a backup, or delete it: a new one is made, and what the old one protected is lost",
                "hãy khôi phục tệp từ bản sao lưu, hoặc xóa nó: tệp mới sẽ được tạo, và những gì tệp cũ bảo vệ sẽ mất",
            ),
        )
    )
