"""The recorded steps once more, with the real engine, our plugin and a real API server."""

from __future__ import annotations

import base64
import copy
import json
import os
import signal
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest
from kubernetes_stack import Stack

from govcloud_offline.kubernetes.api.api_error import ApiError
from govcloud_offline.kubernetes.api.discovery import NoSuchKindError

pytestmark = pytest.mark.cloud

RECORDINGS = Path(__file__).parents[4] / "fixtures" / "kubernetes-plugin"
UP = ("up", "--yes", "--skip-preview")
SIGNATURE = "4dabf18193072939515e22adb298388d"


def test_the_recorded_steps(stack: Stack, recorded_program: str) -> None:
    stack.bench.program(recorded_program)
    assert "22 to create" in stack.done("preview")
    assert "22 created" in stack.done(*UP)
    assert "22 unchanged" in stack.done(*UP, "--expect-no-changes")
    assert "22 unchanged" in stack.done("refresh", "--yes", "--expect-no-changes")

    changed = stack.done("up", "--yes", "--diff", STEP="changed")
    assert "~ 2 updated" in changed
    assert "+-1 replaced" in changed
    stack.done(*UP)

    replaced = stack.done(*UP, STEP="immutable")
    assert "+-2 replaced" in replaced
    assert "+-2 replaced" in stack.done(*UP)

    invalid = stack.failed("preview", STEP="invalid")
    assert 'ConfigMap "Bad_Name" is invalid: metadata.name' in invalid

    lost = stack.failed(*UP, STEP="nons")
    assert 'namespaces "rec-absent" not found' in lost

    pre_existing = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "pre-existing", "namespace": "rec-a"}}
    stack.create(pre_existing, "somebody")
    exists = stack.failed(*UP, STEP="exists")
    assert 'configmaps "pre-existing" already exists' in exists
    assert "upsertExistingObjects" in exists
    stack.done(*UP, "--expect-no-changes")

    stack.delete("policy/v1", "PodDisruptionBudget", "rec-a", "web")
    assert "1 deleted" in stack.done("refresh", "--yes")
    assert "1 created" in stack.done(*UP)
    stack.done("refresh", "--yes", "--expect-no-changes")

    unreachable = stack.bench.run("preview", KCFG="/absent/kubeconfig")
    assert unreachable.returncode == 0, unreachable.stdout
    assert "21 unchanged" in unreachable.stdout
    refused = stack.bench.run(*UP, KCFG="/absent/kubeconfig", STEP="changed")
    assert refused.returncode != 0
    assert "cluster cannot be reached" in refused.stdout
    stack.done(*UP)

    assert "22 deleted" in stack.done("destroy", "--yes", "--skip-preview")
    with pytest.raises(ApiError, match="not found"):
        stack.get("v1", "Namespace", "", "rec-a")


def test_a_stack_of_the_official_plugin_shows_no_change(stack: Stack) -> None:
    """Its state and the objects as it creates them: preview and refresh find nothing to do."""
    stack.bench.program((RECORDINGS / "program.py").read_text())
    state = json.loads((RECORDINGS / "state.json").read_text())
    state = readable(state, stack.kubeconfig)
    state["deployment"]["secrets_providers"] = stack.state()["deployment"]["secrets_providers"]
    for resource in state["deployment"]["resources"]:
        if resource["type"].startswith("kubernetes:"):
            create_as_official(stack, resource["inputs"])
    file = stack.bench.write("state.json", json.dumps(state))
    stack.done("stack", "import", "--file", str(file))
    stack.done("preview", "--expect-no-changes")
    # The image of these three is on no node, so that a refresh would rightly say that they do not work.
    workloads = ("apps/v1:Deployment::web", "batch/v1:Job::job", "core/v1:Service::svc")
    excluded = [f"--exclude=urn:pulumi:rec::rec::kubernetes:{name}" for name in workloads]
    stack.done("refresh", "--yes", "--expect-no-changes", *excluded)
    stack.done(*UP, "--expect-no-changes")


def readable(value: Any, kubeconfig: str) -> Any:
    """Put back what the recording left out: the one secret and the place of the kubeconfig."""
    if isinstance(value, dict):
        if SIGNATURE in value:
            return {SIGNATURE: value[SIGNATURE], "plaintext": json.dumps({"accessKey": "QUsx"})}
        return {key: readable(item, kubeconfig) for key, item in value.items()}
    if isinstance(value, list):
        return [readable(item, kubeconfig) for item in value]
    return kubeconfig if value == "KUBECONFIG" else value


def create_as_official(stack: Stack, inputs: dict[str, Any]) -> None:
    manifest = copy.deepcopy(inputs)
    if manifest["kind"] == "Secret":
        manifest["data"] = {"accessKey": "QUsx"}
    deadline = time.monotonic() + 30
    while True:
        try:
            stack.create(manifest, "pulumi-kubernetes")
            return
        except (ApiError, NoSuchKindError) as error:
            # A custom resource right after its definition.
            if time.monotonic() > deadline or (isinstance(error, ApiError) and not error.missing):
                raise
            time.sleep(0.1)


