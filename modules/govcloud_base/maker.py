"""Which process made something, told so that another one can say whether it still lives.

A number alone does not: numbers are used again, and the system answers to the number of a thread as well.
"""

from __future__ import annotations

import os
import socket
from pathlib import Path

__all__ = ["lives", "place", "start"]


def place() -> str:
    """Return where a number means one process: a machine, since it started, and the container there that counts.

    Containers may bear one name, and so may machines.
    """
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
        space = str(Path("/proc/self/ns/pid").stat().st_ino)
    except OSError:
        boot, space = "", ""  # no Linux: nobody's process is known there, and age alone says
    return f"{socket.gethostname()}/{boot}/{space}"


def start(process: int | None = None) -> str:
    """Return when a process of this place, by default this one, started, in ticks since the machine did; empty where it
    is gone."""
    number = os.getpid() if process is None else process
    try:
        return Path(f"/proc/{number}/stat").read_bytes().rpartition(b")")[2].split()[19].decode("ascii")
    except (OSError, IndexError):
        return ""


def lives(process: int, started: str) -> bool:
    """Return whether the process of this place that started then is still there."""
    return start(process) == started
