"""`govcloud validate`: judge a country's declarations, offline."""

from __future__ import annotations

from collections import Counter
from typing import Annotated

import typer

from govcloud import rules
from govcloud.cli.options import AnyCountryFolder, CountryArgument, Day, on_day, one_folder
from govcloud.cli.output import Format, structured
from govcloud.country import Country
from govcloud.errors import GovCloudError, Language, Place, Problem, Severity, language
from govcloud.model.platform import Platform

__all__ = ["validate"]

_SHOWN = 40
"""So many codes are named on a terminal; `--format json` names all."""


def validate(
    argument: CountryArgument = None,
    folder: AnyCountryFolder = None,
    output: Annotated[Format, typer.Option("--format", help="Text, JSON, SARIF or JUnit.")] = Format.TEXT,
    date: Day = None,
) -> None:
    """Judge every declaration, without a cloud / Kiểm tra mọi khai báo, không cần đám mây.

    Exits with 0 when no error is found (warnings pass), with 1 otherwise.
    """
    folder, day = one_folder(argument, folder), on_day(date)
    declared = None
    try:
        declared, problems = rules.judged(folder, day)
    except GovCloudError as error:
        problems = sorted(error.problems, key=lambda p: p.place or Place(""))
    files = [d.file for d in declared.documents.values()] if declared else []
    written = structured(
        output,
        problems,
        language(),
        document=lambda: {
            "date": str(day),
            "problems": [p.as_dict() for p in problems],
            "provisional": _unconfirmed(declared),
            "declaredOnly": [p.name for p in _not_run(declared)],
        },
        files=files,
    )
    if written is not None:
        print(written)
    else:
        for problem in problems:
            print(problem.render(language()))
        for line in (*_provisional(declared, language()), *_planned(declared, language())):
            print(line)
        print(_summary(problems, 0 if declared is None else len(declared.documents), language()))
    if any(p.severity is Severity.ERROR for p in problems):
        raise typer.Exit(1)


def _unconfirmed(declared: Country | None) -> list[str]:
    return [a.code for a in declared.agencies.values() if a.spec.provisional] if declared else []


def _provisional(declared: Country | None, wanted: Language) -> list[str]:
    """Return the line that names what no published source confirms, so that nobody takes it for known."""
    unconfirmed = _unconfirmed(declared)
    if not unconfirmed:
        return []
    codes = ", ".join(unconfirmed[:_SHOWN])
    if (rest := len(unconfirmed) - _SHOWN) > 0:
        codes += f" và {rest} mã khác" if wanted is Language.VI else f" and {rest} more"
    vietnamese = f"mã tạm, chưa có nguồn công bố xác nhận: {codes}"
    english = f"provisional codes, confirmed by no published source: {codes}"
    return [vietnamese if wanted is Language.VI else english]


def _not_run(declared: Country | None) -> list[Platform]:
    return [p for p in declared.platforms.values() if not p.provisioned] if declared else []


def _planned(declared: Country | None, wanted: Language) -> list[str]:
    """Return the line that counts what is declared and judged but never provisioned, so that nobody relies on it."""
    kinds = Counter(p.spec.kind for p in _not_run(declared))
    if not kinds:
        return []
    shown = ", ".join(f"{kind} {count}" for kind, count in sorted(kinds.items()))
    if wanted is Language.VI:
        return [f"mới khai báo, chưa dựng (dự kiến hoặc chưa có bản thiết kế): {shown}"]
    return [f"declared only, not provisioned (planned, or no blueprint yet): {shown}"]


def _summary(problems: list[Problem], declarations: int, wanted: Language) -> str:
    errors = sum(p.severity is Severity.ERROR for p in problems)
    warnings = len(problems) - errors
    if wanted is Language.VI:
        judged = f"đã xét {declarations} khai báo: " if declarations else ""
        return f"{judged}{errors} lỗi, {warnings} cảnh báo"
    judged = f"{declarations} declarations judged: " if declarations else ""
    return f"{judged}{errors} error{'' if errors == 1 else 's'}, {warnings} warning{'' if warnings == 1 else 's'}"
