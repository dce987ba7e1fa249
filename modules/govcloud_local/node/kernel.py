"""What the full profile needs of the kernel, each found out by trying it where that leaves nothing behind."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from govcloud.refusal import quotation
from govcloud_base.errors import EnvironmentProblem, Problem, Text
from govcloud_local.node import network, requirements, user_namespaces
from govcloud_local.node.cgroups import CONTROLLERS
from govcloud_local.node.packages import missing, program
from govcloud_local.settings import Settings

__all__ = ["Feature", "cgroups", "examine"]

_NAMESPACES = ("mnt", "uts", "ipc", "pid", "net")
_V1_CONTROLLERS: tuple[str, ...] = (*CONTROLLERS, "cpuacct", "devices", "freezer")
_INSTANCES, _WATCHES = 128, 8192


@dataclass(frozen=True, slots=True)
class Feature:
    """One thing that the kernel has or lacks."""

    name: str
    problem: Text | None
    """None: it is there."""
    detail: str = ""
    fix: Text | None = None
    needed: bool = True
    """False: without it the cloud may work, or get slow."""


def examine(settings: Settings) -> list[Feature]:
    """Return every feature that the node needs. Root and the packages of the full profile are needed to look."""
    return [_namespaces(), _overlay(), *_network(settings), *_users(settings), cgroups(), _inotify()]


def cgroups(mount: Path = Path("/sys/fs/cgroup"), listed: Path = Path("/proc/cgroups")) -> Feature:
    """Return whether control groups limit what the node needs limited, in version 2 or 1."""
    name = "cgroups"
    unified = mount / "cgroup.controllers"
    if unified.exists():
        version, there, wanted = 2, set(unified.read_text().split()), CONTROLLERS
    else:
        rows = [line.split() for line in listed.read_text().splitlines() if not line.startswith("#")]
        # A controller that no hierarchy is mounted for can't be used.
        there = {row[0] for row in rows if row[3] == "1" and (mount / row[0]).is_dir()}
        version, wanted = 1, _V1_CONTROLLERS
    lacking = [controller for controller in wanted if controller not in there]
    detail = f"v{version}"
    if lacking:
        said = ", ".join(lacking)
        return Feature(
            name,
            Text(en=f"controllers are missing: {said}", vi=f"thiếu các bộ điều khiển: {said}"),
            detail,
            Text(
                en="mount them under /sys/fs/cgroup, or enable them on the kernel command line",
                vi="gắn chúng dưới /sys/fs/cgroup, hoặc bật trên dòng lệnh nhân",
            ),
        )
    probe = mount if version == 2 else mount / "memory"
    if os.geteuid() == 0 and not os.access(probe, os.W_OK):
        return Feature(
            name,
            Text(en=f"{probe} is read-only", vi=f"{probe} chỉ đọc"),
            detail,
            Text(
                en="in a container: run it with writable control groups (privileged)",
                vi="nếu là container: chạy với cgroup ghi được (privileged)",
            ),
        )
    held = _held_back(mount) if version == 2 else ""
    if held:
        return Feature(
            name,
            Text(
                en=f"processes in {mount} itself keep its controllers from groups below: {held}",
                vi=f"các tiến trình nằm ngay trong {mount} khiến các nhóm con không nhận được bộ điều khiển: {held}",
            ),
            detail,
            Text(
                en="in a container: run it with the machine's control groups (--cgroupns=host)",
                vi="nếu là container: chạy với cgroup của máy chủ (--cgroupns=host)",
            ),
        )
    return Feature(name, None, detail)


def _held_back(mount: Path) -> str:
    """Return the controllers of version 2 that a group below can't get, because `mount` is no root and is in use.

    The kernel hands a controller on only from a group without processes of its own (cgroups(7)); a container in a
    control-group namespace takes such a group for its root. The true root is exempt, and has no `cgroup.type`.
    """
    if not (mount / "cgroup.type").exists() or not (mount / "cgroup.procs").read_text().strip():
        return ""
    handed = (mount / "cgroup.subtree_control").read_text().split()
    return ", ".join(controller for controller in CONTROLLERS if controller not in handed)


def _namespaces() -> Feature:
    name = "namespaces"
    absent = [kind for kind in _NAMESPACES if not Path(f"/proc/self/ns/{kind}").exists()]
    if absent:
        return Feature(
            name,
            Text(en=f"the kernel lacks {', '.join(absent)}", vi=f"nhân không có {', '.join(absent)}"),
            fix=_OTHER_KERNEL,
        )
    if os.geteuid() == 0:
        refused = _trial(["true"], "--mount", "--uts", "--ipc", "--net", "--pid", "--fork")
        if refused is not None:
            return Feature(
                name,
                Text(en=f"creating them is refused: {refused.en}", vi=f"bị từ chối khi tạo: {refused.vi}"),
                fix=Text(
                    en="in a container: run it privileged, or use the profile control-plane",
                    vi="nếu là container: chạy ở chế độ đặc quyền (privileged), hoặc dùng hồ sơ `control-plane`",
                ),
            )
    return Feature(name, None, ", ".join(_NAMESPACES))


def _overlay() -> Feature:
    name = "overlayfs"
    there = re.search(r"\boverlay$", Path("/proc/filesystems").read_text(), re.MULTILINE)
    if there or _module("overlay"):
        return Feature(name, None)
    return Feature(
        name,
        Text(en="the kernel has no overlay file system", vi="nhân không có hệ tệp `overlay`"),
        fix=Text(en="load the module: `modprobe overlay`", vi="nạp mô-đun: `modprobe overlay`"),
    )


def _network(settings: Settings) -> list[Feature]:
    """Do what the node does, in network namespaces that end with each trial; nothing without root and the packages."""
    name = "network"
    if os.geteuid() != 0 or missing():
        return []
    try:
        requirements.check()
    except EnvironmentProblem as refused:
        return [Feature(name, _said(problem), fix=problem.fix) for problem in refused.problems]
    queue = network.has_queue_expression()
    complaint = _trial(["nft", "-f", "-"], "--net", text=network.rules(settings, queue_expression=queue))
    if complaint is not None:
        said = Text(
            en=f"nftables refuses the node's rules: {complaint.en}", vi=f"nftables từ chối luật của nút: {complaint.vi}"
        )
        return [Feature(name, said, fix=_OTHER_KERNEL)]
    if queue:
        return [Feature(name, None, "nftables queue")]
    complaint = _trial(["iptables-restore"], "--net", text=network.iptables_queue())
    if complaint is not None:
        said = Text(
            en=f"neither nftables' queue nor iptables' NFQUEUE works: {complaint.en}",
            vi=f"cả biểu thức `queue` của nftables lẫn NFQUEUE của iptables đều không dùng được: {complaint.vi}",
        )
        return [Feature(name, said, fix=_OTHER_KERNEL)]
    return [Feature(name, None, "iptables NFQUEUE")]


def _users(settings: Settings) -> list[Feature]:
    """Look whether pods can have user numbers of their own, on the disk that holds the state; nothing without root."""
    if os.geteuid() != 0 or missing():
        return []
    folder = settings.data
    while not folder.exists():
        folder = folder.parent
    refused = user_namespaces.missing(folder)
    if refused is None:
        return [Feature("user namespaces", None)]
    said = Text(
        en=f"pods run under user numbers of this machine ({refused.en})",
        vi=f"pod chạy bằng số người dùng của máy này ({refused.vi})",
    )
    fix = Text(
        en="use a kernel from 6.3 on, and ext4, xfs or btrfs for the state (GOVCLOUD_STATE); "
        "until then let no other user on this machine",
        vi="dùng nhân từ 6.3 trở lên, và ext4, xfs hoặc btrfs cho trạng thái (GOVCLOUD_STATE); "
        "cho đến lúc đó đừng để người dùng khác vào máy này",
    )
    return [Feature("user namespaces", said, fix=fix, needed=False)]


def _said(problem: Problem) -> Text:
    if not problem.value:
        return problem.message
    value = problem.value if isinstance(problem.value, Text) else quotation(problem.value)
    return Text.joined((problem.message, value), ": ")


def _inotify() -> Feature:
    folder = Path("/proc/sys/fs/inotify")
    limits = (("max_user_instances", _INSTANCES), ("max_user_watches", _WATCHES))
    low = [(key, least) for key, least in limits if int((folder / key).read_text()) < least]
    if not low:
        return Feature("inotify", None)
    settings = " ".join(f"fs.inotify.{key}={least}" for key, least in low)
    return Feature(
        "inotify",
        Text(
            en="limits are low; kubelet and containerd may fail to watch files",
            vi="giới hạn thấp; kubelet và containerd có thể không theo dõi được tệp",
        ),
        fix=Text(en=f"run as root: `sysctl {settings}`", vi=f"chạy với quyền root: `sysctl {settings}`"),
        needed=False,
    )


_OTHER_KERNEL = Text(
    en="use a kernel that has it (Debian's has), or the profile `control-plane`",
    vi="dùng nhân có tính năng này (nhân của Debian có), hoặc hồ sơ `control-plane`",
)


def _module(name: str) -> bool:
    modprobe = program("modprobe")
    return modprobe is not None and _succeeds([modprobe, "--dry-run", "--quiet", name])


def _succeeds(argv: Sequence[str]) -> bool:
    return subprocess.run(argv, capture_output=True, check=False).returncode == 0


def _trial(argv: Sequence[str], *namespaces: str, text: str = "") -> Text | None:
    """Run a command in new namespaces that end with it; return None, or the first line of its complaint."""
    where = program(argv[0]) or argv[0]
    result = subprocess.run(
        ["unshare", *namespaces, "--", where, *argv[1:]], input=text, capture_output=True, text=True, check=False
    )
    if result.returncode == 0:
        return None
    said = (result.stderr.strip() or result.stdout.strip()).splitlines()
    code = result.returncode
    return quotation(said[0]) if said else Text(f"exit code {code}", f"mã thoát {code}")
