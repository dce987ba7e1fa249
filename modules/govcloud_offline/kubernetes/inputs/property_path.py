"""Property paths as the engine writes them: `metadata.labels["a.b/c"]`, `spec.containers[0].image`."""

from __future__ import annotations

import re
from typing import Final

__all__ = ["Path", "contains", "format_path", "parse_path"]

Path = tuple[str | int, ...]

_QUOTED: Final = re.compile(r'[."\[\]]')
_STEP: Final = re.compile(r'\.?(?:\["((?:[^"\\]|\\.)*)"\]|\[(\d+|\*)\]|([^.\[\]"]+))')


def format_path(path: Path) -> str:
    """Write a path as the engine does."""
    text = ""
    for step in path:
        if isinstance(step, int):
            text += f"[{step}]"
        elif _QUOTED.search(step):
            text += '["{}"]'.format(step.replace('"', '\\"'))
        else:
            text += f".{step}" if text else step
    return text


def parse_path(text: str) -> Path:
    """Read a path as the engine writes it; `*` stands for any element. Raises ValueError for anything else."""
    steps: list[str | int] = []
    position = 0
    while position < len(text):
        match = _STEP.match(text, position)
        if match is None:
            raise ValueError(f"ignoreChanges names no property: {text}")
        quoted, index, name = match.groups()
        if quoted is not None:
            steps.append(quoted.replace('\\"', '"'))
        elif index is not None:
            steps.append(index if index == "*" else int(index))
        else:
            steps.append(name)
        position = match.end()
    return tuple(steps)


def contains(outer: Path, inner: Path) -> bool:
    """Tell whether `inner` is `outer` or lies within it."""
    return len(outer) <= len(inner) and all(
        expected in ("*", step) for expected, step in zip(outer, inner, strict=False)
    )
