"""What a registry of this machine holds, in place of what the country's locks say of it.

The registry of a cloud that is made anew on each machine holds what was built there. Who brings such a cloud names, in
GOVCLOUD_IMAGES_LOCK, a file with the digests: an ImageLock that names the registry.
"""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from govcloud.model.image_lock import ImageLock

__all__ = ["VARIABLE", "held", "held_file"]

VARIABLE = "GOVCLOUD_IMAGES_LOCK"


def held_file() -> Path | None:
    """Return the file that the environment names; None where it names none, or none is there."""
    named = os.environ.get(VARIABLE)
    path = Path(named) if named else None
    return path if path is not None and path.exists() else None


def held() -> ImageLock | None:
    """Return what the file says. Raises GovCloudError where it is no ImageLock."""
    path = held_file()
    return _read(path, path.stat().st_mtime_ns) if path is not None else None


@cache
def _read(path: Path, modified: int) -> ImageLock:
    # Only here: whoever merely asks where the file is has no need of the models.
    from govcloud.country.folder import shown_name
    from govcloud.country.reader import content
    from govcloud.country.readings import Readings
    from govcloud.model.image_lock import ImageLock

    shown = shown_name(path)
    _, declared = Readings().declared(content(str(path), shown), shown, {"ImageLock": ImageLock})
    assert isinstance(declared, ImageLock)
    return declared
