"""What documents let somebody do: the law of IAM, statement by statement."""

from __future__ import annotations

from typing import Any

import pytest

from govcloud.providers.storage.decision import RIGHTS, Decision, Right, Subject, decide
from govcloud.providers.storage.policy import NOTHING
from govcloud.render import storage

BUCKET = "vn-h41-prod-records"
RIGHT = {right.name: right for right in RIGHTS}
ME = "arn:aws:iam:::user/h41-prod"


def said(effect: str, actions: object, resources: object, **more: Any) -> dict[str, Any]:
    return {"Statement": [{"Effect": effect, "Action": actions, "Resource": resources, **more}]}


def holder(*documents: dict[str, Any], **more: Any) -> Subject:
    return Subject("h41-prod", ME, documents, **more)


def objects(of: str = BUCKET) -> str:
    return f"arn:aws:s3:::{of}/*"


def granted(subject: Subject, **more: Any) -> dict[str, str]:
    decisions = {right.name: decide(subject, right, BUCKET, **more) for right in RIGHTS}
    return {name: decision.name for name, decision in decisions.items() if decision}


def test_a_tenants_own_policy_gives_objects_and_nothing_else() -> None:
    mine = holder(storage.policy([BUCKET]))
    assert granted(mine) == dict.fromkeys(("list", "read", "write", "delete"), "ALLOWED")
    other = holder(storage.policy(["vn-h41-prod-record", "vn-h41-prod-records-2", "vn-h41-prod"]))
    assert granted(other) == {}


def test_without_a_word_nothing_is_allowed() -> None:
    assert granted(holder()) == {}
    assert granted(Subject("")) == {}
    assert granted(holder(dict(NOTHING))) == {}


@pytest.mark.parametrize(
    ("resource", "wanted"),
    [
        ("*", "ALLOWED"),
        (objects(), "ALLOWED"),
        ("arn:aws:s3:::vn-h41-*", "ALLOWED"),
        ("arn:aws:s3:::vn-h41-prod-record?/*", "ALLOWED"),
        (f"arn:aws:s3:::{BUCKET}/reports/*", "PARTLY"),
        ("arn:aws:s3:::*.pdf", "PARTLY"),
        ("arn:aws:s3:::${aws:username}/*", "PARTLY"),
        (f"arn:aws:s3:::{BUCKET}", "REFUSED"),
        (f"arn:aws:s3:::{BUCKET}-2/*", "REFUSED"),
        ([objects("other"), objects()], "ALLOWED"),
    ],
)
def test_how_much_of_a_bucket_a_resource_means(resource: object, wanted: str) -> None:
    assert decide(holder(said("Allow", "s3:GetObject", resource)), RIGHT["read"], BUCKET).name == wanted


@pytest.mark.parametrize(
    "action", ["s3:GetObject", "s3:getobject", "s3:Get*", "s3:*", "*", ["s3:PutObject", "s3:GetObjec?"]]
)
def test_actions_are_patterns_and_their_case_does_not_matter(action: object) -> None:
    assert decide(holder(said("Allow", action, objects())), RIGHT["read"], BUCKET) is Decision.ALLOWED


def test_a_refusal_wins_whoever_permits() -> None:
    permitted = said("Allow", "s3:*", "*")
    assert granted(holder(permitted, dict(NOTHING))) == {}
    partly = said("Deny", "s3:GetObject", f"arn:aws:s3:::{BUCKET}/secret/*")
    assert decide(holder(permitted, partly), RIGHT["read"], BUCKET) is Decision.PARTLY
    policy = said("Deny", "s3:*", "*", Principal="*")
    assert granted(holder(permitted), bucket_policy=policy) == {}


def test_what_is_not_named_is_turned_round() -> None:
    but_reading = {"Statement": {"Effect": "Allow", "NotAction": "s3:GetObject", "NotResource": "arn:aws:s3:::other*"}}
    found = granted(holder(but_reading))
    assert "read" not in found
    assert found["write"] == "ALLOWED"
    mine = {"Statement": {"Effect": "Allow", "Action": "s3:*", "NotResource": [f"arn:aws:s3:::{BUCKET}*"]}}
    assert granted(holder(mine)) == {}


@pytest.mark.parametrize(
    ("principal", "me", "stranger"),
    [
        ("*", "ALLOWED", "ALLOWED"),
        ({"AWS": "*"}, "ALLOWED", "ALLOWED"),
        ({"AWS": ["arn:aws:iam:::user/other", ME]}, "ALLOWED", "REFUSED"),
        ({"AWS": "arn:aws:iam:::user/other"}, "REFUSED", "REFUSED"),
        (None, "REFUSED", "REFUSED"),
    ],
)
def test_a_buckets_policy_is_for_those_whom_it_names(principal: object, me: str, stranger: str) -> None:
    policy = said("Allow", "s3:GetObject", objects(), Principal=principal)
    for subject, wanted in ((holder(), me), (Subject(""), stranger)):
        assert decide(subject, RIGHT["read"], BUCKET, policy).name == wanted


