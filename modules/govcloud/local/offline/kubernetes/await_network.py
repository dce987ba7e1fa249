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
_SETTLING = 10.0
"""Seconds that a Service without pods is watched: those of the same program may still come."""
_NO_ADDRESS = "Service was not allocated an IP address; does your cloud provider support this?"


def service(cluster: Cluster, live: dict[str, Any]) -> Verdict:
    """A Service is ready when all selected pods take traffic and, for a load balancer, an address is assigned.

    One that selects no pod is ready too, once that has stayed so for a while. Headless and external services and
    those without a selector have nothing to wait for.
    """
    spec = live.get("spec") or {}
    kind = spec.get("type", "ClusterIP")
    if kind == "ExternalName":
        return Verdict(True, "Service initialization complete")
    has_address = kind != "LoadBalancer" or bool(((live.get("status") or {}).get("loadBalancer") or {}).get("ingress"))
    selects = bool(spec.get("selector")) and spec.get("clusterIP") != "None"
    endpoints = _endpoints(cluster, live) if selects else None
    if endpoints and not all(endpoints):
        waiting = (f"{endpoints.count(False)} of {len(endpoints)} selected Pods are not ready",)
        return Verdict(False, "[1/3] Finding Pods to direct traffic to", waiting if any(endpoints) else (_NO_PODS,))
    if not has_address:
        return Verdict(False, "[2/3] Attempting to allocate IP address to Service", (_NO_ADDRESS,))
    if endpoints == []:
        return Verdict(False, "[1/3] Finding Pods to direct traffic to", (_NO_PODS,), ready_after=_SETTLING)
    return Verdict(True, "Service initialization complete")


def _endpoints(cluster: Cluster, live: dict[str, Any]) -> list[bool] | None:
    """Return for each selected pod whether it takes traffic; None for a user who may not look and so cannot wait."""
    path = f"/apis/discovery.k8s.io/v1/namespaces/{quote(metadata.namespace_of(live))}/endpointslices"
    selector = f"kubernetes.io/service-name={metadata.name_of(live)}"
    try:
        slices = cluster.client.request("GET", path, query={"labelSelector": selector})
    except ApiError as error:
        if error.forbidden:
            return None
        raise
    conditions = [
        endpoint.get("conditions") or {} for item in slices.get("items", ()) for endpoint in item.get("endpoints") or ()
    ]
    return [condition.get("ready", True) for condition in conditions if not condition.get("terminating")]


def ingress(cluster: Cluster, live: dict[str, Any]) -> Verdict:
    """An Ingress is ready when its controller has given it an address."""
    ready = bool(((live.get("status") or {}).get("loadBalancer") or {}).get("ingress"))
    return Verdict(
        ready,
        "Ingress initialization complete" if ready else "Waiting for the Ingress to get an address",
        ("Ingress .status.loadBalancer field was not updated with a hostname/IP address.",),
    )
