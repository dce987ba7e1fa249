"""Debian packages that the full profile needs: which are missing, and installed with the user's consent."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.prompt import Confirm

from govcloud_base.errors import EnvironmentProblem, Language, Problem, Text, language

__all__ = ["COMPILER", "FULL", "Package", "ensure", "missing", "program"]

_SBIN = ("/usr/local/sbin", "/usr/sbin", "/sbin")


@dataclass(frozen=True, slots=True)
class Package:
    """One Debian package, and the program of it that is called."""

    name: str
    program: str
    """Or the absolute path of another file of it."""
    purpose: Text

    def found(self) -> str | None:
        """Return where the program or file is, whoever would have installed it."""
        if self.program.startswith("/"):
            return self.program if Path(self.program).exists() else None
        return program(self.program)


FULL = (
    Package("nftables", "nft", Text(en="packet rules of the node's network", vi="luật lọc gói của mạng nút")),
    Package(
        "iptables",
        "iptables-restore",
        Text(
            en="hands packets to the policy agent where nftables can't",
            vi="chuyển gói tới tác tử chính sách khi nftables không làm được",
        ),
    ),
    Package(
        "conntrack",
        "conntrack",
        Text(en="drops stale connections of Services", vi="xóa các kết nối cũ của Service"),
    ),
    Package("iproute2", "ip", Text(en="addresses and routes of the node", vi="địa chỉ và tuyến của nút")),
    Package("mount", "mount", Text(en="volumes of pods", vi="các ổ đĩa của pod")),
    Package("util-linux", "unshare", Text(en="namespaces to try the kernel in", vi="không gian tên để thử nhân")),
    Package("dpkg", "dpkg-deb", Text(en="unpacks what images consist of", vi="giải nén các phần của ảnh")),
    Package(
        "apt", "apt-get", Text(en="finds and checks what images consist of", vi="tìm và kiểm tra các phần của ảnh")
    ),
)
"""What the profile `full` needs; the profile `control-plane` needs none."""

_BUILDS = Text(en="builds runc, which starts the node's containers", vi="dựng runc, thành phần chạy container của nút")
COMPILER = (
    Package("gcc", "gcc", _BUILDS),
    Package("libc6-dev", "/usr/include/stdio.h", _BUILDS),
    Package("libseccomp-dev", "/usr/include/seccomp.h", _BUILDS),
    Package("pkg-config", "pkg-config", _BUILDS),
)
"""What it needs besides until the tools are built that are partly in C."""


def program(name: str) -> str | None:
    """Return where a program is; sbin is searched too, since an ordinary user's PATH often lacks it."""
    return shutil.which(name) or shutil.which(name, path=os.pathsep.join(_SBIN))


def missing(packages: Iterable[Package] = FULL) -> list[Package]:
    """Return the packages that are not on this machine."""
    return [package for package in packages if package.found() is None]


def ensure(
    packages: Iterable[Package] = FULL,
    *,
    ask: bool = True,
    say: Callable[[str], None] | None = None,
    consent: Callable[[str], bool] | None = None,
) -> list[Package]:
    """Install what is missing with apt-get, and return what was installed.

    It is installed without a question when `ask` is False, in CI (variable CI set) or where nobody sits at a
    terminal; otherwise after a yes. `say` gets one line about what is done, `consent` asks the question. Raises
    EnvironmentProblem naming the command when this is not root, there is no apt-get, the answer is no, or apt-get
    fails.
    """
    wanted = missing(packages)
    if not wanted:
        return []
    names = [package.name for package in wanted]
    if os.geteuid() != 0:
        raise EnvironmentProblem(
            _absent(names, Text(en="and this user is not root", vi="và người dùng không phải root"))
        )
    if shutil.which("apt-get") is None:
        raise EnvironmentProblem(_absent(names, Text(en="and there is no apt-get", vi="và không có `apt-get`")))
    if ask and not os.environ.get("CI") and sys.stdin.isatty() and not (consent or _consent)(_question(wanted)):
        raise EnvironmentProblem(_absent(names, Text(en="and were declined", vi="và đã bị từ chối")))
    (say or _say)(_sentence(names))
    _install(names)
    still = missing(wanted)
    if still:
        left = [package.name for package in still]
        raise EnvironmentProblem(
            _absent(left, Text(en="although apt-get installed them", vi="dù `apt-get` đã cài xong"))
        )
    return wanted


def _install(names: Sequence[str]) -> None:
    install = ["install", "--yes", "--no-install-recommends", *names]
    result = _apt_get(install)
    if result.returncode != 0:
        # A fresh machine has no package lists and an old one stale lists; both fail in the same ways.
        update = _apt_get(["update"])
        result = _apt_get(install) if update.returncode == 0 else update
    if result.returncode != 0:
        last = "".join(f"\n    {line}" for line in (result.stdout + result.stderr).strip().splitlines()[-8:])
        reason = Text(en=f"and apt-get failed:{last}", vi=f"và `apt-get` thất bại:{last}")
        raise EnvironmentProblem(_absent(names, reason))


def _apt_get(arguments: Sequence[str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        # Another apt, such as unattended upgrades, is waited for.
        ["apt-get", "-q", "-o", "DPkg::Lock::Timeout=120", *arguments],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
        env={**os.environ, "DEBIAN_FRONTEND": "noninteractive", "LC_ALL": "C.UTF-8"},
    )


def _absent(names: Sequence[str], reason: Text) -> Problem:
    listed = ", ".join(names)
    command = f"apt-get update && apt-get install --no-install-recommends {' '.join(names)}"
    return Problem(
        code="GC-HOST-001",
        message=Text(
            en=f"Debian packages are missing ({listed}) {reason.en}",
            vi=f"thiếu các gói Debian ({listed}) {reason.vi}",
        ),
        fix=Text(
            en=f"run as root: `{command}`; or use the profile control-plane, which needs none of them",
            vi=f"chạy với quyền root: `{command}`; hoặc dùng hồ sơ `control-plane`, không cần gói nào",
        ),
    )


def _question(wanted: Sequence[Package]) -> str:
    speech = language()
    lines = [f"  {package.name:<12}{package.purpose.in_language(speech)}" for package in wanted]
    head, tail = (
        ("Hồ sơ `full` cần các gói Debian sau:", "Cài bằng `apt-get`?")
        if speech is Language.VI
        else ("The profile full needs these Debian packages:", "Install them with apt-get?")
    )
    return "\n".join([head, *lines, tail])


def _sentence(names: Sequence[str]) -> str:
    listed = ", ".join(names)
    return (
        f"Đang cài các gói Debian: {listed}" if language() is Language.VI else f"Installing Debian packages: {listed}"
    )


def _consent(question: str) -> bool:
    return Confirm.ask(question, console=Console(stderr=True, highlight=False, markup=False), default=True)


def _say(line: str) -> None:
    Console(stderr=True).print(line, markup=False, highlight=False)
