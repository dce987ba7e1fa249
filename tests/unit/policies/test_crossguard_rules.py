"""The pack's rules: silent on everything that the reference country renders, and loud on each violation."""

from __future__ import annotations

import copy
import importlib
import shutil
from pathlib import Path
from typing import Any

import pytest
from made_objects import CONTROLS
from policy_pack import LABELS, NAMESPACE, judge, judge_stack, made, token_of

from govcloud import country, render
from govcloud.country import controls
from govcloud.folders import project_root
from govcloud.render.stack import stack

IMAGE = f"govcloud.local/i@sha256:{'0' * 64}"
POD: dict[str, Any] = {
    "securityContext": {"runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}},
    "containers": [
        {
            "name": "c",
            "image": IMAGE,
            "securityContext": {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}},
        }
    ],
}


def out(cidr: str, *ports: dict[str, Any]) -> dict[str, Any]:
    return {"egress": [{"to": [{"ipBlock": {"cidr": cidr}}], "ports": list(ports)}]}


def namespace(**labels: str | None) -> tuple[str, dict[str, Any]]:
    own = {**LABELS, "pod-security.kubernetes.io/enforce": "restricted", **labels}
    kept = {key: value for key, value in own.items() if value is not None}
    return "kubernetes:core/v1:Namespace", {"metadata": {"name": NAMESPACE, "labels": kept}}


@pytest.fixture(scope="module")
def reference() -> country.Country:
    return country.load(project_root() / "tests" / "fixtures" / "country")


def test_everything_that_the_reference_country_renders_is_accepted(reference: country.Country) -> None:
    for name in reference.stacks():
        manifests = [(token_of(m), m) for m in stack(reference, name).manifests.values()]
        assert manifests, name
        for token, manifest in manifests:
            assert judge(token, manifest) == set(), f"{name}: {manifest['kind']} {manifest['metadata']['name']}"
        assert judge_stack(*manifests) == set(), name
    for tenant in reference.tenants:
        for bucket in render.tenant(reference, tenant).buckets:
            props = {
                "name": bucket.name,
                "versioning": bucket.versioning,
                "quotaBytes": bucket.quota_bytes,
                "tags": bucket.tags,
            }
            assert judge("govcloud:storage:Bucket", props) == set()
        for identity in render.tenant(reference, tenant).identities:
            props = {"name": identity.name, "buckets": list(identity.buckets), "policy": identity.policy}
            assert judge("govcloud:storage:Identity", props) == set()


@pytest.mark.parametrize("key", sorted(LABELS))
def test_a_namespace_without_one_of_its_labels(key: str) -> None:
    assert judge(*namespace()) == set()
    assert judge(*namespace(**{key: None})) == {"TEN-01"}


def test_a_namespace_that_is_named_or_labelled_otherwise() -> None:
    assert judge(*namespace(**{"govcloud.gov.vn/tenant": "h41"})) == {"TEN-01"}
    assert judge(*namespace(**{"govcloud.gov.vn/managed-by": "somebody"})) == {"TEN-01"}
    assert judge(*namespace(**{"pod-security.kubernetes.io/enforce": "baseline"})) == {"TEN-05"}
    assert judge(*namespace(**{"pod-security.kubernetes.io/enforce": None})) == {"TEN-05"}


def test_an_object_in_another_tenants_namespace() -> None:
    token, props = made("ConfigMap")
    assert judge(token, props) == set()
    props["metadata"]["namespace"] = "h41-prod-srv"
    assert judge(token, props) == {"TEN-01"}


POD_VIOLATIONS: dict[str, dict[str, Any]] = {
    "hostNetwork": {"hostNetwork": True},
    "a pod that takes for ever to end": {"terminationGracePeriodSeconds": 10**9},
    "a pod that keeps others off a node": {
        "affinity": {
            "podAntiAffinity": {
                "requiredDuringSchedulingIgnoredDuringExecution": [
                    {"namespaceSelector": {}, "topologyKey": "kubernetes.io/hostname"}
                ]
            }
        }
    },
    "hostPID": {"hostPID": True},
    "hostUsers": {"hostUsers": True},
    "hostIPC": {"hostIPC": True},
    "hostPath": {"volumes": [{"name": "v", "hostPath": {"path": "/"}}]},
    "nodeName": {"nodeName": "n"},
    "scheduler": {"schedulerName": "own"},
    "toleration": {"tolerations": [{"operator": "Exists"}]},
    "priority": {"priorityClassName": "system-node-critical"},
    "root": {"securityContext": {"runAsUser": 0, "seccompProfile": {"type": "RuntimeDefault"}}},
    "seccomp": {"securityContext": {"runAsNonRoot": True}},
    "init": {"initContainers": [{"name": "i", "image": IMAGE, "securityContext": {"privileged": True}}]},
    "ephemeral": {"ephemeralContainers": [{"name": "e", "image": IMAGE}]},
}


