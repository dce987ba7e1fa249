"""An image as pods of a cloud name it: its reference, and the Secret with which nodes get it."""

from __future__ import annotations

from dataclasses import dataclass

from govcloud.country import Country
from govcloud.country.image import reference
from govcloud.model.image_lock import ImageName
from govcloud.render.manifest import Manifest

__all__ = ["Image", "image"]


@dataclass(frozen=True, slots=True)
class Image:
    """One of the project's own images on one cloud."""

    reference: str
    """Registry, path, name and digest."""
    pull_secret: str | None = None
    """Name of the Secret, in the pod's namespace."""

    @property
    def secrets(self) -> Manifest:
        """The field of a pod's specification that names the Secret; nothing where none is needed."""
        return {"imagePullSecrets": [{"name": self.pull_secret}]} if self.pull_secret else {}


def image(country: Country, cloud: str, name: ImageName) -> Image:
    """Return the image called `name` on `cloud`. Raises GovCloudError where that declares no registry."""
    declared = country.clouds[cloud].spec.images
    return Image(reference(country, cloud, name), declared.pull_secret if declared else None)
