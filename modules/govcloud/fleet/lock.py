"""Locks that a killed run left behind.

A file or S3 backend locks a stack with a file that has no expiry: after `kill -9` or a power cut the next run would
refuse until a person runs `pulumi cancel`, which asks nobody whether the owner still works. Here the owner is looked
for first, and only the lock of a process of this machine that is gone is removed.
"""

from __future__ import annotations

import json
import os
import socket
from pathlib import Path
from urllib.parse import unquote, urlsplit

from govcloud.fleet.stack import StackName

__all__ = ["break_stale"]

_PROJECT = "govcloud"


def break_stale(stack: StackName) -> list[str]:
    """Remove the locks of `stack` whose owner on this machine has ended; return who they were.

    Locks of other machines, of living processes and of backends other than file:// are left alone.
    """
    backend = urlsplit(os.environ.get("PULUMI_BACKEND_URL", ""))
    if backend.scheme != "file":
        return []
    folder = Path(unquote(backend.path)) / ".pulumi" / "locks" / "organization" / _PROJECT / str(stack)
    broken = []
    for file in sorted(folder.glob("*.json")) if folder.is_dir() else []:
        try:
            owner = json.loads(file.read_text())
            here, pid = owner["hostname"] == socket.gethostname(), int(owner["pid"])
        except (OSError, ValueError, KeyError):
            continue  # being written, or not ours to judge
        if here and not _is_pulumi(pid):
            file.unlink(missing_ok=True)
            broken.append(f"{owner.get('username', '?')}, process {pid}, since {owner.get('timestamp', '?')}")
    return broken


def _is_pulumi(pid: int) -> bool:
    """Tell whether this process lives and is a Pulumi CLI (its id may have gone to another program since)."""
    try:
        return Path(f"/proc/{pid}/comm").read_text().strip() == "pulumi"
    except OSError:
        return False
