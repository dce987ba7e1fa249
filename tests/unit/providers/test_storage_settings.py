"""Further settings of a bucket: declared, judged without a store, written, read back, and taken away again."""

from __future__ import annotations

import copy
from dataclasses import dataclass, replace
from typing import Any, cast

import pytest

from govcloud.providers.storage import bucket, settings
from govcloud.providers.storage.bucket_spec import BucketSpec, settings_said
from govcloud.providers.storage.capabilities import Capabilities
from govcloud.providers.storage.resource_types import RESOURCE_TYPES, Around
from govcloud.providers.storage.settings import DECLARABLE, SETTINGS, WATCHED
from govcloud.providers.storage.store import Store
from govcloud.providers.storage.trials.catalogue import FAST
from govcloud.providers.storage.trials.outcome import Verdict
from govcloud_base.errors import CloudError

TAGS = {"govcloud.gov.vn/tenant": "h41"}
SPEC = BucketSpec("vn-h41-prod-records", tags=TAGS)
TYPE = RESOURCE_TYPES["govcloud:storage:Bucket"]


@dataclass(frozen=True)
class Case:
    declared: Any
    other: Any
    """Another value that may be declared."""
    kept: str
    """Where the store in memory keeps it."""


CASES = {
    "ownership": Case("BucketOwnerPreferred", "ObjectWriter", "ownership"),
    "publicAccessBlock": Case(True, None, "blocks"),
    "cors": Case(
        [{"origins": ["https://h41.gov.vn"], "methods": ["PUT", "GET"], "headers": ["*"], "maxAgeSeconds": 600}],
        [{"origins": ["https://*.h41.gov.vn"], "methods": ["GET"]}],
        "cors",
    ),
    "lifecycle": Case(
        [{"id": "old", "noncurrentDays": 90}, {"id": "half", "prefix": "in/", "abortUploadsDays": 7}],
        [{"id": "old", "noncurrentDays": 91}],
        "lifecycle",
    ),
    "accessLog": Case({"bucket": "vn-h41-prod-log", "prefix": "records/"}, {"bucket": "vn-h41-prod-log"}, "log"),
    "objectLock": Case({"mode": "GOVERNANCE", "days": 30}, {"mode": "COMPLIANCE", "days": 60}, "lock"),
}


def spec(**declared: Any) -> BucketSpec:
    said, wrong = settings_said(declared)
    assert not wrong
    return replace(SPEC, settings=said)


def codes(error: pytest.ExceptionInfo[CloudError]) -> list[str]:
    return [problem.code for problem in error.value.problems]


def test_every_setting_that_may_be_declared_is_tried_here() -> None:
    assert CASES.keys() == set(DECLARABLE)


def test_what_a_bucket_can_do_is_found_out_for_every_setting() -> None:
    assert {SETTINGS[name].capability for name in DECLARABLE} <= FAST.keys()


@pytest.mark.parametrize("name", CASES)
def test_a_declared_setting_is_written_read_back_and_changed(store: Store, s3: Any, name: str) -> None:
    case = CASES[name]
    wanted = spec(**{name: case.declared})

    assert bucket.create(store, wanted) == wanted
    assert getattr(s3.buckets[SPEC.name], case.kept)
    assert bucket.read(store, SPEC.name, wanted) == wanted
    if case.other is not None:
        changed = spec(**{name: case.other})
        assert bucket.update(store, changed) == changed
        assert bucket.read(store, SPEC.name, changed) == changed


@pytest.mark.parametrize("name", CASES)
def test_an_unchanged_setting_is_not_written_again(store: Store, s3: Any, name: str) -> None:
    wanted = spec(**{name: CASES[name].declared})
    bucket.create(store, wanted)
    s3.calls.clear()

    bucket.update(store, wanted)

    assert not [call for call in s3.calls if call.startswith(("put", "delete", "create"))]


@pytest.mark.parametrize("name", CASES)
def test_a_setting_that_the_store_ignores_is_an_error(store: Store, s3: Any, name: str) -> None:
    s3.ignores = frozenset({name})

    with pytest.raises(CloudError) as refused:
        bucket.create(store, spec(**{name: CASES[name].declared}))

    assert codes(refused) == ["GC-STORE-008"]
    assert name in str(refused.value)


