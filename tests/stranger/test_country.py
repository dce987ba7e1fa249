"""A country on a stranger's site, by the installed product alone: provisioned, drifted, taken back, off-boarded."""

from __future__ import annotations

import contextlib
import datetime
import json

import pytest
from strangers_country import CLOUD, SECOND, Engineer
from strangers_site import Site

pytestmark = [pytest.mark.node, pytest.mark.toolchain]

STACKS = (
    f"cluster.{CLOUD}",
    f"cluster.{SECOND}",
    "platform.lgsp-g90",
    "segment.tsl-g90",
    "segment.tsl-g90-10",
    "tenant.g90",
    "tenant.g90-10",
)
SRV, DMZ, DB = "g90-prod-srv", "g90-prod-dmz", "g90-prod-db"
PERMITS, PLANS = "vn-g90-prod-permits", "vn-g90-prod-plans"
MALLORY = {"kind": "User", "apiGroup": "rbac.authorization.k8s.io", "name": "mallory"}
PATCHED = {
    (f"--namespace={DB}", "networkpolicy", "zone"): {"op": "add", "path": "/spec/ingress", "value": [{}]},
    (f"--namespace={SRV}", "resourcequota", "zone"): {"op": "add", "path": "/spec/hard/pods", "value": "999"},
    (f"--namespace={SRV}", "secret", "object-store"): {
        "op": "add",
        "path": "/data/AWS_ACCESS_KEY_ID",
        "value": "bWFsbG9yeQ==",
    },
    (f"--namespace={SRV}", "rolebinding", "govcloud-tenant-viewer"): {
        "op": "add",
        "path": "/subjects/-",
        "value": MALLORY,
    },
    ("namespace", SRV): {
        "op": "add",
        "path": "/metadata/labels/pod-security.kubernetes.io~1enforce",
        "value": "privileged",
    },
    ("clusterrole", "govcloud-auditor"): {
        "op": "add",
        "path": "/rules/-",
        "value": {"apiGroups": [""], "resources": ["secrets"], "verbs": ["get"]},
    },
}
DELETED = (
    (f"--namespace={SRV}", "networkpolicy", "zone"),
    (f"--namespace={DMZ}", "limitrange", "zone"),
    ("validatingadmissionpolicybinding", "govcloud-pods"),
)
OPEN = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": f"arn:aws:s3:::{PLANS}/*"}
    ],
}
REMOVED = {"lifecycle": {"state": "removed", "export": {"reference": "BB-01", "date": datetime.date(2026, 11, 20)}}}


def _unchanged(engineer: Engineer, *stacks: str) -> None:
    found = json.loads(engineer.shell.govcloud("drift", *stacks, "--format=json").stdout)
    assert found["stacks"] == {stack: [] for stack in stacks}


def test_the_images_are_in_the_sites_registry_and_its_node_runs_them(engineer: Engineer) -> None:
    engineer.shell.govcloud("images", "push", CLOUD)
    again = engineer.shell.govcloud("images", "push", CLOUD)
    assert "bytes sent" not in again.stdout
    engineer.shell.govcloud("images", "check", CLOUD)


def test_the_cloud_is_examined_and_has_what_its_tenants_need(engineer: Engineer) -> None:
    found = json.loads(engineer.shell.govcloud("cloud", "check", CLOUD, "--format=json").stdout)
    said = json.dumps(found)
    assert "IPv6" in said and "north.example" in said
    assert '"state": "unknown"' not in said


def test_everything_is_provisioned_and_a_second_run_finds_nothing_to_do(engineer: Engineer) -> None:
    engineer.shell.govcloud("up", *STACKS)
    _unchanged(engineer, *STACKS)
    for stack in STACKS:
        engineer.shell.run("pulumi", "preview", f"--stack={stack}", "--expect-no-changes", "--non-interactive")


def test_all_that_the_law_demands_holds_on_the_live_cloud(engineer: Engineer) -> None:
    engineer.shell.govcloud("verify", f"--cloud={CLOUD}")


def test_the_teams_database_holds_the_state_and_no_key_in_it_is_readable(engineer: Engineer, site: Site) -> None:
    listed = json.loads(engineer.shell.run("pulumi", "stack", "ls", "--json").stdout)
    assert {row["name"] for row in listed} == set(STACKS)
    state = engineer.shell.run("pulumi", "stack", "export", "--stack=tenant.g90").stdout
    keys = (
        "get",
        "secret",
        "object-store",
        f"--namespace={SRV}",
        "--output=go-template={{.data.AWS_SECRET_ACCESS_KEY}}",
    )
    sealed = engineer.shell.run("kubectl", *keys).stdout
    assert len(sealed) > 20 and sealed not in state and '"ciphertext"' in state
    assert site.store.secret_key not in state


def test_what_somebody_changed_behind_everybodys_back_is_found_and_taken_back(engineer: Engineer, site: Site) -> None:
    for target, patch in PATCHED.items():
        engineer.shell.run("kubectl", "patch", *target, "--type=json", f"--patch={json.dumps([patch])}")
    for target in DELETED:
        engineer.shell.run("kubectl", "delete", *target)
    with contextlib.closing(site.store.client()) as s3:
        s3.put_bucket_versioning(Bucket=PERMITS, VersioningConfiguration={"Status": "Suspended"})
        s3.put_bucket_policy(Bucket=PLANS, Policy=json.dumps(OPEN))
    found = json.loads(engineer.shell.govcloud("drift", *STACKS, "--format=json", check=False).stdout)
    named = json.dumps(found)
    for target in (*PATCHED, *DELETED):
        assert f"/{target[-1]}" in named, target
    assert PERMITS in named and PLANS in named
    engineer.shell.govcloud("up", *STACKS)
    _unchanged(engineer, *STACKS)


def test_a_tenant_goes_when_its_removal_is_declared_and_not_before(engineer: Engineer, site: Site) -> None:
    going, rest = ("segment.tsl-g90-10", "tenant.g90-10"), ("platform.lgsp-g90", "segment.tsl-g90", "tenant.g90")
    refused = engineer.shell.govcloud("destroy", *going, check=False)
    assert "GC-LIFECYCLE-011" in refused.stderr and refused.returncode == 1
    (engineer.country / "links" / "g90-g90-10.yaml").unlink()
    engineer.edit(engineer.country / "tenants" / "g90-10" / "tenant.yaml", {"spec": REMOVED})
    engineer.shell.govcloud("destroy", *going)
    label = "--selector=govcloud.gov.vn/tenant=g90-10"
    assert engineer.shell.run("kubectl", "get", "namespaces", label, "--output=name").stdout == ""
    with contextlib.closing(site.store.client()) as s3:
        assert not [row["Name"] for row in s3.list_buckets()["Buckets"] if "g90-10" in row.get("Name", "")]
    engineer.shell.govcloud("up", *rest)
    _unchanged(engineer, f"cluster.{CLOUD}", *rest)
