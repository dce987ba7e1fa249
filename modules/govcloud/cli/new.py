"""`govcloud new`: from answers to one small declaration that is judged before it is written."""

from __future__ import annotations

import datetime
import inspect
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import typer

from govcloud.cli.answers import accepted, given, parameter, parameters, with_options
from govcloud.cli.options import CountryFolder, Day, country_folder, on_day
from govcloud.cli.output import written
from govcloud.country import Country, law
from govcloud.country.law_folder import law_folder
from govcloud.draft import agency, foundation, link, platform, segment, tenant
from govcloud.draft.budget import remainder
from govcloud.draft.form import Draft, Form
from govcloud.draft.question import Situation
from govcloud.model.agency import Agency
from govcloud.model.declaration import Declaration
from govcloud.model.tenant import Tenant
from govcloud.rules import judged
from govcloud_base.errors import Language, Place, Problem, Text, UsageError, language

__all__ = ["app"]

app = typer.Typer(
    no_args_is_help=True,
    help="Draft a declaration, by questions or options. / Soạn khai báo, bằng câu hỏi hoặc tùy chọn.",
)

_FOUNDED = "stacks/vn"
"""Where a new country goes unless told otherwise."""
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
    before: list[Problem] = []
    if kind == "country":
        declared = _unfounded(folder)
    else:
        declared, before = judged(folder, day)
    command = ("govcloud", "new", kind, "--country", str(folder))
    drafts = accepted(_FORMS[kind], Situation(declared, day, {}), given(options), before, command)
    if dry:
        for draft in drafts:
            print(f"# {draft.document.file}\n{draft.document.data.decode()}", end="")
        return
    for draft in drafts:
        text = draft.document.data.decode()
        written(folder / draft.path, text, "GC-NEW-007", Text("the declaration", "khai báo"), anew=True)
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

    signature = [
        inspect.Parameter("country_folder", inspect.Parameter.KEYWORD_ONLY, default=None, annotation=CountryFolder),
        parameter(
            "dry_run",
            bool,
            typer.Option("--dry-run", help="Print the file; write nothing. / In tệp; không ghi gì."),
            False,
        ),
        inspect.Parameter("on", inspect.Parameter.KEYWORD_ONLY, default=None, annotation=Day),
        *parameters(_FORMS[kind]),
    ]
    forms = _FORMS[kind]
    command.__doc__ = f"{'; '.join(f.title.en for f in forms)}. / {'; '.join(f.title.vi for f in forms)}."
    return with_options(command, signature)


for _kind in _FORMS:
    app.command(_kind)(_command(_kind))