PROGRAM = """
import os, pulumi, pulumi_kubernetes as k8s
p = k8s.Provider("c", kubeconfig=os.environ["KCFG"], cluster_identifier="test")
o = pulumi.ResourceOptions(provider=p)
ns = k8s.core.v1.Namespace("ns", metadata={"name": "offline-test"}, opts=o)
n = ns.metadata["name"]
in_ns = lambda name, **more: {"name": name, "namespace": n, **more}
"""


def test_a_secret_is_nowhere_in_clear(stack: Stack) -> None:
    stack.bench.program(
        PROGRAM
        + """
hidden = pulumi.Output.secret("hunter2")
k8s.core.v1.Secret("s", metadata=in_ns("s"), string_data={"key": hidden}, opts=o)
k8s.core.v1.ConfigMap("c", metadata=in_ns("c"), data={"open": "seen", "hidden": hidden}, opts=o)
"""
    )
    shown = stack.done("up", "--yes", "--diff")
    state = json.dumps(stack.state())
    stack.done("refresh", "--yes", "--diff")
    state += json.dumps(stack.state())
    for hidden in ("hunter2", base64.b64encode(b"hunter2").decode()):
        assert hidden not in shown
        assert hidden not in state
    assert '"open": "seen"' in state
    assert stack.get("v1", "Secret", "offline-test", "s")["data"] == {"key": base64.b64encode(b"hunter2").decode()}


def test_a_conflict_is_refused_and_can_be_forced(stack: Stack) -> None:
    def program(pods: int, **annotations: str) -> None:
        named = {"name": "q", "annotations": annotations}
        stack.bench.program(
            PROGRAM
            + f"""
k8s.core.v1.ResourceQuota("q", metadata={named} | {{"namespace": n}}, spec={{"hard": {{"pods": "{pods}"}}}}, opts=o)
"""
        )

    program(1)
    stack.done(*UP)
    theirs = {
        "apiVersion": "v1",
        "kind": "ResourceQuota",
        "metadata": {"name": "q", "namespace": "offline-test"},
        "spec": {"hard": {"pods": "9"}},
    }
    stack.client.request(
        "PATCH",
        "/api/v1/namespaces/offline-test/resourcequotas/q",
        query={"fieldManager": "foreign", "force": "true"},
        body=theirs,
        content_type="application/apply-patch+yaml",
    )
    program(2)
    for command in (("preview",), UP):
        refused = stack.failed(*command)
        assert "may not change what another manager owns" in refused
        assert 'conflict with "foreign": .spec.hard.pods' in refused
    assert stack.get("v1", "ResourceQuota", "offline-test", "q")["spec"] == {"hard": {"pods": "9"}}
    program(2, **{"pulumi.com/patchForce": "true"})
    stack.done(*UP)
    assert stack.get("v1", "ResourceQuota", "offline-test", "q")["spec"] == {"hard": {"pods": "2"}}
    stack.done(*UP, "--expect-no-changes")


def test_import_and_patch(stack: Stack) -> None:
    stack.bench.program(PROGRAM)
    stack.done(*UP)
    existing = {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": "found", "namespace": "offline-test"},
        "data": {"k": "v"},
    }
    stack.create(existing, "somebody")
    options = "pulumi.ResourceOptions(provider=p{import_})"
    text = (
        PROGRAM
        + 'k8s.core.v1.ConfigMap("f", metadata={"name": "found", "namespace": n}, data={"k": "v"}, opts=OPTIONS)\n'
    )
    stack.bench.program(text.replace("OPTIONS", options.format(import_=', import_="offline-test/found"')))
    assert "1 imported" in stack.done(*UP)
    stack.bench.program(
        text.replace("OPTIONS", options.format(import_=""))
        + 'k8s.core.v1.NamespacePatch("p", metadata={"name": n, "labels": {"patched": "yes"}}, opts=o)\n'
    )
    done = stack.done(*UP)
    assert "1 created" in done
    assert "4 unchanged" in done
    assert stack.get("v1", "Namespace", "", "offline-test")["metadata"]["labels"]["patched"] == "yes"
    stack.bench.program(text.replace("OPTIONS", options.format(import_="")))
    stack.done(*UP)
    assert "patched" not in stack.get("v1", "Namespace", "", "offline-test")["metadata"]["labels"]