@pytest.mark.parametrize("name", CASES)
def test_a_setting_that_the_store_lacks_is_refused_before_anything_is_made(store: Store, s3: Any, name: str) -> None:
    lacking = Capabilities(dict.fromkeys(FAST, Verdict.WORKS) | {SETTINGS[name].capability: Verdict.DOES_NOT})
    poor = Store(store.endpoint, {}, s3=cast("Any", s3), adapter=store.adapter, capabilities=lacking)

    with pytest.raises(CloudError) as refused:
        bucket.create(poor, spec(**{name: CASES[name].declared}))

    assert codes(refused) == ["GC-STORE-009"]
    assert s3.buckets == {}


@pytest.mark.parametrize("name", [name for name in CASES if name != "objectLock"])
def test_a_setting_that_is_declared_no_more_is_taken_away(store: Store, s3: Any, name: str) -> None:
    case = CASES[name]
    made, outputs = TYPE.create(store, {"name": SPEC.name, "tags": TAGS, name: case.declared})
    assert outputs[name] == case.declared

    outputs = TYPE.update(store, {"name": made, "tags": TAGS}, outputs)

    assert name not in outputs
    assert not getattr(s3.buckets[made], case.kept)


@pytest.mark.parametrize("name", CASES)
def test_a_setting_behind_the_declaration_is_drift_that_an_update_takes_back(store: Store, s3: Any, name: str) -> None:
    case = CASES[name]
    inputs = {"name": SPEC.name, "tags": TAGS, "versioning": True, "encryption": True, name: case.declared}
    _, outputs = TYPE.create(store, inputs)
    setattr(s3.buckets[SPEC.name], case.kept, {} if case.kept in ("blocks", "lock", "log") else type(case.declared)())

    read = TYPE.read(store, SPEC.name, inputs, outputs)

    assert read is not None
    assert read[0].get(name) != case.declared
    wanted = spec(**{name: case.declared})
    found = bucket.read(store, SPEC.name, wanted)
    assert found is not None
    assert [row[0] for row in bucket.differing(wanted, found)] == [name]
    assert TYPE.update(store, inputs, read[1])[name] == case.declared


@pytest.mark.parametrize("name", CASES)
def test_an_import_reads_what_one_may_declare_in_its_words(store: Store, name: str) -> None:
    case = CASES[name]
    TYPE.create(store, {"name": SPEC.name, "tags": TAGS, name: case.declared})

    read = TYPE.read(store, SPEC.name, {}, {})

    assert read is not None
    assert settings_said(read[0])[0] == settings_said({name: case.declared})[0]
    assert TYPE.checked(read[0], read[0])[1] == []


def test_a_stack_without_settings_asks_for_none_of_them_but_those_that_open_a_bucket(store: Store, s3: Any) -> None:
    _, outputs = TYPE.create(store, {"name": SPEC.name, "tags": TAGS})
    assert outputs.keys() == {"name", "tags", "versioning", "encryption", "arn", "endpoint", "region"}
    s3.calls.clear()

    TYPE.read(store, SPEC.name, {"name": SPEC.name, "tags": TAGS}, outputs)

    assert {"policy", "accessList", "lifecycle", "cors"} == WATCHED
    asked = {call for call in s3.calls if call.startswith("get")}
    assert asked == {
        "get_bucket_versioning",
        "get_bucket_encryption",
        "get_bucket_tagging",
        "get_bucket_policy",
        "get_bucket_acl",
        "get_bucket_lifecycle_configuration",
        "get_bucket_cors",
    }


def test_a_locked_bucket_gets_no_trial_object_that_would_stay(store: Store, s3: Any) -> None:
    wanted = spec(objectLock={"mode": "COMPLIANCE", "days": 3650})
    bucket.create(store, wanted)
    s3.calls.clear()

    bucket.create(store, wanted)  # taken up again: the rule stands already

    assert "put_object" not in s3.calls


def test_a_lock_is_never_taken_back(store: Store) -> None:
    olds = {"name": SPEC.name, "tags": TAGS, "objectLock": {"mode": "GOVERNANCE", "days": 1}}

    _, failures = TYPE.checked(olds, {"name": SPEC.name, "tags": TAGS})

    assert [(name, problem.code) for name, problem in failures] == [("objectLock", "GC-STORE-028")]


