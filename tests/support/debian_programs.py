"""Programs of Debian packages that tests run without installing them: unpacked into the cache, with what they need."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
from pathlib import Path

from govcloud.images import debian
from govcloud_base.user_folders import cache_folder

__all__ = ["libraries", "unpacked"]

_MACHINES = ("libc6", "libc-bin", "libc-l10n")
"""Its loader goes with the machine's C library, whatever a program brings along."""


def unpacked(package: str) -> Path:
    """Return a folder with the file tree of `package` and all that it depends on; made once, and kept in the cache."""
    folder = cache_folder() / "programs"
    folder.mkdir(parents=True, exist_ok=True)
    place = folder / package
    with (folder / f"{package}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # several lanes of a test run want it at once
        if not place.exists():
            begun = folder / f".{package}.new"
            shutil.rmtree(begun, ignore_errors=True)
            begun.mkdir()
            for file in debian.fetch([package], cache_folder() / "images" / "debian"):
                if file.name.partition("_")[0] not in _MACHINES:
                    subprocess.run(["dpkg-deb", "--extract", str(file), str(begun)], check=True)
            begun.chmod(0o755)  # some programs run as another user
            begun.rename(place)
    return place


def libraries(root: Path) -> dict[str, str]:
    """Return the variables with which a program below `root` finds the libraries that were unpacked with it."""
    found = {file.parent for folder in ("lib", "usr/lib") for file in (root / folder).glob("*-linux-gnu*/lib*.so*")}
    return {"LD_LIBRARY_PATH": os.pathsep.join(sorted(map(str, found)))}
