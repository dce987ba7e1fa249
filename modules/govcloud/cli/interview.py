"""An interview on a terminal: one question after another, each asked again until its answer fits."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping
from typing import Any

from govcloud.draft.form import Form
from govcloud.draft.question import Question, Situation
from govcloud.errors import GovCloudError, Language

__all__ = ["interview"]

_SHOWN = 12
"""Allowed values that fit beside a question; more are offered by `did you mean`."""


def interview(
    form: Form,
    situation: Situation,
    given: Mapping[str, Any],
    language: Language,
    ask: Callable[[str], str],
    tell: Callable[[str], None],
) -> dict[str, Any]:
    """Return the given answers and those to the form's other questions, as `draft.answered` takes them.

    `ask` shows a question and returns what was typed; `tell` shows anything else. An empty answer takes the proposal.
    """
    answers = dict(given)
    tell(form.title.in_language(language))
    for question in form.questions:
        value = answers.get(question.flag)
        if (value is None or value == []) and not question.quiet:
            value = _asked(question, form, situation, language, ask, tell)
        if value is None or value == []:
            situation = situation.with_answer(question.flag, question.propose(situation))
            continue
        answers[question.flag] = value
        # An option that does not fit is reported with everything else in the end.
        with contextlib.suppress(GovCloudError):
            situation = situation.with_answer(question.flag, question.value(form.model, situation, value))
    return answers


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
