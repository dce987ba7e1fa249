"""The plugin under the real Pulumi engine, on a real store: what an operator sees and what is left behind."""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import plugin_stack
import pytest
from plugin_stack import Stack

from govcloud.providers.storage.store import Store

if TYPE_CHECKING:
    from mypy_boto3_s3.type_defs import TagTypeDef

pytestmark = pytest.mark.cloud

PROGRAM = """
import os
import pulumi
from govcloud.providers.storage.resources import Bucket, BucketPolicy, Grant, Identity, Provider
from govcloud.render import storage

store = Provider("store", endpoint=os.environ["STORE"], region="vn-hn-1")
opts = pulumi.ResourceOptions(provider=store)
tenant = os.environ["TENANT"]
tags = {"govcloud.gov.vn/managed-by": "govcloud", "govcloud.gov.vn/tenant": tenant}
name = os.environ.get("NAME") or f"vn-{tenant}-prod-records"
kept = os.environ.get("KEPT")
more = {
    "object_lock": {"mode": "GOVERNANCE", "days": 1},
    "lifecycle": [{"id": "old", "noncurrentDays": int(kept)}],
    "cors": [{"origins": ["https://h41.gov.vn"], "methods": ["GET"]}],
    "grants": [f"{tenant}-reports"],
    "bucket_policy": True,
} if kept else {}
records = Bucket(
    "records", name=name, tags=tags, quota_bytes=int(os.environ.get("QUOTA", 64 << 20)), **more, opts=opts
)
key = Identity(
    "key",
    name=f"{tenant}-prod",
    policy=storage.policy([name]),
    buckets=[records.name],
    rotation=os.environ.get("ROTATION"),
    expires=os.environ.get("EXPIRES"),
    opts=opts,
)
if kept:
    reader = Identity("reader", name=f"{tenant}-reader", policy=storage.policy([f"{name}-2"]), opts=opts)
    Grant("reports", name=f"{tenant}-reports", bucket=records.name, grantee=reader.name, access="read", opts=opts)
    insecure = {"effect": "Deny", "actions": ["s3:*"], "condition": {"Bool": {"aws:SecureTransport": "false"}}}
    BucketPolicy("own", bucket=records.name, statements=[insecure], opts=opts)
pulumi.export("bucket", records.name)
pulumi.export("quota", records.quota_bytes)
pulumi.export("access", key.access_key)
pulumi.export("secret", key.secret_key)
pulumi.export("principal", key.principal)
"""


@pytest.fixture(scope="session")
def installed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """The CLI with a language host beside it, and Pulumi's home with our plugin, as `govcloud local up` does it."""
    home = tmp_path_factory.mktemp("home")
    return plugin_stack.installed(tmp_path_factory.mktemp("bin"), home), home


@pytest.fixture
def stack(installed: tuple[Path, Path], store_environment: Mapping[str, str], tmp_path: Path, unique: str) -> Stack:
    pulumi, home = installed
    return plugin_stack.prepared(pulumi, home, tmp_path, PROGRAM, store_environment, unique)


def test_a_tenants_storage_is_made_kept_and_taken_away(stack: Stack, store: Store) -> None:
    said = stack.up()

    made = stack.outputs()
    assert made["secret"] not in said
    assert made["secret"] not in (state := stack.done("stack", "export"))
    assert store.endpoint.key is not None
    assert store.endpoint.key.secret not in state
    assert int(made["quota"]) == 64 << 20
    assert stack.up("--expect-no-changes")
    assert stack.done("refresh", "--yes", "--expect-no-changes")
    assert stack.outputs() == made
    assert made["secret"] not in stack.done("stack", "export")
    stack.done("destroy", "--yes")
    assert not store.exists(stack.bucket)
    assert store.adapter.identity(f"{stack.tenant}-prod") is None


