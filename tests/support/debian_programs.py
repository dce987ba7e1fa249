"""Programs of Debian packages that tests run without installing them: unpacked into the cache, with what they need."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
from pathlib import Path

from govcloud.images import debian
from govcloud_base.errors import GovCloudError
from govcloud_base.user_folders import cache_folder

__all__ = ["libraries", "unpacked"]

_MACHINES = ("libc6", "libc-bin", "libc-l10n")
"""Its loader goes with the machine's C library, whatever a program brings along."""


def unpacked(*packages: str) -> Path:
    """Return a folder with the file trees of `packages` and all that they depend on; made once for each of their
    versions, whole or not at all, and kept in the cache.

    Raises EnvironmentProblem (GC-NODE-020) where they can't be had.
    """
    folder = cache_folder() / "programs"
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / f"{packages[0]}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # several lanes of a test run want it at once
        place = folder / "+".join(f"{name}_{version}" for name, version in _versions(*packages).items())
        if not place.exists():
            begun = folder / f".{packages[0]}.new"
            shutil.rmtree(begun, ignore_errors=True)
            begun.mkdir()
            for file in debian.fetch(packages, cache_folder() / "images" / "debian"):
                if file.name.partition("_")[0] not in _MACHINES:
                    subprocess.run(["dpkg-deb", "--extract", str(file), str(begun)], check=True)
            begun.chmod(0o755)  # some programs run as another user
            begun.rename(place)
    return place


def libraries(root: Path) -> dict[str, str]:
    """Return the variables with which a program below `root` finds the libraries that were unpacked with it."""
    found = {file.parent for folder in ("lib", "usr/lib") for file in (root / folder).glob("*-linux-gnu*/lib*.so*")}
    return {"LD_LIBRARY_PATH": os.pathsep.join(sorted(map(str, found)))}


def _versions(*packages: str) -> dict[str, str]:
    """Return the version of each package that would be taken now; a second, where all that they need takes many.

    A machine without package lists knows none: then what is there is good, whatever its version.
    """
    asked = ["apt-cache", "show", "--no-all-versions", *packages]
    said = subprocess.run(asked, capture_output=True, text=True, check=False).stdout
    fields = [line.partition(": ")[::2] for line in said.splitlines()]
    names = [value for field, value in fields if field == "Package"]
    versions = [value.replace(":", "%3a") for field, value in fields if field == "Version"]
    known = dict(zip(names, versions, strict=True))
    return {package: known.get(package, "any") for package in packages}


if __name__ == "__main__":
    try:
        print(unpacked(*sys.argv[1:]))
    except GovCloudError as error:
        sys.exit(f"{', '.join(sys.argv[1:])}: not at hand, because {error}")
