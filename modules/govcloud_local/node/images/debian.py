"""Debian packages as plain files: which ones a wish needs, fetched by apt, which checks them, and read without dpkg."""

from __future__ import annotations

import fcntl
import subprocess
import tarfile
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from govcloud_base.errors import EnvironmentProblem, Problem, Text

__all__ = ["fetch", "members"]


def fetch(packages: Sequence[str], folder: Path) -> list[Path]:
    """Return package files of `packages` and all that they depend on, downloaded into `folder` where absent.

    Nothing of the machine's own package state changes. Its package lists are used; when they are missing or too old,
    fresh ones are fetched into `folder`. Raises EnvironmentProblem when the packages can't be had.
    """
    archives = folder / "archives"
    (archives / "partial").mkdir(parents=True, exist_ok=True)
    (folder / "lists" / "partial").mkdir(parents=True, exist_ok=True)
    private = [f"Dir::State::lists={folder / 'lists'}"]
    complaint = ""
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # two clouds may share a cache
        for lists in ([], private):
            if lists:
                _apt(folder, lists, ["update"])
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


def _apt(folder: Path, lists: Iterable[str], arguments: Sequence[str]) -> tuple[bool, str]:
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
    result = subprocess.run(["apt-get", "-q", "-y", *flags, *arguments], capture_output=True, text=True, check=False)
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
