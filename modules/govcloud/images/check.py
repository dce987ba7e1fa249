"""Whether images are where they should be: in the registries of a cloud, as seen from here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from govcloud.images.supply import connect, places
from govcloud.model.cloud import Images
from govcloud.model.image_lock import ImageName
from govcloud_base.errors import Text

__all__ = ["Seen", "held"]


@dataclass(frozen=True, slots=True)
class Seen:
    """What was found of one image."""

    reference: str
    ok: bool
    said: Text


def held(declared: Images, references: Mapping[ImageName, str]) -> Iterator[Seen]:
    """Yield for each registry of a cloud and each image whether it is there, as seen from here.

    Raises CloudError where a registry cannot be reached or does not let us in.
    """
    for host, folder in places(declared):
        registry = connect(declared, host, folder)
        for image, reference in references.items():
            digest = reference.partition("@")[2]
            repository = f"{folder}/{image}" if folder else image
            there = registry.holds(repository, digest)
            said = Text("is in the registry", "có trong kho ảnh")
            absent = Text("is not in the registry: `govcloud images push`", "chưa có trong kho: `govcloud images push`")
            yield Seen(f"{host}/{repository}@{digest}", there, said if there else absent)
