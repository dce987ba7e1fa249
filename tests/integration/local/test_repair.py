"""After `kill -9` of any one part: `status` says which, `up` repairs it, no data is lost."""

from __future__ import annotations

import signal
import time
from typing import TYPE_CHECKING

import boto3
import pytest
from botocore.config import Config
from breakable_cloud import BreakableCloud
from port_bases import REPAIR as BASE

from govcloud_local.daemons.process import Process

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client

pytestmark = pytest.mark.cloud


@pytest.fixture(scope="module")
def cloud(breakable: BreakableCloud) -> BreakableCloud:
    """Bring a control plane up with something in it."""
    breakable.up(BASE)
    breakable.kubectl("create", "namespace", "kept")
    breakable.kubectl("create", "configmap", "kept", "--namespace=kept", "--from-literal=answer=42")
    store = _store(breakable)
    store.create_bucket(Bucket="kept")
    store.put_object(Bucket="kept", Key="answer", Body=b"42")
    return breakable


def _store(cloud: BreakableCloud) -> S3Client:
    values = cloud.environment
    return boto3.client(
        "s3",
        endpoint_url=values["AWS_ENDPOINT_URL_S3"],
        aws_access_key_id=values["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=values["AWS_SECRET_ACCESS_KEY"],
        region_name=values["AWS_REGION"],
        verify=values["AWS_CA_BUNDLE"],
        config=Config(retries={"max_attempts": 0}),
    )


MAY_FOLLOW = {"etcd": {"kube-apiserver", "kube-controller-manager"}, "kube-apiserver": {"kube-controller-manager"}}
"""What ends by itself when what it needs is away too long while it starts; everything else goes on undisturbed."""


@pytest.mark.parametrize(
    "name",
    [
        "etcd",
        "kube-apiserver",
        "kube-controller-manager",
        "seaweedfs",
        "seaweedfs-quota",
        "pulumi-plugins",
        "log-keeper",
    ],
)
def test_kill_status_up(cloud: BreakableCloud, name: str) -> None:
    code, before = cloud.status()
    assert code == 0
    victim = Process.load(cloud.state / "run" / f"{name}.json")
    assert victim is not None and victim.pid == before[name]["pid"]
    victim.signal(signal.SIGKILL)
    while victim.alive():
        time.sleep(0.01)

    code, broken = cloud.status()
    assert code == 4
    assert broken[name]["state"] == "down"
    assert broken[name]["pid"] is None

    cloud.up(BASE)
    code, after = cloud.status()
    assert code == 0
    assert after[name]["pid"] not in (None, before[name]["pid"])
    kept = {other: row["pid"] for other, row in before.items() if other not in {name, *MAY_FOLLOW.get(name, ())}}
    assert len(kept) >= 2
    assert {other: after[other]["pid"] for other in kept} == kept
    assert cloud.kubectl("get", "configmap", "kept", "--namespace=kept", "--output=jsonpath={.data.answer}") == "42"
    assert _store(cloud).get_object(Bucket="kept", Key="answer")["Body"].read() == b"42"


def test_data_and_identities_survive_down_and_up(cloud: BreakableCloud) -> None:
    kubeconfig = (cloud.state / "kubeconfig").read_text()
    cloud.govcloud("local", "down")
    code, rows = cloud.status()
    assert code == 4
    assert {row["state"] for row in rows.values()} == {"down"}
    cloud.up(BASE)
    assert (cloud.state / "kubeconfig").read_text() == kubeconfig
    assert cloud.kubectl("get", "configmap", "kept", "--namespace=kept", "--output=jsonpath={.data.answer}") == "42"
    assert _store(cloud).get_object(Bucket="kept", Key="answer")["Body"].read() == b"42"


def test_a_second_up_starts_nothing(cloud: BreakableCloud) -> None:
    _, before = cloud.status()
    cloud.up(BASE)
    _, after = cloud.status()
    assert {n: r["pid"] for n, r in before.items()} == {n: r["pid"] for n, r in after.items()}


def test_status_tells_version_endpoint_and_memory(cloud: BreakableCloud) -> None:
    _, rows = cloud.status()
    own = {"seaweedfs-quota", "pulumi-plugins", "log-keeper"}
    assert set(rows) == {"etcd", "kube-apiserver", "kube-controller-manager", "seaweedfs", *own}
    for name, row in rows.items():
        assert row["state"] == "ready"
        assert row["version"] or name in {"pulumi-plugins", "log-keeper"}
        listens = name not in own
        assert row["endpoint"].startswith("https://127.0.0.1:") is listens
        assert 5 < row["memory_mb"] < 4000


def test_other_settings_need_a_down_first(cloud: BreakableCloud) -> None:
    result = cloud.govcloud("local", "up", "--port-base", str(BASE + 100), check=False)
    assert result.returncode == 2
    assert "GC-LOCAL-011" in result.stderr
    code, _ = cloud.status()
    assert code == 0
