"""What holds data or walls is protected until its tenant's removal is declared, and then nothing of it any more."""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from made_country import agency, cloud, country, segment, tenant

from govcloud import render

REMOVED = {"state": "removed", "export": {"reference": "BB-01", "date": datetime.date(2026, 11, 20)}}


@pytest.mark.parametrize(("lifecycle", "protected"), [({"reviewBy": "2027-11-22"}, True), (REMOVED, False)])
def test_a_tenants_segment_is_protected_as_long_as_the_tenant(lifecycle: dict[str, Any], protected: bool) -> None:
    own = tenant("H41", lifecycle={"reviewBy": "2027-11-22", **lifecycle})
    made = country([cloud(), agency("H41"), own, segment("H41", "10.80.0.0/24", zones=["srv"])])
    for stack in ("tenant.h41", "segment.tsl-h41"):
        assert render.plan(made, stack).protected is protected, stack
    assert render.plan(made, "cluster.cgc").protected
