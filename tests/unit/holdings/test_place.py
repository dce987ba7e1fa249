"""Which buckets a word means."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest

from govcloud import country
from govcloud.country import Country
from govcloud.folders import project_root
from govcloud.holdings.place import declared_buckets, identities, meant
from govcloud_base.errors import UsageError


@pytest.fixture(scope="module")
def declared() -> Country:
    return country.remembered(Path(project_root()) / "stacks" / "vn").on(datetime.date(2026, 11, 30))


def test_a_cloud_means_all_buckets_that_tenants_have_there(declared: Country) -> None:
    found = meant(declared, "cgc-hn1")
    assert (found.cloud, found.bucket) == ("cgc-hn1", None)
    assert "vn-h41-prod-records" in [bucket.name for bucket in found.buckets]
    assert {bucket.cloud for bucket in found.buckets} == {"cgc-hn1"}
    assert len(found.buckets) < len(list(declared_buckets(declared)))


def test_a_tenant_means_its_own(declared: Country) -> None:
    found = meant(declared, "h41")
    assert {bucket.tenant for bucket in found.buckets} == {"h41"}
    assert found.cloud == declared.tenants["h41"].spec.cloud


def test_a_bucket_may_be_followed_by_the_beginning_of_keys(declared: Country) -> None:
    found = meant(declared, "vn-h41-prod-records/báo cáo/2026")
    assert (found.bucket, found.prefix) == ("vn-h41-prod-records", "báo cáo/2026")
    assert [bucket.tenant for bucket in found.buckets] == ["h41"]


def test_what_nobody_declared_is_found_where_its_cloud_is_named(declared: Country) -> None:
    found = meant(declared, "left-behind", "cgc-hn1")
    assert (found.cloud, found.buckets, found.bucket) == ("cgc-hn1", (), "left-behind")


@pytest.mark.parametrize(
    ("word", "cloud", "offered"),
    [("vn-h41-prod-recods", None, "vn-h41-prod-records"), ("h4l", None, "h4"), ("x", "cgc-hn0", "cgc-hn1")],
)
def test_a_word_that_means_nothing_is_told_with_the_nearest(
    declared: Country, word: str, cloud: str | None, offered: str
) -> None:
    with pytest.raises(UsageError) as raised:
        meant(declared, word, cloud)
    (problem,) = raised.value.problems
    assert problem.code == "GC-STORE-040"
    assert offered in problem.fix.en
    assert offered in problem.fix.vi


def test_each_bucket_has_the_identity_of_its_environment(declared: Country) -> None:
    held = {name for identity in identities(declared, "cgc-hn1") for name in identity.buckets}
    assert held == {bucket.name for bucket in declared_buckets(declared, "cgc-hn1")}
