"""The embedded cloud as a whole: bring it up or repair it, take it down, look at it, delete it."""

from __future__ import annotations

import concurrent.futures
import contextlib
import json
import os
import shutil
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path

from govcloud_base.errors import CloudError, EnvironmentProblem, Problem, Text, UsageError
from govcloud_base.interruption import Interruption
from govcloud_base.replacement import remove_begun
from govcloud_local import assembly, ports, private_file
from govcloud_local.daemons import lifecycle, records, sockets
from govcloud_local.daemons.component import NODE_INIT, Component
from govcloud_local.daemons.lifecycle import Starter, Watch
from govcloud_local.daemons.state_lock import locked
from govcloud_local.services import control_plane, storage
from govcloud_local.settings import Profile, Settings, load, save, writing
from govcloud_local.toolchain.tool import Origin, Tool

__all__ = ["Row", "State", "down", "require", "reset", "status", "up"]

_ROOM = 512 << 20
_DEPTH = 2
"""How many folders below the state private files lie in: `pki/kubernetes`, `config/kubelet`, `data/seaweedfs`."""

Resolve = Callable[[Settings, tuple[str, ...]], Mapping[str, Tool]]
"""From names to usable tools, building what is missing."""


@dataclass(frozen=True, slots=True)
class Row:
    """One component, as `status` shows it."""

    component: str
    state: str
    """`ready`, `not ready` (runs but does not serve) or `down`."""
    version: str
    pid: int | None
    endpoint: str
    memory_mb: int
    """Resident memory."""
    detail: Text | None
    """What is missing, when it is not ready."""


State = tuple[Settings, list[Row]]


def require(state: Path) -> Settings:
    """Return the settings of the cloud in `state`; EnvironmentProblem when there is none."""
    settings = load(state)
    if settings is None:
        raise EnvironmentProblem(
            Problem(
                code="GC-LOCAL-009",
                message=Text(f"there is no embedded cloud in {state}", f"không có đám mây nhúng trong {state}"),
                fix=Text("start one: `govcloud local up`", "hãy khởi động: `govcloud local up`"),
            )
        )
    return settings


def up(
    state: Path,
    profile: Profile | None,
    base: int | None,
    resolve: Resolve,
    watch: Watch,
) -> Settings:
    """Bring the cloud in `state` to serve, starting only what does not; return its settings.

    None stands for what the state remembers, else for the default. When it fails or is interrupted, what this call
    started is stopped again. Raises EnvironmentProblem, CloudError, UsageError or AbortedError.
    """
    with locked(state), writing(state):
        settings = _decide(state, profile, base)
        save(settings)
        remove_begun(state, _DEPTH)
        _require_room(settings)
        resolved = resolve(settings, assembly.tools(settings))
        _remember(settings, resolved)
        assembly.prepare(settings, resolved, watch)
        components = assembly.components(settings, resolved)
        with Interruption() as interruption:
            _end_strays(settings)
            _end_orphans(settings)
            _require_ports(settings)
            starter = Starter(settings, components, assembly.tasks(settings, resolved, components), interruption, watch)
            try:
                starter.run()
            except BaseException:
                lifecycle.stop(settings, starter.started)
                if NODE_INIT in starter.started:
                    assembly.clean(settings)
                raise
        return settings


def down(state: Path) -> bool:
    """Stop everything and leave nothing behind but the state's files; return whether anything ran."""
    if not state.exists():
        return False
    with locked(state):
        return _take_down(load(state))


def status(state: Path) -> State:
    """Look at every component now; EnvironmentProblem when there is no cloud."""
    settings = require(state)
    components = assembly.components(settings, _remembered(settings))
    with concurrent.futures.ThreadPoolExecutor(max(len(components), 1)) as pool:
        return settings, list(pool.map(partial(_row, settings), components))


def reset(state: Path) -> None:
    """Take the cloud down and delete its state with all data."""
    if not state.exists():
        return
    if not (state / "settings.json").exists() and any(p.name != "lock" for p in state.iterdir()):
        raise UsageError(
            Problem(
                code="GC-LOCAL-013",
                message=Text(
                    f"{state} does not look like a cloud's state, so it is not deleted",
                    f"{state} không giống thư mục trạng thái của đám mây nên không bị xóa",
                ),
                fix=Text("check GOVCLOUD_STATE", "hãy kiểm tra GOVCLOUD_STATE"),
            )
        )
    with locked(state):
        try:
            settings = load(state)
        except EnvironmentProblem:  # damaged or of another version: what runs is still found by its records
            settings = None
        full = (state / "run" / f"{NODE_INIT}.json").exists()
        guess = Settings(state=state, profile=Profile.FULL if full else Profile.CONTROL_PLANE)
        _take_down(settings or guess)
        _require_unmounted(state)
        shutil.rmtree(state)


