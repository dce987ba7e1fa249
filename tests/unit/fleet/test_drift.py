"""Drift: what is missing, changed or undeclared is named; what the server adds is not drift."""

from __future__ import annotations

import copy
from typing import Any, cast

import pytest

from govcloud.clouds.live_cluster import LiveCluster
from govcloud.clouds.request import Api
from govcloud.comparison.boundary import BOUNDARY_KINDS
from govcloud.fleet.drift import Difference, DifferenceKind, compare_all
from govcloud_base.discovery import Served, root
from govcloud_base.errors import Language

MANAGED = {"govcloud.gov.vn/managed-by": "govcloud"}
QUOTA: dict[str, Any] = {
    "apiVersion": "v1",
    "kind": "ResourceQuota",
    "metadata": {"name": "quota", "namespace": "h41-prod-srv", "labels": MANAGED},
    "spec": {"hard": {"pods": "10", "requests.cpu": "1000m"}},
}


def _live(**changes: str) -> dict[str, Any]:
    live = copy.deepcopy(QUOTA)
    live["metadata"] |= {"uid": "u", "resourceVersion": "7"}
    live["status"] = {"used": {"pods": "0"}}
    live["spec"]["hard"] |= changes
    return live


def test_defaults_status_and_another_spelling_of_an_amount_are_no_drift() -> None:
    assert compare_all([QUOTA], [_live(**{"requests.cpu": "1"})], MANAGED) == []


def test_a_changed_quota_names_field_and_both_values() -> None:
    (difference,) = compare_all([QUOTA], [_live(pods="1000")], MANAGED)
    assert str(difference) == "h41-prod-srv/ResourceQuota/quota spec.hard.pods: declared 10, live 1000"


def test_a_deleted_object_is_missing() -> None:
    (difference,) = compare_all([QUOTA], [], MANAGED)
    assert difference.kind is DifferenceKind.MISSING
    assert difference.subject == "h41-prod-srv/ResourceQuota/quota"


def test_a_rule_that_nobody_declared_is_found_even_without_our_label() -> None:
    opening = {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": {"name": "allow-all", "namespace": "h41-prod-srv"},
        "spec": {"podSelector": {}, "ingress": [{}]},
    }
    (difference,) = compare_all([QUOTA], [_live(), opening], MANAGED)
    assert difference.kind is DifferenceKind.UNDECLARED
    assert difference.subject == "h41-prod-srv/NetworkPolicy/allow-all"


def test_a_tenants_own_workload_is_its_own_business() -> None:
    own = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "mine", "namespace": "h41-prod-srv"}}
    assert compare_all([QUOTA], [_live(), own], MANAGED) == []


def test_a_longer_list_is_a_change() -> None:
    policy: dict[str, Any] = {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": {"name": "deny", "namespace": "n"},
        "spec": {"ingress": [{"from": [{"podSelector": {}}]}]},
    }
    live = copy.deepcopy(policy)
    live["spec"]["ingress"].append({})
    (difference,) = compare_all([policy], [live], MANAGED)
    assert (difference.kind, difference.field) == (DifferenceKind.CHANGED, "spec.ingress")


def test_a_direction_that_the_declaration_leaves_closed_and_somebody_opened() -> None:
    policy: dict[str, Any] = {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": {"name": "zone", "namespace": "n"},
        "spec": {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]},
    }
    live = copy.deepcopy(policy)
    live["spec"]["egress"] = []
    assert compare_all([policy], [live], MANAGED) == []
    live["spec"]["ingress"] = [{}]
    (difference,) = compare_all([policy], [live], MANAGED)
    assert str(difference) == "n/NetworkPolicy/zone spec.ingress: declared absent, live [{}]"


def test_values_of_secrets_never_reach_a_report() -> None:
    secret = {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {"name": "keys", "namespace": "n"},
        "stringData": {"secretKey": "swordfish"},
    }
    live = {**secret, "stringData": None, "data": {"secretKey": "b3RoZXI="}}
    assert compare_all([secret], [live], MANAGED) == []


def test_every_kind_of_wall_is_read_whether_the_stack_declares_one_or_not(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []
    monkeypatch.setattr(LiveCluster, "_kind", lambda _, version, kind: Served(version, kind, kind, True, frozenset()))
    monkeypatch.setattr(LiveCluster, "_get", lambda _, path, _query: asked.append(path))
    LiveCluster(cast("Api", None)).objects([QUOTA])
    assert asked == [
        f"{root(version)}/namespaces/h41-prod-srv/{kind}"
        for version, kind in sorted((v, k) for k, v in BOUNDARY_KINDS.items())
    ]


def test_what_the_server_lets_nobody_change_needs_a_person() -> None:
    live = _live(pods="1000")
    live["spec"]["scopes"] = ["BestEffort"]
    found = {difference.field: difference.person for difference in compare_all([QUOTA], [live], MANAGED)}
    assert found == {"spec.hard.pods": False, "spec.scopes": True}


def test_an_undeclared_wall_is_taken_back_and_what_may_hold_something_is_not() -> None:
    role, secret = (
        {"apiVersion": "v1", "kind": kind, "metadata": {"name": "x", "namespace": "n", "labels": MANAGED}}
        for kind in ("Role", "Secret")
    )
    found = {difference.subject: difference.person for difference in compare_all([], [role, secret], MANAGED)}
    assert found == {"n/Role/x": False, "n/Secret/x": True}


def test_a_difference_is_said_in_vietnamese_to_its_last_word() -> None:
    gone = Difference("n/Role/x", DifferenceKind.MISSING)
    more = Difference("n/Role/y", DifferenceKind.UNDECLARED, live="a=b", person=True)
    other = Difference("n/Role/z", DifferenceKind.CHANGED, "rules", "absent", "[{}]")
    assert [row.render(Language.VI) for row in (gone, more, other)] == [
        "n/Role/x không còn",
        "n/Role/y không được khai báo: a=b (cần người quyết định)",
        "n/Role/z rules: khai báo không có, thực tế [{}]",
    ]
