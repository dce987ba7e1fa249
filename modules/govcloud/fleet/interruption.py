"""What a killed run or a full disk leaves behind in Pulumi's state: locks, half a state, creations only begun.

A file backend locks a stack with a file that has no expiry: after `kill -9` or a power cut the next run would refuse
until a person runs `pulumi cancel`, which asks nobody whether the owner still works. Here the owner is looked for, and
only the lock of a process of this machine that is gone is removed. So is a lock without content: whoever made it found
the disk full and never began, and every later run would fail to read it. The creations are forgotten, because every
provider of ours takes over what came to be (ADR 0007). A state that was cut off is put back (:mod:`.checkpoint`).

`python -m govcloud.fleet.interruption PULUMI` does this for every stack of the backend: the embedded cloud's `pulumi`
calls it where it finds locks or half a state, so that running `pulumi up` again is all that is ever needed.
"""

from __future__ import annotations

import contextlib
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote, urlsplit

from govcloud.fleet import checkpoint
from govcloud_base.errors import Text, language

__all__ = ["clear"]

_ORGANIZATION = "organization"
"""What file backends call the one that they have."""
_WRITING_SECONDS = 1.0
_LARGEST = 1 << 16
"""Bytes of a lock that are read: it names a process, a user, a machine and a time."""


def clear(pulumi: str, stack: str | None = None) -> list[str]:
    """Remove what killed runs of `stack` left, or of every stack; return the cleared stacks' names.

    `pulumi` is the CLI. Locks of other machines, of living processes and of backends other than file:// are left alone.
    """
    backend = urlsplit(os.environ.get("PULUMI_BACKEND_URL", ""))
    if backend.scheme != "file":
        return []
    place = Path(unquote(backend.path))
    cleared = []
    for folder in _lock_folders(place):
        if stack not in (None, folder.name):
            continue
        owners = _break_stale(folder)
        if owners:
            _forget_begun(pulumi, folder)
            cleared.append(folder.name)
            _say(folder.name, owners)
    for file in checkpoint.damaged(place, stack):
        folder = place / ".pulumi" / "locks" / _ORGANIZATION / file.parent.name / file.stem
        if not _locked(folder) and (copy := checkpoint.restore(file)):
            _forget_begun(pulumi, folder)
            cleared.append(file.stem)
            _say_restored(file.stem, copy)
    return list(dict.fromkeys(cleared))


def _lock_folders(backend: Path) -> Iterator[Path]:
    """Yield the folder of each stack's locks: `locks/<organization>/<project>/<stack>`."""
    locks = backend / ".pulumi" / "locks"
    yield from sorted(path for path in locks.glob("*/*/*") if path.is_dir())


def _locked(folder: Path) -> bool:
    return folder.is_dir() and any(folder.iterdir())


def _break_stale(folder: Path) -> list[Text]:
    """Remove the locks in `folder` whose owner on this machine has ended, and empty ones; return who they were.

    A lock that could not be written keeps the name that it has while it is written, so every file here is looked at.
    """
    broken: list[Text] = []
    for file in sorted(folder.iterdir()):
        if _stays_empty(file):
            with contextlib.suppress(OSError):
                file.unlink()
                broken.append(Text("?, no room on the disk", "?, đĩa đầy"))
            continue
        try:
            owner = json.loads(checkpoint.content(file, _LARGEST))
            here, pid = owner["hostname"] == socket.gethostname(), int(owner["pid"])
        except (OSError, ValueError, KeyError, TypeError, RecursionError):
            continue  # being written, or not ours to judge
        if here and not _may_work(pid):
            with contextlib.suppress(OSError):  # another run was faster, or may do what this one may not
                file.unlink()
                user, since = (_harmless(str(owner.get(key, "?"))) for key in ("username", "timestamp"))
                broken.append(Text(f"{user}, process {pid}, since {since}", f"{user}, tiến trình {pid}, từ {since}"))
    return broken


def _harmless(text: str) -> str:
    """Return what a lock says as a line may show it: anybody may have written it."""
    return "".join(c if c.isprintable() else "?" for c in text[:90])


def _stays_empty(file: Path) -> bool:
    """Tell whether a lock has no content and gets none: writing one takes a moment."""
    end = time.monotonic() + _WRITING_SECONDS
    try:
        while not checkpoint.content(file, _LARGEST).strip(b"\0"):  # zeros after a power cut
            if time.monotonic() > end:
                return True
            time.sleep(0.05)
    except OSError:  # it has its final name now, or is no plain file
        pass
    return False


def _may_work(pid: int) -> bool:
    """Tell whether this process may be a Pulumi CLI that runs: its id may have gone to another program since.

    One that has ended and that nobody has waited for yet keeps its name, but runs no more. Of a process that the system
    hides from this user (`hidepid`) nothing is known but that it is there, and that is enough to leave it alone.
    """
    try:
        name, _, rest = Path(f"/proc/{pid}/stat").read_text(errors="replace").partition("(")[2].rpartition(")")
    except OSError:
        return _exists(pid)
    return name == "pulumi" and rest.split()[0] not in ("Z", "X")


def _exists(pid: int) -> bool:
    if pid <= 0:
        return False  # no process, and to the system call below a name for many
    try:
        os.kill(pid, 0)
    except PermissionError:
        return True
    except (ProcessLookupError, OverflowError):
        return False
    return True


def _forget_begun(pulumi: str, folder: Path) -> None:
    """Take the operations that were under way out of the state: what an import of it does, and nothing else.

    Where that fails, the next run says so itself. So it does where another run has locked the stack meanwhile: what is
    under way then is its own, and importing the state as it was would undo what it does.
    """
    stack = "/".join(part.name for part in (folder.parent.parent, folder.parent, folder))
    options = ["--stack", stack, "--non-interactive"]
    exported = subprocess.run([pulumi, "stack", "export", *options], capture_output=True, check=False, cwd="/")
    with contextlib.suppress(ValueError, AttributeError):
        if (
            exported.returncode == 0
            and not _locked(folder)
            and json.loads(exported.stdout)["deployment"].get("pending_operations")
        ):
            subprocess.run(
                [pulumi, "stack", "import", *options],
                input=exported.stdout,
                capture_output=True,
                check=False,
                cwd="/",
            )


def _say(stack: str, owners: list[Text]) -> None:
    who = Text.joined(owners)
    said = Text(
        f"{stack}: took over from a run that was interrupted ({who.en})",
        f"{stack}: tiếp quản từ một lần chạy bị gián đoạn ({who.vi})",
    )
    print(said.in_language(language()), file=sys.stderr)


def _say_restored(stack: str, copy: Path) -> None:
    when = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(copy.stat().st_mtime))
    said = Text(
        f"{stack}: its state was cut off, by a full disk perhaps; put back as it was at {when}",
        f"{stack}: trạng thái bị ghi dở, có thể do đĩa đầy; đã khôi phục như lúc {when}",
    )
    print(said.in_language(language()), file=sys.stderr)


if __name__ == "__main__":
    clear(sys.argv[1])
