"""Two revisions of a country's part: the neighbourhood of a change, read and judged as the whole would be.

What is found is what judging the whole country finds. Where that is not sure, nothing is returned and the whole is
read: where the change concerns everybody, where it has errors (their messages name what else is declared), where a
tenant nearby is being stopped (all who rely on it are counted), where the part does not reproduce what is known to be
wrong in it, and where the change alters what is found beside what it was thought to concern.
"""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path

from govcloud import rules
from govcloud.country import Country, Readings, Rest
from govcloud.country.folder import declares
from govcloud.country.kinds import COUNTRY_KINDS
from govcloud.country.law import UNIT_FOLDER
from govcloud.country.law_folder import CONTROLS
from govcloud.country.reader import MAX_BYTES
from govcloud.country.snapshot import read, read_law, revise
from govcloud.model.agency import folders
from govcloud.model.declaration import Declaration
from govcloud.model.segment import Segment
from govcloud.review import Revision
from govcloud.review.finding import beyond
from govcloud.revision.index import Index, ends
from govcloud.revision.names import name_problems, shown
from govcloud.revision.source import GUARD, LAW, Source
from govcloud.rules.allocation import pools
from govcloud.rules.budgets import ELSEWHERE
from govcloud.rules.neighbourhood import Neighbourhood, neighbourhood
from govcloud.rules.platforms import STOPPED
from govcloud.rules.topics import topics, values
from govcloud_base.errors import GovCloudError, Problem, Severity

__all__ = ["part"]

_MOST_TOUCHED = 200
"""Files of one change beyond which its neighbourhood is hardly worth looking for."""


def part(
    source: Source, index: Index, names: tuple[str, str], date: datetime.date, agency: str | None
) -> tuple[Revision, Revision] | None:
    """Return base and head, called `names`, as far as the change reaches; None where the whole is to be looked at."""
    try:
        return _part(source, index, names, date, agency)
    except GovCloudError:
        return None  # what is wrong is told of the whole
    finally:
        index.close()


def _part(
    source: Source, index: Index, names: tuple[str, str], date: datetime.date, agency: str | None
) -> tuple[Revision, Revision] | None:
    edit, inside = source.edit, source.inside
    if len(source.touched) > _MOST_TOUCHED:
        return None
    entries = {name: edit.entries[name] for name in source.touched if name in edit.entries}
    if source.touches(*LAW, UNIT_FOLDER, CONTROLS) or name_problems(entries, (inside,)):
        return None
    paths = {path for name in entries for path in folders(shown(name))}
    if index.others(paths):
        return None  # differs from something only in case
    contents = source.contents({name: e for name, e in entries.items() if declares(shown(name))})
    readings = Readings()
    declared = {name: readings.declared(data, name, COUNTRY_KINDS)[1] for name, data in contents.items()}
    touched = {shown(name) for name in source.touched if declares(shown(name))}
    near = _around(index, source, touched, declared, agency)
    if near is None or (agency is not None and not index.files([f"code {agency}"])):
        return None
    base, head = _countries(source, index, near, {**dict.fromkeys(touched), **contents})
    if _stops(base, date) or _stops(head, date):
        return None
    known = index.problems()
    again, found = (rules.judge(country, date) for country in (base, head))
    here = [[p for p in problems if near.concerns(p)] for problems in (known, again, found)]
    beside = [[p for p in problems if not near.concerns(p)] for problems in (again, found)]
    if _differ(here[0], here[1]) or _differ(*beside) or _breaks(beyond(here[0], here[2])):
        return None
    guarded = source.touches(*GUARD)
    guards = (source.guard(source.before), source.guard(source.after)) if guarded else ({}, {})
    problems = (*(p for p in known if not near.concerns(p)), *here[2])
    return Revision(names[0], base, known, guards[0]), Revision(names[1], head, problems, guards[1])


def _differ(some: Sequence[Problem], others: Sequence[Problem]) -> bool:
    return bool(beyond(some, others) or beyond(others, some))


def _breaks(new: Iterable[Problem]) -> bool:
    """Return whether there are errors among new problems: messages of errors name all that could be meant."""
    return any(problem.severity is Severity.ERROR for problem in new)


