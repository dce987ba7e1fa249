"""`govcloud local`: the embedded cloud."""

from __future__ import annotations

import datetime
import json
import os
import re
import shutil
import sys
import time
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Literal

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from govcloud.cli import names
from govcloud.country.suggestion import did_you_mean
from govcloud.refusal import quotation
from govcloud_base.errors import Language, Problem, Text, UsageError, language
from govcloud_base.interruption import AbortedError
from govcloud_base.user_folders import state_folder
from govcloud_local import COMMAND_LINE, cloud
from govcloud_local.daemons.lifecycle import Event, Phase
from govcloud_local.settings import Profile, Settings
from govcloud_local.toolchain.tool import Tool

__all__ = ["app"]

app = typer.Typer(help=COMMAND_LINE, no_args_is_help=True)
_DURATION = re.compile(r"(\d+)([mhd])")
_LONGEST_NAME = 64  # characters of a common name or organisation (RFC 5280, appendix A.1)
TableOrJson = Annotated[Literal["table", "json"], typer.Option(help="Table or JSON. / Bảng hoặc JSON.")]
_UNITS = {"m": "minutes", "h": "hours", "d": "days"}


@app.command()
def up(
    profile: Annotated[
        Profile | None,
        typer.Option(
            help="Default: `full` for root, else `control-plane`. "
            "/ Mặc định: `full` nếu là root, nếu không thì `control-plane`."
        ),
    ] = None,
    port_base: Annotated[
        int | None, typer.Option(help="First of the TCP ports; remembered. / Cổng TCP đầu tiên; được ghi nhớ.")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Ask nothing. / Không hỏi gì.")] = False,
) -> None:
    """Bring the cloud up, or repair what is down. / Khởi động hoặc sửa chữa đám mây."""
    console = Console(stderr=True)
    begun = time.monotonic()
    try:
        with _Progress(console, ask=not yes) as progress:
            settings = cloud.up(state_folder(), profile, port_base, progress.resolve, progress.watch)
    except AbortedError:
        console.print(_say("stopped what had been started", "đã dừng những gì vừa khởi động"), style="yellow")
        raise
    took = time.monotonic() - begun
    console.print(
        _say(
            f"The cloud is up ({settings.profile}, {took:.1f} s).",
            f"Đám mây đã sẵn sàng ({settings.profile}, {took:.1f} giây).",
        ),
        style="green",
        highlight=False,
    )
    console.print('  eval "$(govcloud local env)"', highlight=False)


@app.command()
def down() -> None:
    """Stop everything; data stays. / Dừng tất cả; giữ lại dữ liệu."""
    ran = cloud.down(state_folder())
    said = ("The cloud is down.", "Đám mây đã dừng.") if ran else ("Nothing was running.", "Không có gì đang chạy.")
    Console(stderr=True).print(_say(*said))


@app.command()
def status(format: TableOrJson = "table") -> None:
    """Show every component; exit code 4 when one does not serve. / Xem trạng thái từng thành phần."""
    from govcloud_local.pulumi import parts

    settings, rows = cloud.status(state_folder())
    ready = all(row.state == "ready" for row in rows)
    if format == "json":
        document = {
            "ready": ready,
            "profile": settings.profile,
            "state": str(settings.state),
            "port_base": settings.base,
            "components": [{**asdict(row), "detail": row.detail.en if row.detail else ""} for row in rows],
            "pulumi_parts": [asdict(part) for part in parts.load(settings.state)],
        }
        print(json.dumps(document, indent=2))
    else:
        _table(settings, rows)
        for part in parts.load(settings.state):
            whose = (
                _say("official", "chính thức")
                if part.origin is parts.PartOrigin.OFFICIAL
                else _say("ours", "của dự án")
            )
            reason = quotation(part.reason).said if part.reason else part.path
            print(f"pulumi {part.name}: {whose}, {reason}")
    if not ready:
        raise typer.Exit(4)


@app.command()
def env() -> None:
    """Print `export` lines for a POSIX shell. / In các dòng `export`: `eval "$(govcloud local env)"`."""
    from govcloud_local import environment
    from govcloud_local.pulumi import install

    settings = cloud.require(state_folder())
    install.renew(settings)
    sys.stdout.write(environment.exports(settings))


@app.command()
def logs(
    name: Annotated[
        str,
        typer.Argument(
            autocompletion=lambda: _logs(state_folder() / "logs"),
            help="A component, or audit. / Tên thành phần, hoặc `audit`.",
        ),
    ],
    follow: Annotated[
        bool, typer.Option("--follow", "-f", help="Go on as the log grows. / Tiếp tục in khi nhật ký dài thêm.")
    ] = False,
) -> None:
    """Print a component's log. / In nhật ký của một thành phần."""
    folder = cloud.require(state_folder()).logs
    known = _logs(folder)
    if name not in known:
        english, vietnamese = did_you_mean(name, known)
        raise UsageError(
            Problem(
                code="GC-LOCAL-016",
                message=Text("there is no such log", "không có nhật ký này"),
                fix=Text(english or "choose one of those allowed", vietnamese or "hãy chọn một trong các tên cho phép"),
                value=name,
                allowed=", ".join(known),
            )
        )
    with (folder / f"{name}.log").open("rb") as stream:
        try:
            while True:
                if os.fstat(stream.fileno()).st_size < stream.tell():  # it was put aside, and begins anew
                    stream.seek(0)
                shutil.copyfileobj(stream, sys.stdout.buffer)
                sys.stdout.flush()
                if not follow:
                    break
                time.sleep(0.3)
        except BrokenPipeError:  # whoever reads has seen enough
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _logs(folder: Path) -> list[str]:
    return sorted(file.stem for file in folder.glob("*.log"))


@app.command()
def doctor(
    profile: Annotated[
        Profile | None,
        typer.Option(
            help="Default: `full` for root, else `control-plane`. "
            "/ Mặc định: `full` nếu là root, nếu không thì `control-plane`."
        ),
    ] = None,
    format: TableOrJson = "table",
) -> None:
    """Say what this machine has, lacks and how to get it. / Kiểm tra máy này có gì, thiếu gì, cách bổ sung."""
    from govcloud_local import doctor as doctors

    chosen = profile or (Profile.FULL if os.geteuid() == 0 else Profile.CONTROL_PLANE)
    findings = doctors.examine(chosen)
    if format == "json":
        print(doctors.as_json(findings))
    else:
        doctors.show(findings, Console())
    if any(finding.state is doctors.State.MISSING for finding in findings):
        raise typer.Exit(3)


@app.command()
def reset(yes: Annotated[bool, typer.Option("--yes", "-y", help="Ask nothing. / Không hỏi gì.")] = False) -> None:
    """Take the cloud down and delete all its data. / Dừng và xóa toàn bộ dữ liệu."""
    state = state_folder()
    if not yes:
        typer.confirm(_say(f"Delete {state} with all data?", f"Xóa {state} cùng toàn bộ dữ liệu?"), abort=True)
    cloud.reset(state)


@app.command()
def kubeconfig(
    user: Annotated[str, typer.Option(help="Name of the user. / Tên người dùng.")],
    group: Annotated[
        list[str],
        typer.Option(
            autocompletion=names.groups,
            help="Identity group, such as gov:h41:operator. / Nhóm danh tính, ví dụ gov:h41:operator.",
        ),
    ],
    ttl: Annotated[str, typer.Option(help="Lifetime: 30m, 8h, 7d. / Thời hạn: 30m, 8h, 7d.")] = "8h",
) -> None:
    """Print a kubeconfig for another identity. / In kubeconfig cho một danh tính khác."""
    from govcloud_local.access import kubeconfig as kubeconfigs

    match = _DURATION.fullmatch(ttl)
    if match is None or int(match[1]) == 0:
        raise UsageError(
            Problem(
                code="GC-LOCAL-017",
                message=Text("not a lifetime", "không phải thời hạn hợp lệ"),
                fix=Text("write a number and a unit", "hãy viết một số và một đơn vị"),
                value=ttl,
                allowed="30m, 8h, 7d",
            )
        )
    for name in (user, *group):
        if not 0 < len(name) <= _LONGEST_NAME:
            raise UsageError(
                Problem(
                    code="GC-LOCAL-018",
                    message=Text("a name does not fit into a certificate", "tên không vừa với chứng chỉ"),
                    fix=Text("choose a shorter one", "hãy chọn tên ngắn hơn"),
                    value=name,
                    allowed=f"1…{_LONGEST_NAME}",
                )
            )
    lifetime = datetime.timedelta(**{_UNITS[match[2]]: int(match[1])})
    sys.stdout.write(kubeconfigs.issue(cloud.require(state_folder()), user, group, lifetime))


class _Progress:
    """Shows what `up` does, on the error stream."""

    def __init__(self, console: Console, *, ask: bool) -> None:
        self._console = console
        self._ask = ask
        self._stack = ExitStack()
        self._busy: dict[str, str] = {}
        self._status = console.status("")

    def __enter__(self) -> _Progress:
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def resolve(self, settings: Settings, names: tuple[str, ...]) -> Mapping[str, Tool]:
        from govcloud_local.node import packages
        from govcloud_local.toolchain import locate, needs_compiler, resolve, shown

        if settings.full:
            compiler = packages.COMPILER if needs_compiler(locate(["runc"]).values()) else ()
            wanted = (*packages.FULL, *compiler)
            packages.ensure(wanted, ask=self._ask, say=lambda line: self._console.print(line, highlight=False))
        with shown(self._console) as report:
            tools = resolve(names, report)
        self._stack.enter_context(self._status)
        return tools

    def watch(self, event: Event) -> None:
        if event.phase is Phase.STARTING:
            self._busy[event.name] = event.detail.said if event.detail else ""
        else:
            self._busy.pop(event.name, None)
            word = {
                Phase.READY: _say("ready", "sẵn sàng"),
                Phase.KEPT: _say("runs already", "đang chạy"),
            }[event.phase]
            line = f"  {event.name:<26}{word:<14}{event.seconds:5.1f} s"
            self._console.print(line, highlight=False, style="dim" if event.phase is Phase.KEPT else None)
        # called from several threads: one look at a copy
        busy = [f"{name}: {detail}" if detail else name for name, detail in dict(self._busy).items()]
        self._status.update(escape(", ".join(busy)))


def _table(settings: Settings, rows: list[cloud.Row]) -> None:
    colours = {"ready": "green", "not ready": "yellow", "down": "red"}
    words = {
        "ready": _say("ready", "sẵn sàng"),
        "not ready": _say("not ready", "chưa sẵn sàng"),
        "down": _say("down", "không chạy"),
    }
    heads = _say(
        "component|state|version|pid|endpoint|memory MB", "thành phần|trạng thái|phiên bản|pid|địa chỉ|bộ nhớ MB"
    )
    table = Table(*heads.split("|"), box=None, pad_edge=False)
    for row in rows:
        table.add_row(
            row.component,
            f"[{colours[row.state]}]{words[row.state]}[/]",
            row.version,
            str(row.pid or ""),
            row.endpoint,
            str(row.memory_mb or ""),
        )
    console = Console()
    if not console.is_terminal:
        console.width = 160  # a file or a pipe has no edge to stop at
    console.print(table)
    for row in rows:
        if row.detail:
            console.print(f"{row.component}: {row.detail.said}", markup=False, highlight=False)


def _say(en: str, vi: str) -> str:
    return vi if language() is Language.VI else en
