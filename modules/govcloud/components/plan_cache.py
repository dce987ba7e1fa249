"""The plan of a stack from a judged country, kept so that what has not changed is not judged again.

A Pulumi program runs twice for one `pulumi up`, and once more for every stack of the country: each time reading and
judging all declarations would cost more than registering the result. A plan is kept under the digest of everything that
it was made from: the declarations, the law, the code of the pure middle, and the day.
"""

from __future__ import annotations

import contextlib
import datetime
import hashlib
import os
import stat
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from govcloud.plan import StackPlan
from govcloud_base import errors, own_file

if TYPE_CHECKING:
    from hashlib import _Hash as Digest

__all__ = ["planned"]

_CODE = ("plan.py", "stack.py", "model", "country", "rules", "render")
"""What a plan is made by, below the package's folder; and the base, which is another package."""
_KEPT = 200
"""Plans kept; the oldest go first."""
_LARGEST = 64 << 20


def planned(folder: Path, stack: str, date: datetime.date, cache: Path) -> StackPlan:
    """Return the plan of `stack` in the country at `folder` as it stands on `date`.

    `cache` is a folder of plans made before. It may be deleted at any time; what is in it and cannot be read, or
    belongs to somebody else, is ignored. Raises GovCloudError with every problem of the country but those that are
    another tenant's own, which is never kept.
    """
    # The models and rules are imported only where they are needed: it is most of what is saved.
    from govcloud.country.law_folder import law_folder

    law = law_folder(folder)
    key = _digest(folder, law, stack, date)
    file = cache / f"{key}.json"
    with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
        return StackPlan.from_json(own_file.read(file, _LARGEST))
    from govcloud import country, render, rules

    made = render.plan(rules.require(country.known(folder, law, country.Readings.of(folder)), date, stack), stack)
    # Kept only where what was read is what the key stands for: somebody may have edited a file meanwhile.
    if _digest(folder, law, stack, date) == key:
        with contextlib.suppress(OSError):
            own_file.write(file, made.to_json().encode(), _KEPT)
    return made


def _digest(folder: Path, law: Path, stack: str, date: datetime.date) -> str:
    from govcloud.country.held import held_file
    from govcloud.country.law_folder import CONTROLS, PROJECT_LAW

    digest = hashlib.sha256()
    package = Path(__file__).parents[1]
    for part in (stack, date.isoformat(), sys.version, str(folder.absolute()), str(law.absolute())):
        digest.update(part.encode() + b"\0")
    # What a law of one's own leaves out, the project's controls say.
    beside = [] if law == PROJECT_LAW else [PROJECT_LAW / CONTROLS]
    held = held_file()
    if held is not None:
        beside.append(held)
    for root in (folder, law, *beside, Path(errors.__file__).parent, *(package / name for name in _CODE)):
        _add(digest, str(root.resolve()))  # a country behind a link is what it leads to
    return digest.hexdigest()


def _add(digest: Digest, path: str) -> None:
    """Add a file's path, kind and content, or all below a folder but hidden folders and byte code, ordered by name.

    Without pathlib: seven hundred files are read before anything can be registered, and it takes three times as long.
    """
    kind = os.lstat(path).st_mode
    digest.update(os.fsencode(path) + b"\0%o\0" % kind)
    if stat.S_ISDIR(kind):
        names: list[str] = []
        with contextlib.suppress(OSError), os.scandir(path) as entries:  # one that may not be read is told of as such
            names = [
                entry.name
                for entry in entries
                if not ((entry.name.startswith(".") and entry.is_dir()) or entry.name == "__pycache__")
            ]
        for name in sorted(names):
            _add(digest, f"{path}/{name}")
        return
    with contextlib.suppress(OSError):  # a link to nowhere has a kind, and no content
        handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
        try:
            status = os.fstat(handle)
            if stat.S_ISREG(status.st_mode):
                content = os.read(handle, status.st_size + 1)
                digest.update(b"%d\0" % len(content) + content)
        finally:
            os.close(handle)
