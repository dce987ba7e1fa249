"""Two revisions of a country, judged: the base as it is, and what it becomes when the change is merged into it."""

from __future__ import annotations

import dataclasses
import datetime
import hashlib
import json
import stat
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from govcloud import rules
from govcloud.country import Country
from govcloud.country import law as law_module
from govcloud.country.cache import Cache, cache_file, code_digest, digest
from govcloud.country.law import Law
from govcloud.country.law_folder import LAW_PARTS, PROJECT_LAW, REVIEW_PART, law_folder
from govcloud.country.reader import MAX_BYTES
from govcloud.country.readings import Readings
from govcloud.country.snapshot import read, read_law, revise
from govcloud.errors import GovCloudError, Place, Problem, Text, UsageError
from govcloud.review import Revision, judged
from govcloud.revision.names import name_problems, shown
from govcloud.revision.repository import Entry, Repository, Tree

__all__ = ["Pair", "pair"]

_GUARD = ("controls", "admission")
"""Folders beside the law's that hold controls and admission rules."""
_LAW = (*LAW_PARTS, REVIEW_PART)
_KEPT = 16
"""Judgements of revisions that are remembered."""
_MOST_PROBLEMS = 2000
_WORKING_TREE = "working tree"


@dataclass(frozen=True)
class Pair:
    """What review.compare asks for."""

    base: Revision
    head: Revision
    files: tuple[str, ...]
    """Files of the repository that the change touches."""


@dataclass(frozen=True)
class _Edit:
    """What a change does to the files of a tree."""

    entries: dict[bytes, Entry]
    """Files added or changed."""
    gone: frozenset[bytes]
    """Files removed."""
    contents: dict[bytes, bytes] = field(default_factory=dict)
    """Contents that no object of the repository holds yet."""
    conflicts: frozenset[bytes] = frozenset()
    """Files that the base changed as well since they parted."""


def pair(folder: Path, base: str, head: str | None, date: datetime.date) -> Pair:
    """Read and judge the country at `folder` in revision `base`, and as merging revision `head` would leave it.

    Without `head` the working tree is meant. Only files that the change touches are taken from the head, so a base that
    moved on since is not undone. Raises UsageError where the clone lacks a revision or the base has no country there,
    EnvironmentProblem where there is no repository, GovCloudError where the base itself cannot be read.
    """
    repository = Repository.around(folder)
    inside = _inside(repository, folder)
    commit = repository.commit(base)
    tree = repository.tree(commit)
    edit = _working(repository, commit) if head is None else _committed(repository, commit, repository.commit(head))
    after = {**{name: e for name, e in tree.items() if name not in edit.gone}, **edit.entries}
    laws = _law_in(tree, inside)
    if not any(_lies_in(name, inside) for name in tree):
        raise UsageError(_no_country(inside, base))
    old = _Reading(repository, tree, inside, laws, {})
    new = _Reading(repository, after, inside, laws, edit.contents)
    law = old.law(folder)
    country = old.country(law)
    first = Revision(f"{base} ({commit[:10]})", country, old.problems(country, date), old.guard())
    touched = {*edit.entries, *edit.gone}
    second = _head(new, touched, country, law, head or _WORKING_TREE, date)
    # Of other files the merge itself speaks.
    ours = (inside, *((laws,) if laws else ()))
    clashes = tuple(_conflict(n) for n in sorted(edit.conflicts) if any(_lies_in(n, folder) for folder in ours))
    second = Revision(second.name, second.country, (*second.problems, *clashes), second.guard)
    return Pair(first, second, tuple(shown(name) for name in sorted(touched)))