def test_values_that_mean_the_same_are_no_change(stack: Stack) -> None:
    stack.bench.program(
        PROGRAM
        + """
container_limits = {"type": "Container", "default": {"cpu": "1000m", "memory": "1024Mi"}, "max": {}}
k8s.core.v1.LimitRange("l", metadata=in_ns("l", labels={}), spec={"limits": [container_limits]}, opts=o)
deny = {"podSelector": {}, "policyTypes": ["Ingress"], "ingress": []}
k8s.networking.v1.NetworkPolicy("p", metadata=in_ns("p"), spec=deny, opts=o)
env = [{"name": "E", "value": ""}]
container = {"name": "c", "image": "x", "args": [], "env": env, "resources": {"limits": {"cpu": "0.5"}}}
pod = {
    "hostNetwork": False,
    "automountServiceAccountToken": False,
    "securityContext": {},
    "containers": [container],
    "volumes": [{"name": "v", "emptyDir": {"sizeLimit": "1024Mi"}}],
}
labels = {"a": "d"}
deployment = {
    "replicas": 0,
    "paused": False,
    "minReadySeconds": 0,
    "selector": {"matchLabels": labels},
    "template": {"metadata": {"labels": labels}, "spec": pod},
}
k8s.apps.v1.Deployment("d", metadata=in_ns("d"), spec=deployment, opts=o)
k8s.rbac.v1.Role("r", metadata=in_ns("r"), rules=[], opts=o)
service = {"type": "ClusterIP", "publishNotReadyAddresses": False, "ports": [{"port": 80, "targetPort": "http"}]}
k8s.core.v1.Service("s", metadata=in_ns("s"), spec=service, opts=o)
"""
    )
    stack.done(*UP)
    stack.done("preview", "--expect-no-changes")
    stack.done("refresh", "--yes", "--expect-no-changes")


ADOPTING = """
import os, pulumi, pulumi_kubernetes as k8s
p = k8s.Provider("c", kubeconfig=os.environ["KCFG"], cluster_identifier="test", upsert_existing_objects=True)
o = pulumi.ResourceOptions(provider=p)
ns = k8s.core.v1.Namespace("ns", metadata={"name": "offline-test"}, opts=o)
place = lambda name: {"name": name, "namespace": ns.metadata["name"], "labels": LABELS}
before = ns
for number in range(12):
    after = pulumi.ResourceOptions(provider=p, depends_on=[before])
    before = k8s.core.v1.ServiceAccount(f"a{number}", metadata=place(f"a{number}"), opts=after)
role = {"apiGroup": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": ROLE}
subjects = [{"apiGroup": "rbac.authorization.k8s.io", "kind": "Group", "name": "g"}]
k8s.rbac.v1.RoleBinding("rb", metadata=place("rb"), role_ref=role, subjects=subjects, opts=o)
"""


def adopting(role: str, **labels: str) -> str:
    return ADOPTING.replace("LABELS", repr(labels)).replace("ROLE", repr(role))


@pytest.mark.parametrize("point", [1, 5, 11])
def test_a_killed_run_leaves_no_process_and_is_simply_repeated(stack: Stack, point: int) -> None:
    stack.bench.program(adopting("view", a="b", gone="later"))
    running = subprocess.Popen(
        [stack.bench.pulumi, *UP, "--non-interactive"],
        cwd=stack.bench.folder,
        env=stack.bench.environment | {"KCFG": stack.kubeconfig},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    while accounts(stack) < point and running.poll() is None:
        time.sleep(0.01)
    os.kill(running.pid, signal.SIGKILL)
    running.wait()
    deadline = time.monotonic() + 30
    while stack.bench.processes() and time.monotonic() < deadline:
        time.sleep(0.1)
    assert stack.bench.processes() == []

    stack.done("cancel", "--yes")  # the lock of the dead run
    stack.done(*UP)
    stack.done(*UP, "--expect-no-changes")
    # Nobody but us owns what the killed run made: what the program drops is dropped.
    stack.bench.program(adopting("view", a="b"))
    stack.done(*UP)
    for name in ("a0", "a11"):
        found = stack.get("v1", "ServiceAccount", "offline-test", name)["metadata"]
        assert found["labels"] == {"a": "b"}
        assert len([e for e in found["managedFields"] if e["manager"].startswith("pulumi")]) == 1


def accounts(stack: Stack) -> int:
    try:
        found = stack.client.request("GET", "/api/v1/namespaces/offline-test/serviceaccounts")
    except ApiError:
        return 0
    return len([item for item in found["items"] if item["metadata"]["name"].startswith("a")])


def test_what_exists_is_adopted_and_replaced(stack: Stack) -> None:
    stack.create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "offline-test"}}, "somebody")
    stack.bench.program(adopting("view"))
    stack.done("preview")
    stack.done(*UP)
    stack.bench.program(adopting("edit"))
    assert "+-1 to replace" in stack.done("preview")
    assert "+-1 replaced" in stack.done(*UP)
    stack.done("preview", "--expect-no-changes")
    stack.done("refresh", "--yes", "--expect-no-changes")