def _stops(country: Country, date: datetime.date) -> bool:
    """Return whether a tenant is in a state in which the number of all that rely on it is told."""
    table = country.law.lifecycle(date)
    counted = (
        {name for name, state in table.spec.states.items() if "no-dependants" in state.demands} if table else set()
    )
    return any(t.spec.lifecycle.state in counted.union(STOPPED) for t in country.tenants.values())


def _around(
    index: Index, source: Source, touched: Collection[str], declared: Mapping[str, Declaration], agency: str | None
) -> Neighbourhood | None:
    inside = [shown(name).removeprefix(f"{source.inside}/") for name in source.edit.touched]
    more = {f"path {folder}" for name in inside for folder in folders(name)}
    return neighbourhood(_Both(index, declared), touched, {*more, *([f"code {agency}"] if agency else [])})


class _Both:
    """Relations of the base's declarations, and of the head's beside them."""

    def __init__(self, index: Index, declared: Mapping[str, Declaration]) -> None:
        self._index = index
        (country,) = values(index.topics(index.central()), "Country")
        self._topics = {file: topics(country, d) for file, d in declared.items()}
        self._spans = {
            file: [span for pool in pools(d) if (span := ends(pool)) is not None]
            for file, d in declared.items()
            if isinstance(d, Segment)
        }

    def files(self, topics: Collection[str]) -> set[str]:
        wanted = set(topics)
        return self._index.files(wanted) | {file for file, found in self._topics.items() if found & wanted}

    def topics(self, files: Collection[str]) -> set[str]:
        return self._index.topics(files).union(*(self._topics[file] for file in files if file in self._topics))

    def central(self) -> set[str]:
        return self._index.central()

    def overlapping(self, files: Collection[str]) -> set[str]:
        spans = {*self._index.spans(files), *(span for file in files for span in self._spans.get(file, ()))}
        beside = {
            file
            for file, own in self._spans.items()
            if any(first <= end and start <= last for first, last in own for start, end in spans)
        }
        return self._index.overlapping(spans) | beside


def _countries(
    source: Source, index: Index, near: Neighbourhood, changed: Mapping[str, bytes | None]
) -> tuple[Country, Country]:
    laws = [entry for part in LAW for entry in index.below(f"{source.laws}/{part}")]
    found = index.entries(near.files)
    readings = Readings(entry.reading for entry in (*laws, *found))
    objects = source.repository.contents((entry.object_id for entry in (*laws, *found)), MAX_BYTES)
    tree = source.repository.tree(source.commit, [f"{source.laws}/{name}" for name in (UNIT_FOLDER, CONTROLS)])
    files = {e.file: objects[e.object_id] for e in laws}
    own = read_law(source.place_of_law, files, source.tables(tree), source.controls(tree), readings)
    law = source.reviewed(own)
    base = read(Path(source.inside), law, {e.file: objects[e.object_id] for e in found}, readings)
    head = revise(base, law, changed)
    rest = _rest(index, near, base, head)
    return dataclasses.replace(base, rest=rest), dataclasses.replace(head, rest=rest)


def _rest(index: Index, near: Neighbourhood, base: Country, head: Country) -> Rest:
    tenants = [t for country in (base, head) for t in country.tenants.values() if t.spec.agency in near.bodies]
    nodes = {(kind, t.name) for t in tenants for kind in ("Tenant", ELSEWHERE)}
    nodes |= {("Cloud", name) for name in base.clouds}
    ends = {end for country in (base, head) for link in country.links.values() for end in link.spec.ends}
    return Rest(
        known=_known(index, near),
        ports=index.ports(ends, near.files),
        shares=index.shares(nodes, {t.name for t in tenants}),
        pools=index.pools(near.files) if near.addresses else (),
    )


def _known(index: Index, near: Neighbourhood) -> frozenset[tuple[str, str]]:
    """Return what declarations of the part refer to and is declared beyond it."""
    found = index.topics(near.files)
    codes = values(found, "below", "for", "into", "inherits", "issued", "serves", "end", "owner", "body")
    wanted = {*(f"code {code}" for code in codes), *(f"Tenant {name}" for name in values(found, "of"))}
    wanted |= {f"Platform {name}" for name in values(found, "through", "uses", "needs")}
    there = index.topics(index.files(wanted) - near.files)
    relations = {"Agency": "code", "Tenant": "Tenant", "Platform": "Platform"}
    return frozenset((kind, value) for kind, relation in relations.items() for value in values(there, relation))
