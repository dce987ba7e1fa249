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
import sys
from collections.abc import Iterable
from pathlib import Path

import pydantic
import yaml

from govcloud.country.law_folder import CONTROLS, PROJECT_LAW
from govcloud_base import own_file
from govcloud_base.user_folders import cache_folder

__all__ = ["MOST_FILES", "Cache", "cache_file", "code_digest", "digest"]

_FORMAT = b"govcloud-cache-1"
_LARGEST = 512 << 20
MOST_FILES = 32
"""Kept in the folder of what is known of countries."""


class Cache:
    """Lines under a title; the title says what made them and changes whenever that does."""

    def __init__(self, file: Path, made_by: str) -> None:
        self._file = file
        self._title = made_by.encode()

    def lines(self) -> list[bytes]:
        """Return the lines; none where there is no file that may be believed."""
        try:
            data = own_file.read(self._file, _LARGEST)
        except OSError:
            return []
        head, _, body = data.partition(b"\n")
        if head != self._head(body):
            return []
        return body.split(b"\n")[:-1]

    def write(self, lines: Iterable[bytes]) -> None:
        """Replace all lines, whole or not at all. A folder that cannot be written is no problem of the user's."""
        body = b"".join(line + b"\n" for line in lines)
        with contextlib.suppress(OSError):
            own_file.write(self._file, self._head(body) + b"\n" + body, MOST_FILES)

    def _head(self, body: bytes) -> bytes:
        return b" ".join((_FORMAT, self._title, digest(body)))


def cache_file(folder: Path, name: str) -> Path:
    """Return where what is known of a country's `folder` is kept, in the user's cache."""
    return cache_folder() / "countries" / f"{digest(os.fsencode(folder.absolute())).decode()[:16]}.{name}"


def digest(data: bytes) -> bytes:
    """Return the name of a content: BLAKE2b, 160 bits, in hexadecimal."""
    return hashlib.blake2b(data, digest_size=20).hexdigest().encode()


@functools.cache
def code_digest(*packages: str) -> str:
    """Return the digest of the code of these packages of ours, of the base, and of the libraries that read for them."""
    root = Path(__file__).parents[1]
    folders = (Path(own_file.__file__).parent, *(root / package for package in packages))
    parts = [sys.version.encode(), pydantic.VERSION.encode(), yaml.__version__.encode()]
    # What a law of one's own leaves out, the project's controls say.
    controls = (PROJECT_LAW / CONTROLS).glob("*.yaml")
    for file in sorted((*controls, *(path for folder in folders for path in folder.glob("*.py")))):
        parts += (file.name.encode(), file.read_bytes())
    return digest(b"\0".join(digest(part) for part in parts)).decode()
