"""A Pulumi project whose Kubernetes plugin is ours, on a real API server.

The server is the tests' embedded cloud, or the one whose kubeconfig GOVCLOUD_TEST_KUBECONFIG names (to try the plugin
with another version of Kubernetes).
"""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from govcloud_local.pulumi.install import install_kubernetes
from govcloud_local.pulumi.parts import PartOrigin
from govcloud_offline.kubernetes.api.client import Client
from govcloud_offline.kubernetes.api.discovery import Discovery
from govcloud_offline.kubernetes.api.kubeconfig import Kubeconfig
from govcloud_offline.kubernetes.inputs.kinds import kind_of

RECORDINGS = Path(__file__).parents[4] / "fixtures" / "kubernetes-plugin"


@pytest.fixture(scope="session")
def kubeconfig(request: pytest.FixtureRequest) -> str:
    """The path of an administrator's kubeconfig."""
    named = os.environ.get("GOVCLOUD_TEST_KUBECONFIG")
    return named or request.getfixturevalue("cloud").environment["KUBECONFIG"]


@dataclass(frozen=True)
class Stack:
    """The stack `rec` of the project `rec`, and the cluster that it works on."""

    bench: Any
    kubeconfig: str
    client: Client
    discovery: Discovery

    def run(self, *arguments: str, **extra: str) -> subprocess.CompletedProcess[str]:
        result: subprocess.CompletedProcess[str] = self.bench.run(*arguments, KCFG=self.kubeconfig, **extra)
        return result

    def done(self, *arguments: str, **extra: str) -> str:
        """Run a command that must succeed and return what it prints."""
        result = self.run(*arguments, **extra)
        assert result.returncode == 0, result.stdout + result.stderr
        return result.stdout + result.stderr

    def failed(self, *arguments: str, **extra: str) -> str:
        """Run a command that must fail and return what it prints."""
        result = self.run(*arguments, **extra)
        assert result.returncode != 0, result.stdout + result.stderr
        return result.stdout + result.stderr

    def state(self) -> dict[str, Any]:
        """Return the exported state."""
        exported: dict[str, Any] = json.loads(self.run("stack", "export").stdout)
        return exported

    def create(self, manifest: dict[str, Any], manager: str) -> None:
        """Create an object as somebody else."""
        collection = self.discovery.resource(kind_of(manifest)).collection(manifest["metadata"].get("namespace", ""))
        self.client.request("POST", collection, query={"fieldManager": manager}, body=manifest)

    def delete(self, api_version: str, kind: str, namespace: str, name: str) -> None:
        """Delete an object behind Pulumi's back."""
        place = {"apiVersion": api_version, "kind": kind, "metadata": {"namespace": namespace, "name": name}}
        self.client.request("DELETE", self.discovery.resource(kind_of(place)).path(place))

    def get(self, api_version: str, kind: str, namespace: str, name: str) -> Any:
        place = {"apiVersion": api_version, "kind": kind, "metadata": {"namespace": namespace, "name": name}}
        return self.client.request("GET", self.discovery.resource(kind_of(place)).path(place))


@pytest.fixture
def stack(bench: Any, kubeconfig: str) -> Iterator[Stack]:
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
