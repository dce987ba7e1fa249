"""Statements of several owners in one policy: none overwrites another, no name is believed, nobody is locked out."""

from __future__ import annotations

import json
import threading
from typing import Any

import pytest

from govcloud.providers.storage import bucket, bucket_policy, statements
from govcloud.providers.storage.adapters import LiveIdentity
from govcloud.providers.storage.bucket_spec import BucketSpec
from govcloud.providers.storage.resource_types import RESOURCE_TYPES, Around
from govcloud.providers.storage.resource_types.grant_type import ALTERED
from govcloud.providers.storage.statements import PolicySpec
from govcloud.providers.storage.store import Store
from govcloud_base.errors import CloudError

NAME = "vn-h41-prod-records"
TAGS = {"govcloud.gov.vn/tenant": "h41"}
GRANT = RESOURCE_TYPES["govcloud:storage:Grant"]
POLICY = RESOURCE_TYPES["govcloud:storage:BucketPolicy"]
INPUTS = {"name": "g09-reports", "bucket": NAME, "grantee": "g09-prod", "access": "read", "prefix": "reports/"}
THEIRS = {"Sid": "Theirs", "Effect": "Allow", "Principal": {"AWS": ["arn:x"]}, "Action": ["s3:*"], "Resource": ["*"]}


@pytest.fixture
def made(store: Store, adapter: Any) -> Store:
    """A store with a bucket of ours and two identities that might get a right."""
    bucket.create(store, BucketSpec(NAME, tags=TAGS))
    for name in ("g09-prod", "g10-prod"):
        adapter.known[name] = LiveIdentity(name, True, True, (), ("K",), None)
    return store


def sids(s3: Any) -> list[str]:
    text = s3.buckets[NAME].policy
    return sorted(statement["Sid"] for statement in json.loads(text)["Statement"]) if text else []


def codes(error: pytest.ExceptionInfo[CloudError]) -> list[str]:
    return [problem.code for problem in error.value.problems]


def test_a_grant_is_two_statements_and_goes_whole(made: Store, s3: Any) -> None:
    _, outputs = GRANT.create(made, INPUTS)

    assert outputs == {**INPUTS, "active": True}
    assert sids(s3) == ["GovCloudGrantg09Xreports", "GovCloudGrantg09XreportsList"]
    assert GRANT.read(made, "g09-reports", INPUTS, outputs) == (INPUTS, outputs)
    GRANT.delete(made, "g09-reports", outputs)
    assert s3.buckets[NAME].policy == ""
    GRANT.delete(made, "g09-reports", outputs)
    assert GRANT.read(made, "g09-reports", INPUTS, outputs) is None


def test_names_are_told_apart_in_letters_alone() -> None:
    names = ["a-b", "ab", "a-b-list", "axb", "a--b"]
    found = [sid for name in names for sid in statements.grant_sids(name)]

    assert len(set(found)) == len(found)
    assert all(sid.isalnum() for sid in found)


