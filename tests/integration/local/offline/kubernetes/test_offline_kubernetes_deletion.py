"""Deletions that do not end, on a real API server."""

from __future__ import annotations

import pytest
from kubernetes_stack import Stack

pytestmark = pytest.mark.cloud

UP = ("up", "--yes", "--skip-preview")
PROGRAM = """
import os, pulumi, pulumi_kubernetes as k8s
p = k8s.Provider("c", kubeconfig=os.environ["KCFG"], cluster_identifier="test")
patience = pulumi.CustomTimeouts(delete="15s")
o = pulumi.ResourceOptions(provider=p, custom_timeouts=patience)
ns = k8s.core.v1.Namespace("ns", metadata={"name": "offline-held"}, opts=o)
"""
HELD = {
    "apiVersion": "v1",
    "kind": "ConfigMap",
    "metadata": {"name": "held", "namespace": "offline-held", "finalizers": ["example.test/hold"]},
}


def test_a_namespace_that_stays_says_what_holds_it(stack: Stack) -> None:
    stack.bench.program(PROGRAM)
    stack.done(*UP)
    stack.create(HELD, "somebody")
    try:
        refused = stack.failed("destroy", "--yes", "--skip-preview")
    finally:
        path = "/api/v1/namespaces/offline-held/configmaps/held"
        free = {"metadata": {"finalizers": None}}
        stack.client.request("PATCH", path, body=free, content_type="application/merge-patch+json")
    assert "Namespace offline-held is still there 15 s after its deletion" in refused
    assert "[NamespaceContentRemaining] Some resources are remaining: configmaps. has 1 resource instances" in refused
    assert "[NamespaceFinalizersRemaining]" in refused
    assert "configmaps/held is left, held by the finalizer example.test/hold" in refused
