"""The way back from statements in a bucket's policy to the declarations that make them: what imports go by."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from govcloud.providers.storage import bucket, statements, written_rights
from govcloud.providers.storage.adapters import LiveIdentity
from govcloud.providers.storage.bucket_spec import BucketSpec
from govcloud.providers.storage.resource_types import RESOURCE_TYPES
from govcloud.providers.storage.statements import GrantSpec, PolicySpec
from govcloud.providers.storage.store import Store
from govcloud_base.errors import CloudError, UsageError

NAME = "vn-h41-prod-records"
GRANT = RESOURCE_TYPES["govcloud:storage:Grant"]
POLICY = RESOURCE_TYPES["govcloud:storage:BucketPolicy"]
IDENTITIES = {f"arn:aws:iam::x:user/{name}": name for name in ("g09-prod", "g10-prod")}
PRINCIPALS = {name: principal for principal, name in IDENTITIES.items()}
WHO = st.sampled_from(sorted(PRINCIPALS))
PREFIX = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="*?$"), max_size=20).filter(
    lambda text: not text.startswith("/")
)
STATEMENT = st.fixed_dictionaries(
    {
        "effect": st.sampled_from(["Allow", "Deny"]),
        "actions": st.lists(st.sampled_from(["s3:GetObject", "s3:ListBucket", "s3:*"]), min_size=1, unique=True),
        "identities": st.lists(WHO, min_size=1, unique=True),
    },
    optional={
        "prefix": PREFIX.filter(bool),
        "condition": st.just({"Bool": {"aws:SecureTransport": "false"}}),
    },
)


@given(grantee=WHO, access=st.sampled_from(["read", "write"]), prefix=PREFIX)
def test_a_grant_is_read_back_from_what_it_wrote(grantee: str, access: str, prefix: str) -> None:
    spec = GrantSpec("g09-reports", NAME, grantee, access, prefix)
    wrote = statements.of_grant(spec, PRINCIPALS[grantee])
    assert written_rights.grant_of(wrote, "g09-reports", NAME, IDENTITIES) == spec
    assert written_rights.grant_of(wrote, "g09-reports", NAME, {}) is None, "of nobody whom the store knows"
    more = [{**wrote[0], "Action": ["s3:*"]}, *wrote[1:]]
    assert written_rights.grant_of(more, "g09-reports", NAME, IDENTITIES) is None
    assert written_rights.grant_of([*wrote, wrote[0]], "g09-reports", NAME, IDENTITIES) is None


@given(st.lists(STATEMENT, min_size=1, max_size=12))
def test_a_policy_is_read_back_as_one_that_writes_the_same(declared: list[dict[str, Any]]) -> None:
    wrote = statements.of_policy(PolicySpec(NAME, tuple(declared)), PRINCIPALS)
    found = written_rights.policy_of(wrote[::-1], NAME, IDENTITIES)
    assert found is not None
    assert statements.same(statements.of_policy(found, PRINCIPALS), wrote)


@pytest.mark.parametrize(
    "change",
    [
        {"Principal": "*"},
        {"Principal": {"AWS": ["arn:aws:iam::x:user/somebody"]}},
        {"NotAction": ["s3:GetObject"]},
        {"Resource": ["*"]},
        {"Resource": [f"arn:aws:s3:::{NAME}-2", f"arn:aws:s3:::{NAME}-2/*"]},
    ],
    ids=str,
)
def test_a_policy_that_no_declaration_writes_is_not_read(change: dict[str, Any]) -> None:
    declared = {"effect": "Allow", "actions": ["s3:GetObject"], "identities": ["g09-prod"]}
    [wrote] = statements.of_policy(PolicySpec(NAME, (declared,)), PRINCIPALS)
    assert written_rights.policy_of([wrote], NAME, IDENTITIES) is not None
    assert written_rights.policy_of([{**wrote, **change}], NAME, IDENTITIES) is None


@pytest.fixture
def made(store: Store, adapter: Any) -> Store:
    """A store with a bucket of ours, a grant on it and a policy of its own."""
    bucket.create(store, BucketSpec(NAME, tags={"govcloud.gov.vn/tenant": "h41"}))
    adapter.known["g09-prod"] = LiveIdentity("g09-prod", True, True, (), ("K",), None)
    GRANT.create(store, GIVEN)
    POLICY.create(store, OWN)
    return store


GIVEN = {"name": "g09-reports", "bucket": NAME, "grantee": "g09-prod", "access": "read", "prefix": "báo-cáo/"}
OWN = {"bucket": NAME, "statements": [{"effect": "Deny", "actions": ["s3:PutObject"], "identities": ["g09-prod"]}]}


def test_what_stands_is_imported_and_then_kept_and_taken_away(made: Store, s3: Any) -> None:
    given_, own = GRANT.read(made, f"{NAME}/g09-reports", {}, {}), POLICY.read(made, NAME, {}, {})
    assert (given_, own) == ((GIVEN, {**GIVEN, "active": True}), (OWN, OWN))
    assert given_ is not None
    assert own is not None
    assert GRANT.read(made, f"{NAME}/g09-reports", *given_) == given_
    GRANT.delete(made, f"{NAME}/g09-reports", given_[1])
    POLICY.delete(made, NAME, own[1])
    assert s3.buckets[NAME].policy == ""
    assert GRANT.read(made, f"{NAME}/g09-reports", {}, {}) is None
    assert POLICY.read(made, NAME, {}, {}) is None


def test_what_no_declaration_writes_is_not_imported(made: Store, s3: Any) -> None:
    document = json.loads(s3.buckets[NAME].policy)
    everybody = [{**statement, "Action": ["s3:*"], "Principal": "*"} for statement in document["Statement"]]
    s3.buckets[NAME].policy = json.dumps({**document, "Statement": everybody})
    for kind, id_ in ((GRANT, f"{NAME}/g09-reports"), (POLICY, NAME)):
        with pytest.raises(CloudError) as error:
            kind.read(made, id_, {}, {})
        assert [problem.code for problem in error.value.problems] == ["GC-STORE-049"]


def test_a_grant_is_imported_by_bucket_and_name(made: Store) -> None:
    with pytest.raises(UsageError, match="BUCKET/GRANT"):
        GRANT.read(made, "g09-reports", {}, {})
