"""Names that a git tree may hold and a file system or a reader would not: refused before anything is read."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping

from govcloud.country.folder import declares
from govcloud.revision.repository import Entry
from govcloud_base.errors import Place, Problem, Text

__all__ = ["name_problems", "shown"]

# What every file system, archive and reader takes for the same path, and no look-alike can imitate.
_PORTABLE = re.compile(rb"(?i:(?:(?!\.{1,2}/|\.git/)[A-Z0-9._-]+/)*(?!\.{1,2}$|\.git$)[A-Z0-9._-]+)")
_LINK, _REPOSITORY = "120000", "160000"


def shown(name: bytes) -> str:
    """Return a path as it can be shown: bytes that are no text, and invisible characters, escaped."""
    text = name.decode("utf-8", "backslashreplace")
    return text if text.isprintable() else text.encode("unicode_escape").decode("ascii")


def name_problems(
    entries: Mapping[bytes, Entry], folders: Iterable[str], only: Collection[bytes] | None = None
) -> list[Problem]:
    """Return what is wrong with the names below `folders`: the same that reading them from a disk would find.

    With `only`, the other names are known to be right by themselves, and merely compared with.
    """
    problems: list[Problem] = []
    twins: dict[bytes, bytes] = {}
    if only is not None:
        others = {name for name in entries if name not in only}
        twins = {path.lower(): path for path in {*others, *_folders(others)}}
        entries = {name: entries[name] for name in only if name in entries}
    prefixes = tuple(f"{folder}/".encode() if folder not in ("", ".") else b"" for folder in folders)
    for name, entry in sorted(entries.items()):
        if not name.startswith(prefixes):
            continue
        if not _PORTABLE.fullmatch(name):
            problems.append(
                _refused("GC-FOLDER-006", name, "a name that not every system can hold", "tên không phổ dụng")
            )
            continue
        if entry.mode == _LINK:
            problems.append(_refused("GC-FOLDER-002", name, "a symbolic link", "liên kết tượng trưng"))
        elif entry.mode == _REPOSITORY:
            problems.append(_refused("GC-FOLDER-004", name, "another repository", "kho mã khác"))
        elif not declares(shown(name)) and not name.endswith(b".md"):
            problems.append(_refused("GC-FOLDER-004", name, "not a declaration (.yaml)", "không phải khai báo (.yaml)"))
        twin = _twin(name, twins)
        if twin is not None:
            english = f"differs from {shown(twin)} only in case"
            problems.append(_refused("GC-FOLDER-003", name, english, f"chỉ khác {shown(twin)} ở chữ hoa"))
    return problems


def _folders(names: Iterable[bytes]) -> set[bytes]:
    """Return the folders in which files lie, and those above them."""
    found: set[bytes] = set()
    for name in names:
        folder = name.rpartition(b"/")[0]
        while folder and folder not in found:
            found.add(folder)
            folder = folder.rpartition(b"/")[0]
    return found


def _twin(name: bytes, twins: dict[bytes, bytes]) -> bytes | None:
    """Return a path met before that differs from this one, or from a folder of it, only in case; note all of them."""
    path = name
    while path:
        found = twins.setdefault(path.lower(), path)
        if found != path:
            return found
        path = path.rpartition(b"/")[0]
        if twins.get(path.lower()) == path:
            return None  # and so are the folders above it
    return None


def _refused(code: str, name: bytes, english: str, vietnamese: str) -> Problem:
    return Problem(
        code,
        Text(english, vietnamese),
        Text("remove it, or write the declaration itself", "bỏ nó, hoặc viết trực tiếp khai báo"),
        Place(shown(name)),
    )
