"""File trees made of package contents, and the same tree as the same bytes every time."""

from __future__ import annotations

import io
import json
import posixpath
import re
import subprocess
import tarfile
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

__all__ = ["Layer"]

# Debian 12 merges these into /usr; its packages still name the old places
_MERGED = ("bin", "sbin", "lib", "lib32", "lib64", "libx32")
_DROPPED = ("usr/share/doc", "usr/share/man", "usr/share/info", "usr/share/locale", "usr/share/lintian")
_PYTHON = re.compile(r"usr/bin/python3\.[0-9]+")
_COMPILE = """
import importlib.util, json, marshal, sys
root, made = sys.argv[1], {}
for path in json.load(sys.stdin):
    with open(root + "/" + path, "rb") as source:
        data = source.read()
    code = compile(data, "/" + path, "exec", dont_inherit=True)
    # flags 1: never compared with the source; version 2 holds no references, which depend on what else is in memory
    header = importlib.util.MAGIC_NUMBER + (1).to_bytes(4, "little") + importlib.util.source_hash(data)
    folder, _, name = path.rpartition("/")
    place = folder + "/__pycache__/" + name[:-3] + "." + sys.implementation.cache_tag + ".pyc"
    made[place] = (header + marshal.dumps(code, 2)).hex()
json.dump(made, sys.stdout)
"""
# never imported by what runs in these images
_UNUSED = {"distutils", "ensurepip", "idlelib", "lib2to3", "pydoc_data", "test", "turtledemo", "unittest", "venv"}


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
        users = (("root", 0, "/"), ("nonroot", 65532, "/tmp"), ("nobody", 65534, "/"))  # noqa: S108 a home, not a file
        passwd = "".join(f"{name}:x:{number}:{number}::{home}:/usr/sbin/nologin\n" for name, number, home in users)
        groups = "".join(f"{name}:x:{number}:\n" for name, number, _ in users)
        self.add_file("etc/passwd", passwd.encode())
        self.add_file("etc/group", (groups + "nogroup:x:65534:\n").encode())
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

    def compile_python(self) -> None:
        """Add the byte code that Debian makes when it installs Python; otherwise every start compiles anew.

        The image's own Python makes it, so that the builder's has no say in the image's bytes.
        """
        program = next((path for path in self.entries if _PYTHON.fullmatch(path)), None)
        if program is None:
            return
        library = f"usr/lib/{program.rpartition('/')[2]}/"
        with tempfile.TemporaryDirectory(prefix="govcloud-image-") as folder:
            root = Path(folder)
            self._unpack(root)
            sources = [
                path
                for path, (entry, _) in self.entries.items()
                if path.startswith(library)
                and path.endswith(".py")
                and entry.isreg()
                and not _UNUSED & set(path.split("/"))
            ]
            for path, code in _compiled(root, root / program, sources).items():
                self.add_file(path, code)

    def _unpack(self, root: Path) -> None:
        """Write what a program of the tree needs to run: all files, and links inside the tree."""
        for path, (entry, data) in self.entries.items():
            place = root / path
            if entry.isdir():
                place.mkdir(parents=True, exist_ok=True)
                continue
            place.parent.mkdir(parents=True, exist_ok=True)
            if entry.issym() and not entry.linkname.startswith("/"):
                place.symlink_to(entry.linkname)
            elif entry.isreg():
                place.write_bytes(data)
                place.chmod(entry.mode | 0o600)

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


def _compiled(root: Path, program: Path, sources: list[str]) -> dict[str, bytes]:
    """Return the byte code of `sources` by its place, as the Python of the tree at `root` makes it."""
    loader = next(iter(sorted((root / "usr").glob("lib*/ld-linux-*.so.*"))), None)
    libraries = ":".join(str(found) for found in sorted((root / "usr" / "lib").glob("*-linux-gnu*")))
    command = [str(loader), "--library-path", libraries, str(program)] if loader else [str(program)]
    result = subprocess.run(
        [*command, "-S", "-B", "-X", "utf8", "-c", _COMPILE, str(root)],
        input=json.dumps(sources),
        env={"PYTHONHOME": str(root / "usr"), "PYTHONHASHSEED": "0"},
        capture_output=True,
        text=True,
        check=False,
    )
    if result.returncode != 0:
        raise OSError(f"the image's own Python does not run here: {(result.stderr.strip().splitlines() or [''])[-1]}")
    return {path: bytes.fromhex(code) for path, code in json.loads(result.stdout).items()}


def merged(name: str) -> str:
    """Return a package's path as the image has it: relative, normal, below usr where Debian merges; "" for the root."""
    path = posixpath.normpath(name.lstrip("/"))
    if path == ".":
        return ""
    first = path.split("/", 1)[0]
    # the links themselves come from the base
    return "" if path in _MERGED else f"usr/{path}" if first in _MERGED else path
