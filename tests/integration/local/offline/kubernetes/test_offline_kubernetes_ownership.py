"""Whose fields are whose, on a real API server: taking over what was created, and letting go."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from kubernetes_stack import Stack

from govcloud_offline.kubernetes.api.api_error import ApiError

pytestmark = pytest.mark.cloud

UP = ("up", "--yes", "--skip-preview")
PROGRAM = """
import os, pulumi, pulumi_kubernetes as k8s
p = k8s.Provider("c", kubeconfig=os.environ["KCFG"], cluster_identifier="test")
o = pulumi.ResourceOptions(provider=p)
ns = k8s.core.v1.Namespace("ns", metadata={"name": "offline-own"}, opts=o)
in_ns = lambda name, **more: {"name": name, "namespace": ns.metadata["name"], **more}
"""
AUTOSCALER = """
target = {"type": "AverageValue", "averageValue": os.environ.get("TARGET", "512Mi")}
metrics = [{"type": "Resource", "resource": {"name": "memory", "target": target}}]
reference = {"apiVersion": "apps/v1", "kind": "Deployment", "name": "none"}
spec = {"maxReplicas": int(os.environ.get("MAX", "3")), "scaleTargetRef": reference}
if os.environ.get("TARGET") != "none":
    spec["metrics"] = metrics
k8s.autoscaling.v2.HorizontalPodAutoscaler("h", metadata=in_ns("h"), spec=spec, opts=o)
"""


def autoscaler(stack: Stack) -> Any:
    return stack.get("autoscaling/v2", "HorizontalPodAutoscaler", "offline-own", "h")["spec"]


def test_an_autoscaler_s_memory_target_can_be_changed_and_dropped(stack: Stack) -> None:
    """The API server takes any write for a change of such an amount, and books it for whoever wrote."""
    stack.bench.program(PROGRAM + AUTOSCALER)
    stack.done(*UP)
    for target in ("600Mi", "700Mi"):
        assert "1 to update" in stack.done("preview", TARGET=target)
        assert "1 updated" in stack.done(*UP, TARGET=target)
        assert autoscaler(stack)["metrics"][0]["resource"]["target"]["averageValue"] == target
        stack.done(*UP, "--expect-no-changes", TARGET=target)
    # Another field alone, and then no target at all.
    stack.done(*UP, TARGET="700Mi", MAX="5")
    assert (autoscaler(stack)["maxReplicas"], len(autoscaler(stack)["metrics"])) == (5, 1)
    stack.done(*UP, TARGET="none", MAX="5")
    assert [metric["resource"]["name"] for metric in autoscaler(stack)["metrics"]] == ["cpu"]  # the server's default


def test_a_first_update_that_drops_the_target_drops_it(stack: Stack) -> None:
    stack.bench.program(PROGRAM + AUTOSCALER)
    stack.done(*UP)
    stack.done(*UP, TARGET="none")
    assert [metric["resource"]["name"] for metric in autoscaler(stack)["metrics"]] == ["cpu"]


def test_a_conflict_over_a_target_stays_a_conflict(stack: Stack) -> None:
    stack.bench.program(PROGRAM + AUTOSCALER)
    stack.done(*UP)
    theirs = {
        "apiVersion": "autoscaling/v2",
        "kind": "HorizontalPodAutoscaler",
        "metadata": {"name": "h", "namespace": "offline-own"},
        "spec": {"maxReplicas": 9, "scaleTargetRef": autoscaler(stack)["scaleTargetRef"]},
    }
    path = "/apis/autoscaling/v2/namespaces/offline-own/horizontalpodautoscalers/h"
    query = {"fieldManager": "foreign", "force": "true"}
    stack.client.request("PATCH", path, query=query, body=theirs, content_type="application/apply-patch+yaml")
    for command in (("preview",), UP):
        refused = stack.failed(*command, TARGET="600Mi", MAX="4")
        assert 'conflict with "foreign"' in refused and ".spec.maxReplicas" in refused
    assert autoscaler(stack)["maxReplicas"] == 9


def test_the_first_change_of_a_keyed_list_can_be_previewed(stack: Stack) -> None:
    stack.bench.program(
        PROGRAM
        + """
