"""OCI image archives: one tar with layout, index, manifest, configuration and one layer, as containerd imports them."""

from __future__ import annotations

import hashlib
import io
import json
import platform
import tarfile
import tempfile
from pathlib import Path
from typing import BinaryIO

from govcloud_local.node.images.layer import Layer
from govcloud_local.node.images.recipe import Recipe

__all__ = ["digest", "write"]

_ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64"}
_MANIFEST = "application/vnd.oci.image.manifest.v1+json"
_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin"


def write(recipe: Recipe, layer: Layer, file: Path) -> None:
    """Write the image to `file`, whole or not at all."""
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
                "mediaType": _MANIFEST,
                "config": _descriptor("application/vnd.oci.image.config.v1+json", configuration),
                "layers": [
                    {
                        # not compressed: it never travels
                        "mediaType": "application/vnd.oci.image.layer.v1.tar",
                        "digest": f"sha256:{layer_digest}",
                        "size": size,
                    }
                ],
            }
        )
        index = _json(
            {
                "schemaVersion": 2,
                "mediaType": "application/vnd.oci.image.index.v1+json",
                "manifests": [
                    _descriptor(_MANIFEST, manifest)
                    | {
                        "annotations": {
                            "io.containerd.image.name": recipe.name,
                            "org.opencontainers.image.ref.name": recipe.name.rpartition(":")[2],
                        }
                    }
                ],
            }
        )
        temporary = file.with_suffix(".new")
        with tarfile.open(temporary, "w") as archive:
            _add(archive, "oci-layout", _json({"imageLayoutVersion": "1.0.0"}))
            _add(archive, "index.json", index)
            for blob in (manifest, configuration):
                _add(archive, f"blobs/sha256/{hashlib.sha256(blob).hexdigest()}", blob)
            _add(archive, f"blobs/sha256/{layer_digest}", content, size)
        temporary.replace(file)


def digest(file: Path) -> str:
    """Return the digest of the manifest in an archive, as containerd lists it (`sha256:…`)."""
    with tarfile.open(file) as archive:
        stream = archive.extractfile("index.json")
        assert stream is not None
        return str(json.load(stream)["manifests"][0]["digest"])


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