class _Reading:
    """One revision's files, read where they are needed."""

    def __init__(
        self, repository: Repository, tree: Tree, inside: str, laws: str | None, contents: Mapping[bytes, bytes]
    ) -> None:
        self._repository = repository
        self._tree = tree
        self._contents = contents
        self.inside = inside
        self.laws = laws

    def law(self, folder: Path) -> Law:
        """Return the law of this revision; that of the project where the repository brings none."""
        if self.laws is None:
            return law_module.load(law_folder(folder))
        own = read_law(Path(self.laws), self._files(f"{self.laws}/{name}" for name in _LAW))
        if own.review_policies:
            return own
        # A repository without review rules is reviewed by the project's: never by those that a change brings along.
        return dataclasses.replace(own, review_policies=law_module.load(PROJECT_LAW).review_policies)

    def country(self, law: Law) -> Country:
        """Return the country of this revision."""
        readings = Readings.of(self._repository.root / self.inside)
        country = read(Path(self.inside), law, self._files((self.inside,)), readings)
        readings.save()
        return country

    def revised(self, country: Country, law: Law, touched: Iterable[bytes]) -> Country:
        """Return the country of another revision with the `touched` files as they are here."""
        named = {name for name in touched if _lies_in(name, self.inside)}
        changed: dict[str, bytes | None] = {shown(name): None for name in named}
        changed.update(self._files((self.inside,), only=named))
        return revise(country, law, {name: data for name, data in changed.items() if name.endswith(".yaml")})

    def problems(self, country: Country, date: datetime.date) -> tuple[Problem, ...]:
        """Return what is wrong with the country of this revision; remembered by the ids of all files that count."""
        if self.laws is None:
            return tuple(rules.judge(country, date))  # a law that lies outside the repository has no ids
        prefixes = (_prefix(self.inside), _prefix(self.laws))
        counting = [n + b" " + e.object_id.encode() for n, e in self._tree.items() if n.startswith(prefixes)]
        key = digest(b"\0".join([str(date).encode(), *sorted(counting)]))
        code = code_digest("model", "country", "rules", ".")
        cache = Cache(cache_file(self._repository.root / self.inside, "revisions"), code)
        lines = cache.lines()
        for line in lines:
            if line.startswith(key + b" "):
                return tuple(Problem.of(found) for found in json.loads(line.partition(b" ")[2]))
        found = rules.judge(country, date)
        if len(found) <= _MOST_PROBLEMS:
            text = json.dumps([problem.as_dict() for problem in found]).encode()
            cache.write([*lines[1 - _KEPT :], key + b" " + text])
        return tuple(found)

    def guard(self) -> dict[str, bytes]:
        """Return controls and admission rules by file."""
        return self._files(f"{self.laws}/{name}" for name in _GUARD) if self.laws is not None else {}

    def _files(self, folders: Iterable[str], only: set[bytes] | None = None) -> dict[str, bytes]:
        """Return the declarations below `folders`; raises GovCloudError where names or sizes forbid reading them."""
        wanted = tuple(folders)
        prefixes = tuple(_prefix(folder) for folder in wanted)
        here = {name: e for name, e in self._tree.items() if name.startswith(prefixes)}
        # Of a revision that differs in a few files from one that was looked through, only these can be wrong.
        problems = name_problems(here, wanted, only)
        chosen = {name: e for name, e in here.items() if name.endswith(b".yaml") and (only is None or name in only)}
        if problems:
            raise GovCloudError(problems)
        stored = [e.object_id for name, e in chosen.items() if name not in self._contents]
        objects = self._repository.contents(stored, MAX_BYTES)
        found: dict[str, bytes] = {}
        for name, entry in chosen.items():
            data = self._contents[name] if name in self._contents else objects.get(entry.object_id)
            if data is None:
                problems.append(_too_large(name))
            else:
                found[shown(name)] = data
        if problems:
            raise GovCloudError(problems)
        return found


def _head(new: _Reading, touched: set[bytes], country: Country, law: Law, name: str, date: datetime.date) -> Revision:
    try:
        changed = new.laws is not None and any(_lies_in(t, f"{new.laws}/{f}") for t in touched for f in _LAW)
        own = new.law(country.folder) if changed else law
        return judged(name, new.revised(country, own, touched), date, new.guard())
    except GovCloudError as error:
        return Revision(name, None, error.problems)


def _inside(repository: Repository, folder: Path) -> str:
    try:
        return folder.resolve().relative_to(repository.root.resolve()).as_posix()
    except ValueError:
        raise UsageError(_no_country(str(folder), "")) from None


