"""When small objects are ready: Namespace, ResourceQuota, CustomResourceDefinition, token Secret."""

from __future__ import annotations

from govcloud_offline.kubernetes.api.cluster import Cluster
from govcloud_offline.kubernetes.inputs.manifest import Manifest
from govcloud_offline.kubernetes.readiness.waiting import Verdict

__all__ = ["definition", "namespace", "quota", "secret"]


def namespace(cluster: Cluster, live: Manifest) -> Verdict:
    """A namespace is ready when objects may be made in it."""
    phase = live.status.get("phase")
    if phase == "Terminating":
        return Verdict(False, hopeless=True, problems=("the namespace is being deleted",))
    return Verdict(phase == "Active", "Waiting for the Namespace to be active")


def quota(cluster: Cluster, live: Manifest) -> Verdict:
    """A quota is ready when its controller enforces what it says."""
    hard = live.spec.get("hard") or {}
    enforced = live.status.get("hard") or {}
    return Verdict(
        hard == enforced,
        "" if hard == enforced else "Waiting for the ResourceQuota to be enforced",
        problems=("the quota controller has not taken over the limits",),
    )


def definition(cluster: Cluster, live: Manifest) -> Verdict:
    """A definition is ready when the server serves its resources."""
    conditions = live.conditions
    accepted, established = conditions.get("NamesAccepted"), conditions.get("Established")
    if accepted is not None and accepted["status"] == "False":
        return Verdict(False, hopeless=True, problems=(f"[{accepted['reason']}] {accepted['message']}",))
    ready = established is not None and established["status"] == "True"
    return Verdict(ready, "" if ready else "Waiting for the definition to be established")


def secret(cluster: Cluster, live: Manifest) -> Verdict:
    """A service account's token is ready when the controller has written it; other Secrets are at once."""
    if live.body.get("type") != "kubernetes.io/service-account-token":
        return Verdict(True)
    ready = bool(live.body.get("data"))
    return Verdict(ready, "" if ready else "Waiting for the token to be written")
