from __future__ import annotations

import subprocess
import sys

from govcloud.folders import project_root

SCRIPT = project_root() / "policies" / "administration_page.py"


def test_the_page_of_models_and_codes_is_what_the_data_say() -> None:
    done = subprocess.run([sys.executable, str(SCRIPT), "--check"], check=False)
    assert done.returncode == 0, "stale: run `python policies/administration_page.py`"
