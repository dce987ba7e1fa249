"""A tenant's namespaces have their walls, its groups no more than their roles, its keys no more than its buckets."""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Iterator
from typing import Any

import pytest
from made_objects import CONTROLS

from govcloud import render
from govcloud.country import Country
from govcloud.model.quantity import parse
from govcloud.render.manifest import keyed
from govcloud.render.tenant import zone_quotas

TODAY = datetime.date(2026, 11, 22)


def of_kind(rendered: render.Rendering, kind: str) -> list[dict[str, Any]]:
    return [m for m in rendered.manifests.values() if m["kind"] == kind]


def test_zones_of_a_level_three_and_a_level_two_tenant(vn: Country) -> None:
    assert sorted(render.tenant(vn, "h41").namespaces) == [
        f"h41-prod-{zone}" for zone in ("db", "dmz", "edge", "int", "mgt", "srv")
    ]
    assert sorted(render.tenant(vn, "h41-101").namespaces) == [
        f"h41-101-prod-{zone}" for zone in ("dmz", "edge", "int", "srv")
    ]


def test_labels_say_whose_a_namespace_is(vn: Country) -> None:
    namespace = render.tenant(vn, "h41-101").manifests["cluster/Namespace/h41-101-prod-srv"]
    assert namespace["metadata"]["labels"] == {
        "govcloud.gov.vn/tenant": "h41-101",
        "govcloud.gov.vn/agency": "H41.101",
        "govcloud.gov.vn/tier": "commune",
        "govcloud.gov.vn/env": "prod",
        "govcloud.gov.vn/zone": "srv",
        "govcloud.gov.vn/level": "2",
        "govcloud.gov.vn/managed-by": "govcloud",
        **{f"pod-security.kubernetes.io/{mode}": "restricted" for mode in ("enforce", "audit", "warn")},
        **{f"pod-security.kubernetes.io/{mode}-version": "v1.36" for mode in ("enforce", "audit", "warn")},
    }


def test_every_namespace_of_every_stack_has_all_guards(vn: Country) -> None:
    for name in vn.stacks():
        rendered = render.stack(vn, name)
        for namespace in rendered.namespaces:
            for guard in (
                "ResourceQuota/zone",
                "LimitRange/zone",
                "NetworkPolicy/zone",
                "ServiceAccount/default",
            ):
                assert f"{namespace}/{guard}" in rendered.manifests
            policy = rendered.manifests[f"{namespace}/NetworkPolicy/zone"]["spec"]
            assert policy["podSelector"] == {}
            assert policy["policyTypes"] == ["Ingress", "Egress"]
            # An absent list is closed; an empty rule, or one without peers or ports, would be open.
            rules = [(r, "from") for r in policy.get("ingress", [])] + [(r, "to") for r in policy["egress"]]
            assert all(rule[end] and rule["ports"] for rule, end in rules)
            assert rendered.manifests[f"{namespace}/ServiceAccount/default"]["automountServiceAccountToken"] is False


@pytest.mark.parametrize("tenant", ["g09", "g09-20", "h41", "h41-101"])
def test_zone_quotas_are_exactly_the_environments_quota(vn: Country, tenant: str) -> None:
    quota = vn.tenants[tenant].spec.environments["prod"].quota
    hard = [m["spec"]["hard"] for m in of_kind(render.tenant(vn, tenant), "ResourceQuota")]
    assert sum(parse(h["requests.cpu"]) for h in hard) * 1000 == quota.cpu
    assert sum(parse(h["limits.memory"]) for h in hard) == quota.memory
    assert sum(parse(h["requests.storage"]) for h in hard) == quota.storage
    assert sum(int(h["pods"]) for h in hard) == quota.pods
    assert {h["services.nodeports"] for h in hard} == {"0"}


def test_a_zone_has_room_for_as_many_default_pods_as_it_may_hold(vn: Country) -> None:
    for name in ("h41", "h41-101"):
        rendered = render.tenant(vn, name)
        for zone, quota in zone_quotas(vn, vn.tenants[name], "prod").items():
            limits = rendered.manifests[f"{name}-prod-{zone}/LimitRange/zone"]["spec"]["limits"][0]
            assert parse(limits["defaultRequest"]["cpu"]) * 1000 * 4 <= quota.cpu
            assert parse(limits["default"]["memory"]) * 4 <= quota.memory
            assert (
                parse(limits["min"]["memory"]) <= parse(limits["default"]["memory"]) <= parse(limits["max"]["memory"])
            )


