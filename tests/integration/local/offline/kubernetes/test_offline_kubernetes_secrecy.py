"""Copies of secrets that others left on a Secret, on a real API server: none stands in clear in the state."""

from __future__ import annotations

import base64
import gzip
import json

import pytest
from kubernetes_stack import Stack

pytestmark = pytest.mark.cloud

UP = ("up", "--yes", "--skip-preview")
CODED = "TWF0LWtoYXU="
PLAIN = base64.b64decode(CODED).decode()
PACKED = base64.b64encode(gzip.compress(json.dumps({"data": {"password": CODED}}).encode())).decode()
COPIES = {
    "kubectl.kubernetes.io/last-applied-configuration": json.dumps({"data": {"password": CODED}}),
    "example.test/plain": f"it is {PLAIN}",
    "objectset.rio.cattle.io/applied": PACKED,
}
PROGRAM = """
import os, pulumi, pulumi_kubernetes as k8s
p = k8s.Provider("c", kubeconfig=os.environ["KCFG"], cluster_identifier="test")
o = pulumi.ResourceOptions(provider=p)
ns = k8s.core.v1.Namespace("ns", metadata={"name": "offline-hide"}, opts=o)
"""
SECRET = """
place = {"name": "applied", "namespace": ns.metadata["name"]}
k8s.core.v1.Secret("s", metadata=place, type="Opaque", data=DATA, opts=O)
"""


@pytest.fixture
def applied(stack: Stack) -> Stack:
    """A stack with a namespace, in which somebody has made a Secret with copies of its data."""
    stack.bench.program(PROGRAM)
    stack.done(*UP)
    named = {"name": "applied", "namespace": "offline-hide", "annotations": COPIES | {"note": "open"}}
    secret = {"apiVersion": "v1", "kind": "Secret", "metadata": named, "data": {"password": CODED}}
    stack.create(secret, "kubectl-client-side-apply")
    return stack


def check(stack: Stack, shown: str) -> None:
    state = json.dumps(stack.state())
    for clear in (CODED, PLAIN, PACKED):
        assert clear not in state
        assert clear not in shown
    assert '"note": "open"' in state


def test_a_secret_that_is_only_read(applied: Stack) -> None:
    applied.bench.program(PROGRAM + 'k8s.core.v1.Secret.get("found", "offline-hide/applied", opts=o)\n')
    check(applied, applied.done(*UP, "--diff"))
    check(applied, applied.done("refresh", "--yes", "--diff"))
    applied.done("refresh", "--yes", "--expect-no-changes")


def test_a_secret_that_is_imported_refreshed_and_changed(applied: Stack) -> None:
    text = SECRET.replace("DATA", '{"password": os.environ.get("CODED", "TWF0LWtoYXU=")}')
    importing = 'pulumi.ResourceOptions(provider=p, import_="offline-hide/applied", ignore_changes=["metadata"])'
    applied.bench.program(PROGRAM + text.replace("=O)", f"={importing})"))
    shown = applied.done("up", "--yes", "--diff")
    assert "1 imported" in shown
    check(applied, shown)
    check(applied, applied.done("refresh", "--yes", "--diff"))
    kept = 'pulumi.ResourceOptions(provider=p, ignore_changes=["metadata"])'
    applied.bench.program(PROGRAM + text.replace("=O)", f"={kept})"))
    applied.done(*UP, "--expect-no-changes")
    # The value changes (a Secret is replaced then); the new object has no copies, and nothing shows the old ones.
    check_changed = applied.done("up", "--yes", "--diff", CODED="bmV1LW1hdC1raGF1")
    for clear in (CODED, PLAIN, PACKED, "bmV1LW1hdC1raGF1"):
        assert clear not in check_changed and clear not in json.dumps(applied.state())


def test_the_command_that_imports(applied: Stack) -> None:
    urn = "urn:pulumi:rec::rec::pulumi:providers:kubernetes::c"
    shown = applied.done(
        "import",
        "kubernetes:core/v1:Secret",
        "found",
        "offline-hide/applied",
        "--yes",
        "--generate-code=false",
        "--protect=false",
        "--provider",
        f"c={urn}",
    )
    check(applied, shown)
