"""From archives of images to what the node can start: imported where absent."""

from __future__ import annotations

import contextlib
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from govcloud.images import digest
from govcloud_base.errors import CloudError, Problem, Text

__all__ = ["load"]

_PINNED = "io.cri-containerd.pinned=pinned"  # never removed to make room: it can't be pulled again
_PATIENCE = 600.0
"""Seconds that the runtime may take for one image: a second on an idle machine, minutes on an emulated one."""


def load(archives: Mapping[str, Path], ctr: Path, socket: Path) -> list[str]:
    """Import into the runtime behind `socket` what it does not have yet; return the names imported.

    Raises CloudError with the runtime's own words when it refuses.
    """
    present = _listed(_ctr(ctr, socket, ["images", "list"]))
    missing = [name for name, file in archives.items() if present.get(name) != digest(file)]
    for name in missing:
        # runs in the machine's mount namespace and streams the file: the cache need not be visible in the node
        _ctr(ctr, socket, ["images", "import", f"--base-name={name.rpartition(':')[0]}", str(archives[name])])
        _ctr(ctr, socket, ["images", "label", name, _PINNED])
    return missing


def _listed(output: str) -> dict[str, str]:
    """Return {name: digest} from `ctr images list`."""
    rows = (line.split() for line in output.splitlines()[1:])
    return {row[0]: row[2] for row in rows if len(row) > 2}


def _ctr(ctr: Path, socket: Path, arguments: Sequence[str]) -> str:
    result = None
    with contextlib.suppress(subprocess.TimeoutExpired):
        result = subprocess.run(
            [str(ctr), "--address", str(socket), "--namespace", "k8s.io", *arguments],
            capture_output=True,
            text=True,
            check=False,
            timeout=_PATIENCE,
        )
    if result is None or result.returncode != 0:
        raise CloudError(
            Problem(
                code="GC-NODE-022",
                message=Text("the node does not take an image", "nút không nhận ảnh"),
                fix=Text(
                    "look into the runtime's log: `govcloud local logs containerd`",
                    "hãy xem nhật ký của containerd: `govcloud local logs containerd`",
                ),
                value=_complaint(result),
            )
        )
    return result.stdout


def _complaint(result: subprocess.CompletedProcess[str] | None) -> str | Text | None:
    if result is None:
        return Text(f"no answer within {_PATIENCE:.0f} s", f"không trả lời trong {_PATIENCE:.0f} giây")
    lines = result.stderr.strip().splitlines()
    return lines[-1] if lines else None
