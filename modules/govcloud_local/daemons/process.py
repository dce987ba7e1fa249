"""Daemons of the embedded cloud: start one, know it again, stop it; never touch a process that is not ours."""

from __future__ import annotations

import contextlib
import enum
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from govcloud.refusal import quotation, refusal
from govcloud_base.errors import Text
from govcloud_local import private_file
from govcloud_local.daemons import spawner

__all__ = ["Namespace", "Process", "SpawnError", "spawn"]


class Namespace(enum.IntFlag):
    """Linux namespaces, with the kernel's CLONE_NEW* values (namespaces(7))."""

    NONE = 0
    MOUNT = 0x00020000
    UTS = 0x04000000
    IPC = 0x08000000
    PID = 0x20000000
    NETWORK = 0x40000000
    ALL = MOUNT | UTS | IPC | PID | NETWORK


# The mount namespace is joined last: afterwards the paths of the others are gone.
_FILES = {
    Namespace.PID: "pid",
    Namespace.UTS: "uts",
    Namespace.IPC: "ipc",
    Namespace.NETWORK: "net",
    Namespace.MOUNT: "mnt",
}


class SpawnError(Exception):
    """A daemon could not be started."""

    def __init__(self, reason: Text) -> None:
        super().__init__(reason.en)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Process:
    """A process of ours. The start time tells it from a later process that got the same id."""

    pid: int
    started: int
    """Clock ticks after boot, field 22 of /proc/PID/stat."""

    @classmethod
    def of(cls, pid: int) -> Process | None:
        """Return the process that has this id now, or None."""
        fields = _stat(pid)
        return cls(pid, int(fields[19])) if fields else None

    def alive(self) -> bool:
        """Tell whether the process still runs (a zombie does not)."""
        fields = _stat(self.pid)
        return bool(fields) and int(fields[19]) == self.started and fields[0] not in "ZX"

    def memory(self) -> int:
        """Return the resident memory in bytes, 0 when the process is gone."""
        fields = _stat(self.pid)
        return int(fields[21]) * os.sysconf("SC_PAGE_SIZE") if fields and self.alive() else 0

    def signal(self, number: int) -> None:
        """Send a signal if, and only if, the process is still this one."""
        with contextlib.suppress(ProcessLookupError):
            descriptor = os.pidfd_open(self.pid)
            try:
                if self.alive():
                    signal.pidfd_send_signal(descriptor, number)
            finally:
                os.close(descriptor)

    def stop(self, patience: float = 10.0, look: Callable[[], None] = lambda: None) -> bool:
        """End the process: SIGTERM, then SIGKILL after `patience` seconds. Return whether SIGKILL was needed.

        `look` is called before, and again and again until it has ended.
        """
        look()
        self.signal(signal.SIGTERM)
        if self._wait(patience, look):
            return False
        self.signal(signal.SIGKILL)
        self._wait(10.0, look)
        return True

    def _wait(self, seconds: float, look: Callable[[], None]) -> bool:
        end = time.monotonic() + seconds
        while self.alive():
            if time.monotonic() > end:
                return False
            look()
            time.sleep(0.02)
        return True

    def save(self, file: Path) -> None:
        """Write the record that a later run finds the process by."""
        private_file.write(file, json.dumps({**asdict(self), "boot": _boot()}))

    @classmethod
    def load(cls, file: Path) -> Process | None:
        """Return the recorded process, or None when there is no readable record of this boot of the machine."""
        try:
            record = json.loads(file.read_text())
            return cls(int(record["pid"]), int(record["started"])) if record["boot"] == _boot() else None
        except (OSError, ValueError, KeyError, TypeError):
            return None


def _boot() -> str:
    """Return what tells this boot of the machine from all others: start times count from it."""
    return Path("/proc/sys/kernel/random/boot_id").read_text().strip()


def _stat(pid: int) -> list[str]:
    """Return the fields of /proc/PID/stat from the third (state) on, or nothing when there is no such process."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []


def spawn(
    argv: Sequence[str],
    *,
    log: Path,
    environment: Mapping[str, str],
    cwd: Path,
    join: Process | None = None,
    namespaces: Namespace = Namespace.NONE,
    unshare: Namespace = Namespace.NONE,
) -> Process:
    """Start a daemon: own session, stdin closed, output appended to `log`, nothing inherited but `environment`.

    `argv[0]` is an absolute path. With `join`, the daemon enters that process's `namespaces` first; with `unshare` it
    gets new ones. Raises SpawnError with the reason when it cannot be started.
    """
    files = [f"/proc/{join.pid}/ns/{name}" for kind, name in _FILES.items() if kind in namespaces] if join else []
    request = {
        "argv": list(argv),
        "environment": dict(environment),
        "log": str(log),
        "cwd": str(cwd),
        "join": files,
        "unshare": int(unshare),
    }
    result = subprocess.run(
        [sys.executable, "-I", "-S", spawner.__file__],
        input=json.dumps(request),
        capture_output=True,
        text=True,
        check=False,
        start_new_session=True,  # Ctrl-C reaches the caller alone, which then stops what it started
    )
    if result.returncode != 0:
        raise SpawnError(_refused(argv[0], result.stderr))
    process = Process.of(int(result.stdout))
    if process is None:
        raise SpawnError(Text(f"{argv[0]} ended at once; see {log}", f"{argv[0]} kết thúc ngay; xem {log}"))
    return process


def _refused(program: str, said: str) -> Text:
    """Return why the spawner failed: it tells a step, of what, and the system's number."""
    try:
        step, what, number = json.loads(said)
    except ValueError:  # it failed itself
        lines = said.strip().splitlines()
        return quotation(lines[-1]) if lines else Text(f"{program} could not be started", f"không chạy được {program}")
    done, reason = _STEPS[step], refusal(OSError(number, os.strerror(number)))
    return Text(f"{done.en} {what}: {reason.en}", f"{done.vi} {what}: {reason.vi}")


_STEPS = {
    "join": Text("cannot join the namespace", "không vào được không gian tên"),
    "unshare": Text("cannot make new namespaces for", "không tạo được không gian tên mới cho"),
    "start": Text("cannot start", "không chạy được"),
}
"""What the spawner does."""
