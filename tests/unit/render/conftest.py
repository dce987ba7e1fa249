"""The reference country as it stands on a day."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest

from govcloud import country as countries
from govcloud import rules
from govcloud.country import Country

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="session")
def day() -> datetime.date:
    """Return the day on which the country is rendered."""
    return datetime.date(2026, 11, 22)


@pytest.fixture(scope="session")
def vn(day: datetime.date) -> Country:
    """Return the reference country, judged."""
    return rules.require(countries.load(ROOT / "tests" / "fixtures" / "country"), day)
