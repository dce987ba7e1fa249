"""The files of a country's folder: plain YAML files only, in an order that does not depend on the machine."""

from __future__ import annotations

import os
from pathlib import Path

from govcloud.errors import GovCloudError, Place, Problem, Text

__all__ = ["declaration_files", "shown_name"]

_MAX_FILES = 100_000


def declaration_files(folder: Path) -> list[Path]:
    """Return the declaration files below `folder`, sorted by name.

    Raises GovCloudError where the folder is missing, or holds links, twins that differ only in case, or files that are
    no declarations: whatever is not judged must not lie there looking as if it were.
    """
    if not folder.is_dir():
        raise GovCloudError(
            Problem(
                "GC-FOLDER-001",
                Text("there is no such folder", "không có thư mục này"),
                Text("name the folder of a country, such as stacks/vn", "chỉ thư mục quốc gia, ví dụ stacks/vn"),
                Place(shown_name(folder)),
            )
        )
    problems: list[Problem] = []
    files: list[Path] = []
    for parent, folders, names in os.walk(folder, followlinks=False):
        folders.sort()
        here = Path(parent)
        lower: dict[str, str] = {}
        for name in sorted((*folders, *names)):
            path = here / name
            if path.is_symlink():
                problems.append(_refused(path, "GC-FOLDER-002", "a symbolic link", "liên kết tượng trưng"))
            elif (twin := lower.setdefault(name.casefold(), name)) != name:
                problems.append(
                    _refused(path, "GC-FOLDER-003", f"differs from {twin} only in case", f"chỉ khác {twin} ở chữ hoa")
                )
        for name in sorted(names):
            path = here / name
            if path.is_symlink() or name.endswith(".md"):
                continue
            if not name.endswith(".yaml") or not path.is_file():
                problems.append(
                    _refused(path, "GC-FOLDER-004", "not a declaration (.yaml)", "không phải khai báo (.yaml)")
                )
            else:
                files.append(path)
        if len(files) > _MAX_FILES:
            problems.append(_refused(folder, "GC-FOLDER-005", "too many files", "quá nhiều tệp"))
            break
    if problems:
        raise GovCloudError(problems)
    return files


def shown_name(path: Path) -> str:
    """Return the name under which problems show a path: relative to the working folder where it lies below it."""
    try:
        return str(path.absolute().relative_to(Path.cwd()))
    except ValueError:
        return str(path)


def _refused(path: Path, code: str, english: str, vietnamese: str) -> Problem:
    return Problem(
        code,
        Text(english, vietnamese),
        Text("remove it, or write the declaration itself", "bỏ nó, hoặc viết trực tiếp khai báo"),
        Place(shown_name(path)),
    )
