"""Daemon that makes the object store hold to its buckets' quotas; run as a program of its own.

SeaweedFS only notes a bucket's quota. A command of its shell compares sizes with quotas and closes or opens buckets for
writing, and somebody has to run it again and again: this program does, and touches a file after every success, so that
`govcloud local status` can tell a keeper that works from one that merely lives.

Arguments: weed, its configuration folder, master address, filer address, file to touch, seconds between rounds.
"""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

_ROUND_SECONDS = 30.0
"""Longest that one round may take: the shell waits for ever for a store that is down."""


def enforce(weed: str, folder: str, master: str, filer: str) -> str | None:
    """Run one round; return None, or why it failed."""
    try:
        result = subprocess.run(
            [weed, f"-config_dir={folder}", "-logtostderr=true", "shell", f"-master={master}", f"-filer={filer}"],
            input="s3.bucket.quota.enforce -apply\nexit\n",
            capture_output=True,
            text=True,
            timeout=_ROUND_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return "no answer from the store"
    failed = [line for line in (result.stdout + result.stderr).splitlines() if line.startswith("error")]
    return failed[0] if failed else None if result.returncode == 0 else f"weed ended with {result.returncode}"


def main() -> None:
    """Keep quotas until ended by a signal."""
    # Ended in the middle of a round, it takes the shell with it, which would wait for a store that is gone.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    weed, folder, master, filer, beat, pause = sys.argv[1:]
    while True:
        problem = enforce(weed, folder, master, filer)
        if problem is None:
            Path(beat).touch(mode=0o600)
        else:
            print(time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()), problem, flush=True)
        time.sleep(float(pause))


if __name__ == "__main__":
    main()
