"""A country from files that are held in memory, as a revision of a repository gives them; and one changed by a few."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from govcloud.country import law as law_module
from govcloud.country.country import Country, assemble, twice
from govcloud.country.document import Document
from govcloud.country.fields import typed
from govcloud.country.kinds import COUNTRY_KINDS, kind_of
from govcloud.country.law import LAW_KINDS, Law
from govcloud.country.reader import read_bytes
from govcloud.errors import GovCloudError, Problem
from govcloud.model.declaration import Declaration

__all__ = ["read", "read_law", "revise"]

_Entry = tuple[Document, Declaration]


def read(folder: Path, law: Law, files: Mapping[str, bytes]) -> Country:
    """Return the country that `files` declare: contents by name, which is also how problems show them.

    Raises GovCloudError with every problem found.
    """
    return _country(folder, law, (), files)


def revise(country: Country, law: Law, files: Mapping[str, bytes | None]) -> Country:
    """Return `country` with some files changed, added, or removed (None). Nothing else is read again.

    Raises GovCloudError with every problem found in the changed files.
    """
    tables = (country.clouds, country.agencies, country.tenants, country.segments)
    shared = (country.links, country.platforms, country.waivers)
    kept = [d for table in (*tables, *shared) for d in table.values()]
    entries = [(country.document(d), d) for d in (country.settings, *kept) if country.document(d).file not in files]
    return _country(country.folder, law, entries, {name: data for name, data in files.items() if data is not None})


def read_law(folder: Path, files: Mapping[str, bytes]) -> Law:
    """Return the law that `files` of `folder` declare.

    Raises GovCloudError with every problem found.
    """
    problems: list[Problem] = []
    found: list[Declaration] = []
    for name, data in sorted(files.items()):
        try:
            document = read_bytes(data, name)
            found.append(typed(kind_of(document, LAW_KINDS), document))
        except GovCloudError as error:
            problems.extend(error.problems)
    if problems:
        raise GovCloudError(problems)
    return law_module.assemble(folder, found)


def _country(folder: Path, law: Law, kept: Iterable[_Entry], files: Mapping[str, bytes]) -> Country:
    problems: list[Problem] = []
    documents: dict[tuple[str, str], Document] = {}
    found: dict[tuple[str, str], Declaration] = {}

    def add(document: Document, declaration: Declaration) -> None:
        identity = (declaration.kind, declaration.name)
        if identity in documents:
            problems.append(twice(document, documents[identity], identity))
        else:
            documents[identity], found[identity] = document, declaration

    for document, declaration in kept:
        add(document, declaration)
    for name, data in sorted(files.items()):
        try:
            document = read_bytes(data, name)
            add(document, typed(kind_of(document, COUNTRY_KINDS), document))
        except GovCloudError as error:
            problems.extend(error.problems)
    if problems:
        raise GovCloudError(problems)
    return assemble(folder, law, found, documents)
