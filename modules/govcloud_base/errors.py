"""What went wrong, said so that the reader can act: code, place, value, what is allowed and the fix.

Every finding of the project is a :class:`Problem`. Whoever reports collects all problems of a run and raises one
:class:`GovCloudError`; the command line prints them in the reader's language and turns the class into an exit code.
A Python traceback never reaches a user because of bad input.

::

    GovCloudError            exit code 1, findings
    ├── UsageError           2, the command was called wrongly
    ├── EnvironmentProblem   3, this machine lacks something
    └── CloudError           4, the cloud refused or could not be reached
"""

from __future__ import annotations

import enum
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

__all__ = [
    "CloudError",
    "EnvironmentProblem",
    "GovCloudError",
    "Language",
    "Place",
    "Problem",
    "Severity",
    "Text",
    "UsageError",
    "language",
    "told",
]


class Language(enum.StrEnum):
    """A language that agencies and auditors read."""

    VI = "vi"
    EN = "en"


class Severity(enum.StrEnum):
    """How much a problem weighs: an error stops the work, a warning is shown and passed."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Text:
    """The same sentence in both languages. Lower case, no full stop, values already filled in."""

    en: str
    vi: str

    def in_language(self, language: Language) -> str:
        """Return the sentence in `language`."""
        return self.vi if language is Language.VI else self.en

    @property
    def said(self) -> str:
        """The sentence in the reader's language."""
        return self.in_language(language())

    @classmethod
    def quoted(cls, words: str) -> Text:
        """Return words of no language: a name, a number, what a server answered."""
        return cls(words, words)

    @classmethod
    def joined(cls, texts: Iterable[Text], separator: str = "; ") -> Text:
        """Return several sentences as one."""
        parts = tuple(texts)
        return cls(separator.join(part.en for part in parts), separator.join(part.vi for part in parts))


def told(said: str | Text | None, language: Language) -> str | None:
    """Return what is told in words in `language`; anything else, and nothing, as it is."""
    return said.in_language(language) if isinstance(said, Text) else said


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Where a problem is: a file as the user named it, line and column from 1 (0 = the whole file)."""

    file: str
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        parts = [self.file, *(str(n) for n in (self.line, self.column) if n)]
        return ":".join(parts)


@dataclass(frozen=True, slots=True)
class Problem:
    """One finding, said in both languages."""

    code: str
    """`GC-<AREA>-<NNN>`, stable for ever: documentation, waivers and searches name it."""
    message: Text
    """What was wrong."""
    fix: Text
    """What the reader can do about it, as an instruction."""
    place: Place | None = None
    value: str | Text | None = None
    """The value received, as written; never a secret. A text where it is told in words."""
    allowed: str | Text | None = None
    """The values allowed, in the notation of the place. A text where they are told in words."""
    severity: Severity = Severity.ERROR
    scope: str | None = None
    """Tenant whose own lapse it is, by a day that passed: it stops that tenant and nobody else. None for all others."""
    because: Place | None = None
    """Place of a value from which this follows. Where that value is wrong itself, this is no mistake of its own
    (:mod:`govcloud.report.folding`)."""

    def render(self, language: Language) -> str:
        """Return the problem as the lines that a terminal shows, without a final newline.

        Names and values come from files that somebody else may have written: what a terminal would act on is escaped.
        """
        words = _LABELS[language]
        head = f"{self.place}: " if self.place else ""
        lines = [f"{head}{self.heading(language)}: {self.message.in_language(language)}"]
        if self.value is not None:
            lines.append(f"  {words['value']}: {told(self.value, language)}")
        if self.allowed is not None:
            lines.append(f"  {words['allowed']}: {told(self.allowed, language)}")
        lines.append(f"  {words['fix']}: {self.fix.in_language(language)}")
        return "\n".join(map(_harmless, lines))

    def heading(self, language: Language) -> str:
        """Return severity and code as :meth:`render` writes them: `error GC-QUOTA-003`."""
        return f"{_LABELS[language][self.severity.value]} {self.code}"

    def as_dict(self) -> dict[str, object]:
        """Return the problem for `--format json`: both languages, so that one run serves every reader."""
        return {
            "code": self.code,
            "severity": self.severity.value,
            "scope": self.scope,
            "because": self.because
            and {"file": self.because.file, "line": self.because.line, "column": self.because.column},
            "file": self.place.file if self.place else None,
            "line": self.place.line if self.place else None,
            "column": self.place.column if self.place else None,
            "message": {"en": self.message.en, "vi": self.message.vi},
            "value": told(self.value, Language.EN),
            "allowed": told(self.allowed, Language.EN),
            "fix": {"en": self.fix.en, "vi": self.fix.vi},
        }

    @classmethod
    def of(cls, found: Mapping[str, Any]) -> Problem:
        """Return the problem of which `found` is the :meth:`as_dict`."""
        place = None if found["file"] is None else Place(found["file"], found["line"], found["column"])
        return cls(
            found["code"],
            Text(**found["message"]),
            Text(**found["fix"]),
            place,
            found["value"],
            found["allowed"],
            Severity(found["severity"]),
            found["scope"],
            None if found["because"] is None else Place(**found["because"]),
        )


_LABELS = {
    Language.EN: {
        "error": "error",
        "warning": "warning",
        "value": "value",
        "allowed": "allowed",
        "fix": "fix",
    },
    Language.VI: {
        "error": "lỗi",
        "warning": "cảnh báo",
        "value": "giá trị",
        "allowed": "cho phép",
        "fix": "cách sửa",
    },
}


def _harmless(line: str) -> str:
    if line.isprintable():
        return line
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in line)


class GovCloudError(Exception):
    """All problems of a run; the base of every error that this project raises on purpose."""

    exit_code: ClassVar[int] = 1

    def __init__(self, problems: Problem | Iterable[Problem]) -> None:
        self.problems: tuple[Problem, ...] = (problems,) if isinstance(problems, Problem) else tuple(problems)
        super().__init__("\n".join(p.render(Language.EN) for p in self.problems))

    def render(self, language: Language) -> str:
        """Return every problem for a terminal, in the order of file and line."""
        ordered = sorted(self.problems, key=lambda p: p.place or Place(""))
        return "\n".join(p.render(language) for p in ordered)


class UsageError(GovCloudError):
    """The command was called wrongly."""

    exit_code = 2


class EnvironmentProblem(GovCloudError):
    """This machine lacks something: a tool, a right, a free port, disk space."""

    exit_code = 3


class CloudError(GovCloudError):
    """The cloud refused, or could not be reached."""

    exit_code = 4


def language() -> Language:
    """Return the reader's language: GOVCLOUD_LANG, else the locale's; English where neither says Vietnamese."""
    chosen = os.environ.get("GOVCLOUD_LANG") or os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES")
    return Language.VI if (chosen or os.environ.get("LANG", "")).lower().startswith("vi") else Language.EN
