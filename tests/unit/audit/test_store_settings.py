"""STO-04's judge of lifecycle rules: the declared one alone may end versions."""

from __future__ import annotations

import json
from typing import Any

import pytest

from govcloud.audit.checks.store_settings import judge_lifecycle
from govcloud.audit.verdict import Verdict
from govcloud.country.controls import in_force
from govcloud.country.law_folder import PROJECT_LAW
from govcloud.providers.storage.deviation import Deviation

RULE = {"ID": "govcloud", "Status": "Enabled", "Filter": {"Prefix": ""}}
DECLARED = {**RULE, "NoncurrentVersionExpiration": {"NoncurrentDays": 180}}
SHORTER = {**RULE, "NoncurrentVersionExpiration": {"NoncurrentDays": 2}}
EXTRA = {**RULE, "ID": "x", "Expiration": {"Days": 30}}
CONTROL = in_force(PROJECT_LAW)["STO-04"]


@pytest.mark.parametrize(
    ("declared", "live", "verdict"),
    [
        (json.dumps([DECLARED]), [DECLARED], Verdict.PASS),
        (json.dumps([DECLARED]), [DECLARED, EXTRA], Verdict.FAIL),
        (json.dumps([DECLARED]), [SHORTER], Verdict.FAIL),
        ("absent", [DECLARED], Verdict.FAIL),
    ],
)
def test_the_declared_rule_alone_may_end_versions(declared: str, live: list[Any], verdict: Verdict) -> None:
    row = Deviation("bucket", "b", "lifecycle", declared, json.dumps(live))
    assert judge_lifecycle("b", [row], CONTROL).verdict is verdict
