"""A tenant's life as its people see it: added by one file, changed, unharmed by crashes, and removed on paper first."""

from __future__ import annotations

import datetime
import json
import os
import re
import signal
import subprocess
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from embedded_cloud import Cloud
from newcomer import REMOVED, Newcomer

from govcloud.folders import project_root

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client

pytestmark = pytest.mark.node


def _namespaces(cloud: Cloud, tenant: str) -> set[str]:
    label = f"govcloud.gov.vn/tenant={tenant}"
    return set(cloud.run("kubectl", "get", "namespaces", "-l", label, "-o", "name").stdout.split())


def test_a_second_up_of_every_stack_changes_nothing(country: Cloud) -> None:
    stacks = country.govcloud("up", "--list").stdout.split()
    assert len(stacks) == 10
    for stack in stacks:
        country.run(
            "pulumi", "up", "--stack", stack, "--yes", "--skip-preview", "--expect-no-changes", "--non-interactive"
        )


def test_pulumi_refresh_finds_nothing_to_change(country: Cloud) -> None:
    options = ("--yes", "--expect-no-changes", "--non-interactive")
    done = country.run("pulumi", "refresh", "--stack", "tenant.h41", *options)
    assert re.search(r"Resources:\n\s+\d+ unchanged\n", done.stdout)


def test_a_tenant_is_added_by_one_file_and_is_all_there(country: Cloud, newcomer: Newcomer) -> None:
    country.govcloud("up", newcomer.stack, newcomer.option)
    zones = {f"namespace/g82-prod-{zone}" for zone in ("dmz", "edge", "int", "srv")}
    assert _namespaces(country, "g82") == zones
    assert "vn-g82-prod-archive" in _buckets(country)
    country.govcloud("drift", newcomer.stack, newcomer.option)
    _slips(country, newcomer)
    assert _namespaces(country, "g82") == zones
    country.govcloud("drift", newcomer.stack, newcomer.option)


def _slips(country: Cloud, newcomer: Newcomer) -> None:
    """Let a slip make the newcomer's file unreadable: the others go on, and what lives of it is nobody's to touch."""
    newcomer.edit("kind: Tenant", "kind: Tenant\nkind: Tenant")
    said = country.govcloud("drift", newcomer.option, check=False)
    assert said.returncode == 1
    assert "g82: stacks left out" in said.stderr and f"{newcomer.file.parent}" in said.stderr
    assert "g82" not in said.stdout
    country.govcloud("up", "cluster.cgc-hn1", "segment.tsl-h41", newcomer.option)
    options = ("--stack=tenant.h41", "--expect-no-changes", "--non-interactive")
    country.run("pulumi", "preview", *options, GOVCLOUD_COUNTRY=str(newcomer.folder))
    for command in ("up", "destroy"):
        refused = country.govcloud(command, newcomer.stack, newcomer.option, check=False)
        assert refused.returncode == 1 and "GC-READ-011" in refused.stderr
    newcomer.edit("kind: Tenant\nkind: Tenant", "kind: Tenant")


def test_no_secret_is_readable_in_state_or_logs(country: Cloud) -> None:
    keys = json.loads(
        country.run("kubectl", "get", "secret", "-n", "h41-prod-srv", "object-store", "-o", "json").stdout
    )["data"]
    import base64

    secret = base64.b64decode(keys["AWS_SECRET_ACCESS_KEY"])
    assert len(secret) >= 20
    # The store's own database has to know the key, and etcd's is encrypted (tests/integration/local).
    searched = [country.state / folder for folder in ("pulumi-state", "logs", "pulumi")]
    files = [file for folder in searched for file in folder.rglob("*") if file.is_file() and not file.is_symlink()]
    assert len(files) > 10
    for file in files:
        content = file.read_bytes()
        assert secret not in content, file
        assert base64.b64encode(secret) not in content, file
    assert (country.state / "pulumi" / "logs").read_bytes() == b"", "no run leaves a debug log"


