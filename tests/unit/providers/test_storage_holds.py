"""What holds a version of which the store tells nothing without the key of whoever encrypted it."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field
from typing import Any

import pytest
from botocore.exceptions import ClientError
from memory_s3 import refused

from govcloud.providers.storage.content import Version
from govcloud.providers.storage.holds import Hold, _hold

NOW = datetime.datetime(2026, 11, 30, 12, tzinfo=datetime.UTC)
LATER = NOW + datetime.timedelta(days=1)
VERSION = Version("sealed", "v1", size=1, marker=False)


@dataclass
class Sealed:
    """A store with one version; values that are text are the codes of refusals."""

    retention: Any = "NoSuchObjectLockConfiguration"
    hold: Any = "NoSuchObjectLockConfiguration"
    head: str = "400"
    asked: list[dict[str, str]] = field(default_factory=list)

    def head_object(self, **which: str) -> None:
        raise refused(self.head, "HeadObject")

    def get_object_retention(self, **which: str) -> Any:
        return self._answer("Retention", self.retention, which)

    def get_object_legal_hold(self, **which: str) -> Any:
        return self._answer("LegalHold", self.hold, which)

    def _answer(self, name: str, value: Any, which: dict[str, str]) -> Any:
        self.asked.append(which)
        if isinstance(value, str):
            raise refused(value, name)
        return {name: value}


def held(s3: Any) -> Hold | None:
    return _hold(s3, "b", VERSION, NOW)


@pytest.mark.parametrize(
    ("s3", "expected"),
    [
        (Sealed(), None),
        (Sealed("ObjectLockConfigurationNotFoundError", {"Status": "OFF"}), None),
        (Sealed({"Mode": "COMPLIANCE", "RetainUntilDate": LATER}), Hold(VERSION, LATER)),
        (Sealed({"Mode": "COMPLIANCE", "RetainUntilDate": NOW}), None),
        (Sealed(hold={"Status": "ON"}), Hold(VERSION, None)),
        (Sealed(hold="NoSuchObjectLegalHold"), None),
        (Sealed("NoSuchVersion", "NoSuchVersion"), None),
        (Sealed({}, {}), None),
    ],
)
def test_its_locks_are_asked_for_by_themselves(s3: Sealed, expected: Hold | None) -> None:
    assert held(s3) == expected
    assert s3.asked == [{"Bucket": "b", "Key": "sealed", "VersionId": "v1"}] * 2


@pytest.mark.parametrize("s3", [Sealed("AccessDenied"), Sealed(hold="SlowDown"), Sealed(head="403")])
def test_what_is_not_told_is_no_absence_of_a_lock(s3: Sealed) -> None:
    with pytest.raises(ClientError):
        held(s3)