@pytest.mark.parametrize(
    ("dialect", "expected"), [("radosgw", ["GC-STORE-029"]), ("minio", ["GC-STORE-029"]), ("seaweedfs", []), (None, [])]
)
def test_a_lock_for_a_bucket_that_exists_is_refused_where_only_new_ones_take_it(
    dialect: str | None, expected: list[str]
) -> None:
    olds = {"name": SPEC.name, "tags": TAGS}
    news = olds | {"objectLock": {"mode": "GOVERNANCE", "days": 1}}

    assert [problem.code for _, problem in TYPE.checked(olds, news, Around(dialect))[1]] == expected
    assert TYPE.checked({}, news, Around(dialect))[1] == []


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"objectLock": {"mode": "WEAK", "days": 1}}, "objectLock.mode"),
    ({"objectLock": {"mode": "GOVERNANCE", "days": 0}}, "objectLock.days"),
    ({"objectLock": {"mode": "GOVERNANCE", "days": 36_501}}, "objectLock.days"),
    ({"objectLock": {"mode": "GOVERNANCE", "days": 1, "years": 1}}, "objectLock.years"),
    ({"objectLock": {"mode": "GOVERNANCE"}}, "objectLock.days"),
    ({"lifecycle": [{"id": "a"}]}, "lifecycle[0]"),
    ({"lifecycle": ["a"]}, "lifecycle[0]"),
    ({"lifecycle": [{"id": "a", "expireDays": 0}]}, "lifecycle[0].expireDays"),
    ({"lifecycle": [{"id": "a", "noncurrentDays": "9"}]}, "lifecycle[0].noncurrentDays"),
    ({"lifecycle": [{"id": "a", "abortUploadsDays": True}]}, "lifecycle[0].abortUploadsDays"),
    ({"lifecycle": [{"id": "x" * 256, "expireDays": 1}]}, "lifecycle[0].id"),
    ({"lifecycle": [{"expireDays": 1}]}, "lifecycle[0].id"),
    ({"lifecycle": [{"id": "a", "expireDays": 1, "prefix": "ớ" * 400}]}, "lifecycle[0].prefix"),
    ({"lifecycle": [{"id": "a", "expireDays": 1, "days": 1}]}, "lifecycle[0].days"),
    (
        {"lifecycle": [{"id": "a", "prefix": "x", "expireDays": 1}, {"id": "a", "prefix": "y", "expireDays": 1}]},
        "lifecycle[1].id",
    ),
    (
        {"lifecycle": [{"id": "a", "expireDays": 1}, {"id": "b", "prefix": "in/", "expireDays": 2}]},
        "lifecycle[1].expireDays",
    ),
    (
        {"lifecycle": [{"id": "a", "prefix": "in/x", "expireDays": 1}, {"id": "b", "prefix": "in/", "expireDays": 2}]},
        "lifecycle[1].expireDays",
    ),
    ({"cors": [{"origins": ["*"], "methods": ["GET"]}]}, "cors[0].origins"),
    ({"cors": [{"origins": ["http://h41.gov.vn"], "methods": ["GET"]}]}, "cors[0].origins"),
    ({"cors": [{"origins": [], "methods": ["GET"]}]}, "cors[0].origins"),
    ({"cors": [{"origins": ["https://h41.gov.vn"], "methods": ["PATCH"]}]}, "cors[0].methods"),
    ({"cors": [{"origins": ["https://h41.gov.vn"], "methods": "GET"}]}, "cors[0].methods"),
    ({"cors": [{"origins": ["https://h41.gov.vn"], "methods": ["GET"], "maxAgeSeconds": 0}]}, "cors[0].maxAgeSeconds"),
    ({"ownership": "Nobody"}, "ownership"),
    ({"accessLog": {"prefix": "x"}}, "accessLog.bucket"),
    ({"accessLog": {"bucket": "b", "prefix": "x" * 513}}, "accessLog.prefix"),
    ({"versioning": False, "objectLock": {"mode": "GOVERNANCE", "days": 1}}, "versioning"),
    ({"quotaObjects": 0}, "quotaObjects"),
    ({"tags": TAGS | {f"t{n}": "" for n in range(50)}}, "tags"),
    ({"tags": TAGS | {"k" * 129: ""}}, f"tags[{'k' * 129}]"),
    ({"tags": TAGS | {"": "v"}}, "tags[]"),
    ({"tags": TAGS | {"k": "v" * 257}}, "tags[k]"),
    ({"tags": TAGS | {"k": "50%"}}, "tags[k]"),
    ({"tags": TAGS | {"k<": "v"}}, "tags[k<]"),
    ({"tags": TAGS | {"aws:k": "v"}}, "tags[aws:k]"),
    ({"name": "192.168.5.4"}, "name"),
    ({"name": "xn--records"}, "name"),
    ({"name": "records-s3alias"}, "name"),
]