IMAGE_VIOLATIONS = {
    "another registry": f"registry.elsewhere.example/i@sha256:{'0' * 64}",
    "called alike": f"govcloud.local.example/i@sha256:{'0' * 64}",
    "a folder above": "registry.cgc-hn2.example.gov.vn/i@sha256:" + "0" * 64,
    "Docker's": f"i@sha256:{'0' * 64}",
    "a tag": "govcloud.local/i:1",
    "a digest cut short": "govcloud.local/i@sha256:1234",
    "nothing": None,
}


@pytest.mark.parametrize("image", IMAGE_VIOLATIONS.values(), ids=IMAGE_VIOLATIONS)
def test_images_of_pods_and_templates_of_every_kind(image: str | None) -> None:
    container = {key: value for key, value in {**POD["containers"][0], "image": image}.items() if value is not None}
    for group in ("containers", "initContainers"):
        spec = {**POD, group: [container]}
        for token, props in (
            made("Pod", spec=spec),
            made("Deployment", "apps/v1", spec={"template": {"spec": spec}}),
            made("CronJob", "batch/v1", spec={"jobTemplate": {"spec": {"template": {"spec": spec}}}}),
        ):
            assert judge(token, props) == {"SUP-01"}
            assert "SUP-01" not in judge(*of_level((token, props), "2"))
            assert "SUP-01" in judge(*of_level((token, props), "4"))
            assert "SUP-01" in judge(*of_level((token, props), None)), "what does not say its level is of every level"


def of_level(resource: tuple[str, dict[str, Any]], level: str | None) -> tuple[str, dict[str, Any]]:
    token, props = resource
    labels = {key: value for key, value in LABELS.items() if key != "govcloud.gov.vn/level"}
    own = {**labels, "govcloud.gov.vn/level": level} if level else labels
    return token, {**props, "metadata": {**props["metadata"], "labels": own}}


@pytest.mark.parametrize("change", POD_VIOLATIONS.values(), ids=POD_VIOLATIONS)
def test_pods_and_templates_of_every_kind(change: dict[str, Any]) -> None:
    for spec, violated in ((POD, set()), ({**POD, **change}, {"TEN-05"})):
        template = {"template": {"spec": spec}}
        assert judge(*made("Pod", spec=spec)) == violated
        for kind, api in (("Deployment", "apps/v1"), ("StatefulSet", "apps/v1"), ("Job", "batch/v1")):
            assert judge(*made(kind, api, spec=template)) == violated
        assert judge(*made("CronJob", "batch/v1", spec={"jobTemplate": {"spec": template}})) == violated
        assert judge(*made("PodTemplate", template={"spec": spec})) == violated


@pytest.mark.parametrize(
    "context",
    [
        {"privileged": True, "capabilities": {"drop": ["ALL"]}, "allowPrivilegeEscalation": False},
        {"allowPrivilegeEscalation": True, "capabilities": {"drop": ["ALL"]}},
        {"capabilities": {"drop": ["ALL"]}},
        {"allowPrivilegeEscalation": False},
        {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"], "add": ["SYS_ADMIN"]}},
        {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}, "procMount": "Unmasked"},
        {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}, "runAsNonRoot": False},
    ],
)
def test_containers(context: dict[str, Any]) -> None:
    pod = copy.deepcopy(POD)
    pod["containers"][0]["securityContext"] = context
    assert judge(*made("Pod", spec=pod)) == {"TEN-05"}