def test_a_refusal_for_all_but_one_leaves_that_one() -> None:
    policy = {"Statement": [{"Effect": "Deny", "NotPrincipal": {"AWS": ME}, "Action": "s3:*", "Resource": "*"}]}
    permitted = said("Allow", "s3:*", "*")
    assert decide(holder(permitted), RIGHT["read"], BUCKET, policy) is Decision.ALLOWED
    other = Subject("other", "arn:aws:iam:::user/other", (permitted,))
    assert decide(other, RIGHT["read"], BUCKET, policy) is Decision.REFUSED


@pytest.mark.parametrize(
    ("condition", "wanted"),
    [
        ({}, "ALLOWED"),
        ({"StringEquals": {"aws:username": "h41-prod"}}, "ALLOWED"),
        ({"StringEquals": {"aws:username": ["admin"]}}, "REFUSED"),
        ({"StringNotEquals": {"aws:username": "admin"}}, "ALLOWED"),
        ({"StringLike": {"aws:username": "h41-*"}}, "ALLOWED"),
        ({"Bool": {"aws:SecureTransport": "false"}}, "REFUSED"),
        ({"Bool": {"aws:SecureTransport": True}}, "ALLOWED"),
        ({"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}, "PARTLY"),
        ({"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}, "Bool": {"aws:SecureTransport": "false"}}, "REFUSED"),
        ("nonsense", "PARTLY"),
    ],
)
def test_conditions_hold_fail_or_cannot_be_known(condition: object, wanted: str) -> None:
    document = said("Allow", "s3:GetObject", objects(), Condition=condition)
    assert decide(holder(document), RIGHT["read"], BUCKET).name == wanted


def test_a_refusal_whose_condition_cannot_be_known_leaves_a_part() -> None:
    permitted = said("Allow", "s3:*", "*")
    refused = said("Deny", "s3:*", "*", Condition={"NotIpAddress": {"aws:SourceIp": "10.0.0.0/8"}})
    assert decide(holder(permitted, refused), RIGHT["read"], BUCKET) is Decision.PARTLY


def test_a_reader_without_a_key_is_nobody_by_name() -> None:
    but_admin = said("Deny", "s3:*", "*", Principal="*", Condition={"StringNotEquals": {"aws:username": "admin"}})
    open_to_all = said("Allow", "s3:GetObject", objects(), Principal="*")
    both = {"Statement": [*open_to_all["Statement"], *but_admin["Statement"]]}
    assert decide(Subject(""), RIGHT["read"], BUCKET, open_to_all) is Decision.ALLOWED
    assert decide(Subject(""), RIGHT["read"], BUCKET, both) is Decision.REFUSED


@pytest.mark.parametrize(
    ("actions", "wanted"),
    [
        (("Admin",), {right.name: "ALLOWED" for right in RIGHTS}),
        (("Admin:other",), {}),
        ((f"Read:{BUCKET}",), {"list": "ALLOWED", "read": "ALLOWED"}),
        ((f"Read:{BUCKET}/reports/*",), {"list": "PARTLY", "read": "PARTLY"}),
        # on such a server who may write may switch versioning off
        ((f"Write:{BUCKET}",), dict.fromkeys(("write", "delete", "erase", "unguard"), "ALLOWED")),
    ],
)
def test_rights_beside_all_policies(actions: tuple[str, ...], wanted: dict[str, str]) -> None:
    assert granted(holder(actions=actions)) == wanted


@pytest.mark.parametrize(
    ("grant", "me", "stranger"),
    [
        (("http://acs.amazonaws.com/groups/global/AllUsers", "READ"), ["list", "read"], ["list", "read"]),
        (("http://acs.amazonaws.com/groups/global/AuthenticatedUsers", "WRITE"), ["write", "delete"], []),
        (("h41-prod", "WRITE_ACP"), ["open"], []),
        (("other", "FULL_CONTROL"), [], []),
    ],
)
def test_access_lists(grant: tuple[str, str], me: list[str], stranger: list[str]) -> None:
    assert list(granted(holder(), access_list=[grant])) == me
    assert list(granted(Subject(""), access_list=[grant])) == stranger


def test_each_right_has_words_in_both_languages() -> None:
    assert len({right.name for right in RIGHTS}) == len(RIGHTS)
    for right in RIGHTS:
        assert isinstance(right, Right)
        assert right.words.en != right.words.vi


@pytest.mark.parametrize("action", ["users=*", "system", f"Owner:{BUCKET}", "unseen"])
def test_who_administers_the_server_may_do_all_by_a_way_around(action: str) -> None:
    assert set(granted(holder(actions=(action,))).values()) == {"PARTLY"}
    assert granted(holder(dict(NOTHING), actions=(action,))).keys() == set(RIGHT)
    assert granted(holder(actions=("Owner:another",))) == {}
