"""A comment laid out on a terminal, and left as it is everywhere else."""

from __future__ import annotations

import os
import pty
import subprocess
import sys

import pytest

from govcloud.cli.comment import show
from govcloud.review.markdown import MARKER

COMMENT = f"""{MARKER}
### GovCloud: automatic

- `GC-A-001` quota.\\_cpu, see https:/\u200b/example.test

<details><summary>All changes: 1</summary>

- one

</details>
"""


def test_a_pipe_gets_the_markdown(capsys: pytest.CaptureFixture[str]) -> None:
    show(COMMENT)
    assert capsys.readouterr().out == COMMENT


def test_a_terminal_gets_it_laid_out() -> None:
    code = f"from govcloud.cli.comment import show; show({COMMENT!r})"
    ours, theirs = pty.openpty()
    try:
        environment = {**os.environ, "NO_COLOR": "1", "TERM": "dumb"}
        subprocess.run([sys.executable, "-c", code], stdout=theirs, env=environment, check=True, timeout=60)
        shown = os.read(ours, 65536).decode()
    finally:
        os.close(ours)
        os.close(theirs)
    assert "GC-A-001 quota._cpu, see https://example.test" in shown
    assert "All changes: 1" in shown
    assert not any(mark in shown for mark in ("###", "<!--", "details", "`", "\u200b"))