FORBIDDEN = {
    "": {
        "namespaces",
        "resourcequotas",
        "limitranges",
        "serviceaccounts",
        "serviceaccounts/token",
        "endpoints",
        "pods/ephemeralcontainers",
        "pods/binding",
        "bindings",
        "nodes",
        "persistentvolumes",
    },
    "networking.k8s.io": {"networkpolicies", "ingresses"},
    "rbac.authorization.k8s.io": {"roles", "rolebindings"},
    "discovery.k8s.io": {"endpointslices"},
}
READING = {"get", "list", "watch"}


def test_no_role_has_a_wildcard_or_a_way_around_the_platform(vn: Country) -> None:
    for name in vn.stacks():
        for role in of_kind(render.stack(vn, name), "ClusterRole"):
            for rule in role["rules"]:
                words = [*rule.get("apiGroups", []), *rule.get("resources", []), *rule["verbs"]]
                assert "*" not in "".join(words)
                assert not {"escalate", "bind", "impersonate", "deletecollection"} & set(rule["verbs"])
                for group in rule.get("apiGroups", []):
                    changed = set(rule["resources"]) & FORBIDDEN.get(group, set())
                    assert not changed or set(rule["verbs"]) <= READING


def test_roles_are_bound_to_the_tenants_own_groups_only(vn: Country) -> None:
    bindings = of_kind(render.tenant(vn, "h41"), "RoleBinding")
    assert len(bindings) == 3 * len(render.tenant(vn, "h41").namespaces)
    for binding in bindings:
        role = binding["metadata"]["name"].removeprefix("govcloud-tenant-")
        assert binding["roleRef"] | {"apiGroup": ""} == {
            "apiGroup": "",
            "kind": "ClusterRole",
            "name": binding["metadata"]["name"],
        }
        assert [s["name"] for s in binding["subjects"]] == [f"gov:h41:{role}"]


def test_every_role_that_is_bound_is_the_clusters_and_bound_across_it_nowhere(vn: Country) -> None:
    cluster = render.cluster(vn, "cgc-hn1")
    there = {role["metadata"]["name"] for role in of_kind(cluster, "ClusterRole")}
    for name in vn.stacks():
        assert {b["roleRef"]["name"] for b in of_kind(render.stack(vn, name), "RoleBinding")} <= there
        assert of_kind(render.stack(vn, name), "Role") == []
    across = {binding["roleRef"]["name"] for binding in of_kind(cluster, "ClusterRoleBinding")}
    assert across == {"govcloud-auditor"}


def test_only_the_admin_reads_secrets(vn: Country) -> None:
    roles = of_kind(render.cluster(vn, "cgc-hn1"), "ClusterRole")
    readers = {
        r["metadata"]["name"] for r in roles if any("secrets" in rule.get("resources", ()) for rule in r["rules"])
    }
    assert readers == {"govcloud-tenant-admin"}
    auditor = render.cluster(vn, "cgc-hn1").manifests["cluster/ClusterRole/govcloud-auditor"]
    for rule in auditor["rules"]:
        assert set(rule["verbs"]) <= READING
        assert not {"secrets", "pods/exec", "pods/log"} & set(rule.get("resources", []))


@pytest.mark.parametrize("role", ["admin", "operator", "viewer"])
def test_a_role_leads_into_pods_or_writes_them_only_if_it_reads_secrets(vn: Country, role: str) -> None:
    rules = render.cluster(vn, "cgc-hn1").manifests[f"cluster/ClusterRole/govcloud-tenant-{role}"]["rules"]
    given = {(resource, verb) for rule in rules for resource in rule["resources"] for verb in rule["verbs"]}
    control = CONTROLS["TEN-04"]
    into = {(way, verb) for way in control.strings("ways_into_pods") for verb in ("get", "create", "update", "patch")}
    writing = {(kind, verb) for kind in control.strings("pod_writing") for verb in ("create", "update")}
    assert bool(given & (into | writing)) is (("secrets", "get") in given) is (role == "admin")


def test_an_operator_restarts_scales_and_reads_logs(vn: Country) -> None:
    rules = render.cluster(vn, "cgc-hn1").manifests["cluster/ClusterRole/govcloud-tenant-operator"]["rules"]
    given = {(resource, verb) for rule in rules for resource in rule["resources"] for verb in rule["verbs"]}
    changes = {(resource, verb) for resource, verb in given if verb not in READING}
    assert changes == {
        ("pods", "delete"),
        ("deployments", "patch"),
        ("statefulsets", "patch"),
        ("daemonsets", "patch"),
        ("deployments/scale", "update"),
        ("deployments/scale", "patch"),
        ("statefulsets/scale", "update"),
        ("statefulsets/scale", "patch"),
    }
    assert ("pods/log", "get") in given


