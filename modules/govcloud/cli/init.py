"""`govcloud init`: a country of one's own as a project that runs, with an example of each declaration."""

from __future__ import annotations

import contextlib
import datetime
import enum
import inspect
import os
import shlex
import sys
from pathlib import Path
from typing import Any

import typer

from govcloud import founding
from govcloud.cli.answers import accepted, given, parameter, parameters, with_options
from govcloud.cli.help import RARE
from govcloud.cli.terminal import rendered
from govcloud.clouds import offered
from govcloud.country import law
from govcloud.country.folder import shown_name
from govcloud.country.law_folder import law_folder
from govcloud.draft import foundation
from govcloud.draft.question import Situation
from govcloud.refusal import refusal
from govcloud_base.errors import EnvironmentProblem, Place, Problem, Text, UsageError, language

__all__ = ["init"]

_REPOSITORY = ".git"
"""What an empty folder may hold: a repository that was just made."""


class _LawChoice(enum.StrEnum):
    PRODUCT = "product"
    OWN = "own"


class _Forge(enum.StrEnum):
    GITHUB = "github"
    GITEA = "gitea"
    GITLAB = "gitlab"


def _init(folder: Path, choice: _LawChoice, forges: list[_Forge], wheels: Path | None, **answers: Any) -> None:
    _require_empty(folder)
    site = _site()
    start = Situation(foundation.unfounded(folder / "stacks", law.load(law_folder(folder))), datetime.date.today(), {})
    head, cloud = accepted(foundation.begun(site), start, given(answers), [], ("govcloud", "init", str(folder)))
    chosen = tuple(dict.fromkeys(forge.value for forge in forges)) or tuple(founding.FORGES)
    wanted = founding.Wanted((head, cloud), start.date, chosen, choice is _LawChoice.OWN, wheels)
    made = founding.files(wanted)
    if warnings := founding.require(folder, wanted, made):
        print(rendered(warnings, language(), sys.stdout))
    _write(folder, made)
    for line in _next(folder, wanted, bool(site)):
        print(line.said)


def _require_empty(folder: Path) -> None:
    """Raise UsageError unless there is no such folder, or nothing in it; EnvironmentProblem where one may not look."""
    try:
        if not folder.exists() or (folder.is_dir() and all(entry.name == _REPOSITORY for entry in folder.iterdir())):
            return
    except OSError as error:
        raise EnvironmentProblem(_unusable(folder, error)) from None
    raise UsageError(
        Problem(
            "GC-INIT-001",
            Text("a new country needs an empty folder", "quốc gia mới cần một thư mục rỗng"),
            Text("name another folder; nothing was changed here", "nêu thư mục khác; ở đây chưa thay đổi gì"),
            Place("DIR"),
            shown_name(folder),
        )
    )


def _site() -> dict[str, Any]:
    """Return what the cloud that this machine offers says of itself, where the shell names no other."""
    found = offered()
    if found is None or os.environ.get("KUBECONFIG") not in (None, "", found.kubeconfig):
        return {}
    return dict(found.site)


def _write(folder: Path, made: dict[str, str]) -> None:
    """Write all files, or none: what was written is taken back where one cannot be."""
    files: list[Path] = []
    folders: list[Path] = []
    try:
        for path, text in made.items():
            file = folder / path
            missing = [above for above in (file.parent, *file.parent.parents) if not above.exists()]
            for above in reversed(missing):
                above.mkdir()
                folders.append(above)
            with file.open("x", encoding="utf-8") as stream:
                files.append(file)
                stream.write(text)
    except BaseException as error:
        # Only what was made here: somebody may have put other files there while questions were answered.
        for file in files:
            file.unlink(missing_ok=True)
        for above in reversed(folders):
            with contextlib.suppress(OSError):  # something else lies in it
                above.rmdir()
        if not isinstance(error, OSError):
            raise
        raise EnvironmentProblem(_unusable(folder, error)) from None


def _unusable(folder: Path, error: OSError) -> Problem:
    reason = refusal(error)
    return Problem(
        "GC-INIT-003",
        Text(f"the folder cannot be written: {reason.en}", f"không ghi được vào thư mục: {reason.vi}"),
        Text("name a place where you may write", "chọn nơi có quyền ghi"),
        Place(shown_name(folder)),
    )


def _next(folder: Path, wanted: founding.Wanted, known: bool) -> list[Text]:
    """Return what was made, and what to do now."""
    home = folder / wanted.home
    cloud, there = home / wanted.drafts[1].path, shlex.quote(str(folder))
    lines = [
        Text(
            f"written: {folder}, with the country {wanted.code} in {home}",
            f"đã ghi: {folder}, quốc gia {wanted.code} ở {home}",
        ),
        Text(
            "next: read README.md, replace the examples in tenants/, and judge them:",
            "tiếp theo: đọc README.vi.md, thay các ví dụ trong `tenants/`, rồi xét chúng:",
        ),
        Text(f"  `cd {there} && govcloud validate`", f"  `cd {there} && govcloud validate`"),
    ]
    if not known:
        lines.append(
            Text(
                f"before `govcloud up`: say in {cloud} where the cluster, its DNS and the object store are",
                f"trước khi chạy `govcloud up`: ghi trong {cloud} địa chỉ của cụm, DNS của cụm và kho đối tượng",
            )
        )
    return lines


def _command() -> Any:
    """Return the function of the command: one option for each question about the country and its first cloud."""

    def command(**options: Any) -> None:
        """Begin a country of one's own. / Khởi tạo quốc gia của mình.

        Writes a project that runs: the Pulumi program, an example of each declaration, the locked environment, workflow
        files. Asks only on a terminal; everything has an option. / Ghi một dự án chạy được: chương trình Pulumi, ví dụ
        cho từng loại khai báo, môi trường đã khóa phiên bản, các tệp quy trình. Chỉ hỏi khi chạy trên dòng lệnh; mục
        nào cũng có tùy chọn.
        """
        _init(**options)

    signature = [
        parameter(
            "folder",
            Path,
            typer.Argument(
                metavar="DIR", show_default=False, help="A new folder, or an empty one. / Thư mục mới hoặc rỗng."
            ),
            inspect.Parameter.empty,
        ),
        parameter(
            "choice",
            _LawChoice,
            typer.Option(
                "--law",
                show_default=False,
                help="The law and controls that hold: the product's, as by default, or a copy to change. "
                "/ Luật và biện pháp kiểm soát: của sản phẩm như mặc định, hoặc bản sao để sửa.",
            ),
            _LawChoice.PRODUCT,
        ),
        parameter(
            "forges",
            list[_Forge],
            typer.Option(
                "--forge",
                help="Workflow files for this forge; for all by default. "
                "/ Tệp quy trình cho nền tảng mã nguồn này; mặc định là tất cả.",
                show_default=False,
            ),
            [],
        ),
        parameter(
            "wheels",
            Path | None,
            typer.Option(
                "--wheels",
                metavar="FOLDER",
                exists=True,
                file_okay=False,
                rich_help_panel=RARE,
                help="Folder with GovCloud's own wheels, to lock them by digest. "
                "/ Thư mục chứa các gói của GovCloud, để khóa theo mã băm.",
            ),
            None,
        ),
        *parameters(foundation.begun({})),
    ]
    return with_options(command, signature)


init = _command()
