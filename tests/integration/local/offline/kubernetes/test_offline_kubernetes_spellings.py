"""Spellings that mean the same, fields that nobody has and kinds that are gone, with the real engine and API server."""

from __future__ import annotations

import time

import pytest
from kubernetes_stack import Stack

pytestmark = pytest.mark.cloud

UP = ("up", "--yes", "--skip-preview")
START = """
import os

import pulumi
import pulumi_kubernetes as k8s

provider = k8s.Provider("p", kubeconfig=os.environ["KCFG"])
pulumi.runtime.register_resource_transform(
    lambda args: None if args.type_.startswith("pulumi:") else pulumi.ResourceTransformResult(
        args.props, pulumi.ResourceOptions.merge(args.opts, pulumi.ResourceOptions(provider=provider))))
"""
SPELLINGS = (
    START
    + """
ns = k8s.core.v1.Namespace("ns", metadata={"name": "spelt"})
where = {"namespace": ns.metadata.name}
k8s.autoscaling.v2.HorizontalPodAutoscaler("hpa", metadata={"name": "hpa", **where}, spec={
    "maxReplicas": 3,
    "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "none"},
    "metrics": [{"type": "Pods", "pods": {
        "metric": {"name": "r"}, "target": {"type": "AverageValue", "averageValue": "1000"}}}]})
k8s.storage.v1.CSIStorageCapacity("cap", metadata={"name": "cap", **where}, storage_class_name="none",
    capacity="1024Mi", maximum_volume_size="10E")
k8s.core.v1.ResourceQuota("quota", metadata={"name": "q", **where}, spec={"hard": {"requests.storage": "10E"}})
k8s.core.v1.Service("svc", metadata={"name": "svc", **where, "annotations": {"pulumi.com/skipAwait": "true"}},
    spec={"selector": {"app": "x"}, "ports": [{"port": 80, "targetPort": 0}], "sessionAffinity": ""})
k8s.rbac.v1.RoleBinding("rb", metadata={"name": "rb", **where},
    role_ref={"apiGroup": "", "kind": "ClusterRole", "name": "view"}, subjects=[{"kind": "User", "name": "nobody"}])


def volume(name, source):
    k8s.core.v1.PersistentVolume(name, metadata={"name": f"spelt-{name}"}, spec={
        "capacity": {"storage": "1Gi"}, "accessModes": ["ReadWriteOnce"],
        "persistentVolumeReclaimPolicy": "Retain", **source})


volume("csi", {"csi": {"driver": "example.test", "volumeHandle": "v-1", "readOnly": False}})
volume("iscsi", {"iscsi": {"targetPortal": "192.0.2.1:3260", "iqn": "iqn.2001-04.com.example:x", "lun": 0,
    "chapAuthSession": False}})
"""
)
UNKNOWN = (
    START
    + """
k8s.apiextensions.CustomResource("d", api_version="apps/v1", kind="Deployment",
    metadata={"name": "d", "namespace": "default", "annotations": {"pulumi.com/skipAwait": "true"}},
    spec={"replica": 0, "replicas": 0, "selector": {"matchLabels": {"a": "a"}},
        "template": {"metadata": {"labels": {"a": "a"}},
            "spec": {"containers": [{"name": "c", "image": "i", "imag": "i"}]}}})
"""
)
GONE = (
    START
    + """
k8s.apiextensions.CustomResource("pdb", api_version="policy/v1beta1", kind="PodDisruptionBudget",
    metadata={"name": "pdb", "namespace": "default"}, spec={"minAvailable": 1})
"""
)


def test_what_means_the_same_is_no_change(stack: Stack) -> None:
    stack.bench.program(SPELLINGS)
    assert "10 to create" in stack.done("preview")
    assert "10 created" in stack.done(*UP)
    stack.done("preview", "--expect-no-changes")
    stack.done(*UP, "--expect-no-changes")
    stack.done("refresh", "--yes", "--expect-no-changes")
    stack.done(*UP, "--expect-no-changes")


def test_a_field_that_no_kind_has_is_left_out_with_a_warning(stack: Stack) -> None:
    stack.bench.program(UNKNOWN)
    said = stack.done(*UP)
    assert "has no field `spec.replica`: it is left out; did you mean `replicas`?" in said
    assert "has no field `spec.template.spec.containers[0].imag`: it is left out; did you mean `image`?" in said
    stack.done(*UP, "--expect-no-changes")
    stack.bench.program(UNKNOWN.replace('"replicas": 0', '"replicas": 0, "paused": True'))
    stack.done(*UP)
    assert stack.get("apps/v1", "Deployment", "default", "d")["spec"]["paused"] is True


@pytest.mark.parametrize("command", [("preview",), UP])
def test_a_kind_that_is_gone_is_refused_at_once(stack: Stack, command: tuple[str, ...]) -> None:
    stack.bench.program(GONE)
    started = time.monotonic()
    assert "Kubernetes 1.25 removed it: write apiVersion policy/v1" in stack.failed(*command)
    assert time.monotonic() - started < 30  # it was waited for, for a minute
