"""Where two revisions of a country come from, and what of their files is needed to read them."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePosixPath

from govcloud.country import Country
from govcloud.country import law as law_module
from govcloud.country.folder import declares
from govcloud.country.law import UNIT_FOLDER, Law
from govcloud.country.law_folder import CONTROLS, LAW_PARTS, PROJECT_LAW, REVIEW_PART, law_folder
from govcloud.country.reader import MAX_BYTES
from govcloud.country.readings import Readings
from govcloud.country.snapshot import read, read_law, revise
from govcloud.revision.edit import LARGEST, Edit
from govcloud.revision.names import name_problems, shown
from govcloud.revision.repository import Entry, Repository, Tree
from govcloud_base.errors import GovCloudError, Place, Problem, Text, UsageError

__all__ = ["GUARD", "LAW", "Source", "lies_in"]

GUARD = (CONTROLS, "admission")
"""Folders beside the law's that hold controls and admission rules."""
LAW = (*LAW_PARTS, REVIEW_PART)
"""Folders of the law in `policies`, but for the tables of units."""


def lies_in(name: bytes, folder: str) -> bool:
    """Return whether a file lies in a folder of the repository; `.` is the repository itself."""
    return name.startswith(_prefix(folder))


@dataclass(frozen=True)
class Source:
    """A base, and what a change does to it."""

    repository: Repository
    folder: Path
    """The country's folder where the user is."""
    commit: str
    """Id of the base."""
    inside: str
    """The country's folder in the repository."""
    edit: Edit

    @cached_property
    def laws(self) -> str | None:
        """The folder of the law in the base: the nearest `policies` beside or above the country; None without one."""
        here = PurePosixPath(self.inside)
        wanted = [(parent / "policies").as_posix() for parent in (here, *here.parents)]
        there = self.repository.folders(self.commit, (f"{folder}/{part}" for folder in wanted for part in LAW_PARTS))
        return next((f for f in wanted if all(f"{f}/{part}" in there for part in LAW_PARTS)), None)

    @cached_property
    def trees(self) -> tuple[str, ...]:
        """Ids of the trees from which country and law are read; raises UsageError where the base has no country."""
        wanted = (self.inside, *([self.laws] if self.laws else []))
        found = self.repository.folders(self.commit, wanted)
        if self.inside not in found:
            raise UsageError(no_country(self.inside, self.commit[:10]))
        return tuple(found[name] for name in wanted)

    @cached_property
    def before(self) -> Tree:
        """All files of the base."""
        return self.repository.tree(self.commit)

    @cached_property
    def after(self) -> Tree:
        """All files after the change."""
        kept = {name: e for name, e in self.before.items() if name not in self.edit.gone}
        return {**kept, **self.edit.entries}

    @cached_property
    def touched(self) -> frozenset[bytes]:
        """Files of the country that the change touches."""
        return frozenset(name for name in self.edit.touched if lies_in(name, self.inside))

    def touches(self, *parts: str) -> bool:
        """Return whether the change touches such a folder beside the law, as `controls`."""
        return self.laws is not None and any(
            lies_in(name, f"{self.laws}/{part}") for name in self.edit.touched for part in parts
        )

    def law(self, tree: Tree, readings: Readings) -> Law:
        """Return the law of one revision's tree; that of the project where the repository brings none."""
        if self.laws is None:
            return law_module.load(law_folder(self.folder))
        files = self.files(tree, [f"{self.laws}/{name}" for name in LAW])
        return self.reviewed(read_law(self.place_of_law, files, self.tables(tree), self.controls(tree), readings))

    @property
    def place_of_law(self) -> Path:
        """Where the law lies where the user is."""
        return self.repository.root / (self.laws or "")

    def tables(self, tree: Tree) -> dict[str, bytes]:
        """Return the tables of units of one revision's tree, by name."""
        folder = f"{self.laws}/{UNIT_FOLDER}"
        chosen = {name: e for name, e in tree.items() if lies_in(name, folder) and name.endswith(b".csv")}
        return {name.rpartition("/")[2]: data for name, data in self.contents(chosen, LARGEST).items()}

    def controls(self, tree: Tree) -> dict[str, bytes]:
        """Return the controls of one revision's tree, by file."""
        return self.files(tree, (f"{self.laws}/{CONTROLS}",))

    @staticmethod
    def reviewed(law: Law) -> Law:
        """Return a law with review rules: its own or, where it brings none, those of the project.

        Never those that a change brings along.
        """
        if law.review_policies:
            return law
        return dataclasses.replace(law, review_policies=law_module.load(PROJECT_LAW).review_policies)

    def country(self, law: Law, readings: Readings) -> Country:
        """Return the country of the base."""
        return read(Path(self.inside), law, self.files(self.before, (self.inside,)), readings)

    def revised(self, country: Country, law: Law, tree: Tree) -> Country:
        """Return the country after the change, whose files are in `tree` beside others that are right."""
        changed: dict[str, bytes | None] = {shown(name): None for name in self.touched}
        changed.update(self.files(tree, (self.inside,), only=self.touched))
        return revise(country, law, {name: data for name, data in changed.items() if declares(name)})

    def guard(self, tree: Tree) -> dict[str, bytes]:
        """Return controls and admission rules of one revision's tree, by file."""
        return self.files(tree, [f"{self.laws}/{name}" for name in GUARD]) if self.laws is not None else {}

    def files(self, tree: Tree, folders: Iterable[str], only: Collection[bytes] | None = None) -> dict[str, bytes]:
        """Return the declarations below `folders`; raises GovCloudError where names or sizes forbid reading them.

        With `only`, those of these names: of the others it is known that they are right.
        """
        wanted = tuple(folders)
        prefixes = tuple(_prefix(folder) for folder in wanted)
        here = {name: e for name, e in tree.items() if name.startswith(prefixes)}
        problems = name_problems(here, wanted, only)
        if problems:
            raise GovCloudError(problems)
        chosen = {name: e for name, e in here.items() if declares(shown(name)) and (only is None or name in only)}
        return self.contents(chosen)

    def contents(self, chosen: Mapping[bytes, Entry], most: int = MAX_BYTES) -> dict[str, bytes]:
        """Return the contents of files, by name as shown; raises GovCloudError where one has more than `most` bytes."""
        held = self.edit.contents
        # What is on the disk only counts for the file as it is there: the base may have another under the name.
        fresh = {name for name, e in chosen.items() if name in held and self.edit.entries.get(name) == e}
        objects = self.repository.contents([e.object_id for n, e in chosen.items() if n not in fresh], most)
        problems: list[Problem] = []
        found: dict[str, bytes] = {}
        for name, entry in chosen.items():
            data = held[name] if name in fresh else objects.get(entry.object_id)
            if data is None or len(data) > most:
                problems.append(_too_large(name, most))
            else:
                found[shown(name)] = data
        if problems:
            raise GovCloudError(problems)
        return found


def no_country(folder: str, base: str) -> Problem:
    """Return the problem that a revision has no country at `folder`."""
    return Problem(
        "GC-REVIEW-004",
        Text(f"revision {base!r} has no country at {folder}", f"bản {base!r} không có quốc gia tại {folder}"),
        Text(
            "name the country's folder, and a revision that already has it",
            "chỉ đúng thư mục quốc gia, và bản đã có thư mục đó",
        ),
        value=folder,
    )


def _prefix(folder: str) -> bytes:
    return b"" if folder in ("", ".") else f"{folder}/".encode()


def _too_large(name: bytes, most: int) -> Problem:
    return Problem(
        "GC-GIT-005",
        Text("the file is too large for a declaration", "tệp quá lớn so với một khai báo"),
        Text("split it: one declaration a file", "tách tệp: mỗi tệp một khai báo"),
        Place(shown(name)),
        allowed=f"<= {most}",
    )
