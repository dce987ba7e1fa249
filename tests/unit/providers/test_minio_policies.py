"""A policy on a MinIO holds statements of this project beside the tenant's, and reads back as the tenant's alone."""

from __future__ import annotations

import json
from typing import Any

import pytest

from govcloud.providers.storage import policy
from govcloud.providers.storage.adapters.minio import guarded
from govcloud.render import storage

DOCUMENT = storage.policy(["vn-h26-prod-records"])
KEYS = {"Sid": "GovcloudIssuesKeys", "Effect": "Deny", "Action": ["admin:*"]}
UP = {
    "Sid": "GovcloudNoWayUp",
    "Effect": "Deny",
    "Action": ["s3:*"],
    "Resource": ["arn:aws:s3:::*/..", "arn:aws:s3:::*/../*"],
}
GUARDS = [KEYS, UP]


def actions(document: dict[str, Any]) -> set[str]:
    return {action for statement in document["Statement"] for action in statement["Action"]}


@pytest.mark.parametrize("enabled", [True, False])
@pytest.mark.parametrize("document", [DOCUMENT, policy.NOTHING, {"Version": "2012-10-17", "Statement": []}])
def test_what_was_written_reads_back(document: dict[str, Any], enabled: bool) -> None:
    found, found_enabled = guarded.opened(guarded.sealed(document, enabled=enabled))

    assert policy.same(found, document)
    assert found_enabled is enabled


def test_nobody_issues_himself_a_key_or_leaves_his_bucket_by_a_key() -> None:
    assert guarded.sealed(DOCUMENT, enabled=True)["Statement"][:2] == GUARDS


def test_a_disabled_identity_is_denied_everything() -> None:
    denied = guarded.sealed(DOCUMENT, enabled=False)["Statement"][2]

    assert (denied["Effect"], denied["Action"]) == ("Deny", ["s3:*"])
    assert denied["Resource"] == ["arn:aws:s3:::*"]


def test_the_server_may_list_what_a_statement_names_in_any_order() -> None:
    written = json.loads(json.dumps(guarded.sealed(DOCUMENT, enabled=False)))
    for statement in written["Statement"]:
        statement_lists = {k: v[::-1] for k, v in statement.items() if isinstance(v, list)}
        statement.update(statement_lists)

    found, enabled = guarded.opened(written)

    assert policy.same(found, DOCUMENT)
    assert not enabled


def test_nothing_is_said_twice_for_the_server_drops_another_statement_then() -> None:
    one = {"Effect": "Allow", "Action": ["s3:GetObject", "s3:PutObject"], "Resource": ["arn:aws:s3:::b/*"]}
    same = {
        "Sid": "again",
        "Effect": "Allow",
        "Action": ["s3:PutObject", "s3:GetObject"],
        "Resource": "arn:aws:s3:::b/*",
    }
    other = {**one, "Effect": "Deny"}

    written = guarded.sealed({"Version": "2012-10-17", "Statement": [other, one, same, other]}, enabled=True)

    assert written["Statement"] == [*GUARDS, other, one]


def test_actions_without_a_name_there_are_not_said_and_not_forgotten() -> None:
    nameless = {"s3:PutBucketAcl", "s3:PutBucketCORS", "s3:PutObjectAcl"}
    assert nameless < actions(DOCUMENT)

    written = guarded.sealed(DOCUMENT, enabled=True)

    assert actions(written) - {"admin:*", "s3:*"} == actions(DOCUMENT) - nameless


def test_a_right_without_a_name_there_is_left_for_the_server_to_refuse() -> None:
    granted = {"Effect": "Allow", "Action": ["s3:GetObject", "s3:PutObjectAcl"], "Resource": ["arn:aws:s3:::b/*"]}

    assert granted in guarded.sealed({"Version": "2012-10-17", "Statement": [granted]}, enabled=True)["Statement"]


def test_a_denial_of_nothing_but_actions_without_a_name_is_left_for_the_server_to_refuse() -> None:
    denied = {"Effect": "Deny", "Action": ["s3:PutObjectAcl"], "Resource": ["arn:aws:s3:::b/*"]}

    assert denied in guarded.sealed({"Version": "2012-10-17", "Statement": [denied]}, enabled=True)["Statement"]


@pytest.mark.parametrize(("guard", "allowed"), [(KEYS, "admin:CreateUser"), (UP, "s3:*")])
def test_a_policy_that_lost_a_guard_reads_as_another(guard: dict[str, Any], allowed: str) -> None:
    written = guarded.sealed(DOCUMENT, enabled=True)
    written["Statement"].remove(guard)

    found, _ = guarded.opened(written)

    assert not policy.same(found, DOCUMENT)
    assert allowed in actions(found)


def test_who_may_leave_his_bucket_reaches_all() -> None:
    written = guarded.sealed(DOCUMENT, enabled=True)
    written["Statement"].remove(UP)

    assert policy.reaches(guarded.opened(written)[0], "vn-h27-prod-records")
    assert not policy.reaches(guarded.opened(guarded.sealed(DOCUMENT, enabled=True))[0], "vn-h27-prod-records")


def test_a_condition_reads_back_though_the_server_lists_its_value() -> None:
    def secure(value: object) -> dict[str, Any]:
        statement = {"Effect": "Deny", "Action": "s3:*", "Resource": "*", "Condition": {"Bool": {"a": value}}}
        return {"Version": "2012-10-17", "Statement": [statement]}

    assert policy.same(secure("true"), secure(["true"]))
    assert not policy.same(secure("true"), secure(["false"]))
    assert not policy.same(secure("true"), {"Version": "2012-10-17", "Statement": [{"Effect": "Deny"}]})