@pytest.mark.parametrize(
    ("rule", "violated"),
    [
        ({"ingress": [{"from": [{"namespaceSelector": {"matchLabels": {"govcloud.gov.vn/tenant": "g09"}}}]}]}, set()),
        ({"ingress": [{"from": [{"podSelector": {}}]}]}, set()),
        (out("10.250.0.2/32", {"port": 8333}), set()),
        (out("10.250.0.2/32", {"port": 8333, "protocol": "TCP"}, {"port": 8333, "endPort": 8333}), set()),
        (out("10.250.0.2/32", {"port": 443}), {"NET-04"}),
        (out("10.250.0.2/32", {"port": 8333}, {"port": 22}), {"NET-04"}),
        (out("10.250.0.2/32", {"port": 8333, "protocol": "UDP"}), {"NET-04"}),
        (out("10.250.0.2/32", {"port": 8333, "endPort": 9000}), {"NET-04"}),
        (out("10.250.0.2/32", {"port": "s3"}), {"NET-04"}),
        (out("10.80.41.9/32", {"port": 8333}), {"NET-04"}),
        (out("2001:db8::9/128", {"port": 443}), {"NET-04"}),
        ({"egress": [{"to": [{"ipBlock": {"cidr": "10.80.41.9/32"}}]}]}, {"NET-04"}),
        ({"egress": [{"to": [{"ipBlock": {"cidr": "10.80.41.8/31"}}], "ports": [{"port": 443}]}]}, {"NET-04"}),
        ({"egress": [{"to": [{"ipBlock": {"cidr": "somewhere"}}], "ports": [{"port": 443}]}]}, {"NET-04"}),
        ({"ingress": [{"from": [{"ipBlock": {"cidr": "10.80.41.9/32"}}], "ports": [{"port": 443}]}]}, {"NET-04"}),
        ({"ingress": [{}]}, {"NET-04"}),
        ({"egress": [{"ports": [{"port": 443}]}]}, {"NET-04"}),
        ({"ingress": [{"from": [{"namespaceSelector": {}}]}]}, {"NET-04"}),
        ({"ingress": [{"from": [{"namespaceSelector": {"matchLabels": {"team": "a"}}}]}]}, {"NET-04"}),
        ({"ingress": [{"from": [{"namespaceSelector": {"matchExpressions": [{"key": "a"}]}}]}]}, {"NET-04"}),
        ({"egress": [{"to": [{"ipBlock": {"cidr": "0.0.0.0/0"}}]}]}, {"NET-04"}),
        ({"egress": [{"to": [{"ipBlock": {"cidr": "128.0.0.0/1"}}]}]}, {"NET-04"}),
    ],
)
def test_network_policies(rule: dict[str, Any], violated: set[str]) -> None:
    assert judge(*made("NetworkPolicy", "networking.k8s.io/v1", spec={"podSelector": {}, **rule})) == violated


def test_another_clouds_store_is_not_this_ones() -> None:
    pack, declared = importlib.import_module("pack"), importlib.import_module("declared")
    for cloud, cidr, port, passes in (
        ("cgc-hn1", "10.250.0.2/32", 8333, True),
        ("cgc-hn2", "10.250.0.2/32", 8333, False),
        ("nowhere", "10.250.0.2/32", 8333, False),
        ("cgc-hn1", "203.0.113.1/32", 443, False),
    ):
        token, props = made(
            "NetworkPolicy", "networking.k8s.io/v1", spec={"podSelector": {}, **out(cidr, {"port": port})}
        )
        resource = declared.Declared(token, props, cloud)
        assert any(list(rule(resource)) for rule in pack.RESOURCE_RULES["NET-04"]) != passes


def test_services() -> None:
    assert judge(*made("Service", spec={"ports": [{"port": 80}]})) == set()
    for spec in ({"type": "NodePort"}, {"type": "ExternalName"}, {"externalIPs": ["203.0.113.7"]}):
        assert judge(*made("Service", spec=spec)) == {"NET-04"}


OWNED = {f"govcloud.gov.vn/{key}": value for key, value in {"tenant": "t", "agency": "G1", "class": "private"}.items()}
BUCKET = {"name": "b", "versioning": True, "quotaBytes": 1 << 30, "tags": {**OWNED, "level": "3"}}


