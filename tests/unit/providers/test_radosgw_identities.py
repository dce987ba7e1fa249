from __future__ import annotations

from typing import Any

from govcloud.providers.storage import policy
from govcloud.providers.storage.adapters.radosgw import identities, policies
from govcloud.render import storage

USER: dict[str, Any] = {
    "tenant": "",
    "user_id": "h41-prod",
    "display_name": "h41-prod",
    "suspended": 0,
    "max_buckets": -1,
    "subusers": [{"id": "h41-prod:app", "permissions": "full-control"}],
    "keys": [
        {"user": "h41-prod", "access_key": "GCA", "secret_key": "never shown"},
        {"user": "h41-prod:app", "access_key": "SUB", "secret_key": "never shown"},
    ],
    "swift_keys": [{"user": "h41-prod:app", "secret_key": "never shown"}],
    "caps": [],
    "system": "false",
    "admin": "false",
    "temp_url_keys": [],
    "type": "rgw",
}
"""What `GET /admin/user` of a 16.2 answers, without what plays no part here."""
OWN: dict[str, object] = {"Statement": [{"Sid": "own"}]}
WIDE: dict[str, object] = {"Statement": [{"Sid": "wide"}]}


def parsed(**changes: Any) -> Any:
    return identities.parsed({**USER, **changes}, {}, (), "own", {"ADMIN"})


def test_a_user_has_the_keys_of_his_subusers_and_of_swift() -> None:
    live = identities.parsed(USER, {"own": OWN, "wide": WIDE}, (), "own", {"ADMIN"})

    assert live.access_keys == ("GCA", "SUB", "swift:h41-prod:app")
    assert (live.name, live.enabled, live.managed, live.actions) == ("h41-prod", True, True, ())
    assert (live.policies, live.document, live.others) == (("own", "wide"), OWN, (WIDE,))
    assert "never shown" not in repr(live)


def test_a_suspended_user_is_let_in_by_nothing() -> None:
    assert not parsed(suspended=1).enabled


def test_what_a_user_may_beside_his_policies_are_actions() -> None:
    live = identities.parsed(
        {
            **USER,
            "max_buckets": 0,
            "temp_url_keys": [{"key": 0, "val": "never shown"}],
            "caps": [{"type": "usage", "perm": "*"}, {"type": "buckets", "perm": "read"}],
        },
        {},
        ["vn-theirs"],
        "own",
        (),
    )

    assert set(live.actions) == {
        "CreateBucket:(its own)",
        "Owner:vn-theirs",
        "TempURL",
        "buckets=read:(its own)",
        "usage=*:(its own)",
    }
    assert "never shown" not in repr(live)


def test_an_owner_reaches_his_bucket_and_one_who_may_only_make_buckets_reaches_none() -> None:
    owner = identities.parsed(USER, {}, ["vn-theirs"], "own", ())

    assert owner.reaches("vn-theirs")
    assert not owner.reaches("vn-other")
    assert not parsed(max_buckets=1000).reaches("vn-theirs")


def test_who_reads_users_or_writes_rights_reaches_every_bucket() -> None:
    for kind, may in (("users", "read"), ("metadata", "read"), ("buckets", "write"), ("user-policy", "*")):
        assert parsed(caps=[{"type": kind, "perm": may}]).reaches("vn-any"), kind
    for kind, may in (("usage", "*"), ("buckets", "read"), ("roles", "read")):
        assert not parsed(caps=[{"type": kind, "perm": may}]).reaches("vn-any"), kind
    assert parsed(system="true").reaches("vn-any")


def test_administrators_and_users_from_elsewhere_are_not_ours_to_touch() -> None:
    for changes in (
        {"keys": [{"user": "govcloud", "access_key": "ADMIN", "secret_key": "s"}]},
        {"type": "ldap"},
        {"system": "true"},
    ):
        assert not parsed(**changes).managed, changes


def test_a_user_of_a_tenant_of_the_gateways_is_called_by_both_names() -> None:
    assert parsed(tenant="acme", user_id="h41-prod").name == "acme$h41-prod"


def test_a_role_lets_in_whoever_it_trusts() -> None:
    allowed: dict[str, object] = {"Statement": [{"Effect": "Allow", "Resource": "*"}]}

    live = identities.role("backup", {"p": allowed})

    assert (live.name, live.managed, live.access_keys, live.policies) == ("role/backup", False, (), ("p",))
    assert live.reaches("vn-any")


def test_a_policy_is_read_as_it_was_declared_though_the_gateway_knows_less() -> None:
    declared = storage.policy(["vn-h41-prod-records"])

    told = policies.reduced(policies.told(declared))

    assert "s3:PutEncryptionConfiguration" not in str([s["Action"] for s in told["Statement"]])  # type: ignore[attr-defined]
    assert policy.same(policies.whole(told), declared)
    assert policy.same(policies.whole(policies.told(declared)), declared)
    assert not policy.same(told, declared)


def test_whoever_may_delete_objects_may_delete_many_at_once_and_nothing_else() -> None:
    statements = policies.told(storage.policy(["vn-a", "vn-b"]))["Statement"]

    assert isinstance(statements, list)
    assert {k: v for k, v in statements[-1].items() if k != "Sid"} == {
        "Effect": "Allow",
        "Action": ["s3:DeleteObject"],
        "Resource": ["arn:aws:s3:::vn-a", "arn:aws:s3:::vn-b"],
    }


def test_a_policy_in_which_ours_is_not_as_we_put_it_reads_as_another() -> None:
    told = policies.told(storage.policy(["vn-a"]))
    statements: Any = told["Statement"]
    wide = {**told, "Statement": [*statements[:-1], {**statements[-1], "Resource": ["arn:aws:s3:::*"]}]}
    lacking = {**told, "Statement": statements[:-1]}

    for other in (wide, lacking):
        assert policies.whole(other) == {**other, "Lacks": "DeletionInBatches"}
        assert not policy.same(policies.whole(other), storage.policy(["vn-a"]))


def test_a_policy_that_names_nothing_unknown_is_told_word_for_word() -> None:
    assert policies.told(policy.NOTHING) == policy.NOTHING
    assert policies.reduced(policy.NOTHING) == policy.NOTHING
    assert policies.whole(policy.NOTHING) == policy.NOTHING


def test_a_statement_says_of_itself_only_what_an_older_gateway_would_not_have_known() -> None:
    forged = {"Statement": [{"Sid": "x without s3:GetObject", "Effect": "Deny", "Action": ["s3:PutObject"]}]}

    assert policies.whole(forged) == forged


def test_a_statement_of_nothing_else_is_left_for_the_gateway_to_refuse() -> None:
    alone = {"Statement": [{"Effect": "Deny", "Action": ["s3:PutEncryptionConfiguration"], "Resource": "*"}]}

    assert policies.reduced(alone) == alone
