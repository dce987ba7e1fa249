"""Two revisions of a country, judged: the base as it is, and what it becomes when the change is merged into it."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from pathlib import Path

from govcloud import rules
from govcloud.country import Country, Readings
from govcloud.country.cache import cache_file, code_digest
from govcloud.country.law import UNIT_FOLDER, Law
from govcloud.country.law_folder import CONTROLS
from govcloud.review import WORKING_TREE, Revision, judged
from govcloud.revision.edit import committed, working
from govcloud.revision.index import Entry, Index
from govcloud.revision.names import shown
from govcloud.revision.part import part
from govcloud.revision.repository import Repository
from govcloud.revision.source import LAW, Source, lies_in, no_country
from govcloud_base.errors import GovCloudError, Place, Problem, Text, UsageError

__all__ = ["Pair", "pair"]

_MOST_PROBLEMS = 2000
"""Beyond which a country is not worth remembering: whoever reviews it mends it first."""


@dataclass(frozen=True)
class Pair:
    """What review.compare asks for."""

    base: Revision
    head: Revision
    files: tuple[str, ...]
    """Files of the repository that the change touches."""


def pair(folder: Path, base: str, head: str | None, date: datetime.date, agency: str | None = None) -> Pair:
    """Read and judge the country at `folder` in revision `base`, and as merging revision `head` would leave it.

    Without `head` the working tree is meant. Only files that the change touches are taken from the head, so a base that
    moved on since is not undone. The first review on a base reads and judges the whole country and remembers what came
    of it; after that, only the neighbourhood of a change is read, unless it concerns everybody. Then both revisions are
    that part of the country, in which `agency`, the code of who makes the change, has its place.

    Raises UsageError where the clone lacks a revision or the base has no country there, EnvironmentProblem where there
    is no repository, GovCloudError where the base itself cannot be read.
    """
    repository = Repository.around(folder)
    inside = _inside(repository, folder)
    commit = repository.commit(base)
    edit = working(repository, commit) if head is None else committed(repository, commit, repository.commit(head))
    source = Source(repository, folder, commit, inside, edit)
    names = f"{base} ({commit[:10]})", head or WORKING_TREE
    index = _index(source, date)
    near = part(source, index, names, date, agency) if index is not None else None
    first, second = near or _whole(source, names, date)
    # Of other files the merge itself speaks.
    ours = (inside, *((source.laws,) if source.laws else ()))
    clashes = tuple(_conflict(n) for n in sorted(edit.conflicts) if any(lies_in(n, folder) for folder in ours))
    second = Revision(second.name, second.country, (*second.problems, *clashes), second.guard)
    return Pair(first, second, tuple(shown(name) for name in sorted(edit.touched)))


def _whole(source: Source, names: tuple[str, str], date: datetime.date) -> tuple[Revision, Revision]:
    if not any(lies_in(name, source.inside) for name in source.before):
        raise UsageError(no_country(source.inside, names[0]))
    readings = Readings.of(source.repository.root / source.inside)
    law = source.law(source.before, readings)
    country = source.country(law, readings)
    readings.save()
    problems = tuple(rules.judge(country, date))
    _remember(source, country, law, readings, problems, date)
    first = Revision(names[0], country, problems, source.guard(source.before))
    try:
        own = source.law(source.after, Readings()) if source.touches(*LAW, UNIT_FOLDER, CONTROLS) else law
        revised = source.revised(country, own, source.after)
        return first, judged(names[1], revised, date, source.guard(source.after))
    except GovCloudError as error:
        return first, Revision(names[1], None, error.problems)


def _index_file(source: Source) -> Path:
    return cache_file(source.repository.root / source.inside, "index")


def _key(source: Source, date: datetime.date) -> str:
    code = code_digest("model", "country", "rules", "revision", ".")
    return ".".join((*source.trees, source.inside, source.laws or "", code, str(date)))


def _index(source: Source, date: datetime.date) -> Index | None:
    """Return what is remembered of the base; None where nothing is, or its law lies outside the repository."""
    return Index.at(_index_file(source), _key(source, date)) if source.laws is not None else None


def _remember(
    source: Source,
    country: Country,
    law: Law,
    readings: Readings,
    problems: tuple[Problem, ...],
    date: datetime.date,
) -> None:
    if source.laws is None or len(problems) > _MOST_PROBLEMS:
        return
    ids = {shown(name): entry.object_id for name, entry in source.before.items()}
    documents = {d.file: d.data for d in country.documents.values()}
    documents.update(source.files(source.before, [f"{source.laws}/{name}" for name in LAW]))
    lines = {file: readings.line(data) for file, data in documents.items()}
    if all(lines.values()):
        entries = [Entry(file, ids[file], line) for file, line in lines.items() if line is not None]
        names = [shown(name) for name in source.before if lies_in(name, source.inside)]
        Index.write(_index_file(source), _key(source, date), country, date, problems, entries, names)


def _inside(repository: Repository, folder: Path) -> str:
    try:
        return folder.resolve().relative_to(repository.root.resolve()).as_posix()
    except ValueError:
        raise UsageError(no_country(str(folder), "")) from None


def _conflict(name: bytes) -> Problem:
    return Problem(
        "GC-GIT-006",
        Text(
            "the base changed this file as well since the change began",
            "bản gốc cũng đã sửa tệp này từ khi thay đổi bắt đầu",
        ),
        Text("rebase the change onto the base", "đặt thay đổi lên trên bản gốc (`git rebase`)"),
        Place(shown(name)),
    )
