"""JSON merge patches (RFC 7386)."""

from __future__ import annotations

from typing import Any, Final

__all__ = ["MERGE", "merge_patch"]

MERGE: Final = "application/merge-patch+json"
"""The content type."""


def merge_patch(old: Any, new: dict[str, Any], live: dict[str, Any]) -> dict[str, Any]:
    """Return a JSON merge patch from `live` to `new`; fields in `old` that `new` lacks are removed."""
    patch: dict[str, Any] = {
        key: None for key in (old if isinstance(old, dict) else {}) if key not in new and key in live
    }
    for key, value in new.items():
        current = live.get(key)
        if isinstance(value, dict) and isinstance(current, dict):
            inner = merge_patch(old.get(key) if isinstance(old, dict) else None, value, current)
            if inner:
                patch[key] = inner
        elif value != current:
            patch[key] = value
    return patch
