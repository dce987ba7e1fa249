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
import sys
from collections.abc import Iterator
from pathlib import Path

from govcloud import own_file
from govcloud.plan import StackPlan

__all__ = ["planned"]

_CODE = ("errors.py", "plan.py", "model", "country", "rules", "render")
"""What a plan is made by, below the package's folder."""
_KEPT = 200
"""Plans kept; the oldest go first."""
_LARGEST = 64 << 20


def planned(folder: Path, stack: str, date: datetime.date, cache: Path) -> StackPlan:
    """Return the plan of `stack` in the country at `folder` as it stands on `date`.

    `cache` is a folder of plans made before. It may be deleted at any time; what is in it and cannot be read, or
    belongs to somebody else, is ignored. Raises GovCloudError with every problem of the country, which is never kept.
    """
    # The models and rules are imported only where they are needed: it is most of what is saved.
    from govcloud.country.law_folder import law_folder

    law = law_folder(folder)
    key = _digest(folder, law, stack, date)
    file = cache / f"{key}.json"
    with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
        return StackPlan.from_json(own_file.read(file, _LARGEST))
    from govcloud import country, render, rules

    made = render.plan(rules.require(country.load(folder, law, country.Readings.of(folder)), date), stack)
    # Kept only where what was read is what the key stands for: somebody may have edited a file meanwhile.
    if _digest(folder, law, stack, date) == key:
        with contextlib.suppress(OSError):
            own_file.write(file, made.to_json().encode(), _KEPT)
    return made


def _digest(folder: Path, law: Path, stack: str, date: datetime.date) -> str:
    digest = hashlib.sha256()
    package = Path(__file__).parents[1]
    for part in (stack, date.isoformat(), sys.version, str(folder.absolute()), str(law.absolute())):
        digest.update(part.encode() + b"\0")
    for root in (folder, law):
        for path in _entries(root):
            digest.update(f"{path.relative_to(root)}\0{path.lstat().st_mode:o}\0".encode())
            if path.is_file():
                digest.update(hashlib.sha256(path.read_bytes()).digest())
    for name in _CODE:
        for path in _entries(package / name):
            if path.is_file():
                digest.update(f"{path.relative_to(package)}\0".encode() + hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def _entries(root: Path) -> Iterator[Path]:
    """Yield everything below `root` but hidden folders and byte code, in an order that depends on names alone."""
    if not root.is_dir():
        yield root
        return
    for parent, folders, files in os.walk(root):
        folders[:] = sorted(name for name in folders if not name.startswith(".") and name != "__pycache__")
        yield from (Path(parent, name) for name in sorted((*folders, *files)))
