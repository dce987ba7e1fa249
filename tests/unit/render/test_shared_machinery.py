"""What lies in machinery that all tenants share is bounded: objects of every kind, and the disks of nodes."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from made_country import CAPACITY, QUOTA, agency, cloud, country, platform, segment, tenant
from made_objects import CONTROLS

from govcloud import render
from govcloud.country import Country
from govcloud.model.level import DEFAULT_ROOM, LevelTableSpec
from govcloud.model.quantity import parse
from govcloud.render import access, counts
from govcloud.rules.shared_room import room
from govcloud_local.services import control_plane

MIB = 1 << 20


def hard(vn: Country, stack: str) -> dict[str, dict[str, str]]:
    """Return the limits of each namespace of a stack."""
    manifests = render.stack(vn, stack).manifests.values()
    return {m["metadata"]["namespace"]: m["spec"]["hard"] for m in manifests if m["kind"] == "ResourceQuota"}


def namespaced_stacks(vn: Country) -> list[str]:
    return [name for name in vn.stacks() if not name.startswith("cluster.")]


def test_whatever_a_tenant_may_create_is_counted_in_every_namespace(vn: Country) -> None:
    rules = [
        r for m in render.cluster(vn, "cgc-hn1").manifests.values() if m["kind"] == "ClusterRole" for r in m["rules"]
    ]
    creatable = {
        f"count/{kind}.{group}".rstrip(".")
        for rule in rules
        if {"create", "update", "patch"} & set(rule["verbs"])
        for group in rule["apiGroups"]
        for kind in rule["resources"]
        if "/" not in kind
    }
    assert {"count/secrets", "count/cronjobs.batch", "count/poddisruptionbudgets.policy"} <= creatable
    for stack in namespaced_stacks(vn):
        for limits in hard(vn, stack).values():
            assert creatable <= limits.keys()
            # and what controllers keep for them
            assert {"count/pods", "count/replicasets.apps", "count/controllerrevisions.apps"} <= limits.keys()


def test_the_control_names_what_every_quota_states(vn: Country) -> None:
    stated = set(CONTROLS["TEN-03"].strings("quota_bounds"))
    for stack in namespaced_stacks(vn):
        assert all(limits.keys() == stated for limits in hard(vn, stack).values())


def test_a_kind_that_a_role_gains_is_counted_from_then_on(monkeypatch: pytest.MonkeyPatch) -> None:
    gained: dict[str, Any] = {"apiGroups": ["networking.k8s.io"], "resources": ["ingresses"], "verbs": ["create"]}
    monkeypatch.setattr(access, "rules", lambda: [gained])
    assert counts.creatable.__wrapped__() == {("networking.k8s.io", "ingresses")}


def test_counts_follow_from_pods_and_level_so_the_quota_tree_bounds_them(vn: Country) -> None:
    for name, declared in vn.tenants.items():
        zones = hard(vn, f"tenant.{name}")
        pods = sum(e.quota.pods for e in declared.spec.environments.values())
        allowed = room(vn, declared)
        for kind in ("configmaps", "secrets", "services", "deployments.apps", "cronjobs.batch"):
            total = sum(int(limits[f"count/{kind}"]) for limits in zones.values())
            assert total == allowed.objects * len(zones) + allowed.objects_of_pod * pods


def test_a_higher_level_has_no_less_room(vn: Country) -> None:
    for table in vn.law.level_tables:
        rooms = [table.spec.shared_room.at(level) for level in range(1, 6)]
        for lower, higher in itertools.pairwise(rooms):
            assert all(a <= b for a, b in zip(lower, higher, strict=True))


def test_a_table_that_was_written_before_it_could_say_so_bounds_all_the_same(vn: Country) -> None:
    for table in vn.law.level_tables:
        older = table.spec.model_dump(exclude={"shared_room"})
        assert LevelTableSpec.model_validate(older).shared_room == DEFAULT_ROOM
    assert all(amount > 0 for level in range(1, 6) for amount in DEFAULT_ROOM.at(level))


def test_what_controllers_keep_by_themselves_has_room(vn: Country) -> None:
    """A pod's worth of everything: ten old revisions and the new one, three good jobs, a failed one and a running."""
    for stack in namespaced_stacks(vn):
        for limits in hard(vn, stack).values():
            pods = int(limits["pods"])
            for kind, kept in {
                "replicasets.apps": 11,
                "controllerrevisions.apps": 11,
                "jobs.batch": 5,
                "pods": 5,
            }.items():
                assert int(limits[f"count/{kind}"]) >= kept * pods


def test_all_that_the_reference_country_may_store_fits_the_embedded_clusters_store(vn: Country) -> None:
    """Every object as large as the store takes one: full, it would refuse the writes of all tenants."""
    most = sum(
        int(number)
        for stack in namespaced_stacks(vn)
        if render.stack(vn, stack).cloud == "cgc-hn1"
        for limits in hard(vn, stack).values()
        for key, number in limits.items()
        if key.startswith("count/")
    )
    assert most * control_plane.LARGEST_OBJECT < control_plane.STORE_SIZE


def test_disk_follows_from_pods_and_level(vn: Country) -> None:
    for name, declared in vn.tenants.items():
        zones = hard(vn, f"tenant.{name}")
        pods = sum(e.quota.pods for e in declared.spec.environments.values())
        for key in ("requests.ephemeral-storage", "limits.ephemeral-storage"):
            assert sum(parse(limits[key]) for limits in zones.values()) == room(vn, declared).ephemeral_storage * pods


def made(**quota: Any) -> Country:
    return country([cloud(capacity=CAPACITY), agency("H41"), tenant("H41", QUOTA | quota)])


def test_disk_that_is_stated_is_dealt_out_exactly() -> None:
    zones = hard(made(ephemeralStorage="1000Mi"), "tenant.h41")
    assert sum(parse(limits["limits.ephemeral-storage"]) for limits in zones.values()) == 1000 * MIB
    assert {limits["count/secrets"] for limits in zones.values()} == {
        limits["count/secrets"] for limits in hard(made(), "tenant.h41").values()
    }


def test_a_container_that_states_nothing_gets_some_disk_and_never_more_than_the_zone_has(vn: Country) -> None:
    for stack in namespaced_stacks(vn):
        for manifest in render.stack(vn, stack).manifests.values():
            if manifest["kind"] == "LimitRange":
                (limits,) = manifest["spec"]["limits"]
                default, most = (parse(limits[k]["ephemeral-storage"]) for k in ("default", "max"))
                assert limits["default"]["ephemeral-storage"] == limits["defaultRequest"]["ephemeral-storage"]
                assert 0 < default <= most
                own = hard(vn, stack)[manifest["metadata"]["namespace"]]
                assert most == parse(own["limits.ephemeral-storage"])
                # as many as there may be pods, two containers each
                assert default * 2 * int(own["pods"]) <= most


def test_gateways_and_platforms_have_room_by_their_own_level() -> None:
    documents = [agency("H41"), tenant("H41"), segment("H41", "10.80.1.0/24", quota={"pods": 2})]
    low, high = (
        country([cloud(), *documents, platform("lgsp-h41", "H41", level=level, quota={"pods": 2})]) for level in (2, 4)
    )
    (gateway,) = hard(low, "segment.tsl-h41").values()
    (exchange,), (better,) = (hard(c, "platform.lgsp-h41").values() for c in (low, high))
    assert gateway["count/secrets"] == exchange["count/secrets"] < better["count/secrets"]
    assert parse(better["limits.ephemeral-storage"]) == 2 * 320 * MIB