def test_a_preview_needs_no_store_and_an_update_says_plainly_that_it_is_missing(stack: Stack) -> None:
    nowhere = {"STORE": "https://127.0.0.1:9", "AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": ""}
    lost = {"STORE": "https://127.0.0.1:9"}

    assert "+ 4 to create" in stack.done("preview", **nowhere)
    assert "GC-STORE-002" in stack.refused("up", "--yes", "--skip-preview", **nowhere)
    said = stack.refused("up", "--yes", "--skip-preview", **lost)
    assert "GC-STORE-003" in said
    assert "https://127.0.0.1:9" in said
    stack.up()


def test_errors_speak_the_readers_language(stack: Stack) -> None:
    said = stack.refused("up", "--yes", "--skip-preview", STORE="ftp://store", GOVCLOUD_LANG="vi")

    assert "GC-STORE-001" in said
    assert "địa chỉ của hệ thống lưu trữ" in said


def test_renaming_a_bucket_is_refused_in_the_preview(stack: Stack, store: Store) -> None:
    stack.up()

    said = stack.refused("preview", NAME=f"vn-{stack.tenant}-prod-other")

    assert "GC-STORE-007" in said
    assert store.exists(stack.bucket)


def test_changes_are_made_in_place(stack: Stack, store: Store) -> None:
    stack.up()
    before = stack.outputs()

    said = stack.up(QUOTA=str(32 << 20), ROTATION="1")

    after = stack.outputs()
    assert "replace" not in said
    assert store.adapter.quota(stack.bucket).bytes == 32 << 20
    assert after["access"] != before["access"]
    assert after["secret"] != before["secret"]


def test_what_is_due_is_an_update_though_nobody_changed_the_program(stack: Stack, store: Store) -> None:
    inputs = {"ROTATION": "1", "EXPIRES": "2999-12-31"}
    stack.up(EXPIRES="2999-12-31")
    old = stack.outputs()
    stack.up(**inputs)
    new = stack.outputs()
    identity = f"{stack.tenant}-prod"

    def keys() -> set[str]:
        live = store.adapter.identity(identity)
        assert live is not None
        return set(live.access_keys)

    assert keys() == {old["access"], new["access"]}
    assert stack.up("--expect-no-changes", **inputs)
    assert old["secret"] not in stack.done("stack", "export")
    stack.hasten(previousUntil="2026-01-01T00:00:00+00:00")
    assert "~ 1 to update" in stack.done("preview", **inputs)
    stack.up(**inputs)

    assert keys() == {new["access"]}
    stack.hasten(expires="2026-01-01")
    said = stack.done("preview", **(inputs | {"EXPIRES": "2026-01-01"}))
    assert "~ 1 to update" in said
    stack.up(**(inputs | {"EXPIRES": "2026-01-01"}))
    live = store.adapter.identity(identity)
    assert live is not None
    assert not live.enabled
    assert stack.up("--expect-no-changes", **(inputs | {"EXPIRES": "2026-01-01"}))
    assert stack.done("refresh", "--yes", "--expect-no-changes", **(inputs | {"EXPIRES": "2026-01-01"}))


def test_settings_and_rights_are_made_kept_and_taken_away(stack: Stack, store: Store) -> None:
    stack.up(KEPT="30")
    assert stack.up("--expect-no-changes", KEPT="30")
    assert stack.done("refresh", "--yes", "--expect-no-changes", KEPT="30")
    store.s3.delete_bucket_policy(Bucket=stack.bucket)
    store.s3.delete_bucket_lifecycle(Bucket=stack.bucket)

    stack.up("--refresh", KEPT="60")

    sids = {s["Sid"] for s in json.loads(store.s3.get_bucket_policy(Bucket=stack.bucket)["Policy"])["Statement"]}
    grant = f"GovCloudGrant{stack.tenant}Xreports"
    assert sids == {grant, f"{grant}List", "GovCloudPolicy0"}
    (rule,) = store.s3.get_bucket_lifecycle_configuration(Bucket=stack.bucket)["Rules"]
    assert rule["NoncurrentVersionExpiration"]["NoncurrentDays"] == 60
    assert stack.up("--expect-no-changes", KEPT="60")
    assert "GC-STORE-028" in stack.refused("preview")  # a lock is not taken back by leaving it out
    stack.done("destroy", "--yes", KEPT="60")
    assert not store.exists(stack.bucket)


