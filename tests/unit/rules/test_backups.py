"""What a level demands of backups: from when it refuses, of whom nothing is asked, and where a copy counts as one."""

from __future__ import annotations

import datetime
from typing import Any

import made_country as make
import pytest

from govcloud.rules import backups, judge, lapses
from govcloud_base.errors import Severity

BEFORE, AFTER = datetime.date(2026, 11, 30), datetime.date(2027, 7, 1)
SECOND = make.cloud("second", objectStore={"adapter": "seaweedfs", "endpoint": "https://s3.second.example.gov.vn"})
BUCKETS = {"records": {"quota": "1Gi"}}


def found(
    storage: dict[str, Any], *clouds: dict[str, Any], date: datetime.date = BEFORE, **spec: Any
) -> list[tuple[str, Severity]]:
    tenant = make.tenant("H41", **{"level": 3, "storage": {"buckets": BUCKETS} | storage, **spec})
    country = make.country([make.cloud(), *clouds, make.agency("H41"), tenant])
    return [(problem.code, problem.severity) for problem in backups.judge(country, date)]


def test_a_lack_is_told_until_the_law_refuses_it() -> None:
    assert found({}, SECOND, date=BEFORE) == [("GC-BACKUP-001", Severity.WARNING)]
    assert found({}, SECOND, date=AFTER) == [("GC-BACKUP-001", Severity.ERROR)]
    assert found({"backup": {"cloud": "second", "keepDays": 90}}, SECOND, date=AFTER) == []


def test_a_lack_stops_its_own_tenant_alone() -> None:
    tenants = [make.tenant(code, level=3, storage={"buckets": BUCKETS}) for code in ("H41", "H12")]
    country = make.country([make.cloud(), SECOND, make.agency("H41"), make.agency("H12"), *tenants])
    assert set(lapses(judge(country, AFTER))) >= {"h41", "h12"}


@pytest.mark.parametrize(
    "spec",
    [
        {"level": 2},
        {"lifecycle": {"state": "removed", "reviewBy": "2027-11-22"}},
    ],
)
def test_whoever_has_nothing_to_lose_is_asked_nothing(spec: dict[str, Any]) -> None:
    assert found({}, SECOND, date=AFTER, **spec) == []
    assert found({"buckets": {}}, SECOND, date=AFTER) == []


def test_a_country_with_one_store_is_asked_nothing() -> None:
    same = make.cloud("same", objectStore={"adapter": "seaweedfs", "endpoint": "https://s3.example.gov.vn"})
    here = make.cloud(objectStore={"adapter": "seaweedfs", "endpoint": "https://s3.example.gov.vn"})
    tenant = make.tenant("H41", level=3, storage={"buckets": BUCKETS})
    country = make.country([here, same, make.agency("H41"), tenant])
    assert list(backups.judge(country, AFTER)) == []
    assert found({}, date=AFTER) == []


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"endpoint": "https://s3.example.gov.vn"}, {"endpoint": "https://s3.example.gov.vn"}),
        ({"endpoint": "https://s3.example.gov.vn"}, {"endpoint": "https://S3.example.gov.vn:443"}),
        ({"endpointFrom": "S3"}, {"endpointFrom": "S3"}),
    ],
    ids=["address", "spelling", "variable"],
)
def test_a_copy_in_the_same_store_is_none(first: dict[str, Any], second: dict[str, Any]) -> None:
    storage = {"buckets": BUCKETS, "backup": {"cloud": "same", "keepDays": 1, "immutable": False}}
    clouds = [
        make.cloud(name, objectStore={"adapter": "seaweedfs", **store})
        for name, store in (("cgc", first), ("same", second))
    ]
    country = make.country([*clouds, make.agency("H41"), make.tenant("H41", level=2, storage=storage)])
    assert [problem.code for problem in backups.judge(country, BEFORE)] == ["GC-BACKUP-002"]


def test_a_copy_on_the_tenants_own_site_is_none() -> None:
    assert found({"backup": {"cloud": "cgc", "keepDays": 90}}, SECOND) == [("GC-BACKUP-002", Severity.ERROR)]


def test_the_bucket_of_the_backups_is_nobody_elses() -> None:
    storage = {"buckets": {"backup": {"quota": "1Gi"}}, "backup": {"cloud": "second", "keepDays": 90}}
    country = make.country([make.cloud(), SECOND, make.agency("H41"), make.tenant("H41", storage=storage)])
    assert "GC-NAME-002" in {problem.code for problem in judge(country, BEFORE)}
