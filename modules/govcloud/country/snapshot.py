"""A country from files that are held in memory, as a revision of a repository gives them; and one changed by a few."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from pathlib import Path

from govcloud.country import law as law_module
from govcloud.country.country import Country
from govcloud.country.document import Document
from govcloud.country.kinds import COUNTRY_KINDS
from govcloud.country.law import LAW_KINDS, Law
from govcloud.country.loading import assemble, collector_paused, twice
from govcloud.country.readings import Readings
from govcloud.model.declaration import Declaration
from govcloud_base.errors import GovCloudError, Problem

__all__ = ["read", "read_law", "revise"]

_Entry = tuple[Document, Declaration]


def read(folder: Path, law: Law, files: Mapping[str, bytes], readings: Readings) -> Country:
    """Return the country that `files` declare: contents by name, which is also how problems show them.

    `readings` remember files that an earlier run read. Raises GovCloudError with every problem found.
    """
    with collector_paused():
        return _country(folder, law, (), files, readings)


def revise(country: Country, law: Law, files: Mapping[str, bytes | None]) -> Country:
    """Return `country` with some files changed, added, or removed (None). Nothing else is read again.

    Raises GovCloudError with every problem found in the changed files.
    """
    kept = [(d, country.declarations[key]) for key, d in country.documents.items() if d.file not in files]
    changed = {name: data for name, data in files.items() if data is not None}
    return _country(country.folder, law, kept, changed, Readings())


def read_law(
    folder: Path,
    files: Mapping[str, bytes],
    tables: Mapping[str, bytes],
    controls: Mapping[str, bytes],
    readings: Readings | None = None,
) -> Law:
    """Return the law that `files` of `folder` declare, with its `tables` of units and its files of `controls` by name.

    `readings` remember files that were read before.

    Raises GovCloudError with every problem found.
    """
    readings = readings or Readings()
    problems: list[Problem] = []
    found: list[Declaration] = []
    for name, data in sorted(files.items()):
        try:
            found.append(readings.declared(data, name, LAW_KINDS)[1])
        except GovCloudError as error:
            problems.extend(error.problems)
    if problems:
        raise GovCloudError(problems)
    return dataclasses.replace(law_module.assemble(folder, found), tables=tables, controls=controls)


def _country(folder: Path, law: Law, kept: Iterable[_Entry], files: Mapping[str, bytes], readings: Readings) -> Country:
    problems: list[Problem] = []
    found: dict[tuple[str, str], _Entry] = {}

    def add(document: Document, declaration: Declaration) -> None:
        identity = (declaration.kind, declaration.name)
        if identity in found:
            problems.append(twice(document, found[identity][0], identity))
        else:
            found[identity] = (document, declaration)

    for document, declaration in kept:
        add(document, declaration)
    for name, data in sorted(files.items()):
        try:
            add(*readings.declared(data, name, COUNTRY_KINDS))
        except GovCloudError as error:
            problems.extend(error.problems)
    if problems:
        raise GovCloudError(problems)
    return assemble(folder, law, found)
