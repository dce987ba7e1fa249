"""A bucket with the platform's name or tags that is no declared tenant's is named; all others are not."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from govcloud import country
from govcloud.model.cloud import Cloud
from govcloud.providers.storage import strangers
from govcloud.providers.storage.store import Store
from govcloud_base.errors import CloudError

ROOT = Path(__file__).parents[3]
OURS = {"govcloud.gov.vn/tenant": "h99", "note": "x"}


def named(store: Store) -> list[tuple[str, str]]:
    found = strangers.buckets(store, "vn", ["h41", "g09"])
    assert all(row.person and row.kind == "bucket" and row.declared == "absent" for row in found)
    return [(row.name, row.live) for row in found]


@pytest.mark.parametrize(
    ("name", "tags", "shown"),
    [
        ("vn-h99-prod-records", {}, "present"),
        ("vn-h4-prod-records", {}, "present"),
        ("vn-h99-prod-records", OURS, "govcloud.gov.vn/tenant=h99"),
        ("backup", OURS, "govcloud.gov.vn/tenant=h99"),
        ("backup", {"govcloud.gov.vn/tenant": "h41"}, "govcloud.gov.vn/tenant=h41"),
        # A bucket in a tenant's name space is that tenant's affair, whatever its tags say.
        ("vn-h41-prod-records", OURS, None),
        ("vn-g09-old", {}, None),
        ("backup", {"note": "x"}, None),
        ("vnpt-archive", {}, None),
        ("govcloud-probe-0123456789abcdef", {}, None),
    ],
)
def test_a_bucket(store: Store, s3: Any, name: str, tags: dict[str, str], shown: str | None) -> None:
    s3.create_bucket(Bucket=name)
    s3.buckets[name].tags = tags

    assert named(store) == ([(name, shown)] if shown else [])


def test_one_that_goes_while_it_is_looked_at_is_named_by_its_name_alone(store: Store, s3: Any) -> None:
    for name in ("vn-h99-prod-records", "backup"):
        s3.create_bucket(Bucket=name)
    there = s3.list_buckets()
    s3.buckets.clear()
    s3.list_buckets = lambda: there

    assert named(store) == [("vn-h99-prod-records", "present")]


def test_tags_that_cannot_be_read_are_no_absence_of_tags(store: Store, s3: Any) -> None:
    def denied(**_: str) -> None:
        raise ClientError({"Error": {"Code": "AccessDenied", "Message": "no"}}, "GetBucketTagging")

    s3.create_bucket(Bucket="backup")
    s3.get_bucket_tagging = denied

    with pytest.raises(CloudError):
        named(store)


def test_whose_buckets_may_lie_in_a_store() -> None:
    declared = country.load(ROOT / "tests" / "fixtures" / "country", ROOT / "policies")
    (cloud,) = declared.clouds.values()
    there = replace_store(cloud, "there", endpoint="https://s3.there.example", endpoint_from=None)
    beside = replace_store(cloud, "beside", endpoint="https://s3.there.example", endpoint_from=None)
    same_variable = replace_store(cloud, "again")
    clouds = {c.name: c for c in (cloud, there, beside, same_variable)}
    moved = {
        name: tenant.model_copy(update={"spec": tenant.spec.model_copy(update={"cloud": home})})
        for (name, tenant), home in zip(sorted(declared.tenants.items()), clouds, strict=True)
    }
    spread = dataclasses.replace(declared, clouds=clouds, tenants=moved)
    first, second, third, fourth = sorted(moved)

    assert strangers.owners(spread, cloud.name) == {first}
    assert strangers.owners(spread, "there") == {second, third} == strangers.owners(spread, "beside")
    assert strangers.owners(spread, "again") == {fourth}


def replace_store(cloud: Cloud, name: str, **store: str | None) -> Cloud:
    """Return a cloud of another name, with its store at another address."""
    place = cloud.spec.object_store.model_copy(update=store)
    return cloud.model_copy(
        update={
            "metadata": cloud.metadata.model_copy(update={"name": name}),
            "spec": cloud.spec.model_copy(update={"object_store": place}),
        }
    )
