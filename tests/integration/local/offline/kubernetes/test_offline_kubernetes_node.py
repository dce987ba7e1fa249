"""Waiting for workloads that run on a real node."""

from __future__ import annotations

import pytest
from kubernetes_stack import Stack
from probe_image import probe_of

pytestmark = pytest.mark.node

UP = ("up", "--yes", "--skip-preview")
PROGRAM = """
import os, pulumi, pulumi_kubernetes as k8s
p = k8s.Provider("c", kubeconfig=os.environ["KCFG"], cluster_identifier="test")
o = lambda *after: pulumi.ResourceOptions(provider=p, depends_on=list(after))
ns = k8s.core.v1.Namespace("ns", metadata={"name": "offline-node"}, opts=o())
n = ns.metadata["name"]
image, pull = os.environ["IMAGE"], os.environ.get("PULL", "IfNotPresent")


def pod(name, command, **spec):
    container = {"name": "c", "image": image, "imagePullPolicy": pull, "command": ["python3", "-c", command]}
    if name == "web":
        container["readinessProbe"] = {"tcpSocket": {"port": 8080}, "periodSeconds": 1}
    spec |= {"automountServiceAccountToken": False, "terminationGracePeriodSeconds": 1, "containers": [container]}
    return {"metadata": {"labels": {"app": name}}, "spec": spec}


def of(name, command, **spec):
    return {"selector": {"matchLabels": {"app": name}}, "template": pod(name, command), **spec}


def named(name):
    limit = {"pulumi.com/timeoutSeconds": os.environ.get("LIMIT", "120")}
    return {"name": name, "namespace": n, "annotations": limit}


serve = "import http.server; http.server.test(http.server.SimpleHTTPRequestHandler, port=8080)"
sleep = "import signal; signal.pause()"
web = k8s.apps.v1.Deployment("web", metadata=named("web"), spec=of("web", serve, replicas=2), opts=o())
"""
REST = """
ports = {"selector": {"app": "web"}, "ports": [{"port": 8080}]}
k8s.core.v1.Service("web", metadata=named("web"), spec=ports, opts=o(web))
k8s.apps.v1.StatefulSet("db", metadata=named("db"), spec=of("db", sleep, replicas=1, serviceName="db"), opts=o())
k8s.apps.v1.DaemonSet("agent", metadata=named("agent"), spec=of("agent", sleep), opts=o())
once = {"template": pod("once", "pass", restartPolicy="Never")}
k8s.batch.v1.Job("once", metadata=named("once"), spec=once, opts=o())
"""


@pytest.fixture
def image(request: pytest.FixtureRequest) -> str:
    """What the cloud's node has to run."""
    return probe_of(request.getfixturevalue("cloud").environment)


def test_workloads_are_waited_for(stack: Stack, image: str) -> None:
    stack.bench.program(PROGRAM + REST)
    shown = stack.done(*UP, IMAGE=image)
    assert "Waiting for" in shown
    web = stack.get("apps/v1", "Deployment", "offline-node", "web")
    assert web["status"]["availableReplicas"] == 2
    assert stack.get("apps/v1", "DaemonSet", "offline-node", "agent")["status"]["numberReady"] >= 1
    assert stack.get("batch/v1", "Job", "offline-node", "once")["status"]["succeeded"] == 1
    stack.done("refresh", "--yes", "--expect-no-changes", IMAGE=image)


def test_a_workload_that_cannot_start_says_why_and_recovers(stack: Stack, image: str) -> None:
    stack.bench.program(PROGRAM)
    shown = stack.failed(*UP, IMAGE="govcloud.local/absent:1", PULL="Never", LIMIT="5")
    assert "was created but does not work yet" in shown
    assert "ErrImageNeverPull" in shown
    assert "0 of the 2 Pods" in shown
    # It exists and is recorded: the next run repairs it instead of stumbling over it.
    assert "1 updated" in stack.done(*UP, IMAGE=image)
    stack.done(*UP, "--expect-no-changes", IMAGE=image)
