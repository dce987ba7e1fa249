"""A stack of a Pulumi project whose Kubernetes plugin is ours, and the cluster that it works on."""

from __future__ import annotations

import json
import subprocess
from dataclasses import dataclass
from typing import Any

from workbench import Workbench

from govcloud_offline.kubernetes.api.client import Client
from govcloud_offline.kubernetes.api.discovery import Discovery
from govcloud_offline.kubernetes.inputs.kinds import kind_of
from govcloud_offline.kubernetes.inputs.manifest import Manifest


@dataclass(frozen=True)
class Stack:
    """The stack `rec` of the project `rec`, and the cluster that it works on."""

    bench: Workbench
    kubeconfig: str
    client: Client
    discovery: Discovery

    def run(self, *arguments: str, **extra: str) -> subprocess.CompletedProcess[str]:
        return self.bench.run(*arguments, KCFG=self.kubeconfig, **extra)

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
        collection = self.discovery.resource(kind_of(manifest)).collection(
            manifest["metadata"].get("namespace") or "default"
        )
        self.client.request("POST", collection, query={"fieldManager": manager}, body=manifest)

    def delete(self, api_version: str, kind: str, namespace: str, name: str) -> None:
        """Delete an object behind Pulumi's back."""
        place = {"apiVersion": api_version, "kind": kind, "metadata": {"namespace": namespace, "name": name}}
        self.client.request("DELETE", Manifest.of(place).path(self.discovery.resource(kind_of(place))))

    def get(self, api_version: str, kind: str, namespace: str, name: str) -> Any:
        place = {"apiVersion": api_version, "kind": kind, "metadata": {"namespace": namespace, "name": name}}
        return self.client.request("GET", Manifest.of(place).path(self.discovery.resource(kind_of(place))))
