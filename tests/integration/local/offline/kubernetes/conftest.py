"""A Pulumi project whose Kubernetes plugin is ours, on a real API server.

The server is the tests' embedded cloud, or the one whose kubeconfig GOVCLOUD_TEST_KUBECONFIG names (to try the plugin
with another version of Kubernetes).
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from kubernetes_stack import Stack
from workbench import Workbench

from govcloud_local.pulumi.install import install_kubernetes
from govcloud_local.pulumi.parts import PartOrigin
from govcloud_offline.kubernetes.api.client import Client
from govcloud_offline.kubernetes.api.discovery import Discovery
from govcloud_offline.kubernetes.api.kubeconfig import Kubeconfig

RECORDINGS = Path(__file__).parents[4] / "fixtures" / "kubernetes-plugin"


@pytest.fixture(scope="session")
def kubeconfig(request: pytest.FixtureRequest) -> str:
    """The path of an administrator's kubeconfig."""
    named = os.environ.get("GOVCLOUD_TEST_KUBECONFIG")
    return named or request.getfixturevalue("cloud").environment["KUBECONFIG"]


@pytest.fixture
def stack(bench: Workbench, kubeconfig: str) -> Iterator[Stack]:
    """An empty stack; what a test leaves in it is destroyed."""
    home = Path(bench.environment["PULUMI_HOME"])
    assert install_kubernetes(home, bench.pulumi, "offline").origin is PartOrigin.OFFLINE
    # As the embedded cloud has it: what a killed run leaves can be read.
    bench.environment["PULUMI_BACKEND_URL"] += "?metadata=skip"
    bench.write("Pulumi.yaml", (bench.folder / "Pulumi.yaml").read_text().replace("name: bench", "name: rec"))
    bench.done("stack", "init", "rec")
    client = Client(Kubeconfig.of(kubeconfig).access(), 30)
    made = Stack(bench, kubeconfig, client, Discovery(client))
    yield made
    made.done("destroy", "--yes", "--skip-preview")
    client.close()


@pytest.fixture
def recorded_program() -> str:
    """The program of the recordings, not waiting for workloads: its image is on no node."""
    text = (RECORDINGS / "program.py").read_text()
    for name in ("web", "once"):
        plain = f'metadata={{"name": "{name}", "namespace": n}}'
        assert plain in text
        annotated = f'{plain[:-1]}, "annotations": {{"pulumi.com/skipAwait": "true"}}}}'
        text = text.replace(plain, annotated)
    return text
