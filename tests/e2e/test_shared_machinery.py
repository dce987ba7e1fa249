"""What a tenant's pods leave behind is bounded where they really run: disk of the node, and pods that ended."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from embedded_cloud import Cloud
from planting import changed
from probe_image import probe_of

from govcloud.audit import workload
from govcloud.clouds.kubernetes_api import KubernetesApi
from govcloud.clouds.request import Request, collection, resource
from govcloud.render.image import Image

pytestmark = pytest.mark.node

_ZONE = "h41-prod-edge"
_SECONDS = 180.0
_WRITE = "import time; f = open('/tmp/x', 'wb', 0); [f.write(b'x' * (1 << 20)) for _ in range({})]; time.sleep(9999)"


@pytest.fixture
def platform(country: Cloud) -> KubernetesApi:
    return KubernetesApi.from_kubeconfig(country.environment["KUBECONFIG"])


@pytest.fixture
def agency(country: Cloud) -> Iterator[KubernetesApi]:
    """The tenant's administrator; what it made in the zone is taken out again."""
    issue = ("local", "kubeconfig", "--user", "h41-admin", "--group", "gov:h41:admin", "--ttl", "1h")
    api = KubernetesApi.from_text(country.govcloud(*issue).stdout)
    yield api
    for group, plural in (("batch", "jobs"), ("", "pods")):
        for name in (found["metadata"]["name"] for found in items(api, group, plural)):
            path = resource(group, plural, name, _ZONE)
            api.send(Request("DELETE", path, query={"gracePeriodSeconds": "0", "propagationPolicy": "Background"}))
    eventually(lambda: not items(api, "", "pods"))


def items(api: KubernetesApi, group: str, plural: str) -> list[dict[str, Any]]:
    return list(api.send(Request("GET", collection(group, plural, _ZONE))).json()["items"])


@pytest.fixture
def image(country: Cloud) -> Image:
    """What the node has to run."""
    return Image(probe_of(country.environment))


def eventually(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + _SECONDS
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(1)


def container(image: Image, mebibytes: int, **extra: Any) -> dict[str, Any]:
    amounts = {"requests": {"cpu": "5m", "memory": "24Mi"}, "limits": {"cpu": "100m", "memory": "24Mi"}}
    writable = {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}}
    command = ["python3", "-c", _WRITE.format(mebibytes)]
    return workload.container(image, command=command, resources=amounts, securityContext=writable, **extra)


def test_a_pod_that_writes_more_than_its_disk_is_evicted_and_one_that_stays_within_is_not(
    agency: KubernetesApi, image: Image
) -> None:
    """Nobody states an amount: the zone's default holds, for the container's own layer as for scratch."""
    scratch = {"volumeMounts": [{"name": "tmp", "mountPath": "/tmp"}]}
    pods = {
        "layer": container(image, 90),
        "scratch": container(image, 90, **scratch),
        "modest": container(image, 20, **scratch),
    }
    for name, made in pods.items():
        pod = workload.hardened_pod(image, made) | {
            "restartPolicy": "Never",
            "volumes": [{"name": "tmp", "emptyDir": {}}],
        }
        answer = agency.send(workload.create("Pod", name, _ZONE, pod))
        assert answer.ok, answer

    def status() -> dict[str, str]:
        return {
            p["metadata"]["name"]: p["status"].get("reason") or p["status"]["phase"] for p in items(agency, "", "pods")
        }

    eventually(lambda: status() == {"layer": "Evicted", "scratch": "Evicted", "modest": "Running"})


def test_pods_that_ended_stay_within_their_count(
    country: Cloud, platform: KubernetesApi, agency: KubernetesApi, image: Image
) -> None:
    path = resource("", "resourcequotas", "zone", _ZONE)
    hard = platform.send(Request("GET", path)).json()["spec"]["hard"]["count/pods"]
    patch, back = ({"spec": {"hard": {"count/pods": number}}} for number in ("4", hard))
    with changed(platform, path, patch, back):
        eventually(lambda: platform.send(Request("GET", path)).json()["status"]["hard"]["count/pods"] == "4")
        ending = container(image, 0, name="ending") | {"command": ["python3", "-c", "pass"]}
        body = workload.workload("Job", "many", _ZONE, workload.hardened_pod(image, ending))
        body["spec"] |= {"completions": 12, "parallelism": 2}
        assert agency.send(Request("POST", collection("batch", "jobs", _ZONE), body)).ok

        def refused() -> bool:
            events = json.loads(country.run("kubectl", "get", "events", "-n", _ZONE, "-o", "json").stdout)["items"]
            return any("exceeded quota" in e["message"] and "count/pods=4" in e["message"] for e in events)

        eventually(refused)
        eventually(lambda: [p["status"]["phase"] for p in items(agency, "", "pods")] == ["Succeeded"] * 4)
