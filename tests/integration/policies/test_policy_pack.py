"""The policy pack in the real engine: a plan that breaks a control is refused before anything is touched."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
from embedded_cloud import Cloud

from govcloud.folders import project_root

pytestmark = pytest.mark.cloud

PROGRAM = """\
import pulumi_kubernetes as k8s

labels = {labels}
k8s.core.v1.Namespace("zone", metadata={{"name": "x99-prod-srv", "labels": labels}})
k8s.core.v1.Service(
    "open",
    metadata={{"name": "open", "namespace": "x99-prod-srv", "labels": labels}},
    spec={{"type": "NodePort", "ports": [{{"port": 80}}]}},
)
"""
LABELS = {
    "govcloud.gov.vn/tenant": "x99",
    "govcloud.gov.vn/agency": "X99",
    "govcloud.gov.vn/tier": "ministry",
    "govcloud.gov.vn/env": "prod",
    "govcloud.gov.vn/zone": "srv",
    "govcloud.gov.vn/managed-by": "govcloud",
}


@pytest.fixture
def project(tmp_path: Path, cloud: Cloud) -> Path:
    """A program that no component of ours wrote, in a project of its own."""
    runtime = {"name": "python", "options": {"virtualenv": str(project_root() / ".venv")}}
    (tmp_path / "Pulumi.yaml").write_text(json.dumps({"name": "stranger", "runtime": runtime}))
    (tmp_path / "__main__.py").write_text(PROGRAM.format(labels=json.dumps(LABELS)))
    pulumi(cloud, tmp_path, "stack", "init", "dev")
    return tmp_path


def pulumi(cloud: Cloud, folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["pulumi", *arguments, "--non-interactive", "--color=never"],
        cwd=folder,
        env=cloud.environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_every_violation_is_named_and_nothing_is_made(cloud: Cloud, project: Path) -> None:
    pack = f"--policy-pack={project_root() / 'policies' / 'crossguard'}"
    done = pulumi(cloud, project, "up", "--yes", "--stack=dev", pack)
    assert done.returncode != 0
    said = done.stdout + done.stderr
    assert "TEN-01: namespace x99-prod-srv lacks the labels govcloud.gov.vn/level" in said
    assert "TEN-05: namespace x99-prod-srv must carry pod-security.kubernetes.io/enforce=restricted" in said
    assert "NET-04: Service x99-prod-srv/open of type NodePort is refused" in said
    # what is absent shows only in the whole stack, and still before anything is made
    assert "NET-02: namespace x99-prod-srv has no default deny in both directions" in said
    assert "TEN-03: namespace x99-prod-srv has no ResourceQuota" in said
    found = cloud.run("kubectl", "get", "namespace", "x99-prod-srv", check=False)
    assert "NotFound" in found.stderr