@pytest.mark.parametrize(
    ("change", "violated"),
    [
        ({}, set()),
        ({"quotaBytes": None}, {"TEN-03"}),
        ({"versioning": False}, {"STO-04"}),
        ({"versioning": False, "tags": {**OWNED, "govcloud.gov.vn/level": "2"}}, {"STO-04"}),
        ({"versioning": False, "tags": OWNED}, {"STO-04"}),
        ({"versioning": False, "tags": {**OWNED, "level": "1"}}, set()),
        # What replaced versions stay for follows from the level (policies/levels), 5 where none is said.
        ({"lifecycle": [{"id": "x", "abortUploadsDays": 7}]}, set()),
        ({"lifecycle": [{"id": "x", "noncurrentDays": 365}]}, set()),
        ({"lifecycle": [{"id": "x", "noncurrentDays": 89}], "tags": {**OWNED, "level": "3"}}, {"STO-04"}),
        ({"lifecycle": [{"id": "x", "noncurrentDays": 90}], "tags": {**OWNED, "level": "3"}}, set()),
        ({"lifecycle": [{"id": "x", "noncurrentDays": 364}], "tags": OWNED}, {"STO-04"}),
        ({"lifecycle": [{"id": "x", "expireDays": 9999}], "tags": {**OWNED, "level": "2"}}, {"STO-04"}),
        ({"encryption": True}, set()),
        ({"encryption": False}, {"CRY-03"}),
        ({"encryption": False, "tags": OWNED}, {"CRY-03"}),
        ({"encryption": False, "tags": {**OWNED, "level": "1"}}, set()),
        ({"tags": {**OWNED, "govcloud.gov.vn/class": ""}}, {"STO-03"}),
        ({"tags": {"level": "3"}}, {"STO-03"}),
        ({"public": True}, {"STO-01"}),
        ({"acl": "public-read"}, {"STO-01"}),
        ({"policy": {"Statement": {"Effect": "Allow", "Principal": {"AWS": ["*"]}}}}, {"STO-01"}),
        ({"policy": '{"Statement": [{"Effect": "Allow", "NotPrincipal": {"AWS": "x"}}]}'}, {"STO-01"}),
    ],
)
def test_buckets(change: dict[str, Any], violated: set[str]) -> None:
    assert judge("govcloud:storage:Bucket", {**BUCKET, **change}) == violated


@pytest.mark.parametrize(
    ("until", "provider", "violated"),
    [
        ("2099-01-01", "cgc-hn1-store", set()),
        ("2020-01-01", "cgc-hn1-store", {"CRY-03"}),
        (None, "cgc-hn1-store", {"CRY-03"}),
        ("2099-01-01", "cgc-hn2-store", {"CRY-03"}),
    ],
)
def test_a_bucket_on_disks_that_somebody_attests_asks_for_no_encryption(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, until: str | None, provider: str, violated: set[str]
) -> None:
    copied = tmp_path / "vn"
    shutil.copytree(project_root() / "tests" / "fixtures" / "country", copied)
    file = copied / "clouds" / "cgc-hn1.yaml"
    sealed = f"    sealedDisks: {{reference: BB-NT 12, until: {until}}}\n" if until else ""
    text = file.read_text()
    assert "    adapter: seaweedfs\n" in text
    file.write_text(text.replace("    adapter: seaweedfs\n", f"    adapter: seaweedfs\n{sealed}"))
    monkeypatch.setenv("GOVCLOUD_COUNTRY", str(copied))
    assert judge("govcloud:storage:Bucket", {**BUCKET, "encryption": False}, cloud=provider) == violated


@pytest.mark.parametrize(
    ("resource", "violated"),
    [
        ("arn:aws:s3:::b/*", set()),
        ("arn:aws:s3:::b", set()),
        ("arn:aws:s3:::*", {"STO-01"}),
        ("*", {"STO-01"}),
        ("arn:aws:s3:::b*", {"STO-01"}),
        ("arn:aws:s3:::bb/*", {"STO-01"}),
    ],
)
def test_identities(resource: str, violated: set[str]) -> None:
    policy = {"Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": [resource]}]}
    assert judge("govcloud:storage:Identity", {"name": "i", "buckets": ["b"], "policy": policy}) == violated


