"""OCI image archives: one tar with layout, index, manifest, configuration and one layer.

The layer is not compressed: what a compressor makes of it depends on the builder's, and so would the image's digest.
"""

from __future__ import annotations

import hashlib
import io
import json
import platform
import tarfile
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, BinaryIO

from govcloud.images.layer import Layer
from govcloud.images.recipe import Recipe
from govcloud.model.image_lock import LockedImage, LockedPackage
from govcloud_base.replacement import replacement

__all__ = ["MANIFEST", "Blob", "blob", "blobs", "digest", "locked", "manifest", "write"]

MANIFEST = "application/vnd.oci.image.manifest.v1+json"
_ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64"}
_PACKAGES = "govcloud.gov.vn/packages"
"""Annotation of the manifest: the Debian packages in the image, `name version digest` each."""
_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin"


def write(recipe: Recipe, layer: Layer, packages: Mapping[str, LockedPackage], file: Path) -> None:
    """Write the image, made of `packages`, to `file`, whole or not at all."""
    with tempfile.TemporaryFile(dir=file.parent) as content:
        layer.write(content)
        size = content.tell()
        content.seek(0)
        layer_digest = hashlib.file_digest(content, "sha256").hexdigest()
        content.seek(0)
        configuration = _json(
            {
                "architecture": _ARCHITECTURES.get(platform.machine(), platform.machine()),
                "os": "linux",
                "config": {
                    "User": f"{recipe.user}:{recipe.user}",
                    "Entrypoint": list(recipe.entrypoint),
                    "Env": [f"PATH={_PATH}", "PYTHONDONTWRITEBYTECODE=1"],
                    "WorkingDir": "/",
                },
                "rootfs": {"type": "layers", "diff_ids": [f"sha256:{layer_digest}"]},
            }
        )
        manifest = _json(
            {
                "schemaVersion": 2,
                "mediaType": MANIFEST,
                "config": _descriptor("application/vnd.oci.image.config.v1+json", configuration),
                "layers": [
                    {
                        "mediaType": "application/vnd.oci.image.layer.v1.tar",
                        "digest": f"sha256:{layer_digest}",
                        "size": size,
                    }
                ],
                "annotations": {_PACKAGES: ", ".join(f"{n} {p.version} {p.digest}" for n, p in packages.items())},
            }
        )
        index = _json(
            {
                "schemaVersion": 2,
                "mediaType": "application/vnd.oci.image.index.v1+json",
                "manifests": [
                    _descriptor(MANIFEST, manifest)
                    | ({"annotations": {"org.opencontainers.image.ref.name": recipe.tag}} if recipe.tag else {})
                ],
            }
        )
        with replacement(file) as begun, tarfile.open(begun, "w") as archive:
            _add(archive, "oci-layout", _json({"imageLayoutVersion": "1.0.0"}))
            _add(archive, "index.json", index)
            for blob in (manifest, configuration):
                _add(archive, f"blobs/sha256/{hashlib.sha256(blob).hexdigest()}", blob)
            _add(archive, f"blobs/sha256/{layer_digest}", content, size)


@dataclass(frozen=True, slots=True)
class Blob:
    """A part of an image, as its manifest describes it."""

    digest: str
    size: int
    """Bytes."""


def digest(file: Path) -> str:
    """Return the digest of the manifest in an archive, by which references name the image (`sha256:…`)."""
    with tarfile.open(file) as archive:
        return str(json.loads(_content(archive, "index.json"))["manifests"][0]["digest"])


def manifest(file: Path) -> bytes:
    """Return the manifest in an archive."""
    with tarfile.open(file) as archive:
        index = json.loads(_content(archive, "index.json"))
        return _content(archive, _place(index["manifests"][0]["digest"]))


def blobs(file: Path) -> tuple[Blob, ...]:
    """Return what a registry must hold before it takes the manifest: layers and configuration."""
    described = json.loads(manifest(file))
    return tuple(Blob(part["digest"], part["size"]) for part in (*described["layers"], described["config"]))


@contextmanager
def blob(file: Path, wanted: Blob) -> Iterator[IO[bytes]]:
    """Open a part of an image for reading; it can be read from any place on."""
    with tarfile.open(file) as archive:
        stream = archive.extractfile(_place(wanted.digest))
        assert stream is not None
        yield stream


def locked(file: Path) -> LockedImage:
    """Return what a lock says of the image in an archive."""
    described = json.loads(manifest(file))
    with tarfile.open(file) as archive:
        configuration = json.loads(_content(archive, _place(described["config"]["digest"])))
    listed = (entry.split() for entry in described["annotations"][_PACKAGES].split(", ") if entry)
    return LockedImage(
        digest=digest(file),
        architecture=configuration["architecture"],
        packages={name: LockedPackage(version=version, digest=found) for name, version, found in listed},
    )


def _content(archive: tarfile.TarFile, name: str) -> bytes:
    stream = archive.extractfile(name)
    assert stream is not None
    return stream.read()


def _place(digest: str) -> str:
    return f"blobs/{digest.replace(':', '/')}"


def _json(value: object) -> bytes:
    return json.dumps(value, sort_keys=True, separators=(",", ":")).encode()


def _descriptor(kind: str, blob: bytes) -> dict[str, object]:
    return {"mediaType": kind, "digest": f"sha256:{hashlib.sha256(blob).hexdigest()}", "size": len(blob)}


def _add(archive: tarfile.TarFile, name: str, content: bytes | BinaryIO, size: int | None = None) -> None:
    entry = tarfile.TarInfo(name)
    stream: BinaryIO
    if isinstance(content, bytes):
        entry.size, stream = len(content), io.BytesIO(content)
    else:
        assert size is not None
        entry.size, stream = size, content
    archive.addfile(entry, stream)
