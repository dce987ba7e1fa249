"""Findings on the standard output, in the format that the reader or the forge asks for."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, Literal

from govcloud.refusal import refusal
from govcloud.report.junit import junit
from govcloud.report.sarif import sarif
from govcloud_base.errors import EnvironmentProblem, Language, Place, Problem, Text

__all__ = ["structured", "written"]


def structured(
    output: Literal["text", "json", "sarif", "junit"],
    problems: Iterable[Problem],
    language: Language,
    *,
    document: Callable[[], dict[str, Any]],
    files: Iterable[str] = (),
) -> str | None:
    """Return findings in a format for programs; None for text, which each command words itself.

    `document` makes the command's own JSON.
    """
    if output == "json":
        return json.dumps(document(), ensure_ascii=False, indent=2)
    if output == "sarif":
        return json.dumps(sarif(problems, language), ensure_ascii=False, indent=2)
    if output == "junit":
        return junit(problems, files, language).rstrip("\n")
    return None


def written(file: Path, text: str, code: str, what: Text, *, anew: bool = False) -> None:
    """Write a file of the user's; with `anew` only where there is none yet, and with the folders that it lies in.

    Raises EnvironmentProblem of that code where it cannot be written; `what` names it in a sentence.
    """
    try:
        if anew:
            file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("x" if anew else "w", encoding="utf-8") as stream:
            stream.write(text)
    except OSError as error:
        reason = refusal(error)
        raise EnvironmentProblem(
            Problem(
                code,
                Text(f"{what.en} cannot be written: {reason.en}", f"không ghi được {what.vi}: {reason.vi}"),
                Text("name a place where you may write", "chọn nơi có quyền ghi"),
                Place(str(file)),
            )
        ) from None
