"""The files of a country's folder: plain YAML files only, in an order that does not depend on the machine."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path

from govcloud.refusal import refusal
from govcloud_base.errors import GovCloudError, Place, Problem, Text

__all__ = ["TABLES", "File", "declaration_files", "declares", "looked_through", "shown_name"]

_MAX_FILES = 100_000
_MAX_DEPTH = 12
# What every file system, archive and reader takes for the same name, and no look-alike can imitate.
_PORTABLE = re.compile(r"[A-Za-z0-9._-]+", re.ASCII)


TABLES = "stores"
"""The folder of tables that a command writes as JSON."""


def declares(path: str) -> bool:
    """Return whether a file is a declaration by its name: YAML, or the JSON of which that is the wider form where a
    command writes it, in the folder :data:`TABLES`."""
    folder, _, name = path.rpartition("/")
    return name.endswith(".yaml") or (name.endswith(".json") and f"/{folder}".endswith(f"/{TABLES}"))


@dataclass(frozen=True, slots=True)
class File:
    """A file of a folder."""

    path: str
    """Where it lies."""
    shown: str
    """How problems call it."""


def declaration_files(folder: Path) -> list[File]:
    """Return the declaration files below `folder`, sorted by name.

    Raises GovCloudError where the folder is missing, or holds links, twins that differ only in case, names that not
    every system can hold, or files that are no declarations: whatever is not judged must not lie there looking as if
    it were.
    """
    files, problems = looked_through(folder)
    if problems:
        raise GovCloudError(problems)
    return files


def looked_through(folder: Path) -> tuple[list[File], list[Problem]]:
    """Return the declaration files below `folder`, sorted by name, and what is wrong with the folder beside them.

    Raises GovCloudError where there is no such folder.
    """
    shown = shown_name(folder)
    if not folder.is_dir():
        raise GovCloudError(
            Problem(
                "GC-FOLDER-001",
                Text("there is no such folder", "không có thư mục này"),
                Text("name the folder of a country, such as stacks/vn", "chỉ thư mục quốc gia, ví dụ stacks/vn"),
                Place(shown),
            )
        )
    walk = _Walk()
    walk.enter(os.fspath(folder), "" if shown == "." else shown, 1)
    return walk.files, walk.problems


def shown_name(path: Path) -> str:
    """Return the name under which problems show a path: relative to the working folder where it lies below it."""
    try:
        return _printable(str(path.absolute().relative_to(Path.cwd())))
    except ValueError:
        return _printable(str(path))


class _Walk:
    """Collects files and problems of a folder and those below."""

    def __init__(self) -> None:
        self.files: list[File] = []
        self.problems: list[Problem] = []

    def enter(self, folder: str, shown: str, depth: int) -> None:
        """Look through one folder: its files first, then the folders in it, both by name."""
        try:
            with os.scandir(folder) as found:
                entries = sorted(found, key=lambda entry: entry.name)
        except OSError as error:
            self._unreadable(shown or ".", error)
            return
        folders: list[File] = []
        twins: dict[str, str] = {}
        prefix = f"{shown.removesuffix('/')}/" if shown else ""
        for entry in entries:
            name = entry.name
            file = File(entry.path, f"{prefix}{_printable(name)}")
            if not _PORTABLE.fullmatch(name):
                self._refuse(file, "GC-FOLDER-006", "a name that not every system can hold", "tên tệp không phổ dụng")
            elif entry.is_symlink():
                self._refuse(file, "GC-FOLDER-002", "a symbolic link", "liên kết tượng trưng")
            elif (twin := twins.setdefault(name.casefold(), name)) != name:
                english, vietnamese = f"differs from {twin} only in case", f"chỉ khác {twin} ở chữ hoa"
                self._refuse(file, "GC-FOLDER-003", english, vietnamese)
                if entry.is_dir():
                    folders.append(file)
            elif entry.is_dir():
                folders.append(file)
            elif declares(file.path.replace(os.sep, "/")) and entry.is_file():
                self.files.append(file)
            elif not name.endswith(".md"):
                self._stray(file, name)
        if len(self.files) > _MAX_FILES or (folders and depth >= _MAX_DEPTH):
            self._refuse(File(folder, shown or "."), "GC-FOLDER-005", "too many files or folders", "quá nhiều tệp")
            return
        for below in folders:
            self.enter(below.path, below.shown, depth + 1)

    def _stray(self, file: File, name: str) -> None:
        """Refuse a file that is no declaration, and whoever left it: another ending, an editor, a desktop."""
        stem, _, ending = name.rpartition(".")
        if ending.lower() in ("yml", "yaml"):
            fix = Text(f"rename it to {stem}.yaml", f"đổi tên thành {stem}.yaml")
        elif name.startswith(".") or name.endswith("~") or ending in ("swp", "swo", "bak", "orig", "tmp", "ini", "db"):
            fix = Text(
                "delete it: an editor or a desktop left it; name it in .gitignore",
                "xóa tệp: trình soạn thảo hoặc hệ điều hành để lại; ghi tên vào .gitignore",
            )
        else:
            fix = Text("remove it, or write the declaration itself", "bỏ nó, hoặc viết trực tiếp khai báo")
        message = Text("not a declaration (.yaml)", "không phải khai báo (.yaml)")
        self.problems.append(Problem("GC-FOLDER-004", message, fix, Place(file.shown)))

    def _refuse(self, file: File, code: str, english: str, vietnamese: str) -> None:
        fixes = {
            "GC-FOLDER-005": Text("split the folder", "tách thư mục"),
            "GC-FOLDER-006": Text(
                "rename it: letters without diacritics, digits, dot, dash, underscore",
                "đổi tên: chữ không dấu, chữ số, dấu chấm, gạch ngang, gạch dưới",
            ),
        }
        fix = fixes.get(code, Text("remove it, or write the declaration itself", "bỏ nó, hoặc viết trực tiếp khai báo"))
        self.problems.append(Problem(code, Text(english, vietnamese), fix, Place(file.shown)))

    def _unreadable(self, shown: str, error: OSError) -> None:
        reason = refusal(error)
        self.problems.append(
            Problem(
                "GC-FOLDER-007",
                Text(f"the folder cannot be read: {reason.en}", f"không đọc được thư mục: {reason.vi}"),
                Text(
                    "check its rights; what is not read is not judged", "kiểm tra quyền; không đọc được thì không xét"
                ),
                Place(shown),
            )
        )


def _printable(name: str) -> str:
    """Return a file's name as it can be shown: bytes that are no text, and invisible characters, escaped."""
    return name if name.isprintable() else name.encode("unicode_escape", "backslashreplace").decode("ascii")
