"""The content of a delivered Secret: every change is told of, and no value of it ever shown."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from govcloud import country
from govcloud.clouds.connection import Connection
from govcloud.clouds.live_cluster import LiveCluster
from govcloud.fleet.delivery import delivered, take_back
from govcloud.fleet.store_drift import difference, store_differences
from govcloud.plan import SecretTarget, StorageIdentity
from govcloud.providers.storage import delivery
from govcloud.providers.storage.adapters import LiveIdentity
from govcloud.providers.storage.deviation import Deviation
from govcloud.providers.storage.view import View
from govcloud.render import TenantManifests

ROOT = Path(__file__).parents[3]
NAME = "h41-prod-srv/object-store"
SETTINGS = {"AWS_REGION": "vn-hn-1", "ca.crt": "-----BEGIN CERTIFICATE-----"}
GOOD = {**SETTINGS, "AWS_ACCESS_KEY_ID": "GCPUBLIC1", "AWS_SECRET_ACCESS_KEY": "hidden-value"}
OWNER = LiveIdentity("h41-prod", True, True, ("own",), ("GCPUBLIC1",), {})


def fields(content: Mapping[str, str], owner: LiveIdentity | None = OWNER, works: bool = True) -> list[str]:
    live = {"data": {key: base64.b64encode(value.encode()).decode() for key, value in content.items()}}
    found = list(delivery.deviations(NAME, SETTINGS, live, owner, lambda key: works))
    assert all(row.subject == f"Secret/{NAME}" and not row.person for row in found)
    assert not any(value in str(row) for row in found for value in content.values())
    return [row.setting for row in found]


def test_what_was_delivered_is_no_difference() -> None:
    assert fields(GOOD) == []


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"AWS_REGION": "elsewhere"}, "data.AWS_REGION"),
        ({"ca.crt": "-----BEGIN ANOTHER-----"}, "data.ca.crt"),
        ({"LD_PRELOAD": "/tmp/evil.so"}, "data.LD_PRELOAD"),
        ({"AWS_ACCESS_KEY_ID": "GCPUBLIC2"}, "data.AWS_ACCESS_KEY_ID"),
    ],
)
def test_each_field_that_was_changed_or_added(change: dict[str, str], field: str) -> None:
    assert fields({**GOOD, **change}) == [field]


@pytest.mark.parametrize("lost", GOOD)
def test_each_field_that_was_removed(lost: str) -> None:
    assert fields({key: value for key, value in GOOD.items() if key != lost}) == [f"data.{lost}"]


def test_a_secret_half_that_the_store_refuses() -> None:
    assert fields(GOOD, works=False) == ["data.AWS_SECRET_ACCESS_KEY"]


def test_the_key_of_an_identity_that_is_gone_or_disabled_is_told_of_with_the_identity() -> None:
    assert fields(GOOD, owner=None) == []
    assert fields(GOOD, LiveIdentity("h41-prod", False, True, ("own",), ("GCPUBLIC1",), {}), works=False) == []


def test_what_is_no_text_is_not_what_was_delivered() -> None:
    good = {key: base64.b64encode(value.encode()).decode() for key, value in GOOD.items()}

    (row,) = delivery.deviations(NAME, SETTINGS, {"data": {**good, "ca.crt": "/"}}, OWNER, lambda key: True)

    assert (row.setting, row.live) == ("data.ca.crt", "another value")


def test_a_delivered_secret_is_looked_for_by_name_and_labels() -> None:
    target = SecretTarget(
        namespace="h41-prod-srv", name="object-store", labels={"a": "b"}, settings=SETTINGS, authority_from=None
    )
    holder = StorageIdentity(name="h41-prod", environment="prod", buckets=("b",), policy={}, secret=target)
    rendered = TenantManifests(cloud="c", manifests={}, namespaces=(), tenant="h41", buckets=(), identities=(holder,))

    (manifest,) = delivered(rendered)

    assert manifest["metadata"] == {"name": "object-store", "namespace": "h41-prod-srv", "labels": {"a": "b"}}
    assert "data" not in manifest
    assert "stringData" not in manifest


class Cluster:
    """Secrets as they are, and what was asked to change them."""

    def __init__(self, data: Mapping[str, str]) -> None:
        metadata = {"name": "object-store", "namespace": "h41-prod-srv"}
        self.secret = {"kind": "Secret", "metadata": metadata, "data": dict(data)}
        self.patched: list[Any] = []

    def objects(self, declared: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
        other = {"kind": "Secret", "metadata": {"name": "own", "namespace": "h41-prod-srv"}, "data": {"a": ""}}
        return [self.secret, other]

    def patch(self, live: Mapping[str, Any], steps: Iterable[Mapping[str, Any]]) -> None:
        self.patched.append((live["metadata"]["name"], list(steps)))


def test_what_somebody_added_is_removed_and_what_was_delivered_stays() -> None:
    target = SecretTarget(
        namespace="h41-prod-srv", name="object-store", labels={}, settings={"AWS_REGION": "r"}, authority_from="CA"
    )
    holder = StorageIdentity(name="h41-prod", environment="prod", buckets=("b",), policy={}, secret=target)
    rendered = TenantManifests(cloud="c", manifests={}, namespaces=(), tenant="h41", buckets=(), identities=(holder,))
    whole = dict.fromkeys(GOOD, "") | {"ca.crt": ""}

    untouched, added = Cluster(whole), Cluster({**whole, "LD_PRELOAD": "", "A~/B": ""})

    assert list(take_back(cast("LiveCluster", untouched), rendered)) == []
    (said,) = take_back(cast("LiveCluster", added), rendered)
    assert said.en.endswith("(data.A~/B, data.LD_PRELOAD)")
    assert added.patched == [
        ("object-store", [{"op": "remove", "path": "/data/A~0~1B"}, {"op": "remove", "path": "/data/LD_PRELOAD"}])
    ]


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (
            Deviation("bucket", "b", "quotaBytes", "64", "absent"),
            "bucket/b quotaBytes: declared 64, live absent",
        ),
        (Deviation("bucket", "b", "", "absent", "present", person=True), "bucket/b is undeclared (needs a person)"),
        (Deviation("identity", "i", "", "present", "absent"), "identity/i is missing"),
        (
            Deviation("bucket", "b", "readers", "h41-prod", "extra", person=True),
            "bucket/b readers: declared h41-prod, live extra (needs a person)",
        ),
    ],
)
def test_a_deviation_is_told_as_a_difference(row: Deviation, said: str) -> None:
    assert str(difference(row)) == said


def test_what_a_delivered_secret_holds_is_told_of_under_its_own_name() -> None:
    target = SecretTarget(
        namespace="h41-prod-srv", name="object-store", labels={}, settings={"AWS_REGION": "r"}, authority_from=None
    )
    holder = StorageIdentity(name="h41-prod", environment="prod", buckets=("b",), policy={}, secret=target)
    rendered = TenantManifests(
        cloud="cgc-hn1", manifests={}, namespaces=(), tenant="h41", buckets=(), identities=(holder,)
    )
    declared = country.load(ROOT / "tests" / "fixtures" / "country", ROOT / "policies")
    seen = View(frozenset({"vn-h41-prod-old", "vn-h41-101-prod-records"}), (), "")
    connection = cast(
        Connection, SimpleNamespace(store=SimpleNamespace(adapter=None), stored=lambda: seen, environment={})
    )
    live = Cluster({"AWS_REGION": base64.b64encode(b"elsewhere").decode(), "more": ""}).objects([])

    found = store_differences(declared, rendered, live, connection)

    assert [f"{row.subject} {row.field}".strip() for row in found] == [
        "bucket/vn-h41-prod-old",
        "h41-prod-srv/Secret/object-store data.AWS_ACCESS_KEY_ID",
        "h41-prod-srv/Secret/object-store data.AWS_REGION",
        "h41-prod-srv/Secret/object-store data.AWS_SECRET_ACCESS_KEY",
        "h41-prod-srv/Secret/object-store data.more",
        "identity/h41-prod",
    ]