def _decide(state: Path, profile: Profile | None, base: int | None) -> Settings:
    before = load(state)
    root = os.geteuid() == 0
    chosen = profile or (before.profile if before else Profile.FULL if root else Profile.CONTROL_PLANE)
    settings = Settings(
        state=state,
        profile=chosen,
        base=ports.check_base(base if base is not None else before.base if before else ports.DEFAULT_BASE),
    )
    if settings.full and not root:
        raise EnvironmentProblem(
            Problem(
                code="GC-LOCAL-010",
                message=Text("the profile `full` needs root", "hồ sơ `full` cần quyền root"),
                fix=Text(
                    "run it as root, or: `govcloud local up --profile control-plane`",
                    "hãy chạy với quyền root, hoặc: `govcloud local up --profile control-plane`",
                ),
            )
        )
    if before and before != settings and any(record.alive for record in records.read_all(before)):
        raise UsageError(
            Problem(
                code="GC-LOCAL-011",
                message=Text("this cloud is running with other settings", "đám mây này đang chạy với cấu hình khác"),
                fix=Text("first: `govcloud local down`", "trước hết: `govcloud local down`"),
                value=_described(settings),
                allowed=_described(before),
            )
        )
    return settings


def _described(settings: Settings) -> Text:
    return Text(
        f"{settings.profile}, port base {settings.base}", f"hồ sơ `{settings.profile}`, cổng cơ sở {settings.base}"
    )


def _require_room(settings: Settings) -> None:
    free = shutil.disk_usage(settings.state).free
    if free < _ROOM:
        raise EnvironmentProblem(
            Problem(
                code="GC-LOCAL-012",
                message=Text(
                    f"the disk that holds {settings.state} is almost full", f"đĩa chứa {settings.state} gần đầy"
                ),
                fix=Text(
                    "make room, or choose another folder: `export GOVCLOUD_STATE=/path`",
                    "hãy giải phóng dung lượng, hoặc chọn thư mục khác: `export GOVCLOUD_STATE=/đường/dẫn`",
                ),
                value=f"{free >> 20} MiB",
                allowed=f"≥ {_ROOM >> 20} MiB",
            )
        )


def _end_strays(settings: Settings) -> None:
    known = [record.process for record in records.read_all(settings) if record.process]
    for process in records.strays(settings, known):
        sockets.end(process, names=storage.socket_names(settings))


def _end_orphans(settings: Settings) -> None:
    """When the node is gone, stop what still lives in its network namespace and clear what it left."""
    if not settings.full:
        return
    record = records.read(settings, NODE_INIT)
    if record and record.alive:
        return
    lifecycle.stop(settings, [r.name for r in records.read_all(settings) if r.name != storage.NAME])
    assembly.clean(settings)


def _require_ports(settings: Settings) -> None:
    running = {record.name for record in records.read_all(settings) if record.alive}
    numbers = settings.ports
    wanted: dict[str, tuple[int, ...]] = {storage.NAME: numbers.storage}
    if settings.full:
        wanted[assembly.API_RELAY] = (numbers.api,)
        wanted[assembly.REGISTRY_RELAY] = (numbers.registry,)  # all else listens in the cloud's own network namespace
    else:
        wanted |= {
            "etcd": (numbers.etcd, numbers.etcd_peer),
            control_plane.API_SERVER: (numbers.api,),
            "kube-controller-manager": (numbers.controllers,),
        }
    ports.require_free(port for name, group in wanted.items() if name not in running for port in group)


def _take_down(settings: Settings | None) -> bool:
    if settings is None:
        return False
    ran = any(record.alive for record in records.read_all(settings))
    lifecycle.stop(settings)
    _end_strays(settings)
    if settings.full:
        assembly.clean(settings)
    return ran


def _require_unmounted(state: Path) -> None:
    inside = [line.split()[1] for line in Path("/proc/self/mounts").read_text().splitlines()]
    mounts = [place for place in inside if Path(place).is_relative_to(state)]
    if mounts:
        raise CloudError(
            Problem(
                code="GC-LOCAL-014",
                message=Text(
                    "file systems are still mounted in the state", "vẫn còn hệ thống tệp được gắn trong trạng thái"
                ),
                fix=Text(
                    "unmount them, then run `govcloud local reset` again",
                    "hãy gỡ gắn kết rồi chạy lại `govcloud local reset`",
                ),
                value=", ".join(mounts),
            )
        )


def _remember(settings: Settings, resolved: Mapping[str, Tool]) -> None:
    rows = {name: {**asdict(tool), "path": str(tool.path)} for name, tool in resolved.items()}
    private_file.write(settings.state / "tools.json", json.dumps(rows, indent=1))


def _remembered(settings: Settings) -> dict[str, Tool]:
    try:
        rows = json.loads((settings.state / "tools.json").read_text())
        wanted = ((name, rows[name]) for name in assembly.tools(settings))
        return {name: Tool(name, Path(row["path"]), row["version"], Origin(row["origin"])) for name, row in wanted}
    except (OSError, ValueError, KeyError, TypeError):
        raise EnvironmentProblem(
            Problem(
                code="GC-LOCAL-015",
                message=Text(
                    f"the cloud in {settings.state} was never brought up to the end by this version",
                    f"đám mây trong {settings.state} chưa từng được phiên bản này khởi động xong",
                ),
                fix=Text("run `govcloud local up`", "hãy chạy `govcloud local up`"),
            )
        ) from None


def _row(settings: Settings, component: Component) -> Row:
    record = records.read(settings, component.name)
    process = record.process if record and record.alive else None
    detail = None
    if process:
        with contextlib.suppress(OSError):
            detail = component.ready()
    return Row(
        component=component.name,
        state="down" if process is None else "not ready" if detail else "ready",
        version=component.version,
        pid=process.pid if process else None,
        endpoint=component.endpoint,
        memory_mb=round(process.memory() / 1e6) if process else 0,
        detail=detail,
    )
