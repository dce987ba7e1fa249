"""A workload uses its bucket as agencies will: the delivered Secret, one mounted file, plain boto3, in a real pod."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from embedded_cloud import Cloud
from packed_library import boto3_archive
from probe_image import probe_of

from govcloud.audit import workload
from govcloud.render.image import Image

pytestmark = pytest.mark.node

_POD = "object-store-user"
_LIBRARY = "/opt/library"
_UNPACK = f"import sys, tarfile; tarfile.open(fileobj=sys.stdin.buffer, mode='r|gz').extractall('{_LIBRARY}')"
# Nothing is configured here: everything comes from the environment that the Secret makes.
_USE = """\
import json, sys
import boto3
from botocore.exceptions import ClientError
own, foreign = sys.argv[1:]
s3 = boto3.client("s3")
def code(call, **arguments):
    try:
        call(**arguments)
        return "done"
    except ClientError as error:
        return error.response["Error"]["Code"]
content = "Hồ sơ số 1".encode()
s3.put_object(Bucket=own, Key="workload/dossier", Body=content)
print(json.dumps({
    "read back": s3.get_object(Bucket=own, Key="workload/dossier")["Body"].read() == content,
    "listed": [row["Key"] for row in s3.list_objects_v2(Bucket=own, Prefix="workload/")["Contents"]],
    "deleted": code(s3.delete_object, Bucket=own, Key="workload/dossier"),
    "foreign": {
        "get": code(s3.get_object, Bucket=foreign, Key="workload/dossier"),
        "put": code(s3.put_object, Bucket=foreign, Key="workload/dossier", Body=content),
        "list": code(s3.list_objects_v2, Bucket=foreign),
    },
    "policy": code(s3.put_bucket_policy, Bucket=own, Policy="{}"),
}))
"""
_CONNECT = """\
import socket
try:
    socket.create_connection(("10.250.0.2", 8333), 3).close()
    print("open")
except TimeoutError:
    print("dropped")
"""


class Agency:
    """Who deploys for a tenant, at the API server with a kubeconfig of his own."""

    def __init__(self, cloud: Cloud, tenant: str, folder: Path) -> None:
        self._cloud = cloud
        self.image = Image(probe_of(cloud.environment))
        self._kubeconfig = folder / "kubeconfig"
        issued = cloud.govcloud("local", "kubeconfig", "--user=an", f"--group=gov:{tenant}:admin", "--ttl=1h")
        self._kubeconfig.write_text(issued.stdout)

    def kubectl(self, *arguments: str, stdin: bytes | None = None) -> str:
        """Run kubectl as the tenant."""
        environment = {**self._cloud.environment, "KUBECONFIG": str(self._kubeconfig)}
        done = subprocess.run(["kubectl", *arguments], env=environment, input=stdin, capture_output=True, check=False)
        assert done.returncode == 0, done.stderr.decode()
        return done.stdout.decode()

    def start(self, namespace: str, pod: dict[str, Any]) -> None:
        """Run a pod and wait until it is ready."""
        manifest = workload.workload("Pod", _POD, namespace, pod)
        self.kubectl("apply", "--filename=-", stdin=json.dumps(manifest).encode())
        self.kubectl("wait", f"--namespace={namespace}", f"pod/{_POD}", "--for=condition=Ready", "--timeout=120s")

    def run(self, namespace: str, program: str, *arguments: str, stdin: bytes | None = None) -> str:
        """Run a Python program in the pod; return what it prints."""
        command = ("python3", "-c", program, *arguments)
        return self.kubectl("exec", "-i", f"--namespace={namespace}", _POD, "--", *command, stdin=stdin)

    def remove(self, namespace: str) -> None:
        """Remove the pod, if it is there."""
        self.kubectl("delete", f"--namespace={namespace}", f"pod/{_POD}", "--ignore-not-found", "--now")


@pytest.fixture
def agency(country: Cloud, tmp_path: Path) -> Iterator[Agency]:
    """Give a province, and take away afterwards what it ran."""
    found = Agency(country, "h41", tmp_path)
    yield found
    for zone in ("srv", "db"):
        found.remove(f"h41-prod-{zone}")


def _pod(image: Image, **extra: Any) -> dict[str, Any]:
    container = workload.container(
        image,
        command=["python3", "-c", "import signal; signal.pause()"],
        resources={"requests": {"cpu": "10m", "memory": "128Mi"}, "limits": {"cpu": "500m", "memory": "128Mi"}},
        **extra,
    )
    return workload.hardened_pod(image, container)


def test_a_workload_uses_its_own_bucket_with_what_was_delivered_and_no_other(agency: Agency) -> None:
    pod = _pod(
        agency.image,
        envFrom=[{"secretRef": {"name": "object-store"}}],
        env=[{"name": "PYTHONPATH", "value": _LIBRARY}],
        volumeMounts=[
            {"name": "object-store", "mountPath": "/etc/object-store", "readOnly": True},
            {"name": "library", "mountPath": _LIBRARY},
        ],
    )
    authority = {"secretName": "object-store", "items": [{"key": "ca.crt", "path": "ca.crt"}]}
    volumes = [{"name": "object-store", "secret": authority}, {"name": "library", "emptyDir": {}}]
    agency.start("h41-prod-srv", {**pod, "volumes": volumes})
    agency.run("h41-prod-srv", _UNPACK, stdin=boto3_archive())
    found = json.loads(agency.run("h41-prod-srv", _USE, "vn-h41-prod-records", "vn-g09-prod-records"))
    assert found == {
        "read back": True,
        "listed": ["workload/dossier"],
        "deleted": "done",
        "foreign": {"get": "AccessDenied", "put": "AccessDenied", "list": "AccessDenied"},
        "policy": "AccessDenied",
    }


def test_a_zone_without_keys_does_not_even_reach_the_store(agency: Agency) -> None:
    agency.start("h41-prod-srv", _pod(agency.image))
    assert agency.run("h41-prod-srv", _CONNECT).strip() == "open"
    agency.start("h41-prod-db", _pod(agency.image))
    assert agency.run("h41-prod-db", _CONNECT).strip() == "dropped"
