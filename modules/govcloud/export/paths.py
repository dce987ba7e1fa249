"""Where a version lies in a bag. Keys are anybody's words: none leads out of the bag, none covers another.

A key that every file system can hold is its own path below `objects/`. Any other lies below `renamed/`, in a folder
that is named by the key's digest, under what can be kept of its last part; versions that were overwritten or deleted
lie below `versions/` likewise. What was called how is in the bag's list of objects.

No path has `%`, a carriage return or a line feed, which RFC 8493 wants encoded: programs differ in how they decode.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterator

__all__ = ["PAYLOAD", "folded", "folders", "is_safe", "live", "older", "readable", "renamed"]

PAYLOAD = "data"
_MOST = 200
"""Bytes of one part of a path: file systems hold 255, and some of them more bytes a letter than UTF-8 has."""
_MOST_LEAF = 100
_MOST_SUFFIX = 20
_FORBIDDEN = frozenset('<>:"\\|?*%')
_DEVICE = re.compile(r"(con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])(\..*)?", re.IGNORECASE)
"""Names that are no files on Windows, whatever follows the first dot."""


def readable(key: str) -> str | None:
    """Return the key as a path that every usual file system holds, in Unicode's composed form; None where none is."""
    path = unicodedata.normalize("NFC", key)
    return path if all(_holds(part) for part in path.split("/")) else None


def live(path: str) -> str:
    """Return where an object lies that :func:`readable` gave a path."""
    return f"{PAYLOAD}/objects/{path}"


def renamed(key: str) -> str:
    """Return where an object lies whose key can't be a path, or whose path another has."""
    return f"{PAYLOAD}/renamed/{_digest(key)}/{_leaf(key)}"


def older(key: str, id: str) -> str:
    """Return where a version lies that is not what a reader gets; `id` is its name among all of the bucket."""
    return f"{PAYLOAD}/versions/{_digest(key)}/{id}/{_leaf(key)}"


def folded(path: str) -> str:
    """Return what two paths have in common that are one on some file system: Windows' and Apple's see no case."""
    apart = unicodedata.normalize("NFD", path).upper().casefold()
    return unicodedata.normalize("NFC", apart)


def folders(path: str) -> Iterator[str]:
    """Yield the folders in which a path lies, the innermost first."""
    while (cut := path.rfind("/")) > 0:
        path = path[:cut]
        yield path


def is_safe(path: str) -> bool:
    """Return whether a path that somebody else wrote stays in the payload of its bag, whatever system reads it."""
    parts = path.split("/")
    inside = parts[0] == PAYLOAD and len(parts) > 1 and not any(part in ("", ".", "..") for part in parts)
    return inside and "\\" not in path and "\0" not in path


def _holds(part: str) -> bool:
    return (
        bool(part)
        and part.isprintable()
        and not _FORBIDDEN & set(part)
        and part[-1] not in ". "
        and part[0] != " "
        and not _DEVICE.fullmatch(part)
        and len(part.encode()) <= _MOST
    )


def _leaf(key: str) -> str:
    """Return what can be kept of the last part of a key: enough that people and programs know what it is."""
    composed = unicodedata.normalize("NFC", key)
    last = next((part for part in reversed(composed.split("/")) if part.strip(". ")), "")
    kept = "".join("_" if c in _FORBIDDEN or not c.isprintable() else c for c in last).strip(" ").rstrip(". ")
    stem, dot, suffix = kept.rpartition(".")
    if not stem or len(suffix.encode()) > _MOST_SUFFIX:
        stem, dot, suffix = kept, "", ""
    cut = stem.encode()[: _MOST_LEAF - len(suffix.encode()) - len(dot)].decode(errors="ignore")
    leaf = unicodedata.normalize("NFC", f"{cut.rstrip('. ')}{dot}{suffix}")
    if leaf and _DEVICE.fullmatch(leaf):
        leaf = f"_{leaf}"
    return leaf if leaf and _holds(leaf) else "object"


def _digest(key: str) -> str:
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()[:40]
