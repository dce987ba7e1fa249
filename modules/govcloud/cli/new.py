"""`govcloud new`: from answers to one small declaration that is judged before it is written."""

from __future__ import annotations

import dataclasses
import datetime
import inspect
import shlex
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from govcloud.cli import names
from govcloud.cli.help import RARE
from govcloud.cli.interview import StoppedError, corrections, interview
from govcloud.cli.options import CountryFolder, Day, country_folder, on_day
from govcloud.cli.output import written
from govcloud.cli.terminal import rendered
from govcloud.country import Country, law
from govcloud.country.law_folder import law_folder
from govcloud.draft import agency, foundation, link, platform, segment, tenant
from govcloud.draft.budget import remainder
from govcloud.draft.form import Draft, Form, answered
from govcloud.draft.question import Question, Situation
from govcloud.model.agency import Agency
from govcloud.model.declaration import Declaration
from govcloud.model.tenant import Tenant
from govcloud.rules import judged
from govcloud_base.errors import GovCloudError, Language, Place, Problem, Text, UsageError, language

__all__ = ["app"]

app = typer.Typer(
    no_args_is_help=True,
    help="Draft a declaration, by questions or options. / Soạn khai báo, bằng câu hỏi hoặc tùy chọn.",
)

_FOUNDED = "stacks/vn"
"""Where a new country goes unless told otherwise."""
_ANSWER = "answer_"
"""Keeps parameters apart from Python's words and from the options of every form."""
_FORMS: Mapping[str, tuple[Form, ...]] = {
    "tenant": (tenant.FORM,),
    "agency": (agency.FORM,),
    "segment": (segment.FORM,),
    "link": (link.FORM,),
    "platform": (platform.FORM,),
    "cloud": (foundation.CLOUD,),
    "country": (foundation.COUNTRY, foundation.CLOUD),
}


def _new(kind: str, options: dict[str, Any]) -> None:
    """Draft the declarations of the forms of `kind`, judge them together with the country, then write them."""
    named, day = options.pop("country_folder"), on_day(options.pop("on"))
    folder = Path(named or _FOUNDED) if kind == "country" else country_folder(named)
    dry = options.pop("dry_run")
    given = {name.removeprefix(_ANSWER).replace("_", "-"): value for name, value in options.items()}
    before: list[Problem] = []
    if kind == "country":
        declared = _unfounded(folder)
    else:
        declared, before = judged(folder, day)
    drafts = _accepted(kind, folder, Situation(declared, day, {}), given, before)
    if dry:
        for draft in drafts:
            print(f"# {draft.document.file}\n{draft.document.data.decode()}", end="")
        return
    for draft in drafts:
        text = draft.document.data.decode()
        written(folder / draft.path, text, "GC-NEW-007", Text("the declaration", "khai báo"), anew=True)
    for line in _report(drafts, folder, day, language()):
        print(line)


def _accepted(kind: str, folder: Path, start: Situation, given: dict[str, Any], before: list[Problem]) -> list[Draft]:
    """Return drafts that the country's rules accept.

    On a terminal, what they refuse is asked for again, and every other answer is kept; who gives up is shown the
    command that repeats all answers. Raises GovCloudError with what is wrong otherwise.
    """
    again: tuple[str, ...] | None = None
    while True:
        drafts: list[Draft] = []
        try:
            _draft(kind, start, given, again, drafts)
            for draft in drafts:
                _require(draft, before)
            return drafts
        except (StoppedError, KeyboardInterrupt) as ending:
            print("", file=sys.stderr)
            _stop(kind, folder, given)
            raise typer.Exit(_code(ending.__cause__ or ending)) from None
        except GovCloudError as error:
            if not _on_terminal():
                raise
            print(rendered(error.problems, language(), sys.stderr), file=sys.stderr)
            questions = tuple(question for form in _FORMS[kind] for question in form.questions)
            try:
                again, code = corrections(questions, language(), input, print), error.exit_code
            except (EOFError, KeyboardInterrupt) as ending:
                print("", file=sys.stderr)
                again, code = (), _code(ending)
            if not again:
                _stop(kind, folder, given)
                raise typer.Exit(code) from None


def _code(ending: BaseException) -> int:
    """Return the exit code for an interview that was ended: by Ctrl-C that of every interrupted program."""
    return 130 if isinstance(ending, KeyboardInterrupt) else 1


def _stop(kind: str, folder: Path, given: dict[str, Any]) -> None:
    said = Text("nothing was written; the same answers once more", "chưa ghi gì; lặp lại các câu trả lời này")
    print(f"{said.in_language(language())}:\n  {_repeated(kind, folder, given)}", file=sys.stderr)


