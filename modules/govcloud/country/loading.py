"""From a folder of files to a country; every problem of every file, not the first."""

from __future__ import annotations

import dataclasses
import gc
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from govcloud.country import law as law_module
from govcloud.country.apart import Entry, Key, parted
from govcloud.country.country import Country
from govcloud.country.document import Document
from govcloud.country.folder import File, looked_through, shown_name
from govcloud.country.kinds import COUNTRY_KINDS, KIND_WORDS
from govcloud.country.law import Law
from govcloud.country.law_folder import law_folder
from govcloud.country.reader import content
from govcloud.country.readings import Readings
from govcloud.model.settings import CountrySettings
from govcloud_base.errors import GovCloudError, Place, Problem, Text

__all__ = ["assemble", "collector_paused", "known", "load", "readable", "remembered", "twice"]


def load(folder: Path, law: Path | None = None, readings: Readings | None = None) -> Country:
    """Read the country at `folder` and the law at `law` (found beside or above the folder where not given).

    `readings` remember files that an earlier run read. Raises GovCloudError with every problem found in any file.
    """
    return _loaded(folder, law, readings or Readings(), whole=True)


def known(folder: Path, law: Path | None = None, readings: Readings | None = None) -> Country:
    """Load the country at `folder` as far as it is known: a tenant of which a file cannot be read is in its `unread`.

    Raises GovCloudError with every problem found where any is of another file than such a tenant's own.
    """
    return _loaded(folder, law, readings or Readings(), whole=False)


def remembered(folder: Path) -> Country:
    """Return what is :func:`known` of the country, with what is remembered of it in the user's cache folder."""
    return known(folder, readings=Readings.of(folder))


@contextmanager
def collector_paused() -> Iterator[None]:
    """Keep the cycle collector away: it would walk the growing country again and again and find no cycles."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
        gc.freeze()  # nor need it be looked through later: a country lives as long as the run
    finally:
        if enabled:
            gc.enable()


def _loaded(folder: Path, law: Path | None, readings: Readings, *, whole: bool) -> Country:
    try:
        with collector_paused():
            return _load(folder, law, readings, whole=whole)
    finally:
        readings.save()


def _load(folder: Path, law: Path | None, readings: Readings, *, whole: bool) -> Country:
    files, problems = looked_through(folder)
    if problems and whole:
        raise GovCloudError(problems)
    found, more, rivals = _read(files, readings)
    problems += more
    unlawful: tuple[Problem, ...] = ()
    try:
        rules = law_module.load(law or law_folder(folder), readings)
    except GovCloudError as error:
        unlawful = error.problems
    apart = None if whole or unlawful or not problems else parted(folder, found, rivals, problems)
    if unlawful or (problems and apart is None):
        raise GovCloudError([*problems, *unlawful])
    if apart is None:
        return assemble(folder, rules, found)
    declared, unread = apart
    return dataclasses.replace(assemble(folder, rules, declared), unread=unread)


def _read(files: Iterable[File], readings: Readings) -> tuple[dict[Key, Entry], list[Problem], dict[str, Key]]:
    """Return what the files declare, by (kind, name); every problem found in any of them; and the files that declare
    what another one does, by name.
    """
    problems: list[Problem] = []
    rivals: dict[str, Key] = {}
    found: dict[Key, Entry] = {}
    for file in files:
        try:
            document, declaration = readings.declared(content(file.path, file.shown), file.shown, COUNTRY_KINDS)
        except GovCloudError as error:
            problems.extend(error.problems)
            continue
        identity = (declaration.kind, declaration.name)
        if identity in found:
            problems.append(twice(document, found[identity][0], identity))
            rivals[document.file] = identity
        else:
            found[identity] = (document, declaration)
    return found, problems, rivals


def readable(folder: Path) -> tuple[Country | None, list[Problem]]:
    """Return the country as far as the files in `folder` can be read, and what is wrong with the others.

    None where the head, or the law, is among the others. For findings about the rest only: nobody provisions from a
    country of which a part is not known. Raises GovCloudError where there is no such folder.
    """
    readings = Readings.of(folder)
    with collector_paused():
        files, problems = looked_through(folder)
        found, more, _ = _read(files, readings)
        try:
            return assemble(folder, law_module.load(law_folder(folder), readings), found), [*problems, *more]
        except GovCloudError as error:
            return None, [*problems, *more, *error.problems]


def assemble(folder: Path, law: Law, read: Mapping[Key, Entry]) -> Country:
    """Return the country of declarations already read, each with its document, by (kind, name).

    Raises GovCloudError where they have not exactly one head.
    """
    ordered = [declaration for _, (_, declaration) in sorted(read.items(), key=lambda item: item[0])]
    settings = [d for d in ordered if isinstance(d, CountrySettings)]
    if len(settings) != 1:
        raise GovCloudError(_head(folder, len(settings)))

    tables: dict[str, Any] = {
        kind.table: {d.name: d for d in ordered if type(d) is kind}
        for kind in COUNTRY_KINDS.values()
        if kind is not CountrySettings
    }
    return Country(
        folder=folder,
        law=law,
        settings=settings[0],
        documents={key: document for key, (document, _) in read.items()},
        **tables,
    )


def twice(document: Document, first: Document, identity: tuple[str, str]) -> Problem:
    """Return the problem that two files declare the same thing."""
    kind, name = identity
    return Problem(
        "GC-COUNTRY-001",
        Text(
            f"{kind} {name!r} is declared twice, first in {first.file}",
            f"{KIND_WORDS[kind.lower()]} {name!r} khai báo hai lần, lần đầu ở {first.file}",
        ),
        Text("rename or remove one of them", "đổi tên hoặc bỏ một khai báo"),
        document.place("metadata", "name"),
        value=name,
    )


def _head(folder: Path, count: int) -> Problem:
    return Problem(
        "GC-COUNTRY-002",
        Text(
            f"the folder holds {count} declarations of kind Country", f"thư mục có {count} khai báo quốc gia (Country)"
        ),
        Text("keep exactly one, in country.yaml", "giữ đúng một, trong country.yaml"),
        Place(shown_name(folder)),
        value=str(count),
        allowed="1",
    )
