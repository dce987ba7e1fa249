from __future__ import annotations

import itertools
import json
import re
from fnmatch import fnmatchcase
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from govcloud.providers.storage import policy
from govcloud.render import storage

NAMES = st.lists(st.from_regex(r"[a-z][a-z0-9-]{2,20}", fullmatch=True), min_size=1, max_size=4, unique=True)
ACTIONS = st.lists(st.sampled_from(["s3:GetObject", "s3:PutObject", "s3:ListBucket"]), min_size=1, max_size=3)


def allowed(document: dict[str, Any], action: str, resource: str) -> bool:
    """Judge as S3 does: a matching denial wins, else a matching permission is needed."""
    effects = {
        s["Effect"]
        for s in document["Statement"]
        if any(fnmatchcase(action, a) for a in s["Action"]) and any(fnmatchcase(resource, r) for r in s["Resource"])
    }
    return effects == {"Allow"}


@settings(deadline=None)
@given(NAMES, st.from_regex(r"[a-z][a-z0-9-]{2,20}", fullmatch=True))
def test_no_bucket_but_its_own_is_reachable(names: list[str], other: str) -> None:
    document: Any = storage.policy(names)

    for name in names:
        assert allowed(document, "s3:GetObject", f"arn:aws:s3:::{name}/a/b")
        assert allowed(document, "s3:ListBucket", f"arn:aws:s3:::{name}")
    if other not in names:
        assert not allowed(document, "s3:GetObject", f"arn:aws:s3:::{other}/a")
        assert not allowed(document, "s3:ListBucket", f"arn:aws:s3:::{other}")


def test_configuration_is_denied_even_where_something_else_allows_it() -> None:
    document: Any = storage.policy(["b"])
    document["Statement"].append({"Effect": "Allow", "Action": ["s3:*"], "Resource": ["*"]})

    for action in ("PutBucketPolicy", "PutBucketVersioning", "DeleteBucket", "PutLifecycleConfiguration"):
        assert not allowed(document, f"s3:{action}", "arn:aws:s3:::b")
    assert not allowed(document, "s3:DeleteObjectVersion", "arn:aws:s3:::b/k")


@settings(deadline=None)
@given(ACTIONS, st.randoms())
def test_order_and_single_element_forms_do_not_matter(actions: list[str], random: Any) -> None:
    shuffled = list(actions)
    random.shuffle(shuffled)
    one = {"Statement": [{"Effect": "Allow", "Action": actions, "Resource": ["r"]}]}
    other = {"Statement": {"Resource": "r", "Action": shuffled, "Effect": "Allow"}}
    if len(actions) == 1:
        other["Statement"]["Action"] = actions[0]

    assert policy.same(one, other)
    assert policy.same(json.loads(policy.canonical(one)), one)


@settings(deadline=None)
@given(ACTIONS, ACTIONS)
def test_other_actions_are_another_policy(one: list[str], other: list[str]) -> None:
    documents = [{"Statement": [{"Effect": "Allow", "Action": a, "Resource": "r"}]} for a in (one, other)]

    assert policy.same(*documents) == (set(one) == set(other))


def test_a_changed_effect_condition_or_version_is_another_policy() -> None:
    statement = {"Effect": "Deny", "Action": "s3:*", "Resource": "r"}
    base = {"Version": "2012-10-17", "Statement": [statement]}

    assert not policy.same(base, {**base, "Version": "2008-10-17"})
    assert not policy.same(base, {**base, "Statement": [{**statement, "Effect": "Allow"}]})
    assert not policy.same(base, {**base, "Statement": []})


BUCKET = "vn-h41-prod-records"


@pytest.mark.parametrize(
    ("pattern", "fits"),
    [
        (BUCKET, True),
        (f"{BUCKET}/*", True),
        (f"{BUCKET}/inbox/*", True),
        ("*", True),
        ("vn-h41-*", True),
        ("vn-*-records", True),
        ("vn-*/inbox/report", True),
        ("vn-h41-prod-record?", True),
        ("vn-${aws:username}-records", True),
        ("*records*", True),
        ("vn-h41-prod", False),
        ("vn-h41-prod-records-2", False),
        ("vn-h41-prod-records-*", False),
        ("vn-h42-*", False),
        ("vn-*-archive", True),  # an object of that bucket may end in `-archive`
        ("vn-h41-prod-r", False),
        ("vn-h41-prod-archive/*", False),
        ("", False),
    ],
)
def test_a_pattern_fits_a_bucket_or_something_in_it(pattern: str, fits: bool) -> None:
    assert policy.covers(pattern, BUCKET) is fits


def statement(effect: str, **parts: object) -> dict[str, object]:
    return {"Version": "2012-10-17", "Statement": [{"Effect": effect, "Action": "s3:GetObject", **parts}]}


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        (statement("Allow", Resource=f"arn:aws:s3:::{BUCKET}/*"), True),
        (statement("Allow", Resource=["arn:aws:s3:::other", f"arn:aws:s3:::{BUCKET}"]), True),
        (statement("Allow", NotResource="arn:aws:s3:::other"), True),
        (statement("Allow", Resource="*"), True),
        (statement("Deny", Resource="*"), False),
        (statement("Allow", Resource="arn:aws:s3:::other/*"), False),
        (policy.NOTHING, False),
        ({"Statement": {"Effect": "Allow", "Resource": f"arn:aws:s3:::{BUCKET}"}}, True),
        ({}, False),
    ],
)
def test_a_policy_reaches_a_bucket_that_a_statement_allows(document: dict[str, object], expected: bool) -> None:
    assert policy.reaches(document, BUCKET) is expected


@given(st.text("ab*?/", max_size=6), st.text("ab", min_size=1, max_size=4))
def test_covering_agrees_with_matching_every_short_key(pattern: str, bucket: str) -> None:
    expression = re.compile("".join({"*": ".*", "?": "."}.get(c, re.escape(c)) for c in pattern))
    keys = ["", *("/" + "".join(letters) for n in range(6) for letters in itertools.product("ab/", repeat=n))]
    assert policy.covers(pattern, bucket) is any(expression.fullmatch(bucket + key) for key in keys)
