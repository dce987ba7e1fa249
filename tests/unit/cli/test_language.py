"""What a run says while it goes and at its end is said in the reader's language."""

from __future__ import annotations

from collections import Counter

import pytest

from govcloud.cli.progress import describe
from govcloud.fleet.drift import Difference, DifferenceKind
from govcloud.fleet.pulumi import Outcome
from govcloud.stack import StackName
from govcloud_base.errors import Language

STACK = StackName.parse("tenant.h41")


def test_outcomes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GOVCLOUD_LANG", "vi")
    assert describe(Outcome(STACK, True, Counter(create=2, update=1))) == "2 đã tạo, 1 đã sửa"
    assert describe(Outcome(STACK, True, Counter(same=5))) == "không đổi (5 tài nguyên)"


@pytest.mark.parametrize(
    ("difference", "said"),
    [
        (Difference("n/Role/r", DifferenceKind.MISSING), "n/Role/r không còn"),
        (Difference("n/Role/r", DifferenceKind.CHANGED, "rules", "1", "2"), "n/Role/r rules: khai báo 1, thực tế 2"),
        (
            Difference("cluster/ClusterRole/x", DifferenceKind.UNDECLARED, person=True),
            "cluster/ClusterRole/x không được khai báo (cần người quyết định)",
        ),
    ],
)
def test_differences(difference: Difference, said: str) -> None:
    assert difference.render(Language.VI) == said
