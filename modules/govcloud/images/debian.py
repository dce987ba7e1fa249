"""Debian packages as plain files: which ones a wish needs, fetched by apt, which checks them, and read without dpkg."""

from __future__ import annotations

import fcntl
import hashlib
import subprocess
import tarfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from govcloud.model.image_lock import LockedPackage
from govcloud_base.errors import EnvironmentProblem, Problem, Text

__all__ = ["Package", "fetch", "fetch_locked", "members", "named"]


_UPDATE = ("-o", "APT::Update::Error-Mode=any", "update")
"""Else apt takes lists that it could not fetch for a warning, and goes on with old ones."""


@dataclass(frozen=True, slots=True)
class Package:
    """A package's file."""

    file: Path
    name: str
    locked: LockedPackage
    """Its version and digest."""


def fetch(packages: Sequence[str], folder: Path, *, newest: bool = False) -> list[Path]:
    """Return package files of `packages` and all that they depend on, downloaded into `folder` where absent.

    Nothing of the machine's own package state changes. Its package lists are used; when they are missing or too old,
    or with `newest`, fresh ones are fetched into `folder`. Raises EnvironmentProblem when the packages can't be had, or
    with `newest` no fresh lists.
    """
    archives, private = _prepared(folder)
    complaint = ""
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # two clouds may share a cache
        for lists in (private,) if newest else ([], private):
            if lists:
                fresh, complaint = _apt(folder, lists, _UPDATE)
                if newest and not fresh:
                    break
            done, complaint = _apt(folder, lists, ["--download-only", "install", *packages])
            if done:
                listed, wanted = _apt(folder, lists, ["--simulate", "install", *packages])
                if listed:
                    return _files(wanted, archives)
    raise EnvironmentProblem(
        Problem(
            code="GC-NODE-020",
            message=Text(
                "cannot get the Debian packages that the cloud's images are made of",
                "không lấy được các gói Debian để tạo ảnh của đám mây",
            ),
            fix=Text(
                "check the network and /etc/apt/sources.list*, then try: apt-get update",
                "hãy kiểm tra mạng và /etc/apt/sources.list*, rồi chạy thử: `apt-get update`",
            ),
            value=complaint.strip().splitlines()[-1] if complaint.strip() else None,
        )
    )


def fetch_locked(packages: Mapping[str, LockedPackage], folder: Path) -> list[Path]:
    """Return the files of exactly these packages, downloaded into `folder` where absent.

    Raises EnvironmentProblem where one can't be had: archives keep only the newest of what they mend.
    """
    archives, private = _prepared(folder)
    complaint = ""
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        for lists in (None, [], private):
            missing = [name for name, package in packages.items() if _held(archives, name, package) is None]
            if missing and lists is not None:
                if lists:
                    _apt(folder, lists, _UPDATE)
                wanted = [f"{name}={packages[name].version}" for name in missing]
                _, complaint = _apt(folder, lists, ["download", *wanted], archives)
    found = {name: _held(archives, name, package) for name, package in packages.items()}
    absent = [f"{name}={packages[name].version}" for name, file in found.items() if file is None]
    if not absent:
        return [file for file in found.values() if file is not None]
    shown = ", ".join(absent[:5]) + (f", ... ({len(absent)})" if len(absent) > 5 else "")
    raise EnvironmentProblem(
        Problem(
            code="GC-IMAGE-005",
            message=Text(
                f"no longer to be had as locked: {shown}",
                f"không còn lấy được đúng bản đã khóa: {shown}",
            ),
            fix=Text(
                "lock the newest versions instead, and push them: `govcloud images build --update`",
                "khóa các bản mới nhất thay vào, rồi đẩy lên kho: `govcloud images build --update`",
            ),
            value=complaint.strip().splitlines()[-1] if complaint.strip() else None,
        )
    )


def named(files: Iterable[Path]) -> Iterator[Package]:
    """Yield package files with what they hold."""
    for file in files:
        name, version, _ = file.name.split("_")
        with file.open("rb") as stream:
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
        locked = LockedPackage(version=version.replace("%3a", ":"), digest=f"sha256:{digest}")
        yield Package(file, name, locked)


def members(file: Path) -> Iterator[tuple[tarfile.TarInfo, bytes]]:
    """Yield every entry of a package's file tree with its content (empty for what is no regular file)."""
    with (
        subprocess.Popen(["dpkg-deb", "--fsys-tarfile", str(file)], stdout=subprocess.PIPE) as process,
        tarfile.open(fileobj=process.stdout, mode="r|") as archive,
    ):
        for entry in archive:
            stream = archive.extractfile(entry) if entry.isfile() else None
            yield entry, stream.read() if stream else b""
    if process.returncode != 0:
        raise OSError(f"{file} is damaged")


def _prepared(folder: Path) -> tuple[Path, list[str]]:
    """Make the folders in `folder`; return that of package files, and apt's option for package lists of our own."""
    archives = folder / "archives"
    (archives / "partial").mkdir(parents=True, exist_ok=True)
    (folder / "lists" / "partial").mkdir(parents=True, exist_ok=True)
    return archives, [f"Dir::State::lists={folder / 'lists'}"]


def _held(archives: Path, name: str, package: LockedPackage) -> Path | None:
    """Return the file of a package, if it is there and is what is locked."""
    held = named(archives.glob(f"{name}_{package.version.replace(':', '%3a')}_*.deb"))
    return next((found.file for found in held if found.locked == package), None)


def _apt(folder: Path, lists: Iterable[str], arguments: Sequence[str], here: Path | None = None) -> tuple[bool, str]:
    options = (
        # no package is installed, so the whole closure is wanted
        "Dir::State::status=/dev/null",
        f"Dir::Cache={folder}",
        f"Dir::Cache::archives={folder / 'archives'}",
        "APT::Install-Recommends=false",
        # apt's own user can't read a private cache folder
        "APT::Sandbox::User=root",
        "Debug::NoLocking=true",
        *lists,
    )
    flags = [part for option in options for part in ("-o", option)]
    result = subprocess.run(
        ["apt-get", "-q", "-y", *flags, *arguments], cwd=here, capture_output=True, text=True, check=False
    )
    return result.returncode == 0, result.stdout if result.returncode == 0 else result.stderr


def _files(simulation: str, archives: Path) -> list[Path]:
    """Return the package files that a simulated installation names, in its order."""
    files = []
    for line in simulation.splitlines():
        words = line.split()
        if len(words) > 2 and words[0] == "Inst":
            name, version = words[1], words[2].strip("()")
            # an archive's epoch colon is written %3a
            files += sorted(archives.glob(f"{name}_{version.replace(':', '%3a')}_*.deb"))
    return files
