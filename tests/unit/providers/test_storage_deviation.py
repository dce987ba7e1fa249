"""The one comparison of a store with a plan: every setting of every planned resource, and what nobody planned."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from govcloud.plan import BucketGrant, SecretTarget, StorageIdentity
from govcloud.plan import BucketSpec as PlannedBucket
from govcloud.providers.storage import bucket, bucket_policy, deviation
from govcloud.providers.storage.adapters import UNBOUNDED, LiveIdentity
from govcloud.providers.storage.deviation import NameSpace
from govcloud.providers.storage.endpoint import AccessKey, Administration
from govcloud.providers.storage.statements import GrantSpec
from govcloud.providers.storage.store import Store
from govcloud.providers.storage.view import View, look
from govcloud.render import storage

NAME = "vn-h41-prod-records"
PLANNED = PlannedBucket(
    name=NAME,
    environment="prod",
    label="records",
    versioning=True,
    quota_bytes=64 << 20,
    tags={"govcloud.gov.vn/tenant": "h41"},
)
SECRET = SecretTarget(namespace="h41-prod-srv", name="object-store", labels={}, settings={}, authority_from=None)
HOLDER = StorageIdentity(
    name="h41-prod", environment="prod", buckets=(NAME,), policy=storage.policy([NAME]), secret=SECRET
)
SPACE = NameSpace.of("vn", "h41", ["h41", "h41-101", "g09", "h4"])
PROVISIONER = LiveIdentity("admin", True, False, (), ("GCADMIN",), None, actions=("Admin",))
OWNER = LiveIdentity("h41-prod", True, True, ("own-h41-prod",), ("K",), HOLDER.policy)


def view(
    *others: LiveIdentity, owner: LiveIdentity | None = OWNER, buckets: frozenset[str] = frozenset({NAME})
) -> View:
    return View(buckets, (PROVISIONER, *((owner,) if owner else ()), *others), "GCADMIN")


@pytest.fixture
def made(store: Store, s3: Any) -> Store:
    bucket.create(store, deviation.bucket_spec(PLANNED))
    return store


def rows(store: Store, seen: View) -> list[tuple[str, str, bool]]:
    found = deviation.compare(store, seen, [PLANNED], [HOLDER], SPACE)
    return [(row.subject, row.setting, row.person) for row in found]


def test_what_is_as_planned_has_no_deviation(made: Store) -> None:
    assert rows(made, view()) == []


@pytest.mark.parametrize(
    ("change", "setting"),
    [
        ({"versioning": "Suspended"}, "versioning"),
        ({"encryption": ""}, "encryption"),
        ({"tags": {}}, "tags"),
        ({"policy": '{"Statement": []}'}, "policy"),
        ({"grants": [{"Grantee": {"ID": "somebody"}, "Permission": "READ"}]}, "accessList"),
        ({"lifecycle": [{"ID": "x"}]}, "lifecycle"),
        ({"cors": [{"AllowedOrigins": ["*"]}]}, "cors"),
    ],
)
def test_each_setting_of_a_bucket(made: Store, s3: Any, change: dict[str, Any], setting: str) -> None:
    for name, value in change.items():
        setattr(s3.buckets[NAME], name, value)

    assert rows(made, view()) == [(f"bucket/{NAME}", setting, False)]


def test_a_quota_that_was_lifted(made: Store, adapter: Any) -> None:
    adapter.set_quota(NAME, UNBOUNDED)

    (row,) = deviation.of_bucket(PLANNED, bucket.read(made, NAME, deviation.bucket_spec(PLANNED)))

    assert (row.setting, row.declared, row.live) == ("quotaBytes", str(64 << 20), "absent")


def test_a_bucket_that_is_gone(made: Store, s3: Any) -> None:
    del s3.buckets[NAME]

    assert rows(made, view()) == [(f"bucket/{NAME}", "", False)]


@pytest.mark.parametrize(
    ("live", "settings"),
    [
        (None, [""]),
        (replace(OWNER, enabled=False), ["enabled"]),
        (replace(OWNER, access_keys=("K", "L")), ["keys"]),
        (replace(OWNER, access_keys=()), ["keys"]),
        (replace(OWNER, document=storage.policy([NAME, "vn-g09-prod-a"])), ["policy"]),
        (replace(OWNER, policies=("own-h41-prod", "more")), ["policy"]),
        (replace(OWNER, policies=("own-h41-prod", "group/more")), ["policy"]),
        (replace(OWNER, policies=()), ["policy"]),
        (replace(OWNER, actions=("Read:other",)), ["policy"]),
    ],
)
def test_each_setting_of_an_identity(made: Store, live: LiveIdentity | None, settings: list[str]) -> None:
    assert rows(made, view(owner=live)) == [("identity/h41-prod", setting, False) for setting in settings]


ALLOWED: dict[str, Any] = {
    "Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": f"arn:aws:s3:::{NAME}/in/*"}]
}


@pytest.mark.parametrize(
    "extra",
    [
        LiveIdentity("extra", True, True, ("p",), ("K2",), None, (ALLOWED,)),
        LiveIdentity("g09-prod", True, True, ("own-g09-prod",), ("K2",), storage.policy(["vn-g09-prod-a", NAME])),
        LiveIdentity("anonymous", True, True, (), (), None, actions=(f"Read:{NAME}",)),
        LiveIdentity("second-admin", True, False, (), ("K2",), None, actions=("Admin",)),
        LiveIdentity("asleep", False, True, ("p",), (), None, (ALLOWED,)),
    ],
    ids=lambda identity: identity.name,
)
def test_whoever_else_has_a_right_on_a_bucket(made: Store, extra: LiveIdentity) -> None:
    found = list(deviation.readers(NAME, ["h41-prod"], view(extra)))

    assert [(row.setting, row.live, row.person) for row in found] == [(deviation.READERS, extra.name, True)]


@pytest.mark.parametrize(
    "other",
    [
        LiveIdentity("g09-prod", True, True, ("own-g09-prod",), ("K2",), storage.policy(["vn-g09-prod-a"])),
        LiveIdentity("anonymous", True, True, (), (), None),
        LiveIdentity("reader", True, True, (), ("K2",), None, actions=("Read:vn-g09-prod-a",)),
    ],
    ids=lambda identity: identity.name,
)
def test_who_has_no_right_on_it_is_not_named(made: Store, other: LiveIdentity) -> None:
    assert rows(made, view(other)) == []


def test_whoever_administers_the_store_with_a_key_of_its_own_is_no_reader(store: Store, adapter: Any) -> None:
    store.endpoint = replace(
        store.endpoint, administration=Administration(None, "A", "S", AccessKey("GCOTHER", "secret"))
    )
    adapter.known["admin"] = PROVISIONER
    adapter.known["other-admin"] = replace(PROVISIONER, name="other-admin", access_keys=("GCOTHER",))
    adapter.known["third-admin"] = replace(PROVISIONER, name="third-admin", access_keys=("K3",))

    found = list(deviation.readers(NAME, ["h41-prod"], look(store)))

    assert [row.live for row in found] == ["third-admin"]


@pytest.mark.parametrize(
    ("name", "extra"),
    [
        ("vn-h41-prod-copy", True),
        ("vn-h41-x", True),
        ("vn-h41-101-prod-records", False),
        ("vn-g09-prod-a", False),
        ("vn-h4-prod-a", False),
        ("govcloud-health", False),
    ],
)
def test_a_bucket_that_nobody_planned_is_its_name_spaces(name: str, extra: bool) -> None:
    found = list(deviation.extra_buckets({NAME}, SPACE, [NAME, name]))

    assert [row.subject for row in found] == ([f"bucket/{name}"] if extra else [])
    assert all(row.person for row in found)


def test_a_store_is_read_with_everybody_in_it(made: Store, adapter: Any) -> None:
    adapter.known["h41-prod"] = OWNER

    seen = look(made)

    assert seen.buckets == {NAME}
    assert seen.identity("h41-prod") == OWNER
    assert seen.identity("nobody") is None
    assert seen.provisioner == "GCADMIN"
    assert json.dumps(sorted(seen.buckets)) == f'["{NAME}"]'


@pytest.mark.parametrize(
    ("until", "standing", "wanted"),
    [
        ("2099-01-01", "as planned", []),
        (None, "as planned", []),
        ("2099-01-01", "missing", [("present", "absent")]),
        ("2099-01-01", "altered", [("present", "altered")]),
        ("2020-01-01", "as planned", [("absent", "present")]),
        ("2020-01-01", "missing", []),
    ],
)
def test_the_right_of_another_stands_as_planned_and_no_longer(
    store: Store, adapter: Any, until: str | None, standing: str, wanted: list[tuple[str, str]]
) -> None:
    adapter.create_identity("g09-prod")
    right = BucketGrant(name="x", tenant="g09", grantee="g09-prod", access="read", prefix="out/", until=until)
    planned = replace(PLANNED, grants=(right,))
    bucket.create(store, deviation.bucket_spec(planned))
    if standing != "missing":
        other = {"altered": "write"}.get(standing, "read")
        bucket_policy.apply_grant(store, GrantSpec("x", NAME, "g09-prod", other, "out/"))
    found = list(deviation.of_grants(store, planned))
    assert [(row.declared, row.live) for row in found] == wanted
    assert {row.setting for row in found} <= {"grant to g09-prod"}
