from __future__ import annotations

import copy
import json
from dataclasses import replace
from typing import Any, cast

import pytest

from govcloud.providers.storage import bucket, exposure_problems
from govcloud.providers.storage.bucket import BucketSpec
from govcloud.providers.storage.capabilities import Capabilities
from govcloud.providers.storage.store import Store
from govcloud.providers.storage.trials.catalogue import FAST
from govcloud.providers.storage.trials.outcome import Verdict
from govcloud_base.errors import CloudError

TAGS = {"govcloud.gov.vn/tenant": "h41", "note": "records"}
SPEC = BucketSpec("vn-h41-prod-records", quota_bytes=64 << 20, tags=TAGS)


def codes(error: pytest.ExceptionInfo[CloudError]) -> list[str]:
    return [problem.code for problem in error.value.problems]


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        ({"name": "UPPER"}, "name"),
        ({"name": "ab"}, "name"),
        ({"name": "a..b"}, "name"),
        ({"name": "x" * 64}, "name"),
        ({"quota_bytes": 0}, "quotaBytes"),
        ({"tags": {"note": "no owner"}}, "tags"),
    ],
)
def test_a_wrong_declaration_names_its_input(change: dict[str, Any], wrong: str) -> None:
    assert [name for name, _ in bucket.problems_of(replace(SPEC, **change))] == [wrong]


def test_a_right_declaration_has_no_problems() -> None:
    assert bucket.problems_of(SPEC) == []


def test_creating_applies_every_setting(store: Store, s3: Any) -> None:
    assert bucket.create(store, SPEC) == SPEC
    assert s3.buckets[SPEC.name].objects == {}


def test_what_the_store_silently_ignores_is_an_error(store: Store, s3: Any) -> None:
    s3.ignores = frozenset({"versioning"})

    with pytest.raises(CloudError) as refused:
        bucket.create(store, SPEC)

    assert codes(refused) == ["GC-STORE-008"]


def test_encryption_is_believed_only_when_an_object_shows_it(store: Store, s3: Any) -> None:
    s3.ignores = frozenset({"encryption"})

    with pytest.raises(CloudError) as refused:
        bucket.create(store, SPEC)

    assert codes(refused) == ["GC-STORE-008"]
    assert s3.buckets[SPEC.name].objects == {}


def test_what_the_store_cannot_do_is_refused_before_anything_is_made(store: Store, s3: Any, adapter: Any) -> None:
    lacking = dict.fromkeys(("versioning", "encryption"), Verdict.DOES_NOT)
    weak = Capabilities({**dict.fromkeys(FAST, Verdict.WORKS), **lacking})
    adapter.quota_unit = 0
    poor = Store(store.endpoint, {}, s3=cast("Any", s3), adapter=adapter, capabilities=weak)

    with pytest.raises(CloudError) as refused:
        bucket.create(poor, SPEC)

    assert codes(refused) == ["GC-STORE-009"] * 3
    assert s3.buckets == {}


def test_a_quota_below_the_stores_unit_is_refused(store: Store, s3: Any) -> None:
    with pytest.raises(CloudError) as refused:
        bucket.create(store, replace(SPEC, quota_bytes=1000))

    assert codes(refused) == ["GC-STORE-019"]
    assert s3.buckets == {}


@pytest.mark.parametrize("status", [200, 404, 500])
def test_anything_but_a_refusal_to_strangers_is_an_error(store: Store, strangers: Any, status: int) -> None:
    strangers.status = status

    with pytest.raises(CloudError) as refused:
        bucket.create(store, SPEC)

    assert codes(refused) == ["GC-STORE-010"]


def test_a_bucket_that_was_opened_is_noticed_by_any_update(store: Store, strangers: Any) -> None:
    bucket.create(store, SPEC)
    strangers.status = 200

    with pytest.raises(CloudError) as refused:
        bucket.update(store, SPEC)

    assert codes(refused) == ["GC-STORE-010"]


def test_a_missing_bucket_is_never_configured(store: Store, s3: Any) -> None:
    # A server that does not know a sub-resource takes its PUT for CreateBucket.
    s3.vanishes_after_create = True

    with pytest.raises(CloudError) as refused:
        bucket.create(store, SPEC)

    assert codes(refused) == ["GC-STORE-011"]
    assert not [call for call in s3.calls if call.startswith("put_bucket")]


def test_a_setting_is_only_removed_after_it_was_seen(store: Store, s3: Any) -> None:
    bucket.create(store, replace(SPEC, encryption=False))

    assert "delete_bucket_encryption" not in s3.calls


def test_an_unchanged_bucket_is_not_written_to(store: Store, s3: Any) -> None:
    bucket.create(store, SPEC)
    s3.calls.clear()

    bucket.update(store, SPEC)

    assert not [call for call in s3.calls if call.startswith(("put", "delete", "create"))]


def test_a_raised_quota_takes_effect_at_once(store: Store, adapter: Any) -> None:
    bucket.create(store, SPEC)
    assert adapter.enforced == 0

    bucket.update(store, replace(SPEC, quota_bytes=128 << 20))

    assert adapter.enforced == 1


