"""Rights on the buckets of others, on every server: what a grant opens, to whom, for how long, and what stays shut."""

from __future__ import annotations

import datetime
import json
import secrets
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, replace

import pytest
from botocore.exceptions import ClientError

from govcloud.model.dialect import SHARING
from govcloud.providers.storage import bucket, bucket_policy, content, identity
from govcloud.providers.storage.bucket_spec import BucketSpec
from govcloud.providers.storage.endpoint import error_code
from govcloud.providers.storage.identity import IdentitySpec, Issued
from govcloud.providers.storage.statements import GrantSpec, PolicySpec
from govcloud.providers.storage.store import Store
from govcloud.render import storage
from govcloud_base.errors import CloudError

pytestmark = pytest.mark.cloud

NO = ("AccessDenied", "403")
OWNED_BY_WRITER = frozenset({"radosgw"})
"""Dialects where an object is of who put it there, who therefore reads it again: a gap that is known."""
REPORT = "báo-cáo/2026.txt"


@dataclass(frozen=True)
class Agency:
    spec: BucketSpec
    issued: Issued

    def does(self, store: Store, work: str, target: str, key: str = REPORT) -> str:
        """Return how this agency's work in a bucket is refused, '' where it is not."""
        with closing(store.client(self.issued.key)) as s3:
            works: dict[str, Callable[[], object]] = {
                "read": lambda: s3.get_object(Bucket=target, Key=key)["Body"].read(),
                "list": lambda: s3.list_objects_v2(Bucket=target, Prefix=key),
                "list all": lambda: s3.list_objects_v2(Bucket=target),
                "write": lambda: s3.put_object(Bucket=target, Key=key, Body=b"2"),
                "delete": lambda: s3.delete_object(Bucket=target, Key=key),
                "policy": lambda: s3.put_bucket_policy(Bucket=target, Policy="{}"),
            }
            try:
                works[work]()
            except ClientError as error:
                return error_code(error)
        return ""


def agency(store: Store, name: str) -> Agency:
    able = store.capabilities
    spec = BucketSpec(
        f"vn-{name}-prod-records",
        versioning=able.works("versioning"),
        encryption=able.works("encryption"),
        tags={"govcloud.gov.vn/tenant": name},
    )
    bucket.create(store, spec)
    store.s3.put_object(Bucket=spec.name, Key=REPORT, Body=b"1")
    store.s3.put_object(Bucket=spec.name, Key="other/1", Body=b"1")
    document = json.dumps(storage.policy([spec.name]))
    return Agency(spec, identity.create(store, IdentitySpec(f"{name}-prod", document, (spec.name,))))


@pytest.fixture
def agencies(store: Store) -> Iterator[tuple[Agency, Agency, Agency]]:
    """Who gives, who gets, and a third one; each has a bucket of its own."""
    if store.adapter.name not in SHARING:
        pytest.skip("bucket policies of this server are for the nameless alone")
    word = secrets.token_hex(4)
    made = tuple(agency(store, f"t{word}-{letter}") for letter in "abc")
    yield made[0], made[1], made[2]
    for one in made:
        store.adapter.delete_identity(one.issued.spec.name)
        bucket_policy.set_statements(store, one.spec.name, lambda _: True, [])
        content.remove_all(store.s3, one.spec.name)
        store.s3.delete_bucket(Bucket=one.spec.name)


def grant(giver: Agency, taker: Agency, access: str = "read", **more: str) -> GrantSpec:
    return GrantSpec(f"{taker.issued.spec.name}-{access}", giver.spec.name, taker.issued.spec.name, access, **more)


def test_a_reader_reads_and_does_nothing_else_and_a_third_one_nothing(
    store: Store, agencies: tuple[Agency, Agency, Agency]
) -> None:
    giver, taker, third = agencies
    assert taker.does(store, "read", giver.spec.name) in NO

    assert bucket_policy.apply_grant(store, grant(giver, taker, prefix="báo-cáo/"))

    own = giver.spec.name
    assert [taker.does(store, work, own) for work in ("read", "list")] == ["", ""]
    for work, key in (("write", REPORT), ("delete", REPORT), ("read", "other/1"), ("list all", ""), ("policy", "")):
        assert taker.does(store, work, own, key) in NO, work
    assert all(third.does(store, work, own) in NO for work in ("read", "list", "write"))
    assert store.anonymous_status(f"{own}?list-type=2") == 403
    assert [giver.does(store, work, own) for work in ("read", "list all", "write")] == ["", "", ""]
    assert giver.does(store, "read", taker.spec.name) in NO


