"""The site is none of ours, and works: two IP families, names under another domain, a registry that asks for a word."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
import yaml
from strangers_site import Site

from govcloud.clouds.kubernetes_api import KubernetesApi
from govcloud.clouds.request import Request, collection, resource
from govcloud.model.names import LABEL_PREFIX

pytestmark = [pytest.mark.node, pytest.mark.toolchain]
OURS = ("govcloud", "10.250.", "10.251.", "10.252.", "cluster.local")


def _pod(name: str, image: str) -> dict[str, Any]:
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": name},
        "spec": {
            "automountServiceAccountToken": False,
            "terminationGracePeriodSeconds": 0,
            "containers": [{"name": "main", "image": image, "imagePullPolicy": "Never"}],
        },
    }


def test_nothing_of_it_is_called_as_in_the_embedded_cloud(site: Site) -> None:
    api = KubernetesApi.from_text(site.cluster.access)
    namespaces = [item["metadata"] for item in api.send(Request("GET", collection("", "namespaces"))).json()["items"]]
    # A country may have been provisioned on it meanwhile.
    own = sorted(each["name"] for each in namespaces if not any(key.startswith(LABEL_PREFIX) for key in each["labels"]))
    assert own == ["default", "kube-node-lease", "kube-public", "kube-system"]
    (node,) = api.send(Request("GET", collection("", "nodes"))).json()["items"]
    services = api.send(Request("GET", collection("", "services"))).json()["items"]
    addresses = [entry["address"] for entry in node["status"]["addresses"]] + [s["spec"]["clusterIP"] for s in services]
    assert len([each for each in services if each["metadata"]["namespace"] in own]) == 2
    assert not [each for each in addresses if each.startswith(OURS)]
    assert [each["name"] for each in yaml.safe_load(site.cluster.access)["contexts"]] == ["north"]


def test_its_pods_have_an_address_of_each_family(site: Site) -> None:
    api = KubernetesApi.from_text(site.cluster.access)
    pods = collection("", "pods", "default")
    made = api.send(Request("POST", pods, _pod("families", "govcloud.local/pause:1")))
    assert made.ok, made
    try:
        deadline = time.monotonic() + 30
        while not (
            status := api.send(Request("GET", resource("", "pods", "families", "default"))).json()["status"]
        ).get("podIPs"):
            assert time.monotonic() < deadline, json.dumps(status)
            time.sleep(0.1)
        assert [each["ip"].split(":")[0].split(".")[0] for each in status["podIPs"]] == ["172", "fd29"]
    finally:
        api.send(Request("DELETE", resource("", "pods", "families", "default")))
