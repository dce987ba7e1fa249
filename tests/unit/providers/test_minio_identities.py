"""Everybody whom a MinIO lets in, as groups, users and service accounts of its administration tell it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from govcloud.providers.storage import policy
from govcloud.providers.storage.adapters import LiveIdentity
from govcloud.providers.storage.adapters.minio import guarded, identities
from govcloud.render import storage

BUCKET = "vn-h26-prod-records"
OWN = "govcloud-h26-prod"
KEY = "GC" + "A" * 18
EVERYTHING = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": ["s3:*"], "Resource": ["arn:aws:s3:::*"]}],
}


def everybody(
    groups: Mapping[str, Mapping[str, Any]],
    users: Mapping[str, Mapping[str, Any]],
    accounts: Mapping[str, Sequence[str]] | None = None,
    *,
    enabled: bool = True,
) -> dict[str, LiveIdentity]:
    policies = {OWN: guarded.sealed(storage.policy([BUCKET]), enabled=enabled), "readwrite": EVERYTHING}
    known = identities.Known(groups, users, accounts or {}, policies)
    return {found.name: found for found in identities.parsed(known, lambda name: f"govcloud-{name}")}


def group(*members: str, policies: str = OWN, status: str = "enabled") -> dict[str, Any]:
    return {"name": "any", "status": status, "members": list(members), "policy": policies}


USER = {"status": "enabled"}


def test_a_group_is_an_identity_and_its_members_are_its_keys() -> None:
    (found,) = everybody({"h26-prod": group(KEY)}, {KEY: USER}).values()

    assert (found.name, found.enabled, found.managed) == ("h26-prod", True, True)
    assert (found.policies, found.access_keys, found.others, found.actions) == ((OWN,), (KEY,), (), ())
    assert found.document is not None
    assert policy.same(found.document, storage.policy([BUCKET]))
    assert found.reaches(BUCKET)
    assert not found.reaches("vn-h27-prod-records")


def test_keys_that_somebody_made_for_himself_are_keys_of_the_identity() -> None:
    found = everybody({"h26-prod": group(KEY)}, {KEY: USER}, {KEY: ["SELFMADE"]})["h26-prod"]

    assert found.access_keys == (KEY, "SELFMADE")


def test_a_key_that_is_disabled_or_gone_is_none() -> None:
    found = everybody({"h26-prod": group(KEY, "GONE")}, {KEY: {"status": "disabled"}}, {KEY: ["SELFMADE"]})["h26-prod"]

    assert found.access_keys == ()
    assert found.enabled


def test_a_policy_that_denies_everything_is_of_a_disabled_identity_with_its_rights_untouched() -> None:
    found = everybody({"h26-prod": group(KEY)}, {KEY: USER}, enabled=False)["h26-prod"]

    assert not found.enabled
    assert found.document is not None
    assert policy.same(found.document, storage.policy([BUCKET]))


def test_a_group_that_somebody_disabled_is_disabled() -> None:
    assert not everybody({"h26-prod": group(KEY, policies="", status="disabled")}, {KEY: USER})["h26-prod"].enabled


def test_what_a_key_has_beside_the_identity_is_among_the_identitys_rights() -> None:
    users = {KEY: {"status": "enabled", "policyName": "readwrite"}}

    found = everybody({"h26-prod": group(KEY), "staff": group(KEY, policies="readwrite")}, users)["h26-prod"]

    assert found.policies == (f"{KEY}/readwrite", OWN, "staff/readwrite")
    assert found.others == (EVERYTHING,)
    assert found.reaches("vn-h27-prod-records")


def test_a_disabled_group_gives_nothing_to_its_members() -> None:
    groups = {"h26-prod": group(KEY), "staff": group(KEY, policies="readwrite", status="disabled")}

    assert everybody(groups, {KEY: USER})["h26-prod"].policies == (OWN,)


def test_a_second_policy_of_the_group_is_another_right() -> None:
    found = everybody({"h26-prod": group(KEY, policies=f"readwrite, {OWN}")}, {KEY: USER})["h26-prod"]

    assert found.policies == (OWN, "readwrite")
    assert found.others == (EVERYTHING,)


def test_a_user_in_no_group_is_an_identity_that_is_never_touched() -> None:
    users = {"operator": {"status": "enabled", "policyName": "readwrite"}, KEY: USER}

    found = everybody({"h26-prod": group(KEY)}, users, {"operator": ["SELFMADE"]})

    assert found.keys() == {"h26-prod", "operator"}
    operator = found["operator"]
    assert (operator.managed, operator.policies) == (False, ("readwrite",))
    assert operator.access_keys == ("SELFMADE", "operator")
    assert operator.reaches(BUCKET)


def test_the_administrator_of_the_servers_own_settings_may_do_everything() -> None:
    root = identities.root("ROOTKEY")

    assert (root.managed, root.access_keys) == (False, ("ROOTKEY",))
    assert root.reaches(BUCKET)
