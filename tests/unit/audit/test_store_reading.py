"""What was read of a store becomes findings: each concern by itself, and what is missing never passes."""

from __future__ import annotations

import json
from typing import Any

import pytest
from made_objects import CONTROLS

from govcloud.audit.check import BlindError
from govcloud.audit.checks import at_rest, store_settings
from govcloud.audit.result import Finding
from govcloud.audit.store_reading import judge as judge_settings
from govcloud.audit.tenant_store import each_bucket
from govcloud.audit.verdict import Verdict
from govcloud.clouds.request import Answer
from govcloud.providers.storage.content import Count
from govcloud.providers.storage.deviation import Deviation
from govcloud_base.errors import Text

FAIL, PASS, ERROR = Verdict.FAIL, Verdict.PASS, Verdict.ERROR


def test_a_bucket_that_cannot_be_looked_at_hides_no_other() -> None:
    def examine(bucket: str) -> list[Finding]:
        if bucket == "full":
            raise BlindError(Text.quoted("put_object full: 500 InternalError"))
        return [Finding(Text.quoted(bucket), FAIL, Text("open", "mở"))]

    found = each_bucket(["a", "full", "b"], examine)

    assert [(f.name.en, f.verdict) for f in found] == [("a", FAIL), ("bucket full", ERROR), ("b", FAIL)]


class TestStoreReading:
    QUOTA = Deviation("bucket", "b", "quotaBytes", "10", "absent")
    GONE = Deviation("bucket", "b", "", "present", "absent")
    EXTRA = Deviation("bucket", "c", "", "absent", "present", person=True)

    def test_a_setting_is_judged_for_one_bucket_and_a_missing_bucket_never_passes(self) -> None:
        assert judge_settings(Text.quoted("t"), [self.QUOTA], "b", ("quotaBytes",), Text("fine", "tốt")).verdict is FAIL
        assert (
            judge_settings(Text.quoted("t"), [self.QUOTA], "other", ("quotaBytes",), Text("fine", "tốt")).verdict
            is PASS
        )
        assert judge_settings(Text.quoted("t"), [self.QUOTA], "b", ("policy",), Text("fine", "tốt")).verdict is PASS
        assert judge_settings(Text.quoted("t"), [self.GONE], "b", ("policy",), Text("fine", "tốt")).verdict is FAIL

    def test_a_name_space(self) -> None:
        assert store_settings.judge_name_space("h41", ["b"], [self.QUOTA, self.GONE]).verdict is PASS
        assert "bucket/c" in store_settings.judge_name_space("h41", ["b"], [self.EXTRA]).reason.en

    @pytest.mark.parametrize(
        ("rule", "verdict"),
        [
            ({"Status": "Enabled", "NoncurrentVersionExpiration": {"NoncurrentDays": 1}}, FAIL),
            ({"Status": "Enabled", "Expiration": {"Days": 1}}, FAIL),
            ({"Status": "Disabled", "Expiration": {"Days": 1}}, PASS),
            ({"Status": "Enabled", "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 1}}, PASS),
        ],
    )
    def test_a_lifecycle(self, rule: dict[str, Any], verdict: Verdict) -> None:
        row = Deviation("bucket", "b", "lifecycle", "absent", json.dumps([rule]))
        assert store_settings.judge_lifecycle("b", [row], CONTROLS["STO-04"]).verdict is verdict
        assert store_settings.judge_lifecycle("other", [row], CONTROLS["STO-04"]).verdict is PASS
        assert store_settings.judge_lifecycle("b", [self.GONE], CONTROLS["STO-04"]).verdict is FAIL

    @pytest.mark.parametrize(
        ("number", "whole", "verdict"),
        [(10, True, PASS), (0, True, PASS), (11, False, FAIL), (11, True, FAIL), (10, False, Verdict.MANUAL)],
    )
    def test_a_number_of_objects(self, number: int, whole: bool, verdict: Verdict) -> None:
        finding = store_settings.judge_count("b", 10, Count(number, whole))
        assert (finding.name.en, finding.verdict) == ("objects in bucket b", verdict)

    def test_encryption(self) -> None:
        fine = Answer(200, "")
        assert at_rest.judge("b", fine, "AES256", CONTROLS["CRY-03"]).verdict is PASS
        assert at_rest.judge("b", fine, None, CONTROLS["CRY-03"]).verdict is FAIL
        assert at_rest.judge("b", fine, "ROT13", CONTROLS["CRY-03"]).verdict is FAIL
        assert at_rest.judge("b", Answer(0, "no answer"), "AES256", CONTROLS["CRY-03"]).verdict is ERROR

    def test_encryption_of_disks_is_for_a_person_to_see(self) -> None:
        fine, attested = Answer(200, ""), Text("12/BB-NT, until 2027-06-30", "12/BB-NT, đến 2027-06-30")
        control = CONTROLS["CRY-03"]
        finding = at_rest.judge("b", fine, None, control, attested)
        assert finding.verdict is Verdict.MANUAL
        assert "12/BB-NT" in finding.reason.en
        assert at_rest.judge("b", fine, "AES256", control, attested).verdict is PASS
        assert at_rest.judge("b", fine, "ROT13", control, attested).verdict is FAIL
        assert at_rest.judge("b", Answer(0, "no answer"), None, control, attested).verdict is ERROR
