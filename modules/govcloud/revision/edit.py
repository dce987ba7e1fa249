"""What a change does to the files of a repository."""

from __future__ import annotations

import hashlib
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from govcloud.revision.repository import Entry, Repository

__all__ = ["LARGEST", "Edit", "committed", "working"]

LARGEST = 4 << 20
"""Bytes of a file beyond which nobody reads it: the table of all communes that ever were has a tenth of it."""


@dataclass(frozen=True)
class Edit:
    """What a change does to the files of a tree."""

    entries: dict[bytes, Entry]
    """Files added or changed."""
    gone: frozenset[bytes]
    """Files removed."""
    contents: dict[bytes, bytes] = field(default_factory=dict)
    """Contents that no object of the repository holds yet."""
    conflicts: frozenset[bytes] = frozenset()
    """Files that the base changed as well since they parted."""

    @property
    def touched(self) -> frozenset[bytes]:
        """All files that are added, changed or removed."""
        return self.gone.union(self.entries)


def committed(repository: Repository, base: str, head: str) -> Edit:
    """Return what commit `head` does to what it shares with commit `base`.

    Raises UsageError where the clone does not reach back to that.
    """
    parted = repository.merge_base(base, head)
    theirs = repository.differing(parted, head)
    ours = repository.differing(parted, base) if parted != base else {}
    return _edit(theirs, {}, ours)


def working(repository: Repository, base: str) -> Edit:
    """Return what the working tree does to what its last commit shares with commit `base`.

    Raises UsageError where the clone does not reach back to that.
    """
    parted = repository.merge_base(base, repository.commit("HEAD"))
    edited = repository.edited(parted)
    before = repository.entries(parted, edited)
    ours = repository.differing(parted, base) if parted != base else {}
    theirs: dict[bytes, Entry | None] = {}
    contents: dict[bytes, bytes] = {}
    for name in edited:
        entry, data = _on_disk(repository.root, name, len(parted))
        if entry != before.get(name):
            theirs[name] = entry
            if entry is not None and data is not None:
                contents[name] = data
    return _edit(theirs, contents, ours)


def _edit(
    theirs: Mapping[bytes, Entry | None], contents: dict[bytes, bytes], ours: Mapping[bytes, Entry | None]
) -> Edit:
    return Edit(
        entries={name: entry for name, entry in theirs.items() if entry is not None},
        gone=frozenset(name for name, entry in theirs.items() if entry is None),
        contents=contents,
        conflicts=frozenset(name for name in theirs if name in ours and ours[name] != theirs[name]),
    )


def _on_disk(root: Path, name: bytes, digits: int) -> tuple[Entry | None, bytes | None]:
    """Return a file of the working tree as git would store it, and its contents as far as anybody reads them."""
    path = root / name.decode("utf-8", "surrogateescape")
    try:
        about = path.lstat()
        if stat.S_ISLNK(about.st_mode):
            return Entry("120000", ""), None
        if not stat.S_ISREG(about.st_mode):
            return Entry("160000", ""), None
        mode = "100755" if about.st_mode & stat.S_IXUSR else "100644"
        if about.st_size > LARGEST:
            return Entry(mode, ""), bytes(LARGEST + 1)  # refused for its size, whatever it holds
        data = path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return None, None
    # The name of a blob in git, not a protection.
    algorithm = hashlib.sha256 if digits == 64 else hashlib.sha1
    return Entry(mode, algorithm(b"blob %d\0" % len(data) + data).hexdigest()), data
