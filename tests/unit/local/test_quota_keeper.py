"""The keeper of the store's quotas ends with all that it started, also in the middle of a round."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

from govcloud_local.services import quota_keeper

SLOW = "#!/bin/sh\necho $$ > {pid}\nexec sleep 60\n"
LIMIT = 30  # seconds


def test_whoever_ends_it_in_a_round_ends_its_command_too(tmp_path: Path) -> None:
    pid, weed = tmp_path / "pid", tmp_path / "weed"
    weed.write_text(SLOW.format(pid=pid))
    weed.chmod(0o700)
    keeper = subprocess.Popen(
        [sys.executable, quota_keeper.__file__, str(weed), "", "", "", str(tmp_path / "beat"), "1"]
    )
    deadline = time.monotonic() + LIMIT
    while not (pid.exists() and pid.read_text().strip()):
        assert time.monotonic() < deadline
        time.sleep(0.02)
    command = Path("/proc") / pid.read_text().strip()
    try:
        assert command.exists()
        keeper.terminate()
        keeper.wait(LIMIT)
        assert not command.exists()
    finally:
        keeper.kill()
        keeper.wait()
        if command.exists():
            subprocess.run(["kill", "-9", command.name], check=False)