def test_a_stack_with_a_namespace_that_nothing_bounds_or_guards() -> None:
    bounds = dict.fromkeys(CONTROLS["TEN-03"].strings("quota_bounds"), "1")
    quota = made("ResourceQuota", spec={"hard": bounds})
    limits = made("LimitRange", spec={"limits": [{"type": "Container"}]})
    deny = made("NetworkPolicy", "networking.k8s.io/v1", spec={"policyTypes": ["Ingress", "Egress"]})
    assert judge_stack(namespace(), quota, limits, deny) == set()
    assert judge_stack(namespace(), limits, deny) == {"TEN-03"}
    assert judge_stack(namespace(), quota, deny) == {"TEN-03"}
    assert judge_stack(namespace(), quota, limits) == {"NET-02"}
    for left_out in ("limits.ephemeral-storage", "count/secrets", "count/pods"):
        holey = made("ResourceQuota", spec={"hard": {k: v for k, v in bounds.items() if k != left_out}})
        assert judge_stack(namespace(), holey, limits, deny) == {"TEN-03"}
    empty = made("ResourceQuota", spec={})
    half = made("NetworkPolicy", "networking.k8s.io/v1", spec={"policyTypes": ["Ingress"]})
    both = {"policyTypes": ["Ingress", "Egress"]}
    named = [{"from": [{"namespaceSelector": {"matchLabels": {"govcloud.gov.vn/tenant": "g09"}}}]}]
    flows = made("NetworkPolicy", "networking.k8s.io/v1", spec={**both, "ingress": named})
    wide = made("NetworkPolicy", "networking.k8s.io/v1", spec={**both, "ingress": [*named, {}]})
    assert judge_stack(namespace(), quota, limits, flows) == set()
    assert judge_stack(namespace(), quota, limits, wide) == {"NET-02"}
    assert judge_stack(namespace(), empty, limits, half) == {"TEN-03", "NET-02"}


def test_an_admission_gate_that_stands_open() -> None:
    group = "admissionregistration.k8s.io/v1"
    metadata = {"name": "govcloud-pods"}
    fine: dict[str, Any] = {
        "metadata": metadata,
        "spec": {"policyName": "govcloud-pods", "validationActions": ["Deny"]},
    }
    assert judge(f"kubernetes:{group}:ValidatingAdmissionPolicyBinding", fine) == set()
    for change in ({"validationActions": ["Warn"]}, {"policyName": "govcloud-none"}):
        spec = {**fine["spec"], **change}
        props = {"metadata": metadata, "spec": spec}
        assert judge(f"kubernetes:{group}:ValidatingAdmissionPolicyBinding", props) == {"TEN-01"}
    ignoring = {"metadata": metadata, "spec": {"failurePolicy": "Ignore"}}
    assert judge(f"kubernetes:{group}:ValidatingAdmissionPolicy", ignoring) == {"TEN-01"}


def test_the_pack_names_every_control_and_only_mandatory_policies() -> None:
    pack = importlib.import_module("pack")
    assert {policy.framework.reference for policy in pack.POLICIES} == {c.id for c in controls.catalogue()}
    assert {policy.enforcement_level.value for policy in pack.POLICIES} == {"mandatory"}
    assert len({policy.name for policy in pack.POLICIES}) == len(pack.POLICIES)


@pytest.mark.parametrize(
    ("share_class", "grants", "violated"),
    [("shared", ["g"], set()), ("private", ["g"], {"STO-01"}), ("open", ["g"], {"STO-01"}), ("private", [], set())],
)
def test_a_bucket_with_grants_is_shared(share_class: str, grants: list[str], violated: set[str]) -> None:
    tags = {**OWNED, "govcloud.gov.vn/level": "3", "govcloud.gov.vn/class": share_class}
    assert judge("govcloud:storage:Bucket", {**BUCKET, "tags": tags, "grants": grants}) == violated


@pytest.mark.parametrize(("effect", "violated"), [("Allow", {"STO-01"}), ("Deny", set())])
def test_a_buckets_own_policy_gives_nothing(effect: str, violated: set[str]) -> None:
    statement = {"effect": effect, "identities": ["x"], "actions": ["s3:*"]}
    assert judge("govcloud:storage:BucketPolicy", {"bucket": "b", "statements": [statement]}) == violated
