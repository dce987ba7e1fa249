"""What one agency declared that another may do with its bucket is no attack; everything else stays one."""

from __future__ import annotations

import pytest

from govcloud.audit.checks.exposure import attacks, foreign_attempts

ALL = [attempt.name.en for attempt in foreign_attempts("theirs", "f/", "own", "o/")]


@pytest.mark.parametrize(
    ("accesses", "left_out"),
    [
        ((), []),
        (("read",), ["list_objects_v2 on theirs", "get_object on theirs", "copy out of theirs"]),
        (("write",), ["put_object on theirs"]),
    ],
)
def test_what_is_granted_is_left_out_and_nothing_else(accesses: tuple[str, ...], left_out: list[str]) -> None:
    found = [attempt.name.en for attempt in attacks("theirs", "f/", "own", "o/", frozenset(accesses))]
    assert [name for name in ALL if name not in found] == left_out
    assert [name for name in found if name not in ALL] == []
