"""What somebody did to the live cloud behind everybody's back is found, and taken back or named for a person."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from embedded_cloud import Cloud

from govcloud.folders import project_root

pytestmark = pytest.mark.node

SPACE = "g09-prod-srv"


def _unchanged(cloud: Cloud, stack: str) -> None:
    """Nothing differs, and Pulumi knows it."""
    cloud.govcloud("drift", stack)
    cloud.run("pulumi", "preview", f"--stack={stack}", "--expect-no-changes", "--non-interactive")


@contextmanager
def _made(cloud: Cloud, *arguments: str) -> Iterator[None]:
    """Have kubectl create something, and delete it afterwards by kind, name and namespace."""
    cloud.run("kubectl", "create", *arguments)
    try:
        yield
    finally:
        named = [argument for argument in arguments if not argument.startswith("--") or "namespace" in argument]
        kind, *rest = (argument for argument in named if argument != "externalname")
        cloud.run("kubectl", "delete", "--ignore-not-found", kind, *rest)


def test_what_others_added_to_our_objects_is_taken_back(country: Cloud) -> None:
    admission = {
        "excludeResourceRules": [{key: ["*"] for key in ("apiGroups", "apiVersions", "operations", "resources")}]
    }
    patches = {
        ("networkpolicy", "zone", f"-n={SPACE}"): [
            {"op": "add", "path": "/spec/egress/0/ports/0/endPort", "value": 65535},
            {"op": "add", "path": "/metadata/finalizers", "value": ["held.example/by-me"]},
        ],
        ("namespace", SPACE): [{"op": "add", "path": "/metadata/labels/govcloud.gov.vn~1extra", "value": "yes"}],
        ("validatingadmissionpolicy", "govcloud-pods"): [
            {"op": "add", "path": f"/spec/matchConstraints/{key}", "value": value} for key, value in admission.items()
        ],
        ("clusterrole", "govcloud-tenant-viewer"): [
            {"op": "add", "path": "/aggregationRule", "value": {"clusterRoleSelectors": [{"matchLabels": {"a": "b"}}]}}
        ],
    }
    for target, patch in patches.items():
        country.run("kubectl", "patch", *target, "--type=json", f"--patch={json.dumps(patch)}")
    found = country.govcloud("drift", "cluster.cgc-hn1", "tenant.g09", check=False)
    assert found.returncode == 1
    for field in (
        "spec.egress[0].ports[0].endPort: declared absent, live 65535",
        "metadata.finalizers: declared absent",
        "metadata.labels.govcloud.gov.vn/extra: declared absent, live yes",
        "spec.matchConstraints.excludeResourceRules: declared absent",
        "aggregationRule: declared absent",
    ):
        assert field in found.stdout
    done = country.govcloud("up", "cluster.cgc-hn1", "tenant.g09")
    assert f"{SPACE}/NetworkPolicy/zone was changed by somebody: taken back" in done.stdout
    for stack in ("cluster.cgc-hn1", "tenant.g09"):
        _unchanged(country, stack)


def test_walls_that_nobody_declared_are_taken_down_with_a_word(country: Cloud, tmp_path: Path) -> None:
    opening = {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": {"name": "planted", "namespace": SPACE},
        "spec": {"podSelector": {}, "ingress": [{}]},
    }
    file = tmp_path / "opening.json"
    file.write_text(json.dumps(opening))
    with (
        _made(country, "role", "planted", f"--namespace={SPACE}", "--verb=get", "--resource=secrets"),
        _made(country, "rolebinding", "planted", f"--namespace={SPACE}", "--role=planted", "--user=mallory"),
    ):
        country.run("kubectl", "apply", f"--filename={file}")
        done = country.govcloud("up", "tenant.g09")
        for kind in ("NetworkPolicy", "Role", "RoleBinding"):
            assert f"{SPACE}/{kind}/planted was declared by nobody: deleted" in done.stdout
        _unchanged(country, "tenant.g09")


def test_what_may_be_somebodys_work_is_named_for_a_person_and_left(country: Cloud) -> None:
    labels = ("govcloud.gov.vn/tenant=g09", "govcloud.gov.vn/env=prod", "govcloud.gov.vn/zone=srv")
    with (
        _made(country, "clusterrolebinding", "planted", "--clusterrole=cluster-admin", "--user=mallory"),
        _made(country, "service", "externalname", "planted", f"--namespace={SPACE}", "--external-name=example.org"),
        _made(country, "namespace", "govcloud-planted"),
    ):
        country.run("kubectl", "label", "namespace", "govcloud-planted", *labels)
        for command, code in (("drift", 1), ("up", 4), ("drift", 1)):
            said = country.govcloud(command, "cluster.cgc-hn1", "tenant.g09", check=False)
            assert said.returncode == code
            assert "cluster/ClusterRoleBinding/planted is undeclared: cluster-admin → User mallory" in said.stdout
            assert "cluster/Namespace/govcloud-planted is undeclared: govcloud.gov.vn/env=prod" in said.stdout
            assert f"{SPACE}/Service/planted is undeclared: type=ExternalName externalName=example.org" in said.stdout
            assert "3 " in said.stdout
            assert "need a person" in said.stdout
    _unchanged(country, "cluster.cgc-hn1")
    _unchanged(country, "tenant.g09")


def test_identities_and_work_that_no_plan_names_are_named_for_a_person(country: Cloud, tmp_path: Path) -> None:
    gateway, stacks = "g09-prod-tsl", ("tenant.g09", "segment.tsl-g09")
    found = json.loads(country.run("kubectl", "get", "deployment", f"--namespace={gateway}", "--output=json").stdout)
    copied = found["items"][0] | {"metadata": {"name": "planted", "namespace": gateway}}
    copied["spec"]["replicas"] = 0
    file = tmp_path / "copied.json"
    file.write_text(json.dumps(copied))
    with (
        _made(country, "serviceaccount", "planted", f"--namespace={SPACE}"),
        _made(country, "serviceaccount", "planted", f"--namespace={gateway}"),
    ):
        country.run("kubectl", "create", f"--filename={file}")
        try:
            for command, code in (("drift", 1), ("up", 4), ("drift", 1)):
                said = country.govcloud(command, *stacks, check=False)
                assert said.returncode == code
                for subject in (
                    f"{SPACE}/ServiceAccount/planted is undeclared",
                    f"{gateway}/ServiceAccount/planted is undeclared",
                    f"{gateway}/Deployment/planted is undeclared",
                ):
                    assert subject in said.stdout
                assert "ReplicaSet" not in said.stdout
        finally:
            country.run("kubectl", "delete", f"--filename={file}")
    for stack in stacks:
        _unchanged(country, stack)


def test_a_kubeconfig_of_ones_own_never_leads_to_the_embedded_cloud(country: Cloud, tmp_path: Path) -> None:
    """With an embedded cloud on the machine, whoever names another cluster is told of that one, and of nothing else."""
    elsewhere = tmp_path / "kubeconfig"
    elsewhere.write_text(
        (country.state / "kubeconfig").read_text().replace("https://127.0.0.1:", "https://127.0.0.2:1")
    )
    kept = {k: v for k, v in country.environment.items() if not k.startswith(("PULUMI_", "AWS_", "GOVCLOUD_SEAWEEDFS"))}
    environment = {
        **kept,
        "KUBECONFIG": str(elsewhere),
        "AWS_ENDPOINT_URL_S3": "https://127.0.0.2:1",
        "GOVCLOUD_LANG": "en",
    }
    done = subprocess.run(
        [sys.executable, "-m", "govcloud", "verify", "TEN-04.cluster-rights"],
        cwd=project_root(),
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 4
    assert "PASS" not in done.stdout
    assert "ERROR: 0 results of 1 checks" in done.stdout
    assert "Cloud cgc-hn1: https://127.0.0.2:1" in done.stdout
    assert "GC-DRIFT-001" in done.stderr
    assert "cgc-hn1: https://127.0.0.2:1" in done.stderr
