"""A country on a stranger's site, by the installed product alone: provisioned, drifted, taken back, off-boarded."""

from __future__ import annotations

import contextlib
import datetime
import json
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest
from strangers_country import CLOUD, SECOND, Engineer
from strangers_site import Site

from govcloud.audit.suite import SUITE

pytestmark = [pytest.mark.node, pytest.mark.toolchain]

STACKS = (
    f"cluster.{CLOUD}",
    f"cluster.{SECOND}",
    "platform.lgsp-g90",
    "segment.tsl-g90",
    "segment.tsl-g90-10",
    "tenant.g90",
    "tenant.g90-10",
    "tenant.g90-20",
)
DRIFTED = (f"cluster.{CLOUD}", "tenant.g90", "tenant.g90-20")
SRV, DMZ, DB = "g90-prod-srv", "g90-prod-dmz", "g90-prod-db"
PERMITS, PLANS = "vn-g90-prod-permits", "vn-g90-prod-plans"
FAR, MAPS = "g90-20-prod-srv", "vn-g90-20-prod-maps"
"""A namespace and a bucket of the body on the second cloud."""
NOT_OF_ONE = {"SUP-01.images", "TEN-01.api-isolation", "TEN-01.store-isolation"}
"""Checks without a subject on the second cloud: its one tenant has no neighbour and is of a low level."""
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
    (f"--context={SECOND}", f"--namespace={FAR}", "resourcequota", "zone"): {
        "op": "add",
        "path": "/spec/hard/pods",
        "value": "998",
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
    preview = partial(engineer.shell.run, "pulumi", "preview", "--expect-no-changes", "--non-interactive")
    with ThreadPoolExecutor(max_workers=2) as pool:
        list(pool.map(preview, (f"--stack={stack}" for stack in STACKS)))


def test_all_that_the_law_demands_holds_on_both_clouds_as_far_as_it_can_be_looked_at(engineer: Engineer) -> None:
    """What needs pods that run is not known on the second cloud, which has no node: never passed, and the rest is."""
    done = engineer.shell.govcloud("verify", "--format=json", check=False)
    found = json.loads(done.stdout)
    assert (done.returncode, found["verdict"], found["complete"], found["problems"]) == (1, "ERROR", True, []), done
    rows = {cloud: [row for row in found["results"] if row["cloud"] == cloud] for cloud in (CLOUD, SECOND)}
    every = {check.id for check in SUITE}
    assert {row["id"] for row in rows[CLOUD]} == every
    assert {row["id"] for row in rows[SECOND]} == every - NOT_OF_ONE
    assert [row for row in rows[CLOUD] if row["verdict"] != "PASS"] == []
    unknown = [row for row in rows[SECOND] if row["verdict"] != "PASS"]
    assert {row["id"] for row in unknown} == {check.id for check in SUITE if check.node}
    assert {row["verdict"] for row in unknown} == {"ERROR"}
    assert all("no node" in row["reason"]["en"] or "none is ready" in row["reason"]["en"] for row in unknown), unknown
    assert {row["subject"] for row in rows[SECOND]} == {"g90-20", "cloud"}


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
        for bucket in (PLANS, MAPS):
            s3.put_bucket_policy(Bucket=bucket, Policy=json.dumps(OPEN).replace(PLANS, bucket))
    found = json.loads(engineer.shell.govcloud("drift", *STACKS, "--format=json", check=False).stdout)
    named = json.dumps(found)
    for target in (*PATCHED, *DELETED):
        assert f"/{target[-1]}" in named, target
    assert PERMITS in named and PLANS in named
    far = json.dumps(found["stacks"]["tenant.g90-20"])
    assert f"{FAR}/ResourceQuota/zone" in far and MAPS in far and PLANS not in far
    assert {stack for stack, rows in found["stacks"].items() if rows} == set(DRIFTED)
    engineer.shell.govcloud("up", *DRIFTED)
    _unchanged(engineer, *STACKS)


def test_a_tenant_goes_when_its_removal_is_declared_and_not_before(engineer: Engineer, site: Site) -> None:
    going = ("segment.tsl-g90-10", "tenant.g90-10", "tenant.g90-20")
    rest = ("platform.lgsp-g90", "segment.tsl-g90", "tenant.g90")
    refused = engineer.shell.govcloud("destroy", *going, check=False)
    assert "GC-LIFECYCLE-011" in refused.stderr and refused.returncode == 1
    (engineer.country / "links" / "g90-g90-10.yaml").unlink()
    for body in ("g90-10", "g90-20"):
        engineer.edit(engineer.country / "tenants" / body / "tenant.yaml", {"spec": REMOVED})
    engineer.shell.govcloud("destroy", *going)
    label = "--selector=govcloud.gov.vn/tenant in (g90-10, g90-20)"
    for cloud in (CLOUD, SECOND):
        left = engineer.shell.run("kubectl", f"--context={cloud}", "get", "namespaces", label, "--output=name")
        assert left.stdout == ""
    with contextlib.closing(site.store.client()) as s3:
        there = [row.get("Name", "") for row in s3.list_buckets()["Buckets"]]
    assert PLANS in there and not [name for name in there if "g90-10" in name or "g90-20" in name]
    engineer.shell.govcloud("up", *rest)
    _unchanged(engineer, f"cluster.{CLOUD}", f"cluster.{SECOND}", *rest)