@pytest.mark.parametrize("makes_again", [False, True])
def test_a_bucket_of_somebody_else_is_foreign_whatever_making_it_again_answers(
    store: Store, s3: Any, makes_again: bool
) -> None:
    bucket.create(store, replace(SPEC, tags={**TAGS, "govcloud.gov.vn/tenant": "h42"}))
    s3.makes_again = makes_again

    with pytest.raises(CloudError) as refused:
        bucket.create(store, SPEC)

    assert codes(refused) == ["GC-STORE-005"]
    assert s3.buckets[SPEC.name].tags["govcloud.gov.vn/tenant"] == "h42"


def test_nothing_is_made_on_a_store_with_an_open_door(store: Store, s3: Any, adapter: Any) -> None:
    adapter.refuses = CloudError(exposure_problems.strangers_admitted("https://store.test"))

    with pytest.raises(CloudError) as refused:
        bucket.create(store, SPEC)

    assert codes(refused) == ["GC-STORE-045"]
    assert s3.buckets == {}


def test_a_bucket_that_only_says_what_it_wants_to_say_is_foreign(store: Store, s3: Any) -> None:
    bucket.create(store, SPEC)
    s3.buckets[SPEC.name].tags["govcloud.gov.vn/tenant"] = "h42"

    with pytest.raises(CloudError) as refused:
        bucket.create(store, SPEC)

    assert codes(refused) == ["GC-STORE-005"]
    assert "h42" in str(refused.value)


def test_tags_outside_our_prefix_do_not_decide_ownership(store: Store, s3: Any) -> None:
    bucket.create(store, SPEC)

    assert bucket.create(store, replace(SPEC, tags={**TAGS, "note": "changed"})).tags["note"] == "changed"


def test_a_bare_bucket_with_a_policy_is_foreign(store: Store, s3: Any) -> None:
    s3.create_bucket(SPEC.name)
    s3.buckets[SPEC.name].policy = "{}"

    with pytest.raises(CloudError) as refused:
        bucket.create(store, SPEC)

    assert codes(refused) == ["GC-STORE-005"]


OPENED: dict[str, Any] = {
    "policy": json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": "*"}]}),
    "grants": [{"Grantee": {"URI": "http://acs.amazonaws.com/groups/global/AllUsers"}, "Permission": "READ"}],
    "lifecycle": [{"ID": "x", "NoncurrentVersionExpiration": {"NoncurrentDays": 1}}],
    "cors": [{"AllowedOrigins": ["*"]}],
}


@pytest.mark.parametrize(
    ("setting", "kept"), [("policy", "policy"), ("accessList", "grants"), ("lifecycle", "lifecycle"), ("cors", "cors")]
)
def test_what_nobody_may_declare_is_read_and_taken_away(store: Store, s3: Any, setting: str, kept: str) -> None:
    bucket.create(store, SPEC)
    setattr(s3.buckets[SPEC.name], kept, copy.deepcopy(OPENED[kept]))

    found = bucket.read(store, SPEC.name, SPEC)

    assert found is not None
    assert list(found.undeclared) == [setting]
    assert [(row[0], row[1]) for row in bucket.differing(SPEC, found)] == [(setting, "absent")]
    assert bucket.update(store, SPEC) == SPEC
    assert not getattr(s3.buckets[SPEC.name], kept)


@pytest.mark.parametrize("kept", OPENED)
def test_a_bare_bucket_with_a_setting_is_foreign(store: Store, s3: Any, kept: str) -> None:
    s3.create_bucket(SPEC.name)
    setattr(s3.buckets[SPEC.name], kept, copy.deepcopy(OPENED[kept]))

    with pytest.raises(CloudError) as refused:
        bucket.create(store, SPEC)

    assert codes(refused) == ["GC-STORE-005"]


def test_a_bucket_with_data_is_not_deleted(store: Store, s3: Any) -> None:
    bucket.create(store, SPEC)
    s3.put_object(SPEC.name, "record", b"1")

    with pytest.raises(CloudError) as refused:
        bucket.delete(store, SPEC.name)

    assert codes(refused) == ["GC-STORE-006"]
    assert "delete_bucket" not in s3.calls


@pytest.mark.parametrize("name", ["govcloud-canary", ".govcloud-canary-0123456789abcdef"])
def test_data_under_a_name_that_trials_use_is_data(store: Store, s3: Any, name: str) -> None:
    bucket.create(store, SPEC)
    s3.put_object(SPEC.name, name, b"a tenant's")

    with pytest.raises(CloudError) as refused:
        bucket.delete(store, SPEC.name)

    assert codes(refused) == ["GC-STORE-006"]
    assert name in str(refused.value)


@pytest.mark.parametrize("left", ["kept", "uploads"])
def test_what_stands_on_a_later_page_is_found(store: Store, s3: Any, left: str) -> None:
    bucket.create(store, SPEC)
    getattr(s3.buckets[SPEC.name], left).append("behind the first page")

    with pytest.raises(CloudError) as refused:
        bucket.delete(store, SPEC.name)

    assert codes(refused) == ["GC-STORE-006"]
    assert "delete_bucket" not in s3.calls


def test_trials_write_over_nothing(store: Store, s3: Any) -> None:
    bucket.create(store, SPEC)
    theirs = {"govcloud-canary": b"theirs", ".govcloud-canary-1": b"theirs"}
    s3.buckets[SPEC.name].objects.update(theirs)

    bucket.create(store, SPEC)

    assert s3.buckets[SPEC.name].objects == theirs


def test_deleting_what_is_gone_is_fine(store: Store) -> None:
    bucket.delete(store, SPEC.name)
    assert bucket.read(store, SPEC.name) is None
