"""A form: the questions of one kind of declaration, and how their answers become its file."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from govcloud.country import Country
from govcloud.country.document import Document
from govcloud.country.fields import typed
from govcloud.country.folder import shown_name
from govcloud.country.reader import read_bytes
from govcloud.country.writer import declaration_text
from govcloud.draft.question import Question, Situation, nested
from govcloud.model.declaration import Declaration
from govcloud.rules import judge, wording
from govcloud_base.errors import GovCloudError, Place, Problem, Severity, Text, UsageError

__all__ = ["Draft", "Form", "answered", "exists", "missing"]


@dataclass(frozen=True)
class Form:
    """How one kind of declaration is asked for."""

    kind: str
    model: type[Declaration]
    title: Text
    questions: tuple[Question, ...]
    name: Callable[[Situation], str]
    """The declaration's name."""
    path: Callable[[Situation], PurePosixPath]
    """Where its file lies within the country's folder."""
    complete: Callable[[Situation, dict[str, Any]], dict[str, Any]] = lambda _, spec: spec
    """Adds to the spec what follows from several answers."""
    comments: Callable[[Situation], tuple[str, ...]] = lambda _: ()
    """Reasons that belong into the file."""

    def draft(self, situation: Situation) -> Draft:
        """Return the declaration that the answers make.

        Raises GovCloudError where it cannot be one. Whether the country allows it is another question: Draft.problems.
        """
        filled = {q.path: situation[q.flag] for q in self.questions if q.path and situation[q.flag] is not None}
        environment = situation["environment"]
        steps = {tuple(environment if s == "{environment}" else s for s in path): v for path, v in filled.items()}
        spec = _ordered(self.model, self.complete(situation, nested(steps)))
        path = self.path(situation)
        text = declaration_text(self.kind, self.name(situation), spec, path, self.comments(situation))
        document = read_bytes(text.encode(), shown_name(situation.country.folder / path))
        return Draft(situation, path, document, typed(self.model, document))


@dataclass(frozen=True)
class Draft:
    """A declaration that is not yet part of its country."""

    situation: Situation
    path: PurePosixPath
    document: Document
    declaration: Declaration

    @property
    def country(self) -> Country:
        """The country as it would be."""
        return self.situation.country.including(self.declaration, self.document)

    def require(self, before: Iterable[Problem]) -> list[Problem]:
        """Return the warnings about the draft. What was wrong `before` with the country is not its fault.

        Raises GovCloudError with all problems where any is an error, or where the declaration exists already.
        """
        taken = self.situation.country.documents.get((self.declaration.kind, self.declaration.name))
        if taken is not None:
            raise UsageError(exists(self.declaration.kind, self.declaration.name, taken))
        known = frozenset(before)
        problems = [p for p in judge(self.country, self.situation.date) if p not in known]
        if any(p.severity is Severity.ERROR for p in problems):
            raise GovCloudError(problems)
        return problems


def _ordered(model: type[Declaration], spec: dict[str, Any]) -> dict[str, Any]:
    """Return the spec with its fields as the model lists them, those that many kinds share at the end."""
    shape = model.model_fields["spec"].annotation
    assert shape is not None
    own = shape.__annotations__
    fields = sorted(shape.model_fields.items(), key=lambda item: item[0] not in own)
    order = {info.alias or name: number for number, (name, info) in enumerate(fields)}
    return dict(sorted(spec.items(), key=lambda item: order.get(item[0], len(order))))


def answered(form: Form, situation: Situation, given: Mapping[str, Any]) -> Situation:
    """Return the situation after the given answers and, where there is none, the proposals.

    Raises UsageError with every answer that its field cannot hold and every one that is missing.
    """
    problems: list[Problem] = []
    for question in form.questions:
        value = given.get(question.flag)
        try:
            if value is None or value == []:
                value = question.propose(situation)
            else:
                value = question.value(form.model, situation, value)
        except GovCloudError as error:
            problems += error.problems
            continue
        if value is not None:
            situation = situation.with_answer(question.flag, value)
        elif not question.optional and not (question.quiet and problems):
            # A proposal that rests on an answer with a problem is missing for that reason only.
            problems.append(missing(question, situation))
    if problems:
        raise UsageError(problems)
    return situation


def missing(question: Question, situation: Situation) -> Problem:
    """Return the problem that a question is not answered."""
    known = list(question.known(situation)) if question.known else []
    return Problem(
        "GC-NEW-001",
        Text(f"no answer to: {question.ask.en}", f"chưa trả lời: {question.ask.vi}"),
        Text(f"add --{question.flag}, or answer on a terminal", f"thêm --{question.flag}, hoặc trả lời tại dòng lệnh"),
        Place(f"--{question.flag}"),
        allowed=", ".join(known[:20]) + (", ..." if len(known) > 20 else "") or None,
    )


def exists(kind: str, name: str, taken: Document) -> Problem:
    """Return the problem that a declaration is there already: its file is what may be changed."""
    return Problem(
        "GC-NEW-003",
        Text(f"{kind} {name!r} exists already", f"{wording.kind(kind)} {name!r} đã tồn tại"),
        Text(
            f"change it: edit {taken.file}; `govcloud explain {kind}/{name}` shows what holds now",
            f"hãy sửa {taken.file}; `govcloud explain {kind}/{name}` cho biết giá trị hiện có",
        ),
        Place(taken.file),
        value=name,
    )
