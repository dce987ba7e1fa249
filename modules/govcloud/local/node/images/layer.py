"""File trees made of package contents, and the same tree as the same bytes every time."""

from __future__ import annotations

import io
import posixpath
import tarfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

__all__ = ["Layer"]

# Debian 12 merges these into /usr; its packages still name the old places
_MERGED = ("bin", "sbin", "lib", "lib32", "lib64", "libx32")
_DROPPED = ("usr/share/doc", "usr/share/man", "usr/share/info", "usr/share/locale", "usr/share/lintian")


@dataclass
class Layer:
    """A root file system in memory: everything belongs to root, nothing is set-uid, nothing has a date."""

    entries: dict[str, tuple[tarfile.TarInfo, bytes]] = field(default_factory=dict)

    def add_base(self) -> None:
        """Add what every image has: merged /usr, /tmp, and names for the two users."""
        for name in _MERGED[:3]:
            self.add_link(name, f"usr/{name}")
        self.add_link("lib64", "usr/lib64")
        self.add_folder("tmp", 0o1777)
        for name in ("run", "proc", "sys", "dev", "etc", "usr/bin", "usr/sbin", "usr/lib", "usr/lib64", "var"):
            self.add_folder(name)
        self.add_file(
            "etc/passwd", b"root:x:0:0:root:/:/usr/sbin/nologin\nnonroot:x:65532:65532::/tmp:/usr/sbin/nologin\n"
        )
        self.add_file("etc/group", b"root:x:0:\nnonroot:x:65532:\n")
        self.add_file("etc/nsswitch.conf", b"hosts: files dns\n")

    def add_package_entry(self, entry: tarfile.TarInfo, data: bytes) -> None:
        """Add one entry of a Debian package, unless it is documentation (licences stay)."""
        path = merged(entry.name)
        if not path or (path.startswith(_DROPPED) and not path.endswith("/copyright")):
            return
        if entry.isdir():
            self.add_folder(path, entry.mode & 0o1777)
        elif entry.issym():
            self.add_link(path, entry.linkname)
        elif entry.islnk():
            original, content = self.entries[merged(entry.linkname)]
            self.add_file(path, content, original.mode)
        elif entry.isfile():
            self.add_file(path, data, entry.mode & 0o777)

    def add_folder(self, path: str, mode: int = 0o755) -> None:
        """Add a folder; one that is there keeps its mode."""
        if path not in self.entries:
            self._put(path, tarfile.DIRTYPE, mode)

    def add_file(self, path: str, data: bytes, mode: int = 0o644) -> None:
        """Add or replace a file."""
        self._put(path, tarfile.REGTYPE, mode, data=data)

    def add_link(self, path: str, target: str) -> None:
        """Add or replace a symbolic link."""
        self._put(path, tarfile.SYMTYPE, 0o777, target=target)

    def write(self, stream: BinaryIO) -> None:
        """Write the tree as a tar archive; the same tree gives the same bytes."""
        for path in list(self.entries):
            for parent in Path(path).parents:
                if str(parent) != ".":
                    self.add_folder(str(parent))
        with tarfile.open(fileobj=stream, mode="w", format=tarfile.PAX_FORMAT) as archive:
            for _, (entry, data) in sorted(self.entries.items()):
                archive.addfile(entry, io.BytesIO(data))

    def _put(self, path: str, kind: bytes, mode: int, *, data: bytes = b"", target: str = "") -> None:
        entry = tarfile.TarInfo(path)
        entry.type, entry.mode, entry.size, entry.linkname, entry.mtime = kind, mode, len(data), target, 0
        self.entries[path] = (entry, data)


def merged(name: str) -> str:
    """Return a package's path as the image has it: relative, normal, below usr where Debian merges; "" for the root."""
    path = posixpath.normpath(name.lstrip("/"))
    if path == ".":
        return ""
    first = path.split("/", 1)[0]
    # the links themselves come from the base
    return "" if path in _MERGED else f"usr/{path}" if first in _MERGED else path