def test_buckets_are_private_versioned_tagged_and_bounded(vn: Country) -> None:
    buckets = {b.name: b for b in render.tenant(vn, "h41").buckets}
    assert set(buckets) == {"vn-h41-prod-records", "vn-h41-prod-attachments"}
    records = buckets["vn-h41-prod-records"]
    assert records == dataclasses.replace(
        records, versioning=True, public=False, encryption="AES256", quota_bytes=4 << 30, environment="prod"
    )
    assert records.tags["govcloud.gov.vn/class"] == "private"
    assert records.tags["govcloud.gov.vn/agency"] == "H41"


def test_an_identity_reaches_its_own_buckets_and_configures_none(vn: Country) -> None:
    (identity,) = render.tenant(vn, "h41-101").identities
    assert (identity.name, identity.buckets) == ("h41-101-prod", ("vn-h41-101-prod-records",))
    assert (identity.secret.namespace, identity.secret.name) == ("h41-101-prod-srv", "object-store")
    statements = identity.policy["Statement"]
    allowed = {r for s in statements if s["Effect"] == "Allow" for r in s["Resource"]}
    # No wildcard before the slash: a longer bucket name must not match.
    assert allowed == {"arn:aws:s3:::vn-h41-101-prod-records", "arn:aws:s3:::vn-h41-101-prod-records/*"}
    denied = {a for s in statements if s["Effect"] == "Deny" for a in s["Action"]}
    assert denied >= {
        "s3:PutBucketAcl",
        "s3:PutObjectAcl",
        "s3:PutBucketPolicy",
        "s3:DeleteBucketPolicy",
        "s3:PutBucketVersioning",
        "s3:PutLifecycleConfiguration",
        "s3:PutEncryptionConfiguration",
        "s3:DeleteBucket",
    }
    assert not denied & {a for s in statements if s["Effect"] == "Allow" for a in s["Action"]}


def test_two_manifests_never_share_a_key() -> None:
    manifest = {"kind": "ConfigMap", "metadata": {"name": "a", "namespace": "b"}}
    with pytest.raises(ValueError, match="b/ConfigMap/a"):
        keyed([manifest, dict(manifest)])


def test_keys_do_not_depend_on_other_declarations(vn: Country) -> None:
    alone = dataclasses.replace(vn, links={}, segments={}, platforms={})
    assert set(render.tenant(alone, "h41").manifests) == set(render.tenant(vn, "h41").manifests)


def test_policies_let_pass_exactly_the_declared_relation(vn: Country) -> None:
    """The relation is computed from declarations alone, so a mistake in rendering is not compared with itself."""
    policies = [m for name in vn.stacks() for m in of_kind(render.stack(vn, name), "NetworkPolicy")]
    assert len(policies) == len({p["metadata"]["namespace"] for p in policies})
    namespaces = [m for name in vn.stacks() for m in of_kind(render.stack(vn, name), "Namespace")]

    def ends(direction: str, end: str) -> Iterator[tuple[str, str, int]]:
        for policy in policies:
            for rule in policy["spec"].get(direction, []):
                for peer in rule[end]:
                    wanted = peer.get("namespaceSelector", {}).get("matchLabels", {"no": "such"}).items()
                    named = [n["metadata"] for n in namespaces if wanted <= n["metadata"]["labels"].items()]
                    for other in named:
                        yield from (
                            (policy["metadata"]["namespace"], other["name"], port["port"]) for port in rule["ports"]
                        )

    declared = {(f.source, f.target, f.port) for f in render.reachability(vn, TODAY).flows}
    assert declared
    assert set(ends("egress", "to")) == declared
    assert {(source, target, port) for target, source, port in ends("ingress", "from")} == declared


def test_only_holders_of_keys_reach_the_store_and_only_at_its_port(vn: Country) -> None:
    ways = set()
    for policy in of_kind(render.tenant(vn, "h41"), "NetworkPolicy"):
        for rule in policy["spec"]["egress"]:
            blocks = [peer["ipBlock"]["cidr"] for peer in rule["to"] if "ipBlock" in peer]
            ways |= {(policy["metadata"]["namespace"], b, p["port"]) for b in blocks for p in rule["ports"]}
    hosts = render.reachability(vn, TODAY).hosts
    assert ways == {(h.source, f"{h.address}/32", h.port) for h in hosts if h.source.startswith("h41-prod-")} != set()


def test_every_zone_asks_for_names_and_nobody_is_told_more(vn: Country) -> None:
    for name in vn.stacks():
        for policy in of_kind(render.stack(vn, name), "NetworkPolicy"):
            udp = [rule for rule in policy["spec"]["egress"] if {"protocol": "UDP", "port": 53} in rule["ports"]]
            assert [peer for rule in udp for peer in rule["to"]] == [
                {
                    "namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "kube-system"}},
                    "podSelector": {"matchLabels": {"k8s-app": "kube-dns"}},
                }
            ]