def _lies_in(name: bytes, folder: str) -> bool:
    return name.startswith(_prefix(folder))


def _prefix(folder: str) -> bytes:
    return b"" if folder in ("", ".") else f"{folder}/".encode()


def _law_in(tree: Tree, inside: str) -> str | None:
    """Return the folder of the law in a repository: the nearest `policies` beside or above the country."""
    here = PurePosixPath(inside)
    for parent in (here, *here.parents):
        folder = (parent / "policies").as_posix()
        if all(any(_lies_in(name, f"{folder}/{part}") for name in tree) for part in LAW_PARTS):
            return folder
    return None


def _committed(repository: Repository, base: str, head: str) -> _Edit:
    parted = repository.merge_base(base, head)
    theirs = repository.differing(parted, head)
    ours = repository.differing(parted, base) if parted != base else {}
    return _edit(theirs, {}, ours)


def _working(repository: Repository, base: str) -> _Edit:
    parted = repository.merge_base(base, repository.commit("HEAD"))
    before = repository.tree(parted)
    ours = repository.differing(parted, base) if parted != base else {}
    theirs: dict[bytes, Entry | None] = {}
    contents: dict[bytes, bytes] = {}
    for name in repository.edited(parted):
        entry, data = _on_disk(repository.root, name, len(parted))
        if entry != before.get(name):
            theirs[name] = entry
            if entry is not None and data is not None:
                contents[name] = data
    return _edit(theirs, contents, ours)


def _edit(
    theirs: Mapping[bytes, Entry | None], contents: dict[bytes, bytes], ours: Mapping[bytes, Entry | None]
) -> _Edit:
    return _Edit(
        entries={name: entry for name, entry in theirs.items() if entry is not None},
        gone=frozenset(name for name, entry in theirs.items() if entry is None),
        contents=contents,
        conflicts=frozenset(name for name in theirs if name in ours and ours[name] != theirs[name]),
    )


def _on_disk(root: Path, name: bytes, digits: int) -> tuple[Entry | None, bytes | None]:
    """Return a file of the working tree as git would store it, and its contents as far as anybody reads them."""
    path = root / name.decode("utf-8", "surrogateescape")
    try:
        about = path.lstat()
        if stat.S_ISLNK(about.st_mode):
            return Entry("120000", ""), None
        if not stat.S_ISREG(about.st_mode):
            return Entry("160000", ""), None
        mode = "100755" if about.st_mode & stat.S_IXUSR else "100644"
        if about.st_size > MAX_BYTES:
            return Entry(mode, ""), bytes(MAX_BYTES + 1)  # refused for its size, whatever it holds
        data = path.read_bytes()
    except FileNotFoundError:
        return None, None
    # The name of a blob in git, not a protection.
    algorithm = hashlib.sha256 if digits == 64 else hashlib.sha1
    return Entry(mode, algorithm(b"blob %d\0" % len(data) + data).hexdigest()), data


def _too_large(name: bytes) -> Problem:
    return Problem(
        "GC-GIT-005",
        Text("the file is too large for a declaration", "tệp quá lớn so với một khai báo"),
        Text("split it: one declaration a file", "tách tệp: mỗi tệp một khai báo"),
        Place(shown(name)),
        allowed=f"<= {MAX_BYTES}",
    )


def _conflict(name: bytes) -> Problem:
    return Problem(
        "GC-GIT-006",
        Text(
            "the base changed this file as well since the change began",
            "bản gốc cũng đã sửa tệp này từ khi thay đổi bắt đầu",
        ),
        Text("rebase the change onto the base", "rebase thay đổi lên bản gốc"),
        Place(shown(name)),
    )


def _no_country(folder: str, base: str) -> Problem:
    return Problem(
        "GC-REVIEW-004",
        Text(f"revision {base!r} has no country at {folder}", f"bản {base!r} không có quốc gia tại {folder}"),
        Text(
            "name the country's folder, and a revision that already has it",
            "chỉ đúng thư mục quốc gia, và bản đã có thư mục đó",
        ),
        value=folder,
    )
