"""The compliance suite on the reference country: every check, every subject, nothing but PASS."""

from __future__ import annotations

import runpy
from pathlib import Path

import pytest

from govcloud.audit.access import Access
from govcloud.audit.check import Check
from govcloud.audit.suite import SUITE
from govcloud.audit.verdict import Verdict


@pytest.mark.cloud
@pytest.mark.parametrize(
    "check",
    [pytest.param(check, marks=pytest.mark.node if check.node else (), id=check.id) for check in SUITE],
)
def test_passes_for_every_subject(check: Check, access: Access, request: pytest.FixtureRequest) -> None:
    if check.node:
        request.getfixturevalue("probes")
    subjects = check.subjects(access)
    assert subjects, f"{check.id} examined nobody"
    results = [check(subject, access) for subject in subjects]
    wrong = [str(result) for result in results if result.verdict is not Verdict.PASS]
    assert not wrong, "\n".join(wrong)


def test_every_check_is_shown_to_fail() -> None:
    """Every check of the suite has a planted violation and a blinding in the files beside this one."""
    shown: set[str] = set()
    for file in Path(__file__).parent.glob("test_*_can_fail.py"):
        for value in runpy.run_path(str(file)).values():
            shown |= {check.id for check in getattr(value, "checks", [getattr(value, "check", None)]) if check}
    assert shown == {check.id for check in SUITE}
