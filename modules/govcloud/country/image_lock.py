"""The lock of images as a file of the country: what was built, by digest, and of which packages."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import PurePosixPath

from govcloud.country.writer import declaration_text
from govcloud.model.image_lock import ImageName, LockedImage

__all__ = ["FILE", "text"]

FILE = PurePosixPath("images.yaml")
"""Where a country keeps the lock that holds for all its clouds."""
_NOTE = "Written by `govcloud images build`; change nothing by hand."


def text(images: Mapping[ImageName, LockedImage], registry: str | None = None, name: str = "images") -> str:
    """Return the text of the lock called `name`, which holds for `registry` alone where it is given."""
    found = {image: locked.model_dump(by_alias=True) for image, locked in sorted(images.items())}
    spec = {"registry": registry, "images": found}
    return declaration_text("ImageLock", name, spec, FILE, [_NOTE])
