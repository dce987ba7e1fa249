"""Live objects cut down to what the program said, so that what the server added is no change."""

from __future__ import annotations

import copy
from typing import Any

__all__ = ["pruned"]


def pruned(live: dict[str, Any], shape: dict[str, Any]) -> dict[str, Any]:
    """Return the parts of `live` that also `shape` has; where their types differ, the whole live value."""
    return {key: _value(value, shape[key]) for key, value in live.items() if key in shape}


def _value(live: Any, shape: Any) -> Any:
    if isinstance(live, dict) and isinstance(shape, dict):
        return pruned(live, shape)
    if isinstance(live, list) and isinstance(shape, list):
        return _items(live, shape)
    if live is None and shape in ([], {}):
        return copy.deepcopy(shape)  # what is empty comes back as null
    return copy.deepcopy(live)


def _items(live: list[Any], shape: list[Any]) -> list[Any]:
    if live and shape and type(live[0]) is not type(shape[0]):
        return copy.deepcopy(live)
    # Elements that the server or another manager appended belong to them.
    return [_value(a, b) for a, b in zip(live, shape, strict=False)]
