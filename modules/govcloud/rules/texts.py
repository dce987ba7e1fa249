"""Texts are written in composed form (NFC): two that look the same are the same for searches and reviews.

Names by which declarations refer to each other are ASCII anyway, and people are compared whatever the form
(:mod:`govcloud.rules.sites`). So prose in another form misleads nobody here, and is told as a warning.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable

from govcloud.country import Country
from govcloud.country.characters import uncomposed
from govcloud_base.errors import Place, Problem, Severity, Text

__all__ = ["judge"]


def judge(country: Country, date: datetime.date) -> Iterable[Problem]:
    """Yield as a warning files with a text that is not in composed form (GC-TEXT-001)."""
    for document in country.documents.values():
        if document.data.isascii():
            continue
        found = uncomposed(document.data.decode())
        if found is not None:
            line, column, word = found
            yield Problem(
                "GC-TEXT-001",
                Text(
                    "letters and their marks are stored apart (not NFC)",
                    "chữ và dấu được lưu rời nhau (không theo NFC)",
                ),
                Text(
                    "save the file in Unicode's composed form NFC, or retype the word",
                    "lưu tệp theo dạng dựng sẵn NFC của Unicode, hoặc gõ lại từ này",
                ),
                Place(document.file, line, column),
                value=word,
                allowed="NFC",
                severity=Severity.WARNING,
            )
