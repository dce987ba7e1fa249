"""References to the project's own images: a registry from the cloud's declaration, a digest from the lock."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from govcloud.country.country import Country
from govcloud.country.held import held
from govcloud.country.reader import content
from govcloud.country.readings import Readings
from govcloud.model.image_lock import ImageLock, ImageName, LockedImage
from govcloud_base.errors import GovCloudError, Problem, Text

__all__ = ["locked", "reference", "references", "released"]

_RELEASED = "images.yaml"
"""Beside this module: what this version was tried with. It holds where a country locks nothing itself."""


def reference(country: Country, cloud: str, name: ImageName) -> str:
    """Return what pods on `cloud` name the image by: `registry.example.gov.vn/govcloud/gateway@sha256:...`.

    Raises GovCloudError where the cloud declares no registry.
    """
    declared = country.clouds[cloud].spec.images
    if declared is None:
        raise GovCloudError(
            Problem(
                "GC-IMAGE-001",
                Text(
                    f"the cloud {cloud} declares no registry from which to run the image {name}",
                    f"đám mây {cloud} chưa khai báo kho ảnh để chạy ảnh {name}",
                ),
                Text("declare images.registry in the cloud's file", "khai báo `images.registry` trong tệp của đám mây"),
            )
        )
    return f"{declared.home}/{name}@{locked(country, cloud, name).digest}"


def references(country: Country, cloud: str) -> dict[ImageName, str]:
    """Return the references to all images on `cloud`, by name; none where it declares no registry."""
    if country.clouds[cloud].spec.images is None:
        return {}
    return {name: reference(country, cloud, name) for name in released().spec.images}


def locked(country: Country, cloud: str, name: ImageName) -> LockedImage:
    """Return what the image is locked to on `cloud`.

    What its registry holds on this machine goes before what a lock of the registry says, then comes the lock for all,
    then what the product was released with.
    """
    declared = country.clouds[cloud].spec.images
    home = declared.home if declared else None
    here = held()
    locks = [*([here] if here else []), *country.image_locks.values()]
    near = [lock for lock in locks if home is not None and lock.spec.registry == home]
    everywhere = [lock for lock in locks if lock.spec.registry is None]
    found = (*near, *everywhere, released())
    return next(lock.spec.images[name] for lock in found if name in lock.spec.images)


@cache
def released() -> ImageLock:
    """Return the lock that this version of the product brings."""
    file = Path(__file__).with_name(_RELEASED)
    _, declared = Readings().declared(content(file, file.name), file.name, {"ImageLock": ImageLock})
    assert isinstance(declared, ImageLock)
    return declared
