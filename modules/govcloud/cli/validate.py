"""`govcloud validate`: judge a country's declarations, offline."""

from __future__ import annotations

import sys
from collections import Counter
from typing import Annotated

import typer

from govcloud import rules
from govcloud.cli.concerns import files_of
from govcloud.cli.options import CountryArgument, CountryFolder, Day, on_day, one_folder
from govcloud.cli.output import Format, structured
from govcloud.cli.terminal import rendered
from govcloud.country import Country
from govcloud.errors import GovCloudError, Place, Problem, Severity, Text, language
from govcloud.model.platform import Platform

__all__ = ["validate"]


def validate(
    argument: CountryArgument = None,
    folder: CountryFolder = None,
    agency: Annotated[
        str | None,
        typer.Option(
            metavar="CODE",
            help="Show only what concerns this agency and those below it. "
            "/ Chỉ hiện những gì liên quan đến cơ quan này và cấp dưới.",
        ),
    ] = None,
    tenant: Annotated[
        str | None,
        typer.Option(
            metavar="NAME", help="Show only what concerns this tenant. / Chỉ hiện những gì liên quan đến tenant này."
        ),
    ] = None,
    output: Annotated[
        Format, typer.Option("--format", help="Text, JSON, SARIF or JUnit. / Văn bản, JSON, SARIF hoặc JUnit.")
    ] = Format.TEXT,
    date: Day = None,
) -> None:
    """Judge every declaration, without a cloud. / Kiểm tra mọi khai báo, không cần đám mây.

    Exits with 0 when no error is found (warnings pass), with 1 otherwise. / Trả về 0 khi không có lỗi (cảnh báo được bỏ
    qua), 1 khi có lỗi.
    """
    folder, day = one_folder(argument, folder), on_day(date)
    declared, hidden = None, 0
    try:
        declared, problems = rules.judged(folder, day)
    except GovCloudError as error:
        problems = sorted(error.problems, key=lambda p: p.place or Place(""))
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
            "provisional": _unconfirmed(declared),
            "declaredOnly": [p.name for p in _not_run(declared)],
        },
        files=[d.file for d in declared.documents.values()] if declared else [],
    )
    if written is not None:
        print(written)
    else:
        if problems:
            print(rendered(problems, language(), sys.stdout))
        notices = [] if agency or tenant else _notices(declared)
        for said in (_summary(problems, len(declared.documents) if declared else 0, hidden), *notices):
            print(said.in_language(language()))
    if any(p.severity is Severity.ERROR for p in problems):
        raise typer.Exit(1)


def _unconfirmed(declared: Country | None) -> list[str]:
    return [a.code for a in declared.agencies.values() if a.spec.provisional] if declared else []


def _not_run(declared: Country | None) -> list[Platform]:
    return [p for p in declared.platforms.values() if not p.provisioned] if declared else []


def _notices(declared: Country | None) -> list[Text]:
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
        shown = ", ".join(f"{kind} {count}" for kind, count in sorted(kinds.items()))
        said.append(Text(f"declared, not provisioned yet: {shown}", f"mới khai báo, chưa dựng: {shown}"))
    return said


def _summary(problems: list[Problem], declarations: int, hidden: int) -> Text:
    errors = sum(p.severity is Severity.ERROR for p in problems)
    warnings = len(problems) - errors
    english = f"{declarations} declarations judged: " if declarations else ""
    english += f"{errors} error{'' if errors == 1 else 's'}, {warnings} warning{'' if warnings == 1 else 's'}"
    vietnamese = f"đã xét {declarations} khai báo: " if declarations else ""
    vietnamese += f"{errors} lỗi, {warnings} cảnh báo"
    if hidden:
        english += f"; {hidden} of others not shown"
        vietnamese += f"; không hiện {hidden} của cơ quan khác"
    return Text(english, vietnamese)