def _draft(
    kind: str, situation: Situation, given: dict[str, Any], again: tuple[str, ...] | None, drafts: list[Draft]
) -> None:
    """Add to `drafts` what the answers make; add to `given` what a terminal's user answers.

    Raises UsageError with every answer that does not fit, of all forms.
    """
    problems: list[Problem] = []
    for form in _FORMS[kind]:
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


def _repeated(kind: str, folder: Path, given: dict[str, Any]) -> str:
    """Return the command that gives these answers as options."""
    words = ["govcloud", "new", kind, "--country", str(folder)]
    for flag, value in given.items():
        if isinstance(value, bool):
            words.append(f"--{flag}" if value else f"--no-{flag}")
        else:
            words += [
                word for item in ([value] if isinstance(value, str) else value or ()) for word in (f"--{flag}", item)
            ]
    return shlex.join(words)


def _unfounded(folder: Path) -> Country:
    """Return the country that is to be in an empty folder."""
    if folder.exists() and any(folder.iterdir()):
        raise UsageError(
            Problem(
                "GC-NEW-006",
                Text("a new country needs an empty folder", "quốc gia mới cần một thư mục rỗng"),
                Text("name another folder with --country", "chỉ thư mục khác bằng --country"),
                Place(str(folder)),
            )
        )
    return foundation.unfounded(folder, law.load(law_folder(folder)))


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


def _report(drafts: list[Draft], folder: Path, date: datetime.date, wanted: Language) -> list[str]:
    """Return what was written, what follows from it, what remains of the budget, and what to do next."""
    vietnamese = wanted is Language.VI
    lines = [("đã ghi " if vietnamese else "written: ") + draft.document.file for draft in drafts]
    last = drafts[-1]
    if isinstance(last.declaration, Tenant):
        lines += [text.in_language(wanted) for text in tenant.reasons(last.country, last.declaration)]
    if left := remainder(last.country, last.declaration, date):
        lines.append(left.said.in_language(wanted))
    return [*lines, *_next(drafts, folder, wanted)]


def _next(drafts: list[Draft], folder: Path, wanted: Language) -> list[str]:
    kind, name = drafts[0].declaration.kind, drafts[0].declaration.name
    branch = f"{kind.lower()}-{name}"
    files = " ".join(draft.document.file for draft in drafts)
    commands = (
        f"git switch -c {branch}",
        f"git add {files}",
        f'git commit -m "{kind} {name}"',
        f"git push -u origin {branch}",
    )
    if wanted is Language.VI:
        head = f"tiếp theo: kiểm tra bằng `govcloud validate --country {folder}`, đẩy nhánh mới và mở yêu cầu hợp nhất:"
    else:
        head = f"next: check with `govcloud validate --country {folder}`, push a new branch and open a pull request:"
    return [head, *(f"  {command}" for command in commands), *_then(drafts[0].declaration, wanted)]


def _then(declared: Declaration, wanted: Language) -> list[str]:
    """Return what is usually declared after this."""
    if isinstance(declared, Agency):
        said = Text("then ask for its tenant", "sau đó đề nghị cấp tenant")
        command = f"govcloud new tenant --agency {declared.code}"
    elif isinstance(declared, Tenant):
        said = Text("then attach it to the dedicated network", "sau đó kết nối vào mạng truyền số liệu chuyên dùng")
        command = f"govcloud new segment --tenant {declared.name}"
    else:
        return []
    return [f"{said.in_language(wanted)}: {command}"]


def _command(kind: str) -> Any:
    """Return the function of a subcommand: one option for each question of its forms."""

    def command(**options: Any) -> None:
        _new(kind, options)

    parameters = [
        inspect.Parameter("country_folder", inspect.Parameter.KEYWORD_ONLY, default=None, annotation=CountryFolder),
        _parameter(
            "dry_run",
            bool,
            typer.Option("--dry-run", help="Print the file; write nothing. / In tệp; không ghi gì."),
            False,
        ),
        inspect.Parameter("on", inspect.Parameter.KEYWORD_ONLY, default=None, annotation=Day),
    ]
    for form in _FORMS[kind]:
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
            parameters.append(_parameter(name, question.kind | None, option, None))
    forms = _FORMS[kind]
    command.__doc__ = f"{'; '.join(f.title.en for f in forms)}. / {'; '.join(f.title.vi for f in forms)}."
    # Typer reads options off the signature; this is where questions become options, so that none is without its own.
    command.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    command.__annotations__ = {p.name: p.annotation for p in parameters}
    return command


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


def _parameter(name: str, annotation: Any, option: Any, default: Any) -> inspect.Parameter:
    return inspect.Parameter(
        name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=Annotated[annotation, option]
    )


for _kind in _FORMS:
    app.command(_kind)(_command(_kind))
