"""What can be said of a country some files of which cannot be read: the findings that do not depend on those."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterable
from pathlib import PurePosixPath

from govcloud.country import Country
from govcloud.country.reader import content
from govcloud.model.agency import Agency
from govcloud.model.declaration import Declaration
from govcloud.model.tenant import Tenant
from govcloud.rules.judgement import judge
from govcloud_base.errors import GovCloudError, Problem

__all__ = ["judged_without"]

_WORD = re.compile(r"[A-Za-z0-9][A-Za-z0-9.-]*[A-Za-z0-9]|[A-Za-z0-9]", re.ASCII)
_NAMES = re.compile(r"^\s*(?:name|code|agency):\s*[\"']?([A-Za-z0-9.-]+)", re.MULTILINE)


def judged_without(country: Country, unread: Iterable[str], date: datetime.date) -> tuple[list[Problem], int]:
    """Return what is wrong with the rest of a country, and how many findings may only follow from what is missing.

    Withheld are those of declarations that an unread file, named as problems show it, seems to concern: it mentions
    one of their names, or they mention one that it declares. Which those are is read from the bare words of a file.
    """
    mentioned, declared = set[str](), set[str]()
    for file in unread:
        text = _text(file)
        path = PurePosixPath(file)
        own = {path.stem, path.parent.name if path.stem in ("tenant", "country") else path.stem}
        declared |= {_folded(word) for word in (*own, *_NAMES.findall(text))}
        mentioned |= {_folded(word) for word in _WORD.findall(text)}
    near = {
        document.file
        for key, document in country.documents.items()
        if _identities(country.declarations[key]) & (mentioned | declared)
        or declared & {_folded(word) for word in _WORD.findall(document.data.decode())}
    }
    found = judge(country, date)
    kept = [problem for problem in found if problem.place is not None and problem.place.file not in near]
    return kept, len(found) - len(kept)


def _text(file: str) -> str:
    try:
        return content(file, file).decode("utf-8", "replace")
    except (GovCloudError, ValueError):
        return ""  # its name says what it may declare


def _identities(declared: Declaration) -> set[str]:
    found = {declared.name}
    if isinstance(declared, Agency):
        found.add(declared.code)
    if isinstance(declared, Tenant):
        found.add(declared.spec.agency)
    return {_folded(name) for name in found}


def _folded(word: str) -> str:
    """Return what a name and the code that it follows from have in common: `H41.101` and `h41-101`."""
    return word.casefold().replace(".", "-")
