"""A copy of a small country that a test may spoil."""

from __future__ import annotations

import datetime
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from govcloud import country, rules
from govcloud_base.errors import GovCloudError, Problem

ROOT = Path(__file__).parents[3]
DATE = datetime.date(2026, 11, 22)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder of the copy, which is also the working folder: problems show names relative to it."""
    copy = tmp_path / "vn"
    shutil.copytree(ROOT / "tests" / "fixtures" / "country", copy)
    monkeypatch.chdir(copy)
    return copy


@pytest.fixture
def findings(folder: Path) -> Callable[..., list[Problem]]:
    """Return what loading and judging the copy finds."""

    def judge(date: datetime.date = DATE) -> list[Problem]:
        try:
            return rules.judge(country.load(folder, ROOT / "policies"), date)
        except GovCloudError as error:
            return list(error.problems)

    return judge