@pytest.mark.parametrize(("change", "place"), WRONG)
def test_what_no_store_would_take_is_named_without_asking_one(change: dict[str, Any], place: str) -> None:
    _, failures = TYPE.checked({}, {"name": SPEC.name, "tags": TAGS} | change)

    assert [(problem.code, str(problem.message).split("`")[1]) for _, problem in failures] == [("GC-STORE-019", place)]


def test_all_that_is_wrong_is_named_at_once() -> None:
    news = {"name": SPEC.name, "tags": TAGS, "ownership": "x", "objectLock": {"mode": "x", "days": 0}}

    assert len(TYPE.checked({}, news)[1]) == 3


@pytest.mark.parametrize("value", ["hồ sơ lưu trữ", "a+b-c=d.e_f:g/h@i", "", "x" * 256])
def test_vietnamese_and_the_signs_of_addresses_are_taken_in_tags(value: str) -> None:
    assert TYPE.checked({}, {"name": SPEC.name, "tags": TAGS | {"ghi-chú": value}})[1] == []


def test_rules_for_other_ends_may_have_the_same_prefix() -> None:
    rules = [{"id": "a", "expireDays": 365}, {"id": "b", "prefix": "in/", "abortUploadsDays": 7}]

    assert TYPE.checked({}, {"name": SPEC.name, "tags": TAGS, "lifecycle": rules})[1] == []


@pytest.mark.parametrize(
    "rule",
    [
        {"ID": "a", "Status": "Enabled", "Prefix": "in/", "Expiration": {"Days": 1}},
        {"ID": "a", "Status": "Enabled", "Filter": {"Prefix": "in/"}, "Expiration": {"Days": 1}},
        {"ID": "a", "Status": "Enabled", "Filter": {"Prefix": "in/", "Tag": {}}, "Expiration": {"Days": 1}},
    ],
)
def test_servers_put_a_prefix_in_two_places(store: Store, s3: Any, rule: dict[str, Any]) -> None:
    wanted = spec(lifecycle=[{"id": "a", "prefix": "in/", "expireDays": 1}])
    bucket.create(store, wanted)
    s3.buckets[SPEC.name].lifecycle = [copy.deepcopy(rule)]

    assert bucket.read(store, SPEC.name, wanted) == wanted


@pytest.mark.parametrize(
    "rule",
    [
        {"ID": "a", "Status": "Disabled", "Filter": {"Prefix": "in/"}, "Expiration": {"Days": 1}},
        {"ID": "a", "Status": "Enabled", "Filter": {"Prefix": "in/"}, "Expiration": {"Date": "2026-01-01"}},
        {"ID": "a", "Status": "Enabled", "Filter": {"Tag": {"Key": "k", "Value": "v"}}, "Expiration": {"Days": 1}},
        {"ID": "a", "Status": "Enabled", "Filter": {"Prefix": "in/"}, "Transitions": [{"Days": 1}]},
    ],
)
def test_a_rule_that_nobody_could_declare_is_shown_as_it_is(store: Store, s3: Any, rule: dict[str, Any]) -> None:
    wanted = spec(lifecycle=[{"id": "a", "prefix": "in/", "expireDays": 1}])
    bucket.create(store, wanted)
    s3.buckets[SPEC.name].lifecycle = [copy.deepcopy(rule)]

    found = bucket.read(store, SPEC.name, wanted)

    assert found is not None
    assert [row[0] for row in bucket.differing(wanted, found)] == ["lifecycle"]
    assert settings.LIFECYCLE.declared(found.settings["lifecycle"]) == [rule]


def test_objects_are_counted_where_the_server_counts_them(store: Store, adapter: Any) -> None:
    wanted = replace(SPEC, quota_bytes=1 << 20, quota_objects=1000)
    with pytest.raises(CloudError) as refused:
        bucket.create(store, wanted)
    assert codes(refused) == ["GC-STORE-009"]

    adapter.counts_objects = True

    assert bucket.create(store, wanted) == wanted
    assert bucket.update(store, SPEC) == SPEC
