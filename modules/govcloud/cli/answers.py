"""Answers to the questions of forms: as options of a command, or asked for on a terminal until they are accepted."""

from __future__ import annotations

import dataclasses
import datetime
import inspect
import shlex
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Annotated, Any

import typer

from govcloud.cli import names
from govcloud.cli.help import RARE
from govcloud.cli.interview import StoppedError, corrections, interview
from govcloud.cli.terminal import rendered
from govcloud.country import Country
from govcloud.draft.form import Draft, Form, answered
from govcloud.draft.question import Question, Situation
from govcloud_base.errors import GovCloudError, Problem, Text, UsageError, language

__all__ = ["accepted", "given", "parameter", "parameters", "with_options"]

_ANSWER = "answer_"
"""Keeps parameters apart from Python's words and from the options of every form."""


def given(options: Mapping[str, Any]) -> dict[str, Any]:
    """Return the answers by their questions' flags among what a command with :func:`parameters` was called with."""
    return {n.removeprefix(_ANSWER).replace("_", "-"): v for n, v in options.items() if n.startswith(_ANSWER)}


def accepted(
    forms: Sequence[Form], start: Situation, answers: dict[str, Any], before: list[Problem], command: Sequence[str]
) -> list[Draft]:
    """Return the drafts that `answers` make, which the country's rules accept; `before` are its older problems.

    On a terminal, what they refuse is asked for again, and every other answer is kept; who gives up is shown the
    `command` with options that repeat all answers. Raises GovCloudError with what is wrong otherwise.
    """
    again: tuple[str, ...] | None = None
    while True:
        drafts: list[Draft] = []
        try:
            _draft(forms, start, answers, again, drafts)
            for draft in drafts:
                _require(draft, before)
            return drafts
        except (StoppedError, KeyboardInterrupt) as ending:
            print("", file=sys.stderr)
            _stop(command, answers)
            raise typer.Exit(_code(ending.__cause__ or ending)) from None
        except GovCloudError as error:
            if not _on_terminal():
                raise
            print(rendered(error.problems, language(), sys.stderr), file=sys.stderr)
            questions = tuple(question for form in forms for question in form.questions)
            try:
                again, code = corrections(questions, language(), input, print), error.exit_code
            except (EOFError, KeyboardInterrupt) as ending:
                print("", file=sys.stderr)
                again, code = (), _code(ending)
            if not again:
                _stop(command, answers)
                raise typer.Exit(code) from None


def _code(ending: BaseException) -> int:
    """Return the exit code for an interview that was ended: by Ctrl-C that of every interrupted program."""
    return 130 if isinstance(ending, KeyboardInterrupt) else 1


def _stop(command: Sequence[str], answers: Mapping[str, Any]) -> None:
    said = Text("nothing was written; the same answers once more", "chưa ghi gì; lặp lại các câu trả lời này")
    print(f"{said.in_language(language())}:\n  {_repeated(command, answers)}", file=sys.stderr)


def _draft(
    forms: Sequence[Form],
    situation: Situation,
    given: dict[str, Any],
    again: tuple[str, ...] | None,
    drafts: list[Draft],
) -> None:
    """Add to `drafts` what the answers make; add to `given` what a terminal's user answers.

    Raises UsageError with every answer that does not fit, of all forms.
    """
    problems: list[Problem] = []
    for form in forms:
        answers = {q.flag: given[q.flag] for q in form.questions}
        try:
            if _on_terminal():
                try:
                    answers = interview(form, situation, answers, language(), input, print, again)
                except StoppedError as stopped:
                    given.update(stopped.answers)
                    raise
                given.update(answers)
            drafts.append(form.draft(answered(form, situation, answers)))
            situation = dataclasses.replace(situation, country=drafts[-1].country)
        except UsageError as error:
            problems += error.problems
    if problems:
        raise UsageError(problems)


def _on_terminal() -> bool:
    return sys.stdin.isatty()


def _repeated(command: Sequence[str], answers: Mapping[str, Any]) -> str:
    """Return the command that gives these answers as options."""
    words = list(command)
    for flag, value in answers.items():
        if isinstance(value, bool):
            words.append(f"--{flag}" if value else f"--no-{flag}")
        else:
            words += [
                word for item in ([value] if isinstance(value, str) else value or ()) for word in (f"--{flag}", item)
            ]
    return shlex.join(words)


def _require(draft: Draft, before: list[Problem]) -> None:
    """Print the warnings about a draft; where it is refused, the draft as well: its problems name lines of it."""
    try:
        warnings = draft.require(before)
    except UsageError:
        raise
    except GovCloudError:
        lines = draft.document.data.decode().splitlines()
        print("\n".join(f"{number:4} | {line}" for number, line in enumerate(lines, 1)), file=sys.stderr)
        raise
    if warnings:
        print(rendered(warnings, language(), sys.stdout))


def parameters(forms: Sequence[Form]) -> Iterator[inspect.Parameter]:
    """Yield an option for each question of the forms."""
    for form in forms:
        for question in form.questions:
            flags = f"--{question.flag}/--no-{question.flag}" if question.kind is bool else f"--{question.flag}"
            title = f"{_sentence(question.ask.en)} / {_sentence(question.ask.vi)}"
            option = typer.Option(
                flags,
                help=title,
                show_default=False,
                rich_help_panel=RARE if _few_need(question) else None,
                autocompletion=_offered(question),
            )
            name = _ANSWER + question.flag.replace("-", "_")
            yield parameter(name, question.kind | None, option, None)


def with_options(command: Callable[..., None], signature: Sequence[inspect.Parameter]) -> Any:
    """Return the command with these options: Typer reads them off the signature, so none is without its question."""
    written: Any = command
    written.__signature__ = inspect.Signature(signature)
    written.__annotations__ = {p.name: p.annotation for p in signature}
    return written


def _offered(question: Question) -> Any:
    """Return what a shell is told that asks for answers: those that are known, after the others on its line."""
    if question.known is None:
        return None
    known = question.known

    def of(country: Country, context: typer.Context) -> names.Named:
        answers = {n.removeprefix(_ANSWER).replace("_", "-"): v for n, v in context.params.items() if v is not None}
        return known(Situation(country, datetime.date.today(), answers)).items()

    return names.names(of)


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."


def _few_need(question: Question) -> bool:
    """Tell whether an interview usually leaves a question out."""
    return question.quiet or question.opened_by is not None


def parameter(name: str, annotation: Any, option: Any, default: Any) -> inspect.Parameter:
    """Return a command's keyword for an option, or an argument, of Typer's."""
    return inspect.Parameter(
        name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=Annotated[annotation, option]
    )
