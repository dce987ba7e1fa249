"""Namespaces that carry the platform's labels though nobody declared them.

Policies let flows pass by these labels, so whatever runs there counts as a tenant's own.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Any

from govcloud.model import names

__all__ = ["borrowed"]


def borrowed(namespaces: Iterable[Mapping[str, Any]], declared: Collection[str]) -> dict[str, dict[str, str]]:
    """Return the labels of the platform that undeclared namespaces carry, by namespace."""
    found = {}
    for item in namespaces:
        metadata = item["metadata"]
        labels = {k: str(v) for k, v in (metadata.get("labels") or {}).items() if k.startswith(names.LABEL_PREFIX)}
        if labels and metadata["name"] not in declared:
            found[str(metadata["name"])] = labels
    return found
