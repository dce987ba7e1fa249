"""A set of Kubernetes manifests with stable keys."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from govcloud.plan import BucketSpec, Manifest, StorageIdentity

__all__ = ["Manifest", "Rendering", "key_of", "keyed"]


@dataclass(frozen=True, kw_only=True)
class Rendering:
    """What a stack consists of."""

    cloud: str
    """Name of the Cloud on which it goes."""
    manifests: Mapping[str, Manifest]
    """Manifests by key (see key_of), in an order in which they can be created."""
    namespaces: tuple[str, ...] = ()
    """Namespaces that the stack makes."""
    buckets: tuple[BucketSpec, ...] = ()
    """Buckets of a tenant."""
    identities: tuple[StorageIdentity, ...] = ()
    """One storage identity for each of its environments that has buckets."""


def key_of(manifest: Mapping[str, Any]) -> str:
    """Return the key of a manifest or a live object, `<namespace>/<Kind>/<name>`, with `cluster` outside namespaces.

    Pulumi resources and reports are named by it: it depends on nothing but what the object is, so that adding one moves
    no other.
    """
    metadata = manifest["metadata"]
    return f"{metadata.get('namespace') or 'cluster'}/{manifest['kind']}/{metadata['name']}"


def keyed(manifests: Iterable[Manifest]) -> dict[str, Manifest]:
    """Return manifests by key, namespaces first and everything else in the order given.

    Raises ValueError where two have the same key: one would silently replace the other.
    """
    result: dict[str, Manifest] = {}
    for manifest in sorted(manifests, key=lambda m: m["kind"] != "Namespace"):
        key = key_of(manifest)
        if key in result:
            raise ValueError(f"two manifests with the key {key}")
        result[key] = manifest
    return result
