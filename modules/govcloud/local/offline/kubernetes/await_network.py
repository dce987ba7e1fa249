"""When Services and Ingresses are ready: traffic has somewhere to go."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from govcloud.local.offline.kubernetes import metadata
from govcloud.local.offline.kubernetes.api_error import ApiError
from govcloud.local.offline.kubernetes.cluster import Cluster
from govcloud.local.offline.kubernetes.waiting import Verdict

__all__ = ["ingress", "service"]

_NO_PODS = (
    "Service does not target any Pods. Selected Pods may not be ready, or field '.spec.selector' may not match "
    "labels on any Pods"
)
_NO_ADDRESS = "Service was not allocated an IP address; does your cloud provider support this?"


def service(cluster: Cluster, live: dict[str, Any]) -> Verdict:
    """A Service is ready when a selected pod takes traffic and, for a load balancer, an address is assigned.

    Headless and external services and those without a selector have nothing to wait for.
    """
    spec = live.get("spec") or {}
    kind = spec.get("type", "ClusterIP")
    if kind == "ExternalName":
        return Verdict(True, "Service initialization complete")
    has_address = kind != "LoadBalancer" or bool(((live.get("status") or {}).get("loadBalancer") or {}).get("ingress"))
    needs_pods = bool(spec.get("selector")) and spec.get("clusterIP") != "None"
    has_pods = not needs_pods or _has_endpoints(cluster, live)
    if has_pods and has_address:
        return Verdict(True, "Service initialization complete")
    problems = [text for text, fine in ((_NO_PODS, has_pods), (_NO_ADDRESS, has_address)) if not fine]
    message = (
        "[2/3] Attempting to allocate IP address to Service" if has_pods else "[1/3] Finding Pods to direct traffic to"
    )
    return Verdict(False, message, tuple(problems))


def _has_endpoints(cluster: Cluster, live: dict[str, Any]) -> bool:
    path = f"/apis/discovery.k8s.io/v1/namespaces/{quote(metadata.namespace_of(live))}/endpointslices"
    selector = f"kubernetes.io/service-name={metadata.name_of(live)}"
    try:
        slices = cluster.client.request("GET", path, query={"labelSelector": selector})
    except ApiError as error:
        if error.forbidden:
            return True  # who may not look cannot wait
        raise
    return any(
        (endpoint.get("conditions") or {}).get("ready", True)
        for item in slices.get("items", ())
        for endpoint in item.get("endpoints") or ()
    )


def ingress(cluster: Cluster, live: dict[str, Any]) -> Verdict:
    """An Ingress is ready when its controller has given it an address."""
    ready = bool(((live.get("status") or {}).get("loadBalancer") or {}).get("ingress"))
    return Verdict(
        ready,
        "Ingress initialization complete" if ready else "Waiting for the Ingress to get an address",
        ("Ingress .status.loadBalancer field was not updated with a hostname/IP address.",),
    )
