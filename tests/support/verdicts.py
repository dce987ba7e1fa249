"""What tests that plant violations ask of a check: that it fails or passes, given a moment."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Collection
from typing import Any

from planting import eventually

from govcloud.audit.access import Access
from govcloud.audit.check import Check
from govcloud.audit.result import CheckResult
from govcloud.audit.verdict import Verdict

__all__ = ["OTHER", "TENANT", "fails", "fails_in", "passes", "with_tenant"]

TENANT, OTHER = "h41", "g09"
"""The tenant that is examined, and another one."""


def with_tenant(access: Access, name: str, **changes: Any) -> Access:
    """Return the access with something of one tenant replaced."""
    tenant = dataclasses.replace(access.tenants[name], **changes)
    return dataclasses.replace(access, tenants={**access.tenants, name: tenant})


def fails(check: Check, subject: str, access: Access) -> CheckResult:
    """Return the result once the check says FAIL."""
    return eventually(check, lambda: check(subject, access), Verdict.FAIL)


def fails_in(names: Collection[str], check: Check, subject: str, access: Access) -> CheckResult:
    """Return the result once the check says FAIL for everything called by one of `names`.

    The API server notices in the middle of a run that a policy has gone: what was tried before was still refused.
    """
    deadline = time.monotonic() + 60
    while True:
        result = fails(check, subject, access)
        held = set(names) - {f.name.en for f in result.findings if f.verdict is Verdict.FAIL}
        if not held or time.monotonic() > deadline:
            assert not held, f"{check.id} should say FAIL for {sorted(held)}:\n{result}"
            return result
        time.sleep(0.5)


def passes(check: Check, subject: str, access: Access) -> CheckResult:
    """Return the result once the check says PASS."""
    return eventually(check, lambda: check(subject, access), Verdict.PASS)
