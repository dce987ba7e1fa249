"""A page of the documentation that a script of this folder generates."""

from __future__ import annotations

import sys
from pathlib import Path

__all__ = ["write"]


def write(file: Path, page: str) -> int:
    """Write the page, or with --check compare it with what is there; return the script's exit code."""
    if "--check" in sys.argv[1:]:
        return 0 if file.exists() and file.read_text(encoding="utf-8") == page else 1
    file.write_text(page, encoding="utf-8")
    return 0
