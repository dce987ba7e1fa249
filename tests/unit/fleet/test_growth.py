"""While a share of a budget is not known nobody gets more of it; what others took away comes back as it can."""

from __future__ import annotations

import pytest

from govcloud.fleet.drift import Difference, DifferenceKind
from govcloud.fleet.growth import refuse_growth
from govcloud.stack import StackName
from govcloud_base.errors import GovCloudError

MISSING, CHANGED, UNDECLARED = DifferenceKind.MISSING, DifferenceKind.CHANGED, DifferenceKind.UNDECLARED
QUOTA = "h41-prod-srv/ResourceQuota/zone"
GROWS = [
    Difference("cluster/Namespace/h41-prod-srv", MISSING),
    Difference("bucket/vn-h41-prod-records", MISSING),
    Difference(QUOTA, CHANGED, "spec.hard.limits.memory", "1Gi", "1000Mi"),
    Difference(QUOTA, CHANGED, "spec.hard.pods", "absent", "10"),
    Difference(QUOTA, CHANGED, "spec.hard.pods", "10", "many"),
    Difference("bucket/vn-h41-prod-records", CHANGED, "quotaBytes", "2147483648", "1073741824"),
]
STAYS = [
    Difference(QUOTA, MISSING),
    Difference(QUOTA, CHANGED, "spec.hard.limits.memory", "1Gi", "1025Mi"),
    Difference(QUOTA, CHANGED, "spec.hard.pods", "10", "absent"),
    Difference(QUOTA, CHANGED, "metadata.labels.a", "9", "1"),
    Difference("bucket/vn-h41-prod-records", CHANGED, "quotaBytes", "1073741824", "absent"),
    Difference("bucket/vn-h41-prod-records", CHANGED, "versioning", "True", "False"),
    Difference("bucket/vn-h41-prod-old", UNDECLARED, person=True),
    Difference("h41-prod-srv/NetworkPolicy/zone", MISSING),
]


@pytest.mark.parametrize("grows", GROWS, ids=str)
def test_more_than_there_is_is_refused(grows: Difference) -> None:
    with pytest.raises(GovCloudError) as refused:
        refuse_growth(StackName.parse("tenant.h41"), [*STAYS, grows])
    (problem,) = refused.value.problems
    assert problem.code == "GC-STACK-008"
    assert problem.value and grows.subject in str(problem.value) and STAYS[3].field not in str(problem.value)


def test_what_is_taken_back_is_no_growth() -> None:
    refuse_growth(StackName.parse("tenant.h41"), STAYS)
