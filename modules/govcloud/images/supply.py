"""From a country's lock to images: built as locked, locked anew, and sent where clouds declare that they lie."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from govcloud.country import Country
from govcloud.country.image import locked, reference, released
from govcloud.country.image_lock import FILE, text
from govcloud.images import archive
from govcloud.images.building import Report, build, newest
from govcloud.images.credentials import address, authority, login
from govcloud.images.recipe import OWN
from govcloud.images.registry import Progress, Registry
from govcloud.model.cloud import Images
from govcloud.model.image_lock import ImageLock, ImageName, LockedImage
from govcloud_base.errors import Problem, Text, UsageError

__all__ = ["Sent", "build_locked", "connect", "places", "send"]


@dataclass(frozen=True, slots=True)
class Sent:
    """An image that is in a registry now."""

    reference: str
    size: int
    """Bytes that were not there before."""


def build_locked(
    country: Country, cache: Path, report: Report, *, update: bool = False
) -> tuple[Path, str, dict[ImageName, LockedImage]]:
    """Build every image of the project; return the lock's file, the text that it must have, and what is locked there.

    Made of the packages of the lock that holds for all clouds, else of those that the product was released with, or
    with `update` of the newest. Raises EnvironmentProblem where a package cannot be had.
    """
    general = next((lock for lock in country.image_locks.values() if lock.spec.registry is None), None)
    found: dict[ImageName, LockedImage] = {}
    for name, recipe in OWN.items():
        known = (general or released()).spec.images.get(name) or released().spec.images[name]
        packages = newest(recipe, cache) if update else known.packages
        found[name] = archive.locked(build(recipe, cache, report, packages))
    return _file(country, general), text(found, None, general.name if general else "images"), found


def _file(country: Country, lock: ImageLock | None) -> Path:
    if lock is None:
        return country.folder / FILE
    return country.folder / Path(country.document(lock).file).name


def places(declared: Images) -> Iterator[tuple[str, str]]:
    """Yield host and folder of each registry that is to hold the images: the cloud's own, then its mirrors."""
    for place in (declared.home, *declared.mirrors):
        host, _, folder = place.partition("/")
        yield host, folder


def connect(declared: Images, host: str, folder: str) -> Registry:
    """Return the registry at `host` as the environment lets us in where `folder` lies; empty is its root.

    Raises CloudError where the environment does not say how.
    """
    place = f"{host}/{folder}" if folder else host
    at = address(declared, host, os.environ)
    return Registry(host, authority(declared, os.environ), login(declared, place, os.environ), at)


def send(
    country: Country, cloud: str, cache: Path, report: Report, progress: Callable[[str], Progress]
) -> Iterator[Sent]:
    """Yield every locked image of `cloud` once it is in its registry and mirrors; what is there is not sent again.

    `progress` gives who is told about the bytes of one reference. Raises UsageError where what is built is not what is
    locked, CloudError where a registry does not take it.
    """
    declared = country.clouds[cloud].spec.images
    assert declared is not None
    files = {name: _as_locked(country, cloud, name, cache, report) for name in OWN}
    for host, folder in places(declared):
        registry = connect(declared, host, folder)
        for name, file in files.items():
            repository = f"{folder}/{name}" if folder else name
            shown = f"{host}/{repository}@{archive.digest(file)}"
            yield Sent(shown, registry.push(repository, file, progress(shown)))


def _as_locked(country: Country, cloud: str, name: ImageName, cache: Path, report: Report) -> Path:
    wanted = reference(country, cloud, name)
    image = locked(country, cloud, name)
    file = build(OWN[name], cache, report, image.packages)
    if (made := archive.digest(file)) == image.digest:
        return file
    raise UsageError(
        Problem(
            "GC-IMAGE-006",
            Text(
                f"what is built here is not what is locked: {wanted}",
                f"ảnh tạo ở đây không đúng với bản đã khóa: {wanted}",
            ),
            Text(
                "lock what this version of the program and this kind of machine build: `govcloud images build`",
                "khóa bản mà phiên bản chương trình và loại máy này tạo ra: `govcloud images build`",
            ),
            value=made,
            allowed=image.digest,
        )
    )
