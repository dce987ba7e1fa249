"""What lies beside a stack's objects and opens something is found in the stack that it concerns, for a person."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any, cast

import pytest

from govcloud import country, render
from govcloud.clouds.live_cluster import LiveCluster
from govcloud.country import Country
from govcloud.fleet.drift import DifferenceKind
from govcloud.fleet.undeclared import undeclared
from govcloud.stack import StackName

ROOT = Path(__file__).parents[3]
PREFIX = "govcloud.gov.vn/"


def _item(kind: str, name: str, namespace: str = "", labels: dict[str, str] | None = None, **more: Any) -> Any:
    metadata = {"name": name, "namespace": namespace, "labels": labels or {}}
    return {"kind": kind, "metadata": {k: v for k, v in metadata.items() if v}, **more}


class Objects:
    """A cluster that holds these objects, and selects by labels as the API server does."""

    def __init__(self, *items: Any) -> None:
        self.items = items

    def listing(
        self, _version: str, kind: str, namespace: str | None = None, labels: str = "", fields: str = ""
    ) -> list[Any]:
        key, _, value = labels.partition("=")
        field, _, wanted = fields.partition("=")
        return [
            item
            for item in self.items
            if item["kind"] == kind
            and (namespace is None or item["metadata"].get("namespace") == namespace)
            and (not labels or item["metadata"].get("labels", {}).get(key) == value)
            and (not fields or item.get(field) == wanted)
        ]


@pytest.fixture(scope="module")
def declared() -> Country:
    return country.load(ROOT / "tests" / "fixtures" / "country", ROOT / "policies")


def found(declared: Country, stack: str, *items: Any) -> list[str]:
    rendered = render.stack(declared, stack)
    rows = undeclared(declared, StackName.parse(stack), rendered, cast(LiveCluster, Objects(*items)))
    assert all(row.person and row.kind is DifferenceKind.UNDECLARED for row in rows)
    return [str(row).removesuffix(" (needs a person)") for row in rows]


def test_a_clusters_own_objects_are_no_finding(declared: Country) -> None:
    own = render.cluster(declared, "cgc-hn1").manifests.values()
    spaces = [
        m
        for stack in declared.stacks()
        for m in render.stack(declared, stack).manifests.values()
        if m["kind"] == "Namespace"
    ]
    assert found(declared, "cluster.cgc-hn1", *own, *spaces) == []
    for tenant in declared.tenants:
        assert found(declared, f"tenant.{tenant}", *spaces) == []


def test_a_right_across_the_cluster(declared: Country) -> None:
    mallory = _item(
        "ClusterRoleBinding",
        "mallory",
        roleRef={"kind": "ClusterRole", "name": "cluster-admin"},
        subjects=[{"kind": "User", "name": "mallory"}],
    )
    wanted = ["cluster/ClusterRoleBinding/mallory is undeclared: cluster-admin → User mallory"]
    assert found(declared, "cluster.cgc-hn1", mallory) == wanted


def test_who_may_hold_rights_everywhere_is_what_the_country_s_own_law_says(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "policies", tmp_path, dirs_exist_ok=True)
    control = tmp_path / "controls" / "TEN-04.yaml"
    control.write_text(control.read_text().replace("gov:platform:engineer", "site-admins"))
    own = country.load(ROOT / "tests" / "fixtures" / "country", tmp_path)
    role = {"kind": "ClusterRole", "name": "cluster-admin"}
    for group, expected in (("site-admins", 0), ("gov:platform:engineer", 1)):
        binding = _item("ClusterRoleBinding", "b", roleRef=role, subjects=[{"kind": "Group", "name": group}])
        assert len(found(own, "cluster.cgc-hn1", binding)) == expected, group


def test_a_role_of_everybody_that_was_widened(declared: Country) -> None:
    rules = [{"apiGroups": [""], "resources": ["secrets"], "verbs": ["get"]}]
    wanted = ["cluster/ClusterRole/system:discovery is undeclared: secrets → system:authenticated"]
    assert found(declared, "cluster.cgc-hn1", _item("ClusterRole", "system:discovery", rules=rules)) == wanted


def test_an_object_of_the_cluster_that_claims_to_be_ours(declared: Country) -> None:
    left = _item("ValidatingAdmissionPolicy", "govcloud-old", labels={f"{PREFIX}managed-by": "govcloud"})
    sites = _item("ValidatingAdmissionPolicy", "site")
    wanted = ["cluster/ValidatingAdmissionPolicy/govcloud-old is undeclared"]
    assert found(declared, "cluster.cgc-hn1", left, sites) == wanted


def test_a_namespace_with_a_tenants_labels_is_that_tenants_finding(declared: Country) -> None:
    shadow = _item("Namespace", "shadow", labels={f"{PREFIX}tenant": "h41", f"{PREFIX}zone": "srv"})
    wanted = [f"cluster/Namespace/shadow is undeclared: {PREFIX}tenant=h41, {PREFIX}zone=srv"]
    assert found(declared, "tenant.h41", shadow) == wanted
    assert found(declared, "tenant.g09", shadow) == []
    assert found(declared, "cluster.cgc-hn1", shadow) == []


@pytest.mark.parametrize("labels", [{"tenant": "zz"}, {"managed-by": "govcloud"}, {"zone": "db"}])
def test_a_namespace_with_labels_of_nobody_here_is_the_clusters_finding(
    labels: dict[str, str], declared: Country
) -> None:
    ghost = _item("Namespace", "ghost", labels={PREFIX + key: value for key, value in labels.items()})
    (text,) = found(declared, "cluster.cgc-hn1", ghost)
    assert text.startswith("cluster/Namespace/ghost is undeclared: ")
    plain = _item("Namespace", "plain", labels={"kubernetes.io/metadata.name": "plain"})
    assert found(declared, "cluster.cgc-hn1", plain) == []


@pytest.mark.parametrize(
    ("spec", "reason"),
    [
        ({"type": "ExternalName", "externalName": "example.org"}, "type=ExternalName externalName=example.org"),
        ({"type": "NodePort"}, "type=NodePort"),
        ({"type": "LoadBalancer"}, "type=LoadBalancer"),
        ({"externalIPs": ["203.0.113.7"]}, "externalIPs=203.0.113.7"),
    ],
)
def test_a_service_that_leads_around_the_policies(spec: dict[str, Any], reason: str, declared: Country) -> None:
    service = _item("Service", "out", "h41-prod-srv", spec=spec)
    wanted = [f"h41-prod-srv/Service/out is undeclared: {reason}"]
    assert found(declared, "tenant.h41", service) == wanted
    assert found(declared, "tenant.g09", service) == []


def test_a_service_that_says_where_it_is_reached_and_an_ordinary_one(declared: Country) -> None:
    said = _item("Service", "s", "h41-prod-srv", spec={}, status={"loadBalancer": {"ingress": [{"ip": "203.0.113.7"}]}})
    assert "203.0.113.7" in found(declared, "tenant.h41", said)[0]
    inside = _item("Service", "s", "h41-prod-srv", spec={"type": "ClusterIP"}, status={"loadBalancer": {}})
    assert found(declared, "tenant.h41", inside) == []


@pytest.mark.parametrize("stack", ["tenant.h41", "segment.tsl-h41", "platform.lgsp-h41"])
def test_an_identity_that_no_tenant_can_make(stack: str, declared: Country) -> None:
    rendered = render.stack(declared, stack)
    space = rendered.namespaces[0]
    own = [item for item in rendered.manifests.values() if item["kind"] == "ServiceAccount"]
    ordinary = _item("Secret", "app", space, type="Opaque")
    assert own, "each namespace has its account"
    assert found(declared, stack, *own, ordinary) == []
    token = _item("Secret", "ever", space, type="kubernetes.io/service-account-token")
    account, elsewhere = _item("ServiceAccount", "robot", space), _item("ServiceAccount", "robot", "default")
    assert found(declared, stack, *own, account, elsewhere, token) == [
        f"{space}/Secret/ever is undeclared: type=kubernetes.io/service-account-token",
        f"{space}/ServiceAccount/robot is undeclared",
    ]


@pytest.mark.parametrize("stack", ["segment.tsl-h41", "platform.lgsp-h41"])
def test_what_runs_where_the_platform_alone_works(stack: str, declared: Country) -> None:
    rendered = render.stack(declared, stack)
    space = rendered.namespaces[0]

    def made(kind: str, name: str, uid: str, owner: str = "", **more: Any) -> Any:
        item = _item(kind, name, space)
        item["metadata"] |= {"uid": uid, "labels": {"app": "own"}}
        if owner:
            of, called, number = owner.split("/")
            item["metadata"]["ownerReferences"] = [{"controller": True, "kind": of, "name": called, "uid": number}]
        return item | {"spec": {"selector": {"matchLabels": {"app": "own"}}}} | more

    (deployment,) = (item for item in rendered.manifests.values() if item["kind"] == "Deployment")
    name = deployment["metadata"]["name"]
    replicas = made("ReplicaSet", "r", "2", f"Deployment/{name}/1")
    own = [made("Deployment", name, "1"), replicas, made("Pod", "p", "3", "ReplicaSet/r/2")]
    assert found(declared, stack, *own) == []
    unchosen = made("Pod", "not-chosen", "13", "ReplicaSet/r/2")
    unchosen["metadata"]["labels"] = {"app": "another"}
    planted = [
        made("Pod", "bare", "4"),
        made("Pod", "owned-by-a-map", "5", "ConfigMap/map/map"),
        made("StatefulSet", "set", "6"),
        made("Pod", "set-0", "7", "StatefulSet/set/6"),
        # An owner is what its maker writes there: it must be one that makes such things, and take this one for its own.
        made("Pod", "of-a-deployment", "8", f"Deployment/{name}/1"),
        made("Pod", "of-itself", "9", "Pod/of-itself/9"),
        made("Deployment", "each", "10", "Deployment/other/11"),
        made("Deployment", "other", "11", "Deployment/each/10"),
        made("Pod", "of-another-name", "12", "ReplicaSet/renamed/2"),
        unchosen,
        made("Job", "of-a-set", "14", "ReplicaSet/r/2"),
    ]
    assert found(declared, stack, *own, *planted) == [
        f"{space}/Deployment/each is undeclared",
        f"{space}/Deployment/other is undeclared",
        f"{space}/Job/of-a-set is undeclared",
        f"{space}/Pod/bare is undeclared",
        f"{space}/Pod/not-chosen is undeclared",
        f"{space}/Pod/of-a-deployment is undeclared",
        f"{space}/Pod/of-another-name is undeclared",
        f"{space}/Pod/of-itself is undeclared",
        f"{space}/Pod/owned-by-a-map is undeclared",
        f"{space}/StatefulSet/set is undeclared",
    ]
    # In a zone it is the tenant's own business what runs.
    zone = render.tenant(declared, "h41").namespaces[0]
    assert found(declared, "tenant.h41", _item("Deployment", "app", zone)) == []
