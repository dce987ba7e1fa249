"""A file of lines in the user's cache folder that is believed only where nobody else can have written it.

What is kept here saves time and decides nothing: a file that is missing, damaged, made by other code, or writable by
somebody else counts as absent, and one that cannot be written is done without. Lines are text, so nothing in them can
be executed when they are read back (ADR 0011).
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import os
import stat
import sys
from collections.abc import Iterable
from pathlib import Path

import pydantic
import yaml

__all__ = ["Cache", "believable", "cache_file", "code_digest", "digest"]

_FORMAT = b"govcloud-cache-1"
_LARGEST = 512 << 20
_MOST_FILES = 32


class Cache:
    """Lines under a title; the title says what made them and changes whenever that does."""

    def __init__(self, file: Path, made_by: str) -> None:
        self._file = file
        self._title = made_by.encode()

    def lines(self) -> list[bytes]:
        """Return the lines; none where there is no file that may be believed."""
        try:
            data = self._trusted()
        except OSError:
            return []
        head, _, body = data.partition(b"\n")
        if head != self._head(body):
            return []
        return body.split(b"\n")[:-1]

    def write(self, lines: Iterable[bytes]) -> None:
        """Replace all lines, whole or not at all. A folder that cannot be written is no problem of the user's."""
        body = b"".join(line + b"\n" for line in lines)
        temporary = self._file.with_name(f".{self._file.name}.{os.getpid()}.new")
        with contextlib.suppress(OSError):
            self._file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            try:
                flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
                with os.fdopen(os.open(temporary, flags, 0o600), "wb") as stream:
                    stream.write(self._head(body) + b"\n" + body)
                temporary.replace(self._file)
                self._prune()
            except BaseException:
                temporary.unlink(missing_ok=True)
                raise

    def _trusted(self) -> bytes:
        """Return the file's content. Raises OSError where another user could have written it."""
        _require_own(self._file.parent.stat(follow_symlinks=False), stat.S_ISDIR)
        descriptor = os.open(self._file, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        with os.fdopen(descriptor, "rb") as stream:
            _require_own(os.fstat(descriptor), stat.S_ISREG)
            return stream.read(_LARGEST)

    def _prune(self) -> None:
        """Remove what was written longest ago, so that folders of countries long gone do not fill the disk."""
        files = [path for path in self._file.parent.iterdir() if not path.name.startswith(".")]
        for file in sorted(files, key=lambda path: path.stat().st_mtime_ns)[:-_MOST_FILES]:
            file.unlink(missing_ok=True)

    def _head(self, body: bytes) -> bytes:
        return b" ".join((_FORMAT, self._title, digest(body)))


def _require_own(status: os.stat_result, is_kind: object) -> None:
    assert callable(is_kind)
    if not is_kind(status.st_mode) or status.st_uid != os.geteuid() or status.st_mode & 0o022:
        raise PermissionError("not this user's alone")


def believable(file: Path) -> bool:
    """Return whether a file of the cache is there, and nobody else can have written or replaced it."""
    try:
        _require_own(file.parent.stat(follow_symlinks=False), stat.S_ISDIR)
        _require_own(file.stat(follow_symlinks=False), stat.S_ISREG)
    except OSError:
        return False
    return True


def cache_file(folder: Path, name: str) -> Path:
    """Return where what is known of a country's `folder` is kept: $GOVCLOUD_CACHE, else ~/.cache/govcloud."""
    own, shared = os.environ.get("GOVCLOUD_CACHE"), os.environ.get("XDG_CACHE_HOME")
    base = Path(own) if own else Path(shared or "~/.cache").expanduser() / "govcloud"
    return base / "countries" / f"{digest(os.fsencode(folder.absolute())).decode()[:16]}.{name}"


def digest(data: bytes) -> bytes:
    """Return the name of a content: BLAKE2b, 160 bits, in hexadecimal."""
    return hashlib.blake2b(data, digest_size=20).hexdigest().encode()


@functools.cache
def code_digest(*packages: str) -> str:
    """Return the digest of the code of these packages of ours, and of the libraries that read and check for them."""
    root = Path(__file__).parents[1]
    parts = [sys.version.encode(), pydantic.VERSION.encode(), yaml.__version__.encode()]
    for file in sorted(path for package in packages for path in (root / package).glob("*.py")):
        parts += (file.name.encode(), file.read_bytes())
    return digest(b"\0".join(digest(part) for part in parts)).decode()
