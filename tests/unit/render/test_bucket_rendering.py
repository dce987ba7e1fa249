"""What is asked of a store for each bucket: of the declaration, and of what the store is."""

from __future__ import annotations

import dataclasses
import datetime
from typing import Any

import pytest

from govcloud import render
from govcloud.country import Country
from govcloud.model.cloud import SealedDisks
from govcloud.model.tenant import BucketGrant
from govcloud.plan import BucketSpec, StackPlan
from govcloud.render.stack import plan

RECORDS = "vn-h41-prod-records"
DAY = datetime.date(2026, 12, 24)


def changed(vn: Country, store: dict[str, Any] | None = None, bucket: dict[str, Any] | None = None) -> Country:
    """Return the country with another store under the tenant, and another bucket of it."""
    tenant = vn.tenants["h41"]
    buckets = {**tenant.spec.storage.buckets}
    buckets["records"] = buckets["records"].model_copy(update=bucket or {})
    storage = tenant.spec.storage.model_copy(update={"buckets": buckets})
    tenants = {
        **vn.tenants,
        "h41": tenant.model_copy(update={"spec": tenant.spec.model_copy(update={"storage": storage})}),
    }
    cloud = vn.clouds[tenant.spec.cloud]
    spec = cloud.spec.model_copy(update={"object_store": cloud.spec.object_store.model_copy(update=store or {})})
    clouds = {**vn.clouds, cloud.name: cloud.model_copy(update={"spec": spec})}
    return dataclasses.replace(vn, tenants=tenants, clouds=clouds)


def records(country: Country) -> BucketSpec:
    return next(bucket for bucket in render.tenant(country, "h41").buckets if bucket.name == RECORDS)


def test_a_bucket_of_before_is_asked_for_nothing_new(vn: Country) -> None:
    found = records(vn)
    assert (found.object_lock, found.quota_objects, found.encryption) == (None, None, "AES256")
    assert "govcloud.gov.vn/importance" not in found.tags


def test_what_is_kept_for_days_is_locked_so_that_nobody_ends_it(vn: Country) -> None:
    assert records(changed(vn, bucket={"keep_days": 365})).object_lock == {"mode": "COMPLIANCE", "days": 365}


def test_importance_stands_on_the_bucket(vn: Country) -> None:
    assert records(changed(vn, bucket={"importance": "core"})).tags["govcloud.gov.vn/importance"] == "core"


@pytest.mark.parametrize(("adapter", "wanted"), [("seaweedfs", 7), ("radosgw", 7), ("aws", 7), ("minio", None)])
def test_unfinished_uploads_end_after_the_days_of_the_level(vn: Country, adapter: str, wanted: int | None) -> None:
    rules = records(changed(vn, store={"adapter": adapter})).lifecycle
    assert rules == (({"id": "govcloud", "abortUploadsDays": wanted},) if wanted else ())


@pytest.mark.parametrize("adapter", ["seaweedfs", "minio"])
def test_replaced_versions_end_after_declared_days_alone_whatever_the_store(vn: Country, adapter: str) -> None:
    country = changed(vn, store={"adapter": adapter}, bucket={"versions_days": 400})
    assert records(country).lifecycle[0]["noncurrentDays"] == 400
    assert StackPlan.from_json(plan(country, "tenant.h41").to_json()).buckets == render.tenant(country, "h41").buckets
    assert all("noncurrentDays" not in rule for rule in records(vn).lifecycle)


@pytest.mark.parametrize(("adapter", "wanted"), [("radosgw", 1000), ("seaweedfs", None)])
def test_a_number_of_objects_is_asked_where_the_store_counts(vn: Country, adapter: str, wanted: int | None) -> None:
    found = records(changed(vn, store={"adapter": adapter}, bucket={"objects": 1000}))
    assert found.quota_objects == wanted


def test_on_disks_that_somebody_attests_no_encryption_is_asked(vn: Country) -> None:
    sealed = SealedDisks(reference="12/BB-NT", until=datetime.date(2027, 6, 30))
    assert records(changed(vn, store={"sealed_disks": sealed})).encryption == ""


def test_a_plan_is_the_same_after_it_was_written_and_read(vn: Country) -> None:
    country = changed(vn, store={"adapter": "radosgw"}, bucket={"keep_days": 30, "objects": 7})
    made = plan(country, "tenant.h41")
    assert StackPlan.from_json(made.to_json()) == made


def test_a_right_of_another_ends_with_its_link_and_has_a_name_of_its_own(vn: Country) -> None:
    link = next(one for one in vn.links.values() if set(one.spec.ends) == {"H41", "H41.101"})
    end = datetime.date(2027, 3, 1)
    ending = link.model_copy(update={"spec": link.spec.model_copy(update={"valid_to": end})})
    one = BucketGrant(to="h41-101", link=link.name, access="read")
    later = one.model_copy(update={"prefix": "a/", "until": end.replace(day=2)})
    grants = (one, later, later.model_copy(update={"access": "write", "until": DAY}))
    country = changed(vn, bucket={"share_class": "shared", "grants": grants})
    found = records(dataclasses.replace(country, links={**country.links, link.name: ending})).grants
    assert [(g.grantee, g.access, g.prefix, g.until) for g in found] == [
        ("h41-101-prod", "read", "", "2027-03-01"),
        ("h41-101-prod", "read", "a/", "2027-03-01"),
        ("h41-101-prod", "write", "a/", str(DAY)),
    ]
    assert len({g.name for g in found}) == 3
    storage = country.tenants["h41"].spec.storage.model_copy(update={"read_only": True})
    held = country.tenants["h41"].spec.model_copy(update={"storage": storage})
    tenants = {**country.tenants, "h41": country.tenants["h41"].model_copy(update={"spec": held})}
    assert [g.access for g in records(dataclasses.replace(country, tenants=tenants)).grants] == ["read", "read"]
    made = plan(country, "tenant.h41")
    assert StackPlan.from_json(made.to_json()) == made


def test_while_buckets_move_nobody_writes(vn: Country) -> None:
    tenant = vn.tenants["h41"]
    storage = tenant.spec.storage.model_copy(update={"read_only": True})
    held = tenant.model_copy(update={"spec": tenant.spec.model_copy(update={"storage": storage})})
    (before,) = render.tenant(vn, "h41").identities
    (after,) = render.tenant(dataclasses.replace(vn, tenants={**vn.tenants, "h41": held}), "h41").identities

    def said(effect: str, document: dict[str, Any]) -> set[str]:
        return {a for one in document["Statement"] if one["Effect"] == effect for a in one["Action"]}

    lost = said("Allow", before.policy) - said("Allow", after.policy)
    assert {"s3:PutObject", "s3:DeleteObject", "s3:PutObjectTagging", "s3:AbortMultipartUpload"} <= lost
    assert said("Deny", after.policy) == said("Deny", before.policy) | lost
    assert {"s3:GetObject", "s3:GetObjectVersion", "s3:ListBucket"} <= said("Allow", after.policy)
