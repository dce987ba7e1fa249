"""Two commands never change one state at the same time."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from govcloud_base.errors import EnvironmentProblem
from govcloud_local.daemons.state_lock import locked


def test_the_second_is_told_who_is_first(tmp_path: Path) -> None:
    said = rf"GC-LOCAL-006.*process {os.getpid()}"
    with locked(tmp_path), pytest.raises(EnvironmentProblem, match=said), locked(tmp_path):
        pass


def test_it_is_free_again_afterwards_also_after_an_error(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError), locked(tmp_path):
        raise RuntimeError
    with locked(tmp_path):
        pass


def test_two_states_do_not_disturb_each_other(tmp_path: Path) -> None:
    with locked(tmp_path / "a"), locked(tmp_path / "b"):
        pass


def test_a_state_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(EnvironmentProblem, match="GC-LOCAL-005"), locked(tmp_path / "file" / "state"):
        pass
