"""`govcloud new`: from answers to one small declaration that is judged before it is written."""

from __future__ import annotations

import datetime
import inspect
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.markup import escape

from govcloud.cli.interview import interview
from govcloud.country import Country, law
from govcloud.country.law_folder import law_folder
from govcloud.draft import agency, foundation, link, platform, segment, tenant
from govcloud.draft.budget import remainder
from govcloud.draft.form import Draft, Form, answered
from govcloud.draft.question import Situation
from govcloud.errors import GovCloudError, Language, Place, Problem, Text, UsageError, language
from govcloud.model.tenant import Tenant
from govcloud.rules import judged

__all__ = ["app"]

app = typer.Typer(
    no_args_is_help=True,
    help="Draft a declaration, by questions or options / Soạn khai báo, bằng câu hỏi hoặc tùy chọn.",
)

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
    folder, date = options.pop("country_folder"), options.pop("on")
    if chosen := options.pop("speech"):
        os.environ["GOVCLOUD_LANG"] = chosen.value
    dry, day = options.pop("dry_run"), date.date() if date else datetime.date.today()
    given = {name.removeprefix(_ANSWER).replace("_", "-"): value for name, value in options.items()}
    forms = _FORMS[kind]
    before: list[Problem] = []
    if kind == "country":
        declared = _unfounded(folder)
    else:
        declared, before = judged(folder, day)
    drafts: list[Draft] = []
    problems: list[Problem] = []
    for form in forms:
        situation = Situation(declared, day, {})
        answers = {q.flag: given[q.flag] for q in form.questions}
        try:
            if sys.stdin.isatty():
                answers = interview(form, situation, answers, language(), lambda text: input(text), print)
            drafts.append(form.draft(answered(form, situation, answers)))
            declared = drafts[-1].country
        except UsageError as error:
            problems += error.problems
    if problems:
        raise UsageError(problems)
    for draft in drafts:
        _require(draft, before)
    if dry:
        for draft in drafts:
            print(f"# {draft.document.file}\n{draft.document.data.decode()}", end="")
        return
    for draft in drafts:
        _write(folder / draft.path, draft.document.data.decode())
    for line in _report(drafts, folder, day, language()):
        print(line)


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
    for warning in warnings:
        print(warning.render(language()))


def _write(path: Path, text: str) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        reason = error.strerror or type(error).__name__
        raise UsageError(
            Problem(
                "GC-NEW-007",
                Text(f"the file cannot be written: {reason}", f"không ghi được tệp: {reason}"),
                Text("choose a folder where you may write", "chọn thư mục có quyền ghi"),
                Place(str(path)),
            )
        ) from None


def _report(drafts: list[Draft], folder: Path, date: datetime.date, wanted: Language) -> list[str]:
    """Return what was written, what follows from it, what remains of the budget, and what to do next."""
    vietnamese = wanted is Language.VI
    lines = [("đã ghi " if vietnamese else "written: ") + draft.document.file for draft in drafts]
    last = drafts[-1]
    if isinstance(last.declaration, Tenant):
        lines += [text.in_language(wanted) for text in tenant.reasons(last.country, last.declaration)]
    if left := remainder(last.country, last.declaration, date):
        amounts = ", ".join(f"{name} {amount}" for name, amount in left.left.items())
        lines.append(f"{left.holder} còn lại: {amounts}" if vietnamese else f"left of {left.holder}: {amounts}")
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
        head = f"tiếp theo: kiểm tra bằng `govcloud validate {folder}`, đưa lên nhánh mới rồi mở yêu cầu hợp nhất:"
    else:
        head = f"next: check with `govcloud validate {folder}`, push a new branch and open a pull request:"
    return [head, *(f"  {command}" for command in commands)]


def _command(kind: str) -> Any:
    """Return the function of a subcommand: one option for each question of its forms."""

    def command(**options: Any) -> None:
        _new(kind, options)

    parameters = [
        _parameter(
            "country_folder", Path, typer.Option("--country", help="Folder of the declarations."), Path("stacks/vn")
        ),
        _parameter(
            "speech", Language | None, typer.Option("--language", help="vi or en; else as the environment says."), None
        ),
        _parameter("dry_run", bool, typer.Option("--dry-run", help="Print the file; write nothing."), False),
        _parameter(
            "on",
            datetime.datetime | None,
            typer.Option("--date", formats=["%Y-%m-%d"], help="Day on which to judge; today by default."),
            None,
        ),
    ]
    for form in _FORMS[kind]:
        for question in form.questions:
            flags = f"--{question.flag}/--no-{question.flag}" if question.kind is bool else f"--{question.flag}"
            title = f"{question.ask.en} / {question.ask.vi}"
            option = typer.Option(flags, help=escape(title[:1].upper() + title[1:]), show_default=False)
            name = _ANSWER + question.flag.replace("-", "_")
            parameters.append(_parameter(name, question.kind | None, option, None))
    titles = " + ".join(f"{form.title.en} / {form.title.vi}" for form in _FORMS[kind])
    command.__doc__ = f"{titles}."
    # Typer reads options off the signature; this is where questions become options, so that none is without its own.
    command.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    command.__annotations__ = {p.name: p.annotation for p in parameters}
    return command


def _parameter(name: str, annotation: Any, option: Any, default: Any) -> inspect.Parameter:
    return inspect.Parameter(
        name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=Annotated[annotation, option]
    )


for _kind in _FORMS:
    app.command(_kind)(_command(_kind))
