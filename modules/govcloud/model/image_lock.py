"""ImageLock: which bytes the names of the project's own images stand for, by digest."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, ClassVar, Literal

from pydantic import Field, StringConstraints

from govcloud.model.cloud import RegistryPath
from govcloud.model.declaration import Declaration, Shape

__all__ = ["ImageDigest", "ImageLock", "ImageLockSpec", "ImageName", "LockedImage", "LockedPackage"]

ImageName = Literal["gateway", "probe"]
"""An image of the project: what gateways and platforms run, and what `verify` measures with."""

ImageDigest = Annotated[str, StringConstraints(pattern=r"^sha256:[0-9a-f]{64}$")]
"""Digest of an image's manifest: no other image has it."""


class LockedPackage(Shape):
    """A Debian package of which an image is made."""

    version: Annotated[str, StringConstraints(pattern=r"^[0-9A-Za-z.+:~-]{1,100}$")]
    """Version."""
    digest: ImageDigest
    """Digest of the package's file."""


class LockedImage(Shape):
    """One image as it was built."""

    digest: ImageDigest
    """Digest of the image's manifest; references name the image by it."""
    architecture: Annotated[str, StringConstraints(pattern=r"^[a-z0-9]{1,20}$")]
    """Processors that it runs on: `amd64`, `arm64`."""
    packages: Mapping[Annotated[str, Field(min_length=2, max_length=80)], LockedPackage] = {}
    """The Debian packages that are in it: the same ones make the same image again."""


class ImageLockSpec(Shape):
    """Digests of images."""

    registry: RegistryPath | None = None
    """The only registry and path where these hold, as a cloud declares them together
    (`registry.example.gov.vn/govcloud`); absent where they hold everywhere."""
    images: Mapping[ImageName, LockedImage]
    """Images by name."""


class ImageLock(Declaration):
    """Which images gateways, platforms and probes run, by digest. Written by `govcloud images build`."""

    kind: Literal["ImageLock"]
    spec: ImageLockSpec
    table: ClassVar[str] = "image_locks"
    vietnamese: ClassVar[str] = "bảng khóa ảnh"
    folder: ClassVar[str | None] = ""

    def topics(self, country: str) -> Iterator[str]:
        """Yield the registry for which it holds: no two locks hold for one."""
        yield f"locks {self.spec.registry or country}"