def test_a_writer_writes_below_the_prefix_and_reads_nothing(
    store: Store, agencies: tuple[Agency, Agency, Agency]
) -> None:
    giver, taker, third = agencies

    bucket_policy.apply_grant(store, grant(giver, taker, "write", prefix="in/"))

    own = giver.spec.name
    assert taker.does(store, "write", own, "in/1") == ""
    assert (taker.does(store, "read", own, "in/1") == "") == (store.adapter.name in OWNED_BY_WRITER)
    for work, key in (("write", "other/2"), ("read", REPORT), ("list", "in/"), ("delete", "in/1")):
        assert taker.does(store, work, own, key) in NO, work
    assert third.does(store, "write", own, "in/2") in NO
    assert giver.does(store, "read", own, "in/1") == ""


def test_several_rights_on_one_bucket_stand_beside_one_another(
    store: Store, agencies: tuple[Agency, Agency, Agency]
) -> None:
    giver, taker, third = agencies
    own = giver.spec.name
    grants = [grant(giver, taker), grant(giver, third), grant(giver, third, "write", prefix="in/")]
    refusal = {
        "effect": "Deny",
        "identities": [third.issued.spec.name],
        "actions": ["s3:GetObject"],
        "prefix": "other/",
    }
    for one in grants:
        bucket_policy.apply_grant(store, one)
    bucket_policy.apply(store, PolicySpec(own, (refusal,)))

    assert [one.does(store, "read", own) for one in (taker, third)] == ["", ""]
    assert third.does(store, "write", own, "in/1") == ""
    assert third.does(store, "read", own, "other/1") in NO
    assert taker.does(store, "read", own, "other/1") == ""
    assert [bucket_policy.live_grant(store, one) for one in grants] == [(True, True)] * 3

    bucket_policy.remove_grant(store, grants[1].name, own)

    assert third.does(store, "read", own) in NO
    assert taker.does(store, "read", own) == ""
    assert third.does(store, "write", own, "in/2") == ""


def test_a_bucket_keeps_the_rights_that_it_was_told_of_and_no_other(
    store: Store, agencies: tuple[Agency, Agency, Agency]
) -> None:
    giver, taker, third = agencies
    own = giver.spec.name
    told = replace(giver.spec, grants=(grant(giver, taker).name,))
    bucket_policy.apply_grant(store, grant(giver, taker))
    bucket_policy.apply_grant(store, grant(giver, third))
    assert third.does(store, "read", own) == ""

    found = bucket.read(store, own, told)

    assert found is not None
    assert [row[:2] for row in bucket.differing(told, found)] == [("policy", "absent")]
    assert bucket.update(store, told) == told
    assert third.does(store, "read", own) in NO
    assert taker.does(store, "read", own) == ""
    assert bucket.update(store, giver.spec) == giver.spec
    assert taker.does(store, "read", own) in NO


def test_a_right_ends_after_its_last_day(
    store: Store, agencies: tuple[Agency, Agency, Agency], monkeypatch: pytest.MonkeyPatch
) -> None:
    giver, taker, _ = agencies
    now = datetime.datetime.now(datetime.UTC)
    until = grant(giver, taker, until=now.date().isoformat())
    assert bucket_policy.apply_grant(store, until)
    monkeypatch.setattr(store, "_clock", lambda: now + datetime.timedelta(days=1))

    assert not bucket_policy.apply_grant(store, until)

    assert taker.does(store, "read", giver.spec.name) in NO
    assert bucket_policy.live(store, giver.spec.name, lambda _: True) == []


def test_a_right_for_nobody_and_on_a_bucket_of_somebody_else_is_refused(
    store: Store, agencies: tuple[Agency, Agency, Agency]
) -> None:
    giver, taker, _ = agencies
    theirs = f"{giver.spec.name}-x"
    store.s3.create_bucket(Bucket=theirs)
    wrong = {
        "GC-STORE-037": replace(grant(giver, taker), grantee="nobody-at-all"),
        "GC-STORE-011": replace(grant(giver, taker), bucket=f"{theirs}-y"),
        "GC-STORE-038": replace(grant(giver, taker), bucket=theirs),
    }

    for code, spec in wrong.items():
        with pytest.raises(CloudError) as refused:
            bucket_policy.apply_grant(store, spec)
        assert [problem.code for problem in refused.value.problems] == [code]
    assert not store.exists(f"{theirs}-y")
    store.s3.delete_bucket(Bucket=theirs)


def test_what_comes_without_tls_may_be_denied_to_all_and_the_provisioner_gets_in_again(
    store: Store, agencies: tuple[Agency, Agency, Agency]
) -> None:
    giver, taker, _ = agencies
    insecure = {
        "effect": "Deny",
        "actions": ["s3:*"],
        "condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    spec = PolicySpec(giver.spec.name, (insecure,))

    bucket_policy.apply(store, spec)
    bucket_policy.apply(store, spec)

    assert giver.does(store, "read", giver.spec.name) == ""
    told = replace(giver.spec, own_policy=True)
    assert bucket.update(store, told) == told
    bucket_policy.remove(store, giver.spec.name)
    assert bucket.update(store, giver.spec) == giver.spec
    assert taker.does(store, "read", giver.spec.name) in NO
