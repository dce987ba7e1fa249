"""TEN-05 at preview: namespaces demand hardened pods, and every pod that the platform itself writes is one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from declared import Declared, control, labels, resource_rule

__all__ = ["namespace_is_restricted", "pod_of", "pods_are_hardened", "violations"]

_POD = control("TEN-05")
_TEMPLATES = ("DaemonSet", "Deployment", "Job", "ReplicaSet", "ReplicationController", "StatefulSet")


@resource_rule("TEN-05")
def namespace_is_restricted(resource: Declared) -> Iterator[str]:
    """A namespace enforces the level of Pod Security that the catalogue names."""
    if resource.kind == "Namespace":
        for key, value in _POD.mapping("pod_security_labels").items():
            if labels(resource).get(key) != value:
                yield f"namespace {resource.name} must carry {key}={value}"


@resource_rule("TEN-05")
def pods_are_hardened(resource: Declared) -> Iterator[str]:
    """A pod, and the template of whatever makes pods, is hardened."""
    pod = pod_of(resource)
    if pod is not None:
        for violation in violations(pod):
            yield f"{resource.kind} {resource.name}: {violation}"


def pod_of(resource: Declared) -> Mapping[str, Any] | None:
    """Return the specification of the pod, or of the pods that the object makes; None where it makes none."""
    spec: Any = resource.spec
    if resource.kind == "CronJob":
        spec = ((spec.get("jobTemplate") or {}).get("spec") or {}).get("template") or {}
    elif resource.kind == "PodTemplate":
        spec = resource.props.get("template") or {}
    elif resource.kind in _TEMPLATES:
        spec = spec.get("template") or {}
    else:
        return spec if resource.kind == "Pod" else None
    return spec.get("spec") or {}


def violations(pod: Mapping[str, Any]) -> Iterator[str]:
    """Yield what is wrong with a pod's specification, in the order in which it is written."""
    for field in ("hostNetwork", "hostPID", "hostIPC", "hostUsers"):
        if pod.get(field):
            yield f"{field} is refused"
    if pod.get("nodeName"):
        yield "nodeName is refused"
    if (pod.get("schedulerName") or "default-scheduler") != "default-scheduler":
        yield "a scheduler of its own is refused"
    if str(pod.get("priorityClassName") or "").startswith(_POD.string("priority_prefix_refused")):
        yield "priority classes of the system are refused"
    if (pod.get("terminationGracePeriodSeconds") or 0) > _POD.number("grace_seconds_most"):
        yield "terminationGracePeriodSeconds holds the namespace for too long"
    for term in _affinities(pod.get("affinity") or {}):
        if term.get("namespaceSelector") is not None or term.get("namespaces"):
            yield "affinity to pods of other namespaces is refused"
    for volume in pod.get("volumes") or ():
        for key in volume:
            if key != "name" and key not in _POD.strings("volumes_allowed"):
                yield f"a volume of kind {key} is refused"
    for toleration in pod.get("tolerations") or ():
        if toleration.get("operator") == "Exists" and not toleration.get("key"):
            yield "tolerating every taint is refused"
    context = pod.get("securityContext") or {}
    for group in ("initContainers", "containers", "ephemeralContainers"):
        for container in pod.get(group) or ():
            for violation in _container(container, context):
                yield f"container {container.get('name')}: {violation}"


def _affinities(affinity: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for kind in ("podAffinity", "podAntiAffinity"):
        own = affinity.get(kind) or {}
        yield from own.get("requiredDuringSchedulingIgnoredDuringExecution") or ()
        for term in own.get("preferredDuringSchedulingIgnoredDuringExecution") or ():
            yield term.get("podAffinityTerm") or {}


def _container(container: Mapping[str, Any], pod: Mapping[str, Any]) -> Iterator[str]:
    own = container.get("securityContext") or {}
    if own.get("privileged"):
        yield "privileged is refused"
    if own.get("allowPrivilegeEscalation", True) is not False:
        yield "allowPrivilegeEscalation must be false"
    capabilities = own.get("capabilities") or {}
    if "ALL" not in (capabilities.get("drop") or ()):
        yield "capabilities must drop ALL"
    for added in capabilities.get("add") or ():
        if added not in _POD.strings("capabilities_allowed"):
            yield f"capability {added} is refused"
    if not own.get("runAsNonRoot", pod.get("runAsNonRoot")):
        yield "runAsNonRoot must be true"
    if own.get("runAsUser", pod.get("runAsUser")) == 0:
        yield "runAsUser 0 is refused"
    profile = own.get("seccompProfile") or pod.get("seccompProfile") or {}
    if profile.get("type") not in _POD.strings("seccomp_allowed"):
        yield "seccompProfile must be RuntimeDefault or Localhost"
    if (own.get("procMount") or "Default") != "Default":
        yield "procMount is refused"
    for port in container.get("ports") or ():
        if port.get("hostPort"):
            yield f"hostPort {port.get('hostPort')} is refused"
