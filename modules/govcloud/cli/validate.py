"""`govcloud validate`: judge a country's declarations, offline."""

from __future__ import annotations

import datetime
import sys
from collections import Counter
from pathlib import Path
from typing import Annotated, Literal

import typer

from govcloud import rules
from govcloud.cli import names
from govcloud.cli.concerns import files_of
from govcloud.cli.help import RARE
from govcloud.cli.options import CountryArgument, CountryFolder, Day, on_day, one_folder
from govcloud.cli.output import structured
from govcloud.cli.terminal import rendered
from govcloud.country import Country, readable
from govcloud.model.platform import Platform
from govcloud.report.folding import Cause, folded
from govcloud.rules import wording
from govcloud_base.errors import GovCloudError, Place, Problem, Severity, Text, language

__all__ = ["validate"]


def validate(
    argument: CountryArgument = None,
    folder: CountryFolder = None,
    agency: Annotated[
        str | None,
        typer.Option(
            metavar="CODE",
            autocompletion=names.agencies,
            help="Show only what concerns this agency and those below it. "
            "/ Chỉ hiện những gì liên quan đến cơ quan này và cấp dưới.",
        ),
    ] = None,
    tenant: Annotated[
        str | None,
        typer.Option(
            metavar="NAME",
            autocompletion=names.tenants,
            help="Show only what concerns this tenant. / Chỉ hiện những gì liên quan đến tenant này.",
        ),
    ] = None,
    output: Annotated[
        Literal["text", "json", "sarif", "junit"],
        typer.Option("--format", help="Text, JSON, SARIF or JUnit. / Văn bản, JSON, SARIF hoặc JUnit."),
    ] = "text",
    everything: Annotated[
        bool,
        typer.Option(
            "--all",
            rich_help_panel=RARE,
            help="Show also what follows from another finding. / Hiện cả những lỗi kéo theo từ lỗi khác.",
        ),
    ] = False,
    date: Day = None,
) -> None:
    """Judge every declaration, without a cloud. / Kiểm tra mọi khai báo, không cần đám mây.

    Exits with 0 when no error is found (warnings pass), with 1 otherwise. / Trả về 0 khi không có lỗi (cảnh báo được bỏ
    qua), 1 khi có lỗi.
    """
    folder, day = one_folder(argument, folder), on_day(date)
    hidden, withheld = 0, 0
    declared: Country | None
    try:
        declared, problems = rules.judged(folder, day)
        unread = bool(declared.unread)
    except GovCloudError:
        unread = True
    if unread:
        declared, problems, withheld = _rest(folder, day)
    if declared is not None and (agency or tenant):
        files = files_of(declared, agency, tenant)
        kept = [p for p in problems if p.place and p.place.file in files]
        problems, hidden = kept, len(problems) - len(kept)
    written = structured(
        output,
        problems,
        language(),
        document=lambda: {
            "date": str(day),
            "problems": [p.as_dict() for p in problems],
            "hidden": hidden,
            "withheld": withheld,
            "provisional": _unconfirmed(declared),
            "declaredOnly": [p.name for p in _not_run(declared)],
        },
        files=[d.file for d in declared.documents.values()] if declared else [],
    )
    if written is not None:
        print(written)
    else:
        if problems:
            print(rendered(problems, language(), sys.stdout, folding=not everything))
        notices = [] if agency or tenant else _notices(declared, day)
        summary = _summary(folded(problems), len(declared.documents) if declared else 0, hidden)
        for said in (summary, *_withheld(withheld), *notices):
            print(said.in_language(language()))
    if any(p.severity is Severity.ERROR for p in problems):
        raise typer.Exit(1)


def _rest(folder: Path, day: datetime.date) -> tuple[Country | None, list[Problem], int]:
    """Return the country as far as it can be read, what is wrong with it and with the other files, and how many
    findings may only follow from those."""
    declared, problems = readable(folder)
    withheld = 0
    if declared is not None:
        found, withheld = rules.judged_without(declared, {p.place.file for p in problems if p.place}, day)
        problems = [*problems, *found]
    return declared, sorted(problems, key=lambda p: p.place or Place("")), withheld


def _unconfirmed(declared: Country | None) -> list[str]:
    return [a.code for a in declared.agencies.values() if a.spec.provisional] if declared else []


def _not_run(declared: Country | None) -> list[Platform]:
    return [p for p in declared.platforms.values() if not p.provisioned] if declared else []


def _notices(declared: Country | None, day: datetime.date) -> list[Text]:
    """Return what nobody should take for known or running, a short line each; `--format json` names every one."""
    said = []
    if codes := len(_unconfirmed(declared)):
        said.append(
            Text(
                f"{codes} agency codes are provisional: no published source confirms them",
                f"{codes} mã cơ quan là mã tạm: chưa có nguồn công bố xác nhận",
            )
        )
    if kinds := Counter(p.spec.kind for p in _not_run(declared)):
        assert declared is not None
        titles, counted = wording.titles(declared.law, day), sorted(kinds.items())
        said.append(
            Text(
                f"declared, not provisioned yet: {', '.join(f'{kind} {count}' for kind, count in counted)}",
                f"mới khai báo, chưa dựng: {', '.join(f'{titles.get(k, k)} {count}' for k, count in counted)}",
            )
        )
    return said


def _withheld(count: int) -> list[Text]:
    if not count:
        return []
    return [
        Text(
            f"{count} findings are not shown: they may only follow from files that cannot be read",
            f"không hiện {count} lỗi có thể chỉ do các tệp không đọc được gây ra",
        )
    ]


def _summary(causes: list[Cause], declarations: int, hidden: int) -> Text:
    """Return how many mistakes there are: what follows from one is none of its own."""
    errors = sum(cause.problem.severity is Severity.ERROR for cause in causes)
    warnings = len(causes) - errors
    further = sum(len(cause.following) + len(cause.same) for cause in causes)
    english = f"{declarations} declarations judged: " if declarations else ""
    english += f"{errors} error{'' if errors == 1 else 's'}, {warnings} warning{'' if warnings == 1 else 's'}"
    vietnamese = f"đã xét {declarations} khai báo: " if declarations else ""
    vietnamese += f"{errors} lỗi, {warnings} cảnh báo"
    if further:
        english += f"; {further} more of the same causes"
        vietnamese += f"; thêm {further} lỗi cùng nguyên nhân"
    if hidden:
        english += f"; {hidden} of others not shown"
        vietnamese += f"; không hiện {hidden} của cơ quan khác"
    return Text(english, vietnamese)