def test_grants_made_at_once_stand_all(made: Store, s3: Any) -> None:
    together = threading.Barrier(8)

    def one(number: int) -> None:
        together.wait()
        GRANT.create(made, {**INPUTS, "name": f"g{number}-x", "access": "write"})

    threads = [threading.Thread(target=one, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sids(s3) == [f"GovCloudGrantg{number}Xx" for number in range(8)]


def test_what_somebody_wrote_in_between_stays(made: Store, s3: Any) -> None:
    real, written = s3.put_bucket_policy, list[str]()

    def put(Bucket: str, Policy: str) -> None:  # noqa: N803 - boto3's name
        real(Bucket, Policy)
        if not written:
            written.append(Policy)
            real(Bucket, json.dumps({"Version": "2012-10-17", "Statement": [THEIRS]}))  # theirs was the later one

    s3.put_bucket_policy = put

    GRANT.create(made, INPUTS)

    assert sids(s3) == ["GovCloudGrantg09Xreports", "GovCloudGrantg09XreportsList", "Theirs"]


@pytest.mark.parametrize("work", ["grant", "bucket", "read"])
def test_a_torn_answer_is_not_taken_for_a_policy_that_may_be_written_over(made: Store, s3: Any, work: str) -> None:
    GRANT.create(made, INPUTS)
    whole = s3.buckets[NAME].policy
    s3.buckets[NAME].policy = whole[: len(whole) // 2]
    told = BucketSpec(NAME, tags=TAGS, grants=("g09-reports",))

    with pytest.raises(CloudError) as refused:
        match work:
            case "grant":
                GRANT.create(made, {**INPUTS, "name": "g10-reports", "grantee": "g10-prod"})
            case "bucket":
                bucket.update(made, told)
            case "read":
                bucket.read(made, NAME, told)

    assert codes(refused) == ["GC-STORE-004"]
    assert s3.buckets[NAME].policy == whole[: len(whole) // 2]


def test_a_policy_that_the_store_ignores_is_an_error(made: Store, s3: Any) -> None:
    s3.put_bucket_policy = lambda **_: None

    with pytest.raises(CloudError) as refused:
        GRANT.create(made, INPUTS)

    assert codes(refused) == ["GC-STORE-008"]


@pytest.mark.parametrize("change", ["widened", "doubled", "one lost"])
def test_a_grant_that_was_altered_is_drift_and_made_right(made: Store, s3: Any, change: str) -> None:
    _, outputs = GRANT.create(made, INPUTS)
    document = json.loads(s3.buckets[NAME].policy)
    match change:
        case "widened":
            document["Statement"][0]["Resource"] = [f"arn:aws:s3:::{NAME}/*"]
        case "doubled":
            document["Statement"].append({**THEIRS, "Sid": "GovCloudGrantg09Xreports"})
        case "one lost":
            del document["Statement"][1]
    s3.buckets[NAME].policy = json.dumps(document)

    read = GRANT.read(made, "g09-reports", INPUTS, outputs)

    assert read is not None
    assert read[0]["access"] == ALTERED
    GRANT.update(made, INPUTS, read[1])
    assert GRANT.read(made, "g09-reports", INPUTS, outputs) == (INPUTS, outputs)


def test_a_grant_that_is_over_is_due_and_taken_away(made: Store, s3: Any, clock: Any) -> None:
    inputs = {**INPUTS, "until": "2026-11-30"}
    _, outputs = GRANT.create(made, inputs)
    assert GRANT.due(inputs, outputs, clock.now) == []
    clock.now = clock.now.replace(month=12, day=1)
    assert GRANT.due(inputs, outputs, clock.now) == ["until"]

    outputs = GRANT.update(made, inputs, outputs)

    assert outputs["active"] is False
    assert s3.buckets[NAME].policy == ""
    assert GRANT.due(inputs, outputs, clock.now) == []
    assert GRANT.read(made, "g09-reports", inputs, outputs) == (inputs, outputs)


def test_a_grant_that_came_back_after_its_last_day_is_due_again(made: Store, s3: Any, clock: Any) -> None:
    inputs = {**INPUTS, "until": "2026-11-30"}
    _, outputs = GRANT.create(made, inputs)
    before = s3.buckets[NAME].policy
    clock.now = clock.now.replace(month=12, day=1)
    outputs = GRANT.update(made, inputs, outputs)
    s3.buckets[NAME].policy = before

    read = GRANT.read(made, "g09-reports", inputs, outputs)

    assert read is not None
    assert GRANT.due(inputs, read[1], clock.now) == ["until"]


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        ({"name": "A"}, "name"),
        ({"grantee": "*"}, "grantee"),
        ({"access": "admin"}, "access"),
        ({"prefix": "*"}, "prefix"),
        ({"prefix": "a?"}, "prefix"),
        ({"prefix": "${aws:username}/"}, "prefix"),
        ({"prefix": "/a"}, "prefix"),
        ({"until": "31/1/2027"}, "until"),
        ({"until": "2026-11-29"}, "until"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_a_wrong_grant_names_its_input(change: dict[str, Any], wrong: str, clock: Any) -> None:
    _, failures = GRANT.checked({}, INPUTS | change, Around("seaweedfs", clock.now))

    assert [(name, problem.code) for name, problem in failures] == [(wrong, "GC-STORE-019")]


@pytest.mark.parametrize("kind", [GRANT, POLICY])
def test_a_right_on_a_store_whose_policies_bind_nobody_is_refused_in_the_preview(kind: Any) -> None:
    inputs = INPUTS if kind is GRANT else {"bucket": NAME, "statements": [ALLOWED]}

    assert kind.checked({}, inputs, Around("radosgw"))[1] == []
    assert [problem.code for _, problem in kind.checked({}, inputs, Around("minio"))[1]] == ["GC-STORE-009"]


ALLOWED = {"effect": "Allow", "identities": ["g09-prod"], "actions": ["s3:GetObject"], "prefix": "reports/"}
INSECURE = {"effect": "Deny", "actions": ["s3:*"], "condition": {"Bool": {"aws:SecureTransport": "false"}}}


@pytest.mark.parametrize(
    ("statement", "place"),
    [
        ({**ALLOWED, "identities": []}, "statements[0].identities"),
        ({**ALLOWED, "identities": "g09-prod"}, "statements[0].identities"),
        ({**ALLOWED, "effect": "allow"}, "statements[0].effect"),
        ({**ALLOWED, "actions": ["iam:*"]}, "statements[0].actions"),
        ({**ALLOWED, "actions": []}, "statements[0].actions"),
        ({**ALLOWED, "prefix": "*"}, "statements[0].prefix"),
        ({**ALLOWED, "condition": {"Bool": {"aws:SecureTransport": True}}}, "statements[0].condition"),
        ({**ALLOWED, "Principal": "*"}, "statements[0].Principal"),
        ({**ALLOWED, "NotAction": "*"}, "statements[0].NotAction"),
        ({**INSECURE, "condition": {}}, "statements[0].identities"),
        ({**INSECURE, "condition": {"Bool": {"aws:SecureTransport": "true"}}}, "statements[0].identities"),
        ({**INSECURE, "condition": {"StringNotEquals": {"aws:username": "x"}}}, "statements[0].identities"),
        ("all", "statements[0]"),
    ],
)
def test_a_policy_that_opens_a_bucket_or_locks_the_provisioner_out_is_refused_without_a_store(
    statement: Any, place: str
) -> None:
    _, failures = POLICY.checked({}, {"bucket": NAME, "statements": [statement]}, Around("seaweedfs"))

    assert [str(problem.message).split("`")[1] for _, problem in failures] == [place]


def test_an_empty_policy_is_none() -> None:
    assert len(POLICY.checked({}, {"bucket": NAME, "statements": []})[1]) == 1


def test_a_policy_stands_beside_grants_and_is_compared_word_for_word(made: Store, s3: Any) -> None:
    inputs = {"bucket": NAME, "statements": [ALLOWED, INSECURE]}
    GRANT.create(made, INPUTS)
    _, outputs = POLICY.create(made, inputs)
    assert POLICY.read(made, NAME, inputs, outputs) == (inputs, inputs)
    document = json.loads(s3.buckets[NAME].policy)
    s3.buckets[NAME].policy = json.dumps(
        {**document, "Statement": [*document["Statement"], {**THEIRS, "Sid": "GovCloudPolicy9"}]}
    )

    read = POLICY.read(made, NAME, inputs, outputs)

    assert read is not None
    assert read[0] != inputs
    POLICY.update(made, inputs, read[1])
    assert POLICY.read(made, NAME, inputs, outputs) == (inputs, inputs)
    POLICY.delete(made, NAME, outputs)
    assert sids(s3) == ["GovCloudGrantg09Xreports", "GovCloudGrantg09XreportsList"]


def test_to_deny_the_provisioner_by_name_is_refused(made: Store, s3: Any, adapter: Any) -> None:
    adapter.known["admin"] = LiveIdentity("admin", True, True, (), ("GCADMIN",), None)
    denied = {"effect": "Deny", "identities": ["admin"], "actions": ["s3:*"]}

    with pytest.raises(CloudError) as refused:
        bucket_policy.apply(made, PolicySpec(NAME, (denied,)))

    assert codes(refused) == ["GC-STORE-039"]
    assert s3.buckets[NAME].policy == ""


def test_a_bucket_takes_away_what_it_was_not_told_of_and_leaves_the_rest(made: Store, s3: Any) -> None:
    GRANT.create(made, INPUTS)
    GRANT.create(made, {**INPUTS, "name": "g10-reports", "grantee": "g10-prod", "access": "write"})
    kind = RESOURCE_TYPES["govcloud:storage:Bucket"]
    inputs = {"name": NAME, "tags": TAGS, "versioning": True, "encryption": True, "grants": ["g10-reports"]}

    read = kind.read(made, NAME, inputs, inputs)

    assert read is not None
    assert "GovCloudGrantg09Xreports" in read[0]["undeclared"]["policy"]
    outputs = kind.update(made, inputs, inputs)
    assert sids(s3) == ["GovCloudGrantg10Xreports"]
    assert outputs["grants"] == ["g10-reports"]
    kind.update(made, {**inputs, "grants": []}, outputs)
    assert s3.buckets[NAME].policy == ""