def test_rights_that_stand_are_imported(stack: Stack, store: Store) -> None:
    stack.up(KEPT="30")
    resources = json.loads(stack.done("stack", "export"))["deployment"]["resources"]
    urns = {resource["type"].rpartition(":")[2]: resource["urn"] for resource in resources}
    for kind, name, id_ in (
        ("Grant", "reports", f"{stack.bucket}/{stack.tenant}-reports"),
        ("BucketPolicy", "own", stack.bucket),
    ):
        stack.done("state", "delete", urns[kind], "--yes")
        provider = f"store={urns['govcloud']}"
        flags = ("--yes", "--generate-code=false", "--protect=false", "--provider", provider)
        stack.done("import", *flags, f"govcloud:storage:{kind}", name, id_, KEPT="30")

    assert stack.up("--expect-no-changes", KEPT="30")
    assert stack.done("refresh", "--yes", "--expect-no-changes", KEPT="30")
    stack.done("destroy", "--yes", KEPT="30")
    assert not store.exists(stack.bucket)


def test_a_bucket_with_data_survives_destroy(stack: Stack, store: Store) -> None:
    stack.up()
    version = store.s3.put_object(Bucket=stack.bucket, Key="record", Body=b"1")["VersionId"]

    said = stack.refused("destroy", "--yes")

    assert "GC-STORE-006" in said
    kept = store.s3.get_object(Bucket=stack.bucket, Key="record", VersionId=version)
    assert kept["Body"].read() == b"1"
    store.s3.delete_object(Bucket=stack.bucket, Key="record", VersionId=version)
    stack.done("destroy", "--yes")
    assert not store.exists(stack.bucket)


def test_drift_is_found_by_refresh_and_repaired_by_up(stack: Stack, store: Store) -> None:
    stack.up()
    made = stack.outputs()
    store.s3.put_bucket_versioning(Bucket=stack.bucket, VersioningConfiguration={"Status": "Suspended"})
    store.adapter.delete_identity(f"{stack.tenant}-prod")

    found = stack.done("refresh", "--preview-only")
    assert "~ 1 to update" in found
    assert "- 1 to delete" in found
    stack.up("--refresh")

    assert store.s3.get_bucket_versioning(Bucket=stack.bucket)["Status"] == "Enabled"
    assert stack.outputs()["access"] != made["access"]
    assert stack.up("--expect-no-changes")


def test_a_killed_update_converges_when_it_is_run_again(stack: Stack, store: Store) -> None:
    running = stack.start("up", "--yes", "--skip-preview")
    deadline = time.monotonic() + 60
    while not store.exists(stack.bucket):
        assert time.monotonic() < deadline
        assert running.poll() is None
        time.sleep(0.01)
    os.killpg(running.pid, signal.SIGKILL)
    running.communicate()

    stack.run("cancel", "--yes")
    stack.up()

    assert stack.outputs()["bucket"] == stack.bucket
    assert store.s3.get_bucket_versioning(Bucket=stack.bucket)["Status"] == "Enabled"
    assert stack.up("--expect-no-changes")


def test_two_stacks_cannot_hold_one_bucket(stack: Stack, store: Store) -> None:
    store.s3.create_bucket(Bucket=stack.bucket)
    theirs: list[TagTypeDef] = [{"Key": "govcloud.gov.vn/tenant", "Value": "another"}]
    store.s3.put_bucket_tagging(Bucket=stack.bucket, Tagging={"TagSet": theirs})

    said = stack.refused("up", "--yes", "--skip-preview")

    assert "GC-STORE-005" in said
    assert store.s3.get_bucket_tagging(Bucket=stack.bucket)["TagSet"] == theirs
