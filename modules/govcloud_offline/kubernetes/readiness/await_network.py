"""When Services and Ingresses are ready: traffic has somewhere to go."""

from __future__ import annotations

from typing import Any, Final

from govcloud_base.discovery import builtin
from govcloud_offline.kubernetes.api.api_error import ApiError
from govcloud_offline.kubernetes.api.cluster import Cluster
from govcloud_offline.kubernetes.inputs.manifest import Manifest
from govcloud_offline.kubernetes.readiness.events import warnings_of
from govcloud_offline.kubernetes.readiness.pods import PODS, pod_problems
from govcloud_offline.kubernetes.readiness.waiting import Verdict

__all__ = ["ingress", "service"]

_SLICES: Final = builtin("discovery.k8s.io/v1", "EndpointSlice")
_NO_PODS: Final = "no Pod takes its traffic: none has the labels of '.spec.selector', or none of those that do is ready"
_SETTLING: Final = 10.0
"""Seconds that a Service without pods is watched: those of the same program may still come."""
_NO_ADDRESS: Final = (
    "no address was given to the load balancer: something in or around the cluster must hand them out "
    "(a cloud provider's controller, MetalLB)"
)
_NO_INGRESS_ADDRESS: Final = (
    "no controller has written '.status.loadBalancer.ingress': one for this ingress class must be running"
)
_SHOWN: Final = 5


def service(cluster: Cluster, live: Manifest) -> Verdict:
    """A Service is ready when all selected pods take traffic and, for a load balancer, an address is assigned.

    One that selects no pod is ready too, once that has stayed so for a while. Headless and external services and
    those without a selector have nothing to wait for.
    """
    spec = live.spec
    kind = spec.get("type", "ClusterIP")
    if kind == "ExternalName":
        return Verdict(True, "The Service is ready")
    has_address = kind != "LoadBalancer" or bool((live.status.get("loadBalancer") or {}).get("ingress"))
    selects = bool(spec.get("selector")) and spec.get("clusterIP") != "None"
    endpoints = _endpoints(cluster, live) if selects else None
    address = () if has_address else (_NO_ADDRESS,)
    idle = [endpoint for endpoint in endpoints or () if not _takes_traffic(endpoint)]
    if endpoints and idle:
        count = f"{len(idle)} of the {len(endpoints)} Pods that it selects are not ready"
        return Verdict(
            False,
            "Waiting for the Pods behind the Service",
            ((count,) if len(idle) < len(endpoints) else (_NO_PODS,)) + address,
            explain=lambda: _idle_problems(cluster, live, idle),
        )
    without_pods = (_NO_PODS,) if endpoints == [] else ()
    if not has_address:
        return Verdict(
            False,
            "Waiting for the load balancer's address",
            (*without_pods, *address),
            explain=lambda: (*without_pods, *warnings_of(cluster, live)),
        )
    if without_pods:
        return Verdict(False, "Waiting for the Pods behind the Service", without_pods, ready_after=_SETTLING)
    return Verdict(True, "The Service is ready")


def _endpoints(cluster: Cluster, live: Manifest) -> list[dict[str, Any]] | None:
    """Return the endpoints that stay; None for a user who may not look and so cannot wait."""
    selector = f"kubernetes.io/service-name={live.name}"
    try:
        slices = cluster.client.request("GET", _SLICES.collection(live.namespace), query={"labelSelector": selector})
    except ApiError as error:
        if error.forbidden:
            return None
        raise
    found = [endpoint for item in slices.get("items", ()) for endpoint in item.get("endpoints") or ()]
    return [endpoint for endpoint in found if not (endpoint.get("conditions") or {}).get("terminating")]


def _takes_traffic(endpoint: dict[str, Any]) -> bool:
    return bool((endpoint.get("conditions") or {}).get("ready", True))


def _idle_problems(cluster: Cluster, live: Manifest, idle: list[dict[str, Any]]) -> tuple[str, ...]:
    """Return what is wrong with the pods behind endpoints that take no traffic."""
    problems: list[str] = []
    for endpoint in idle[:_SHOWN]:
        target = endpoint.get("targetRef") or {}
        if target.get("kind") != "Pod" or not target.get("name"):
            continue
        try:
            pod = cluster.read(PODS.path(target["name"], live.namespace))
        except ApiError:
            continue
        if pod.uid == target.get("uid"):
            problems += pod_problems(cluster, pod)
    return tuple(problems[:_SHOWN])


def ingress(cluster: Cluster, live: Manifest) -> Verdict:
    """An Ingress is ready when its controller has given it an address."""
    ready = bool((live.status.get("loadBalancer") or {}).get("ingress"))
    return Verdict(
        ready,
        "The Ingress is ready" if ready else "Waiting for the Ingress to get an address",
        (_NO_INGRESS_ADDRESS,),
        explain=lambda: warnings_of(cluster, live),
    )