@pytest.mark.parametrize("resources", [1, 6, 14, 24, 33])
def test_a_killed_up_is_repaired_by_running_it_again(
    country: Cloud, newcomer: Newcomer, tmp_path: Path, resources: int
) -> None:
    country.run("pulumi", "stack", "init", newcomer.stack, "--no-select", "--non-interactive")
    log = tmp_path / "events"
    log.touch()
    process = subprocess.Popen(
        [
            "pulumi",
            "up",
            f"--stack={newcomer.stack}",
            "--yes",
            "--skip-preview",
            "--non-interactive",
            f"--event-log={log}",
        ],
        cwd=project_root(),
        env={**country.environment, "GOVCLOUD_COUNTRY": str(newcomer.folder), "PULUMI_DEBUG_COMMANDS": "true"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        stdin=subprocess.DEVNULL,
        start_new_session=True,
    )
    end = time.monotonic() + 60
    while log.read_text().count('"resOutputsEvent"') < resources and process.poll() is None:
        assert time.monotonic() < end
        time.sleep(0.005)
    assert process.poll() is None, "the run ended before it could be killed"
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()

    plain = ("pulumi", "up", f"--stack={newcomer.stack}", "--yes", "--skip-preview", "--non-interactive")
    again = country.run(*plain, GOVCLOUD_COUNTRY=str(newcomer.folder))
    assert f"{newcomer.stack}: took over from a run that was interrupted" in again.stderr
    assert "pending" not in again.stdout, "nothing is left for a person to clear"
    country.govcloud("drift", newcomer.stack, newcomer.option)
    country.run(*plain, "--expect-no-changes", GOVCLOUD_COUNTRY=str(newcomer.folder))
    assert len(_namespaces(country, "g82")) == 4


def test_an_object_deleted_behind_pulumi_is_found_and_put_back(country: Cloud) -> None:
    country.run("kubectl", "delete", "networkpolicy", "-n", "h41-prod-db", "zone")
    country.run("kubectl", "delete", "resourcequota", "-n", "h41-prod-db", "--all")
    found = country.govcloud("drift", "tenant.h41", check=False)
    assert found.returncode == 1
    assert "h41-prod-db/NetworkPolicy/zone is missing" in found.stdout
    assert "h41-prod-db/ResourceQuota/" in found.stdout
    country.govcloud("up", "tenant.h41")
    country.govcloud("drift", "tenant.h41")


def test_a_weakened_policy_and_a_foreign_rule_are_found_and_taken_back(country: Cloud) -> None:
    quota = country.run("kubectl", "get", "resourcequota", "-n", "g09-prod-srv", "-o", "name").stdout.strip()
    patch = '{"spec":{"hard":{"pods":"999"}}}'
    country.run("kubectl", "patch", "-n", "g09-prod-srv", quota, "--type=merge", "-p", patch)
    found = country.govcloud("drift", "tenant.g09", check=False)
    assert found.returncode == 1
    assert "spec.hard.pods" in found.stdout
    assert "live 999" in found.stdout
    country.govcloud("up", "tenant.g09")
    country.govcloud("drift", "tenant.g09")


def test_drift_says_error_and_not_clean_when_it_cannot_look(country: Cloud, tmp_path: Path) -> None:
    blind = tmp_path / "kubeconfig"
    blind.write_text((country.state / "kubeconfig").read_text().replace("https://127.0.0.1:", "https://127.0.0.2:1"))
    result = country.govcloud("drift", "tenant.h41", check=False, KUBECONFIG=str(blind))
    assert result.returncode == 4
    assert "GC-DRIFT-001" in result.stderr


def test_a_live_tenant_cannot_be_destroyed(country: Cloud) -> None:
    before = _namespaces(country, "h41")
    plain = country.run("pulumi", "destroy", "--stack", "tenant.h41", "--yes", "--non-interactive", check=False)
    assert plain.returncode != 0
    assert "protect" in plain.stdout + plain.stderr
    ours = country.govcloud("destroy", "tenant.h41", check=False)
    assert ours.returncode == 1
    assert "GC-LIFECYCLE-011" in ours.stderr
    assert _namespaces(country, "h41") == before
    country.govcloud("drift", "tenant.h41")


def test_a_removed_tenant_leaves_nothing(country: Cloud, newcomer: Newcomer, tmp_path: Path) -> None:
    country.govcloud("up", newcomer.stack, newcomer.option)
    _put_object(country, "vn-g82-prod-archive")
    _s3(country).create_multipart_upload(Bucket="vn-g82-prod-archive", Key="half")
    newcomer.edit("state: active", REMOVED)
    records = tmp_path / "records"
    country.govcloud("destroy", newcomer.stack, newcomer.option, f"--record={records}")
    (record,) = (json.loads(file.read_text()) for file in records.iterdir())
    assert record["complete"] is True
    assert record["buckets"] == [
        {
            "name": "vn-g82-prod-archive",
            "there": True,
            "versions": 1,
            "bytes": 1,
            "markers": 0,
            "uploads": 1,
            "deleted": 2,
            "gone": True,
        }
    ]
    assert record["identities"] == [{"name": "g82-prod", "gone": True}]
    assert _namespaces(country, "g82") == set()
    assert "vn-g82-prod-archive" not in _buckets(country)
    assert newcomer.stack not in country.run("pulumi", "stack", "ls", "--json").stdout


def test_what_may_not_be_deleted_yet_keeps_a_tenant(country: Cloud, newcomer: Newcomer) -> None:
    bucket = "vn-g82-prod-archive"
    newcomer.edit("archive: {class: private", "archive: {class: private, keepDays: 1")
    country.govcloud("up", newcomer.stack, newcomer.option)
    s3, keys = _s3(country), ("ObjectLockMode", "ObjectLockRetainUntilDate")
    until = datetime.datetime.now(datetime.UTC) + datetime.timedelta(seconds=20)
    held: Any = dict(zip(keys, ("COMPLIANCE", until), strict=True))
    s3.put_object(Bucket=bucket, Key="kept", Body=b"1", **held)
    newcomer.edit("state: active", REMOVED)

    refused = country.govcloud("destroy", newcomer.stack, newcomer.option, check=False)

    assert refused.returncode == 4
    assert "GC-STORE-042" in refused.stderr
    assert "kept" in refused.stderr
    assert s3.head_object(Bucket=bucket, Key="kept")["ContentLength"] == 1
    time.sleep(max(0.0, (until - datetime.datetime.now(datetime.UTC)).total_seconds() + 1))
    country.govcloud("destroy", newcomer.stack, newcomer.option)
    assert bucket not in _buckets(country)


def _s3(cloud: Cloud) -> S3Client:
    from govcloud.providers.storage import endpoint

    names = ("AWS_ENDPOINT_URL_S3", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_REGION", "AWS_CA_BUNDLE")
    return endpoint.client(endpoint.Endpoint.from_config({}, {name: cloud.environment[name] for name in names}))


def _buckets(cloud: Cloud) -> set[str]:
    return {row["Name"] for row in _s3(cloud).list_buckets()["Buckets"]}


def _put_object(cloud: Cloud, bucket: str) -> None:
    _s3(cloud).put_object(Bucket=bucket, Key="a", Body=b"1")
