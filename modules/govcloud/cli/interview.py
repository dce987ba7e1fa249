"""An interview on a terminal: one question after another, each asked again until its answer fits."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any

from govcloud.country.suggestion import did_you_mean
from govcloud.draft.form import Form, missing
from govcloud.draft.question import Question, Situation
from govcloud_base.errors import GovCloudError, Language

__all__ = ["StoppedError", "corrections", "interview"]

_SHOWN = 12
"""Allowed values that fit beside a question; more are offered by `did you mean`."""


class StoppedError(EOFError):
    """Whoever was asked has ended the interview, by Ctrl-D or, as its cause tells, by Ctrl-C."""

    def __init__(self, answers: dict[str, Any]) -> None:
        super().__init__()
        self.answers = answers
        """What was answered before."""


def interview(
    form: Form,
    situation: Situation,
    given: Mapping[str, Any],
    language: Language,
    ask: Callable[[str], str],
    tell: Callable[[str], None],
    again: Collection[str] | None = None,
) -> dict[str, Any]:
    """Return the given answers and those to the form's other questions, as `draft.answered` takes them.

    `ask` shows a question and returns what was typed; `tell` shows anything else. An empty answer takes the proposal.
    A given answer that does not fit is asked for like a missing one. With `again`, only these questions are asked.
    Raises StoppedError where `ask` finds the end of what is typed, or is interrupted.
    """
    answers = dict(given)
    if again is None:
        tell(form.title.in_language(language))
    for question in form.questions:
        value = answers.get(question.flag)
        if again is not None:
            wanted = question.flag in again
        else:
            wanted = _misfit(question, form, situation, value, language, tell) or (
                value in (None, []) and question.asked(situation)
            )
        if wanted:
            try:
                value = _asked(question, form, situation, language, ask, tell)
            except (EOFError, KeyboardInterrupt) as ending:
                raise StoppedError(answers) from ending
        answers[question.flag] = value
        if value is None or value == []:
            situation = situation.with_answer(question.flag, question.propose(situation))
            continue
        # A given answer to which the others do not fit any more is reported with everything else in the end.
        with contextlib.suppress(GovCloudError):
            situation = situation.with_answer(question.flag, question.value(form.model, situation, value))
    return answers


def corrections(
    questions: Iterable[Question], language: Language, ask: Callable[[str], str], tell: Callable[[str], None]
) -> tuple[str, ...]:
    """Return the flags of the questions that the user wants to answer anew; none where the user gives up."""
    flags = {question.flag: question.ask.in_language(language) for question in questions}
    words = {
        Language.EN: "answers to change, as names of options (`cpu, memory`); Enter to stop: ",
        Language.VI: "câu trả lời cần sửa, ghi tên tùy chọn (`cpu, memory`); Enter để dừng: ",
    }
    while True:
        named = _parts(ask(words[language]).replace("--", ""))
        strange = [name for name in named if name not in flags]
        if not strange:
            return tuple(named)
        for name in strange:
            english, vietnamese = did_you_mean(name, flags, flags)
            hint = vietnamese if language is Language.VI else english
            tell(f"{name}: {hint or ', '.join(flags)}")


def _misfit(
    question: Question, form: Form, situation: Situation, value: Any, language: Language, tell: Callable[[str], None]
) -> bool:
    """Tell, and return, whether an answer was given that its field cannot hold."""
    if value is None or value == []:
        return False
    try:
        question.value(form.model, situation, value)
    except GovCloudError as error:
        tell(error.render(language))
        return True
    return False


def _asked(
    question: Question,
    form: Form,
    situation: Situation,
    language: Language,
    ask: Callable[[str], str],
    tell: Callable[[str], None],
) -> str | list[str] | None:
    """Return an answer that fits; None where the proposal, or no answer, was chosen."""
    proposal = question.propose(situation)
    known = question.known(situation) if question.known else {}
    if 0 < len(known) <= _SHOWN:
        for name, title in known.items():
            tell(f"    {name}{': ' + title if title else ''}")
    text = question.ask.in_language(language) + _ending(proposal, question, language)
    while True:
        typed = ask(text).strip()
        if not typed:
            if proposal is not None or question.optional:
                return None
            tell(missing(question, situation).render(language))
            continue
        answer = _parts(typed) if question.kind == list[str] else typed
        try:
            question.value(form.model, situation, answer)
        except GovCloudError as error:
            tell(error.render(language))
        else:
            return answer


def _ending(proposal: Any, question: Question, language: Language) -> str:
    vietnamese = language is Language.VI
    if isinstance(proposal, bool):
        words = ("có", "không") if vietnamese else ("yes", "no")
        return f" [{words[0] if proposal else words[1]}]: "
    if proposal is not None:
        return f" [{', '.join(map(str, proposal)) if isinstance(proposal, list) else proposal}]: "
    if question.optional:
        return " (Enter để bỏ qua): " if vietnamese else " (Enter to skip): "
    return ": "


def _parts(typed: str) -> list[str]:
    return [part.strip() for part in typed.split(",") if part.strip()]
