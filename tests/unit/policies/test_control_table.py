from __future__ import annotations

import subprocess
import sys

from govcloud.folders import project_root

SCRIPT = project_root() / "policies" / "control_table.py"


def test_the_page_of_controls_is_what_the_gates_say() -> None:
    done = subprocess.run([sys.executable, str(SCRIPT), "--check"], check=False)
    assert done.returncode == 0, "docs/reference/controls.md is stale: run `python policies/control_table.py`"
