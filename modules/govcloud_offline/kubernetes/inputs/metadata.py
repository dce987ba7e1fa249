"""Names, namespaces and annotations of objects, read and written so that unknown values do no harm."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from govcloud_base.wire.values import Unknown

__all__ = [
    "AUTONAMED",
    "annotation",
    "controller_of",
    "identifier",
    "is_true",
    "name_of",
    "namespace_of",
    "set_annotation",
    "set_metadata",
    "split_identifier",
    "timeout_of",
]

PREFIX: Final = "pulumi.com/"
AUTONAMED: Final = PREFIX + "autonamed"


def _text(manifest: Mapping[str, Any], key: str) -> str:
    metadata = manifest.get("metadata")
    value = metadata.get(key) if isinstance(metadata, Mapping) else None
    return value if isinstance(value, str) else ""


def name_of(manifest: Mapping[str, Any]) -> str:
    """Return `metadata.name`, or "" where it is absent or not known yet."""
    return _text(manifest, "name")


def namespace_of(manifest: Mapping[str, Any]) -> str:
    """Return `metadata.namespace`, or "" where it is absent or not known yet."""
    return _text(manifest, "namespace")


def identifier(manifest: Mapping[str, Any]) -> str:
    """Return the Pulumi id of an object: `namespace/name`, or the name alone."""
    namespace = namespace_of(manifest)
    return f"{namespace}/{name_of(manifest)}" if namespace else name_of(manifest)


def split_identifier(text: str) -> tuple[str, str]:
    """Return namespace ("" if none) and name of a Pulumi id."""
    namespace, slash, name = text.partition("/")
    return (namespace, name) if slash else ("", text)


def controller_of(live: Mapping[str, Any]) -> str | None:
    """Return the uid of the object that controls a live one; None where nobody does."""
    owners = (live.get("metadata") or {}).get("ownerReferences") or ()
    return next((owner.get("uid") or None for owner in owners if owner.get("controller")), None)


def annotation(manifest: Mapping[str, Any], key: str) -> str:
    """Return the annotation `pulumi.com/KEY`, or "" where it is absent or not known yet."""
    metadata = manifest.get("metadata")
    annotations = metadata.get("annotations") if isinstance(metadata, Mapping) else None
    value = annotations.get(PREFIX + key) if isinstance(annotations, Mapping) else None
    return value if isinstance(value, str) else ""


def is_true(manifest: Mapping[str, Any], key: str) -> bool:
    """Tell whether the annotation `pulumi.com/KEY` says "true"."""
    return annotation(manifest, key) == "true"


def timeout_of(manifest: Mapping[str, Any], option: float, default: float) -> float:
    """Return how many seconds to wait: the resource option, else `pulumi.com/timeoutSeconds`, else `default`."""
    if option:
        return option
    text = annotation(manifest, "timeoutSeconds")
    return float(text) if text.isdecimal() else default


def set_metadata(manifest: dict[str, Any], key: str, value: str) -> None:
    """Set `metadata.KEY`, or remove it for ""; nothing where the metadata as a whole is not known yet."""
    metadata = manifest.get("metadata")
    if isinstance(metadata, Unknown):
        return
    if not isinstance(metadata, dict):
        if not value:
            return
        metadata = manifest["metadata"] = {}
    if value:
        metadata[key] = value
    else:
        metadata.pop(key, None)


def set_annotation(manifest: dict[str, Any], key: str, value: str) -> None:
    """Set an annotation by its full name; nothing where the annotations are not known yet."""
    metadata = manifest.get("metadata")
    if not isinstance(metadata, dict):
        return
    annotations = metadata.setdefault("annotations", {})
    if isinstance(annotations, dict):
        annotations[key] = value