named = in_ns("s", annotations={"pulumi.com/skipAwait": "true"})
spec = {"selector": {"a": "x"}, "ports": [{"name": "http", "port": int(os.environ.get("PORT", "80"))}]}
k8s.core.v1.Service("s", metadata=named, spec=spec, opts=o)
"""
    )
    stack.done(*UP)
    address = stack.get("v1", "Service", "offline-own", "s")["spec"]["clusterIP"]
    assert "1 to update" in stack.done("preview", PORT="8080")
    assert stack.get("v1", "Service", "offline-own", "s")["spec"]["ports"][0]["port"] == 80
    stack.done(*UP, PORT="8080")
    found = stack.get("v1", "Service", "offline-own", "s")["spec"]
    assert [port["port"] for port in found["ports"]] == [8080]
    assert found["clusterIP"] == address
    # What is wrong is still found before anything is changed.
    assert "Invalid value: 99999" in stack.failed("preview", PORT="99999")


DEPLOYMENT: dict[str, Any] = {
    "apiVersion": "apps/v1",
    "kind": "Deployment",
    "metadata": {"name": "other", "namespace": "offline-own"},
    "spec": {
        "replicas": 0,
        "selector": {"matchLabels": {"a": "b"}},
        "template": {
            "metadata": {"labels": {"a": "b"}},
            "spec": {"containers": [{"name": "c", "image": "registry.example.test/a:1"}]},
        },
    },
}
PATCH = """
kept = pulumi.ResourceOptions(provider=p, retain_on_delete=bool(os.environ.get("KEEP")))
named = in_ns("other", annotations={"pulumi.com/patchForce": "true", "pulumi.com/skipAwait": "true"})
spec = {"template": {"spec": {"containers": [{"name": "c", "image": "registry.example.test/a:2"}]}}}
k8s.apps.v1.DeploymentPatch("image", metadata=named, spec=spec, opts=kept)
"""


def image(stack: Stack) -> str:
    found = stack.get("apps/v1", "Deployment", "offline-own", "other")["spec"]["template"]["spec"]["containers"][0]
    return str(found["image"])


@pytest.fixture
def patched(stack: Stack) -> Stack:
    """A stack whose Patch resource alone owns the image of somebody's Deployment."""
    stack.bench.program(PROGRAM)
    stack.done(*UP)
    stack.create(DEPLOYMENT, "kubectl-create")
    stack.bench.program(PROGRAM + PATCH)
    stack.done(*UP)
    assert image(stack) == "registry.example.test/a:2"
    return stack


def test_a_patch_that_owns_a_required_field_names_two_ways_out_and_the_first_works(patched: Stack) -> None:
    patched.bench.program(PROGRAM)
    refused = patched.failed(*UP)
    assert "spec.template.spec.containers[0].image: Required value" in refused
    assert "retainOnDelete" in refused and "another manager first" in refused
    patched.bench.program(PROGRAM + PATCH)
    patched.done(*UP, KEEP="yes")
    patched.bench.program(PROGRAM)
    patched.done(*UP)
    assert image(patched) == "registry.example.test/a:2"


def test_the_second_way_out_works(patched: Stack) -> None:
    owned = copy.deepcopy(DEPLOYMENT)
    owned["spec"]["template"]["spec"]["containers"][0]["image"] = "registry.example.test/a:2"
    path = "/apis/apps/v1/namespaces/offline-own/deployments/other"
    query = {"fieldManager": "somebody", "force": "true"}
    patched.client.request("PATCH", path, query=query, body=owned, content_type="application/apply-patch+yaml")
    patched.bench.program(PROGRAM)
    patched.done(*UP)
    assert image(patched) == "registry.example.test/a:2"


def test_a_patch_of_an_object_that_is_gone_does_not_bring_it_back(patched: Stack) -> None:
    patched.delete("apps/v1", "Deployment", "offline-own", "other")
    patched.bench.program(PROGRAM)
    patched.done(*UP)
    with pytest.raises(ApiError, match="not found"):
        image(patched)
